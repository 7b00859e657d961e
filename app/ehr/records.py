"""What the doors for records share: the site's rules, addresses, and the way out to other servers. Built once."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from starlette.requests import Request

from app.core.artefact import Artefact
from app.ehr.canonical import Canonical
from app.ehr.definitions import Definitions, definitions
from app.ehr.feedback import Feedback
from app.ehr.hepatocellular_carcinoma import condition_codes
from app.ehr.lab_reading import ReadingRules, reading_rules
from app.ehr.laboratory_codes import Code
from app.ehr.prefetch import templates
from app.ehr.record_search import DEADLINE_SECONDS
from app.integration import Integration
from app.outbound import Outbound
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Records:
    """The site's integration file, made ready."""

    integration: Integration
    rules: ReadingRules
    condition_codes: tuple[Code, ...]
    prefetch_templates: dict[str, str]
    canonical: Canonical
    definitions: Definitions
    public_url: str
    outbound: Outbound
    feedback: Feedback


def new_records(
    settings: Settings, integration: Integration, registry: CollectorRegistry, artefact: Artefact
) -> Records:
    """Return the shared parts."""
    canonical, rules = Canonical(settings.canonical_url), reading_rules(integration, artefact)
    conditions = condition_codes(integration)
    return Records(
        integration,
        rules,
        conditions,
        templates(rules, conditions),
        canonical,
        definitions(canonical),
        settings.public_url,
        Outbound(DEADLINE_SECONDS),
        Feedback(registry),
    )


def records_of(request: Request) -> Records:
    """Return the shared parts of a request's application."""
    found: Records = request.app.state.records
    return found
