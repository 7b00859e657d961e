"""Make the context of the form: empty, or with the typed text and its errors."""

from collections.abc import Mapping
from decimal import Decimal

from app.core.analytes import PLAUSIBLE, Analyte
from app.core.applicability import CHILD_PUGH_CLASSES, ECOG_MAXIMUM
from app.core.errors import InputError
from app.core.fitted_model import FittedModel
from app.core.units.conversion import OFFERED
from app.presentation import wording
from app.presentation.messages import error_message
from app.presentation.model_texts import in_language
from app.presentation.pages.contexts import FormPage
from app.presentation.pages.form_fields import (
    Choice,
    Compared,
    CountUnit,
    DateField,
    FieldError,
    IndexLine,
    LabField,
    Question,
)
from app.presentation.pages.record import RecordView
from app.presentation.templating import site_of
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

NARROW_SPACE = "\u202f"
_COUNTS = tuple(analyte for analyte in Analyte if analyte.is_count)
_YES_NO = (("yes", N_("Yes")), ("no", N_("No")))
_NOT_KNOWN = ("unknown", N_("Not known"))
_DATES = (("blood_count_date", N_("Blood count taken on")), ("afp_date", N_("AFP taken on")))
_QUESTIONS = {
    "sorafenib_failed": N_("Did imaging show progression during sorafenib?"),
    "starting_regorafenib": N_("Does regorafenib start with these laboratory values?"),
    "child_pugh_class": N_("Child-Pugh class"),
    "ecog": N_("ECOG performance status"),
    "sorafenib_tolerated": N_("Was sorafenib tolerated (400 mg or more daily on 20 of 28 days)?"),
}
_INDICES = {
    "sii": N_("systemic immune-inflammation index"),
    "nlr": N_("neutrophil-to-lymphocyte ratio"),
    "plr": N_("platelet-to-lymphocyte ratio"),
}


def form_page(
    fitted: FittedModel,
    typed: Mapping[str, str] | None = None,
    errors: tuple[InputError, ...] = (),
    *,
    presets: Mapping[Analyte, str] | None = None,
    record: RecordView | None = None,
    compared: Compared | None = None,
    depth: int = 0,
) -> FormPage:
    """Return the form; `typed` is kept as it is, `errors` and the sources of a record are put beside their fields.

    `presets` are the units of fields in which nothing was typed yet. `compared` is the first of two assessments.
    `depth` is how many folders below the start of the site the page lies.
    """
    fitted, presets = in_language(fitted), presets or {}
    typed = _with_presets(typed or {}, presets)
    sources = record.prefill.sources if record and record.prefill else {}
    labels = _labels()
    found = tuple(_field_error(error, labels) for error in errors)
    problems = {error.field: problem for error, problem in reversed(tuple(zip(errors, found, strict=True)))}
    in_units = {error.field for error in errors if error.code.startswith("unit_")}
    dates = tuple(
        DateField(name, _(label), typed.get(name, ""), problems.get(f"sampled_on.{name.removesuffix('_date')}"))
        for name, label in _DATES
    )
    return FormPage(
        site=site_of(fitted, "form", depth),
        study_size=fitted.population.n,
        cohorts=fitted.provenance.cohorts,
        study_setting=fitted.population.setting,
        count_unit=_count_unit(typed, presets),
        labs=tuple(_lab_field(analyte, typed, presets, problems, in_units, sources) for analyte in Analyte),
        indices=tuple(
            IndexLine(factor.label, _(_INDICES[factor.id]), wording.formula(factor.id))
            for factor in fitted.factors
            if factor.id in _INDICES
        ),
        dates=dates,
        questions=_questions(typed, problems, sources),
        is_new=not (errors or record or any(typed.get(analyte.value) for analyte in Analyte)),
        are_dates_open=any(field.value or field.problem for field in dates),
        problems=found,
        record=record,
        compared=compared,
    )


def target_of(error: InputError) -> str:
    """Return the id of the form element that an error is about."""
    field = error.field.removeprefix("population.")
    if field.startswith("sampled_on."):
        return f"{field.removeprefix('sampled_on.')}_date"
    return f"{field}_unit" if error.code.startswith("unit_") else field


def number(value: Decimal) -> str:
    """Return a number with narrow spaces between thousands."""
    return f"{value:,f}".replace(",", NARROW_SPACE)


