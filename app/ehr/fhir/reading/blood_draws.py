"""Which counts belong to one blood draw, and which draw is the latest that is complete."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from app.core.analytes import Analyte
from app.ehr.fhir.reading.bundles import Resource, reference_of
from app.ehr.fhir.reading.observations import Result
from app.ehr.fhir.reading.references import parse_reference
from app.ehr.fhir.reading.times import EffectiveTime

COUNTS = (Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES, Analyte.PLATELETS)
_LONGEST_SPAN = timedelta(days=1)  # a specimen or a report whose results lie further apart is not of one draw

Draw = Mapping[Analyte, Result]


@dataclass(frozen=True, slots=True)
class _Group:
    """Counts that belong together for certain. `time` is that of the newest."""

    results: dict[Analyte, Result]
    time: EffectiveTime


def latest_complete_draw(results: Iterable[Result], same_draw: timedelta) -> Draw | None:
    """Return the three counts of the latest complete draw, or None.

    Counts that name one specimen, or stand in one DiagnosticReport, are of one draw. Others are if they lie within
    `same_draw`; but a count that appears a second time starts another draw.
    """
    groups = _groups([result for result in results if result.analyte in COUNTS])
    groups.sort(key=lambda group: group.time.order, reverse=True)
    draw: dict[Analyte, Result] = {}
    newest: EffectiveTime | None = None
    for group in groups:
        belongs = newest is not None and group.time.is_within(same_draw, newest) and not draw.keys() & group.results
        draw = draw | group.results if belongs else dict(group.results)
        newest = newest if belongs else group.time
        if len(draw) == len(COUNTS):
            return {analyte: draw[analyte] for analyte in COUNTS}
    return None


def _groups(counts: list[Result]) -> list[_Group]:
    """Return the counts by specimen, else by report, else by moment. Of results of one moment there is one each."""
    rest, groups = counts, []
    for key_of in (_specimen_of, _report_finder(counts)):
        by_key: dict[str, list[Result]] = {}
        for result in rest:
            by_key.setdefault(key_of(result), []).append(result)
        of_one_draw = [found for key, found in by_key.items() if key and _is_one_draw(found)]
        groups += of_one_draw
        taken = {id(result) for found in of_one_draw for result in found}
        rest = [result for result in rest if id(result) not in taken]
    by_time: dict[tuple[object, bool], list[Result]] = {}
    for result in rest:
        by_time.setdefault((result.effective.order, result.effective.instant is None), []).append(result)
    return [
        _Group({one.analyte: one for one in found}, max((one.effective for one in found), key=lambda time: time.order))
        for found in (*groups, *by_time.values())
    ]


def _is_one_draw(found: list[Result]) -> bool:
    """Return whether results with one specimen or report can be of one draw: each count once, within a day."""
    times = sorted((one.effective for one in found), key=lambda time: time.order)
    return len({one.analyte for one in found}) == len(found) and times[-1].is_within(_LONGEST_SPAN, times[0])


def _specimen_of(result: Result) -> str:
    specimen = result.found.resource.get("specimen")
    if not isinstance(specimen, dict):
        return ""
    if (reference := specimen.get("reference")) is not None:
        parsed = parse_reference(reference, result.found.base)
        if parsed is None:
            return reference if isinstance(reference, str) and reference.startswith("urn:") else ""
        return f"{parsed.base}/{parsed.type}/{parsed.id}"
    identifier = specimen.get("identifier")
    value = identifier.get("value") if isinstance(identifier, dict) else None
    return f"{identifier.get('system')}|{value}" if isinstance(identifier, dict) and isinstance(value, str) else ""


def _report_finder(counts: list[Result]) -> Callable[[Result], str]:
    """Return a function that names the DiagnosticReport in which a count stands, or returns nothing."""
    bundles = {id(result.found.beside): result.found.beside for result in counts}
    reports = {key: _reports_in(beside) for key, beside in bundles.items()}

    def report_of(result: Result) -> str:
        known = reports[id(result.found.beside)]
        names = (result.found.full_url, reference_of(result.found.resource))
        return next((known[name] for name in names if name in known), "")

    return report_of


def _reports_in(beside: Mapping[str, Resource]) -> dict[str | None, str]:
    """Return, for each result that a DiagnosticReport lists as it is referred to there, the report's own name."""
    found: dict[str | None, str] = {}
    for name, resource in beside.items():
        listed = resource.get("result") if resource.get("resourceType") == "DiagnosticReport" else None
        for one in listed if isinstance(listed, list) else []:
            reference = one.get("reference") if isinstance(one, dict) else None
            if isinstance(reference, str):
                found[reference] = reference_of(resource) or name
    return found
