"""Describe the responses of the JSON API, for OpenAPI. A response is a dict and is not checked when it is sent."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from app.web.api.beside_responses import (
    AlternativeOut,
    ExternalHazardRatioOut,
    ExternalSurvivalOut,
    Interval,
    MaybeInterval,
)

_NO_INTERVAL = "null while fewer than half of the reconstructed cohorts have had a death"
Limits = Annotated[list[float | None], Field(description=_NO_INTERVAL)]


class ModelOut(TypedDict, closed=True):
    """Which fitted model answered."""

    id: str
    version: str
    digest: str
    title: str


class SoftwareOut(TypedDict, closed=True):
    """Which software answered."""

    version: str
    commit: str | None


class ValueOut(TypedDict, closed=True):
    """A value with unit and comparator."""

    value: float
    unit: str
    comparator: str | None


class InputOut(TypedDict, closed=True):
    """A value as given and in the canonical unit."""

    given: ValueOut
    canonical: ValueOut


class SampledOnOut(TypedDict, closed=True):
    """Days on which the samples were drawn; null is not stated."""

    blood_count: date | None
    afp: date | None


class PopulationOut(TypedDict, closed=True):
    """What was stated of the patient beyond the laboratory values; null is not stated."""

    sorafenib_failed: bool | None
    starting_regorafenib: bool | None
    child_pugh_class: Literal["A", "B", "C"] | None
    ecog: int | None
    sorafenib_tolerated: bool | None


class InputsOut(TypedDict, closed=True):
    """Everything that was sent."""

    neutrophils: InputOut
    lymphocytes: InputOut
    platelets: InputOut
    afp: InputOut
    sampled_on: SampledOnOut
    population: PopulationOut


class IndexOut(TypedDict, closed=True):
    """An index of the blood count with its working; `in_model` is whether it is a factor of the model."""

    value: float
    shown: str
    unit: str
    cutoff: float
    high: bool
    working: str
    in_model: bool


class IndicesOut(TypedDict, closed=True):
    """The indices of the blood count."""

    sii: IndexOut
    nlr: IndexOut
    plr: IndexOut


class RepeatOut(TypedDict, closed=True):
    """Probability that a repeat within a week puts SII on the same side of the cut-off."""

    same_side_probability: float
    ratio_to_cutoff: float
    sd_log_sii: float
    source: str


class RiskGroupOut(TypedDict, closed=True):
    """The risk group, and which factors are high."""

    id: Literal["low", "intermediate", "high"]
    label: str
    meaning: str
    factors: list[str]


class CellOut(TypedDict):
    """A combination of factors, and its hazard relative to no factor high.

    `<factor>_high` is there for each factor, and for SII and AFP always: null is no factor of the model.
    """

    id: str
    sii_high: bool | None
    afp_high: bool | None
    label: str
    relative_hazard: float


class HazardRatioOut(TypedDict, closed=True):
    """A hazard ratio of the model: of one factor, or `combined`."""

    factor: str
    label: str
    hazard_ratio: float
    ci_95: Interval
    p_value: float
    reference: str
    present: bool


class SurvivalAtOut(TypedDict, closed=True):
    """Survival at one horizon: Kaplan-Meier of the group, Cox-predicted of the cell."""

    months: int
    kaplan_meier: float
    ci_95: Interval
    reconstruction_share: float
    cox_predicted: float
    cox_ci_95: Interval
    cox_reconstruction_share: float


class SurvivalOut(TypedDict, closed=True):
    """Survival at the horizons, and the group's median; null is not reached by the last time shown."""

    at: list[SurvivalAtOut]
    median_months: float | None
    median_ci_95: MaybeInterval


class AtRiskOut(TypedDict, closed=True):
    """Numbers at risk as a range over the reconstructed cohorts."""

    months: list[int]
    min: list[int]
    median: list[int]
    max: list[int]


class CurveOut(TypedDict, closed=True):
    """A Kaplan-Meier curve with its 95 % band."""

    months: list[float]
    survival: list[float]
    ci_lower: Limits
    ci_upper: Limits
    at_risk: AtRiskOut


class ReasonOut(TypedDict, closed=True):
    """One criterion of the study and how the patient compares."""

    code: str
    status: Literal["matches", "differs", "not_stated"]
    text: str


class ApplicabilityOut(TypedDict, closed=True):
    """Whether the patient looks like the study's patients."""

    status: Literal["matches", "differs", "not_stated"]
    reasons: list[ReasonOut]


class WarningOut(TypedDict, closed=True):
    """Something the reader should know; the answer stands."""

    code: str
    message: str
    field: str


class CaveatOut(TypedDict, closed=True):
    """What may change the answer (`first`), belongs beside it (`beside`), or is about the method (`about`)."""

    code: str
    level: Literal["first", "beside", "about"]
    parameters: dict[str, Any]
    text: str


class StudyOut(TypedDict, closed=True):
    """The study that the model was fitted to; `group_n` is the size of the patient's risk group in it."""

    n: int
    group_n: int
    description: str
    setting: str
    citation: str
    doi: str
    data: str


class AssessmentLinksOut(TypedDict, closed=True):
    """Where the curve is drawn and where the evidence is."""

    svg: str
    png: str
    evidence: str


class AssessmentOut(TypedDict, closed=True):
    """The answer for one patient."""

    model: ModelOut
    software: SoftwareOut
    computed_at: datetime
    inputs: InputsOut
    indices: IndicesOut
    repeat_measurement: RepeatOut
    risk_group: RiskGroupOut
    cell: CellOut
    hazard_ratios: list[HazardRatioOut]
    external_hazard_ratios: list[ExternalHazardRatioOut]
    external_survival: list[ExternalSurvivalOut]
    survival: SurvivalOut
    alternatives: list[AlternativeOut]
    curve: CurveOut
    applicability: ApplicabilityOut
    warnings: list[WarningOut]
    caveats: list[CaveatOut]
    study: StudyOut
    limitations: list[str]
    links: AssessmentLinksOut
