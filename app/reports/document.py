"""Cut a text into lines of tokens, and find what is true of the whole text: how days and decimals are written."""

from dataclasses import dataclass
from functools import cached_property

from app.core.units.conversion import UnitReader, find_unit
from app.reports.cells import Cells, cells_of
from app.reports.dates import Order, settled_order
from app.reports.lexer import tokens_of
from app.reports.numbers import decimal_mark
from app.reports.plain_text import Line, PlainText
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.headings import DAY_WORDS, DayWord
from app.reports.vocabulary.words import Word

_FAR = 60
_NUMERIC = frozenset(
    {Kind.NUMBER, Kind.UNIT, Kind.PERCENT, Kind.RANGE, Kind.FLAG, Kind.DATE, Kind.TIME, Kind.MARK, Kind.CELL, Kind.CODE}
)


@dataclass(frozen=True)
class TextLine:
    """A line with its tokens: unchanged, and with groups of digits joined (3 482 /mm3)."""

    line: Line
    cells: Cells
    tokens: tuple[Token, ...]
    joined: tuple[Token, ...]

    def has(self, *kinds: Kind) -> bool:
        """Return whether the line has a token of one of these kinds."""
        return any(token.kind in kinds for token in self.tokens)

    @cached_property
    def begins_with_date(self) -> bool:
        """Whether a date is before the first name of the line."""
        kinds = (token.kind for token in self.tokens if token.kind in (Kind.NAME, Kind.DATE))
        return next(kinds, None) is Kind.DATE

    @property
    def has_only_names(self) -> bool:
        """Whether the line names tests and holds no number or unit."""
        return self.has(Kind.NAME) and not self.has(
            Kind.NUMBER, Kind.RANGE, Kind.UNIT, Kind.PERCENT, Kind.DATE, Kind.DAMAGED
        )

    @property
    def has_only_numbers(self) -> bool:
        """Whether the line holds numbers, units or ranges, and no words. If it begins with a date, it is a heading."""
        kinds = {token.kind for token in self.tokens}
        starts_with_date = next(iter(self.tokens)).kind is Kind.DATE if self.tokens else False
        return bool(kinds & {Kind.NUMBER, Kind.UNIT, Kind.RANGE}) and kinds <= _NUMERIC and not starts_with_date


class Document:
    """The lines of a text with their tokens. `read_unit` may know a site's own units."""

    def __init__(self, plain: PlainText, read_unit: UnitReader = find_unit) -> None:
        self.plain = plain
        self.read_unit = read_unit
        self.lines = tuple(
            TextLine(
                line,
                cells_of(plain, line),
                tokens_of(plain, line, joins_groups=False),
                tokens_of(plain, line, joins_groups=True),
            )
            for line in plain.lines
        )

    @cached_property
    def decimal_mark(self) -> str | None:
        """The mark of decimals that the text proves."""
        numbers = (token for line in self.lines for token in line.tokens if token.kind in (Kind.NUMBER, Kind.RANGE))
        return decimal_mark(part for token in numbers for part in self._numbers_in(token))

    @cached_property
    def order(self) -> Order | None:
        """The order of day and month in the dates of the text."""
        dates = [token.day for line in self.lines for token in line.tokens if token.day]
        return settled_order(dates, language_has_day_first=self._language_has_day_first)

    @cached_property
    def day_words(self) -> dict[Token, DayWord | None]:
        """What the words before each date say of it: the last of them since the date before."""
        found: dict[Token, DayWord | None] = {}
        for line in self.lines:
            begin = line.line.start
            for token in line.tokens:
                if token.kind is Kind.DATE:
                    found[token] = self._day_word(max(begin, token.start - _FAR), token.start)
                    begin = token.end
        return found

    def _day_word(self, at: int, end: int) -> DayWord | None:
        found = None
        while at < end:
            phrase = DAY_WORDS.at(self.plain.folded, at, end)
            found, at = (phrase.meaning, phrase.end) if phrase else (found, at + 1)
        return found

    @cached_property
    def _language_has_day_first(self) -> bool:
        return DayWord.SAMPLED_DAY_FIRST in self.day_words.values()

    def text(self, token: Token) -> str:
        """Return the plain text of a token."""
        return self.plain.text[token.start : token.end]

    def _numbers_in(self, token: Token) -> list[str]:
        text = "".join(one if one.isdecimal() or one in ".,'" else " " for one in self.text(token))
        return [part.rstrip(".,'") for part in text.split()]


def are_harmless(tokens: tuple[Token, ...]) -> bool:
    """Return whether each word of the tokens is known and says nothing against reading what follows."""
    known = {Word.HARMLESS, Word.ABSOLUTE, Word.FLAG}
    return all(token.meanings & known for token in tokens if token.kind is Kind.WORD)
