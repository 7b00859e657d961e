"""Make the context of the result page: texts ready to show, charts laid out. It computes nothing clinical."""

from collections.abc import Mapping

from app.config import addresses
from app.core.applicability import Reason
from app.core.assessment import Assessment
from app.core.caveats import PATIENT_DIFFERS, PATIENT_NOT_STATED, STUDY_POPULATION, Caveat, Level
from app.core.cell_answers import CellAnswer
from app.core.fitted_model import FittedModel
from app.core.indices import Index
from app.core.kaplan_meier import KaplanMeierCurve
from app.core.labs import Lab
from app.core.risk_groups import Factor
from app.presentation import ratio_wording, wording
from app.presentation.applicability_messages import answer_message, applicability_message, reason_messages
from app.presentation.assessment_text import plain_text
from app.presentation.caveat_messages import caveat_parts
from app.presentation.charts.export import curve_file_name
from app.presentation.charts.forest_plot import FOREST_NARROW, FOREST_WIDE, ForestPlot, estimates, forest_plot
from app.presentation.charts.icon_array import icon_array
from app.presentation.charts.index_scale import index_scales
from app.presentation.charts.kaplan_meier import NARROW, WIDE, KmChart, km_chart
from app.presentation.factor_wording import factor_side, factor_value, given_value, is_high
from app.presentation.letter_text import letter_text
from app.presentation.model_texts import in_language
from app.presentation.pages.contexts import (
    CaveatRow,
    ChartFile,
    FactorRow,
    InputRow,
    RatioRow,
    ReasonRow,
    ResultPage,
    SurvivalRow,
)
from app.presentation.pages.record import RecordView
from app.presentation.pages.survival_tables import alternatives_view, survival_table
from app.presentation.subject import local_time, subject
from app.presentation.templating import site_of
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import left_to_right, once_per_model_and_language

_WITH_PLACES_OF_THEIR_OWN = (STUDY_POPULATION, PATIENT_DIFFERS, PATIENT_NOT_STATED)
_NAMES = {
    "sii": N_("Systemic immune-inflammation index (SII)"),
    "nlr": N_("Neutrophil-lymphocyte ratio (NLR)"),
    "plr": N_("Platelet-lymphocyte ratio (PLR)"),
    "afp": N_("Alpha-fetoprotein (AFP)"),
}


def result_page(
    assessment: Assessment,
    typed: Mapping[str, str],
    record: RecordView | None = None,
    *,
    depth: int = 0,
    has_pdf: bool = False,
) -> ResultPage:
    """Return the page; `typed` is what the form sent, kept so that the values can be changed.

    `record` is the one that opened the form; `depth` is how many folders below the start of the site the page lies;
    `has_pdf` is whether a PDF is offered.
    """
    shown = in_language(assessment)
    fitted, answer = shown.fitted, shown.answer
    group = answer.risk_group
    charts, forests = _drawings(fitted, answer)
    median, lower, upper = wording.median_with_limits(answer.curve)
    remark = record.remark if record else ""
    return ResultPage(
        site=site_of(fitted, "result", depth),
        subject=subject(fitted),
        group_id=group.id,
        group_label=group.label,
        group_meaning=group.meaning,
        cell_label=answer.cell.label,
        group_count=wording.count(len(fitted.risk_groups)),
        factors=_factors(shown),
        study_size=fitted.population.n,
        cohorts=fitted.provenance.cohorts,
        population=_texts_of(assessment, STUDY_POPULATION).lead,
        group_n=answer.curve.n,
        group_deaths=wording.group_deaths(assessment),
        median=_("{number} months").format(number=median),
        median_ci=wording.value_range(lower, upper),
        firmness=wording.firmness(assessment),
        other_indices=tuple(_other(index) for index in assessment.indices.all if index.id not in fitted.factor_ids),
        interval_note=_interval_note(answer.curve),
        scales=index_scales(shown),
        charts=charts,
        forests=forests,
        survival=_survival(fitted, answer),
        other_survival=survival_table(fitted, frozenset(answer.cell.factors)),
        alternatives=alternatives_view(fitted, group),
        ratios=_ratio_rows(fitted, answer),
        inputs=tuple(_input_row(assessment, lab) for lab in assessment.labs.values()),
        applicability=assessment.applicability.status.value,
        applicability_line=applicability_message(assessment.applicability.status),
        applicability_rest=_texts_of(assessment, PATIENT_NOT_STATED).rest,
        reasons=tuple(map(_reason, assessment.applicability.reasons, reason_messages(assessment))),
        first=_caveats(assessment, Level.FIRST),
        beside=_caveats(assessment, Level.BESIDE),
        about=_caveats(assessment, Level.ABOUT),
        computed_at=local_time(assessment.computed_at),
        saved=_saved(assessment),
        plain_text=f"{remark}{plain_text(assessment)}",
        letter_text=f"{remark}{letter_text(assessment)}",
        has_pdf=has_pdf,
        kept=tuple(typed.items()),
        record=record,
    )


@once_per_model_and_language
def _drawings(fitted: FittedModel, answer: CellAnswer) -> tuple[tuple[KmChart, ...], tuple[ForestPlot, ...]]:
    """Return the charts in both layouts; they depend on the cell alone."""
    shown = estimates(fitted, answer)
    return (
        tuple(km_chart(fitted, answer.risk_group, answer.cell, layout) for layout in (WIDE, NARROW)),
        tuple(forest_plot(shown, layout) for layout in (FOREST_WIDE, FOREST_NARROW)),
    )


