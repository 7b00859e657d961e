"""Start several workers, start one again that ends, replace them one by one on SIGHUP, and end them on SIGTERM.

uvicorn's Multiprocess would import everything again in each worker (57 MB instead of 36), restart without a pause, wait
for ever for a worker that does not end, and answer every failed start with one exit code.
"""

import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from app.config.logs import logger
from app.core.errors import SiiAfpError
from app.processes.worker import BEAT, READY, RETIRE, Worker, WorkersError, become, reported_error

_TICK_SECONDS = 1.0
_STABLE_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 30.0
_MOST_FAILED_STARTS = 5
_SIGNALS = (signal.SIGTERM, signal.SIGINT, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))
_READ_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a worker has to start, may be silent, and has to end before it is killed.

    `pause` is the second pause between starts; each later one is twice as long.
    """

    start: float = 120.0
    silence: float = 30.0
    end: float = 9.0
    pause: float = 1.0


@dataclass(slots=True)
class _Child:
    """A worker as the parent sees it."""

    number: int
    pid: int
    pipe: int
    heard_at: float
    ready_at: float | None = None
    kill_at: float | None = None
    message: bytearray = field(default_factory=bytearray)
    must_end: bool = False

    @property
    def is_serving(self) -> bool:
        return self.ready_at is not None and not self.must_end

    def __str__(self) -> str:
        """Return how a log line names it."""
        return f"worker {self.number}, process {self.pid}"


class Supervisor:
    """Keeps `count` workers running. `forget` is called with the number of each one that has ended.

    It has no thread, so that a fork copies no lock that another thread holds.
    """

    def __init__(
        self,
        run: Callable[[Worker], None],
        count: int,
        forget: Callable[[int], None],
        patience: Patience,
    ) -> None:
        self._run = run
        self._count = count
        self._forget = forget
        self._patience = patience
        self._children: dict[int, _Child] = {}  # by the end of the pipe
        self._to_replace: list[_Child] = []
        self._replacing: tuple[_Child, _Child] | None = None  # the old one and the new one
        self._start_at = 0.0
        self._unstable = 0
        self._failed_starts = 0
        self._was_ready = False
        self._is_ending = False
        self._failure: SiiAfpError | None = None
        self._selector = selectors.DefaultSelector()
        self._wakeup, self._wakes = socket.socketpair()

    def run(self) -> None:
        """Keep the workers running until SIGTERM or SIGINT.

        Raises the error of a worker that cannot start, or WorkersError, if none ever answered or none does any more.
        """
        with self._wakeup, self._wakes, self._selector:
            self._watch_signals()
            try:
                while not self._is_ending or self._children:
                    self._act(time.monotonic())
                    self._wait()
            finally:
                for child in list(self._children.values()):  # only after an error of the parent itself
                    os.kill(child.pid, signal.SIGKILL)
                    os.waitpid(child.pid, 0)
                signal.set_wakeup_fd(-1)
        if self._failure:
            raise self._failure

    def _watch_signals(self) -> None:
        for end in (self._wakeup, self._wakes):
            os.set_blocking(end.fileno(), False)
        self._selector.register(self._wakeup, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._wakes.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, _note)

    def _wait(self) -> None:
        now = time.monotonic()
        times = [now + _TICK_SECONDS, *(child.kill_at for child in self._children.values() if child.kill_at)]
        if not self._is_ending and self._start_at > now:
            times.append(self._start_at)
        for key, _ in self._selector.select(max(0.0, min(times) - now)):
            if key.fileobj is self._wakeup:
                for number in self._wakeup.recv(_READ_BYTES):
                    self._obey(number)
            else:
                self._hear(self._children[key.fd])

    def _obey(self, number: int) -> None:
        if number == getattr(signal, "SIGHUP", None):
            if not self._is_ending:
                logger.info("renewing the workers")
                self._to_replace = [child for child in self._children.values() if not child.must_end]
        elif number in (signal.SIGTERM, signal.SIGINT):
            if self._is_ending and number == signal.SIGINT:
                for child in self._children.values():
                    os.kill(child.pid, signal.SIGKILL)
            self._end()

    def _end(self) -> None:
        if self._is_ending:
            return
        self._is_ending = True
        for child in self._children.values():
            self._stop(child, signal.SIGTERM)

    def _stop(self, child: _Child, number: int) -> None:
        child.must_end = True
        child.kill_at = time.monotonic() + self._patience.end
        os.kill(child.pid, number)

    def _act(self, now: float) -> None:
        """Kill what is stuck, and start what is missing."""
        for child in self._children.values():
            self._check(child, now)
        if self._is_ending:
            return
        self._replace()
        staying = [child for child in self._children.values() if not child.must_end]
        is_one_more = self._replacing is not None and self._replacing[0] in staying
        # The first worker shows whether any can start.
        wanted = (self._count if self._was_ready else 1) + is_one_more
        for _ in range(wanted - len(staying)):
            if now < self._start_at or self._is_ending:
                break
            self._start()

    def _check(self, child: _Child, now: float) -> None:
        if child.kill_at is not None:
            if now >= child.kill_at:
                logger.error("worker did not end and was killed", extra={"error": str(child)})
                child.kill_at = None
                os.kill(child.pid, signal.SIGKILL)
        elif now - child.heard_at > (self._patience.start if child.ready_at is None else self._patience.silence):
            logger.error("worker was stuck and is killed", extra={"error": str(child)})
            os.kill(child.pid, signal.SIGKILL)
            child.heard_at = now

    def _replace(self) -> None:
        """Take the next step of a renewal: start the successor of a worker, then end that worker, then the next."""
        if self._replacing is not None:
            old, new = self._replacing
            if new.ready_at is not None:
                self._replacing = None
                if old in self._children.values() and not old.must_end:
                    self._stop(old, RETIRE)
            return
        if any(child.must_end or child.ready_at is None for child in self._children.values()):
            return  # one at a time
        while self._to_replace:
            old = self._to_replace.pop(0)
            if old in self._children.values():
                if (successor := self._start()) is not None:
                    self._replacing = (old, successor)
                return

    def _start(self) -> _Child | None:
        """Start a worker, or plan the next attempt if the system has no room for one."""
        try:
            return self._fork()
        except OSError as error:
            logger.error("worker cannot start", extra={"error": error.strerror})
            self._to_replace = []
            self._plan_restart(None, WorkersError(f"SII_AFP_WORKERS: a worker cannot start: {error.strerror}."))
            return None

    def _fork(self) -> _Child:
        taken = {child.number for child in self._children.values()}
        number = next(one for one in range(1, len(taken) + 2) if one not in taken)
        mine, its = os.pipe()
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        # A signal that arrives before the new process has its own handlers must not wake the parent.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            pid = os.fork()
            if pid == 0:
                for one in (mine, *self._children):
                    os.close(one)
                self._selector.close()
                self._wakeup.close()
                self._wakes.close()
                become(Worker(number, its, parent), self._run)
        except OSError:
            os.close(mine)
            raise
        finally:
            os.close(its)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.set_blocking(mine, False)
        child = self._children[mine] = _Child(number, pid, mine, time.monotonic())
        self._selector.register(mine, selectors.EVENT_READ)
        return child

    def _hear(self, child: _Child) -> None:
        child.heard_at = time.monotonic()
        data = os.read(child.pipe, _READ_BYTES)
        if not data:
            self._bury(child)
            return
        child.message += data
        if child.ready_at is None and child.message.startswith(READY):
            child.ready_at = time.monotonic()
            self._was_ready = True
            self._failed_starts = 0
        if child.ready_at is not None:
            child.message = bytearray(child.message.lstrip(READY + BEAT))

    def _bury(self, child: _Child) -> None:
        """Note that a worker has ended: its pipe has no writer any more."""
        self._selector.unregister(child.pipe)
        os.close(child.pipe)
        del self._children[child.pipe]
        _, status = os.waitpid(child.pid, 0)
        self._forget(child.number)
        if self._is_ending or child.must_end:
            return
        error = reported_error(bytes(child.message)) or WorkersError(
            f"SII_AFP_WORKERS: {child} {_how(status)} before it was ready."
        )
        reason = _how(status) if child.ready_at is not None else str(error)
        logger.error("worker ended", extra={"error": f"{child}: {reason}"})
        if self._replacing is not None and self._replacing[1] is child:
            logger.error("the workers are not renewed; the old ones stay")
            self._replacing = None
            self._to_replace = []
            return
        self._plan_restart(child, error)

    def _plan_restart(self, child: _Child | None, error: SiiAfpError) -> None:
        now = time.monotonic()
        if child is None or child.ready_at is None:
            self._failed_starts += 1
            is_alone = not any(one.is_serving for one in self._children.values())
            if is_alone and (not self._was_ready or self._failed_starts >= _MOST_FAILED_STARTS):
                self._failure = error
                self._end()
                return
        elif now - child.ready_at >= _STABLE_SECONDS:
            self._unstable = 0
        self._unstable += 1
        factor = 0.0 if self._unstable == 1 else 2.0 ** min(self._unstable - 2, 10)
        self._start_at = now + min(_LONGEST_PAUSE_SECONDS, factor * self._patience.pause)


def _note(_number: int, _frame: FrameType | None) -> None:
    """Do nothing here: the number of the signal arrives at the wakeup socket."""


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"ended with exit code {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"
