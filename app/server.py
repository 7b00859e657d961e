"""Run the service with uvicorn: one process, JSON lines on standard output, SIGTERM lets running requests finish."""

import gc
import sys

import uvicorn

from app.config.logs import configure_logging
from app.config.settings import Settings
from app.main import create_app

# A thread that reads a large body holds the interpreter for this long before the event loop can run again, and the loop
# waits several times in one request. With Python's default of 5 ms the waits add up to about 60 ms.
_SWITCH_SECONDS = 0.0005


def serve(settings: Settings) -> None:
    """Serve until a signal ends it. Raises ArtefactError if the model cannot be loaded."""
    configure_logging(settings.log_level)
    application = create_app(settings)
    gc.freeze()  # the collector need not scan the model again
    gc.enable()
    sys.setswitchinterval(_SWITCH_SECONDS)
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
