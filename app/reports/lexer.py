"""Cut a line of a report into tokens. Every expression reads a line once."""

import re
from collections.abc import Iterator
from dataclasses import replace

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.units.conversion import find_unit
from app.reports.cells import cells_of
from app.reports.dates import date_at, time_at
from app.reports.plain_text import Line, PlainText
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.analyte_names import ANALYTE_NAMES
from app.reports.vocabulary.other_names import OTHER_NAMES, PARTS_OF_LYMPHOCYTES
from app.reports.vocabulary.phrases import Phrases
from app.reports.vocabulary.words import WORDS, Word

NAMES = Phrases(entry for row in (*ANALYTE_NAMES, *OTHER_NAMES, PARTS_OF_LYMPHOCYTES) for entry in row.entries())
_NUMBER_TEXT = r"[0-9]+(?:[.,'·][0-9]+)*"
_GROUPED_TEXT = r"[0-9]{1,3}(?: [0-9]{3}){1,4}(?![0-9])(?:[.,][0-9]+)?"
_COMPARATOR = re.compile(r"(<=|>=|=<|≤|≥|<|>)\s{0,3}(?=[0-9])")
_NUMBER = re.compile(_NUMBER_TEXT)
_GROUPED = re.compile(_GROUPED_TEXT)
_ANY = rf"(?:{_GROUPED_TEXT}|{_NUMBER_TEXT})"
_TO = r"\s{0,6}(?:-|~|÷|\bto\b|\bà\b|\ba\b|\bbis\b|\bdo\b|\.\.\.?)\s{0,6}"
_RANGE = re.compile(rf"({_NUMBER_TEXT}){_TO}({_NUMBER_TEXT})", re.IGNORECASE)
_GROUPED_RANGE = re.compile(rf"({_ANY}){_TO}({_ANY})", re.IGNORECASE)
_MORE_RANGE = re.compile(r"\s{0,3}-\s{0,3}[0-9]")
_VOLUME = r"(?:cu\.?\s?mm\b|[^\W\d_]{1,12}(?:\^?3(?![0-9]))?)"
_POWER = r"10(?:\^|\*|\*\*|[eExX]|\+|\()\s?[+-]?[0-9]{1,2}\)?"
_UNIT = re.compile(
    rf"(?:[xX×*·]\s?)?(?:{_POWER}|10+(?=\s?/)|10[0-9]{{1,2}}(?=\s?/))(?:\s?cells?)?\s?/\s?{_VOLUME}"
    rf"|[xX×*·]\s?(?:{_POWER}|[千万])(?!\w)"
    rf"|{_POWER}(?![\w/])"
    rf"|(?:[xX×*·]\s?)?[^\W\d_][\w.#^*\[\]{{}}]{{0,20}}(?:\s?cells?)?\s?/\s?{_VOLUME}"
    rf"|/\s?{_VOLUME}"
)
_SCALE = re.compile(
    r"(?:lakhs?|lacs?|thousands?|thous?|millions?|mill|mio|mil|mila|tsd|tys|giga|[KkMGT]|[千万]|cells?|ng|[µu]g|iu|ui|fl|pg|s|sec|g|mg)"
    r"\.?(?![\w/#])",
    re.IGNORECASE,
)
_FOREIGN = re.compile(r"(?:cm|mm|kg|years?|yrs?|yo|days?|weeks?|months?|jahre|ans|años|mg|ml|units?)\b", re.IGNORECASE)
_FLAG = re.compile(r"(?:HH|LL|HI|LO|H|L|N|A)(?![^\W_])(?!/)|[*!+↑↓▲▼⇑⇓←]+|-(?![0-9>])")
_FLAG_BEFORE_UNIT = re.compile(r"(?:HH|LL|H|L|N|A) ?/")
_ARROW = re.compile(r"-{1,3}>|=+>|→|⇒|>>+")
_CODE = re.compile(r"\[[0-9]{1,6}\]|\b0[0-9]+\b(?![.,/])|[0-9]{1,5}-[0-9]\b(?![.,0-9])")
_FAR = 40
_MIXED = re.compile(r"\w{1,40}(?:\.\w{1,40}){0,3}")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def is_count_unit(text: str) -> bool:
    """Return whether a text is a known unit of a count."""
    return _is_known(Analyte.PLATELETS, text)


def is_known_unit(text: str) -> bool:
    """Return whether a text is a known unit of a count or of AFP."""
    return is_count_unit(text) or _is_known(Analyte.AFP, text)


