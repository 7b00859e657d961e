"""Define what the templates of the pages for pasted reports get."""

from dataclasses import dataclass
from typing import ClassVar

from app.presentation.messages import Message
from app.presentation.templating import Site


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A fictional patient: its name in the form, which cell of the model it belongs to, and its values."""

    id: str
    title: str
    values: str


@dataclass(frozen=True, slots=True)
class PastePage:
    """The page to paste a report into. `problem` is why the text that was sent could not be read, if so."""

    template: ClassVar[str] = "report.html.jinja"
    site: Site
    problem: Message | None
    text: str
    most_bytes: str
    most_lines: int
    samples: tuple[SampleRow, ...]


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part of the pasted text. `name` is the analyte that was read there; empty if none was.

    `is_beside` is whether this is a unit in the line of its number, which shows the name already.
    """

    text: str
    name: str = ""
    is_beside: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A number in its line, with the text before and after it."""

    before: str
    number: str
    after: str


@dataclass(frozen=True, slots=True)
class Option:
    """A value that can be chosen: the text that the form sends, how it is shown, its place, and why it was not read."""

    value: str
    amount: str
    has_unit: bool
    day: str
    place: Place
    reason: Message | None
    is_read: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A number that cannot be the value: its place and the reason."""

    place: Place
    reason: Message


@dataclass(frozen=True, slots=True)
class FindingRow:
    """What was found of one analyte. `reason` is why nothing was read; `more` is how many numbers are not listed."""

    field: str
    label: str
    reason: Message | None
    options: tuple[Option, ...]
    left_out: tuple[LeftOut, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What was read of a pasted text, for a person to confirm.

    `is_wrapped` is whether the text has lines too long for a table; `notes` are sentences on values of different days.
    """

    template: ClassVar[str] = "report_read.html.jinja"
    site: Site
    parts: tuple[TextPart, ...]
    is_wrapped: bool
    findings: tuple[FindingRow, ...]
    notes: tuple[str, ...]
    has_options: bool
