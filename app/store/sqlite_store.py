"""Keep shared state in an SQLite file, for several processes of one machine."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from app.store.outages import Outages
from app.store.protocol import Added, Space, StoreStartError, shared_name

_T = TypeVar("_T")
_BUSY_SECONDS = 1.0
# WAL lets others read while one process writes. A commit does not wait for the disk: after a loss of power the last
# entries may be missing, and after the death of a process none is.
_OPEN = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA secure_delete = ON;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS entries (
    space TEXT NOT NULL, name TEXT NOT NULL, until REAL NOT NULL, value BLOB NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (space, name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ends ON entries (until);
CREATE INDEX IF NOT EXISTS ends_by_space ON entries (space, until);
CREATE TABLE IF NOT EXISTS sizes (space TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS added AFTER INSERT ON entries BEGIN
    INSERT INTO sizes VALUES (new.space, 1) ON CONFLICT DO UPDATE SET size = size + 1;
END;
CREATE TRIGGER IF NOT EXISTS deleted AFTER DELETE ON entries BEGIN
    UPDATE sizes SET size = size - 1 WHERE space = old.space;
END;
CREATE TABLE IF NOT EXISTS beginning (id INTEGER PRIMARY KEY CHECK (id = 0), seconds INTEGER NOT NULL);
"""


class SqliteStore:
    """A store in a file. Calls run one after the other in a thread of their own, because a write may wait for a disk.

    Ends are times since 1970, as those of tokens are, so that they mean the same in every process.
    """

    is_shared = True

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._outages = Outages(sqlite3.Error)
        self._connection: sqlite3.Connection | None = None
        self._thread: ThreadPoolExecutor | None = None

    def check(self) -> None:
        """Make the file if there is none. Raises StoreStartError if it cannot be used."""
        try:
            connection = self._opened()
            connection.execute("DELETE FROM entries WHERE until <= ?", (self._clock(),))
            connection.close()
        except sqlite3.Error as error:
            raise StoreStartError(f"SII_AFP_STORE: the file {self._path} cannot be used ({error}).") from None

    async def add(self, space: Space, name: str, seconds: float, since: float | None = None) -> Added:
        """See Store."""

        def add(database: sqlite3.Connection, now: float) -> Added:
            if since is not None and since < database.execute("SELECT seconds FROM beginning").fetchone()[0]:
                return Added.FORGOTTEN
            if _has(database, space, name):
                return Added.KNOWN
            if _is_full(database, space):
                return Added.FULL
            _insert(database, space, name, now + seconds)
            return Added.NEW

        return await self._run(add)

    async def put(self, space: Space, name: str, value: bytes, seconds: float) -> None:
        """See Store."""

        def put(database: sqlite3.Connection, now: float) -> None:
            database.execute("DELETE FROM entries WHERE (space, name) = (?, ?)", (space.name, name))
            while _is_full(database, space):
                database.execute(
                    "DELETE FROM entries WHERE (space, name) IN "
                    "(SELECT space, name FROM entries WHERE space = ? ORDER BY until LIMIT 1)",
                    (space.name,),
                )
            _insert(database, space, name, now + seconds, value)

        await self._run(put)
        # Values may be of a patient: they are deleted in time even if no further call comes.
        asyncio.get_running_loop().call_later(seconds, self._purge)

    async def get(self, space: Space, name: str) -> bytes | None:
        """See Store."""
        return await self._run(lambda database, _: _value(database, space, name))

    async def take(self, space: Space, name: str) -> bytes | None:
        """See Store."""

        def take(database: sqlite3.Connection, _now: float) -> bytes | None:
            value = _value(database, space, name)
            database.execute("DELETE FROM entries WHERE (space, name) = (?, ?)", (space.name, name))
            return value

        return await self._run(take)

    async def change(self, space: Space, name: str, before: bytes, after: bytes) -> bool:
        """See Store."""

        def change(database: sqlite3.Connection, _now: float) -> bool:
            done = database.execute(
                "UPDATE entries SET value = ? WHERE (space, name, value) = (?, ?, ?)",
                (after, space.name, name, before),
            )
            return done.rowcount == 1

        return await self._run(change)

    async def count(self, space: Space, name: str, seconds: float) -> tuple[int, float]:
        """See Store."""

        def count(database: sqlite3.Connection, now: float) -> tuple[int, float]:
            counted = name
            if not _has(database, space, counted) and _is_full(database, space):
                counted = shared_name(name, space.most)
            if not _has(database, space, counted):
                _insert(database, space, counted, now + seconds)
            number, until = database.execute(
                "UPDATE entries SET number = number + 1 WHERE (space, name) = (?, ?) RETURNING number, until",
                (space.name, counted),
            ).fetchone()
            return number, until - now

        return await self._run(count)

    async def close(self) -> None:
        """See Store."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.get_running_loop().run_in_executor(thread, self._close)
            thread.shutdown(wait=False)

    async def _run(self, work: Callable[[sqlite3.Connection, float], _T]) -> _T:
        """Run a transaction in the thread, without what has ended."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "store")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transaction, work)

    def _transaction(self, work: Callable[[sqlite3.Connection, float], _T]) -> _T:
        with self._outages.watch():
            try:
                database = self._connection = self._connection or self._opened()
                database.execute("BEGIN IMMEDIATE")
                now = self._clock()
                database.execute("DELETE FROM entries WHERE until <= ?", (now,))
                found = work(database, now)
                database.execute("COMMIT")
            except sqlite3.Error:
                self._close()  # the file may have been replaced
                raise
            return found

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        try:
            connection.executescript(_OPEN)
            connection.execute("INSERT OR IGNORE INTO beginning VALUES (0, ?)", (int(self._clock()),))
            connection.execute("COMMIT")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _purge(self) -> None:
        if self._thread is not None:
            self._thread.submit(self._delete_ended)

    def _delete_ended(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):  # the next call deletes them
                self._connection.execute("DELETE FROM entries WHERE until <= ?", (self._clock(),))


def _has(database: sqlite3.Connection, space: Space, name: str) -> bool:
    found = database.execute("SELECT 1 FROM entries WHERE (space, name) = (?, ?)", (space.name, name))
    return found.fetchone() is not None


def _is_full(database: sqlite3.Connection, space: Space) -> bool:
    found = database.execute("SELECT size FROM sizes WHERE space = ?", (space.name,)).fetchone()
    return found is not None and found[0] >= space.most


def _value(database: sqlite3.Connection, space: Space, name: str) -> bytes | None:
    found = database.execute("SELECT value FROM entries WHERE (space, name) = (?, ?)", (space.name, name)).fetchone()
    return found[0] if found else None


def _insert(database: sqlite3.Connection, space: Space, name: str, until: float, value: bytes = b"") -> None:
    database.execute("INSERT INTO entries VALUES (?, ?, ?, ?, 0)", (space.name, name, until, value))
