"""The searches that find a patient's results and conditions, and what their answers hold, by key."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from app.core.analytes import Analyte
from app.core.clinical_codes import Coding
from app.ehr.fhir.reading.bundles import BundleContent, BundleError, Found, found_alone, read_bundle
from app.ehr.fhir.reading.lab_results import MOST_RESULTS, ReadingRules
from app.ehr.fhir.reading.resources import is_bundle, is_outcome
from app.ehr.fhir.reading.times import effective_time

CONDITIONS = "hcc"
RESULTS = tuple(analyte.value for analyte in Analyte)
KEYS = (CONDITIONS, *RESULTS)
_SMALLEST_PAGE = 10
_ABSENT = BundleContent((), has_failed=False, missing="it is absent")
_PATIENT = "{{context.patientId}}"
_SEPARATOR = re.compile(r"[\\,$|]")  # FHIR wants a backslash before these where they are part of a value


@dataclass(frozen=True, slots=True)
class Prefetched:
    """What was found under each key, and each key without a whole answer, with why."""

    found: Mapping[str, tuple[Found, ...]]
    unsatisfied: Mapping[str, str]


def templates(rules: ReadingRules, condition_codes: tuple[Coding, ...]) -> dict[str, str]:
    """Return the prefetch templates: the newest results of each analyte, and the carcinoma on the problem list.

    A hundred results of each: the newest may be cancelled, without value, or of another draw, and an answer that is
    not whole cannot be used.
    """
    return {
        CONDITIONS: f"Condition?patient={_PATIENT}&code={_token_list(condition_codes)}&_count={MOST_RESULTS}",
        **{
            analyte.value: f"Observation?patient={_PATIENT}&code={_token_list(rules.codes.searched_for(analyte))}"
            f"&_sort=-date&_count={MOST_RESULTS}"
            for analyte in Analyte
        },
    }


def queries(templates_by_key: Mapping[str, str], keys: tuple[str, ...], patient_id: str) -> dict[str, str]:
    """Return the searches of some keys for a patient, whose id was checked, with every value percent-encoded in full.

    The templates stay readable; a proxy that joins `//`, or a server that refuses `|`, would spoil them as they are.
    """
    return {key: _encoded(templates_by_key[key].replace(_PATIENT, patient_id)) for key in keys}


def read_prefetch(
    prefetch: Mapping[str, Any], base: str | None, keys: tuple[str, ...] = KEYS, *, has_all_pages: bool = False
) -> Prefetched:
    """Return what was found under each key, and the keys without a whole answer. `base` is the server that was asked.

    `has_all_pages` says that every page was fetched, so that the order does not matter.

    null and an empty Bundle mean that there is nothing. Raises BundleError, which names the key, for what is malformed.
    """
    found: dict[str, tuple[Found, ...]] = {}
    unsatisfied: dict[str, str] = {}
    for key in keys:
        try:
            content = _content(prefetch[key], base) if key in prefetch else _ABSENT
        except BundleError as error:
            raise BundleError(f"{key}: {error}") from None
        why = content.missing or ("the query failed (OperationOutcome)" if content.has_failed else None)
        if why is None and not has_all_pages and key != CONDITIONS and _is_oldest_first(prefetch[key], content.matches):
            why = "it is in ascending order, so that the newest results may be missing"
        if why:
            unsatisfied[key] = why
        else:
            found[key] = content.matches
    return Prefetched(found, unsatisfied)


def _content(value: Any, base: str | None) -> BundleContent:
    """Return what is under a key: a Bundle, a single resource, or nothing. Raises BundleError for anything else."""
    if value is None:
        return BundleContent((), has_failed=False, missing=None)
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise BundleError("it is not a FHIR resource")
    if is_bundle(value):
        return read_bundle(value, base)
    if is_outcome(value):
        return BundleContent((), has_failed=False, missing="it is an OperationOutcome in the place of results")
    return BundleContent((found_alone(value, base),), has_failed=False, missing=None)


def _is_oldest_first(value: Any, found: Sequence[Found]) -> bool:
    """Return whether a page of results is in ascending order, where the newest were asked for first.

    Fewer results than servers put on a page, or as many as the page says there are, are all, in whatever order.
    """
    if len(found) < _SMALLEST_PAGE or "total" in value:
        return False
    times = [time.order for time in (effective_time(one.resource) for one in found) if time]
    return len(set(times)) > 1 and times == sorted(times)


def _encoded(query: str) -> str:
    resource_type, _, parameters = query.partition("?")
    pairs = (parameter.partition("=") for parameter in parameters.split("&"))
    written = (f"{name}={quote(unquote(value), safe='')}" for name, _, value in pairs)
    return f"{resource_type}?{'&'.join(written)}"


def _token_list(codes: tuple[Coding, ...]) -> str:
    return ",".join(f"{_written(system, safe=':/')}|{_written(code)}" for system, code in codes)


def _written(text: str, safe: str = "") -> str:
    """Return a part of a token as a search takes it, whatever a site's own code is made of: `NEUT#, auto`."""
    return quote(_SEPARATOR.sub(r"\\\g<0>", text), safe=safe)
