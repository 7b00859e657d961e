"""Build the parts that the EHR interfaces share: the site's rules, addresses, and the client for other servers."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from app.config.placeholders import is_placeholder
from app.config.settings import Settings
from app.config.site import SiteConfiguration
from app.core.clinical_codes import Coding
from app.core.fitted_model import FittedModel
from app.ehr.fhir.definitions.catalogue import Definitions, capability_statement, definitions
from app.ehr.fhir.reading.client import DEADLINE_SECONDS
from app.ehr.fhir.reading.conditions import condition_codes
from app.ehr.fhir.reading.lab_results import ReadingRules, reading_rules
from app.ehr.fhir.reading.medications import medication_codes
from app.ehr.fhir.reading.searches import templates
from app.ehr.fhir.terminology import Canonical
from app.net.json_client import Outbound


@dataclass(frozen=True, slots=True)
class Records:
    """The site configuration and what is derived from it. While our codes have an example address, nothing is filed."""

    site: SiteConfiguration
    rules: ReadingRules
    condition_codes: tuple[Coding, ...]
    medication_codes: tuple[Coding, ...]
    prefetch_templates: dict[str, str]
    canonical: Canonical
    may_file: bool
    definitions: Definitions
    capability_statement: dict[str, Any]
    public_url: str
    outbound: Outbound


def new_records(
    settings: Settings, site: SiteConfiguration, fitted: FittedModel, http: Outbound | None = None
) -> Records:
    """Return the shared parts."""
    canonical, rules = Canonical(settings.canonical_url), reading_rules(site, fitted)
    conditions = condition_codes(site)
    return Records(
        site,
        rules,
        conditions,
        medication_codes(site),
        templates(rules, conditions),
        canonical,
        not is_placeholder(canonical.base),
        definitions(canonical.base),
        capability_statement(canonical.base, settings.public_url),
        settings.public_url,
        http or Outbound(DEADLINE_SECONDS),
    )


def records_of(request: Request) -> Records:
    """Return the shared parts of a request's application."""
    found: Records = request.app.state.records
    return found
