"""Declare the types of the artefact's schema, and its parts about the estimates of this and other studies."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Whole = Annotated[int, Field(ge=0)]
Interval = tuple[Positive, Positive]
Numbers = tuple[float, ...]
Shares = tuple[Share, ...]
Limits = tuple[Share | None, ...]


class Part(BaseModel):
    """A part of the file: no key may be missing, none may be unknown, and every number is finite."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)


class PublishedRatio(Part):
    """A hazard ratio as printed in the study."""

    factor: Text
    hazard_ratio: Positive
    ci_95: Interval
    p_value: Share
    source: Text


class ExternalRatio(Part):
    """A hazard ratio, high against low, that another study found."""

    factor: Text
    label: Text
    population: Text
    n: Whole | None
    cutoff: Text
    hazard_ratio: Positive
    ci_95: Interval
    doi: Text | None
    url: Text
    note: Text
    primary: bool


class ExternalMedian(Part):
    """The median survival in another study: of the patients that `patients` names, or of all.

    `levels` says of each factor that the text is about whether it is high in these patients.
    """

    patients: Text | None
    levels: dict[Text, bool]
    months: Positive
    ci_95: Interval | None


class ExternalSurvivalAt(Part):
    """The survival in another study at a time."""

    months: Positive
    survival: Share


class ExternalSurvival(Part):
    """The overall survival that another study of the same treatment found.

    `time_zero` follows the word from; it is null where the text read does not state it.
    """

    id: Text
    label: Text
    population: Text
    n: Whole
    time_zero: Text | None
    medians: tuple[ExternalMedian, ...]
    at: tuple[ExternalSurvivalAt, ...]
    doi: Text | None
    url: Text


class ReferenceRange(Part):
    """Mean and 95 % reference interval of an index in the general population, in the unit of its cut-off."""

    index: Literal["sii", "nlr", "plr"]
    population: Text
    n: Whole
    mean: Positive
    interval_95: Interval
    url: Text


class OtherFinding(Part):
    """A finding on a factor that is no hazard ratio of high against low, as a sentence."""

    id: Text
    factor: Text
    text: Text
    url: Text


class RatioEstimate(Part):
    """A hazard ratio of the model with its 95 % interval and Wald p-value."""

    hazard_ratio: Positive
    ci_95: Interval
    p_value: Share


class Band(Part):
    """Survival with its 95 % interval at each of `grid_months`.

    Both limits are null at the first months, while fewer than half of the reconstructed cohorts have had an event, but
    not from the first of `horizons_months` on. `reconstruction_share` is held by horizon in months.
    """

    survival: Shares
    ci_lower: Limits
    ci_upper: Limits
    reconstruction_share: dict[Text, Share]


class AlternativeCurve(Band):
    """The survival of one risk group under other assumptions; a null median is not reached within the grid."""

    median_months: float | None
    median_ci_95: tuple[float | None, float | None]


class Alternative(Part):
    """Survival under other assumptions than those of the model, shown beside it and never in its place.

    `tau` is the assumed standard deviation between studies of the log hazard ratio of each factor.
    `overall_median_months` is the overall median that is assumed; if it is null, all groups together have the survival
    of the curve `overall`. `groups` are held by the id of the risk group.
    """

    id: Text
    label: Text
    explanation: Text
    tau: dict[Text, Positive]
    overall_median_months: Positive | None
    hazard_ratios: dict[Text, RatioEstimate]
    groups: dict[Text, AlternativeCurve]


class AdjustmentAssumption(Part):
    """What other values of `tau` would give: hazard ratios, and survival of each group at `horizons_months`."""

    tau: dict[Text, Positive]
    hazard_ratios: dict[Text, RatioEstimate]
    groups: dict[Text, Shares]
