"""Decide whether a number beside an analyte's name is its value, and if not, why."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.units.conversion import Unit
from app.reports.document import Document
from app.reports.numbers import number_of
from app.reports.results import Reason
from app.reports.tokens import Token
from app.reports.vocabulary.analyte_names import Sense

# After one of these a row may hold a value of the analyte that could not be read, so that no other row is certain.
BLOCKING = frozenset(
    {
        Reason.SEVERAL_NUMBERS,
        Reason.COLUMN_UNCERTAIN,
        Reason.ROW_UNCERTAIN,
        Reason.LIMIT_OR_RESULT,
        Reason.CHANGE,
        Reason.NAME_UNCERTAIN,
        Reason.DAYS_UNCERTAIN,
        Reason.TWO_READINGS,
        Reason.DAMAGED,
        Reason.UNIT_UNKNOWN,
        Reason.UNIT_OF_ANOTHER_ANALYTE,
        Reason.UNITS_DIFFER,
        Reason.IMPOSSIBLE,
        Reason.NOT_REPORTED,
        Reason.PRELIMINARY,
        Reason.NAME_NOT_UNDERSTOOD,
        Reason.ONLY_A_PART,
    }
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A number beside the name of an analyte, by its places in the plain text. Without a reason it is a reading.

    `start` and `end` are equal if the text names the analyte without a number, as for a pending result.
    """

    analyte: Analyte
    start: int
    end: int
    reason: Reason | None
    comparator: str = ""
    number: str = ""
    unit_start: int = 0
    unit_end: int = 0
    unit: Unit | None = None
    day: date | None = None
    blocks: bool = False

    @property
    def canonical(self) -> tuple[str, Decimal, bool]:
        """The value for comparison with others: comparator, number in the canonical unit, and whether it has a unit."""
        factor = self.unit.factor if self.unit else Decimal(1)
        return self.comparator, Decimal(self.number) * factor, self.unit is not None


def refused(
    analyte: Analyte, token: Token, reason: Reason, day: date | None = None, *, blocks: bool | None = None
) -> Mention:
    """Return the mention of a number that is not read."""
    does_block = reason in BLOCKING if blocks is None else blocks
    return Mention(analyte, token.start, token.end, reason, day=day, blocks=does_block)


def weigh(
    document: Document, analyte: Analyte, sense: Sense, number: Token, unit: Token | None, day: date | None
) -> Mention:
    """Return the mention of a number with the unit that is printed for it."""
    known: Unit | None = None
    if unit is not None:
        try:
            known = document.read_unit(analyte, document.plain.printed(unit.start, unit.end))
        except InputError as error:
            reason = _UNIT_REASONS.get(error.code, Reason.UNIT_UNKNOWN)
            return _with_unit(refused(analyte, number, reason, day), unit)
    elif analyte in (Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES) and sense is not Sense.ABSOLUTE:
        return refused(analyte, number, Reason.COUNT_OR_PERCENTAGE, day)
    printed = document.plain.text[number.start : number.end].lstrip("<>=≤≥ ")
    read = number_of(analyte, printed, known, document.decimal_mark)
    if isinstance(read, Reason):
        return _with_unit(refused(analyte, number, read, day), unit)
    places = (unit.start, unit.end) if unit else (0, 0)
    return Mention(analyte, number.start, number.end, None, number.comparator, read, *places, known, day)


_UNIT_REASONS = {
    "unit_percent": Reason.PERCENTAGE,
    "unit_of_another_analyte": Reason.UNIT_OF_ANOTHER_ANALYTE,
}


def _with_unit(mention: Mention, unit: Token | None) -> Mention:
    if unit is None:
        return mention
    return Mention(
        mention.analyte,
        mention.start,
        mention.end,
        mention.reason,
        unit_start=unit.start,
        unit_end=unit.end,
        day=mention.day,
        blocks=mention.blocks,
    )
