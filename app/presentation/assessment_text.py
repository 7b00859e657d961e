"""An Assessment as plain text: for the terminal, and to copy into a record."""

import textwrap
from collections.abc import Iterator

from app.config.version import software
from app.core.applicability import Status
from app.core.assessment import Assessment
from app.presentation import wording
from app.presentation.messages import reason_message, warning_message

_WIDTH = 98


def plain_text(assessment: Assessment) -> str:
    """Return the whole answer in lines of at most 98 characters."""
    return wording.readable("\n".join(line.rstrip() for line in _lines(assessment))) + "\n"


def _lines(assessment: Assessment) -> Iterator[str]:
    answer, artefact = assessment.answer, assessment.artefact
    yield f"{answer.risk_group.label.upper()}: {answer.risk_group.meaning} ({answer.cell.label})"
    yield from _wrapped(wording.study_line(assessment))
    yield from _wrapped(wording.group_size_line(assessment))
    yield ""
    for lab in assessment.labs.values():
        shown, used = wording.given(lab), wording.canonical(lab)
        yield f"  {lab.analyte.label:<12}{shown:<20}" + (f"= {used}" if used != shown else "")
    workings = {index.id: index.working for index in assessment.indices.all}
    for factor in artefact.factors:
        level = "high" if factor.id in answer.cell.factors else "low"
        side = f"{level}: cut-off {wording.quantity(factor.cutoff)}"
        working = workings.get(factor.id)
        yield f"  {factor.label:<12}" + (f"{working}  ({side})" if working else side)
    yield from _wrapped(wording.firmness(assessment), "  ")
    yield ""
    yield f"Overall survival from {artefact.population.time_zero} (95 % interval)"
    yield f"  {'':<12}{'this risk group, Kaplan-Meier':<34}this combination, Cox-predicted"
    for at in answer.survival:
        group = wording.percent_with_interval(at.kaplan_meier)
        yield f"  {f'{at.months} months':<12}{group:<34}{wording.percent_with_interval(at.cox_predicted)}"
    yield f"  {'median':<12}{wording.median_with_interval(answer.curve)}"
    yield ""
    yield "Hazard ratios (95 % interval)"
    for ratio in answer.hazard_ratios:
        estimate = ratio.estimate
        shown = wording.ratio_with_interval(estimate.hazard_ratio, estimate.ci_95)
        mark = "*" if ratio.present else " "
        label, reference = wording.ratio_label(ratio), wording.ratio_reference(ratio)
        yield f" {mark}{label:<22}{shown:<22}{wording.p_value(estimate.p_value):<12}against {reference}"
    yield " *present in this patient. The study's estimates are probably too large; larger studies found:"
    for external in artefact.external_hazard_ratios:
        shown = wording.ratio_with_interval(external.hazard_ratio, external.ci_95)
        yield f"  {external.factor.upper():<4}{shown:<22}{external.label}"
    yield ""
    yield from _applicability(assessment)
    for warning in assessment.warnings:
        yield from _wrapped(f"Warning: {warning_message(warning)}")
    yield ""
    yield "Limits"
    for limit in wording.limits(artefact):
        yield from _wrapped(f"- {limit}", "  ")
    yield ""
    yield from _wrapped(f"{artefact.provenance.citation} doi:{artefact.provenance.doi}")
    when = f"{assessment.computed_at:%Y-%m-%d %H:%M} {assessment.computed_at.tzname()}"
    yield f"Model {artefact.id} {artefact.version}, {artefact.digest[:19]}; software {software().version}; {when}"


def _applicability(assessment: Assessment) -> Iterator[str]:
    said = {
        Status.MATCHES: "This patient matches the study's criteria that were asked.",
        Status.DIFFERS: "THIS PATIENT DIFFERS FROM THE STUDY'S PATIENTS:",
        Status.NOT_STATED: "Not all criteria of the study were stated:",
    }
    yield said[assessment.applicability.status]
    for reason in assessment.applicability.reasons:
        if reason.status is not Status.MATCHES:
            yield from _wrapped(f"- {reason_message(reason)}", "  ")


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + ("  " if indent else ""))
