"""Find the stretches of a text that belong to a name of an analyte: from the name to the next name."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from app.core.analytes import Analyte
from app.reports.document import Document, TextLine, are_harmless
from app.reports.rows.context import Context, PlacedLine
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.analyte_names import Sense
from app.reports.vocabulary.words import Word

_FAR = 60
_NUMBERS = frozenset({Kind.NUMBER, Kind.RANGE, Kind.DATE, Kind.DAMAGED})
_ENDS_STATEMENT = frozenset(",.;")
_SEGMENT_ENDS = frozenset(
    {Kind.CELL, Kind.NUMBER, Kind.UNIT, Kind.RANGE, Kind.FLAG, Kind.DATE, Kind.TIME, Kind.PERCENT, Kind.CODE}
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A name of an analyte, with the words before it in its segment, and all that follows up to the next name.

    `clause` are all words before the name back to the beginning of the sentence. `is_clear` is whether the name is that
    of the analyte and nothing else. `is_stacked`: the number is on a line of its own. `is_part`: the name is of cells
    that are counted apart. `is_beside_part`: such a name is beside that of the analyte.
    """

    analyte: Analyte
    sense: Sense
    is_part: bool
    is_beside_part: bool
    is_clear: bool
    before: tuple[Token, ...]
    clause: tuple[Token, ...]
    names: tuple[Token, ...]
    after: tuple[Token, ...]
    line: TextLine
    context: Context
    is_stacked: bool = False
    has_orphans: bool = False


@dataclass(frozen=True)
class Row:
    """A line with the lines that continue it."""

    placed: PlacedLine
    tokens: tuple[Token, ...]
    is_stacked: bool
    has_orphans: bool = False

    @cached_property
    def has_values_first(self) -> bool:
        """Whether numbers may come before their names: 3.4 x10^9/L Neutrophils."""
        kept = [token for token in self.tokens if token.kind not in (Kind.MARK, Kind.FLAG, Kind.CELL)]
        names = [at for at, token in enumerate(kept) if token.kind is Kind.NAME]
        if kept[0].kind is not Kind.NUMBER:
            return False
        has_unit = len(kept) > 1 and kept[1].kind in (Kind.UNIT, Kind.PERCENT)
        numbers_after = [token for token in kept[names[-1] :] if token.kind is Kind.NUMBER]
        return has_unit or not numbers_after or names[0] > 1


def rows_of(lines: tuple[PlacedLine, ...], *, joins_groups: bool) -> list[Row]:
    """Return the rows of a text: each line that holds a name, with the lines of numbers below it.

    If some numbers are on lines that belong to no name, no number on a line of its own belongs to a name for certain.
    """
    rows: list[Row] = []
    at, has_orphans = 0, False
    while at < len(lines):
        placed, at = lines[at], at + 1
        tokens = _tokens(placed.line, joins_groups=joins_groups)
        if not placed.line.has(Kind.NAME):
            has_orphans |= _is_orphan(placed.line)
            continue
        stacked = False
        while at < len(lines) and _continues(tokens, lines[at].line):
            stacked |= not any(token.kind is Kind.NUMBER for token in tokens)
            tokens += (_cell_before(lines[at].line), *_tokens(lines[at].line, joins_groups=joins_groups))
            at += 1
        rows.append(Row(placed, tokens, stacked))
    return [replace(row, has_orphans=has_orphans) for row in rows]


def _is_orphan(line: TextLine) -> bool:
    """Return whether a line may be the number of a name below it: 98, or Result: 98."""
    return line.has(Kind.NUMBER) and not line.has(Kind.DATE, Kind.DAMAGED) and are_harmless(line.tokens)


def _tokens(line: TextLine, *, joins_groups: bool) -> tuple[Token, ...]:
    return line.joined if joins_groups else line.tokens


def _cell_before(line: TextLine) -> Token:
    return Token(Kind.CELL, line.line.start, line.line.start)


def _continues(tokens: tuple[Token, ...], line: TextLine) -> bool:
    """Return whether a line continues a row: it holds only numbers, or the row lacks a number and the line has one."""
    if line.has_only_numbers:
        return True
    if line.has(Kind.NAME) or not line.has(Kind.NUMBER) or _has_number_or_status(tokens):
        return False
    first = next(at for at, token in enumerate(line.tokens) if token.kind in (Kind.NUMBER, Kind.RANGE))
    return are_harmless(line.tokens[:first]) and not line.has(Kind.DATE, Kind.DAMAGED) | (first > 6)


