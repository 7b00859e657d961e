"""Read what a person or a laboratory writes for one value: comparator, number, unit, and flags beside them.

Countries write decimals and thousands differently: 1.310 is 1.31 or 1310. Every value that the text allows is returned;
app.core.measurement decides between them, because that takes the analyte and the unit.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import NoReturn

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.units.conversion import Unit

MAXIMUM_LENGTH = 80
# A usual number of each analyte, in its canonical unit.
_EXAMPLES = {
    Analyte.NEUTROPHILS: Decimal("4.2"),
    Analyte.LYMPHOCYTES: Decimal("1.5"),
    Analyte.PLATELETS: Decimal(150),
    Analyte.AFP: Decimal(620),
}
_TWO_DIGITS = Context(prec=2)
COMPARATORS = {"<=": "<=", ">=": ">=", "≤": "<=", "≥": ">=", "<": "<", ">": ">"}
_COMPARATOR = re.compile(rf"({'|'.join(COMPARATORS)})\s*")
_RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SUPERSCRIPTS = f"{_RAISED_DIGITS}⁺⁻"
_LOWERED = str.maketrans(_SUPERSCRIPTS, "0123456789+-")
_DECIMAL_MARKS = "·‧∙٫"  # middle dots, and the Arabic mark; these never group thousands
_GROUP_MARKS = " '٬"  # space, apostrophe, and the Arabic mark; these never begin decimals
# One character for another, so that the unit can be returned as it was written.
_SAME = str.maketrans(
    {**dict.fromkeys("−–—‒", "-"), **dict.fromkeys("’‘ʼ′`", "'"), "≦": "≤", "≧": "≥", "⩽": "≤", "⩾": "≥"}
)
_TOKEN = rf"[0-9]+(?:[.,'٬{_DECIMAL_MARKS}][0-9]+|[ ][0-9]{{3}}(?![0-9]))*\.?|[.,{_DECIMAL_MARKS}][0-9]+"
# "1.2E3" and "1.2 x 10^3" have an exponent; in "4.2E9/L" and "4.2 x 10^9/L" it belongs to the unit.
_EXPONENT = (
    r"\s?[eE](?P<e>[+-]?[0-9]{1,4})(?![0-9]|/)"
    r"|\s?[x×*·]\s?10(?:\^(?P<power>[+-]?[0-9]{1,2})|\*(?P<star>[0-9]{1,2})"
    rf"|(?P<raised>[⁺⁻]?[{_RAISED_DIGITS}]{{1,2}})(?![{_SUPERSCRIPTS}]))(?!.*/)"
)
_LETTERS = r"(?:HH?|LL?|HI|LO|A|N|High|Low|HIGH|LOW)"
_NUMBER = re.compile(
    rf"(?:(?:{_LETTERS}|[*!↑↓]+)\s+)?(?P<sign>[+-]?)\s?(?P<token>{_TOKEN})(?:{_EXPONENT})?(?P<rest>.*)", re.DOTALL
)
# Text beside a number that is left out: a flag (H, *, an arrow), or a reference range in brackets.
_RANGE = r"[(\[][^()\[\]]*(?:[0-9]\s*(?:-|~|to)\s*[0-9]|[<>≤≥]\s*[0-9])[^()\[\]]*[)\]]"
_BEFORE = re.compile(rf"\s*(?:{_LETTERS}(?=\s|$|[(\[])|[(\[]{_LETTERS}[)\]]|[*!↑↓]+(?=\s|$|[(\[])|{_RANGE})\s*")
_AFTER = re.compile(rf"(?:(?<=[^\s/])\s+{_LETTERS}|\s*(?:[(\[]{_LETTERS}[)\]]|[*!↑↓]+|{_RANGE}))\s*$")
_ABOUT = re.compile(r"\s*(?:[~≈∼≃]|(?:ca|circa|about|approx|approximately|c)\b)", re.IGNORECASE)
# "14 10⁴/µL" becomes "14 104/µL" where raised digits are lost, as in plain text copied from a page.
_LOST_POWER = re.compile(r" 10[3-9]$")
_TO = re.compile(r"\s*(?:-|~|to\b|\.\.+)\s*[0-9]")
_PLAIN = re.compile(r"[+-]?[0-9]*\.?[0-9]*\s*", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(?:s?nan|inf(?:inity)?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a text for one value says.

    `readings` are the numbers that it can mean, without the comparator; `unit` is as written, or empty. `is_plain`: the
    number is written in the usual way, and nothing beside it was left out.
    """

    comparator: str | None
    readings: tuple[Decimal, ...]
    unit: str
    is_plain: bool


