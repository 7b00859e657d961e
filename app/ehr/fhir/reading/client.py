"""Search an EHR: run several FHIR searches at once, every page of each, under one deadline."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from app.ehr.fhir.operation_outcome import FHIR_JSON
from app.ehr.fhir.reading.bundles import BundleError, next_page
from app.ehr.fhir.reading.references import normalised_base
from app.ehr.fhir.reading.resources import is_bundle
from app.net.json_client import Outbound, OutboundError

DEADLINE_SECONDS = 3.0
MOST_PAGES = 20


async def search(
    outbound: Outbound, base: str, queries: Mapping[str, str], access_token: str | None
) -> dict[str, Mapping[str, Any]]:
    """Return the resource that answers each query (`Observation?...`, percent-encoded), by the query's name.

    A Bundle has the entries of all its pages. `base` must have been checked against the site's list; pages of another
    server are not fetched. Raises OutboundError if any query fails or has too many pages; no query is repeated.
    """
    headers = {"accept": FHIR_JSON}
    if access_token:
        headers["authorization"] = f"Bearer {access_token}"
    service = base.rstrip("/")

    async def page_at(address: str) -> Mapping[str, Any]:
        answer = await outbound.get(address, headers)
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise OutboundError("it refused a search", answer.status)
        return answer.body

    async def one(query: str) -> Mapping[str, Any]:
        address = f"{service}/{query}"
        first = page = await page_at(address)
        entries = list(_entries_of(page))
        for _ in range(MOST_PAGES):
            following = _next_address(page, address, service)
            if following is None:
                return first if page is first else {**first, "link": [], "entry": entries}
            address, page = following, await page_at(following)
            if not is_bundle(page):
                raise OutboundError("a page of its answer is not a Bundle")
            entries += _entries_of(page)
        raise OutboundError("a search has more than {most} pages", most=MOST_PAGES)

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


def _next_address(page: Mapping[str, Any], address: str, service: str) -> str | None:
    """Return the address of the next page, if there is one. Raises OutboundError unless it is on the same server."""
    if not is_bundle(page):
        return None
    try:
        link = next_page(page)
        following = None if link is None else urljoin(address, link)
    except (BundleError, ValueError):
        raise OutboundError("the address of its next page is malformed") from None
    if following is None:
        return None
    path = following.partition("?")[0]
    server, expected = normalised_base(path), normalised_base(service)
    has_dots = any(part.lower().replace("%2e", ".") in (".", "..") for part in path.split("/"))
    if has_dots or server is None or expected is None or not f"{server}/".startswith(f"{expected}/"):
        raise OutboundError("its next page is on another server")
    return following


def _entries_of(page: Mapping[str, Any]) -> list[Any]:
    """Return the entries of a page, unchecked. Raises OutboundError if Bundle.entry is not a list."""
    entries = page.get("entry", []) if is_bundle(page) else []
    if not isinstance(entries, list):
        raise OutboundError("Bundle.entry of its answer is not a list")
    return entries


def _first(group: BaseExceptionGroup[OutboundError]) -> OutboundError:
    found = group.exceptions[0]
    return found if isinstance(found, OutboundError) else _first(found)
