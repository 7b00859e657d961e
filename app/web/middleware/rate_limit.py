"""Count the requests of each client in a minute, in a table of limited size."""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

_MINUTE = 60.0
_MOST_CLIENTS = 10_000
_IPV6_NETWORK_BITS = 64  # one customer usually has at least as many addresses


@dataclass(slots=True)
class _Window:
    start: float
    count: int = 0


class RateLimit:
    """Counts by client; the minute of each begins with its first request.

    In a full table a client without an entry shares one of as many others, chosen by its hash. So the table is bounded,
    and many addresses cannot delete the entry of another client.
    """

    def __init__(self, clock: Callable[[], float], most_clients: int = _MOST_CLIENTS) -> None:
        self._clock = clock
        self._most_clients = most_clients
        self._windows: dict[Hashable, _Window] = {}  # the oldest first

    def __len__(self) -> int:
        """Return how many entries the table has."""
        return len(self._windows)

    def wait_seconds(self, client: Hashable, most: int) -> int:
        """Count a request; return 0, or how many seconds to wait if the client has sent more than `most`."""
        now = self._clock()
        while self._windows and now - next(iter(self._windows.values())).start >= _MINUTE:
            del self._windows[next(iter(self._windows))]
        if client not in self._windows and len(self._windows) >= self._most_clients:
            client = hash(client) % self._most_clients
        window = self._windows.setdefault(client, _Window(now))
        window.count += 1
        return 0 if window.count <= most else max(1, math.ceil(window.start + _MINUTE - now))


def network_of(address: str) -> str:
    """Return what counts as one address: for IPv6 the first 64 bits, because one client has many addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> _IPV6_NETWORK_BITS:x}/{_IPV6_NETWORK_BITS}"
