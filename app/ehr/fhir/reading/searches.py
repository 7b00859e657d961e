"""Write the searches for a patient's results and conditions, and read their answers, by prefetch key."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from app.core.analytes import Analyte
from app.core.clinical_codes import Coding
from app.ehr.fhir.reading.bundles import BundleContent, BundleError, Found, Incomplete, found_alone, read_bundle
from app.ehr.fhir.reading.criteria import CODES
from app.ehr.fhir.reading.lab_results import MOST_RESULTS, ReadingRules
from app.ehr.fhir.reading.times import effective_time

CONDITIONS = "hcc"
RESULTS = tuple(analyte.value for analyte in Analyte)
# Of the study's criteria. Optional: a client that does not send them, or not completely, still gets its answer.
CRITERIA = "criteria"
KEYS = (CONDITIONS, *RESULTS, CRITERIA)
_SMALLEST_PAGE = 10
_ABSENT = BundleContent((), incomplete=Incomplete("absent"))
_PATIENT = "{{context.patientId}}"
_SEPARATOR = re.compile(r"[\\,$|]")  # FHIR requires a backslash before these inside a value


@dataclass(frozen=True, slots=True)
class Prefetched:
    """The resources under each key, and the reason for each key without a complete answer."""

    found: Mapping[str, tuple[Found, ...]]
    unsatisfied: Mapping[str, Incomplete]


def templates(rules: ReadingRules, condition_codes: tuple[Coding, ...]) -> dict[str, str]:
    """Return the prefetch templates: the carcinoma on the problem list, the newest results of each analyte, criteria.

    They ask for a hundred results of each analyte: the newest may be cancelled, without value or of another draw, and
    an incomplete answer cannot be used.
    """
    return {
        CONDITIONS: f"Condition?patient={_PATIENT}&code={_token_list(condition_codes)}&_count={MOST_RESULTS}",
        **{
            analyte.value: f"Observation?patient={_PATIENT}&code={_token_list(rules.codes.searched_for(analyte))}"
            f"&_sort=-date&_count={MOST_RESULTS}"
            for analyte in Analyte
        },
        CRITERIA: f"Observation?patient={_PATIENT}&code={_token_list(tuple(CODES))}&_sort=-date&_count={MOST_RESULTS}",
    }


def queries(templates_by_key: Mapping[str, str], keys: tuple[str, ...], patient_id: str) -> dict[str, str]:
    """Return the searches of some keys for a patient, with every value percent-encoded. The id must have been checked.

    The templates are not encoded, so that they stay readable; but some proxies join `//` and some servers refuse `|`.
    """
    return {key: _encoded(templates_by_key[key].replace(_PATIENT, patient_id)) for key in keys}


def read_prefetch(
    prefetch: Mapping[str, Any], base: str | None, keys: tuple[str, ...] = KEYS, *, has_all_pages: bool = False
) -> Prefetched:
    """Return the resources under each key, and the keys without a complete answer. `base` is the server that was asked.

    With `has_all_pages` every page was fetched, so that the order does not matter. An incomplete answer about the
    study's criteria is left out.

    null and an empty Bundle mean that there is no result. Raises BundleError, whose path begins with the key, if an
    answer is malformed.
    """
    found: dict[str, tuple[Found, ...]] = {}
    unsatisfied: dict[str, Incomplete] = {}
    for key in keys:
        try:
            content = _content(prefetch[key], base) if key in prefetch else _ABSENT
        except BundleError as error:
            raise error.inside(key) from None
        why = content.incomplete or (Incomplete("failed_query") if content.failed_entry is not None else None)
        is_one_page = not has_all_pages and key != CONDITIONS
        if why is None and is_one_page and not _is_newest_first(prefetch[key], content.matches):
            why = Incomplete("not_newest_first")
        if why and key == CRITERIA:
            found[key] = ()
        elif why:
            unsatisfied[key] = why
        else:
            found[key] = content.matches
    return Prefetched(found, unsatisfied)


def _content(value: Any, base: str | None) -> BundleContent:
    """Return the content of a key: a Bundle, a single resource, or nothing. Raises BundleError for anything else."""
    if value is None:
        return BundleContent(())
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise BundleError("not_a_resource")
    match value["resourceType"]:
        case "Bundle":
            return read_bundle(value, base)
        case "OperationOutcome":
            return BundleContent((), incomplete=Incomplete("outcome"))
        case _:
            return BundleContent((found_alone(value, base),))


def _is_newest_first(value: Any, found: Sequence[Found]) -> bool:
    """Return whether a page of results is in the order that was asked for, so that none newer can be missing.

    A page with fewer results than servers put on one, or with a total, holds all results, and its order is ignored.
    Days and moments are not compared with each other: which comes first depends on the server's time zone.
    """
    if len(found) < _SMALLEST_PAGE or "total" in value:
        return True
    last: dict[bool, datetime] = {}
    for one in found:
        time = effective_time(one.resource)
        if time is not None:
            if time.is_day in last and last[time.is_day] < time.order:
                return False
            last[time.is_day] = time.order
    return True


def _encoded(query: str) -> str:
    resource_type, _, parameters = query.partition("?")
    pairs = (parameter.partition("=") for parameter in parameters.split("&"))
    written = (f"{name}={quote(unquote(value), safe='')}" for name, _, value in pairs)
    return f"{resource_type}?{'&'.join(written)}"


def _token_list(codes: tuple[Coding, ...]) -> str:
    return ",".join(f"{_written(system, safe=':/')}|{_written(code)}" for system, code in codes)


def _written(text: str, safe: str = "") -> str:
    """Return a part of a search token, with the special characters of a site's own code escaped: `NEUT#, auto`."""
    return quote(_SEPARATOR.sub(r"\\\g<0>", text), safe=safe)
