"""List the caveats of an assessment, in codes and numbers: what may change the answer, and how far to trust it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType

from app.core.analytes import Analyte
from app.core.applicability import Applicability, Status
from app.core.cell_answers import CellAnswer
from app.core.cox import COMBINED
from app.core.cutoffs import Cutoff, side_of
from app.core.errors import InputWarning
from app.core.fitted_model import FittedModel, once_per_model
from app.core.indices import Indices
from app.core.kaplan_meier import Estimate
from app.core.labs import Lab
from app.core.repeat_measurement import RepeatMeasurement
from app.core.risk_groups import Cell, Factor, RiskGroup

# This project's conventions for a value near its cut-off. SII: a second blood count would stay on the same side with a
# lower probability than this. Other factors, of which no variation is known, such as AFP: these multiples of the
# cut-off, both ends included.
SAME_SIDE_NEAR = 0.8
NEAR = (Decimal("0.85"), Decimal("1.15"))


class Level(StrEnum):
    """Where a caveat belongs: before the answer, beside it, or in what is said about the method."""

    FIRST = "first"
    BESIDE = "beside"
    ABOUT = "about"


_ORDER = {level: place for place, level in enumerate(Level)}

NEWER_RESULTS = "newer_results"
NEAR_CUT_OFF = "near_cut_off"
PATIENT_DIFFERS = "patient_differs"
PATIENT_NOT_STATED = "patient_not_stated"
STUDY_POPULATION = "study_population"
OTHER_STUDIES = "other_studies"
HARDLY_ANY_AT_RISK = "hardly_any_at_risk"
GROUPS_NOT_PUBLISHED = "groups_not_published"
COMBINED_RATIO_NOT_PUBLISHED = "combined_ratio_not_published"
METHOD = "method"
LIMIT = "limit"

# The level of each InputWarning. One that is not listed comes first.
WARNING_LEVELS: Mapping[str, Level] = MappingProxyType(
    {
        NEWER_RESULTS: Level.FIRST,
        "manual_count": Level.FIRST,
        # The record could not be used for these reasons, and the values were typed.
        "newer_result": Level.FIRST,
        "sample_too_old": Level.FIRST,
        "sample_outdated": Level.FIRST,
        "unusual": Level.FIRST,
        "nlr_unusual": Level.FIRST,
        "sii_unusual": Level.FIRST,
        "sample_old": Level.BESIDE,
        "samples_apart": Level.BESIDE,
        "afp_converted": Level.BESIDE,
        "afp_near_cutoff": Level.BESIDE,
        "read_as": Level.BESIDE,
    }
)

_OF_THE_RECORD = (NEWER_RESULTS, "manual_count", "newer_result", "sample_too_old")


@dataclass(frozen=True, slots=True)
class Caveat:
    """One caveat. Code, field, case and parameters are as in InputWarning, from which some are made."""

    code: str
    level: Level
    field: str = ""
    case: str = ""
    parameters: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The cell that the patient would be in if `factors` were on the other side of their cut-offs.

    `estimate` is the survival of its risk group at the model's headline month.
    """

    factors: tuple[str, ...]
    cell: Cell
    risk_group: RiskGroup
    estimate: Estimate


def list_caveats(
    fitted: FittedModel,
    answer: CellAnswer,
    repeat: RepeatMeasurement,
    indices: Indices,
    afp: Lab,
    applicability: Applicability,
    warnings: tuple[InputWarning, ...],
) -> tuple[Caveat, ...]:
    """Return every caveat of an assessment by level: first, beside, about. Caveats about the record come first."""
    same = usual_caveats(fitted, answer, applicability)
    near = _near_cut_offs(fitted, answer, repeat, indices, afp)
    if not near and not warnings:
        return same
    of_inputs = [
        Caveat(one.code, WARNING_LEVELS.get(one.code, Level.FIRST), one.field, one.case, one.parameters)
        for one in warnings
    ]
    found = [
        *(one for one in of_inputs if one.code in _OF_THE_RECORD),
        *near,
        *same,
        *(one for one in of_inputs if one.code not in _OF_THE_RECORD),
    ]
    return _by_level(found)


@once_per_model
def usual_caveats(fitted: FittedModel, answer: CellAnswer, applicability: Applicability) -> tuple[Caveat, ...]:
    """Return the caveats that depend on the cell and on the comparison with the study alone."""
    return _by_level(
        [
            *_patient(applicability, Status.DIFFERS, PATIENT_DIFFERS, Level.FIRST),
            *_of_the_model(fitted),
            *_at_risk(answer),
            *_patient(applicability, Status.NOT_STATED, PATIENT_NOT_STATED, Level.BESIDE),
        ]
    )


def _by_level(found: list[Caveat]) -> tuple[Caveat, ...]:
    return tuple(sorted(found, key=lambda one: _ORDER[one.level]))


