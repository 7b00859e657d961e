"""Run the service with uvicorn: JSON lines on standard output, and an end that loses no request."""

import asyncio
import gc
import logging
import math
import os
import shutil
import signal
import socket
import sys
import time
from importlib import import_module
from types import FrameType
from typing import Any, cast

import uvicorn

from app.config.log_queue import LogQueue
from app.config.logs import configure_logging, configure_parent_logging, logger
from app.config.settings import Settings
from app.config.site import load_site_configuration
from app.config.start_checks import check_deployment
from app.main import create_app
from app.net.limited_connection import Limited
from app.net.listener import EXHAUSTED, bind, cannot_listen
from app.net.traffic import Limits, Traffic
from app.processes.shared_state import forget_worker, share_counts, shared_environment, shared_folder
from app.processes.supervisor import Patience, Supervisor
from app.processes.worker import RETIRE, Worker
from app.web.state import Lifecycle, Service

# A thread that reads a large body holds the interpreter for this long before the event loop can run again, and the loop
# waits several times in one request. With Python's default of 5 ms the waits add up to about 60 ms.
_SWITCH_SECONDS = 0.0005
_FINISH_LOG_SECONDS = 1.0
# What a worker needs to end beside the time for its requests.
_END_SECONDS = 3.0
_SILENT_SECONDS = 60.0
_NO_DESCRIPTOR = (
    "no file descriptor is free: new connections wait or are closed. Raise the limit of open files (ulimit -n), and "
    "let a proxy in front limit the connections"
)


