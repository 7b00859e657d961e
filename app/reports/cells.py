"""Find the cells of a line: between tabs, pipes, semicolons, commas of a table, or two blanks and more."""

import re
from dataclasses import dataclass

from app.reports.plain_text import Line, PlainText, is_comma_row

_WIDE_GAP = re.compile(r" {2,}")
_FEWEST_SEPARATORS = 2


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a line. `separator` is empty if only blanks part them, which may hide an empty cell."""

    separator: str
    spans: tuple[Line, ...]


def cells_of(plain: PlainText, line: Line) -> Cells:
    """Return the cells of a line."""
    text = plain.text[line.start : line.end]
    separator = _separator(plain, text)
    if separator:
        return Cells(separator, _split(line, text, [(at, at + 1) for at, one in enumerate(text) if one == separator]))
    return Cells("", _split(line, text, [match.span() for match in _WIDE_GAP.finditer(text.rstrip()) if match.start()]))


def _separator(plain: PlainText, text: str) -> str:
    if "\t" in text:
        return "\t"
    if "|" in text:
        return "|"
    if text.count(";") >= _FEWEST_SEPARATORS:
        return ";"
    return "," if text.count(",") in plain.comma_tables and is_comma_row(text) else ""


def _split(line: Line, text: str, gaps: list[tuple[int, int]]) -> tuple[Line, ...]:
    starts = [0, *(end for _, end in gaps)]
    ends = [*(start for start, _ in gaps), len(text)]
    return tuple(Line(line.start + start, line.start + end) for start, end in zip(starts, ends, strict=True))
