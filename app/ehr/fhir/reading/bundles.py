"""What a Bundle holds: its resources, each with where it was found; and whether it is whole, or tells of a failure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.errors import SiiAfpError
from app.ehr.fhir.reading.references import base_of, resource_key
from app.ehr.fhir.reading.resources import Resource, is_bundle, is_outcome, reference_of
from app.ehr.fhir.reading.times import instant

_REMARK = ("warning", "information")
_MATCH, _INCLUDED, _OUTCOME = _MODES = ("match", "include", "outcome")
_DELETION, _NOTHING = "deletion", "nothing"


class BundleError(SiiAfpError):
    """A Bundle is malformed; the message names the element."""


@dataclass(frozen=True, slots=True)
class Found:
    """A resource as it was found: with the base of its server, if known, and the other resources of its Bundle.

    `beside` holds every resource of the Bundle by its key; `key` is its own (see `resource_key`). `is_disputed` says
    that there is another version of it, and that which is newer is not known.
    """

    resource: Resource
    base: str | None = None
    beside: Mapping[str, Resource] = field(default_factory=dict, repr=False)
    key: str | None = None
    is_disputed: bool = False

    def beside_it(self, reference: Any) -> Resource | None:
        """Return the resource of the same Bundle that a reference names, if it is there."""
        key = resource_key(reference, self.base)
        return self.beside.get(key) if key else None


@dataclass(frozen=True, slots=True)
class BundleContent:
    """The results in a Bundle, whether it tells of a failed query, and why it is not the whole answer, if it is not.

    `included` is the number of Observations that a search merely included, which are no results.
    """

    matches: tuple[Found, ...]
    has_failed: bool
    missing: str | None
    included: int = 0


def found_alone(resource: Resource, base: str | None = None) -> Found:
    """Return a resource that was found outside a Bundle."""
    return Found(resource, base, key=resource_key(reference_of(resource), base))


def read_bundle(bundle: Resource, base: str | None = None) -> BundleContent:
    """Return what a Bundle holds. Raises BundleError if it is malformed.

    - Results are its resources, and those of a Bundle inside it, as a batch answers; but not what a search merely
      includes, outcomes of searches, nor resources that the Bundle says are deleted. `base` is the server that was
      asked; an entry's own `fullUrl` says better.
    - A query failed if there is an OperationOutcome with an issue of severity error or fatal, or of none that is known,
      whatever its `search.mode`, or a response with an error status. Information and warnings are no failure.
    - There is more than the Bundle holds if it has a `next` link, or a `total` above the number of its matches.
    """
    entries: list[Resource] = []
    missing: str | None = None
    for page in _pages(bundle):
        own = page.get("entry", [])
        missing = missing or _missing(page, own)
        entries += (entry for entry in own if not is_bundle(entry.get("resource")))
    roles = [_role_of(entry) for entry in entries]
    bases = [base_of(entry.get("fullUrl")) or base for entry in entries]
    keys = [_key_of(*found) for found in zip(entries, roles, bases, strict=True)]
    deleted = {key for role, key in zip(roles, keys, strict=True) if role == _DELETION}
    beside = _by_key(entries, roles, keys, base)
    matches = tuple(
        Found(entry["resource"], own_base, beside, key)
        for entry, role, own_base, key in zip(entries, roles, bases, keys, strict=True)
        if role == _MATCH and not (key is not None and key in deleted)
    )
    included = sum(
        role in (_INCLUDED, _OUTCOME) and entry["resource"]["resourceType"] == "Observation"
        for entry, role in zip(entries, roles, strict=True)
    )
    return BundleContent(matches, any(_has_failed(entry) for entry in entries), missing, included)


def newest_versions(found: Iterable[Found]) -> list[Found]:
    """Return each resource once, in its newest version by `meta.versionId` or `meta.lastUpdated`.

    Where two versions differ and neither says which is newer, one is returned as disputed.
    """
    by_key: dict[str, list[Found]] = {}
    kept = []
    for one in found:
        if one.key is None:
            kept.append(one)
        else:
            by_key.setdefault(one.key, []).append(one)
    return kept + [_newest_of(versions) for versions in by_key.values()]


def _newest_of(versions: list[Found]) -> Found:
    first = versions[0]
    if all(one.resource == first.resource for one in versions):
        return first
    for rank in (_version_number, _last_updated):
        ranks = [rank(one.resource) for one in versions]
        known = [one for one in ranks if one is not None]
        if len(known) == len(ranks) and known.count(max(known)) == 1:
            return versions[known.index(max(known))]
    return replace(first, is_disputed=True)


def _version_number(resource: Resource) -> float | None:
    meta = resource.get("meta")
    version = meta.get("versionId") if isinstance(meta, dict) else None
    return float(version) if isinstance(version, str) and version.isascii() and version.isdigit() else None


def _last_updated(resource: Resource) -> float | None:
    meta = resource.get("meta")
    moment = instant(meta.get("lastUpdated")) if isinstance(meta, dict) else None
    return moment.timestamp() if moment else None


def next_page(bundle: Resource) -> str | None:
    """Return the address of a Bundle's next page as it is written, or None. Raises BundleError."""
    links = bundle.get("link", [])
    if not isinstance(links, list) or not all(isinstance(link, dict) for link in links):
        raise BundleError("Bundle.link is not a list of objects")
    found = next((link for link in links if link.get("relation") == "next"), None)
    if found is None:
        return None
    if not isinstance(found.get("url"), str):
        raise BundleError("Bundle.link of the next page has no url")
    address: str = found["url"]
    return address


