"""Run one worker in a process of its own, and report to the parent over a pipe."""

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from app.core.errors import SiiAfpError

BEAT, READY, _ERROR = b".", b"R", b"E"
RETIRE = getattr(signal, "SIGUSR1", signal.SIGTERM)
"""The signal that ends a worker whose successor answers already."""
_DEFAULT = ("SIGTERM", "SIGCHLD", "SIGALRM")
# A terminal sends these to every process; the parent passes on what they mean.
_IGNORED = ("SIGINT", "SIGHUP", RETIRE.name)


class WorkersError(SiiAfpError):
    """The worker processes cannot start; the message says how the last one ended."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker as its own process sees it. No other running worker has its number; a later one may."""

    number: int
    pipe: int
    parent: int

    def ready(self) -> None:
        """Report that this worker accepts connections."""
        self._send(READY)

    def beat(self) -> None:
        """Report that this worker is not stuck; due about every second."""
        self._send(BEAT)

    def is_orphan(self) -> bool:
        """Return whether the parent has gone, so that this worker must end itself."""
        return os.getppid() != self.parent

    def fail(self, error: SiiAfpError) -> None:
        """Report why this worker cannot start."""
        try:
            text = pickle.dumps(error)
            pickle.loads(text)  # noqa: S301 - its own bytes
        except Exception:
            text = pickle.dumps(WorkersError(str(error)))
        self._send(_ERROR + text)

    def _send(self, message: bytes) -> None:
        with suppress(OSError):  # the parent has gone, or does not read
            os.write(self.pipe, message)


def reported_error(message: bytes) -> SiiAfpError | None:
    """Return the error that a worker reported by `fail`, or None."""
    if not message.startswith(_ERROR):
        return None
    try:
        error = pickle.loads(message[len(_ERROR) :])  # noqa: S301 - from a process that this one has started
    except Exception:  # it was killed while it wrote
        return None
    return error if isinstance(error, SiiAfpError) else None


def become(worker: Worker, run: Callable[[Worker], None]) -> NoReturn:
    """Be this worker until the end of the process. Called in the new process, with the signals still blocked."""
    os.set_blocking(worker.pipe, False)
    signal.set_wakeup_fd(-1)
    for name in _DEFAULT:
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    for name in _IGNORED:
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    code = 1
    try:
        run(worker)
        code = 0
    except SiiAfpError as error:
        worker.fail(error)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # the process ends here in any case
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
