"""Find results newer than those used, and decide whether one of them could change the risk group."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from app.core.analytes import Analyte
from app.core.cutoffs import afp_is_high
from app.core.errors import InputError, InputWarning
from app.core.fitted_model import FittedModel
from app.core.indices import compute_indices
from app.core.labs import UnusedResult
from app.ehr.fhir.reading.blood_draws import COUNTS
from app.ehr.fhir.reading.observations import Rejection, Result

NEWER_RESULT = "newer_result"
CONTRADICTED = "contradicted"


def newer_results(
    chosen: Mapping[Analyte, Result], results: Iterable[Result], rejected: Iterable[Rejection]
) -> tuple[UnusedResult, ...]:
    """Return the results that are, or may be, newer than the chosen result of the same analyte; the newest first."""
    used = {id(result) for result in chosen.values()}
    found: list[tuple[Result | Rejection, UnusedResult]] = []
    for result in results:
        if id(result) in used or result.analyte not in chosen:
            continue
        if result.effective.can_be_after(chosen[result.analyte].effective):
            why = (CONTRADICTED, "") if result.is_contradicted else _why_not_used(result.analyte)
            found += [
                (one, UnusedResult(one.analyte, one.lab, one.effective.day, one.reference, *why))
                for one in (result, *result.others)
            ]
    found += [
        (one, UnusedResult(one.analyte, one.lab, _day_of(one), one.reference, one.code, one.case, one.parameters))
        for one in rejected
        if one.is_result and _can_be_after(one, chosen)
    ]
    found.sort(key=lambda pair: pair[0].effective.order.timestamp() if pair[0].effective else 0, reverse=True)
    return tuple(dict.fromkeys(result for _, result in found))


def changed_side(
    chosen: Mapping[Analyte, Result], newer: Sequence[UnusedResult], fitted: FittedModel
) -> dict[Analyte, InputError]:
    """Return an error for each analyte whose newer results forbid a risk group.

    They forbid it if a newer value is not known or contradicted, or if any of the newer values, alone or together, puts
    a factor on the other side of its cut-off. No index falls with neutrophils or platelets or rises with lymphocytes,
    so it is enough to test the extremes.
    """
    if not newer:
        return {}
    errors: dict[Analyte, InputError] = {}
    if chosen.keys() >= set(COUNTS):
        about = [one for one in newer if one.analyte in (*COUNTS, None)]
        if any(map(_is_unknown, about)) or (about and index_can_change(chosen, about, fitted)):
            named = next((one.analyte for one in about if one.analyte), Analyte.NEUTROPHILS)
            errors |= dict.fromkeys(COUNTS, _error(named, about))
    if Analyte.AFP in chosen:
        about = [one for one in newer if one.analyte in (Analyte.AFP, None)]
        if any(map(_is_unknown, about)) or (about and _afp_can_change(chosen[Analyte.AFP], about, fitted)):
            errors[Analyte.AFP] = _error(Analyte.AFP, about)
    return errors


def newer_warning(newer: Sequence[UnusedResult]) -> tuple[InputWarning, ...]:
    """Return the warning that newer results exist, if any. None of them can change the risk group."""
    return (InputWarning("sampled_on", "newer_results", parameters={"results": tuple(newer)}),) if newer else ()


def _is_unknown(one: UnusedResult) -> bool:
    """Return whether the value of a newer result is not known: not read, or different in another Observation."""
    return one.lab is None or one.code == CONTRADICTED


def _can_be_after(one: Rejection, chosen: Mapping[Analyte, Result]) -> bool:
    others = [result for analyte, result in chosen.items() if one.analyte in (analyte, None)]
    if one.effective is not None:
        return any(one.effective.can_be_after(other.effective) for other in others)
    return any(one.latest is None or one.latest > other.effective.earliest for other in others)


def index_can_change(chosen: Mapping[Analyte, Result], others: Sequence[UnusedResult], fitted: FittedModel) -> bool:
    """Return whether an index of the model changes its side with any of the other counts, alone or together."""
    neutrophils, lymphocytes, platelets = (
        [chosen[analyte].lab.canonical, *(one.lab.canonical for one in others if one.analyte is analyte and one.lab)]
        for analyte in COUNTS
    )
    lowest = _high_indices(min(neutrophils), max(lymphocytes), min(platelets), fitted)
    return lowest != _high_indices(max(neutrophils), min(lymphocytes), max(platelets), fitted)


def _high_indices(neutrophils: Decimal, lymphocytes: Decimal, platelets: Decimal, fitted: FittedModel) -> set[str]:
    """Return the indices that are factors of the model and high."""
    found = compute_indices(neutrophils, lymphocytes, platelets, fitted.cutoffs)
    return {index.id for index in found if index.high} & fitted.factor_ids


def _afp_can_change(used: Result, newer: list[UnusedResult], fitted: FittedModel) -> bool:
    sides = set()
    for lab in (used.lab, *(one.lab for one in newer if one.lab is not None)):
        try:
            sides.add(afp_is_high(lab, fitted.cutoffs))
        except InputError:  # its side of the cut-off is not known
            return lab is not used.lab
    return len(sides) > 1


def _error(analyte: Analyte, about: list[UnusedResult]) -> InputError:
    case = "afp" if analyte is Analyte.AFP else "blood_count"
    return InputError(analyte.value, NEWER_RESULT, case, results=tuple(about))


def _day_of(one: Rejection) -> date | None:
    return one.effective.day if one.effective else None


def _why_not_used(analyte: Analyte) -> tuple[str, str]:
    """Return code and case of a result that is newer than the one used and could be read."""
    return ("outside_window", "newer") if analyte is Analyte.AFP else ("incomplete_draw", "newer")
