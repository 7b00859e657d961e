"""Call asynchronous code from a test in another thread, because the browser's driver runs a loop in this thread."""

from collections.abc import Awaitable, Callable
from typing import TypeVar, TypeVarTuple

from anyio.from_thread import start_blocking_portal

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


def awaited(function: Callable[[*Arguments], Awaitable[T]], *arguments: *Arguments) -> T:
    with start_blocking_portal() as portal:
        return portal.call(function, *arguments)
