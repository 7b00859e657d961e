"""Serve style sheet, scripts and icon. Browsers may cache only these; their addresses change with their content."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.presentation.templating import resource_folder, static_address

_A_YEAR = "public, max-age=31536000, immutable"


class _Kept(StaticFiles):
    """Static files with a long cache time if the address contains the digest of the content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, with a cache time of one year if its address contains its own digest."""
        response = await super().get_response(path, scope)
        address = f"static/{path}?{scope['query_string'].decode('latin-1')}"
        has_digest = address == static_address(path)  # another version of the service may have given the address
        response.headers["Cache-Control"] = _A_YEAR if has_digest else "no-cache"
        return response


def static_files() -> StaticFiles:
    """Return the application that serves the folder `static`."""
    return _Kept(directory=resource_folder("static"))
