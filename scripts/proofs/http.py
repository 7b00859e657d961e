"""Send odd and hostile HTTP to a real server on both protocols, and compare the answers.

Promise: no 5xx, an end within the deadlines, and no answer to a second request if the length of the first is ambiguous.
`python -m scripts.proofs.http` prints the table of docs/http.md.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import get_args

from scripts.proofs.findings import Findings
from scripts.proofs.http_cases import Case, cases
from tests.lib.service_process import Line, Stack, running

STACKS: tuple[Stack, ...] = get_args(Stack)
_DEADLINES = {"header_seconds": 1, "body_seconds": 1, "idle_seconds": 1.5}
_HANGS_SECONDS = 20
_AT_ONCE = 40
_AT_ONCE_CLOSED_SECONDS = 0.5  # for the table alone


@dataclass(frozen=True, slots=True)
class Outcome:
    """The statuses that came back, and whether the service closed the connection before it was idle."""

    statuses: tuple[int, ...]
    is_closed: bool = False
    hangs: bool = False


def prove(_scale: float) -> Findings:
    """Send every case to both protocols, in full whatever the scale."""
    found = Findings("http")
    for stack in STACKS:
        seen, errors = outcomes(stack, list(cases()))
        found.check(not errors, f"{stack}: the log has {errors[:3]}")
        for case, outcome in seen.items():
            found.counts[f"cases, {stack}"] += 1
            judge(found, f"{stack}: {case.group}: {case.name}", case, outcome)
    return found


def outcomes(stack: Stack, wanted: Sequence[Case]) -> tuple[dict[Case, Outcome], list[Line]]:
    """Return what a server on one protocol does with each case, and the errors in its log."""
    with running(stack, **_DEADLINES) as service:
        found = asyncio.run(_send_all(service.port, wanted))
        is_ready = service.get("/health/ready").status == 200
        service.process.terminate()
        service.wait_for_end()
        errors = [line for line in service.lines if line.get("level") == "error" or int(line.get("status", 0)) >= 500]
    return dict(zip(wanted, found, strict=True)), errors if is_ready else [*errors, {"event": "not ready at the end"}]


def judge(found: Findings, name: str, case: Case, outcome: Outcome) -> None:
    """Compare one outcome with what is right."""
    statuses = outcome.statuses
    shown = f"{name}: {statuses}"
    found.check(not outcome.hangs, f"{shown}: hangs")
    found.check(all(status < 500 or status in (501, 505) for status in statuses), f"{shown}: 5xx")
    found.check(len(statuses) <= len(case.statuses), f"{shown}: more answers than requests")
    found.check(bool(statuses), f"{shown}: no answer")
    for position, (status, right) in enumerate(zip(statuses, case.statuses, strict=False), 1):
        found.check(status in right, f"{shown}: answer {position} should be {sorted(right)}")
    if statuses and len(statuses) < len(case.statuses):
        may_end = statuses[-1] >= 400 or 0 in case.statuses[len(statuses)]
        found.check(may_end, f"{shown}: {len(case.statuses)} answers expected")


async def _send_all(port: int, wanted: Sequence[Case]) -> list[Outcome]:
    room = asyncio.Semaphore(_AT_ONCE)

    async def send(case: Case) -> Outcome:
        async with room:
            return await _send(port, case)

    return await asyncio.gather(*(send(case) for case in wanted))


async def _send(port: int, case: Case) -> Outcome:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received, last = b"", time.monotonic()

    async def write() -> None:
        with suppress(ConnectionError):
            for piece in case.pieces:
                writer.write(piece)
                await writer.drain()
                if len(case.pieces) > 1:
                    await asyncio.sleep(0)  # each piece in its own packet, if possible

    writing = asyncio.create_task(write())
    hangs = False
    try:
        async with asyncio.timeout(_HANGS_SECONDS):
            with suppress(ConnectionError):
                while piece := await reader.read(65_536):
                    received, last = received + piece, time.monotonic()
    except TimeoutError:
        hangs = True
    seconds = time.monotonic() - last
    writing.cancel()
    writer.close()
    is_head = case.pieces[0].startswith(b"HEAD")
    statuses = tuple(_statuses(received, has_body=not is_head))
    return Outcome(statuses, not hangs and seconds < _AT_ONCE_CLOSED_SECONDS, hangs)


def _statuses(received: bytes, *, has_body: bool) -> Iterator[int]:
    """Yield the status of each final answer."""
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if status < 200:
            continue
        yield status
        if not has_body:
            continue
        if fields.get("transfer-encoding") == "chunked":
            received = received.partition(b"0\r\n\r\n")[2]
        else:
            received = received[int(fields.get("content-length", len(received))) :]


def table() -> Iterator[str]:
    """Yield the lines of a table: what is sent, and what each protocol does."""
    wanted = list(cases())
    found = {stack: outcomes(stack, wanted)[0] for stack in STACKS}
    group = ""
    for case in wanted:
        if case.group != group:
            group = case.group
            yield f"\n## {group.capitalize()}\n"
            yield "| Sent | httptools | h11 |\n|---|---|---|"
        name = case.name.replace("|", "\\|")
        yield f"| {name} | {' | '.join(_shown(found[stack][case]) for stack in STACKS)} |"


def _shown(outcome: Outcome) -> str:
    runs = Counter(outcome.statuses)
    statuses = (
        f"{len(outcome.statuses)} times {outcome.statuses[0]}" if len(runs) == 1 and len(outcome.statuses) > 3 else ""
    )
    return f"{statuses or ', '.join(map(str, outcome.statuses))}{', closed' if outcome.is_closed else ''}"


if __name__ == "__main__":
    print("\n".join(table()).strip())
