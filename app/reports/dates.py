"""Read the days that a report prints. Which number is the month is decided only where the text settles it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.reports.plain_text import folded

_MONTHS = (
    "jan january januar janvier enero janeiro gennaio ene gen ocak oca stycznia styczen january januar",
    "feb february februar fevrier febrero fevereiro febbraio fev subat sub lutego luty februar",
    "mar march marz maerz mars marzo marco mart mrz marca marzec marcius",
    "apr april avril abril aprile abr avr nisan nis kwietnia kwiecien aprilis",
    "may mai mayo maio maggio mag mayis maja maj majus",
    "jun june juni juin junio junho giugno giu haziran haz czerwca czerwiec junius",
    "jul july juli juillet julio julho luglio lug temmuz tem lipca lipiec julius",
    "aug august aout agosto ago agustos agu sierpnia sierpien augusztus",
    "sep sept september septembre septiembre setembro settembre set eylul eyl wrzesnia wrzesien szeptember",
    "oct october oktober octobre octubre outubro ottobre okt out ott ekim eki pazdziernika pazdziernik",
    "nov november novembre noviembre novembro kasim kas listopada listopad",
    "dec december dezember decembre diciembre dezembro dicembre dez dic aralik ara grudnia grudzien",
)
_MONTH = {folded(name): number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_YEAR = r"(?:19|20)[0-9]{2}"
_PATTERNS = (
    re.compile(rf"(?P<y>{_YEAR})([-/.])\s?(?P<m>[0-9]{{1,2}})\2\s?(?P<d>[0-9]{{1,2}})\.?(?![0-9])"),
    re.compile(rf"(?P<y>{_YEAR})\s?[年년]\s?(?P<m>[0-9]{{1,2}})\s?[月월]\s?(?P<d>[0-9]{{1,2}})\s?[日일]"),
    re.compile(rf"(?P<a>[0-9]{{1,2}})(?P<mark>[-/.])(?P<b>[0-9]{{1,2}})(?P=mark)(?P<y>{_YEAR})(?![0-9])"),
    re.compile(
        rf"(?P<d>[0-9]{{1,2}})\.?[ -]?(?:de )?(?P<name>[^\W\d_]{{3,12}})\.?,?[ -]?(?:de )?(?P<y>{_YEAR})(?![0-9])"
    ),
    re.compile(rf"(?P<name>[^\W\d_]{{3,12}})\.? (?P<d>[0-9]{{1,2}}),? (?P<y>{_YEAR})(?![0-9])"),
    re.compile(rf"(?P<y>{_YEAR})(?P<m>[0-9]{{2}})(?P<d>[0-9]{{2}})(?:[0-9]{{4}}|[0-9]{{6}})?(?![0-9.,])"),
)
# Dates without a year, or with two digits of it, say no day for certain.
_INCOMPLETE = (
    re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2}(?![0-9.,])"),
    re.compile(r"(?P<d>[0-9]{1,2})\.?[ -](?P<name>[^\W\d_]{3,12})(?:[ -][0-9]{2})?(?![\w/])"),
    re.compile(r"(?P<name>[^\W\d_]{3,12})\.? (?P<d>[0-9]{1,2})(?![0-9.,/])"),
    re.compile(r"[0-9]{1,2}/[0-9]{1,2}(?![0-9/.,])"),
)
_TIME = re.compile(r"@?[0-9]{1,2}(?:[:h]|時|시 ?)[0-9]{2}(?::[0-9]{2})?(?:\s?[ap]\.?m\b\.?|\s?uhr\b)?", re.IGNORECASE)


class Order(StrEnum):
    """Which of two numbers of a date is the day."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class DateText:
    """A date as printed: the day, or the two days that it can be, with the order of day and month; or none."""

    end: int
    day_first: date | None = None
    month_first: date | None = None

    @property
    def order(self) -> Order | None:
        """The order that this date proves: 14/09/2026 has the day first."""
        if self.day_first == self.month_first or (self.day_first and self.month_first):
            return None
        return Order.DAY_FIRST if self.day_first else Order.MONTH_FIRST

    def in_order(self, order: Order | None) -> date | None:
        """Return the day for certain, or None."""
        if self.day_first == self.month_first:
            return self.day_first
        if order is None:
            return None
        return self.day_first if order is Order.DAY_FIRST else self.month_first


def date_at(text: str, at: int, end: int) -> DateText | None:
    """Return the date that begins at a place of a folded text."""
    if not (text[at].isdecimal() or text[at].isalpha()) or (at and (text[at - 1].isalnum() or text[at - 1] in "./")):
        return None
    for pattern in _PATTERNS:
        match = pattern.match(text, at, end)
        if match and (found := _read(match)):
            return found
    for pattern in _INCOMPLETE:
        match = pattern.match(text, at, end)
        if match and ("name" not in pattern.groupindex or match["name"] in _MONTH):
            return DateText(match.end())
    return None


def time_at(text: str, at: int, end: int) -> int | None:
    """Return where a time of day ends that begins at a place of a folded text."""
    match = _TIME.match(text, at, end)
    return match.end() if match and not (at and text[at - 1].isdecimal()) else None


def settled_order(dates: Iterable[DateText], *, language_has_day_first: bool) -> Order | None:
    """Return the order of day and month that the dates of a text prove; None if none does, or two disagree."""
    proven = {found.order for found in dates} - {None}
    if len(proven) > 1:
        return None
    if proven:
        return proven.pop()
    return Order.DAY_FIRST if language_has_day_first else None


def _read(match: re.Match[str]) -> DateText | None:
    groups = match.groupdict()
    year = int(groups["y"])
    if "mark" in groups:
        first, second = int(groups["a"]), int(groups["b"])
        day_first = _day(year, second, first)
        month_first = day_first if groups["mark"] == "." else _day(year, first, second)
        return DateText(match.end(), day_first, month_first) if day_first or month_first else None
    month = _MONTH.get(groups["name"]) if "name" in groups else int(groups["m"])
    day = _day(year, month or 0, int(groups["d"]))
    return DateText(match.end(), day, day) if day else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
