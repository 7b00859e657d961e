"""Define the tokens of a line: names, numbers, units, ranges, dates, flags, words and marks."""

from dataclasses import dataclass
from enum import StrEnum

from app.reports.dates import DateText
from app.reports.vocabulary.analyte_names import Name
from app.reports.vocabulary.words import Word


class Kind(StrEnum):
    """What a token is."""

    NAME = "name"
    NUMBER = "number"
    UNIT = "unit"
    PERCENT = "percent"
    RANGE = "range"
    FLAG = "flag"
    DATE = "date"
    TIME = "time"
    CODE = "code"
    WORD = "word"
    MARK = "mark"
    CELL = "cell"
    ARROW = "arrow"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line, with its place in the plain text."""

    kind: Kind
    start: int
    end: int
    name: Name | None = None
    comparator: str = ""
    meanings: frozenset[Word] = frozenset()
    day: DateText | None = None
    cell: int = 0
    in_brackets: bool = False
