"""Define what the template of the result page gets: the answer for a cell, and what is of one patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from app.presentation.charts.forest_plot import ForestPlot
from app.presentation.charts.icon_array import IconArray
from app.presentation.charts.index_scale import IndexScale
from app.presentation.charts.kaplan_meier import KmChart
from app.presentation.pages.contexts import Table
from app.presentation.pages.record import RecordView
from app.presentation.templating import Site

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One factor of the model and its value in this patient.

    `label` is short, as in the chart; `name` is written out; `side` is the word and the range it stands for.
    """

    label: str
    name: str
    value: str
    working: str
    word: str
    side: str
    is_high: bool


@dataclass(frozen=True, slots=True)
class InputRow:
    """A laboratory value as given and as converted, with its sample date."""

    label: str
    given: str
    canonical: str
    is_converted: bool
    sampled_on: str


@dataclass(frozen=True, slots=True)
class SurvivalRow:
    """Survival at one horizon, as text, and the sentence of natural frequencies.

    `alive` is how many of a hundred, `alive_ci` the interval of this number. `share` is how much of the group's
    variance comes from the reconstruction; `at_risk` is a range over the cohorts; `is_thin` is whether hardly any were
    followed so long.
    """

    after: str
    alive: str
    alive_ci: str
    kaplan_meier: str
    kaplan_meier_ci: str
    cox: str
    cox_ci: str
    share: str
    at_risk: str
    is_thin: bool
    sentence: str
    icons: IconArray


@dataclass(frozen=True, slots=True)
class RatioRow:
    """One row of the table behind the forest plot. `kind` is study or external; `url` is the source, if any."""

    kind: str
    label: str
    population: str
    ratio: str
    p_value: str
    url: str


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One criterion of the study and how the patient compares; `answer` is what was stated, empty if nothing was."""

    status: str
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class CaveatRow:
    """A caveat: what is so, and what follows from it."""

    lead: str
    rest: str


@dataclass(frozen=True, slots=True)
class ChartFile:
    """A file of the chart, `svg` or `png`, with a name for it. `has_cox` is whether the Cox model's curve is in it."""

    form: str
    has_cox: bool
    url: str
    name: str


@dataclass(frozen=True, slots=True)
class AlternativesView:
    """Survival of the group under other assumptions: one line, a table, and what each alternative assumes."""

    summary: str
    table: Table
    explanations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What the model answers for a cell. It is equal for all patients of the cell, and made once.

    `subject` is a heading that names disease, treatment and study. `saved` are the files of the chart.
    """

    subject: str
    group_id: str
    group_label: str
    group_meaning: str
    cell_label: str
    group_count: str
    study_size: int
    cohorts: int
    group_n: int
    group_deaths: str
    median: str
    median_ci: str
    interval_note: str
    charts: tuple[KmChart, ...]
    forests: tuple[ForestPlot, ...]
    survival: tuple[SurvivalRow, ...]
    other_survival: Table
    alternatives: AlternativesView | None
    ratios: tuple[RatioRow, ...]
    saved: tuple[ChartFile, ...]


@dataclass(frozen=True, slots=True)
class AnswerParts:
    """The parts of a page that show an AnswerView, rendered: tables, drawings and sections."""

    alive_table: Markup
    curves: Markup
    survival_table: Markup
    icon_arrays: Markup
    hazard_ratios: Markup
    larger_studies: Markup


@dataclass(frozen=True, slots=True)
class ResultPage:
    """The answer for one patient.

    `answer` and `parts`: the same for all patients of the cell; all other fields are about this patient.
    `population`: the caveat about who was studied.
    `firmness`: empty where a caveat says the same.
    `other_indices`: indices that are not part of the model.
    `applicability`: a code for how the study fits the patient, which styles the page; its texts are
    `applicability_line` and `applicability_rest`.
    `first`, `beside` and `about`: all other caveats, by level.
    `kept`: what the form sent, so that it can be changed.
    """

    template: ClassVar[str] = "result.html.jinja"
    site: Site
    answer: AnswerView
    parts: AnswerParts
    factors: tuple[FactorRow, ...]
    population: str
    firmness: str
    other_indices: tuple[str, ...]
    scales: tuple[IndexScale, ...]
    inputs: tuple[InputRow, ...]
    applicability: str
    applicability_line: str
    applicability_rest: str
    reasons: tuple[ReasonRow, ...]
    first: tuple[CaveatRow, ...]
    beside: tuple[CaveatRow, ...]
    about: tuple[CaveatRow, ...]
    computed_at: str
    plain_text: str
    letter_text: str
    has_pdf: bool
    kept: tuple[tuple[str, str], ...]
    record: RecordView | None