def read_entry(analyte: Analyte, text: str) -> Entry:
    """Read a text such as "4.2", "4,2 H", "145 000 /µL" or ">1210 ng/mL".

    Raises InputError where it holds no number, or one that says less than a number: about 620, 400 to 500, negative.
    """
    if len(text) > MAXIMUM_LENGTH:
        refuse(analyte, "too_long", "entry", limit=MAXIMUM_LENGTH)
    if text.isascii():
        written = plain = text.strip()
    else:
        written = "".join(character for character in text if unicodedata.category(character) != "Cf").strip()
        plain = "".join(map(_plain_character, written))
    plain = plain.translate(_SAME)
    sign = _COMPARATOR.match(plain)
    start = sign.end() if sign else 0
    match = _NUMBER.fullmatch(plain, start)
    if match is None:
        _refuse_words(analyte, plain[start:])
    rest = match["rest"]
    if rest.startswith((".", ",")):
        refuse(analyte, "not_a_number")
    if _LOST_POWER.search(match["token"]) and rest.lstrip().startswith("/"):
        refuse(analyte, "not_a_number", "lost_power")
    if _TO.match(rest):
        refuse(analyte, "not_a_number", "range")
    if rest.strip() and not rest.strip(" ?+"):  # "620?" is doubtful, and "2+" is a grade
        refuse(analyte, "not_a_number", "approximate")
    readings = _readings(match["token"])
    exponent = match["e"] or match["power"] or match["star"] or (match["raised"] or "").translate(_LOWERED)
    if exponent:  # a number with an exponent has no groups of thousands
        readings = tuple(Decimal(f"{Decimal(f'{one:f}E{exponent}'):f}") for one in readings[:1])
    if not readings:
        refuse(analyte, "not_a_number")
    if match["sign"] == "-" and any(readings):
        refuse(analyte, "negative")
    first, last = _unit_between_flags(rest)
    begin = match.start("rest")
    is_plain = len(readings) == 1 and _PLAIN.fullmatch(written[start : begin + first]) and last == len(rest.rstrip())
    unit = written[begin + first : begin + last].strip()
    return Entry(sign[1] if sign else None, readings, unit, bool(is_plain))


def refuse(analyte: Analyte, code: str, case: str = "", *, unit: Unit | None = None, **parameters: object) -> NoReturn:
    """Raise InputError with an example of what the analyte's field accepts, in `unit` or else in the canonical unit."""
    number = _example(analyte, unit) if unit else f"{_EXAMPLES[analyte]:f}"
    code_of_unit = unit.code if unit else analyte.canonical_unit
    raise InputError(analyte.value, code, case, number=number, unit=code_of_unit, **parameters)


def _example(analyte: Analyte, unit: Unit) -> str:
    """Return the analyte's example in a unit, in two digits: 150 x 10*9/L of platelets are 15 x 10*4/uL."""
    return f"{_TWO_DIGITS.divide(_EXAMPLES[analyte], unit.factor):f}"


def spelled(value: Decimal) -> str:
    """Return a number as a text that can be read in one way only: 1310, 4.20, 1.31 for 1.310, and 1.2340 for 1.234."""
    written, shortest = f"{value:f}", f"{value.normalize():f}"
    return next(text for text in (written, shortest, f"{shortest}0") if len(_readings(text)) == 1)


def _plain_character(character: str) -> str:
    """Return the ASCII digit or the usual form of a character, one for one; a mark such as ² or ① is no digit."""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    usual = unicodedata.normalize("NFKC", character)
    return character if character in _SUPERSCRIPTS or len(usual) != 1 or usual.isdecimal() else usual


def _refuse_words(analyte: Analyte, text: str) -> NoReturn:
    """Refuse a text that does not begin with a number."""
    if not text:
        refuse(analyte, "missing")
    if _ABOUT.match(text):
        refuse(analyte, "not_a_number", "approximate")
    if _NOT_FINITE.match(text):
        refuse(analyte, "not_finite")
    case = "" if any(map(str.isdigit, text)) else "words_afp" if analyte is Analyte.AFP else "words"
    refuse(analyte, "not_a_number", case)


def _readings(token: str) -> tuple[Decimal, ...]:
    """Return the numbers that digits with marks between them can mean: first with decimals, then in groups."""
    marks = re.findall(r"[^0-9]", token)
    parts = re.split(r"[^0-9]", token)
    if not marks:
        return (Decimal(token),)
    found = []
    whole, last = parts[:-1], marks[-1]
    if last not in _GROUP_MARKS and last not in marks[:-1] and (len(whole) == 1 or _is_grouped(whole, marks[:-1])):
        found.append(Decimal(f"{''.join(whole)}.{parts[-1]}"))
    if last not in _DECIMAL_MARKS and _is_grouped(parts, marks):
        found.append(Decimal("".join(parts)))
    return tuple(found)


def _is_grouped(parts: list[str], marks: list[str]) -> bool:
    """Return whether digits are grouped in thousands, 1.234.567, or as in India, 12,34,567."""
    first, *middle, last = parts
    if len(set(marks)) > 1 or first.startswith("0") or len(last) != 3:
        return False
    in_thousands = 1 <= len(first) <= 3 and all(len(part) == 3 for part in middle)
    as_in_india = marks[0] == "," and 1 <= len(first) <= 2 and all(len(part) == 2 for part in middle)
    return in_thousands or as_in_india


def _unit_between_flags(rest: str) -> tuple[int, int]:
    """Return where the unit begins and ends in what follows the number, without flags and reference ranges."""
    first, last = len(rest) - len(rest.lstrip()), len(rest.rstrip())
    while before := _BEFORE.match(rest, first, last):
        first = before.end()
    while after := _AFTER.search(rest, first, last):
        last = after.start()
    return first, max(first, last)
