"""From many Observations to one patient's four values: one blood draw for the counts, AFP near it, all else told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.labs import Measurement
from app.core.sampling import SampleDates
from app.ehr.laboratory_codes import LaboratoryCodes, laboratory_codes
from app.ehr.observations import Rejection, Result, patient_of, read_observation, subject_of, unversioned, whom
from app.integration import Integration

COUNTS = (Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES, Analyte.PLATELETS)


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """What a site accepts: codes, how far apart the counts of one draw may lie, and AFP from the draw."""

    codes: LaboratoryCodes
    same_draw: timedelta
    afp_window: timedelta


@dataclass(frozen=True, slots=True)
class LabReading:
    """The four values, or what is missing; where each is from; and every Observation that was not used, with why.

    `labelled` are the analytes whose unit was printed text, not declared UCUM. `subject` is the reference by which all
    Observations name one subject, without a version; None if they do not.
    """

    labs: Mapping[Analyte, Measurement | InputError]
    sampled_on: SampleDates
    sources: Mapping[Analyte, Result]
    rejected: tuple[Rejection, ...]
    labelled: tuple[Analyte, ...] = ()
    subject: str | None = None

    @property
    def missing(self) -> tuple[Analyte, ...]:
        """The analytes without a usable result."""
        return tuple(analyte for analyte in Analyte if analyte not in self.sources)


def reading_rules(integration: Integration) -> ReadingRules:
    """Return the rules of a site."""
    return ReadingRules(
        laboratory_codes(integration),
        timedelta(hours=integration.same_draw_hours),
        timedelta(days=integration.afp_window_days),
    )


def read_labs(
    resources: Iterable[tuple[str | None, Mapping[str, Any]]],
    rules: ReadingRules,
    *,
    now: datetime,
    patient: str | None = None,
) -> LabReading:
    """Read Observations, each with its reference, into the latest blood draw that is complete and the AFP nearest it.

    `patient` is the id that every subject must name; without it all must name the same subject, or none. Resources of
    other types are passed over. Two different results of one analyte and one time rule each other out.
    """
    observations = [pair for pair in resources if pair[1].get("resourceType") == "Observation"]
    found, rejected = _of_one_patient(observations, patient)
    results: list[Result] = []
    for reference, resource in found:
        read = read_observation(resource, reference, rules.codes, now)
        if isinstance(read, Result):
            results.append(read)
        else:
            rejected.append(read)
    results, contradicting = _without_contradictions(results, rules.codes)
    rejected += contradicting
    chosen = _latest_draw(results, rules)
    rejected += _unused(results, chosen)
    blood, afp = chosen.get(Analyte.NEUTROPHILS), chosen.get(Analyte.AFP)
    return LabReading(
        labs={analyte: chosen[analyte].measurement if analyte in chosen else _missing(analyte) for analyte in Analyte},
        sampled_on=SampleDates(blood.effective.day if blood else None, afp.effective.day if afp else None),
        sources=chosen,
        rejected=tuple(rejected),
        labelled=tuple(analyte for analyte in Analyte if analyte in chosen and chosen[analyte].is_label),
        subject=_common_subject(found) if patient is None else None,
    )


def _of_one_patient(
    observations: list[tuple[str | None, Mapping[str, Any]]], patient: str | None
) -> tuple[list[tuple[str | None, Mapping[str, Any]]], list[Rejection]]:
    """Keep the Observations of the patient; of several patients, none can be kept."""
    if patient is None:
        if len({whom(resource) for _, resource in observations}) <= 1:
            return observations, []
        why = "The results are of more than one patient, or some do not say of whom."
        return [], [Rejection(reference, "subject", why) for reference, _ in observations]
    kept, rejected = [], []
    for pair in observations:
        if patient_of(pair[1]) == patient:
            kept.append(pair)
        else:
            rejected.append(Rejection(pair[0], "subject", "It is not a result of this patient."))
    return kept, rejected


def _common_subject(observations: list[tuple[str | None, Mapping[str, Any]]]) -> str | None:
    references = {unversioned(subject_of(resource)) for _, resource in observations}
    return references.pop() if len(references) == 1 else None


def _without_contradictions(results: list[Result], codes: LaboratoryCodes) -> tuple[list[Result], list[Rejection]]:
    """Of results of one analyte and time keep the preferred code, if they agree in value; otherwise none."""
    order = {code: place for place, code in enumerate(codes.accepted)}
    groups: dict[tuple[Analyte, datetime, bool], list[Result]] = {}
    for result in results:
        key = (result.analyte, result.effective.order, result.effective.instant is None)
        groups.setdefault(key, []).append(result)
    kept, rejected = [], []
    for group in groups.values():
        if len({(one.canonical, one.measurement.comparator) for one in group}) == 1:
            first, *others = sorted(group, key=lambda one: order[one.code])
            kept.append(first)
            rejected += [
                _rejection(one, "repeated", "The same result stands in another Observation.") for one in others
            ]
        else:
            why = "Another Observation of the same time gives a different value."
            rejected += [_rejection(one, "contradicted", why) for one in group]
    return kept, rejected


def _latest_draw(results: list[Result], rules: ReadingRules) -> dict[Analyte, Result]:
    """Return the latest complete draw with the AFP nearest to it; without one, the latest AFP alone."""
    newest = sorted(results, key=lambda result: result.effective.order, reverse=True)
    for anchor in (result for result in newest if result.analyte in COUNTS):
        near = [
            result
            for result in newest
            if result.effective.order <= anchor.effective.order
            and result.effective.is_within(rules.same_draw, anchor.effective)
        ]
        found = {analyte: next((one for one in near if one.analyte is analyte), None) for analyte in COUNTS}
        draw = {analyte: result for analyte, result in found.items() if result is not None}
        if len(draw) == len(COUNTS):
            return draw | _nearest_afp(newest, anchor, rules.afp_window)
    # Without a complete draw no count can be used, whatever else there is: only AFP stands by itself.
    afp = next((result for result in newest if result.analyte is Analyte.AFP), None)
    return {Analyte.AFP: afp} if afp else {}


def _nearest_afp(newest: list[Result], anchor: Result, window: timedelta) -> dict[Analyte, Result]:
    near = [one for one in newest if one.analyte is Analyte.AFP and one.effective.is_within(window, anchor.effective)]
    # Of two equally near the newer: the list begins with the newest and min keeps the first.
    return {Analyte.AFP: min(near, key=lambda one: abs(one.effective.order - anchor.effective.order))} if near else {}


def _unused(results: list[Result], chosen: Mapping[Analyte, Result]) -> list[Rejection]:
    used = {id(result) for result in chosen.values()}
    has_draw = all(analyte in chosen for analyte in COUNTS)
    rejections = []
    for result in results:
        if id(result) in used:
            continue
        if result.analyte is Analyte.AFP:
            why = ("outside_window", "Another AFP lies nearer to the blood count, or this one lies too far from it.")
        elif has_draw:
            why = ("not_latest_draw", "It is not of the latest complete blood draw.")
        else:
            why = (
                "incomplete_draw",
                "At its time there is no complete blood count: neutrophils, lymphocytes, platelets.",
            )
        rejections.append(_rejection(result, *why))
    return rejections


def _rejection(result: Result, code: str, reason: str) -> Rejection:
    return Rejection(result.reference, code, reason, result.analyte)


def _missing(analyte: Analyte) -> InputError:
    return InputError(
        analyte.value,
        "missing",
        f"There is no usable result of {analyte.label}.",
        "See what was not used, and why; or enter the value by hand.",
    )