def _near_cut_offs(
    fitted: FittedModel, answer: CellAnswer, repeat: RepeatMeasurement, indices: Indices, afp: Lab
) -> list[Caveat]:
    """Return a caveat for each factor of the model that is near its cut-off: SII by the repeat, others by a range."""
    found: dict[str, dict[str, object]] = {}
    for factor in fitted.factors:
        if factor.id == indices.sii.id:
            if repeat.same_side_probability < SAME_SIDE_NEAR:
                found[factor.id] = {
                    "same_side_probability": repeat.same_side_probability,
                    "measured_in": fitted.count_variation.n,
                }
            continue
        measured = afp.canonical.as_integer_ratio() if factor.id == Analyte.AFP else _quotient(indices, factor)
        lowest, highest = _near_range(factor.cutoff)
        if side_of(*measured, lowest) >= 0 >= side_of(*measured, highest):
            found[factor.id] = {"lowest": lowest, "highest": highest}
    if not found:
        return []
    neighbours = _neighbours(fitted, answer, tuple(found))
    common = {
        "months": fitted.headline_months,
        "neighbours": neighbours,
        "range": _range(fitted, answer, neighbours),
    }
    caveats = []
    for name, own in found.items():
        cutoff = fitted.cutoffs[name]
        parameters = {"analyte": name, "cutoff": cutoff.value, "unit": cutoff.unit, **own, **common}
        caveats.append(Caveat(NEAR_CUT_OFF, Level.FIRST, parameters=parameters))
    return caveats


def _quotient(indices: Indices, factor: Factor) -> tuple[int, int]:
    return next(index.quotient for index in indices if index.id == factor.id)


def _near_range(cutoff: Cutoff) -> tuple[Decimal, Decimal]:
    """Return the lowest and the highest value that is near a cut-off."""
    lowest, highest = NEAR
    return (cutoff.value * lowest).normalize(), (cutoff.value * highest).normalize()


@once_per_model
def _neighbours(fitted: FittedModel, answer: CellAnswer, near: tuple[str, ...]) -> tuple[Neighbour, ...]:
    """Return the cells that differ in one or more of these factors, those that differ in one of them first."""
    high = frozenset(answer.cell.factors)
    found = []
    for size in range(1, len(near) + 1):
        for factors in combinations(near, size):
            other = fitted.answers[high.symmetric_difference(factors)]
            found.append(Neighbour(factors, other.cell, other.risk_group, _headline(fitted, other)))
    return tuple(found)


def _range(fitted: FittedModel, answer: CellAnswer, neighbours: tuple[Neighbour, ...]) -> tuple[float, float]:
    """Return the lowest and the highest limit over the patient's own group and the neighbouring ones."""
    estimates = [_headline(fitted, answer), *(one.estimate for one in neighbours)]
    return min(one.lower for one in estimates), max(one.upper for one in estimates)


def _headline(fitted: FittedModel, answer: CellAnswer) -> Estimate:
    return next(at.kaplan_meier for at in answer.survival if at.months == fitted.headline_months)


def _patient(applicability: Applicability, status: Status, code: str, level: Level) -> tuple[Caveat, ...]:
    """Return a caveat that names the criteria with this status, if it is the status of the whole."""
    if applicability.status is not status:
        return ()
    criteria = tuple(reason.criterion.id for reason in applicability.reasons if reason.status is status)
    return (Caveat(code, level, parameters={"criteria": criteria}),)


def _at_risk(answer: CellAnswer) -> tuple[Caveat, ...]:
    """Return a caveat with the horizons to which hardly any of the group were followed."""
    curve = answer.curve
    months = tuple(at.months for at in answer.survival if curve.hardly_any_at(at.months))
    if not months:
        return ()
    parameters = {"months": months, "median_at_risk": tuple(map(curve.at_risk_at, months)), "n": curve.n}
    return (Caveat(HARDLY_ANY_AT_RISK, Level.BESIDE, parameters=parameters),)


@once_per_model
def _of_the_model(fitted: FittedModel) -> tuple[Caveat, ...]:
    """Return the caveats that are the same for every patient."""
    found = [Caveat(STUDY_POPULATION, Level.BESIDE, parameters={"n": fitted.population.n})]
    if fitted.external_survival:
        found.append(Caveat(OTHER_STUDIES, Level.BESIDE, parameters={"studies": fitted.external_survival}))
    if not fitted.risk_groups_published:
        found.append(Caveat(GROUPS_NOT_PUBLISHED, Level.ABOUT, parameters={"groups": len(fitted.risk_groups)}))
    combined = fitted.cox.hazard_ratios.get(COMBINED)
    if combined and fitted.printed_ratio(COMBINED) is None:
        parameters = {"hazard_ratio": combined.hazard_ratio, "ci_95": combined.ci_95}
        found.append(Caveat(COMBINED_RATIO_NOT_PUBLISHED, Level.ABOUT, parameters=parameters))
    found.append(Caveat(METHOD, Level.ABOUT, parameters={"cohorts": fitted.provenance.cohorts}))
    found += [Caveat(LIMIT, Level.ABOUT, parameters={"limit": limit.id}) for limit in fitted.limits]
    return tuple(found)
