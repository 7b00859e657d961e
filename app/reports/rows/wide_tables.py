"""Read tables with one row a day, whose titles are the names of the analytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.core.analytes import Analyte
from app.reports.document import Document, TextLine
from app.reports.mentions import Mention, refused, weigh
from app.reports.numbers import is_zero
from app.reports.results import Reason
from app.reports.rows.context import PlacedLine
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.analyte_names import Sense
from app.reports.vocabulary.headings import TITLES, Column
from app.reports.vocabulary.phrases import Phrase
from app.reports.vocabulary.words import Word

_FEWEST_NAMES = 2
_IDENTIFIER = 4
_MOST_COLUMNS = 40
_SIMPLE = frozenset({Kind.NUMBER, Kind.DAMAGED, Kind.FLAG, Kind.MARK, Kind.UNIT, Kind.PERCENT, Kind.WORD})


@dataclass(frozen=True, slots=True)
class WideColumn:
    """A column of such a table: the analyte with what its title says, or that it holds dates.

    `is_part`: its cells are a part of the analyte, which is counted apart.
    """

    analyte: Analyte | None
    sense: Sense
    unit: Token | None
    has_day: bool
    is_known: bool
    is_part: bool = False


def split_wide_tables(
    document: Document, lines: tuple[PlacedLine, ...]
) -> tuple[list[Mention], tuple[PlacedLine, ...]]:
    """Return the mentions of the wide tables, and the lines that are no part of one."""
    mentions: list[Mention] = []
    others: list[PlacedLine] = []
    at = 0
    while at < len(lines):
        columns = _columns(document, lines[at].line)
        if columns is None:
            others.append(lines[at])
            at += 1
            continue
        end = at + 1
        while end < len(lines) and not lines[end].line.has(Kind.NAME) and _is_row(lines[end].line):
            end += 1
        mentions += _read(document, columns, lines[at:end])
        at = end
    return mentions, tuple(others)


def _is_row(line: TextLine) -> bool:
    return line.has(Kind.NUMBER, Kind.UNIT, Kind.DAMAGED)


def _in_cells(line: TextLine) -> list[list[Token]]:
    cells: list[list[Token]] = [[] for _ in line.cells.spans]
    for token in line.tokens:
        if token.kind is not Kind.CELL:
            cells[token.cell].append(token)
    return cells


def _columns(document: Document, line: TextLine) -> list[WideColumn] | None:
    """Return the columns if the names of several tests are the titles of a line."""
    if line.has(Kind.NUMBER, Kind.DAMAGED, Kind.RANGE, Kind.ARROW):
        return None
    cells = _in_cells(line)
    named = [cell for cell in cells if any(token.kind is Kind.NAME for token in cell)]
    analytes = {token.name.analyte for cell in named for token in cell if token.name}
    if len(cells) > _MOST_COLUMNS or len(named) < _FEWEST_NAMES or len(analytes) < _FEWEST_NAMES:
        return None
    return [_column(document, line, cell) for cell in cells]


def _column(document: Document, line: TextLine, cell: list[Token]) -> WideColumn:
    names = [token.name for token in cell if token.name]
    analytes = {name.analyte for name in names}
    words = [token.meanings for token in cell if token.kind is Kind.WORD]
    units = [token for token in cell if token.kind is Kind.UNIT]
    known = {Word.HARMLESS, Word.ABSOLUTE, Word.PERCENTAGE}
    is_clear = len(analytes) == 1 and all(word & known for word in words) and len(units) <= 1
    title = TITLES.at(document.plain.folded, cell[0].start, line.line.end) if cell else None
    has_day = title is not None and title.meaning == (Column.DAY,)
    is_part = bool(names) and all(name.is_part for name in names)
    if not is_clear or (any(name.is_part for name in names) and not is_part):
        return WideColumn(None, Sense.PLAIN, None, has_day, has_day or bool(names) or not cell or _is_index(title))
    has_percent = any(token.kind is Kind.PERCENT for token in cell) or any(Word.PERCENTAGE in word for word in words)
    if has_percent or any(name.sense is Sense.PERCENTAGE for name in names):
        sense = Sense.PERCENTAGE
    elif any(Word.ABSOLUTE in word for word in words) or any(name.sense is Sense.ABSOLUTE for name in names):
        sense = Sense.ABSOLUTE
    else:
        sense = Sense.PLAIN
    return WideColumn(analytes.pop(), sense, units[0] if units else None, has_day, is_known=True, is_part=is_part)


def _is_index(title: Phrase[tuple[Column, ...]] | None) -> bool:
    return title is not None and title.meaning == (Column.INDEX,)


def _read(document: Document, columns: list[WideColumn], lines: tuple[PlacedLine, ...]) -> Iterator[Mention]:
    has_several = _have_several_subjects(document, columns, [placed.line for placed in lines[1:]])
    for mention in _read_rows(document, columns, lines):
        yield _doubted(mention, Reason.ROW_UNCERTAIN) if has_several else mention


def _doubted(mention: Mention, reason: Reason) -> Mention:
    """Return the mention of a number whose place is not certain, so that it may be of any day.

    It keeps its unit, and its own reason if it can be no value.
    """
    may_be_value = mention.reason in (None, Reason.COUNT_OR_PERCENTAGE)
    return replace(
        mention, reason=reason if may_be_value else mention.reason, day=None, blocks=mention.blocks or may_be_value
    )


def _read_rows(document: Document, columns: list[WideColumn], lines: tuple[PlacedLine, ...]) -> Iterator[Mention]:
    header, *rows = lines
    units = dict[int, Token]()
    for placed in rows:
        cells = _in_cells(placed.line)
        fits = (placed.line.cells.separator, len(cells)) == (header.line.cells.separator, len(columns))
        if fits and not placed.line.has(Kind.NUMBER, Kind.DAMAGED):
            units = {at: cell[0] for at, cell in enumerate(cells) if len(cell) == 1 and cell[0].kind is Kind.UNIT}
            continue
        day = _day(document, columns, cells, placed) if fits else None
        for at, column in enumerate(columns):
            if fits:
                yield from _read_cell(document, replace(column, unit=column.unit or units.get(at)), cells[at], day)
            else:
                yield from _read_apart(document, replace(column, unit=column.unit or units.get(at)), placed)


def _have_several_subjects(document: Document, columns: list[WideColumn], rows: list[TextLine]) -> bool:
    """Return whether a column that is not known holds different words or identifiers, such as those of two patients."""
    for at, column in enumerate(columns):
        if column.is_known:
            continue
        spans = [line.cells.spans[at] for line in rows if at < len(line.cells.spans)]
        texts = {document.plain.folded[span.start : span.end].strip() for span in spans} - {""}
        if len(texts) > 1 and any(any(map(str.isalpha, text)) or len(text) >= _IDENTIFIER for text in texts):
            return True
    return False


def _read_apart(document: Document, column: WideColumn, placed: PlacedLine) -> Iterator[Mention]:
    """Yield that each number of a row may be of the analyte, because its cells do not fit the titles."""
    numbers = [token for token in placed.line.tokens if token.kind in (Kind.NUMBER, Kind.DAMAGED)]
    if column.analyte is None or not numbers:
        return
    if column.is_part or column.sense is Sense.PERCENTAGE:
        place = replace(numbers[0], end=numbers[0].start)
        yield refused(column.analyte, place, Reason.ONLY_A_PART if column.is_part else Reason.PERCENTAGE)
        return
    for number in numbers[:_MOST_COLUMNS]:
        found = _possible(document, column, column.analyte, placed.line.tokens, number)
        yield _doubted(found, Reason.COLUMN_UNCERTAIN)


def _possible(
    document: Document, column: WideColumn, analyte: Analyte, tokens: Sequence[Token], number: Token
) -> Mention:
    """Return one of several numbers as if it were the value, with the unit beside it or else that of its column."""
    following = tokens[tokens.index(number) + 1 :]
    beside = next((token for token in following if token.kind is not Kind.FLAG), None)
    if beside and beside.kind is Kind.PERCENT:
        return refused(analyte, number, Reason.PERCENTAGE)
    own = beside if beside and beside.kind is Kind.UNIT else None
    return weigh(document, analyte, column.sense, number, own or column.unit, None)


def _day(document: Document, columns: list[WideColumn], cells: list[list[Token]], placed: PlacedLine) -> date | None:
    """Return the day of a row: the only date in it, under a title that says so or at its beginning."""
    dates = [(at, token) for at, cell in enumerate(cells) for token in cell if token.day]
    if not dates:
        return placed.context.day
    at, token = dates[0]
    is_day_of_row = columns[at].has_day or at == 0
    return token.day.in_order(document.order) if len(dates) == 1 and is_day_of_row and token.day else None


def _read_cell(document: Document, column: WideColumn, cell: list[Token], day: date | None) -> Iterator[Mention]:
    if column.analyte is None or not cell:
        return
    numbers = [token for token in cell if token.kind in (Kind.NUMBER, Kind.DAMAGED)]
    own = [token for token in cell if token.kind is Kind.UNIT]
    if column.is_part:
        counted = [token for token in numbers if not is_zero(document.text(token))]
        yield from (refused(column.analyte, token, Reason.ONLY_A_PART, day) for token in counted[:1])
    elif reason := _reason_for_cell(column, cell, numbers, own):
        yield refused(column.analyte, numbers[0] if numbers else cell[0], reason, day)
    elif len(numbers) > 1 or not all(token.kind in _SIMPLE for token in cell):
        of_cell = replace(column, unit=None if own else column.unit)
        for number in numbers:
            found = _possible(document, of_cell, column.analyte, cell, number)
            yield replace(_doubted(found, Reason.SEVERAL_NUMBERS), day=day)
    else:
        yield weigh(document, column.analyte, column.sense, numbers[0], own[0] if own else column.unit, day)


def _reason_for_cell(column: WideColumn, cell: list[Token], numbers: list[Token], own: list[Token]) -> Reason | None:
    """Return why no number of a cell is a value, if so."""
    if not numbers or any(token.meanings & {Word.NOT_REPORTED, Word.UNRELIABLE} for token in cell):
        return Reason.NOT_REPORTED
    if any(token.kind is Kind.WORD and not token.meanings & {Word.FLAG} for token in cell):
        return Reason.DAMAGED
    has_percent = any(token.kind is Kind.PERCENT for token in cell)
    if column.sense is Sense.PERCENTAGE or (has_percent and len(numbers) == 1):
        return Reason.PERCENTAGE
    return Reason.UNITS_DIFFER if len(own) > 1 and len(numbers) == 1 else None
