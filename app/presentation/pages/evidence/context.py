"""Define what the template of the evidence page gets; see `contexts`."""

from dataclasses import dataclass
from typing import ClassVar

from app.presentation.charts.study_figures import StudyFigure
from app.presentation.pages.contexts import Table
from app.presentation.pages.evidence.answers import ShortAnswer
from app.presentation.templating import Link, Site


@dataclass(frozen=True, slots=True)
class HazardEntry:
    """One entry of the hazard log."""

    id: str
    hazard: str
    cause: str
    effect: str
    controls: tuple[str, ...]
    tests: tuple[str, ...]
    remains: str


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """The evidence behind the results, from the files that the model was made from.

    `contact` is whoever runs the site and takes reports, None if the site has none. `versions` are those of the
    model that this installation has.
    """

    template: ClassVar[str] = "evidence.html.jinja"
    site: Site
    answers: tuple[ShortAnswer, ...]
    figures: tuple[StudyFigure, ...]
    few_at_risk: int
    contact: Link | None
    versions: Table
    purpose: tuple[str, ...]
    users: Table
    not_for: tuple[str, ...]
    study_title: str
    study_setting: str
    criteria: tuple[str, ...]
    study_tables: tuple[Table, ...]
    cohorts: int
    method: str
    provenance: Table
    agreement: Table
    agreement_holds: str
    performance: str
    external: Table
    other_findings: tuple[Link, ...]
    external_survival: Table
    sensitivity: Table
    context: tuple[str, ...]
    errata: Table
    hazards: tuple[HazardEntry, ...]
    limits: tuple[str, ...]
