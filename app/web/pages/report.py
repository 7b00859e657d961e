"""Serve the pages for pasted reports. A text is read, shown to the person who sent it, and neither kept nor logged.

The reader is imported with the first report, because its tables would make every start a tenth of a second longer.
"""
# ruff: noqa: PLC0415

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from app.config.addresses import REPORT
from app.presentation.templating import render
from app.web.pages.routes import PAGE_METHODS, sent_pairs
from app.web.state import service_of

router = APIRouter(include_in_schema=False)


@router.api_route(REPORT, methods=PAGE_METHODS)
def show_paste_page(request: Request) -> HTMLResponse:
    """Show the page to paste a report into, with the sample patients."""
    from app.presentation.pages.report.pages import paste_page

    service = service_of(request)
    return HTMLResponse(render(paste_page(service.fitted, service.clock())))


@router.post(REPORT)
async def show_reading(request: Request) -> HTMLResponse:
    """Show what was read of a report, for a person to confirm, or why nothing was."""
    from app.presentation.pages.report.pages import paste_page, problem_of, read_page
    from app.reports.reader import read_report

    service = service_of(request)
    text = _text_in(await sent_pairs(request))
    # Twenty kilobytes take a second or more; everyone else is answered in the meantime.
    report = await run_in_threadpool(read_report, text, service.read_unit) if text.strip() else None
    problem = problem_of(text, report)
    if problem or report is None:
        return HTMLResponse(render(paste_page(service.fitted, service.clock(), text, problem)), 422)
    return HTMLResponse(render(read_page(service.fitted, text, report)))


def _text_in(pairs: list[tuple[str, str]]) -> str:
    """Return the text of a form, with line ends as they were before the browser changed them."""
    return next((value for name, value in pairs if name == "report"), "").replace("\r\n", "\n")
