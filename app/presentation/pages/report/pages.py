"""Make the pages for pasted reports: the one to paste into, and the one that shows what was read."""

import re
from datetime import datetime

from app.core.analytes import Analyte
from app.core.fitted_model import FittedModel
from app.presentation import wording
from app.presentation.messages import Message
from app.presentation.pages.report.context import FindingRow, LeftOut, Option, PastePage, Place, ReadPage, TextPart
from app.presentation.pages.report.samples import sample_rows
from app.presentation.pages.report.values import (
    CONFIRMED_FIELDS,
    ReportValue,
    amount,
    day_notes,
    day_text,
    of_candidate,
    of_reading,
)
from app.presentation.report_messages import empty_message, reason_message, stop_message
from app.presentation.templating import site_of
from app.reports.results import CONFIRMABLE, Candidate, Finding, Reading, Report, Span
from app.reports.stop_signs import MOST_BYTES, MOST_LINES

_GAP = re.compile(r"[ \t]{2,}|\t")
_MOST_LISTED = 12
_AROUND = 60  # characters of the line before and behind a number
_LONGEST_ROW = 160  # longer lines are prose, or a table that lost its lines
_CLOSE = 3  # a unit so near to its number is marked together with it


def paste_page(fitted: FittedModel, now: datetime, text: str = "", problem: Message | None = None) -> PastePage:
    """Return the page to paste into, with the text that could not be read and why. `now` is aware."""
    return PastePage(
        site=site_of(fitted, "report"),
        problem=problem,
        text=text,
        most_bytes=f"{MOST_BYTES:,}",
        most_lines=MOST_LINES,
        samples=sample_rows(fitted, now),
    )


def problem_of(text: str, report: Report | None) -> Message | None:
    """Return why nothing of a text was read as a whole, or None. There is no report of an empty text."""
    if not text.strip() or report is None:
        return empty_message()
    return stop_message(report.stop) if report.stop else None


def read_page(fitted: FittedModel, text: str, report: Report) -> ReadPage:
    """Return what was read of a text."""
    findings = tuple(_finding(text, analyte, report.findings[analyte]) for analyte in Analyte)
    readings = {analyte: one.reading for analyte, one in report.findings.items() if one.reading}
    return ReadPage(
        site=site_of(fitted, "report"),
        parts=_parts(text, readings),
        is_wrapped=any(len(line) > _LONGEST_ROW for line in text.splitlines()),
        findings=findings,
        notes=day_notes({analyte: of_reading(reading) for analyte, reading in readings.items()}),
        has_options=any(finding.options for finding in findings),
    )


def _finding(text: str, analyte: Analyte, finding: Finding) -> FindingRow:
    possible = [one for one in finding.candidates if one.reason in CONFIRMABLE]
    others = [one for one in finding.candidates if one.reason not in CONFIRMABLE]
    read = (_option(text, of_reading(finding.reading), finding.reading.span, None),) if finding.reading else ()
    listed, left_out = possible[:_MOST_LISTED], others[:_MOST_LISTED]
    return FindingRow(
        field=CONFIRMED_FIELDS[analyte],
        label=wording.analyte(analyte),
        reason=reason_message(finding.reason) if finding.reason else None,
        options=read + tuple(_of_candidate(text, one, finding) for one in listed),
        left_out=tuple(LeftOut(_place(text, one.span), reason_message(one.reason)) for one in left_out),
        more=len(finding.candidates) - len(listed) - len(left_out),
    )


def _of_candidate(text: str, candidate: Candidate, finding: Finding) -> Option:
    """Return the option of a candidate, with its reason unless it is that of the whole finding."""
    reason = None if candidate.reason is finding.reason else reason_message(candidate.reason)
    return _option(text, of_candidate(candidate), candidate.span, reason, is_read=False)


def _option(text: str, value: ReportValue, span: Span, reason: Message | None, *, is_read: bool = True) -> Option:
    return Option(
        value=value.packed,
        amount=amount(value),
        has_unit=bool(value.unit),
        day=day_text(value),
        place=_place(text, span),
        reason=reason,
        is_read=is_read,
    )


def _place(text: str, span: Span) -> Place:
    """Return a number in its line, which is cut if it is long."""
    start, end = span
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    before, after = text[first:start].lstrip(), text[end:last].rstrip()
    if len(before) > _AROUND:
        before = "…" + before[-_AROUND:]
    if len(after) > _AROUND:
        after = after[:_AROUND] + "…"
    return Place(*(_GAP.sub("  ", wording.visible(part)) for part in (before, text[start:end], after)))


def _parts(text: str, readings: dict[Analyte, Reading]) -> tuple[TextPart, ...]:
    """Return the text in parts, of which those that were read have the names of their analytes."""
    parts: list[TextPart] = []
    at = 0
    beside = {reading.unit_span for reading in readings.values() if _is_beside(text, reading)}
    for (start, end), names in sorted(_marks(text, readings).items()):
        if start < at:
            continue
        read = TextPart(wording.visible(text[start:end]), ", ".join(names), (start, end) in beside)
        parts += [TextPart(wording.visible(text[at:start])), read]
        at = end
    return tuple(part for part in (*parts, TextPart(wording.visible(text[at:]))) if part.text)


def _marks(text: str, readings: dict[Analyte, Reading]) -> dict[Span, list[str]]:
    """Return the places to mark, each with the names of the analytes; a title may hold the unit of several."""
    found: dict[Span, list[str]] = {}
    for analyte, reading in readings.items():
        for span in _places_of(text, reading):
            found.setdefault(span, []).append(wording.analyte(analyte))
    return found


def _places_of(text: str, reading: Reading) -> list[Span]:
    """Return the places of number and unit; one place if nothing but a few blanks is between them."""
    (start, end), unit = reading.span, reading.unit_span
    if unit is None:
        return [reading.span]
    between = text[end : unit[0]]
    if end <= unit[0] and len(between) <= _CLOSE and not between.strip() and "\n" not in between:
        return [(start, unit[1])]
    return [reading.span, unit]


def _is_beside(text: str, reading: Reading) -> bool:
    """Return whether the unit is in the line of its number."""
    unit = reading.unit_span
    return unit is not None and "\n" not in text[min(reading.span[0], unit[0]) : max(reading.span[1], unit[1])]