def _has_number_or_status(tokens: tuple[Token, ...]) -> bool:
    refused = {Word.NOT_REPORTED, Word.UNRELIABLE}
    return any(token.kind in (Kind.NUMBER, Kind.DAMAGED) or token.meanings & refused for token in tokens)


def stretches_of(document: Document, row: Row) -> Iterator[Stretch]:
    """Yield the stretches of a row. Names side by side name one thing, or nothing that is certain."""
    groups = list(_groups(document, row.tokens))
    for number, (first, last) in enumerate(groups):
        end = groups[number + 1][0] if number + 1 < len(groups) else len(row.tokens)
        begin = groups[number - 1][1] if number else 0
        if end < len(row.tokens) and _is_row_number(document, row.tokens, end - 1):
            end -= 1
        stretch = _stretch(document, row, (begin, first, last, end))
        if stretch:
            yield stretch


def _is_row_number(document: Document, tokens: tuple[Token, ...], at: int) -> bool:
    """Return whether a number before a name numbers the rows: the line begins with one, and it is in a cell."""
    first, token, before = tokens[0], tokens[at], tokens[at - 1]
    is_plain = token.kind is Kind.NUMBER and document.text(token).isdecimal()
    starts = first.kind is Kind.NUMBER and document.text(first).isdecimal()
    return is_plain and starts and before.kind in (Kind.CELL, Kind.RANGE)


def _groups(document: Document, tokens: tuple[Token, ...]) -> Iterator[tuple[int, int]]:
    """Yield where each group of names begins and ends."""
    first = last = -1
    for at, token in enumerate(tokens):
        if token.kind is not Kind.NAME:
            continue
        if first >= 0 and not _is_one_group(document, tokens[last:at]):
            yield first, last
            first = at
        first = at if first < 0 else first
        last = at + 1
    yield first, last


def _is_one_group(document: Document, between: tuple[Token, ...]) -> bool:
    if any(token.kind in _NUMBERS for token in between):
        return False
    says = {Word.FLAG, Word.NEGATION, Word.NOT_REPORTED, Word.UNRELIABLE}
    is_statement = any(token.meanings & says for token in between)
    ends = any(token.kind is Kind.MARK and document.text(token) in _ENDS_STATEMENT for token in between)
    return not (is_statement and ends)


def _stretch(document: Document, row: Row, places: tuple[int, int, int, int]) -> Stretch | None:
    begin, first, last, end = places
    group = row.tokens[first:last]
    names = [token.name for token in group if token.name]
    analytes = {name.analyte for name in names}
    ours = sorted(analyte for analyte in analytes if analyte)
    if not ours:
        return None
    before = _back_to(document, row.tokens[begin:first], _SEGMENT_ENDS, ",.;:()[]_")
    above = row.tokens[max(0, first - _FAR) : first]
    clause = _back_to(document, above, frozenset({Kind.CELL}), ".;")
    senses = {name.sense for name in names}
    sense = next((one for one in (Sense.PERCENTAGE, Sense.ABSOLUTE) if one in senses), Sense.PLAIN)
    context = row.placed.context
    is_other = _is_of_other_specimen(above, group + row.tokens[last:end], row.placed)
    return Stretch(
        analyte=ours[0],
        sense=sense,
        is_part=all(name.is_part for name in names),
        is_beside_part=len({name.is_part for name in names}) > 1,
        is_clear=len(analytes) == 1 and not row.has_values_first,
        before=before,
        clause=clause,
        names=group,
        after=row.tokens[last:end],
        line=row.placed.line,
        context=replace(context, is_other_specimen=is_other),
        is_stacked=row.is_stacked and end == len(row.tokens),
        has_orphans=row.has_orphans,
    )


def _back_to(document: Document, tokens: tuple[Token, ...], kinds: frozenset[Kind], marks: str) -> tuple[Token, ...]:
    """Return the last tokens before a name: back to one of these kinds or marks."""
    at = len(tokens)
    while at > 0:
        token = tokens[at - 1]
        if token.kind in kinds or (token.kind is Kind.MARK and document.text(token) in marks):
            break
        at -= 1
    return tokens[at:]


def _is_of_other_specimen(before: tuple[Token, ...], after: tuple[Token, ...], placed: PlacedLine) -> bool:
    """Return whether a result is not of blood: by a word after the name, else before it, else by a heading."""
    if any(Word.OTHER_SPECIMEN in token.meanings for token in after):
        return True
    said = [token.meanings for token in before if token.meanings & {Word.OTHER_SPECIMEN, Word.BLOOD}]
    return Word.OTHER_SPECIMEN in said[-1] if said else placed.context.is_other_specimen
