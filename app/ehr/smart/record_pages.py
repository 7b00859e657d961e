"""The record behind a form as its pages show it: the patient, what was changed, and whether the result can be filed."""

from collections.abc import Mapping
from dataclasses import replace

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.ehr.fhir.reading.lab_results import ReadingRules, age_errors
from app.ehr.smart.changed_values import ChangedValue, changed_values
from app.ehr.smart.errors import NoFiling
from app.ehr.smart.launch_contexts import LaunchContext, LaunchContexts
from app.presentation.pages.record import Filing, PatientBanner, Prefill, RecordView

_LOST = PatientBanner(
    unknown="The server no longer knows whose record these values came from: an hour has passed, or it was restarted. "
    "Make sure that they are of your patient, or open the calculator from the record again."
)


def record_view(
    contexts: LaunchContexts, rules: ReadingRules, handle: str, assessment: Assessment | None = None
) -> RecordView:
    """Return what the pages show of the record under a handle, compared with the assessed values if there are any."""
    context = contexts.find(handle)
    if context is None:
        return RecordView(handle, _LOST)
    changed = changed_values(assessment, context.results) if assessment else {}
    return RecordView(
        handle,
        banner_of(context),
        _shown_again(context.prefill),
        tuple(value.text for value in changed.values()),
        _filing(context, changed, no_filing(contexts, rules, handle, context, changed, assessment)),
        context.warnings,
    )


def banner_of(context: LaunchContext) -> PatientBanner | None:
    """Return the banner, or None where the EHR shows its own."""
    return context.patient.banner if context.patient else None


def no_filing(
    contexts: LaunchContexts,
    rules: ReadingRules,
    handle: str,
    context: LaunchContext,
    changed: Mapping[Analyte, ChangedValue],
    assessment: Assessment | None,
) -> NoFiling | None:
    """Return why a result cannot be filed, or None if it can."""
    if why := contexts.why_not(handle):
        return why
    if context.patient and not context.patient.is_complete:
        return NoFiling.UNIDENTIFIED
    if sum(value.is_other_value for value in changed.values()) == len(Analyte):
        return NoFiling.ALL_CHANGED
    if assessment and age_errors(assessment.sampled_on, rules, assessment.computed_at):
        return NoFiling.TOO_OLD
    return None


def _filing(context: LaunchContext, changed: Mapping[Analyte, ChangedValue], why: NoFiling | None) -> Filing | None:
    if why is NoFiling.NOT_ALLOWED:
        return None
    if why:
        return Filing(reason=why.reason)
    button, whose = "File in the record", "the patient whose record is open"
    if context.patient:
        button, whose = f"File for {context.patient.short}", context.patient.full
    return Filing(button=button, confirm=f"The changed values are of {whose}" if changed else "")


def _shown_again(prefill: Prefill) -> Prefill:
    """Return what the form says once its values may have been changed."""
    if not prefill.sources:
        return prefill
    return replace(prefill, title="What the record said", text="The result marks each value that differs from it.")
