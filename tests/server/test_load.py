"""Mixed requests over many connections have the right answers: the short form of `scripts/prove load`."""

import asyncio
import random
from dataclasses import replace
from itertools import pairwise

from scripts.proofs.load import Run, mixed_exchanges, prove, send
from scripts.proofs.served import served


def test_mixed_requests_have_their_right_answers() -> None:
    found = prove(0.002)
    assert [sentence for sentence in found.broken if "memory" not in sentence] == []
    assert found.counts["answers that are right"] == 2000
    assert found.counts["lost"] == 0


def test_wrong_and_lost_answers_are_found() -> None:
    exchanges = [one for one in mixed_exchanges() if one.kind == "JSON"]
    other = [replace(one, body=another.body, fixed=another.fixed) for one, another in pairwise(exchanges)]
    run = Run(other, 50, random.Random(1))  # noqa: S311 - repeatable on purpose
    with served() as service:
        asyncio.run(send(run, [("127.0.0.1", service.port)]))
        assert (run.right, len(run.wrong), run.lost) == (0, 50, 0)
        run = Run(exchanges, 1_000_000, random.Random(1))  # noqa: S311

        async def killed() -> None:
            sending = asyncio.create_task(send(run, [("127.0.0.1", service.port)]))
            while run.right < 100:
                await asyncio.sleep(0.01)
            service.process.kill()
            await sending

        asyncio.run(killed())
    assert run.wrong == []
    assert run.lost > 0
