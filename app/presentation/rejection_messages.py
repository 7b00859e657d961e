"""Words for what could not be used of a FHIR record: Observations, Bundles and incomplete answers.

The keys are the codes of the reading of FHIR, with `.case` where one code has several causes.
"""

from collections.abc import Mapping

from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import ngettext

# Why one Observation was not used. The words of input errors are in messages.py.
REJECTIONS: dict[str, str] = {
    # its code
    "code_refused.molar": N_("Its code {code} reports moles per volume. Send the result in ng/mL."),
    "code_refused.not_afp_mass": N_("Its code {code} does not report a mass concentration of AFP."),
    "code_refused.percent": N_("Its code {code} reports a percentage of the leukocytes. Send the absolute count."),
    "code_refused.afp_units": N_(
        "Its code {code} reports AFP in units per volume, which this site does not accept (accept_afp_units). "
        "Send the result in ng/mL."
    ),
    "code_ambiguous": N_("Its codes name more than one of the four laboratory values."),
    "code_system": N_("Its code is a LOINC code, but its code system is missing or different. Send {system}."),
    "code_unreadable": N_("Its code is missing or malformed. Send code.coding with a system and a code."),
    "contained": N_(
        "It contains results, and contained Observations are not read. Send each result as an Observation of its own."
    ),
    "component": N_("It is a panel, and components are not read. Send each result as an Observation of its own."),
    # the patient
    "subject.other_patient": N_("Its subject is a different Patient."),
    "subject.not_a_patient": N_("Its subject is not a Patient."),
    "subject.unknown_patient": N_(
        "Its subject does not identify the patient with certainty. Send a reference such as Patient/p1."
    ),
    "subject.several_patients": N_(
        "The Observations have different subjects, or some have none. Send the results of one patient."
    ),
    "subject.other_server": N_("Its subject is a Patient on a different server."),
    "subject.unknown_server": N_(
        "Its subject has the id of the patient but may be on a different server. "
        "Send the patient's server with the reference (CDS Hooks: fhirServer)."
    ),
    "subject.several_servers": N_(
        "The subjects of the Observations are on different servers. Send the results of one server."
    ),
    "subject.other_focus": N_("Its focus is not the patient."),
    "subject.unknown_focus": N_("Its focus may not be the patient."),
    "subject.other_specimen": N_("Its specimen is not from the patient."),
    "subject.unknown_specimen": N_("Its specimen may not be from the patient."),
    # what it is
    "status": N_("Its status is {status}. Only results with the status final, amended or corrected are used."),
    "status.not_known": N_(
        "Its status is missing or not a FHIR status. Only results with the status final, amended or corrected are used."
    ),
    "versions": N_(
        "It was sent in different versions. Send only the newest, or give each a meta.versionId or meta.lastUpdated."
    ),
    "test_data": N_("It is labelled as test data (HTEST)."),
    "modified": N_("It carries a modifier extension or implicit rules that this service does not support."),
    # its value
    "no_value": N_("It has no value. Send a valueQuantity."),
    "no_value.marked_absent": N_("Its value is marked as absent (dataAbsentReason)."),
    "no_value.unreadable_absent_reason": N_("Its dataAbsentReason is malformed. Send a CodeableConcept."),
    "no_value.not_a_quantity": N_("Its value is not a Quantity. Send a valueQuantity."),
    "no_value.several_values": N_("It has more than one value. Send one valueQuantity."),
    "unit_refused": N_(
        "Its unit is {unit}, and this site does not accept AFP in international units (accept_afp_units). "
        "Send the result in ng/mL."
    ),
    # its time
    "no_time.no_day": N_(
        "It does not say on which day the sample was taken. Send an effectiveDateTime such as 2026-11-02."
    ),
    "no_time.no_zone": N_("The time of its sample has no time zone. Send a time such as 2026-11-02T08:00:00Z."),
    "no_time.not_a_date": N_(
        "The time of its sample is not a FHIR date or dateTime that names the day. "
        "Send an effectiveDateTime such as 2026-11-02."
    ),
    "in_the_future": N_("The date of its sample is in the future. Check the day, month and year."),
    # other results
    "repeated": N_("Another Observation has the same result."),
    "replaced": N_("A correction (status amended or corrected) replaces it."),
    "contradicted": N_("Another Observation has a different value for the same time. Check which value is right."),
    "outside_window": N_(
        "A newer AFP was used, or this AFP was sampled more than {days} days from the blood count (afp_window_days)."
    ),
    "outside_window.newer": N_("It was sampled too far from the blood count."),
    "not_latest_draw": N_("It does not belong to the latest complete blood draw."),
    "incomplete_draw": N_(
        "It does not belong to a complete blood count: neutrophils, lymphocytes and platelets from one specimen, from "
        "one report, or sampled at most {minutes} minutes apart (same_draw_minutes)."
    ),
    "incomplete_draw.newer": N_("It does not belong to a complete blood count."),
}

BUNDLE_ERRORS = {
    "missing": N_("{element} is missing."),
    "not_a_list": N_("{element} is not a list."),
    "not_a_resource": N_("{element} is not a FHIR resource."),
    "not_a_search_mode": N_("{element} is not match, include or outcome."),
    "not_a_string": N_("{element} is not a string."),
    "not_a_whole_number": N_("{element} is not a whole number."),
    "not_an_object": N_("{element} is not an object."),
    "not_objects": N_("{element} is not a list of objects."),
    "not_supported": N_("{element} is not supported."),
}

INCOMPLETE = {
    "absent": N_("{element} is absent."),
    "failed_query": N_("{element} reports a failed query (OperationOutcome)."),
    "next_page": N_("{element} has a link to a next page."),
    "not_newest_first": N_("{element} is not in descending order, so the newest results may be missing."),
    "outcome": N_("{element} is an OperationOutcome instead of results."),
    "total": N_("{element} has {sent} of {total} results."),
}


def bundle_message(code: str, element: str) -> str:
    """Return which element of a Bundle is malformed, and how."""
    return _(BUNDLE_ERRORS[code]).format(element=element)


def incomplete_message(code: str, parameters: Mapping[str, object], element: str) -> str:
    """Return why the answer to a search is incomplete; `element` names where it was sent."""
    return _(INCOMPLETE[code]).format(element=element, **parameters)


def counted_message(code: str, number: int, limit: int) -> str:
    """Return how many Observations were not listed, and why; `limit` is how many of each analyte are read."""
    match code:
        case "not_an_analyte":
            text = ngettext(
                "{number} Observation is not a result of neutrophils, lymphocytes, platelets or AFP.",
                "{number} Observations are not results of neutrophils, lymphocytes, platelets or AFP.",
                number,
            )
        case "older_result":
            text = ngettext(
                "{number} result was not read because it is older than the newest {limit} of its analyte.",
                "{number} results were not read because they are older than the newest {limit} of their analyte.",
                number,
            )
        case "undated_result":
            text = ngettext(
                "{number} more result without a sample time was not read.",
                "{number} more results without a sample time were not read.",
                number,
            )
        case "included":
            text = ngettext(
                "{number} Observation was not used because a search only included it (search.mode include). "
                "Search for it directly.",
                "{number} Observations were not used because a search only included them (search.mode include). "
                "Search for them directly.",
                number,
            )
        case _:  # not_listed
            text = ngettext(
                "{number} more Observation was not used and is not listed.",
                "{number} more Observations were not used and are not listed.",
                number,
            )
    return text.format(number=number, limit=limit)
