"""Work on a large request runs in a thread, so that the event loop can answer others meanwhile."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

_P = ParamSpec("_P")
_T = TypeVar("_T")
LARGE_BYTES = 50_000  # a thread costs some 0.1 ms, as much as it takes to read a few kilobytes


async def run_sized(size: int, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Return what `work` returns: called in a thread for a request of many bytes, here for a small one."""
    if size < LARGE_BYTES:
        return work(*args, **kwargs)
    return await run_in_threadpool(work, *args, **kwargs)
