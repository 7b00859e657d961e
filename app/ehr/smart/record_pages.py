"""Show the record behind a form: the patient, the changed values, and whether the result can be filed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.ehr.fhir.reading.lab_results import ReadingRules, age_errors
from app.ehr.smart.changed_values import ChangedValue, changed_values
from app.ehr.smart.errors import NoFiling
from app.ehr.smart.launch_contexts import Filed, KeptLaunch, LaunchContext, LaunchContexts
from app.ehr.smart.prefill import prefill
from app.presentation.pages.record import Filing, PatientBanner, Prefill, RecordView
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_LOST = N_(
    "The server no longer knows whose record these values came from, because an hour has passed or it was restarted. "
    "Check that the values are your patient’s, or open the calculator from the record again."
)


async def find_record(
    contexts: LaunchContexts, rules: ReadingRules, handle: str
) -> Callable[[Assessment | None], RecordView]:
    """Return what makes the view of the record of a handle. Raises StoreError."""
    return partial(record_view, await contexts.find(handle), rules, handle)


def record_view(
    kept: KeptLaunch | None, rules: ReadingRules, handle: str, assessment: Assessment | None = None
) -> RecordView:
    """Return what the pages show from the record of a handle, compared with the assessed values if there are any."""
    if kept is None:
        return RecordView(handle, PatientBanner(unknown=_(_LOST)))
    context = kept.context
    changed = changed_values(assessment, context.results) if assessment else {}
    why, why_no_document = (no_filing(kept, rules, changed, assessment, kind) for kind in Filed)
    return RecordView(
        handle,
        banner_of(context),
        _shown_again(prefill(context.reading)),
        tuple(value.text for value in changed.values()),
        _filing(context, changed, why),
        context.reading.first_warnings,
        # A reason that holds for both is said once.
        document=None if why_no_document and why_no_document is why else _document(context, changed, why_no_document),
    )


def banner_of(context: LaunchContext) -> PatientBanner | None:
    """Return the banner, or None if the EHR shows its own."""
    return context.patient.banner if context.patient else None


def no_filing(
    kept: KeptLaunch,
    rules: ReadingRules,
    changed: Mapping[Analyte, ChangedValue],
    assessment: Assessment | None,
    kind: Filed = Filed.RESULT,
) -> NoFiling | None:
    """Return why a result cannot be filed, or None if it can."""
    context = kept.context
    if why := kept.why_not(kind):
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
    if context.patient:
        button = _("File for {patient}").format(patient=context.patient.short)
        confirm = _("The changed values belong to {patient}").format(patient=context.patient.full)
    else:
        button = _("File in the record")
        confirm = _("The changed values belong to the patient whose record is open")
    return Filing(button=button, confirm=confirm if changed else "")


def _document(context: LaunchContext, changed: Mapping[Analyte, ChangedValue], why: NoFiling | None) -> Filing | None:
    """Return how the PDF document of a result is filed."""
    filing = _filing(context, changed, why)
    if filing is None or why:
        return filing and replace(filing, id="document")
    if context.patient:
        button = _("File PDF for {patient}").format(patient=context.patient.short)
    else:
        button = _("File PDF in the record")
    return replace(filing, id="document", button=button)


def _shown_again(shown: Prefill) -> Prefill:
    """Return what the form shows from the record after its values may have been changed."""
    if not shown.sources:
        return shown
    text = _("The result page marks each value that differs from the record.")
    return replace(shown, title=_("Values in the record"), text=text)
