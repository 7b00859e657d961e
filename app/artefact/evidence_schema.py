"""Declare the types of the artefact's schema, and its parts about the estimates of this and other studies."""

from typing import Annotated

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
    """The median survival in another study: of the patients that `patients` names, or of all."""

    patients: Text | None
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


class PooledRatio(Part):
    """The study's hazard ratio pooled with an external one."""

    factor: Text
    label: Text
    hazard_ratio: Positive
    ci_95: Interval
    weight_study: Share
    difference_p: Share
