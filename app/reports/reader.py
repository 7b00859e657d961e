"""Find neutrophils, lymphocytes, platelets and AFP in the text of a laboratory report."""

from app.core.analytes import Analyte
from app.core.units.conversion import UnitReader, find_unit
from app.reports.choice import finding_of
from app.reports.document import Document
from app.reports.hl7 import is_message, read_messages
from app.reports.mentions import Mention
from app.reports.plain_text import PlainText
from app.reports.results import Finding, Reason, Report, StopSign
from app.reports.rows.context import place_lines
from app.reports.rows.reading import read_stretch
from app.reports.rows.stretches import Row, rows_of, stretches_of
from app.reports.rows.wide_tables import split_wide_tables
from app.reports.stop_signs import is_too_long, stop_sign
from app.reports.tokens import Token


def read_report(text: str, read_unit: UnitReader = find_unit) -> Report:
    """Return what a pasted text says of the four analytes.

    Nothing is guessed: a number is read only if the text says that it is the value of the analyte, with the unit that
    is printed for it. The text is neither kept nor logged. `read_unit` may know a site's own units: they give a meaning
    to a unit that would not be known, and change nothing else.
    """
    if is_too_long(text):
        return _stopped(StopSign.TOO_LONG)
    plain = PlainText(text)
    document = Document(plain, read_unit)
    if stop := stop_sign(document):
        return _stopped(stop)
    mentions = _mentions(document)
    return Report(None, {analyte: finding_of(plain, analyte, mentions) for analyte in Analyte})


def _stopped(stop: StopSign) -> Report:
    return Report(stop, {analyte: Finding(None, Reason.STOPPED) for analyte in Analyte})


def _mentions(document: Document) -> list[Mention]:
    if is_message(document.plain):
        return read_messages(document)
    mentions, lines = split_wide_tables(document, place_lines(document))
    plain, joined = (_read_rows(document, rows_of(lines, joins_groups=joins)) for joins in (False, True))
    for key, one in plain.items():
        mentions += _readable(one, joined[key])
    return mentions


def _read_rows(document: Document, rows: list[Row]) -> dict[Token, list[Mention]]:
    """Return the mentions of each stretch by its first name."""
    stretches = (stretch for row in rows for stretch in stretches_of(document, row))
    return {stretch.names[0]: read_stretch(document, stretch) for stretch in stretches}


def _readable(plain: list[Mention], joined: list[Mention]) -> list[Mention]:
    """Return the mentions of a row, with groups of digits joined only if the row cannot be read unchanged."""
    first, second = (any(mention.reason is None for mention in one) for one in (plain, joined))
    return joined if second and not first else plain
