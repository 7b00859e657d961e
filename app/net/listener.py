"""Bind the address that the service listens on, and say why if that is not possible."""

import errno
import os
import socket
import time
from typing import Any

from app.core.errors import SiiAfpError

EXHAUSTED = (errno.EMFILE, errno.ENFILE)
# asyncio tries again after a second.
_REST_SECONDS = 0.5
_REASONS = {
    errno.EADDRINUSE: "another program uses the port. Stop it, or choose another port",
    errno.EADDRNOTAVAIL: "the address is not one of this machine. Use 127.0.0.1, 0.0.0.0 or an address of this machine",
    errno.EACCES: "ports below 1024 need special rights. Choose a port above",
}


class ListenError(SiiAfpError):
    """The service cannot listen on its address; the message says why."""


class Listener(socket.socket):
    """A listening socket that fails only once if the process has no file descriptor left.

    asyncio calls `accept` up to 2,048 times even if each fails, and reports each failure (CPython gh-151615).
    """

    _rests_until = 0.0

    def accept(self) -> tuple[socket.socket, Any]:
        """Return a connection. Raises OSError at the first failure, then BlockingIOError until asyncio waits."""
        if time.monotonic() < self._rests_until:
            raise BlockingIOError
        try:
            return super().accept()
        except OSError as error:
            if error.errno in EXHAUSTED:
                self._rests_until = time.monotonic() + _REST_SECONDS
            raise


def bind(host: str, port: int) -> list[socket.socket]:
    """Return a bound socket for each address of the host. Raises ListenError with the reason."""
    bound: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, address in dict.fromkeys((entry[0], entry[4]) for entry in found):
            listener = Listener(family, socket.SOCK_STREAM)
            bound.append(listener)
            if os.name == "posix":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.settimeout(0)
            listener.bind(address)
    except OSError as error:
        for one in bound:
            one.close()
        raise cannot_listen(host, port, error) from None
    return bound


def cannot_listen(host: str, port: int, error: OSError) -> ListenError:
    """Return the error that says why the service cannot listen."""
    is_unknown = isinstance(error, socket.gaierror)
    reason = "the name has no address" if is_unknown else _REASONS.get(error.errno or 0, error.strerror)
    return ListenError(f"SII_AFP_HOST, SII_AFP_PORT: cannot listen on {host}, port {port}: {reason}.")