def _pages(bundle: Resource) -> Iterator[Resource]:
    """Yield a Bundle and the Bundles inside it, checked. Raises BundleError."""
    if "implicitRules" in bundle:
        raise BundleError("Bundle.implicitRules names rules that are not known here")
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise BundleError("Bundle.entry is not a list")
    for place, entry in enumerate(entries):
        if fault := _fault_of(entry):
            raise BundleError(f"Bundle.entry[{place}] {fault}")
    yield bundle
    for entry in entries:
        if is_bundle(entry.get("resource")):
            yield from _pages(entry["resource"])


def _fault_of(entry: Any) -> str | None:
    """Return what is wrong with an entry, for a reader who knows its place, or None."""
    if not isinstance(entry, dict):
        return "is not an object"
    for name in ("search", "request", "response"):
        if name in entry and not isinstance(entry[name], dict):
            return f"has a {name} that is not an object"
    fault = None
    resource = entry.get("resource")
    if "modifierExtension" in entry:
        fault = "has a modifierExtension, which is not known here"
    elif not isinstance(entry.get("fullUrl", ""), str):
        fault = "has a fullUrl that is not a text"
    elif "search" in entry and entry["search"].get("mode", _MATCH) not in _MODES:
        fault = f"has a search.mode that is none of {', '.join(_MODES)}"
    elif "resource" not in entry:
        fault = None if "request" in entry or "response" in entry else "has no resource"
    elif not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        fault = "has a resource that is not one of FHIR"
    return fault


def _missing(page: Resource, entries: list[Resource]) -> str | None:
    total = page.get("total", 0)
    if not isinstance(total, int):
        raise BundleError("Bundle.total is not a whole number")
    if next_page(page) is not None:
        return "it has a link to a next page"
    if not total:
        return None
    sent = sum(_role_of(entry) == _MATCH for entry in entries)
    # The total of a history counts deletions too.
    return f"it holds {sent} of {total} results" if total > sent and page.get("type") != "history" else None


def _key_of(entry: Resource, role: str, base: str | None) -> str | None:
    """Return the key of an entry's resource, or of the resource that it deletes; `base` is the entry's own."""
    if role == _DELETION:
        return resource_key(entry.get("fullUrl")) or resource_key(entry["request"].get("url"), base)
    return resource_key(reference_of(entry.get("resource", {})), base)


def _by_key(entries: list[Resource], roles: list[str], keys: list[str | None], base: str | None) -> dict[str, Resource]:
    """Return the resources by key, and by a `urn:` that is their fullUrl. One key for two resources names neither."""
    beside: dict[str, Resource] = {}
    ambiguous: set[str] = set()
    for entry, role, key in zip(entries, roles, keys, strict=True):
        if role in (_DELETION, _NOTHING):
            continue
        for name in filter(None, {key, resource_key(entry.get("fullUrl"), base)}):
            if name in beside and beside[name] != entry["resource"] and name.startswith("urn:"):
                ambiguous.add(name)
            beside[name] = entry["resource"]
    return {name: resource for name, resource in beside.items() if name not in ambiguous}


def _role_of(entry: Resource) -> str:
    """Return what an entry is: a deletion, nothing, an outcome, or what `search.mode` says, a match without it."""
    if "request" in entry and entry["request"].get("method") == "DELETE":
        return _DELETION
    if "resource" not in entry:
        return _NOTHING
    if entry["resource"]["resourceType"] == "OperationOutcome":
        return _OUTCOME
    mode: str = entry["search"].get("mode", _MATCH) if "search" in entry else _MATCH
    return mode


def _has_failed(entry: Resource) -> bool:
    if is_outcome(entry.get("resource")) and _is_error(entry["resource"]):
        return True
    if "response" not in entry:
        return False
    status, outcome = (entry["response"].get(name) for name in ("status", "outcome"))
    succeeded = isinstance(status, str) and status[:1] == "2"
    has_answer = "resource" in entry or "request" in entry
    if not succeeded and (status is not None or not has_answer):
        return True
    return is_outcome(outcome) and _is_error(outcome)


def _is_error(outcome: Resource) -> bool:
    """Return whether an outcome is a failure; one that cannot be read is."""
    issues = outcome.get("issue")
    severities = [
        issue.get("severity") if isinstance(issue, dict) else None
        for issue in (issues if isinstance(issues, list) and issues else [None])
    ]
    return any(severity not in _REMARK for severity in severities)
