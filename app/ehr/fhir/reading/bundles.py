"""Read the resources of a Bundle, and decide whether the Bundle is complete or reports a failure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.errors import SiiAfpError
from app.ehr.fhir.reading.references import base_of, resource_key
from app.ehr.fhir.reading.resources import Resource, is_outcome, key_of
from app.ehr.fhir.reading.times import instant

_REMARK = ("warning", "information")
# The place of an entry: that of the entry with the Bundle around it, if there is one, and its number. Entries are many,
# so that only the paths that are needed are written out.
_Place = tuple["_Place | None", int]
_MATCH, _INCLUDED, _OUTCOME = _MODES = ("match", "include", "outcome")
_DELETION, _NOTHING = "deletion", "nothing"


class BundleError(SiiAfpError):
    """A Bundle is malformed: `path` names the element below the Bundle (`entry[0].search`), `code` the rule."""

    def __init__(self, code: str, path: str = "") -> None:
        super().__init__(f"{path}: {code}")
        self.code = code
        self.path = path

    def inside(self, name: str) -> "BundleError":
        """Return the same error with the path from a parent that holds the Bundle under a name."""
        return BundleError(self.code, f"{name}.{self.path}".strip("."))


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The reason why a Bundle is not the complete answer to a search: a code with parameters."""

    code: str
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A resource with the base of its server, if known, and the other resources of its Bundle.

    `beside` holds every resource of the Bundle by its key; `key` is its own (see `resource_key`). `is_disputed`: there
    is another version of it, and it is not known which is newer. `container` names the resource that contains it.
    """

    resource: Resource
    base: str | None = None
    beside: Mapping[str, Resource] = field(default_factory=dict, repr=False)
    key: str | None = None
    is_disputed: bool = False
    container: str | None = None

    def beside_it(self, reference: Any) -> Resource | None:
        """Return the resource of the same Bundle that a reference names, if it is there."""
        key = resource_key(reference, self.base)
        return self.beside.get(key) if key else None


@dataclass(frozen=True, slots=True)
class BundleContent:
    """The results in a Bundle, and why it is not the complete answer, if so.

    `failed_entry` is the path, below the Bundle, of the first entry that reports a failed query, if there is one.
    `included` is the number of Observations that a search only included and that are not results.
    """

    matches: tuple[Found, ...]
    failed_entry: str | None = None
    incomplete: Incomplete | None = None
    included: int = 0


def found_alone(resource: Resource, base: str | None = None) -> Found:
    """Return a resource that was found outside a Bundle."""
    return Found(resource, base, key=key_of(resource, base))


def read_bundle(bundle: Resource, base: str | None = None) -> BundleContent:
    """Return the content of a Bundle. Raises BundleError if it is malformed.

    - Results are its resources and those of a Bundle inside it (a batch response), except resources that a search
      only includes, outcomes of searches, and resources that the Bundle marks as deleted. `base` is the server that
      was asked; an entry's own `fullUrl` takes precedence.
    - A query failed if there is an OperationOutcome with an issue of severity error, fatal or unknown, whatever its
      `search.mode`, or a response with an error status. Information and warnings are no failure.
    - The Bundle is incomplete if it has a `next` link, or a `total` above the number of its matches.
    """
    pages, incomplete = _pages_in(bundle)
    found: list[Found] = []
    beside: dict[str, Resource] = {}
    ambiguous: set[str] = set()  # a `urn:` of two resources
    deleted: set[str | None] = set()
    failed_entry, included = None, 0
    entries = ((place, at, entry) for place, page in pages for at, entry in enumerate(page) if not _holds_bundle(entry))
    for place, at, entry in entries:
        role, full_url = _role_of(entry), entry.get("fullUrl")
        own_base = (base_of(full_url) if full_url else None) or base
        if failed_entry is None and _has_failed(entry):
            failed_entry = _path((place, at))
        if role == _DELETION:
            deleted.add(resource_key(full_url) or resource_key(entry["request"].get("url"), own_base))
        if role in (_DELETION, _NOTHING):
            continue
        resource = entry["resource"]
        key = key_of(resource, own_base)
        for name in (key, resource_key(full_url, base)) if full_url else (key,):
            if name is not None:
                if name.startswith("urn:") and beside.get(name, resource) != resource:
                    ambiguous.add(name)
                beside[name] = resource
        if role == _MATCH:
            found.append(Found(resource, own_base, beside, key))
        elif resource["resourceType"] == "Observation":
            included += 1
    for name in ambiguous:
        del beside[name]
    if deleted:
        found = [one for one in found if one.key is None or one.key not in deleted]
    return BundleContent(tuple(found), failed_entry, incomplete, included)


def newest_versions(found: Iterable[Found]) -> list[Found]:
    """Return each resource once, in its newest version by `meta.versionId` or `meta.lastUpdated`.

    Where two versions differ and it is not known which is newer, one is returned as disputed.
    """
    by_key: dict[str, list[Found]] = {}
    kept = []
    for one in found:
        if one.key is None:
            kept.append(one)
        else:
            by_key.setdefault(one.key, []).append(one)
    return kept + [versions[0] if len(versions) == 1 else _newest_of(versions) for versions in by_key.values()]


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
    """Return the address of a Bundle's next page as written, or None. Raises BundleError."""
    if "link" not in bundle:
        return None
    links = bundle["link"]
    if not isinstance(links, list) or not all(isinstance(link, dict) for link in links):
        raise BundleError("not_objects", "link")
    for at, link in enumerate(links):
        if link.get("relation") == "next":
            if not isinstance(link.get("url"), str):
                raise BundleError("missing", f"link[{at}].url")
            address: str = link["url"]
            return address
    return None


