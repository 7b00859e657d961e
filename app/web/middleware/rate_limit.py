"""Count the requests of each client in a minute."""

import hashlib
import math
from ipaddress import IPv6Address, ip_address

from app.store.protocol import Space, Store, StoreError

_MINUTE = 60.0
_MOST_CLIENTS = 10_000
_IPV6_NETWORK_BITS = 64  # one customer usually has at least as many addresses


class RateLimit:
    """Counts by client in the store; the minute of each begins with its first request."""

    def __init__(self, store: Store, most_clients: int = _MOST_CLIENTS) -> None:
        self._store = store
        self._space = Space("rate", most_clients)

    async def wait_seconds(self, client: tuple[str, ...], most: int) -> int:
        """Count a request; return 0, or how many seconds to wait if the client has sent more than `most`.

        If the store cannot be reached, there is no limit.
        """
        name = " ".join(client)
        if self._store.is_shared:  # an address of a client does not leave the process
            name = hashlib.sha256(name.encode()).hexdigest()[:32]
        try:
            number, left = await self._store.count(self._space, name, _MINUTE)
        except StoreError:
            return 0
        return 0 if number <= most else max(1, math.ceil(left))


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
