"""Read laboratory results with the rules of a site, as the interfaces do."""

from datetime import datetime
from typing import Any

from app.artefact.reader import load_artefact
from app.config.site import SiteConfiguration
from app.ehr.fhir.reading.bundles import Found
from app.ehr.fhir.reading.lab_results import LabReading, ReadingRules, read_labs, reading_rules
from app.ehr.fhir.reading.references import Reference
from tests.lib.fhir.examples import Resource
from tests.lib.times import NOW

ARTEFACT = load_artefact()


def rules_with(**site_rules: Any) -> ReadingRules:
    """Return the rules of a site with these settings."""
    return reading_rules(SiteConfiguration(**site_rules), ARTEFACT)


def read(*resources: Resource, now: datetime = NOW, patient: Reference | None = None, **site_rules: Any) -> LabReading:
    """Read results in both orders, which must not matter, and return the reading."""
    rules = rules_with(**site_rules)
    found, other = (
        read_labs([Found(one) for one in given], rules, now=now, patient=patient)
        for given in (resources, resources[::-1])
    )
    assert used(found) == used(other)
    assert set(found.rejected) == set(other.rejected)
    return found


def used(reading: LabReading) -> set[str | None]:
    """Return the references of the results used, without the type."""
    return {(result.reference or "").removeprefix("Observation/") for result in reading.sources.values()}


def unused_codes(reading: LabReading) -> dict[str, str]:
    """Return the code of each unused Observation."""
    return {(one.reference or "").removeprefix("Observation/"): one.code for one in reading.rejected}


def refused(reading: LabReading) -> dict[str, str]:
    """Return the error code of each value that is not available."""
    return {analyte.value: lab.code for analyte, lab in reading.labs.items() if hasattr(lab, "code")}
