"""Turn unhandled exceptions into a 500 response that leaks no internals, and requests whose client hung up into 499."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from traceback import walk_tb

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import app as package
from app.config.logs import logger

Answer = Callable[[Request], Awaitable[Response]]
CLIENT_CLOSED = 499
"""The status that log and metrics give a request whose client hung up; nginx uses it too. Nobody receives it."""
_ROOT = Path(package.__file__).parent


class Failures:
    """Innermost ASGI middleware that logs the type and place of an unhandled exception and answers with 500.

    A client that hangs up before its request has arrived is not a failure of the service.
    """

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on and answer for it if it fails."""
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched_send)
        except ClientDisconnect:
            if not started:
                await Response(status_code=CLIENT_CLOSED)(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            extra = {
                "error": type(error).__name__,
                "where": _place(error),
                "request_id": scope["state"].get("request_id"),
            }
            logger.error("failed", extra=extra)
            if started:
                raise
            response = await self.answer(Request(scope))
            await response(scope, receive, send)


def _place(error: Exception) -> str | None:
    """Return file and line of the innermost frame of this package: `app/web/pages/routes.py:60`.

    A message or a local variable may hold a value of a patient; a place does not.
    """
    places = [
        f"{_ROOT.name}/{Path(frame.f_code.co_filename).relative_to(_ROOT).as_posix()}:{line}"
        for frame, line in walk_tb(error.__traceback__)
        if Path(frame.f_code.co_filename).is_relative_to(_ROOT)
    ]
    return places[-1] if places else None
