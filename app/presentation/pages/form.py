"""Make the context of the form: empty, or with the typed text and its errors."""

from collections.abc import Mapping
from decimal import Decimal

from app.core.analytes import PLAUSIBLE, Analyte
from app.core.applicability import CHILD_PUGH_CLASSES, ECOG_MAXIMUM
from app.core.errors import InputError
from app.core.fitted_model import FittedModel
from app.core.units import OFFERED
from app.presentation import wording
from app.presentation.messages import error_message
from app.presentation.pages.contexts import Choice, DateField, FormPage, LabField, Problem, Question
from app.presentation.pages.record import RecordView
from app.presentation.templating import site_of
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

NARROW_SPACE = "\u202f"
_YES_NO = (("yes", N_("Yes")), ("no", N_("No")))
_NOT_STATED = ("", N_("Not stated"))
_DATES = (("blood_count_date", N_("Blood count taken on")), ("afp_date", N_("AFP taken on")))


def form_page(
    fitted: FittedModel,
    typed: Mapping[str, str] | None = None,
    errors: tuple[InputError, ...] = (),
    *,
    record: RecordView | None = None,
    depth: int = 0,
) -> FormPage:
    """Return the form; `typed` is kept as it is, `errors` and the sources of a record are put beside their fields.

    `depth` is how many folders below the start of the site the page lies.
    """
    typed = typed or {}
    sources = record.prefill.sources if record and record.prefill else {}
    labels = _labels(fitted)
    found = tuple(_problem(error, labels) for error in errors)
    problems = {error.field: problem for error, problem in reversed(tuple(zip(errors, found, strict=True)))}
    in_units = {error.field for error in errors if error.code.startswith("unit_")}
    dates = tuple(
        DateField(name, _(label), typed.get(name, ""), problems.get(f"sampled_on.{name.removesuffix('_date')}"))
        for name, label in _DATES
    )
    questions = _questions(fitted, typed, problems, sources)
    return FormPage(
        site=site_of(fitted, "form", depth),
        study_size=fitted.population.n,
        cohorts=fitted.provenance.cohorts,
        study_setting=fitted.population.setting,
        labs=tuple(_lab_field(analyte, typed, problems, in_units, sources) for analyte in Analyte),
        dates=dates,
        questions=questions,
        is_more_open=any(field.value or field.problem for field in dates)
        or any(question.problem or typed.get(question.name) for question in questions),
        problems=found,
        record=record,
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


def _problem(error: InputError, labels: Mapping[str, str]) -> Problem:
    target = target_of(error)
    label = labels[target.removesuffix("_unit")]
    message = error_message(error, wording.unit)
    readings = error.parameters.get("readings")
    return Problem(target, label, message.text, message.hint, readings if isinstance(readings, tuple) else ())


def _labels(fitted: FittedModel) -> dict[str, str]:
    """Return the label of each form element, by its name."""
    questions = {name: label for name, label, _ in _asked(fitted)}
    dates = {name: _(label) for name, label in _DATES}
    return {**{analyte.value: wording.analyte(analyte) for analyte in Analyte}, **dates, **questions}


def _asked(fitted: FittedModel) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    """Return the questions: name, label and answers; those of the study in its words."""
    yes_no = tuple((value, _(text)) for value, text in _YES_NO)
    texts = {criterion.id: criterion.text for criterion in fitted.population.criteria}
    return (
        ("sorafenib_failed", texts["sorafenib_failed"], yes_no),
        ("starting_regorafenib", texts["starting_regorafenib"], yes_no),
        ("child_pugh_class", _("Child-Pugh class"), tuple((letter, letter) for letter in CHILD_PUGH_CLASSES)),
        # ECOG 5 is death, which is never right for a patient who starts treatment.
        ("ecog", _("ECOG performance status"), tuple((str(k), str(k)) for k in range(ECOG_MAXIMUM))),
        ("sorafenib_tolerated", texts["sorafenib_tolerated"], yes_no),
    )


def _lab_field(
    analyte: Analyte,
    typed: Mapping[str, str],
    problems: Mapping[str, Problem],
    in_units: set[str],
    sources: Mapping[str, str],
) -> LabField:
    low, high = PLAUSIBLE[analyte].usual
    usual = {"low": number(low), "high": number(high), "unit": wording.unit(analyte.canonical_unit)}
    hint = _("Usually {low} to {high} {unit}").format(**usual)
    if analyte is Analyte.AFP:
        hint = _("As printed by the laboratory. A limit such as <2 or >1210 can be entered.")
    problem = problems.get(analyte.value)
    chosen = typed.get(f"{analyte.value}_unit", "")
    codes = OFFERED[analyte] if chosen in ("", *OFFERED[analyte]) else (*OFFERED[analyte], chosen)
    return LabField(
        name=analyte.value,
        label=wording.analyte(analyte) if analyte.is_count else _("Alpha-fetoprotein (AFP)"),
        hint=hint,
        value=typed.get(analyte.value, ""),
        units=tuple(Choice(code, wording.unit(code), code == chosen) for code in codes),
        value_problem=None if analyte.value in in_units else problem,
        unit_problem=problem if analyte.value in in_units else None,
        source=sources.get(analyte.value, ""),
    )


def _questions(
    fitted: FittedModel, typed: Mapping[str, str], problems: Mapping[str, Problem], sources: Mapping[str, str]
) -> tuple[Question, ...]:
    value, text = _NOT_STATED
    not_stated = (value, _(text))
    return tuple(
        Question(
            name,
            label,
            tuple(Choice(value, text, typed.get(name, "") == value) for value, text in (not_stated, *choices)),
            problems.get(f"population.{name}"),
            sources.get(name, ""),
        )
        for name, label, choices in _asked(fitted)
    )