def _saved(assessment: Assessment) -> tuple[ChartFile, ...]:
    """Return the files of the chart, without and with the Cox model's curve; their names are in English."""
    group, cell = assessment.answer.risk_group, assessment.answer.cell
    return tuple(
        ChartFile(
            form,
            shown is not None,
            addresses.curve(group.id, form, shown.id if shown else "").removeprefix("/"),
            curve_file_name(assessment.fitted, group, form, shown),
        )
        for form in ("png", "svg")
        for shown in (None, cell)
    )


def _interval_note(curve: KaplanMeierCurve) -> str:
    """Return where the interval of the group's curve begins, or an empty text if it is there from the start."""
    first = next(months for months in curve.band.months if curve.band.point(months).lower is not None)
    if first == 0:
        return ""
    text = _("The interval begins at {months} months: before, fewer than half of these cohorts have had a death.")
    return text.format(months=f"{first:.1f}")


def _caveats(assessment: Assessment, level: Level) -> tuple[CaveatRow, ...]:
    """Return the caveats of a level, but for those that have a place of their own on the page."""
    return tuple(
        _caveat(assessment, one)
        for one in assessment.caveats
        if one.level is level and one.code not in _WITH_PLACES_OF_THEIR_OWN
    )


def _texts_of(assessment: Assessment, code: str) -> CaveatRow:
    """Return the caveat with this code; empty texts if the assessment does not have it."""
    return next((_caveat(assessment, one) for one in assessment.caveats if one.code == code), CaveatRow("", ""))


def _reason(reason: Reason, text: str) -> ReasonRow:
    answer = "" if reason.stated is None else answer_message(reason.criterion.id, reason.stated)
    return ReasonRow(reason.status.value, text, answer)


def _caveat(assessment: Assessment, caveat: Caveat) -> CaveatRow:
    lead, *rest = caveat_parts(assessment, caveat, wording.unit)
    return CaveatRow(lead, " ".join(rest))


def _factors(assessment: Assessment) -> tuple[FactorRow, ...]:
    return tuple(_factor(assessment, factor) for factor in assessment.fitted.factors)


def _factor(assessment: Assessment, factor: Factor) -> FactorRow:
    index = next((index for index in assessment.indices.all if index.id == factor.id), None)
    if index is None:
        given = given_value(assessment, factor)
        working = _("given as {value}").format(value=given) if given else _("as given")
    else:
        working = f"{wording.formula(index.id)}: {left_to_right(index.working)}"
    high = is_high(assessment, factor)
    return FactorRow(
        label=factor.label,
        name=_(_NAMES[factor.id]),
        value=factor_value(assessment, factor),
        working=working,
        word=wording.level(high=high),
        side=factor_side(assessment, factor),
        is_high=high,
    )


def _other(index: Index) -> str:
    return _("{index} {working} (cut-off in the study {cutoff}; not part of the model)").format(
        index=index.label, working=left_to_right(index.working), cutoff=f"{index.cutoff:f}"
    )


@once_per_model_and_language
def _survival(fitted: FittedModel, answer: CellAnswer) -> tuple[SurvivalRow, ...]:
    at_risk = dict(zip(answer.curve.at_risk.months, answer.curve.at_risk.numbers, strict=True))
    return tuple(
        SurvivalRow(
            after=wording.at_months(at.months),
            alive=wording.of_hundred(at.kaplan_meier.survival),
            alive_ci=wording.value_range(
                wording.of_hundred(at.kaplan_meier.lower), wording.of_hundred(at.kaplan_meier.upper)
            ),
            kaplan_meier=wording.percent(at.kaplan_meier.survival),
            kaplan_meier_ci=wording.interval(at.kaplan_meier),
            cox=wording.percent(at.cox_predicted.survival),
            cox_ci=wording.interval(at.cox_predicted),
            share=wording.percent(at.kaplan_meier_reconstruction_share),
            at_risk=f"{at_risk[at.months].minimum}–{at_risk[at.months].maximum}",
            is_thin=answer.curve.hardly_any_at(at.months),
            sentence=wording.natural_frequency(at.kaplan_meier, at.months),
            icons=icon_array(at.kaplan_meier, at.months),
        )
        for at in answer.survival
    )


@once_per_model_and_language
def _ratio_rows(fitted: FittedModel, answer: CellAnswer) -> tuple[RatioRow, ...]:
    rows = [
        RatioRow(
            "study",
            ratio_wording.ratio_comparison(ratio),
            ratio_wording.ratio_source(fitted, ratio),
            wording.ratio_with_interval(shown.hazard_ratio, shown.ci_95),
            wording.p_value(shown.p_value),
            f"https://doi.org/{fitted.provenance.doi}",
        )
        for ratio, shown in ((ratio, ratio_wording.study_ratio(fitted, ratio)) for ratio in answer.hazard_ratios)
    ]
    rows += [
        RatioRow(
            "external",
            f"{found.factor.upper()}: {found.label}",
            _("{population}. Cut-off {cutoff}. {note}").format(
                population=found.population, cutoff=wording.with_signs(found.cutoff), note=found.note
            ),
            wording.ratio_with_interval(found.hazard_ratio, found.ci_95),
            "",
            found.url,
        )
        for found in fitted.external_hazard_ratios
    ]
    return tuple(rows)


def _input_row(assessment: Assessment, lab: Lab) -> InputRow:
    given, canonical = wording.given(lab), wording.canonical(lab)
    if lab.given.read_from is not None:
        read = f"{lab.given.value.normalize():f} {wording.unit(lab.given.unit_text)}"
        given = _("{text}, read as {value}").format(text=lab.given.read_from, value=read)
    sampled = assessment.sampled_on.of(lab.analyte)
    return InputRow(
        label=wording.analyte(lab.analyte),
        given=given,
        canonical=canonical,
        is_converted=given != canonical,
        sampled_on=sampled.isoformat() if sampled else "",
    )
