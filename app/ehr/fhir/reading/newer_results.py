"""Results that are newer than those used: whether they exist, and whether one of them could change the risk group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.core.analytes import Analyte
from app.core.assessment import is_afp_high
from app.core.errors import InputError, InputWarning
from app.core.fitted_model import Artefact
from app.core.indices import compute_indices
from app.core.labs import Lab
from app.ehr.fhir.reading.blood_draws import COUNTS
from app.ehr.fhir.reading.observations import Rejection, Result
from app.ehr.fhir.reading.times import EffectiveTime
from app.presentation import wording

NEWER_RESULT = "newer_result"
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class NewerResult:
    """A result newer than the one that is used. Without `lab` its value is not known, and `reason` says why.

    Without `analyte` it may be any of the four.
    """

    analyte: Analyte | None
    lab: Lab | None
    effective: EffectiveTime | None
    reference: str | None
    reason: str

    @property
    def text(self) -> str:
        """The result in words: what it is, its value if it is known, its day and its reference."""
        parts = [
            self.analyte.label if self.analyte else "A laboratory result",
            *([wording.given(self.lab, str)] if self.lab else ["value not read"]),
            self.effective.day.isoformat() if self.effective else "day not known",
            *([self.reference] if self.reference else []),
        ]
        return f"{', '.join(parts)} ({self.reason.rstrip('.')})"


def newer_results(
    chosen: Mapping[Analyte, Result], results: Iterable[Result], rejected: Iterable[Rejection]
) -> tuple[NewerResult, ...]:
    """Return what is newer, or may be, than the chosen result of the same analyte; the newest first."""
    used = {id(result) for result in chosen.values()}
    found = [
        NewerResult(one.analyte, one.lab, one.effective, one.reference, _why_not_used(one.analyte))
        for one in results
        if id(one) not in used and one.analyte in chosen and one.effective.can_be_after(chosen[one.analyte].effective)
    ]
    found += [
        NewerResult(one.analyte, one.lab, one.effective, one.reference, one.reason)
        for one in rejected
        if one.is_result and _can_be_after(one, chosen)
    ]
    return tuple(sorted(found, key=lambda one: one.effective.order.timestamp() if one.effective else 0, reverse=True))


def changed_side(
    chosen: Mapping[Analyte, Result], newer: Iterable[NewerResult], artefact: Artefact
) -> dict[Analyte, InputError]:
    """Return an error for each analyte whose newer results forbid a risk group.

    That is so where a newer value is not known, or where a factor lies on the other side of its cut-off with any of the
    newer values, alone or together. No index falls with neutrophils or platelets or rises with lymphocytes, so the
    extremes decide for all combinations.
    """
    newer = tuple(newer)
    errors: dict[Analyte, InputError] = {}
    if all(analyte in chosen for analyte in COUNTS):
        about = [one for one in newer if one.analyte in (*COUNTS, None)]
        if any(one.lab is None for one in about) or _index_can_change(chosen, about, artefact):
            named = next((one.analyte for one in about if one.analyte), Analyte.NEUTROPHILS)
            errors |= dict.fromkeys(COUNTS, _error(named, about))
    if Analyte.AFP in chosen:
        about = [one for one in newer if one.analyte in (Analyte.AFP, None)]
        if any(one.lab is None for one in about) or _afp_can_change(chosen[Analyte.AFP], about, artefact):
            errors[Analyte.AFP] = _error(Analyte.AFP, about)
    return errors


def newer_warning(newer: Iterable[NewerResult]) -> tuple[InputWarning, ...]:
    """Return the warning that newer results exist, if they do; none of them may change the risk group."""
    texts = _named(newer)
    return (InputWarning("sampled_on", "newer_results", parameters={"results": texts}),) if texts else ()


def _can_be_after(one: Rejection, chosen: Mapping[Analyte, Result]) -> bool:
    others = [result for analyte, result in chosen.items() if one.analyte in (analyte, None)]
    if one.effective is not None:
        return any(one.effective.can_be_after(other.effective) for other in others)
    return any(one.latest is None or one.latest > other.effective.earliest for other in others)


def _index_can_change(chosen: Mapping[Analyte, Result], newer: list[NewerResult], artefact: Artefact) -> bool:
    values: dict[Analyte, list[Decimal]] = {analyte: [chosen[analyte].lab.canonical] for analyte in COUNTS}
    for one in newer:
        if one.analyte in values and one.lab is not None:
            values[one.analyte].append(one.lab.canonical)
    neutrophils, lymphocytes, platelets = (values[analyte] for analyte in COUNTS)
    lowest = _high_indices(min(neutrophils), max(lymphocytes), min(platelets), artefact)
    return lowest != _high_indices(max(neutrophils), min(lymphocytes), max(platelets), artefact)


def _high_indices(neutrophils: Decimal, lymphocytes: Decimal, platelets: Decimal, artefact: Artefact) -> set[str]:
    """Return the indices that are factors of the model and high."""
    found = compute_indices(neutrophils, lymphocytes, platelets, artefact.cutoffs)
    return {index.id for index in found.all if index.high} & artefact.factor_ids


def _afp_can_change(used: Result, newer: list[NewerResult], artefact: Artefact) -> bool:
    sides = set()
    for lab in (used.lab, *(one.lab for one in newer if one.lab is not None)):
        try:
            sides.add(is_afp_high(artefact, lab))
        except InputError:  # its side is not known
            return lab is not used.lab
    return len(sides) > 1


def _error(analyte: Analyte, about: list[NewerResult]) -> InputError:
    case = "afp" if analyte is Analyte.AFP else "blood_count"
    return InputError(analyte.value, NEWER_RESULT, case, results=_named(about))


def _named(newer: Iterable[NewerResult]) -> str:
    texts = list(dict.fromkeys(one.text for one in newer))
    more = f"; and {len(texts) - _MOST_NAMED} more" if len(texts) > _MOST_NAMED else ""
    return "; ".join(texts[:_MOST_NAMED]) + more


def _why_not_used(analyte: Analyte) -> str:
    if analyte is Analyte.AFP:
        return "too far from the blood count"
    return "not of a complete blood count"
