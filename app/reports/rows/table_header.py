"""Recognise the titles of a table, and decide which column each number of a row is in."""

import re
from dataclasses import dataclass

from app.reports.document import Document, TextLine
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.headings import DAY_WORDS, TITLES, Column, DayWord
from app.reports.vocabulary.words import Word

_AGO = re.compile(r"[0-9]{1,2} ?(?:mo|month|yr|year|wk|week|d|day|hr|hour)s? ago\b")
_MOST_COLUMNS = 40
_MOST_OTHER = 4
NUMERIC = frozenset({Column.VALUE, Column.PREVIOUS, Column.DATED, Column.PERCENTAGE, Column.OTHER})


@dataclass(frozen=True, slots=True)
class Title:
    """The title of a column: what it holds, its cell, and the date or unit that is part of the title."""

    column: Column
    cell: int
    day: Token | None = None
    unit: Token | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The titles of a table in order. `cells` is how many cells the line has if a separator parts them."""

    titles: tuple[Title, ...]
    separator: str
    cells: int

    @property
    def numeric(self) -> tuple[Title, ...]:
        """The columns that can hold a value."""
        return tuple(title for title in self.titles if title.column in NUMERIC)

    def has(self, column: Column) -> bool:
        """Return whether there is such a column."""
        return any(title.column is column for title in self.titles)


def header_of(document: Document, line: TextLine) -> Header | None:
    """Return the titles of a line, or None if it is no line of titles."""
    if line.has(Kind.NAME, Kind.RANGE, Kind.DAMAGED, Kind.ARROW):
        return None
    titles = _titles(document, line)
    if titles is None:
        return _two_days(document, line)
    if line.cells.separator:
        titles = _with_dates(titles)
    dated = sum(title.column is Column.DATED for title in titles)
    if dated > 1 and titles[0].column is Column.VALUE and titles[0].unit is None:  # Results 03-Sep-2026 17-Sep-2026
        titles = titles[1:]
    explicit = sum(title.column not in (Column.OTHER, Column.DATED) for title in titles)
    header = Header(tuple(titles), line.cells.separator, len(line.cells.spans))
    is_header = explicit + dated >= 2 and header.numeric and len(titles) <= _MOST_COLUMNS
    too_odd = sum(title.column is Column.OTHER for title in titles) > _MOST_OTHER
    return header if is_header and not too_odd and any(t.column is not Column.OTHER for t in header.numeric) else None


def _titles(document: Document, line: TextLine) -> list[Title] | None:
    """Return the titles of a line; None if it holds a number, or a date with a word that says what happened then."""
    titles, at, is_known = list[Title](), line.line.start, False
    for token in line.tokens:
        is_known &= token.kind is not Kind.CELL
        if token.start < at or token.kind in (Kind.MARK, Kind.CELL, Kind.TIME, Kind.FLAG):
            continue
        if _dates_something(document, line, token):
            return None
        columns, end = _columns_at(document, line, token)
        if columns:
            titles += (Title(column, token.cell) for column in columns)
            at, is_known = end, True
        elif token.kind is Kind.NUMBER:
            return None
        elif token.kind is Kind.UNIT and token.in_brackets and titles and titles[-1].column is Column.VALUE:
            titles[-1] = Title(Column.VALUE, titles[-1].cell, unit=token)
        elif title := _title_of_token(token, is_known=is_known):
            is_known |= token.kind is Kind.WORD
            is_repeated = bool(titles) and title.column is Column.PERCENTAGE and titles[-1] == title
            titles += [] if is_repeated else [title]  # rel. (%) is one title
        elif not is_known and not token.meanings & {Word.HARMLESS}:
            titles += [Title(Column.OTHER, token.cell)] if titles else []  # unknown words before the titles are a name
            is_known = True
    return titles


def _with_dates(titles: list[Title]) -> list[Title]:
    """Return the titles with the date of a result in its own cell as one: Result 12.11.2025."""
    found: list[Title] = []
    for title in titles:
        is_date_of_result = title.column is Column.DATED and found[-1:] == [Title(Column.VALUE, title.cell)]
        found = [*(found[:-1] if is_date_of_result else found), title]
    return found


def _columns_at(document: Document, line: TextLine, token: Token) -> tuple[tuple[Column, ...], int]:
    """Return the columns that a phrase at a token names, and where the phrase ends."""
    folded, end = document.plain.folded, line.line.end
    if ago := _AGO.match(folded, token.start, end):
        return (Column.PREVIOUS,), ago.end()
    day_word = DAY_WORDS.at(folded, token.start, end)
    if day_word and day_word.meaning is DayWord.OTHER:
        return (Column.OTHER_DAY,), day_word.end
    found = TITLES.at(folded, token.start, end)
    return (found.meaning, found.end) if found else ((), token.end)


def _title_of_token(token: Token, *, is_known: bool) -> Title | None:
    match token.kind:
        case Kind.WORD if not is_known and Word.PERCENTAGE in token.meanings:
            return Title(Column.PERCENTAGE, token.cell)
        case Kind.WORD if not is_known and Word.ABSOLUTE in token.meanings:
            return Title(Column.VALUE, token.cell)
        case Kind.DATE:
            return Title(Column.DATED, token.cell, day=token)
        case Kind.PERCENT:
            return Title(Column.PERCENTAGE, token.cell)
        case Kind.UNIT:
            return Title(Column.VALUE, token.cell, unit=token)
        case _:
            return None


def _dates_something(document: Document, line: TextLine, token: Token) -> bool:
    """Return whether a word with a date after it says what happened on the day."""
    folded, end = document.plain.folded, line.line.end
    word, title = DAY_WORDS.at(folded, token.start, end), TITLES.at(folded, token.start, end)
    is_day = title is not None and title.meaning == (Column.DAY,)
    ends = [one.end for one in (word, title if is_day else None) if one]
    return any(_is_before_date(line, one) for one in ends)


def _is_before_date(line: TextLine, end: int) -> bool:
    following = next((t for t in line.tokens if t.start >= end and t.kind not in (Kind.MARK, Kind.TIME)), None)
    return following is not None and following.kind is Kind.DATE


def _two_days(document: Document, line: TextLine) -> Header | None:
    """Return the two columns that a line of the sample's day and a previous day announces, in this order."""
    found = [(document.day_words.get(token), token) for token in line.tokens if token.kind is Kind.DATE]
    kept = [(word, token) for word, token in found if word is not DayWord.OTHER]
    if len(kept) != 2 or DayWord.PREVIOUS not in (word for word, _ in kept):
        return None
    if kept[1][0] is DayWord.PREVIOUS and is_sampled(kept[0][0]):
        columns = (Column.NAME, Column.VALUE, Column.RANGE, Column.PREVIOUS)
    else:
        columns = (Column.NAME, Column.OTHER, Column.OTHER, Column.OTHER)
    return Header(tuple(Title(column, 0) for column in columns), "", 0)


def is_sampled(word: DayWord | None) -> bool:
    """Return whether a word before a date says that it is the day of the sample."""
    return word in (DayWord.SAMPLED, DayWord.SAMPLED_DAY_FIRST)
