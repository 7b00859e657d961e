"""Read result messages of HL7 version 2: the OBX segments, by code and name, with unit, status and day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from app.core.analytes import Analyte
from app.reports.dates import date_at
from app.reports.document import Document
from app.reports.lexer import NAMES
from app.reports.mentions import Mention, refused, weigh
from app.reports.numbers import is_zero
from app.reports.plain_text import Line, PlainText
from app.reports.results import Reason
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.analyte_names import Name, Sense
from app.reports.vocabulary.phrases import Phrase
from app.reports.vocabulary.words import WORDS, Word

_SEGMENT = re.compile(r"\s{0,8}(MSH|PID|OBR|OBX|SPM|NTE)\|")
_VALUE = re.compile(r"\s*(?P<sign><=|>=|<|>|≤|≥)?\s?\^?\s?(?P<number>[0-9]+(?:[.,][0-9]+)*)\s*\^?\s*")
_SIGNS = {"<=": "<=", ">=": ">=", "≤": "<=", "≥": ">=", "<": "<", ">": ">"}
_FINAL, _CORRECTED = frozenset({"", "F", "U"}), "C"
# In OBX: identifier, value, unit, status, time of the observation. In OBR: time of the observation, source.
_CODE, _RESULT, _UNIT, _STATUS, _OBSERVED = 3, 5, 6, 11, 14
_OBR_TIME, _OBR_SOURCE = 7, 15


_Test = tuple[Analyte, date | None, bool]


@dataclass(slots=True)
class _Order:
    """What the OBR and SPM segments say of the results below them."""

    day: date | None = None
    is_other_specimen: bool = False
    found: list[Mention] = field(default_factory=list)


def is_message(plain: PlainText) -> bool:
    """Return whether a text holds OBX segments."""
    return any(_name_of(plain, line) == "OBX" for line in plain.lines)


def read_messages(document: Document) -> list[Mention]:
    """Return the mentions of the OBX segments. A corrected result replaces the others of its test and day."""
    order, mentions, corrected = _Order(), list[Mention](), set[_Test]()
    for line in document.plain.lines:
        fields = _fields(document.plain, line)
        match _name_of(document.plain, line):
            case "OBR":
                order = _Order(_day(document, fields, _OBR_TIME), _names_other_specimen(document, fields[_OBR_SOURCE:]))
            case "SPM":
                order.is_other_specimen |= _names_other_specimen(document, fields)
            case "OBX":
                order.found = list(_observation(document, fields, order))
                if _text(document, fields, _STATUS) == _CORRECTED:
                    mentions = [_replaced(mention, order.found) for mention in mentions]
                    corrected |= {_test_of(mention) for mention in order.found}
                elif corrected & {_test_of(mention) for mention in order.found}:
                    order.found = [replace(one, reason=Reason.REPLACED, blocks=False) for one in order.found]
                mentions += order.found
            case "NTE" if order.found and _calls_unreliable(document, fields):
                mentions[-len(order.found) :] = [_unreliable(one) for one in order.found]
    return mentions


def _test_of(mention: Mention) -> _Test:
    """Return the analyte and the day of a result, and whether it is only a part of the analyte."""
    return mention.analyte, mention.day, mention.reason is Reason.ONLY_A_PART


def _unreliable(mention: Mention) -> Mention:
    is_part = mention.reason is Reason.ONLY_A_PART
    return mention if is_part else replace(mention, reason=Reason.NOT_REPORTED, blocks=True)


def _replaced(mention: Mention, corrections: list[Mention]) -> Mention:
    if any(_test_of(mention) == _test_of(one) for one in corrections):
        return replace(mention, reason=Reason.REPLACED, blocks=False)
    return mention


def _calls_unreliable(document: Document, fields: list[Line]) -> bool:
    words = [word.meaning for word in _words(document, fields)]
    return any(Word.UNRELIABLE in word for word in words) and not any(Word.NEGATION in word for word in words)


def _name_of(plain: PlainText, line: Line) -> str:
    match = _SEGMENT.match(plain.text, line.start, line.end)
    return match[1] if match else ""


def _fields(plain: PlainText, line: Line) -> list[Line]:
    text, start, found = plain.text[line.start : line.end], line.start, []
    for part in text.split("|"):
        found.append(Line(start, start + len(part)))
        start += len(part) + 1
    return found


def _text(document: Document, fields: list[Line], number: int) -> str:
    if number >= len(fields):
        return ""
    return document.plain.text[fields[number].start : fields[number].end].strip()


def _day(document: Document, fields: list[Line], number: int) -> date | None:
    text = _text(document, fields, number)
    found = date_at(text[:8], 0, len(text[:8])) if text else None
    return found.in_order(document.order) if found else None


def _names_other_specimen(document: Document, fields: list[Line]) -> bool:
    return any(Word.OTHER_SPECIMEN in word.meaning for word in _words(document, fields))


def _words(document: Document, fields: list[Line]) -> Iterator[Phrase[frozenset[Word]]]:
    """Yield the known words of some fields."""
    for one in fields:
        for at in range(one.start, one.end):
            if word := WORDS.at(document.plain.folded, at, one.end):
                yield word


def _observation(document: Document, fields: list[Line], order: _Order) -> Iterator[Mention]:
    names = _names(document, fields)
    analytes = {name.analyte for name in names}
    ours = [analyte for analyte in analytes if analyte]
    if len(analytes) != 1 or not ours or len(fields) <= _RESULT:
        return
    day = _day(document, fields, _OBSERVED) or order.day
    yield _read(document, fields, ours[0], names, order, day)


def _names(document: Document, fields: list[Line]) -> list[Name]:
    """Return what the identifier of a result names: its code, or else its text."""
    if len(fields) <= _CODE:
        return []
    place, found = fields[_CODE], list[Name]()
    at = place.start
    while at < place.end:
        name = NAMES.at(document.plain.folded, at, place.end)
        if name:
            found.append(name.meaning)
        at = name.end if name else at + 1
    return found


def _read(
    document: Document, fields: list[Line], analyte: Analyte, names: list[Name], order: _Order, day: date | None
) -> Mention:
    place = fields[_RESULT]
    match = _VALUE.fullmatch(document.plain.text, place.start, place.end)
    start, end = match.span("number") if match else (place.start, place.end)
    whole = Token(Kind.NUMBER, place.start if match and match["sign"] else start, end)
    status = _text(document, fields, _STATUS)
    senses = {name.sense for name in names}
    reason = _reason(document, fields, has_number=match is not None, is_other=order.is_other_specimen, status=status)
    if any(name.is_part for name in names):
        blocks = reason is not Reason.OTHER_SPECIMEN and not _says_none(document, fields)
        return refused(analyte, whole, Reason.ONLY_A_PART, day, blocks=blocks)
    if Sense.PERCENTAGE in senses and reason is None:
        reason = Reason.PERCENTAGE
    if reason or match is None:
        return refused(analyte, whole, reason or Reason.DAMAGED, day)
    number = Token(Kind.NUMBER, start, end, comparator=_SIGNS.get(match["sign"] or "", ""))
    sense = Sense.ABSOLUTE if Sense.ABSOLUTE in senses else Sense.PLAIN
    return weigh(document, analyte, sense, number, _unit(document, fields), day)


def _says_none(document: Document, fields: list[Line]) -> bool:
    """Return whether a final result is zero, or says in words that nothing was seen."""
    if _text(document, fields, _STATUS) not in (*_FINAL, _CORRECTED):
        return False
    value, words = _text(document, fields, _RESULT), _words(document, fields[_RESULT : _RESULT + 1])
    return bool(value) and (is_zero(value) or any(Word.NEGATION in word.meaning for word in words))


def _reason(document: Document, fields: list[Line], *, has_number: bool, is_other: bool, status: str) -> Reason | None:
    if is_other or _names_other_specimen(document, fields[_CODE : _CODE + 1]):
        return Reason.OTHER_SPECIMEN
    if status == "P":
        return Reason.PRELIMINARY
    if status not in _FINAL and status != _CORRECTED:
        return Reason.NOT_REPORTED
    return None if has_number else Reason.NOT_REPORTED


def _unit(document: Document, fields: list[Line]) -> Token | None:
    """Return the unit of a result: the first component of the field, as in 10*9/L^thousand^UCUM."""
    if not _text(document, fields, _UNIT):
        return None
    place = fields[_UNIT]
    text = document.plain.text[place.start : place.end]
    parts = text.split("^")
    coded = len(parts) >= 3 and not parts[1][:1].isdecimal()
    end = place.start + len(parts[0]) if coded else place.end
    return Token(Kind.UNIT, place.start, end)
