"""Define the interface of a store of shared state."""

import zlib
from enum import Enum
from typing import NamedTuple, Protocol

from app.core.errors import ConfigurationError, SiiAfpError


class StoreStartError(ConfigurationError):
    """The store of shared state cannot be used at start; the message names it without its password, and says why."""


class StoreError(SiiAfpError):
    """The store of shared state cannot be reached. The log says so once a minute."""


class Added(Enum):
    """What became of a name that was to be added once."""

    NEW = "new"
    KNOWN = "known"
    FULL = "full"
    """The space holds as many names as it may."""
    FORGOTTEN = "forgotten"
    """The store may have lost what was added at that time, so the name may not be new."""


class Space(NamedTuple):
    """A group of entries with its own limit, so that one group cannot displace another."""

    name: str
    most: int


class Store(Protocol):
    """Entries by space and name, each with a time to live. Every method may raise StoreError.

    Each method is atomic. A name has at most 128 characters: callers hash what may be longer.
    """

    @property
    def is_shared(self) -> bool:
        """Whether other processes see the entries."""

    async def add(self, space: Space, name: str, seconds: float, since: float | None = None) -> Added:
        """Add a name once. In a full space no other name is added.

        `since` is a time in seconds since 1970: if the store has begun to remember later, nothing is added.
        """

    async def put(self, space: Space, name: str, value: bytes, seconds: float) -> None:
        """Keep a value under a name, in place of an earlier one. A full space loses the value that ends first."""

    async def get(self, space: Space, name: str) -> bytes | None:
        """Return the value of a name, or None."""

    async def take(self, space: Space, name: str) -> bytes | None:
        """Return the value of a name and delete it, or None. Of several callers one gets the value."""

    async def change(self, space: Space, name: str, before: bytes, after: bytes) -> bool:
        """Replace a value if it is still `before`, and return whether it was. Its time to live stays the same."""

    async def count(self, space: Space, name: str, seconds: float) -> tuple[int, float]:
        """Count one more, and return the number since the first and the seconds until the count ends.

        In a full space a new name shares the count of others, so that many names cannot displace another name.
        """

    async def close(self) -> None:
        """Close files and connections. The next call opens them again."""


def shared_name(name: str, most: int) -> str:
    """Return the name under which a name counts in a full space: one of as many as the space may have."""
    return f"shared {zlib.crc32(name.encode()) % most}"  # the same in every process
