"""Group blood counts into draws and find the latest complete draw."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from app.core.analytes import Analyte
from app.ehr.fhir.reading.bundles import Found
from app.ehr.fhir.reading.observations import Result
from app.ehr.fhir.reading.references import resource_key
from app.ehr.fhir.reading.resources import key_of, objects_in
from app.ehr.fhir.reading.times import EffectiveTime

COUNTS = (Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES, Analyte.PLATELETS)
_LONGEST_SPAN = timedelta(days=1)  # results of one specimen or report that are farther apart do not belong to one draw

_NO_REPORT = ("entered-in-error", "cancelled")

Draw = Mapping[Analyte, Result]


@dataclass(frozen=True, slots=True)
class _Group:
    """Counts that certainly belong together. `time` is the time of the newest."""

    results: dict[Analyte, Result]
    time: EffectiveTime


def latest_complete_draw(results: Iterable[Result], same_draw: timedelta) -> Draw | None:
    """Return the three counts of the latest complete draw, or None. The results are given with the newest first.

    Counts that name one specimen, or are listed in one DiagnosticReport, are of one draw. Other counts are of one draw
    if they lie within `same_draw`; but a count that appears a second time starts another draw.
    """
    groups = _groups([result for result in results if result.analyte in COUNTS])
    groups.sort(key=lambda group: group.time.order)
    latest: Draw | None = None
    draw: dict[Analyte, Result] = {}
    first: EffectiveTime | None = None
    # Oldest first, so that a count that starts another draw is itself newer, and is tried as a newer result.
    for group in groups:
        belongs = first is not None and group.time.is_within(same_draw, first) and not draw.keys() & group.results
        draw = draw | group.results if belongs else dict(group.results)
        first = first if belongs else group.time
        if len(draw) == len(COUNTS):
            latest = {analyte: draw[analyte] for analyte in COUNTS}
    return latest


def _groups(counts: list[Result]) -> list[_Group]:
    """Return the counts by specimen, else by report, else by moment. The results of one moment are one per analyte."""
    rest, groups = counts, []
    for keys_of in (_specimen_of, _report_finder(counts)):
        by_key: dict[str, list[Result]] = {}
        for result in rest:
            for key in sorted(keys_of(result)):
                by_key.setdefault(key, []).append(result)
        if not by_key:
            continue
        taken: set[int] = set()
        for found in sorted(by_key.values(), key=len, reverse=True):
            if _is_one_draw(found) and not taken & {id(result) for result in found}:
                groups.append(found)
                taken |= {id(result) for result in found}
        rest = [result for result in rest if id(result) not in taken]
    by_time: dict[tuple[object, bool], list[Result]] = {}
    for result in rest:
        by_time.setdefault((result.effective.order, result.effective.is_day), []).append(result)
    # The first of several results is the newest, as they are in the order of the counts.
    return [_Group({one.analyte: one for one in found}, found[0].effective) for found in (*groups, *by_time.values())]


def _is_one_draw(found: list[Result]) -> bool:
    """Return whether results with one specimen or report can be of one draw: each count once, within a day."""
    times = sorted((one.effective for one in found), key=lambda time: time.order)
    return len({one.analyte for one in found}) == len(found) and times[-1].is_within(_LONGEST_SPAN, times[0])


def _specimen_of(result: Result) -> set[str]:
    specimen = result.found.resource.get("specimen")
    if not isinstance(specimen, dict):
        return set()
    if "reference" in specimen:
        key = resource_key(specimen["reference"], result.found.base)
        return {key} if key else set()
    identifier = specimen.get("identifier")
    system, value = (identifier.get(name) for name in ("system", "value")) if isinstance(identifier, dict) else (0, 0)
    return {f"{system}|{value}"} if isinstance(system, str) and isinstance(value, str) else set()


def _report_finder(counts: list[Result]) -> Callable[[Result], set[str]]:
    """Return a function that names the DiagnosticReports in which a count is listed."""
    bundles = {id(result.found.beside): result.found for result in counts}
    reports = {key: _reports_in(found) for key, found in bundles.items()}
    none: set[str] = set()
    return lambda result: reports[id(result.found.beside)].get(result.found.key or "", none)


def _reports_in(found: Found) -> dict[str, set[str]]:
    """Return, for the key of each result that DiagnosticReports of a Bundle list, the keys of those reports."""
    listed: dict[str, set[str]] = {}
    for key, resource in found.beside.items():
        if resource.get("resourceType") != "DiagnosticReport" or resource.get("status") in _NO_REPORT:
            continue
        for one in objects_in(resource, "result"):
            name = resource_key(one.get("reference"), found.base)
            target = found.beside.get(name) if name else None
            for each in {name, key_of(target, found.base) if target else None}:
                if each:
                    listed.setdefault(each, set()).add(key)
    return listed
