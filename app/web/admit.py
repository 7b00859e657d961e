"""Admitting a request: the door asks before it reads a value, and the log line names the program that called."""

from starlette.requests import Request

from app.access.admission import Admission
from app.access.callers import Caller
from app.integration import Door


async def admit(request: Request, door: Door) -> Caller:
    """Return who calls. Raises NotAdmittedError, which every door answers in its own form."""
    admission: Admission = request.app.state.admission
    caller = await admission.admit(request.headers, request.scope["path"], door)
    request.scope["state"]["caller"] = caller.name
    return caller
