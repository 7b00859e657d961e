"""The result page of an Assessment: every text ready to show, every chart laid out. Nothing is computed here."""

from collections.abc import Mapping
from functools import lru_cache

from app.config import addresses
from app.core.analytes import Analyte
from app.core.applicability import Status
from app.core.assessment import Assessment, CellAnswer
from app.core.cox import COMBINED
from app.core.fitted_model import Artefact
from app.core.indices import Index
from app.core.labs import Lab
from app.presentation import wording
from app.presentation.assessment_text import plain_text
from app.presentation.charts.forest_plot import FOREST_NARROW, FOREST_WIDE, ForestPlot, estimates, forest_plot
from app.presentation.charts.icon_array import icon_array
from app.presentation.charts.kaplan_meier import NARROW, WIDE, KmChart, km_chart
from app.presentation.messages import reason_message, warning_message
from app.presentation.pages.contexts import Factor, InputRow, RatioRow, ReasonRow, ResultPage, SurvivalRow
from app.presentation.pages.record import RecordView
from app.presentation.templating import site_of

HEADLINE_MONTHS = 6  # the horizon least sensitive to how the cohorts were reconstructed
_APPLICABILITY = {
    Status.MATCHES: "This patient is as the study's patients in everything that was asked.",
    Status.DIFFERS: "This patient is not like the study's patients. The figures below may not apply.",
    Status.NOT_STATED: "Whether this patient is like the study's patients was not fully stated.",
}


def result_page(
    assessment: Assessment, typed: Mapping[str, str], record: RecordView | None = None, *, depth: int = 0
) -> ResultPage:
    """Return the page; `typed` is what the form sent, kept so that the values can be changed.

    `record` is the one that opened the form; `depth` is how many folders below the start of the site the page lies.
    """
    artefact, answer = assessment.artefact, assessment.answer
    group = answer.risk_group
    charts, forests = _drawings(artefact, answer)
    survival = _survival(artefact, answer)
    return ResultPage(
        site=site_of(artefact, "result", depth),
        group_id=group.id,
        group_label=group.label,
        group_meaning=group.meaning,
        cell_label=answer.cell.label,
        factors=_factors(assessment),
        study_size=artefact.population.n,
        cohorts=artefact.provenance.cohorts,
        group_size_line=wording.group_size_line(assessment),
        headline=next(row.sentence for row in survival if row.months == HEADLINE_MONTHS),
        median=wording.median_with_interval(answer.curve),
        firmness=wording.firmness(assessment),
        other_indices=tuple(_other(index) for index in (assessment.indices.nlr, assessment.indices.plr)),
        charts=charts,
        forests=forests,
        survival=survival,
        ratios=_ratio_rows(artefact, answer),
        inputs=tuple(_input_row(assessment, lab) for lab in assessment.labs.values()),
        applicability=assessment.applicability.status.value,
        applicability_line=_APPLICABILITY[assessment.applicability.status],
        reasons=tuple(
            ReasonRow(reason.status.value, reason_message(reason)) for reason in assessment.applicability.reasons
        ),
        warnings=tuple(wording.readable(warning_message(one)) for one in assessment.warnings),
        limits=artefact.limits,
        method=artefact.provenance.method,
        computed_at=f"{assessment.computed_at:%Y-%m-%d %H:%M} {assessment.computed_at.tzname()}",
        image_url=addresses.curve(group.id, "png").removeprefix("/"),
        plain_text=plain_text(assessment),
        kept=tuple(typed.items()),
        record=record,
    )


@lru_cache(maxsize=16)
def _drawings(artefact: Artefact, answer: CellAnswer) -> tuple[tuple[KmChart, ...], tuple[ForestPlot, ...]]:
    """Return the charts in both layouts; they depend on the cell alone."""
    shown = estimates(artefact, answer)
    return (
        tuple(km_chart(artefact, answer.risk_group, answer.cell, layout) for layout in (WIDE, NARROW)),
        tuple(forest_plot(shown, layout) for layout in (FOREST_WIDE, FOREST_NARROW)),
    )


