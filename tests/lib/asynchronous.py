"""Calling asynchronous code from a test in another thread: the browser's driver keeps a loop running in this one."""

from collections.abc import Awaitable, Callable
from typing import TypeVar, TypeVarTuple

from anyio.from_thread import start_blocking_portal

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


def awaited(function: Callable[[*Arguments], Awaitable[T]], *arguments: *Arguments) -> T:
    with start_blocking_portal() as portal:
        return portal.call(function, *arguments)