def _with_presets(typed: Mapping[str, str], presets: Mapping[Analyte, str]) -> dict[str, str]:
    """Return the typed text, with the preset unit of each value that is not there yet."""
    return {
        **{f"{analyte.value}_unit": unit for analyte, unit in presets.items() if not typed.get(analyte.value)},
        **{name: text for name, text in typed.items() if text},
    }


def _field_error(error: InputError, labels: Mapping[str, str]) -> FieldError:
    target = target_of(error)
    label = labels[target.removesuffix("_unit")]
    message = error_message(error, wording.unit)
    readings = error.parameters.get("readings")
    return FieldError(target, label, message.text, message.hint, readings if isinstance(readings, tuple) else ())


def _labels() -> dict[str, str]:
    """Return the label of each form element, by its name."""
    labels = {**dict(_DATES), **_QUESTIONS}
    return {analyte.value: wording.analyte(analyte) for analyte in Analyte} | {
        name: _(label) for name, label in labels.items()
    }


def _count_unit(typed: Mapping[str, str], presets: Mapping[Analyte, str]) -> CountUnit:
    """Return the choice for all counts: what they have in common already, if anything."""
    (chosen, *others) = {typed.get(f"{analyte.value}_unit", "") for analyte in _COUNTS}
    (preset, *other_presets) = {presets.get(analyte, "") for analyte in _COUNTS}
    return CountUnit(
        units=_units(Analyte.NEUTROPHILS, "" if others else chosen),
        preset="" if other_presets else preset,
        is_preset=any(analyte in presets for analyte in _COUNTS),
    )


def _units(analyte: Analyte, chosen: str) -> tuple[Choice, ...]:
    codes = OFFERED[analyte] if chosen in ("", *OFFERED[analyte]) else (*OFFERED[analyte], chosen)
    return tuple(Choice(code, wording.unit(code), code == chosen) for code in codes)


def _lab_field(
    analyte: Analyte,
    typed: Mapping[str, str],
    presets: Mapping[Analyte, str],
    problems: Mapping[str, FieldError],
    in_units: set[str],
    sources: Mapping[str, str],
) -> LabField:
    problem = problems.get(analyte.value)
    return LabField(
        name=analyte.value,
        label=wording.analyte(analyte) if analyte.is_count else _("Alpha-fetoprotein (AFP)"),
        hint=_hint(analyte),
        value=typed.get(analyte.value, ""),
        units=_units(analyte, typed.get(f"{analyte.value}_unit", "")),
        preset=presets.get(analyte, ""),
        value_problem=None if analyte.value in in_units else problem,
        unit_problem=problem if analyte.value in in_units else None,
        source=sources.get(analyte.value, ""),
    )


def _hint(analyte: Analyte) -> str:
    """Return the sentence of help of a value."""
    low, high = PLAUSIBLE[analyte].usual
    usual = {"low": number(low), "high": number(high), "unit": wording.unit(analyte.canonical_unit)}
    match analyte:
        case Analyte.AFP:
            return _("As printed, with its unit; a limit such as <2 or >1210 can be entered.")
        case Analyte.PLATELETS:
            return _("Usually {low} to {high} {unit}; if the report prints {tens}, choose that unit.").format(
                tens=wording.unit("10*4/uL"), **usual
            )
        case _:
            return _("The absolute count, not the percentage; usually {low} to {high} {unit}.").format(**usual)


def _questions(
    typed: Mapping[str, str], problems: Mapping[str, FieldError], sources: Mapping[str, str]
) -> tuple[Question, ...]:
    yes_no = tuple((value, _(text)) for value, text in _YES_NO)
    choices = dict.fromkeys(_QUESTIONS, yes_no) | {
        "child_pugh_class": tuple((letter, letter) for letter in CHILD_PUGH_CLASSES),
        # ECOG 5 is death, which is never right for a patient who starts treatment.
        "ecog": tuple((str(k), str(k)) for k in range(ECOG_MAXIMUM)),
    }
    value, text = _NOT_KNOWN
    return tuple(
        Question(
            name,
            _(label),
            tuple(Choice(value, text, typed.get(name) == value) for value, text in (*choices[name], (value, _(text)))),
            problems.get(f"population.{name}"),
            sources.get(name, ""),
        )
        for name, label in _QUESTIONS.items()
    )
