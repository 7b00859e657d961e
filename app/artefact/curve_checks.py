"""Refuse impossible survival curves: rising survival, intervals without their estimate, wrong medians and counts."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from app.artefact.evidence_schema import AlternativeCurve, Band
from app.artefact.refusals import refusal
from app.artefact.schema import ArtefactFile, AtRisk, KaplanMeier, Spread

_ROUNDING = 5e-8  # rounding in the file of a survival near one half: half a unit of the seventh digit


def check_curves(file: ArtefactFile) -> None:
    """Check the grid, the months shown and every curve. Raises ArtefactError at the first impossibility."""
    _check_months(file)
    check_spread("population.deaths", file.population.deaths, file.population.n)
    for name, cell in file.cox.cells.items():
        check_band(f"cox.cells.{name}", cell, file)
    divisions = (
        ("overall",),
        tuple(group.id for group in file.risk_groups),
        tuple(cell.id for cell in file.cells),
        *file.other_divisions,
    )
    curves = [name for names in divisions for name in names]
    for name in curves:
        if curves.count(name) > 1:
            raise refusal("kaplan_meier", f"has two curves called '{name}'")
    check_names("kaplan_meier", file.kaplan_meier, curves)
    for name, curve in file.kaplan_meier.items():
        _check_kaplan_meier(f"kaplan_meier.{name}", curve, file)
    for names in divisions:
        _check_size(file, "kaplan_meier", file.population.n, names)
    for group in file.risk_groups:
        _check_size(file, f"kaplan_meier.{group.id}", file.kaplan_meier[group.id].n, group.cells)


def check_names(place: str, found: Iterable[str], wanted: Sequence[str]) -> None:
    """Refuse an object whose keys are not exactly the expected ones."""
    names = tuple(found)
    for name in wanted:
        if name not in names:
            raise refusal(place, f"has no '{name}'")
    for name in names:
        if name not in wanted:
            raise refusal(place, f"has an unknown '{name}'")


def _check_months(file: ArtefactFile) -> None:
    grid = file.grid_months
    if len(grid) < 2 or grid[0] != 0 or _is_not_ascending(grid):
        raise refusal("grid_months", "does not ascend from 0")
    for place, months in (("horizons_months", file.horizons_months), ("at_risk_months", file.at_risk_months)):
        if not months or not set(months) <= set(grid) or _is_not_ascending(months):
            raise refusal(place, "does not hold ascending months of the grid")
    if file.at_risk_months[0] != 0:
        raise refusal("at_risk_months", "does not start at 0")
    if not set(file.horizons_months) <= set(file.at_risk_months):
        raise refusal("horizons_months", "holds a month for which no numbers at risk are given")
    if file.headline_months not in file.horizons_months:
        raise refusal("headline_months", "is none of the horizons")


def _check_size(file: ArtefactFile, place: str, n: int, names: Iterable[str]) -> None:
    if sum(file.kaplan_meier[name].n for name in names) != n:
        raise refusal(place, f"does not have {n} people in {', '.join(names)}")


def check_spread(place: str, spread: Spread, n: int) -> None:
    """Refuse a number of people among n that is out of order or too large."""
    if not spread.min <= spread.median <= spread.max <= n:
        raise refusal(place, f"is not in order, or exceeds the {n} of its group")


def check_band(place: str, band: Band, file: ArtefactFile) -> None:
    """Refuse survival that rises, or an interval that rises, is missing later or does not hold its estimate."""
    length = len(file.grid_months)
    for name, values in (("survival", band.survival), ("ci_lower", band.ci_lower), ("ci_upper", band.ci_upper)):
        if len(values) != length:
            raise refusal(f"{place}.{name}", f"holds {len(values)} numbers where {length} belong")
        if values[0] not in (1, None):
            raise refusal(f"{place}.{name}", "does not start at 1")
        if any(later > earlier for earlier, later in pairwise(value for value in values if value is not None)):
            raise refusal(f"{place}.{name}", "rises: survival and its limits cannot")
    _check_missing_limits(place, band, file)
    # Exact: rounding keeps the order of the three.
    if any(
        low is not None and high is not None and not low <= at <= high
        for low, at, high in zip(band.ci_lower, band.survival, band.ci_upper, strict=True)
    ):
        raise refusal(place, "has an interval that does not hold its estimate")
    check_names(
        f"{place}.reconstruction_share", band.reconstruction_share, [str(months) for months in file.horizons_months]
    )


def _check_missing_limits(place: str, band: Band, file: ArtefactFile) -> None:
    """Refuse null limits, except both limits together at the first months and before the first horizon."""
    missing, missing_upper = ([limit is None for limit in limits] for limits in (band.ci_lower, band.ci_upper))
    if missing != missing_upper:
        raise refusal(place, "has one limit of an interval without the other")
    if any(later > earlier for earlier, later in pairwise(missing)):
        raise refusal(place, "has no interval at a month after one with an interval")
    first = file.horizons_months[0]
    if missing[file.grid_months.index(first)]:
        raise refusal(place, f"has no interval at {first} months, the first horizon")


def _check_kaplan_meier(place: str, curve: KaplanMeier, file: ArtefactFile) -> None:
    check_spread(f"{place}.events", curve.events, curve.n)
    check_band(place, curve, file)
    _check_at_risk(f"{place}.at_risk", curve.at_risk, len(file.at_risk_months), curve.n)
    _check_median_at_risk(f"{place}.median_at_risk", curve, file)
    check_median(place, curve, file)


def check_median(place: str, curve: KaplanMeier | AlternativeCurve, file: ArtefactFile) -> None:
    """Refuse a median, or a limit of it, that is not where the curve or its limit first reaches one half."""
    lower, upper = curve.median_ci_95
    for end, stated, survival in (
        ("median_months", curve.median_months, curve.survival),
        ("median_ci_95[0]", lower, curve.ci_lower),
        ("median_ci_95[1]", upper, curve.ci_upper),
    ):
        if stated not in _possible_medians(file.grid_months, survival):
            raise refusal(f"{place}.{end}", "is not where its curve first reaches one half")


def _possible_medians(grid: Sequence[float], survival: Sequence[float | None]) -> set[float | None]:
    """Return the months at which a curve can first reach one half: two where the file's rounding decides it.

    None: it does not.
    """
    return {
        next(
            (months for months, value in zip(grid, survival, strict=True) if value is not None and value <= half), None
        )
        for half in (0.5 - _ROUNDING, 0.5 + _ROUNDING)
    }


def _check_at_risk(place: str, at_risk: AtRisk, length: int, n: int) -> None:
    columns = (at_risk.min, at_risk.median, at_risk.max)
    if any(len(column) != length for column in columns):
        raise refusal(place, f"does not have one number for each of {length} months")
    if any(column[0] != n or any(later > earlier for earlier, later in pairwise(column)) for column in columns):
        raise refusal(place, f"does not start at the {n} of its group, or rises")
    if any(not low <= middle <= high for low, middle, high in zip(*columns, strict=True)):
        raise refusal(place, "has a range that is not in order")


def _check_median_at_risk(place: str, curve: KaplanMeier, file: ArtefactFile) -> None:
    found = dict(zip(file.grid_months, curve.median_at_risk, strict=False))
    if len(curve.median_at_risk) != len(file.grid_months):
        raise refusal(place, f"holds {len(curve.median_at_risk)} numbers where {len(file.grid_months)} belong")
    if any(later > earlier for earlier, later in pairwise(curve.median_at_risk)):
        raise refusal(place, "rises")
    if any(found[months] != number for months, number in zip(file.at_risk_months, curve.at_risk.median, strict=True)):
        raise refusal(place, "is not that of the months at which numbers at risk are given")


def _is_not_ascending(months: Sequence[float]) -> bool:
    return any(later <= earlier for earlier, later in pairwise(months))
