"""Serve what a browser needs to install the calculator and to say that it is offline. It calculates nothing then."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse

from app.config.addresses import MANIFEST, OFFLINE, SERVICE_WORKER
from app.presentation.pages.problem import offline_page
from app.presentation.templating import render, resource_folder, static_address
from app.presentation.translation import gettext as _
from app.web.pages.routes import PAGE_METHODS
from app.web.state import service_of

router = APIRouter(include_in_schema=False)

_COLOURS = {"background_color": "#ffffff", "theme_color": "#f3f6f8"}


@router.api_route(OFFLINE, methods=PAGE_METHODS)
def show_offline(request: Request) -> HTMLResponse:
    """Show the page that browsers keep for the time without a connection."""
    return HTMLResponse(render(offline_page(service_of(request).fitted)))


@router.api_route(MANIFEST, methods=PAGE_METHODS)
def show_manifest() -> JSONResponse:
    """Return name, icon and start of the calculator, for browsers that install it."""
    name = _("SII–AFP calculator")
    manifest = {
        "name": name,
        "short_name": name,
        "lang": "en",
        "start_url": "./",
        "scope": "./",
        "display": "minimal-ui",
        "icons": [{"src": static_address("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        **_COLOURS,
    }
    return JSONResponse(manifest, media_type="application/manifest+json")


@router.api_route(SERVICE_WORKER, methods=PAGE_METHODS)
def show_service_worker() -> FileResponse:
    """Return the script that answers while there is no connection. It serves the paths below its own."""
    file = resource_folder("static") / "service-worker.js"
    return FileResponse(file, media_type="text/javascript", headers={"Cache-Control": "no-cache"})
