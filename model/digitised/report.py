"""Compare cohorts with the curves that they were constrained by, with the publication, and with the model's cohorts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.agreement import Agreement, agreements, cohort_statistics
from model.digitised.coordinates import EDGE, FIGURE_CURVES, Reading, Tolerance
from model.digitised.run import Miss
from model.fitting.estimators import kaplan_meier
from model.fitting.study_fit import CURVES, HORIZONS_MONTHS
from model.reconstruction.run import read_cohorts

_PRINTED = ("hr_univariable_sii", "log_rank_p_by_sii")
_MOST_MISSES = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """The largest difference between the cohorts and the readings of one curve, and the months where it is.

    None if there are no readings. Survival is compared within the tolerance of months: a point that is read a little
    too early or too late differs by nothing.
    """

    curve: str
    survival: tuple[float, float] | None
    at_risk: tuple[float, float] | None


def differences(
    cohorts: Sequence[pd.DataFrame], curves: Sequence[Reading], at_risk: Sequence[Reading], tolerance: Tolerance
) -> list[Difference]:
    """Return one line for each curve that was read."""
    lines = []
    for curve in FIGURE_CURVES:
        points = [one for one in curves if one.curve == curve]
        counts = [one for one in at_risk if one.curve == curve]
        if not points and not counts:
            continue
        groups = _members(cohorts, curve)
        by_point = [(max(off_curve(group, one, tolerance.months) for group in groups), one.months) for one in points]
        by_count = [
            (max(abs(int((group["months"] >= one.months).sum()) - one.value) for group in groups), one.months)
            for one in counts
        ]
        lines.append(Difference(curve, max(by_point, default=None), max(by_count, default=None)))
    return lines


def off_curve(group: pd.DataFrame, point: Reading, within_months: float) -> float:
    """Return how far a point is from the Kaplan-Meier curve of recorded months, steps included, within some months."""
    times = np.array([point.months - within_months, point.months + within_months]) + EDGE
    highest, lowest = kaplan_meier(group["months"], group["death"], times).survival
    return max(float(lowest) - point.value, point.value - float(highest), 0.0)


def spreads(cohorts: Sequence[pd.DataFrame]) -> dict[str, list[float]]:
    """Return the standard deviation over the cohorts of each curve's latent survival at `HORIZONS_MONTHS`."""
    times = np.array(HORIZONS_MONTHS, dtype=float)
    found = {}
    for curve in FIGURE_CURVES:
        groups = _members(cohorts, curve)
        survival = [kaplan_meier(group["latent_months"], group["death"], times).survival for group in groups]
        found[curve] = np.std(survival, axis=0).tolist()
    return found


def report_text(
    cohorts: Sequence[pd.DataFrame], curves: Sequence[Reading], at_risk: Sequence[Reading], tolerance: Tolerance
) -> str:
    """Return the three tables: against the readings, against the publication, against the cohorts of the model."""
    rows = [f"{'Largest difference from the readings':<40}{'survival':>10}{'months':>8}{'at risk':>9}{'months':>8}"]
    for line in differences(cohorts, curves, at_risk, tolerance):
        survival = f"{line.survival[0]:>10.3f}{line.survival[1]:>8g}" if line.survival else f"{'-':>10}{'-':>8}"
        count = f"{line.at_risk[0]:>9.0f}{line.at_risk[1]:>8g}" if line.at_risk else f"{'-':>9}{'-':>8}"
        rows.append(f"{line.curve:<40}{survival}{count}")
    statistics = agreements([cohort_statistics(cohort) for cohort in cohorts])
    rows += ["", f"{'Publication':<40}{'printed':>10}{'pooled':>9}{'worst':>9}"]
    rows += [_statistic(line) for line in statistics if line.id in _PRINTED]
    missed = [line.label for line in statistics if not line.holds]
    rows.append(f"out of tolerance: {'; '.join(missed) or 'none'} ({len(statistics)} statistics)")
    heads = "".join(f"{f'{months} months':>18}" for months in HORIZONS_MONTHS)
    rows += ["", f"{'Spread between cohorts, before and after':<40}{heads}"]
    before, after = spreads(read_cohorts()), spreads(cohorts)
    for curve in FIGURE_CURVES:
        pairs = [f"{100 * a:.1f} to {100 * b:.1f}" for a, b in zip(before[curve], after[curve], strict=True)]
        rows.append(f"{curve:<40}" + "".join(f"{pair:>18}" for pair in pairs))
    rows.append("Standard deviation of survival in points; before: the cohorts of the model.")
    return "\n".join(rows)


def _members(cohorts: Sequence[pd.DataFrame], curve: str) -> list[pd.DataFrame]:
    """Return the members of a curve in each cohort."""
    return [cohort[cohort["cell"].isin(CURVES[curve][0])] for cohort in cohorts]


def misses_text(misses: Sequence[Miss]) -> str:
    """Return what the closest cohort misses, farthest first, if no cohort agrees."""
    rows = ["No cohort agrees with the publication and with the readings. The closest one misses, farthest first:"]
    rows += [
        f"  {miss.label}: {miss.value:.4g}, accepted {miss.lower:.4g} to {miss.upper:.4g}"
        for miss in misses[:_MOST_MISSES]
    ]
    more = len(misses) - _MOST_MISSES
    if more > 0:
        rows.append(f"  and {more} more")
    rows.append("Check these points against the figure. If they are right, allow a larger tolerance, or more --rounds.")
    return "\n".join(rows)


def _statistic(line: Agreement) -> str:
    printed = math.nan if line.published is None else line.published
    return f"{line.label:<40}{printed:>10g}{line.pooled:>9.4g}{line.worst:>9.4g}"
