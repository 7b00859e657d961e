"""Hold survival under other assumptions than those of the model: beside its answer, never in its place."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.cox import RatioEstimate
from app.core.kaplan_meier import Band


@dataclass(frozen=True, slots=True)
class AlternativeCurve:
    """The survival of one risk group with its 95 % band; a median is None where it is not reached."""

    band: Band
    median_months: float | None
    median_ci_95: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """Survival of every risk group under other assumptions; compared by identity.

    `tau` is the assumed standard deviation between studies of the log hazard ratio of each factor.
    `overall_median_months` is the overall median that is assumed, None if the overall survival of the study is kept.
    """

    id: str
    label: str
    explanation: str
    tau: Mapping[str, float]
    overall_median_months: float | None
    hazard_ratios: Mapping[str, RatioEstimate]
    groups: Mapping[str, AlternativeCurve]


@dataclass(frozen=True, slots=True, eq=False)
class AdjustmentAssumption:
    """What other values of `tau` would give: hazard ratios, and survival by group, one for each horizon."""

    tau: Mapping[str, float]
    hazard_ratios: Mapping[str, RatioEstimate]
    groups: Mapping[str, tuple[float, ...]]
