"""Define what each template gets: one frozen dataclass per page. A test compares them with the templates.

Texts are ready to show, in the language of the answer. Nothing here is computed; see form, result and evidence.
"""

from dataclasses import dataclass
from typing import ClassVar

from app.presentation.pages.form_fields import Compared, CountUnit, DateField, FieldError, IndexLine, LabField, Question
from app.presentation.pages.record import PatientBanner, RecordView
from app.presentation.templating import Link, Site


@dataclass(frozen=True, slots=True)
class FormPage:
    """The form: empty, with the typed text and its errors, or filled in from a record.

    `cohorts`: the number of reconstructed cohorts.
    `is_new`: whether the form is still empty, so that the first field gets the focus.
    `are_dates_open`: whether the sample dates are unfolded.
    `problems`: the errors of all fields, for the summary.
    `record`: the record that the form was filled in from, if any.
    `compared`: the first assessment, if this form is for a second one.
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
    problems: tuple[FieldError, ...]
    record: RecordView | None
    compared: Compared | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to show: its caption, the heads of its columns, its rows, and a note below it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str | Link, ...], ...]
    note: str = ""


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