def _is_known(analyte: Analyte, text: str) -> bool:
    try:
        find_unit(analyte, text)
    except InputError:
        return False
    return True


def tokens_of(plain: PlainText, line: Line, *, joins_groups: bool) -> tuple[Token, ...]:
    """Return the tokens of a line. A blank inside a number joins its digits only if `joins_groups`, before a unit."""
    found: list[Token] = []
    last: Kind | None = None
    for number, cell in enumerate(cells_of(plain, line).spans):
        if number:
            found.append(Token(Kind.CELL, cell.start, cell.start, cell=number))
        scanner = _Scanner(plain, cell, last, joins_groups=joins_groups)
        found += (replace(token, cell=number) for token in scanner.scan())
        last = found[-1].kind if found and found[-1].kind is not Kind.CELL else last
    return tuple(found)


class _Scanner:
    """Reads the tokens of one cell."""

    def __init__(self, plain: PlainText, cell: Line, before: Kind | None, *, joins_groups: bool) -> None:
        self._plain, self._text, self._folded = plain, plain.text, plain.folded
        self._start, self._end, self._joins = cell.start, cell.end, joins_groups
        self._before = before  # what the last token of the cell before is
        self._last: Token | None = None
        self._depth = 0

    def scan(self) -> Iterator[Token]:
        at = self._start
        while at < self._end:
            if self._text[at].isspace():
                at += 1
                continue
            token = self._at(at)
            if token.kind is Kind.MARK:
                self._depth = max(0, self._depth + (self._text[at] in "([") - (self._text[at] in ")]"))
            self._last = token = replace(token, in_brackets=self._depth > 0)
            yield token
            at = token.end

    def _at(self, at: int) -> Token:
        return (
            self._name_or_date(at)
            or self._arrow(at)
            or self._unit(at)
            or self._range(at)
            or self._number(at)
            or self._sign(at)
            or self._word(at)
            or Token(Kind.MARK, at, at + 1)
        )

    def _name_or_date(self, at: int) -> Token | None:
        if name := NAMES.at(self._folded, at, self._end):
            return Token(Kind.NAME, at, name.end, name=name.meaning)
        if day := date_at(self._folded, at, self._end):
            return Token(Kind.DATE, at, day.end, day=day)
        if end := time_at(self._folded, at, self._end):
            return Token(Kind.TIME, at, end)
        if self._text[at] == "%":
            return Token(Kind.PERCENT, at, at + 1)
        if (code := _CODE.match(self._text, at, self._end)) and not self._is_inside(at) and _is_code(code[0]):
            return Token(Kind.CODE, at, code.end())
        return None

    def _is_inside(self, at: int) -> bool:
        """Return whether a place is inside a word or number. A unit ends where it ends: uL140 is two things."""
        if self._last and self._last.end == at and self._last.kind in (Kind.UNIT, Kind.RANGE):
            return False
        return at > self._start and (self._text[at - 1].isalnum() or self._text[at - 1] in ".,")

    def _follows(self, *kinds: Kind) -> bool:
        return (self._last.kind if self._last else self._before) in kinds

    def _unit(self, at: int) -> Token | None:
        if self._text[at].isdecimal() and self._is_inside(at):
            return None
        follows_number = self._follows(Kind.NUMBER, Kind.FLAG, Kind.RANGE, Kind.DAMAGED)
        match = _UNIT.match(self._text, at, self._end)
        if match and not _FLAG_BEFORE_UNIT.match(match[0]):
            text = match[0]
            bare_tens = text[0].isdecimal() and "/" in text and text.split("/")[0].strip().isdecimal()
            if bare_tens and not self._follows(Kind.NUMBER, Kind.FLAG):
                return None
            if text[0] == "/" and self._text[at - 1 : at].isalpha():
                return None
            if is_known_unit(text) or follows_number or any(map(str.isdecimal, text)):
                return Token(Kind.UNIT, at, match.end())
        if follows_number and (scale := _SCALE.match(self._text, at, self._end)) and not self._is_flag(at, scale.end()):
            return Token(Kind.UNIT, at, scale.end())
        return None

    def _is_flag(self, start: int, end: int) -> bool:
        return self._text[start:end] in ("H", "L", "N", "A")

    def _range(self, at: int) -> Token | None:
        if not self._text[at].isdecimal() or self._is_inside(at):
            return None
        pattern = _GROUPED_RANGE if self._joins else _RANGE
        match = pattern.match(self._text, at, self._end)
        if match is None or not _ascends(match[1], match[2]):
            return None
        if _MORE_RANGE.match(self._text, match.end(), self._end):
            return Token(Kind.DAMAGED, at, match.end())
        if " " in match[2] and " " not in match[1] and not self._depth:
            match = _RANGE.match(self._text, at, self._end)
            if match is None or not _ascends(match[1], match[2]):
                return None
        return Token(Kind.RANGE, at, match.end())

    def _number(self, at: int) -> Token | None:
        sign = _COMPARATOR.match(self._text, at, self._end)
        start = sign.end() if sign else at
        if not self._text[start : start + 1].isdecimal() or (not sign and self._is_inside(at)):
            return None
        end = self._end_of_number(start)
        comparator = _COMPARATORS[sign[1]] if sign else ""
        after = WORDS.at(self._folded, _skip(self._text, end), self._end)
        if after and Word.AFTER_RANGE in after.meaning:
            return Token(Kind.RANGE, at, after.end)
        if comparator and self._depth:
            return Token(Kind.RANGE, at, end)
        is_quote = bool(sign) and self._plain.has_mixed_quotes and at == self._start
        kind = Kind.DAMAGED if is_quote or self._is_broken(start, end) else Kind.NUMBER
        return Token(kind, at, end, comparator=comparator)

    def _end_of_number(self, start: int) -> int:
        grouped = _GROUPED.match(self._text, start, self._end) if self._joins else None
        if grouped:
            unit = _UNIT.match(self._text, _skip(self._text, grouped.end()), self._end)
            if unit and unit[0].startswith("/"):
                return grouped.end()
        plain = _NUMBER.match(self._text, start, self._end)
        return plain.end() if plain else start

    def _is_broken(self, start: int, end: int) -> bool:
        """Return whether digits are damaged, as 3. 1 and 2O are, or belong to a word."""
        if start > self._start and self._text[start - 1] in "-+./^⁄~≈":
            return True
        rest = self._text[end : min(end + _FAR, self._end)]
        if rest[:1] in (".", ",") and rest[1:2] == " " and rest[2:3].isdecimal() and self._text[start:end].isdecimal():
            return True
        if not rest or rest[0].isspace() or rest[0] in ')],;:%|"=<>':
            return False
        if rest[0] == ".":
            return rest[1:2].isalnum()
        return not (_UNIT.match(rest) or _FLAG.match(rest) or _SCALE.match(rest) or rest[0] in "([-")

    def _arrow(self, at: int) -> Token | None:
        match = _ARROW.match(self._text, at, self._end)
        return Token(Kind.ARROW, at, match.end()) if match else None

    def _sign(self, at: int) -> Token | None:
        if self._follows(Kind.NUMBER, Kind.UNIT, Kind.NAME, Kind.MARK, Kind.FLAG, Kind.CELL) or self._last is None:
            flag = _FLAG.match(self._text, at, self._end)
            if flag and (not flag[0].isalpha() or not self._is_inside(at) or self._follows(Kind.NUMBER)):
                return Token(Kind.FLAG, at, flag.end())
        return None

    def _word(self, at: int) -> Token | None:
        if found := WORDS.at(self._folded, at, self._end):
            return Token(Kind.WORD, at, found.end, meanings=found.meaning)
        mixed, word = _MIXED.match(self._text, at, self._end), _WORD.match(self._text, at, self._end)
        if mixed and any(map(str.isdecimal, mixed[0])):
            return Token(Kind.DAMAGED, at, mixed.end())
        return Token(Kind.WORD, at, word.end()) if word else None


_COMPARATORS = {"<=": "<=", "=<": "<=", "≤": "<=", ">=": ">=", "≥": ">=", "<": "<", ">": ">"}


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] == " ":
        at += 1
    return at


def _is_code(text: str) -> bool:
    """Return whether a text is a code: [777], 01, or a LOINC code, which no range can be because it does not ascend."""
    first, _, last = text.strip("[]").partition("-")
    return not last or int(first) > int(last)


def _ascends(low: str, high: str) -> bool:
    """Return whether two numbers can be the ends of a range, whatever their marks mean."""
    first, second = ({_size(text, decimal) for decimal in ".,"} for text in (low, high))
    return min(first) < max(second)


def _size(text: str, decimal: str) -> float:
    group = "," if decimal == "." else "."
    plain = text.replace(" ", "").replace("'", "").replace("·", ".").replace(group, "").replace(decimal, ".")
    whole, _, fraction = plain.partition(".")
    return float(f"{whole[:30] or '0'}.{fraction.replace('.', '')[:30] or '0'}")
