"""Serve the result as a PDF document, from the same form as its page."""

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.config.addresses import RESULT_PDF
from app.config.site import PAPERS, Paper
from app.core.assessment import Assessment
from app.presentation.pages.result import result_page
from app.presentation.pdf.typesetter import Typesetter
from app.presentation.translation import gettext as _
from app.presentation.translation import language_tag
from app.web.pages.form_input import opened_record, read_typed
from app.web.pages.routes import PAGE_METHODS, assess_typed, sent_pairs
from app.web.problems import NO_PDF, ProblemError
from app.web.state import service_of

router = APIRouter(include_in_schema=False)

_PAPER = "paper"
# A document takes a processor for some hundredths of a second; the threads of all other work stay free.
_at_once = CapacityLimiter(2)


@router.api_route(RESULT_PDF, methods=PAGE_METHODS)
def show_form_for_document() -> RedirectResponse:
    """Lead to the form: there is no document without values."""
    return RedirectResponse("./", 303)


@router.post(RESULT_PDF)
async def send_document(request: Request) -> Response:
    """Send the document of a result, or the form again with its errors."""
    service = service_of(request)
    if service.typesetter is None:
        raise ProblemError(NO_PDF, _(NO_PDF.remedy))
    pairs = await sent_pairs(request)
    typed = read_typed(pairs)
    record_of = await opened_record(request, typed)
    assessment = assess_typed(service, typed, record_of(None))
    if isinstance(assessment, HTMLResponse):
        return assessment
    paper = next((paper for paper in PAPERS if (_PAPER, paper) in pairs), service.paper)
    document = await make_document(request, service.typesetter, assessment, typed, paper)
    with service.typesetter.printable_language():
        language = language_tag()
    headers = {
        "Content-Language": language,
        "Content-Disposition": f'attachment; filename="{file_name(assessment)}"',
    }
    return Response(document, media_type="application/pdf", headers=headers)


async def make_document(
    request: Request, typesetter: Typesetter, assessment: Assessment, typed: dict[str, str], paper: Paper
) -> bytes:
    """Return the document of a result, made in a thread, with the patient of the record that opened the form.

    Raises StoreError.
    """
    record_of = await opened_record(request, typed)

    def make() -> bytes:
        with typesetter.printable_language() as remark:
            page = result_page(assessment, typed, record_of(assessment))
            return typesetter.pdf(assessment, page, paper, remark)

    return await to_thread.run_sync(make, limiter=_at_once)


def file_name(assessment: Assessment) -> str:
    """Return a name for the file of a document. It has the day of the assessment and nothing of the patient."""
    return f"sii-afp-result-{assessment.computed_at:%Y-%m-%d}.pdf"
