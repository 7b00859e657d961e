"""Define what the form shows of each field: its label, what was typed, its choices, and its error."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select or radio group."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FieldError:
    """An error in a field: the id of the element to go to, its label, the sentence, the likely fix.

    `readings` are the texts of which the reader can choose one; usually there are none.
    """

    target: str
    label: str
    message: str
    hint: str
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabField:
    """A laboratory value: name, label, the typed text, the units on offer, its error.

    `preset` is the unit that is chosen in an empty form. `source` says where a value is from that nobody typed; empty
    otherwise.
    """

    name: str
    label: str
    hint: str
    value: str
    units: tuple[Choice, ...]
    preset: str
    value_problem: FieldError | None
    unit_problem: FieldError | None
    source: str


@dataclass(frozen=True, slots=True)
class CountUnit:
    """The choice of one unit for all counts. `is_preset` is whether the site has chosen one, here or at a count."""

    units: tuple[Choice, ...]
    preset: str
    is_preset: bool


@dataclass(frozen=True, slots=True)
class IndexLine:
    """An index that is a factor of the model: its letters, what they are short for, and its formula."""

    label: str
    name: str
    formula: str


@dataclass(frozen=True, slots=True)
class DateField:
    """An optional sample date as typed."""

    name: str
    label: str
    value: str
    problem: FieldError | None


@dataclass(frozen=True, slots=True)
class Question:
    """One question on the patient beyond the laboratory values; `source` as of a laboratory value."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    problem: FieldError | None
    source: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The first of two assessments, while the second is entered: a line about it, and its fields as they are sent."""

    line: str
    fields: tuple[tuple[str, str], ...]
