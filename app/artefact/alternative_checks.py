"""Refuse alternatives to the model's survival that contradict their own assumptions."""

import math
from collections.abc import Mapping, Sequence

from app.artefact.cox_checks import check_interval, contrasts_of
from app.artefact.curve_checks import check_band, check_median, check_names
from app.artefact.evidence_schema import Alternative, RatioEstimate
from app.artefact.group_checks import check_unique
from app.artefact.refusals import refusal
from app.artefact.schema import ArtefactFile
from app.core.cox import COMBINED

_ROUNDING = 1e-6  # numbers in the file have seven digits


def check_alternatives(file: ArtefactFile) -> None:
    """Check alternatives and the table of other assumptions. Raises ArtefactError at the first contradiction."""
    check_unique("alternatives", (alternative.id for alternative in file.alternatives))
    for k, alternative in enumerate(file.alternatives):
        place = f"alternatives[{k}]"
        _check_assumptions(place, alternative.tau, alternative.hazard_ratios, alternative.groups, file)
        for name, curve in alternative.groups.items():
            check_band(f"{place}.groups.{name}", curve, file)
            check_median(f"{place}.groups.{name}", curve, file)
        _check_overall(place, alternative, file)
    for k, assumption in enumerate(file.adjustment_sensitivity):
        place = f"adjustment_sensitivity[{k}]"
        _check_assumptions(place, assumption.tau, assumption.hazard_ratios, assumption.groups, file)
        for name, survival in assumption.groups.items():
            if len(survival) != len(file.horizons_months):
                raise refusal(f"{place}.groups.{name}", "does not have one number for each of the horizons")


def _check_assumptions(
    place: str,
    tau: Mapping[str, float],
    ratios: Mapping[str, RatioEstimate],
    groups: Mapping[str, object],
    file: ArtefactFile,
) -> None:
    factors = [factor.id for factor in file.factors]
    check_names(f"{place}.tau", tau, factors)
    check_names(f"{place}.hazard_ratios", ratios, list(contrasts_of(factors)))
    check_names(f"{place}.groups", groups, [group.id for group in file.risk_groups])
    for name, ratio in ratios.items():
        check_interval(f"{place}.hazard_ratios.{name}", ratio.hazard_ratio, ratio.ci_95)
    if COMBINED in ratios:
        product = math.prod(ratios[factor].hazard_ratio for factor in factors)
        if not math.isclose(ratios[COMBINED].hazard_ratio, product, rel_tol=_ROUNDING):
            raise refusal(f"{place}.hazard_ratios.{COMBINED}", "is not the product of the others")


def _check_overall(place: str, alternative: Alternative, file: ArtefactFile) -> None:
    """Refuse groups that together do not have the overall survival, or the overall median, that is assumed."""
    overall = _mixture(alternative, file)
    if alternative.overall_median_months is None:
        if any(
            abs(found - kept) > _ROUNDING
            for found, kept in zip(overall, file.kaplan_meier["overall"].survival, strict=True)
        ):
            raise refusal(f"{place}.groups", "do not have the overall survival together")
        return
    first = next((k for k, survival in enumerate(overall) if survival <= 0.5 + _ROUNDING), None)
    if first is None or file.grid_months[first] != alternative.overall_median_months:
        raise refusal(f"{place}.groups", "do not have the assumed overall median together")


def _mixture(alternative: Alternative, file: ArtefactFile) -> Sequence[float]:
    """Return the survival of all members: that of the groups, weighted by their sizes."""
    sizes = {group.id: file.kaplan_meier[group.id].n for group in file.risk_groups}
    return [
        math.fsum(n * alternative.groups[name].survival[k] for name, n in sizes.items()) / sum(sizes.values())
        for k in range(len(file.grid_months))
    ]
