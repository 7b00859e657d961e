"""Give the value of a row its unit and its day. No unit is taken from another row."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from app.core.errors import InputError
from app.reports.document import Document
from app.reports.mentions import Mention, refused, weigh
from app.reports.results import CONFIRMABLE, Reason
from app.reports.rows.checks import sense_of
from app.reports.rows.context import day_beside
from app.reports.rows.stretches import Stretch
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.headings import Column


def weighed(document: Document, stretch: Stretch, number: Token, title_unit: Token | None, day: date | None) -> Mention:
    """Return the mention of the number of a row that is its value, with the unit of the row or of the title."""
    sense = sense_of(stretch)
    unit = _unit_of(document, stretch, number)
    if isinstance(unit, Reason):
        return refused(stretch.analyte, number, unit, day)
    if unit is None and title_unit is None and _has_unknown_unit(stretch, number):
        return refused(stretch.analyte, number, Reason.UNIT_UNKNOWN, day)
    return weigh(document, stretch.analyte, sense, number, unit or title_unit, day)


def _unit_of(document: Document, stretch: Stretch, number: Token) -> Token | Reason | None:
    """Return the unit directly after a number; else the only one of its row, such as one in brackets after the name."""
    beside = _beside(stretch.after, number)
    if beside is not None:
        return beside
    units = [token for token in (*stretch.names, *stretch.after) if token.kind is Kind.UNIT]
    if len({_meaning(document, stretch, unit) for unit in units}) > 1:
        return Reason.UNITS_DIFFER
    return units[0] if units else None


def _beside(tokens: tuple[Token, ...], number: Token) -> Token | None:
    for token in tokens[tokens.index(number) + 1 :]:
        if token.kind is Kind.UNIT:
            return token
        if token.kind not in (Kind.FLAG, Kind.CELL):
            return None
    return None


def with_printed_unit(document: Document, stretch: Stretch, mention: Mention) -> Mention:
    """Return a mention that a person may choose, with the unit that is printed for it if the analyte can have it."""
    number = next((token for token in stretch.after if (token.start, token.end) == (mention.start, mention.end)), None)
    if mention.reason not in CONFIRMABLE or mention.unit_end or number is None:
        return mention
    beside = _beside(stretch.after, number)
    units = _units_with(stretch, beside) if beside else _units_apart(stretch, mention.reason)
    meanings = {_meaning(document, stretch, unit) for unit in units}
    if len(meanings) != 1 or not isinstance(meanings.pop(), Decimal):
        return mention
    return replace(mention, unit_start=units[-1].start, unit_end=units[-1].end)


def _units_with(stretch: Stretch, beside: Token) -> list[Token]:
    """Return the unit after a number and those that must agree with it.

    A row that begins with a unit may print each unit before its number: there, no other unit is taken.
    """
    first = next(token.start for token in stretch.after if token.kind in (Kind.NUMBER, Kind.DAMAGED))
    return [*(t for t in (*stretch.names, *stretch.after) if t.kind is Kind.UNIT and t.start < first), beside]


def _units_apart(stretch: Stretch, reason: Reason) -> list[Token]:
    """Return the units of a row with one number, or of a row in a table with a column of units, else of the titles."""
    tokens = (*stretch.names, *stretch.after)
    header = None if stretch.is_stacked else stretch.context.header
    if any(token.kind is Kind.PERCENT for token in tokens) or (header and header.has(Column.PERCENTAGE)):
        return []
    has_one_number = [token.kind for token in stretch.after].count(Kind.NUMBER) == 1
    if units := [token for token in tokens if token.kind is Kind.UNIT]:
        return units if has_one_number or (header and header.has(Column.UNIT)) else []
    return [title.unit for title in header.titles if title.unit] if header and reason is not Reason.PREVIOUS else []


def _meaning(document: Document, stretch: Stretch, unit: Token) -> Decimal | str:
    try:
        return document.read_unit(stretch.analyte, document.plain.printed(unit.start, unit.end)).factor
    except InputError:
        return document.text(unit)


def _has_unknown_unit(stretch: Stretch, number: Token) -> bool:
    """Return whether an unknown word is where the unit of a number would be."""
    following = [token for token in stretch.after if token.start >= number.end]
    first = next((token for token in following if token.kind not in (Kind.FLAG, Kind.CELL)), None)
    return first is not None and (first.kind is Kind.DAMAGED or (first.kind is Kind.WORD and not first.meanings))


def day_of(document: Document, stretch: Stretch) -> date | None:
    """Return the day of a number: printed beside it, else said by the headings; None if that is not certain."""
    header = stretch.context.header
    if header and header.has(Column.OTHER_DAY):
        return None if header.has(Column.DAY) else stretch.context.day
    day, has_own = day_beside(document, stretch.after)
    if not has_own:
        return stretch.context.day
    return None if stretch.line.begins_with_date else day