class Server(uvicorn.Server):
    """A server of uvicorn that enforces the limits of its connections and drains before it ends."""

    def __init__(
        self,
        config: uvicorn.Config,
        traffic: Traffic,
        lifecycle: Lifecycle,
        drain_seconds: float,
        worker: Worker | None = None,
    ) -> None:
        super().__init__(config)
        self._worker = worker
        self._traffic = traffic
        self._lifecycle = lifecycle
        self._drain_seconds = drain_seconds
        self._drained_at: float | None = None
        self._complained_at = -math.inf

    @property
    def _connections(self) -> list[Limited]:
        return cast("list[Limited]", list(self.server_state.connections))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._on_loop_error)
        self._traffic.now = loop.time()
        await super().startup(sockets)
        if self._worker is not None:
            signal.signal(RETIRE, self.handle_exit)
            self._worker.ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop being ready at once. A worker whose successor answers stays ready: others would take it for the end."""
        if self._worker is not None and sig == signal.SIGINT:
            return  # the terminal sends it to every process, and the parent decides
        self._lifecycle.is_stopping = self._lifecycle.is_stopping or self._worker is None or sig != RETIRE
        self._traffic.is_draining = True
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Return whether to stop listening: after a signal and the time that proxies need to notice it."""
        is_ending = await super().on_tick(counter)
        now = asyncio.get_running_loop().time()
        if self._traffic.sweep(self._connections, now):
            self._check_descriptors()
            self._report()
        if not is_ending or self.force_exit:
            return is_ending
        if self._drained_at is None:
            self._drained_at = now + self._drain_seconds
        return now >= self._drained_at

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the listening sockets and wait for the running requests; refuse those that do not end in time."""
        seconds = self.config.timeout_graceful_shutdown
        if seconds is not None:
            asyncio.get_running_loop().call_later(seconds, self._stop_all)
        await super().shutdown(sockets)
        self._captured_signals.clear()  # uvicorn would raise them again, and the log could not be finished

    def _report(self) -> None:
        if self._worker is not None:
            self._worker.beat()
            if self._worker.is_orphan() and not self.should_exit:
                self.handle_exit(signal.SIGTERM, None)

    def _stop_all(self) -> None:
        for connection in self._connections:
            connection.stop()

    def _on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in EXHAUSTED:
            self._complain()
        else:
            loop.default_exception_handler(context)

    def _check_descriptors(self) -> None:
        """If no descriptor is free, close connections without a whole request. uvloop does not say so itself."""
        try:
            os.close(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            self._complain()
            for connection in self._connections:
                connection.make_room()

    def _complain(self) -> None:
        now = time.monotonic()
        if now - self._complained_at >= _SILENT_SECONDS:
            self._complained_at = now
            logger.error(_NO_DESCRIPTOR)


def serve(settings: Settings) -> None:
    """Serve until a signal ends it, in this process or in several workers.

    Raises ArtefactError if the model cannot be loaded, ConfigurationError if a setting cannot be used, ListenError
    if the address cannot, and WorkersError if the workers end before they answer.
    """
    check_deployment(settings, load_site_configuration(settings.integration_file))
    sockets = bind(settings.host, settings.port)
    if settings.workers == 1:
        _work(settings, sockets)
    else:
        _supervise(settings, sockets)


def _supervise(settings: Settings, sockets: list[socket.socket]) -> None:
    """Serve with several workers.

    They are forked after the imports, which they share (36 MB a worker instead of 57), and before the model, the keys
    and the site configuration are read, so that a renewed worker reads these again.
    """
    configure_parent_logging(settings.log_level)
    gc.collect()
    gc.freeze()  # the collector of a worker would copy what they share
    with shared_folder() as folder:
        environment = shared_environment(folder)

        def run(worker: Worker) -> None:
            os.environ.update(environment)
            share_counts(worker.number)
            _work(Settings(**settings.model_dump(exclude_unset=True)), sockets, worker)
            if worker.is_orphan():  # the parent was killed and cannot remove it
                shutil.rmtree(folder, ignore_errors=True)

        patience = Patience(end=settings.drain_seconds + settings.shutdown_seconds + _END_SECONDS)
        Supervisor(run, settings.workers, lambda number: forget_worker(number, folder), patience).run()


def _work(settings: Settings, sockets: list[socket.socket], worker: Worker | None = None) -> None:
    log = configure_logging(settings.log_level)
    try:
        _run(settings, sockets, log, worker)
    finally:
        log.finish(_FINISH_LOG_SECONDS)


def _run(settings: Settings, sockets: list[socket.socket], log: LogQueue, worker: Worker | None) -> None:
    application = create_app(settings)
    gc.freeze()  # the collector need not scan the model again
    gc.enable()
    sys.setswitchinterval(_SWITCH_SECONDS)
    service: Service = application.state.service
    log.count_with(service.metrics.dropped_lines.inc)
    limits = Limits(
        settings.header_seconds,
        settings.body_seconds,
        settings.idle_seconds,
        settings.header_limit_bytes,
        settings.in_flight_limit_bytes,
    )
    traffic = Traffic(limits, lambda status: service.metrics.requests.labels("other", "other", str(int(status))).inc())
    config = uvicorn.Config(
        application,
        http=_protocol(traffic),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # create_app reads them, from the proxies in the settings alone
        ws="none",
        workers=1,
        h11_max_incomplete_event_size=settings.header_limit_bytes,
        timeout_keep_alive=math.ceil(settings.idle_seconds),
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    for one in sockets:
        host, port = one.getsockname()[:2]
        shown = f"[{host}]" if one.family == socket.AF_INET6 else host
        logging.getLogger("uvicorn.error").info("Listening on http://%s:%s", shown, port)
    server = Server(config, traffic, service.lifecycle, settings.drain_seconds, worker)
    try:
        server.run(sockets)
    except OSError as error:  # another program began to listen meanwhile
        raise cannot_listen(settings.host, settings.port, error) from None


def _protocol(traffic: Traffic) -> type[asyncio.Protocol]:
    """Return the protocol whose connections share the limits: on httptools, or on h11 where that is not installed."""
    limited: type[Limited]
    try:
        limited = import_module("app.net.httptools_protocol").LimitedHttpTools
    except ImportError:
        limited = import_module("app.net.h11_protocol").LimitedH11
    return type(limited.__name__, (limited,), {"traffic": traffic})
