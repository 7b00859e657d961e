"""Asking a record system: several FHIR searches at once, under one deadline, never beyond the first page."""

import asyncio
from collections.abc import Mapping
from typing import Any

from app.ehr.outcome import FHIR_JSON
from app.outbound import Outbound, OutboundError

DEADLINE_SECONDS = 3.0


async def search(
    outbound: Outbound, base: str, queries: Mapping[str, str], access_token: str | None
) -> dict[str, Mapping[str, Any]]:
    """Return the resource that answers each query (`Observation?...`, percent-encoded), by the query's name.

    `base` must have been checked against the site's list. Raises OutboundError if any query fails; none is repeated.
    """
    headers = {"accept": FHIR_JSON}
    if access_token:
        headers["authorization"] = f"Bearer {access_token}"

    async def one(query: str) -> Mapping[str, Any]:
        answer = await outbound.get(f"{base.rstrip('/')}/{query}", headers)
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise OutboundError("a search was refused", answer.status)
        return answer.body

    tasks: dict[str, asyncio.Task[Mapping[str, Any]]] = {}
    try:
        async with asyncio.timeout(outbound.deadline_seconds), asyncio.TaskGroup() as group:
            tasks |= {name: group.create_task(one(query)) for name, query in queries.items()}
    except TimeoutError:
        raise OutboundError("no answer in time") from None
    except BaseExceptionGroup as group_error:
        failed = group_error.subgroup(OutboundError)
        if failed is None:
            raise
        raise _first(failed) from None
    return {name: task.result() for name, task in tasks.items()}


def _first(group: BaseExceptionGroup[OutboundError]) -> OutboundError:
    found = group.exceptions[0]
    return found if isinstance(found, OutboundError) else _first(found)