def _factors(assessment: Assessment) -> tuple[Factor, ...]:
    artefact, sii, afp = assessment.artefact, assessment.indices.sii, assessment.labs[Analyte.AFP]
    afp_high = assessment.answer.cell.afp_high
    shown = wording.readable(wording.canonical(afp))
    given = wording.readable(wording.given(afp))
    return (
        Factor(
            id="sii",
            label="Systemic immune-inflammation index (SII)",
            value=f"{sii.shown} {wording.readable(sii.unit)}",
            working=f"platelets × neutrophils ÷ lymphocytes: {sii.working}",
            word=_word(high=sii.high),
            is_high=sii.high,
            cutoff=wording.readable(f"{sii.cutoff:f} {sii.unit}"),
        ),
        Factor(
            id="afp",
            label="Alpha-fetoprotein (AFP)",
            value=shown,
            working="as given" if shown == given else f"given as {given}",
            word=_word(high=afp_high),
            is_high=afp_high,
            cutoff=wording.readable(f"{artefact.afp_cutoff.value:f} {artefact.afp_cutoff.unit}"),
        ),
    )


def _word(*, high: bool) -> str:
    return "high" if high else "low"


def _other(index: Index) -> str:
    return f"{index.label} {index.working} (cut-off in the study {index.cutoff:f}; not part of the model)"


def _survival(artefact: Artefact, answer: CellAnswer) -> tuple[SurvivalRow, ...]:
    at_risk = dict(zip(answer.curve.at_risk.months, answer.curve.at_risk.numbers, strict=True))
    return tuple(
        SurvivalRow(
            months=at.months,
            kaplan_meier=wording.percent(at.kaplan_meier.survival),
            kaplan_meier_ci=wording.interval(at.kaplan_meier),
            cox=wording.percent(at.cox_predicted.survival),
            cox_ci=wording.interval(at.cox_predicted),
            share=wording.percent(at.kaplan_meier_reconstruction_share),
            at_risk=f"{at_risk[at.months].minimum}–{at_risk[at.months].maximum}",
            sentence=wording.natural_frequency(at.kaplan_meier, at.months),
            icons=icon_array(at.kaplan_meier, at.months),
        )
        for at in answer.survival
    )


def _ratio_rows(artefact: Artefact, answer: CellAnswer) -> tuple[RatioRow, ...]:
    rows = [
        RatioRow(
            "study",
            wording.readable(f"{ratio.label} against {'neither' if ratio.factor == COMBINED else ratio.reference}"),
            f"This study, n {artefact.population.n}",
            wording.ratio_with_interval(ratio.estimate.hazard_ratio, ratio.estimate.ci_95),
            wording.p_value(ratio.estimate.p_value),
            f"https://doi.org/{artefact.provenance.doi}",
        )
        for ratio in answer.hazard_ratios
    ]
    rows += [
        RatioRow(
            "external",
            f"{found.factor.upper()}: {found.label}",
            f"{found.population}. Cut-off {found.cutoff}. {found.note}",
            wording.ratio_with_interval(found.hazard_ratio, found.ci_95),
            "",
            found.url,
        )
        for found in artefact.external_hazard_ratios
    ]
    rows += [
        RatioRow(
            "pooled",
            f"{pooled.factor.upper()}: {pooled.label}",
            f"This study has {wording.percent(pooled.weight_study)} of the weight.",
            wording.ratio_with_interval(pooled.hazard_ratio, pooled.ci_95),
            "",
            "",
        )
        for pooled in artefact.pooled_hazard_ratios
    ]
    return tuple(rows)


def _input_row(assessment: Assessment, lab: Lab) -> InputRow:
    given, canonical = wording.given(lab), wording.canonical(lab)
    sampled = assessment.sampled_on.of(lab.analyte)
    return InputRow(
        label=lab.analyte.label,
        given=wording.readable(given),
        canonical=wording.readable(canonical),
        is_converted=given != canonical,
        sampled_on=sampled.isoformat() if sampled else "",
    )
