"""What the workers of one service share: a private folder, names in their environment, and counts for /metrics."""

import base64
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

_KEY_BYTES = 32
_COUNTS = "PROMETHEUS_MULTIPROC_DIR"
# In memory: on a full disk, writing a count would end the worker with SIGBUS.
_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it is private


@contextmanager
def shared_folder() -> Iterator[Path]:
    """Make a folder that only this user may open, and remove it at the end."""
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="sii-afp-", dir=place, ignore_cleanup_errors=True) as name:
        yield Path(name)


def shared_environment(folder: Path) -> dict[str, str]:
    """Return what every worker finds in its environment: settings that must be equal in all of them.

    The store and the key are those of the operator, if the settings name them.
    """
    key = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
    return {
        _COUNTS: str(folder),
        "SII_AFP_STORE": f"sqlite://{folder.absolute()}/state.sqlite",
        "SII_AFP_SECRET_KEY": key,
    }


def share_counts(number: int) -> None:
    """Keep the counts of this process in the shared folder, as those of the worker with this number.

    Call it before any metric is made. A worker continues the counts of an earlier one with its number, so that the
    folder does not grow with every restart.
    """
    values.ValueClass = values.MultiProcessValue(lambda: number)  # type: ignore[no-untyped-call]


def forget_worker(number: int, folder: Path) -> None:
    """Drop the gauges of a worker that has ended; its counters stay."""
    mark_process_dead(number, str(folder))  # type: ignore[no-untyped-call]


def counts_of_all(own: CollectorRegistry) -> CollectorRegistry:
    """Return the registry that /metrics shows: `own` if the process is alone, otherwise the sums over all workers."""
    folder = os.environ.get(_COUNTS)
    if not folder:
        return own
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return registry
