"""Decide between several Observations of one laboratory value at one time.

A correction replaces what it corrects, and of two roundings of one result the finer is used. Where values differ, the
result that is kept names the others, and `contradictions` decides when the draw is known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from app.core.analytes import Analyte
from app.core.clinical_codes import Coding
from app.core.errors import InputError, InputWarning
from app.core.fitted_model import FittedModel
from app.core.labs import Lab, UnusedResult
from app.core.measurement import Comparator
from app.ehr.fhir.reading.blood_draws import COUNTS
from app.ehr.fhir.reading.codes import MANUAL_COUNTS, LaboratoryCodes
from app.ehr.fhir.reading.newer_results import CONTRADICTED, index_can_change
from app.ehr.fhir.reading.observations import Rejection, Result, rejection_of
from app.ehr.fhir.reading.times import instant

_CORRECTIONS = ("amended", "corrected")


def without_repeats(results: Iterable[Result], codes: LaboratoryCodes) -> tuple[list[Result], list[Rejection]]:
    """Return one result for each analyte and time, and the rejections of the others."""
    preferred = list(codes.accepted)
    groups: dict[tuple[Analyte, datetime, bool], list[Result]] = {}
    for result in results:
        key = (result.analyte, result.effective.order, result.effective.is_day)
        groups.setdefault(key, []).append(result)
    kept: list[Result] = []
    rejected: list[Rejection] = []
    for group in groups.values():
        if len(group) == 1:
            kept += group
            continue
        current, replaced = _without_replaced(group)
        rejected += [rejection_of(one, "replaced") for one in replaced]
        by_code = sorted(current, key=lambda one: preferred.index(one.code))
        is_equal = len({(one.lab.canonical, one.lab.given.comparator) for one in current}) == 1
        first, *others = by_code if is_equal else sorted(by_code, key=lambda one: _coarseness(one.lab))
        if is_equal or all(_agree(first.lab, one.lab) for one in others):
            kept.append(first)
            rejected += [rejection_of(one, "repeated") for one in others]
        else:
            first, *others = sorted(by_code, key=lambda one: one.code not in MANUAL_COUNTS)
            is_manual = first.code in MANUAL_COUNTS and all(one.code not in MANUAL_COUNTS for one in others)
            kept.append(replace(first, others=tuple(others), is_contradicted=not is_manual))
            rejected += [rejection_of(one, CONTRADICTED) for one in others]
    return kept, rejected


def contradictions(
    chosen: Mapping[Analyte, Result], fitted: FittedModel
) -> tuple[dict[Analyte, InputError], list[InputWarning]]:
    """Return an error for each chosen result with another value at its time, or a warning if its method explains it.

    A manual count is used beside an automated one if the indices of the model stay on their sides with any of the
    counts of that time.
    """
    differing = {analyte: one for analyte, one in chosen.items() if one.others}
    if not differing:
        return {}, []
    by_method = {analyte for analyte, one in differing.items() if not one.is_contradicted}
    others = [_unused(other) for analyte in by_method for other in chosen[analyte].others]
    is_complete = chosen.keys() >= set(COUNTS)
    if by_method and not (is_complete and not index_can_change(chosen, others, fitted)):
        by_method = set()
    errors = {
        analyte: InputError(analyte.value, CONTRADICTED, results=tuple(map(_unused, (one, *one.others))))
        for analyte, one in differing.items()
        if analyte not in by_method
    }
    warnings = [
        InputWarning(analyte.value, "manual_count", parameters={"results": tuple(map(_unused, chosen[analyte].others))})
        for analyte in COUNTS
        if analyte in by_method
    ]
    return errors, warnings


def _without_replaced(group: Sequence[Result]) -> tuple[list[Result], list[Result]]:
    """Return the current results, and those that a correction of the same code replaces."""
    newest: dict[Coding, Result] = {}
    for code in {one.code for one in group}:
        corrections = [one for one in group if one.code == code and one.status in _CORRECTIONS]
        known = {moment: one for one in corrections if (moment := instant(one.found.resource.get("issued")))}
        if len(corrections) == 1:
            newest[code] = corrections[0]
        elif len(known) == len(corrections) > 1:
            newest[code] = known[max(known)]
    current: list[Result] = []
    replaced: list[Result] = []
    for one in group:
        (replaced if one.code in newest and _is_replaced(one, newest[one.code]) else current).append(one)
    return current, replaced


def _is_replaced(one: Result, correction: Result) -> bool:
    """Return whether a result is not the correction itself, and is not known to be issued after it."""
    issued, corrected = (instant(result.found.resource.get("issued")) for result in (one, correction))
    return one is not correction and not (issued and corrected and issued > corrected)


def _coarseness(lab: Lab) -> tuple[bool, Decimal]:
    """Return what sorts the finest result first: an exact value before a limit, then by its last digit."""
    return lab.given.comparator is not None, _last_digit(lab)


def _last_digit(lab: Lab) -> Decimal:
    """Return what one in the last digit of the number is worth in the canonical unit."""
    return Decimal(1).scaleb(int(lab.given.value.as_tuple().exponent)) * lab.given.unit.factor


def _agree(finer: Lab, coarser: Lab) -> bool:
    """Return whether two values can be of one result: one is a rounding of the other, or a limit that it meets."""
    value, limit = finer.canonical, coarser.canonical
    if finer.given.comparator is not None:
        return (value, finer.given.comparator) == (limit, coarser.given.comparator)
    match coarser.given.comparator:
        case None:
            return abs(value - limit) * 2 <= _last_digit(coarser)
        case Comparator.BELOW:
            return value < limit
        case Comparator.ABOVE:
            return value > limit
        case comparator:
            return value <= limit if comparator is Comparator.AT_MOST else value >= limit


def _unused(result: Result) -> UnusedResult:
    return UnusedResult(result.analyte, result.lab, result.effective.day, result.reference, "")
