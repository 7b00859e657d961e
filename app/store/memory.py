"""Keep shared state in this process: the default, for a service that is one process."""

import asyncio
import heapq
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from app.store.protocol import Added, Space, shared_name


@dataclass(slots=True)
class _Entry:
    until: float
    value: bytes = b""
    number: int = 0


@dataclass(slots=True)
class _Table:
    """The entries of a space, and their ends in order. An end whose entry was replaced or deleted has no effect."""

    entries: dict[str, _Entry] = field(default_factory=dict)
    ends: list[tuple[float, str]] = field(default_factory=list)

    def keep(self, name: str, entry: _Entry) -> None:
        self.entries[name] = entry
        heapq.heappush(self.ends, (entry.until, name))

    def purge(self, now: float) -> None:
        """Delete what has ended."""
        while self.ends and self.ends[0][0] <= now:
            self._delete_first()

    def make_room(self, most: int) -> None:
        while len(self.entries) >= most:
            self._delete_first()

    def _delete_first(self) -> None:
        until, name = heapq.heappop(self.ends)
        entry = self.entries.get(name)
        if entry is not None and entry.until == until:
            del self.entries[name]


class MemoryStore:
    """A store in this process. `clock` gives the seconds that entries live by, `now` the seconds since 1970."""

    is_shared = False

    def __init__(self, clock: Callable[[], float] = time.monotonic, now: Callable[[], float] = time.time) -> None:
        self._clock = clock
        # Callers give whole seconds: a token of the second in which the process began is not an earlier one.
        self._began = int(now())
        self._tables: dict[str, _Table] = {}

    def __len__(self) -> int:
        """Return how many entries there are, including those that have ended and are not deleted yet."""
        return sum(len(table.entries) for table in self._tables.values())

    async def add(self, space: Space, name: str, seconds: float, since: float | None = None) -> Added:
        """See Store."""
        if since is not None and since < self._began:
            return Added.FORGOTTEN
        table = self._table(space)
        if name in table.entries:
            return Added.KNOWN
        if len(table.entries) >= space.most:
            return Added.FULL
        table.keep(name, _Entry(self._clock() + seconds))
        return Added.NEW

    async def put(self, space: Space, name: str, value: bytes, seconds: float) -> None:
        """See Store."""
        table = self._table(space)
        table.entries.pop(name, None)
        table.make_room(space.most)
        table.keep(name, _Entry(self._clock() + seconds, value))
        # Values may be of a patient: they are deleted in time even if no further call comes.
        asyncio.get_running_loop().call_later(seconds, self._table, space)

    async def get(self, space: Space, name: str) -> bytes | None:
        """See Store."""
        entry = self._table(space).entries.get(name)
        return entry.value if entry else None

    async def take(self, space: Space, name: str) -> bytes | None:
        """See Store."""
        entry = self._table(space).entries.pop(name, None)
        return entry.value if entry else None

    async def change(self, space: Space, name: str, before: bytes, after: bytes) -> bool:
        """See Store."""
        entry = self._table(space).entries.get(name)
        if entry is None or entry.value != before:
            return False
        entry.value = after
        return True

    async def count(self, space: Space, name: str, seconds: float) -> tuple[int, float]:
        """See Store."""
        table, now = self._table(space), self._clock()
        if name not in table.entries and len(table.entries) >= space.most:
            name = shared_name(name, space.most)
        if name not in table.entries:
            table.keep(name, _Entry(now + seconds))
        entry = table.entries[name]
        entry.number += 1
        return entry.number, entry.until - now

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def _table(self, space: Space) -> _Table:
        with suppress(KeyError):
            table = self._tables[space.name]
            table.purge(self._clock())
            return table
        return self._tables.setdefault(space.name, _Table())
