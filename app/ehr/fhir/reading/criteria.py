"""Read what Observations say of the study's criteria: the ECOG performance status and the Child-Pugh class.

The rules are those of laboratory results. A newest Observation that cannot be read leaves its criterion not stated.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.core.applicability import ECOG_MAXIMUM, Population
from app.core.clinical_codes import Coding, LoincCode, SnomedCode, UcumCode
from app.ehr.fhir.reading.bundles import Found, newest_versions
from app.ehr.fhir.reading.codes import codes_in
from app.ehr.fhir.reading.observations import Rejection, checked_time, standing_of
from app.ehr.fhir.reading.references import Reference
from app.ehr.fhir.reading.subjects import Unresolved, mismatches_of, subject_of
from app.ehr.fhir.reading.times import EffectiveTime, effective_time, latest_possible

ECOG, CHILD_PUGH = "ecog", "child_pugh_class"
# ECOG performance status score, and Child-Pugh score (assessment scale).
CODES: Mapping[Coding, str] = {
    LoincCode("89247-1").coding: ECOG,
    SnomedCode("3191000175106").coding: CHILD_PUGH,
}
# The answers of LOINC's list LL529-9, and the findings Child-Pugh score class A, B and C.
_ANSWERS: Mapping[str, Mapping[Coding, int | str]] = {
    ECOG: {
        (LoincCode.system, answer): score
        for score, answer in enumerate(("LA9622-7", "LA9623-5", "LA9624-3", "LA9625-0", "LA9626-8", "LA9627-6"))
    },
    CHILD_PUGH: {
        SnomedCode("710065009").coding: "A",
        SnomedCode("710066005").coding: "B",
        SnomedCode("710067001").coding: "C",
    },
}
_SCORE_UNITS = (None, "{score}", "1")


@dataclass(frozen=True, slots=True)
class StatedCriterion:
    """What the newest Observation of a criterion says, and when the patient was assessed."""

    id: str
    value: int | str
    effective: EffectiveTime
    found: Found


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An Observation that may be the newest of its criterion; `stated` is None if it cannot be used."""

    latest: datetime | None
    stated: StatedCriterion | None


def criterion_of(resource: Mapping[str, Any]) -> str | None:
    """Return the criterion that an Observation is about, or None."""
    if resource.get("resourceType") != "Observation":
        return None
    named = {CODES[code] for code in codes_in(resource.get("code")) if code in CODES}
    return named.pop() if len(named) == 1 else None


def read_criteria(
    found: Sequence[Found], *, patient: Reference | Unresolved, oldest: timedelta, now: datetime
) -> tuple[StatedCriterion, ...]:
    """Return what the newest Observations of the patient say, if they are not older than `oldest`."""
    if not any(criterion_of(one.resource) for one in found):
        return ()
    about = [(criterion, one) for one in newest_versions(found) if (criterion := criterion_of(one.resource))]
    observations = [one for _, one in about]
    mismatches = mismatches_of(observations, [subject_of(one) for one in observations], patient)
    candidates: dict[str, list[_Candidate]] = {}
    for (criterion, one), mismatch in zip(about, mismatches, strict=True):
        known = effective_time(one.resource)
        time = checked_time(one, known, now, mismatch)
        if isinstance(time, Rejection) and not time.is_result:
            continue
        stated = None
        if isinstance(time, EffectiveTime) and standing_of(one.resource) == "usable":
            value = _value(criterion, one.resource)
            stated = None if value is None else StatedCriterion(criterion, value, time, one)
        candidates.setdefault(criterion, []).append(_Candidate(latest_possible(one.resource, known), stated))
    newest = (_newest(candidates.get(criterion, ())) for criterion in (CHILD_PUGH, ECOG))
    return tuple(one for one in newest if one and (now.date() - one.effective.day).days <= oldest.days)


def population_from(criteria: Iterable[StatedCriterion], population: Population) -> Population:
    """Return what is known of the patient, with what Observations say."""
    stated: dict[str, Any] = {one.id: one.value for one in criteria}
    return replace(population, **stated) if stated else population


def _newest(candidates: Sequence[_Candidate]) -> StatedCriterion | None:
    """Return the newest; None if one that may be as new cannot be used or says otherwise."""
    usable = [one.stated for one in candidates if one.stated]
    if not usable:
        return None
    newest = max(usable, key=lambda one: one.effective.order)
    rivals = [one for one in candidates if one.latest is None or one.latest >= newest.effective.earliest]
    return newest if all(one.stated and one.stated.value == newest.value for one in rivals) else None


def _value(criterion: str, resource: Mapping[str, Any]) -> int | str | None:
    """Return the value of an Observation, or None if it cannot be read."""
    kinds = [name for name in resource if name.startswith("value")]
    if len(kinds) != 1:
        return None
    value = resource[kinds[0]]
    if kinds[0] == "valueCodeableConcept":
        answers = {_ANSWERS[criterion][code] for code in codes_in(value) if code in _ANSWERS[criterion]}
        return answers.pop() if len(answers) == 1 else None
    if criterion != ECOG:
        return None
    if kinds[0] == "valueQuantity":
        value = _score_in(value)
    elif kinds[0] != "valueInteger":
        return None
    is_score = isinstance(value, int | Decimal) and not isinstance(value, bool) and value in range(ECOG_MAXIMUM + 1)
    return int(value) if is_score else None


def _score_in(quantity: Any) -> Any:
    """Return the number of a Quantity without a comparator, whose unit is absent or that of a score."""
    if not isinstance(quantity, dict) or "comparator" in quantity:
        return None
    unit = quantity.get("code", quantity.get("unit"))
    is_score = quantity.get("system", UcumCode.system) == UcumCode.system and unit in _SCORE_UNITS
    return quantity.get("value") if is_score else None
