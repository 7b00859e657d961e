"""Read the draft orders of a call: those for regorafenib, and what they say of the patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.core.applicability import Population
from app.core.clinical_codes import Coding
from app.core.dates import SampleDates, are_recent
from app.ehr.fhir.operation_outcome import FhirError, Issue
from app.ehr.fhir.reading.bundles import BundleError, Found, read_bundle
from app.ehr.fhir.reading.medications import is_selected, regorafenib_orders, starts_treatment
from app.ehr.fhir.reading.references import Reference
from app.ehr.fhir.reading.resources import Resource
from app.presentation.rejection_messages import bundle_message

_ELEMENT = "context.draftOrders"


@dataclass(frozen=True, slots=True)
class DraftOrders:
    """The Bundle of orders that are not signed yet, which is not read yet; and references to those that are selected.

    `selections` is None if all of them are about to be signed.
    """

    bundle: Resource
    selections: tuple[str, ...] | None


def read_orders(drafts: DraftOrders, codes: tuple[Coding, ...], patient: Reference) -> list[Found]:
    """Return the patient's orders with one of these codes that the call is about. Raises FhirError 400 if malformed."""
    try:
        content = read_bundle(drafts.bundle, patient.base)
    except BundleError as error:
        text = bundle_message(error.code, error.inside(_ELEMENT).path)
        raise FhirError(400, [Issue("invalid", text, expression=_ELEMENT)]) from None
    found = regorafenib_orders(content.matches, codes, patient)
    return [one for one in found if drafts.selections is None or is_selected(one, drafts.selections)]


def population_of(orders: Sequence[Found], sampled_on: SampleDates, today: date) -> Population:
    """Return what orders for regorafenib say of the patient: that it starts with these values, if they are recent."""
    starts = any(starts_treatment(one) for one in orders) and are_recent(sampled_on, today)
    return Population(starting_regorafenib=True if starts else None)
