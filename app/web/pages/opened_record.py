"""The record that opened a form, as the pages need it. The EHR interface remembers it; the pages only show it."""

from collections.abc import Callable, Mapping

from starlette.requests import Request

from app.core.assessment import Assessment
from app.core.errors import InputWarning
from app.presentation.pages.record import RecordView

FindRecord = Callable[[str, Assessment | None], RecordView]


def warnings_of(record: RecordView | None) -> tuple[InputWarning, ...]:
    """Return what must be known first of a record, such as newer results in it."""
    return record.warnings if record else ()


def opened_record(
    request: Request, typed: Mapping[str, str], assessment: Assessment | None = None
) -> RecordView | None:
    """Return the record by which a form was opened, compared with the assessed values; None if there was none."""
    find: FindRecord = request.app.state.find_record
    return find(typed["record"], assessment) if typed["record"] else None
