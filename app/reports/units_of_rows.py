"""Find the unit that is printed for a number in its row. No unit is taken from another row."""

from app.core.errors import InputError
from app.core.units import find_unit
from app.reports.document import Document
from app.reports.results import Reason
from app.reports.rows import Stretch
from app.reports.tokens import Kind, Token


def unit_of(document: Document, stretch: Stretch, number: Token) -> Token | Reason | None:
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


def _meaning(document: Document, stretch: Stretch, unit: Token) -> object:
    try:
        return find_unit(stretch.analyte, document.plain.printed(unit.start, unit.end)).factor
    except InputError:
        return document.text(unit)
