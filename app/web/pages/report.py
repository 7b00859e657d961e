"""Serve the pages for pasted reports. A text is read, shown to the person who sent it, and neither kept nor logged."""

from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from app.config.addresses import REPORT
from app.presentation.pages.report import paste_page, problem_of, read_page
from app.presentation.templating import render
from app.presentation.translation import gettext as _
from app.reports.reader import read_report
from app.web.pages.form_input import MAXIMUM_FIELDS
from app.web.pages.routes import PAGE_METHODS, form_body
from app.web.problems import MALFORMED, ProblemError
from app.web.state import service_of

router = APIRouter(include_in_schema=False)


@router.api_route(REPORT, methods=PAGE_METHODS)
def show_paste_page(request: Request) -> HTMLResponse:
    """Show the page to paste a report into, with the sample patients."""
    service = service_of(request)
    return HTMLResponse(render(paste_page(service.fitted, service.clock())))


@router.post(REPORT)
async def show_reading(request: Request) -> HTMLResponse:
    """Show what was read of a report, for a person to confirm, or why nothing was."""
    service = service_of(request)
    text = _text_in(await form_body(request))
    # Twenty kilobytes take a second or more; everyone else is answered in the meantime.
    report = await run_in_threadpool(read_report, text, service.read_unit) if text.strip() else None
    problem = problem_of(text, report)
    if problem or report is None:
        return HTMLResponse(render(paste_page(service.fitted, service.clock(), text, problem)), 422)
    return HTMLResponse(render(read_page(service.fitted, text, report)))


def _text_in(body: bytes) -> str:
    """Return the text of a form, with line ends as they were before the browser changed them. Raises ProblemError."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=MAXIMUM_FIELDS)
    except ValueError:
        raise ProblemError(MALFORMED, _("The form has more fields than it should.")) from None
    return fields.get("report", [""])[0].replace("\r\n", "\n")
