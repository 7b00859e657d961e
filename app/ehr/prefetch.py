"""What a CDS client prefetched, by key: resources, nothing (it looked and there are none), or not supplied at all."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from app.core.analytes import Analyte
from app.ehr.lab_reading import ReadingRules
from app.ehr.laboratory_codes import Code
from app.ehr.outcome import FhirError, Issue
from app.ehr.resources import entries_of, resources_in

CONDITIONS = "hcc"
KEYS = (CONDITIONS, *(analyte.value for analyte in Analyte))
_PATIENT = "{{context.patientId}}"
_SEPARATOR = re.compile(r"[\\,$|]")  # FHIR wants a backslash before these where they are part of a value


def templates(rules: ReadingRules, condition_codes: tuple[Code, ...]) -> dict[str, str]:
    """Return the prefetch templates: the newest results of each analyte, and the carcinoma on the problem list.

    Ten results, not one: the newest may be cancelled, without value, or of another draw.
    """
    return {
        CONDITIONS: f"Condition?patient={_PATIENT}&code={_token_list(condition_codes)}&_count=20",
        **{
            analyte.value: f"Observation?patient={_PATIENT}&code={_token_list(rules.codes.coding_of(analyte))}"
            "&_sort=-date&_count=10"
            for analyte in Analyte
        },
    }


def queries(templates_by_key: Mapping[str, str], keys: tuple[str, ...], patient_id: str) -> dict[str, str]:
    """Return the searches of some keys for a patient, whose id was checked, with every value percent-encoded in full.

    The templates stay readable; a proxy that joins `//`, or a server that refuses `|`, would spoil them as they are.
    """
    return {key: _encoded(templates_by_key[key].replace(_PATIENT, patient_id)) for key in keys}


def missing_keys(prefetch: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys that were not satisfied: absent, or answered with an OperationOutcome."""
    return tuple(key for key in KEYS if key not in prefetch or _has_failed(prefetch[key]))


def resources_of(value: Any, key: str) -> list[Mapping[str, Any]]:
    """Return the resources under a key; none for null and for an empty Bundle. Raises FhirError 400 for no resource."""
    if value is None:
        return []
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise FhirError(
            400, [Issue("invalid", f"prefetch.{key} is not a FHIR resource.", expression=f"prefetch.{key}")]
        )
    return resources_in(value) if value["resourceType"] == "Bundle" else [value]


def _has_failed(value: Any) -> bool:
    """Whether the client's own query failed: an OperationOutcome, bare or as an entry that is not mere information."""
    if not isinstance(value, dict):
        return False
    if value.get("resourceType") == "OperationOutcome":
        return True
    return any(
        isinstance(entry.get("resource"), dict)
        and entry["resource"].get("resourceType") == "OperationOutcome"
        and not (isinstance(entry.get("search"), dict) and entry["search"].get("mode") == "outcome")
        for entry in entries_of(value)
    )


def _encoded(query: str) -> str:
    resource_type, _, parameters = query.partition("?")
    pairs = (parameter.partition("=") for parameter in parameters.split("&"))
    written = (f"{name}={quote(unquote(value), safe='')}" for name, _, value in pairs)
    return f"{resource_type}?{'&'.join(written)}"


def _token_list(codes: tuple[Code, ...]) -> str:
    return ",".join(f"{_written(system, safe=':/')}|{_written(code)}" for system, code in codes)


def _written(text: str, safe: str = "") -> str:
    """Return a part of a token as a search takes it, whatever a site's own code is made of: `NEUT#, auto`."""
    return quote(_SEPARATOR.sub(r"\\\g<0>", text), safe=safe)
