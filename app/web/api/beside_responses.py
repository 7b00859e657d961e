"""Describe what the JSON API answers beside the model: other studies, and survival under other assumptions."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

Interval = Annotated[list[float], Field(min_length=2, max_length=2)]
MaybeInterval = Annotated[list[float | None], Field(min_length=2, max_length=2)]


class ExternalHazardRatioOut(TypedDict, closed=True):
    """A hazard ratio that another study found; `n` is null if its number of patients is not known."""

    factor: str
    label: str
    population: str
    n: int | None
    cutoff: str
    hazard_ratio: float
    ci_95: Interval
    doi: str | None
    url: str
    note: str
    primary: bool


class ExternalMedianOut(TypedDict, closed=True):
    """The median survival in another study, of all its patients or of those named; `levels`: which factors are high."""

    patients: str | None
    levels: dict[str, bool]
    months: float
    ci_95: Interval | None


class ExternalSurvivalAtOut(TypedDict, closed=True):
    """The survival in another study at a time."""

    months: float
    survival: float


class ExternalSurvivalOut(TypedDict, closed=True):
    """The overall survival that another study of the same treatment found; show it beside that of the group."""

    id: str
    label: str
    population: str
    n: int
    time_zero: str | None
    medians: list[ExternalMedianOut]
    at: list[ExternalSurvivalAtOut]
    doi: str | None
    url: str


class AlternativeRatioOut(TypedDict, closed=True):
    """A hazard ratio that an alternative assumes."""

    factor: str
    hazard_ratio: float
    ci_95: Interval


class AlternativeSurvivalAtOut(TypedDict, closed=True):
    """The survival of the group under other assumptions at one horizon."""

    months: int
    survival: float
    ci_95: Interval


class AlternativeSurvivalOut(TypedDict, closed=True):
    """The survival of the group under other assumptions, and its median; null is not reached by the last time shown."""

    at: list[AlternativeSurvivalAtOut]
    median_months: float | None
    median_ci_95: MaybeInterval


class AlternativeOut(TypedDict, closed=True):
    """Survival under other assumptions, to show beside the published model and never in its place.

    `tau` is the assumed standard deviation between studies of each log hazard ratio. `overall_median_months` is null
    where the overall survival of the study is kept.
    """

    id: str
    label: str
    explanation: str
    tau: dict[str, float]
    overall_median_months: float | None
    hazard_ratios: list[AlternativeRatioOut]
    survival: AlternativeSurvivalOut
