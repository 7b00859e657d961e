"""Define what each template gets: one frozen dataclass per page. A test compares them with the templates.

Texts are ready to show, in the language of the answer. Nothing here is computed; see form, result and evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from app.presentation.charts.forest_plot import ForestPlot
from app.presentation.charts.icon_array import IconArray
from app.presentation.charts.index_scale import IndexScale
from app.presentation.charts.kaplan_meier import KmChart
from app.presentation.pages.form_fields import Compared, CountUnit, DateField, IndexLine, LabField, Problem, Question
from app.presentation.pages.record import PatientBanner, RecordView

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language that the reader can choose, by its tag and its own name."""

    tag: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Site:
    """What every page shows around its content.

    `page` is the name of the page, for the navigation; `root` leads from it to the site's start, for relative links.
    `model` is id and version of the fitted model, `digest` that of its file. `language` is the tag of the page's
    language, and `direction` is ltr or rtl; `languages` are those to choose from, none if there is only one.
    `translation_notice` is empty unless no clinician has reviewed the translation.
    """

    page: str
    root: str
    software: str
    model: str
    digest: str
    citation: str
    doi: str
    language: str
    direction: str
    languages: tuple[LanguageChoice, ...]
    translation_notice: str


@dataclass(frozen=True, slots=True)
class FormPage:
    """The form: empty, with the typed text and its errors, or filled in from a record.

    `cohorts` is the number of reconstructed cohorts; `is_new` is whether there is nothing in it yet, so that the first
    field gets the focus; `are_dates_open` is whether the sample dates are unfolded; `problems` are those of all fields,
    for the summary; `record` is what the form was filled in from, if anything; `compared` is the first assessment, if
    this form is for a second one.
    """

    template: ClassVar[str] = "form.html.jinja"
    site: Site
    study_size: int
    cohorts: int
    study_setting: str
    count_unit: CountUnit
    labs: tuple[LabField, ...]
    indices: tuple[IndexLine, ...]
    dates: tuple[DateField, ...]
    questions: tuple[Question, ...]
    is_new: bool
    are_dates_open: bool
    problems: tuple[Problem, ...]
    record: RecordView | None
    compared: Compared | None


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
class Link:
    """A text that leads to another site."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to show: its caption, the heads of its columns, its rows, and a note below it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str | Link, ...], ...]
    note: str = ""


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

    `answer` and `parts` are equal for all patients of the cell; all else is of this one. `first`, `beside` and `about`
    are the caveats, but for two with places of their own: `population` is the caveat on who was studied, and how the
    study fits the patient is `applicability`, a code that styles the page, with `applicability_line` and
    `applicability_rest`. `firmness` is empty where a caveat says the same. `other_indices` are not part of the model;
    `kept` is what the form sent, so that it can be changed.
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


@dataclass(frozen=True, slots=True)
class FiledPage:
    """What became of a result that was to be filed, and in whose record; no banner where the EHR shows its own."""

    template: ClassVar[str] = "filed.html.jinja"
    site: Site
    banner: PatientBanner | None
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """Something other than the form's values went wrong: what happened, and what to do.

    `reference` finds the problem in the log; empty if it is of no use. `contact` is whoever runs the site, if known.
    `keeps` is whether what was entered is still in the form; `answers` whether other pages answer; `links` whether the
    calculator is offered.
    """

    template: ClassVar[str] = "problem.html.jinja"
    site: Site
    status: int
    title: str
    happened: tuple[str, ...]
    steps: tuple[str, ...]
    reference: str
    contact: Link | None
    keeps: bool
    answers: bool
    links: bool
