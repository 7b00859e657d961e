"""Every store does the same: in memory, in a file, and on a server."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from app.store.protocol import Added, Space, Store
from tests.lib.asynchronous import awaited
from tests.lib.stores import MakeStore

LONG = 100.0
SHORT = 1.0  # long enough for some calls on a busy machine


@pytest.fixture
def space() -> Space:
    """A space of four entries that no other test uses."""
    return Space(f"test-{uuid.uuid4()}", 4)


def run(make_store: MakeStore, use: Callable[[Store, Store], Awaitable[None]]) -> None:
    """Use two stores with the same entries, and close them."""

    async def use_and_close() -> None:
        first, second = make_store(), make_store()
        try:
            await use(first, second)
        finally:
            await first.close()
            await second.close()

    awaited(use_and_close)


async def eventually(is_true: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + 30
    while not await is_true():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def test_name_is_added_once(make_store: MakeStore, space: Space) -> None:
    async def use(first: Store, second: Store) -> None:
        assert await first.add(space, "a", LONG) is Added.NEW
        assert await second.add(space, "a", LONG) is Added.KNOWN
        assert await second.add(Space(f"{space.name} 2", 4), "a", LONG) is Added.NEW

    run(make_store, use)


def test_one_of_many_callers_adds_a_name(make_store: MakeStore, space: Space) -> None:
    async def use(first: Store, second: Store) -> None:
        found = await asyncio.gather(*(one.add(space, "a", LONG) for one in (first, second) * 20))
        assert Counter(found) == {Added.NEW: 1, Added.KNOWN: 39}

    run(make_store, use)


def test_full_space_adds_nothing_until_a_name_ends(make_store: MakeStore, space: Space) -> None:
    async def use(first: Store, second: Store) -> None:
        assert await first.add(space, "short", SHORT) is Added.NEW
        assert [await second.add(space, str(number), LONG) for number in range(3)] == [Added.NEW] * 3
        assert [await first.add(space, name, LONG) for name in ("one more", "0")] == [Added.FULL, Added.KNOWN]
        assert await first.add(Space(f"{space.name} 2", 4), "one more", LONG) is Added.NEW

        async def is_added() -> bool:
            return await first.add(space, "one more", LONG) is Added.NEW

        await eventually(is_added)

    run(make_store, use)


def test_name_of_a_time_before_the_store_is_not_added(make_store: MakeStore, space: Space) -> None:
    async def use(first: Store, second: Store) -> None:
        assert await first.add(space, "a", LONG, time.time()) is Added.NEW
        assert await first.add(space, "b", LONG, time.time() - 3600) is Added.FORGOTTEN
        assert await second.add(space, "b", LONG, time.time()) is Added.NEW

    run(make_store, use)


def test_value_is_kept_replaced_and_ends(make_store: MakeStore, space: Space) -> None:
    async def use(first: Store, second: Store) -> None:
        assert await first.get(space, "a") is None
        await first.put(space, "a", b"\x00\xff1", LONG)
        assert await second.get(space, "a") == b"\x00\xff1"
        await second.put(space, "a", b"2", SHORT)
        assert await first.get(space, "b") is None

        async def has_ended() -> bool:
            return await first.get(space, "a") is None

        await eventually(has_ended)

    run(make_store, use)


def test_value_that_ends_first_gives_way(make_store: MakeStore, space: Space) -> None:
    async def use(first: Store, second: Store) -> None:
        for number in (2, 1, 3, 4, 5):
            await first.put(space, str(number), b"x", LONG + number)
        assert [await second.get(space, str(number)) for number in range(1, 6)] == [None, *[b"x"] * 4]
        await first.put(space, "5", b"y", LONG)
        assert await second.get(space, "2") == b"x"

    run(make_store, use)


def test_one_of_many_callers_takes_a_value(make_store: MakeStore, space: Space) -> None:
    async def use(first: Store, second: Store) -> None:
        await first.put(space, "a", b"x", LONG)
        found = await asyncio.gather(*(one.take(space, "a") for one in (first, second) * 10))
        assert Counter(found) == {b"x": 1, None: 19}
        assert await first.get(space, "a") is None

    run(make_store, use)


def test_one_of_many_callers_changes_a_value(make_store: MakeStore, space: Space) -> None:
    async def use(first: Store, second: Store) -> None:
        await first.put(space, "a", b"x", LONG)
        tried = ((one, str(number).encode()) for number in range(10) for one in (first, second))
        found = await asyncio.gather(*(one.change(space, "a", b"x", after) for one, after in tried))
        assert Counter(found) == {True: 1, False: 19}
        assert not await first.change(space, "b", b"x", b"y")

    run(make_store, use)


def test_changed_value_ends_when_it_would_have_ended(make_store: MakeStore, space: Space) -> None:
    async def use(first: Store, second: Store) -> None:
        await first.put(space, "a", b"x", SHORT)
        await first.change(space, "a", b"x", b"y")

        async def has_ended() -> bool:
            return await second.get(space, "a") is None

        await eventually(has_ended)

    run(make_store, use)


def test_requests_of_all_processes_are_counted(make_store: MakeStore, space: Space) -> None:
    async def use(first: Store, second: Store) -> None:
        found = await asyncio.gather(*(one.count(space, "a", LONG) for one in (first, second) * 5))
        assert sorted(number for number, _ in found) == list(range(1, 11))
        assert all(0 <= left <= LONG + 0.001 for _, left in found)
        assert (await second.count(space, "b", SHORT))[0] == 1

        async def has_ended() -> bool:
            return (await first.count(space, "b", SHORT))[0] == 1

        await eventually(has_ended)

    run(make_store, use)


def test_many_names_cannot_displace_a_count(make_store: MakeStore, space: Space) -> None:
    async def use(first: Store, second: Store) -> None:
        assert (await first.count(space, "patient", LONG))[0] == 1
        found = [(await first.count(space, f"address {number}", LONG))[0] for number in range(50)]
        assert found[:3] == [1, 1, 1]
        assert sum(found[3:]) > 4 * len(found)
        assert (await second.count(space, "patient", LONG))[0] == 2

    run(make_store, use)


def test_closed_store_opens_again(make_store: MakeStore, space: Space) -> None:
    async def use(first: Store, _second: Store) -> None:
        await first.put(space, "a", b"x", LONG)
        await first.close()
        assert await first.get(space, "a") == b"x"

    run(make_store, use)
