"""Run the service with uvicorn: one process, JSON lines on standard output, SIGTERM lets running requests finish."""

import gc
import sys
from contextlib import suppress

import uvicorn

from app.config.logs import configure_logging
from app.config.settings import Settings
from app.core.errors import ConfigurationError
from app.main import create_app

# A thread that reads a large body holds the interpreter for this long before the event loop can run again, and the loop
# waits several times in one request. With Python's default of 5 ms the waits add up to about 60 ms.
_SWITCH_SECONDS = 0.0005
_CANNOT_LISTEN = (
    "SII_AFP_HOST, SII_AFP_PORT: the service cannot listen on {}, port {}; the log says why. If another program uses "
    "the port, stop it, or choose another one with --port."
)


def serve(settings: Settings) -> None:
    """Serve until a signal ends it.

    Raises ArtefactError if the model cannot be loaded, and ConfigurationError if the address cannot be used.
    """
    configure_logging(settings.log_level)
    application = create_app(settings)
    gc.freeze()  # the collector need not scan the model again
    gc.enable()
    sys.setswitchinterval(_SWITCH_SECONDS)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=settings.shutdown_seconds,
        )
    )
    with suppress(KeyboardInterrupt, SystemExit):  # uvicorn ends so if it cannot listen, and has logged the reason
        server.run()
    if not server.started:
        raise ConfigurationError(_CANNOT_LISTEN.format(settings.host, settings.port))