def _pages_in(bundle: Resource) -> tuple[list[tuple[_Place | None, list[Resource]]], Incomplete | None]:
    """Return the entries of a Bundle, then those of the Bundles inside it, with the place of each Bundle.

    Also return why it is incomplete, if so. Raises BundleError.
    """
    pages: list[tuple[_Place | None, list[Resource]]] = []
    incomplete: Incomplete | None = None
    unread: list[tuple[_Place | None, Resource]] = [(None, bundle)]  # the last is read next
    while unread:
        place, page = unread.pop()
        try:
            entries = _checked_entries(page)
            incomplete = incomplete or _incomplete(page, entries)
        except BundleError as fault:
            raise fault.inside(f"{_path(place)}.resource" if place else "") from None
        pages.append((place, entries))
        inside = [((place, at), entry["resource"]) for at, entry in enumerate(entries) if _holds_bundle(entry)]
        unread += reversed(inside)
    return pages, incomplete


def _path(place: _Place | None) -> str:
    """Return the path of an entry below the outermost Bundle."""
    numbers = []
    while place is not None:
        place, at = place
        numbers.append(at)
    return ".resource.".join(f"entry[{at}]" for at in reversed(numbers))


def _holds_bundle(entry: Resource) -> bool:
    return "resource" in entry and entry["resource"]["resourceType"] == "Bundle"


def _checked_entries(bundle: Resource) -> list[Resource]:
    """Return the entries of a Bundle, checked. Raises BundleError."""
    if "implicitRules" in bundle:
        raise BundleError("not_supported", "implicitRules")
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise BundleError("not_a_list", "entry")
    for at, entry in enumerate(entries):
        if fault := _fault_of(entry):
            raise fault.inside(f"entry[{at}]")
    return entries


def _fault_of(entry: Any) -> BundleError | None:
    """Return the fault of an entry, with the path below the entry, or None."""
    if not isinstance(entry, dict):
        return BundleError("not_an_object")
    for name in ("search", "request", "response"):
        if name in entry and not isinstance(entry[name], dict):
            return BundleError("not_an_object", name)
    fault = None
    resource = entry.get("resource")
    if "modifierExtension" in entry:
        fault = BundleError("not_supported", "modifierExtension")
    elif not isinstance(entry.get("fullUrl", ""), str):
        fault = BundleError("not_a_string", "fullUrl")
    elif "search" in entry and entry["search"].get("mode", _MATCH) not in _MODES:
        fault = BundleError("not_a_search_mode", "search.mode")
    elif "resource" not in entry:
        fault = None if "request" in entry or "response" in entry else BundleError("missing", "resource")
    elif not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        fault = BundleError("not_a_resource", "resource")
    return fault


def _incomplete(page: Resource, entries: list[Resource]) -> Incomplete | None:
    total = page.get("total", 0)
    if not isinstance(total, int):
        raise BundleError("not_a_whole_number", "total")
    if "link" in page and next_page(page) is not None:
        return Incomplete("next_page")
    if not total:
        return None
    sent = sum(_role_of(entry) == _MATCH for entry in entries)
    # The total of a history counts deletions too.
    is_short = total > sent and page.get("type") != "history"
    return Incomplete("total", {"sent": sent, "total": total}) if is_short else None


def _role_of(entry: Resource) -> str:
    """Return the role of an entry: a deletion, nothing, an outcome, or its `search.mode`, by default a match."""
    if "request" in entry and entry["request"].get("method") == "DELETE":
        return _DELETION
    if "resource" not in entry:
        return _NOTHING
    if entry["resource"]["resourceType"] == "OperationOutcome":
        return _OUTCOME
    mode: str = entry["search"].get("mode", _MATCH) if "search" in entry else _MATCH
    return mode


def _has_failed(entry: Resource) -> bool:
    resource = entry.get("resource")
    if resource and resource["resourceType"] == "OperationOutcome" and _is_error(resource):
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
    """Return whether an outcome reports a failure. An outcome that cannot be read counts as a failure."""
    issues = outcome.get("issue")
    severities = [
        issue.get("severity") if isinstance(issue, dict) else None
        for issue in (issues if isinstance(issues, list) and issues else [None])
    ]
    return any(severity not in _REMARK for severity in severities)
