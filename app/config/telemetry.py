"""Set up OpenTelemetry: spans go to a collector by OTLP over HTTP, as the standard variables OTEL_... say."""

import atexit
import os
import threading
from typing import TYPE_CHECKING

from app.config.version import software
from app.core.errors import MissingPackageError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_NAME = "sii-afp"
_TIMEOUTS = ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")
# A collector that does not answer must not delay the end of the process: the SDK would try for half a minute.
_SEND_SECONDS = 2.0


def new_tracer() -> "Tracer":
    """Return what makes spans and sends them from a thread. At the end of the process the last ones are sent.

    Raises MissingPackageError if the extra is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError(
            f"SII_AFP_OPENTELEMETRY needs a package that is not installed ({error.name}): pip install 'sii-afp[otel]'"
        ) from None
    about = {"service.version": software().version}
    if not os.environ.get("OTEL_SERVICE_NAME"):
        about["service.name"] = _NAME
    has_timeout = any(os.environ.get(name) for name in _TIMEOUTS)
    exporter = OTLPSpanExporter(timeout=None if has_timeout else _SEND_SECONDS)
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))

    def finish() -> None:
        give_up = threading.Timer(_SEND_SECONDS, exporter.shutdown)
        give_up.daemon = True
        give_up.start()
        provider.shutdown()
        give_up.cancel()

    atexit.register(finish)
    return provider.get_tracer(_NAME, software().version)
