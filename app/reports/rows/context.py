"""Find what the headings of a text say of the lines below them: day of the sample, specimen, section, titles."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from app.reports.document import Document, TextLine
from app.reports.results import Reason
from app.reports.rows.table_header import Header, header_of, is_sampled
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.headings import DAY_WORDS, PANELS, REPORTS, SPECIMEN_LABELS, TITLES, Column, DayWord
from app.reports.vocabulary.words import Word


@dataclass(frozen=True, slots=True)
class Context:
    """What the headings say of a line. `section` is why the numbers below a heading are not taken, if so."""

    day: date | None = None
    is_other_specimen: bool = False
    section: Reason | None = None
    header: Header | None = None


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line in its context. A heading holds no results."""

    line: TextLine
    context: Context
    is_heading: bool


def place_lines(document: Document) -> tuple[PlacedLine, ...]:
    """Return the lines of a text, each with what the headings above it say."""
    placed = tuple(_placed(document))
    if _days_are_uncertain(document, placed):
        return tuple(replace(one, context=replace(one.context, day=None)) for one in placed)
    return placed


def _placed(document: Document) -> Iterator[PlacedLine]:
    has_several_days = len({day for line in document.lines for day in sampled_days(document, line)}) > 1
    context, has_results, was_title = Context(), False, False
    for line in document.lines:
        is_heading = not _has_result(line)
        before, context = context, _after(document, line, context, is_heading=is_heading)
        is_title = _title_of(document, line) is not None
        if is_title and was_title:  # titles below each other are no heading of a section
            context = replace(context, section=None)
        was_title = is_title
        if before.day != context.day:
            has_results = False
        if has_several_days and has_results and is_heading and _names_specimen(line):
            context = replace(context, day=context.day if sampled_days(document, line) else None)
        has_results |= not is_heading
        yield PlacedLine(line, context, is_heading)


def _names_specimen(line: TextLine) -> bool:
    return any(token.meanings & {Word.BLOOD, Word.OTHER_SPECIMEN} for token in line.tokens)


def _has_result(line: TextLine) -> bool:
    """Return whether a number follows a name in a line."""
    names = [token.start for token in line.tokens if token.kind is Kind.NAME]
    return bool(names) and any(
        token.kind in (Kind.NUMBER, Kind.DAMAGED, Kind.RANGE) and token.start > names[0] for token in line.tokens
    )


def sampled_days(document: Document, line: TextLine) -> list[date | None]:
    """Return the days of a line, before its first name, that are said to be of the sample."""
    first_name = next((token.start for token in line.tokens if token.kind is Kind.NAME), line.line.end)
    dates = [token for token in line.tokens if token.day and token.start < first_name]
    found = [token.day for token in dates if is_sampled(document.day_words.get(token)) and token.day]
    return [day.in_order(document.order) for day in found]


def _after(document: Document, line: TextLine, context: Context, *, is_heading: bool) -> Context:
    """Return the context of a line, given the context of the line before it."""
    if days := sampled_days(document, line):
        day = days[0] if len(set(days)) == 1 else None
        header = header_of(document, line)
        context = replace(context, day=day, section=None, header=header)
    elif is_heading:
        context = _after_heading(document, line, context)
    sets_section = is_heading and _section(document, line) is not None
    return _with_specimen(document, line, context) if is_heading and not sets_section else context


def _after_heading(document: Document, line: TextLine, context: Context) -> Context:
    if header := header_of(document, line):
        return replace(context, header=header, section=None)
    if any(REPORTS.at(document.plain.folded, at, line.line.end) for at in _starts(line)[:1]):
        return Context()
    if section := _section(document, line):
        return replace(context, section=section, header=None)
    dates = [token for token in line.tokens if token.kind is Kind.DATE]
    if dates and all(document.day_words.get(token) is None for token in dates):
        day = dates[0].day.in_order(document.order) if dates[0].day and len(dates) == 1 else None
        return replace(context, day=day if _dates_a_panel(document, line) else None, section=None, header=None)
    return context


def _starts(line: TextLine) -> list[int]:
    return [token.start for token in line.tokens if token.kind not in (Kind.MARK, Kind.CELL, Kind.FLAG, Kind.TIME)]


def _title_of(document: Document, line: TextLine) -> tuple[Column, ...] | None:
    """Return the title of a column that a line is, and nothing else."""
    starts = _starts(line)
    found = TITLES.at(document.plain.folded, starts[0], line.line.end) if starts else None
    if found is None or line.has(Kind.NAME) or any(start >= found.end for start in starts[1:]):
        return None
    return found.meaning


def _section(document: Document, line: TextLine) -> Reason | None:
    """Return why the numbers below a heading are not of today's sample, such as "Previous results:"."""
    title = _title_of(document, line) or ()
    if Column.PREVIOUS in title:
        return Reason.PREVIOUS
    return Reason.REFERENCE if Column.RANGE in title else None


def _dates_a_panel(document: Document, line: TextLine) -> bool:
    """Return whether a line is nothing but a date, or the name of a panel of tests with a date."""
    folded, at = document.plain.folded, line.line.start
    for token in line.tokens:
        if token.start < at:
            continue
        if panel := PANELS.at(folded, token.start, line.line.end):
            at = panel.end
        elif token.kind in (Kind.WORD, Kind.DAMAGED, Kind.NAME) and not token.meanings & {Word.HARMLESS}:
            return False
    return True


def _with_specimen(document: Document, line: TextLine, context: Context) -> Context:
    words = [token.meanings for token in line.tokens if token.kind is Kind.WORD]
    if any(Word.OTHER_SPECIMEN in word for word in words):
        return context if any(Word.NEGATION in word for word in words) else _specimen(context, is_other=True)
    return _specimen(context, is_other=False) if names_blood(document, line) else context


def _specimen(context: Context, *, is_other: bool) -> Context:
    return replace(context, is_other_specimen=is_other, section=None)


def names_blood(document: Document, line: TextLine) -> bool:
    """Return whether a heading names blood, serum, plasma or a panel of blood tests, and nothing unknown."""
    folded, at, found = document.plain.folded, line.line.start, False
    for token in line.tokens:
        if token.start < at or token.kind is not Kind.WORD:
            continue
        end = line.line.end
        if panel := PANELS.at(folded, token.start, end):
            found, at = True, panel.end
        elif Word.BLOOD in token.meanings:
            found = True
        elif label := SPECIMEN_LABELS.at(folded, token.start, end):
            at = label.end
        elif (word := DAY_WORDS.at(folded, token.start, end)) and word.meaning is not DayWord.PREVIOUS:
            at = word.end
        elif not token.meanings & {Word.HARMLESS, Word.ABSOLUTE}:
            return False
    return found


def _days_are_uncertain(document: Document, placed: tuple[PlacedLine, ...]) -> bool:
    """Return whether days are below their results: several days, and results above the first of them."""
    days = [(at, day) for at, one in enumerate(placed) for day in sampled_days(document, one.line)]
    if len({day for _, day in days}) < 2:
        return False
    return any(not one.is_heading for one in placed[: days[0][0]])


def day_beside(document: Document, tokens: tuple[Token, ...]) -> tuple[date | None, bool]:
    """Return the day beside a number, and whether there is a date of the sample or one without a word."""
    other = (DayWord.OTHER, DayWord.PREVIOUS)
    kept = [token.day for token in tokens if token.day and document.day_words.get(token) not in other]
    if not kept:
        return None, False
    return (kept[0].in_order(document.order) if len(kept) == 1 else None), True
