"""The shapes of the JSON API's answers. They only describe: no request waits for them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


Interval = Annotated[list[float], Field(min_length=2, max_length=2)]
MaybeInterval = Annotated[list[float | None], Field(min_length=2, max_length=2)]


class ModelOut(_Answer):
    """Which fitted model answered."""

    id: str
    version: str
    digest: str
    title: str


class SoftwareOut(_Answer):
    """Which software answered."""

    version: str
    commit: str | None


class ValueOut(_Answer):
    """A value with unit and comparator."""

    value: float
    unit: str
    comparator: str | None


class InputOut(_Answer):
    """A value as given and in the canonical unit."""

    given: ValueOut
    canonical: ValueOut


class InputsOut(_Answer):
    """Everything that was sent."""

    neutrophils: InputOut
    lymphocytes: InputOut
    platelets: InputOut
    afp: InputOut
    sampled_on: dict[str, str | None]
    population: dict[str, bool | int | str | None]


class IndexOut(_Answer):
    """An index of the blood count with its working. Only SII is in the model."""

    value: float
    shown: str
    unit: str
    cutoff: float
    high: bool
    working: str
    in_model: bool


class RepeatOut(_Answer):
    """Probability that a repeat within a week puts SII on the same side of the cut-off."""

    same_side_probability: float
    ratio_to_cutoff: float
    sd_log_sii: float
    source: str


class RiskGroupOut(_Answer):
    """None, one or both factors high."""

    id: Literal["low", "intermediate", "high"]
    label: str
    meaning: str
    factors: list[Literal["sii", "afp"]]


class CellOut(_Answer):
    """One of the four combinations; its hazard relative to neither factor high."""

    id: Literal["neither", "sii_only", "afp_only", "both"]
    sii_high: bool
    afp_high: bool
    label: str
    relative_hazard: float


class HazardRatioOut(_Answer):
    """A hazard ratio of the model."""

    factor: Literal["sii", "afp", "combined"]
    label: str
    hazard_ratio: float
    ci_95: Interval
    p_value: float
    reference: str
    present: bool


class SurvivalAtOut(_Answer):
    """Survival at one horizon: Kaplan-Meier of the group, Cox-predicted of the cell."""

    months: int
    kaplan_meier: float
    ci_95: Interval
    reconstruction_share: float
    cox_predicted: float
    cox_ci_95: Interval
    cox_reconstruction_share: float


class SurvivalOut(_Answer):
    """Survival at the horizons, and the group's median; null is not reached by 12 months."""

    at: list[SurvivalAtOut]
    median_months: float | None
    median_ci_95: MaybeInterval


class AtRiskOut(_Answer):
    """Numbers at risk as a range over the reconstructed cohorts."""

    months: list[int]
    min: list[int]
    median: list[int]
    max: list[int]


class CurveOut(_Answer):
    """A Kaplan-Meier curve with its 95 % band."""

    months: list[float]
    survival: list[float]
    ci_lower: list[float]
    ci_upper: list[float]
    at_risk: AtRiskOut


class ReasonOut(_Answer):
    """One criterion of the study and how the patient compares."""

    code: str
    status: Literal["matches", "differs", "not_stated"]
    text: str


class ApplicabilityOut(_Answer):
    """Whether the patient looks like the study's patients."""

    status: Literal["matches", "differs", "not_stated"]
    reasons: list[ReasonOut]


class WarningOut(_Answer):
    """Something the reader should know; the answer stands."""

    code: str
    message: str
    field: str


class AssessmentOut(_Answer):
    """The answer for one patient."""

    model: ModelOut
    software: SoftwareOut
    computed_at: str
    inputs: InputsOut
    indices: dict[Literal["sii", "nlr", "plr"], IndexOut]
    repeat_measurement: RepeatOut
    risk_group: RiskGroupOut
    cell: CellOut
    hazard_ratios: list[HazardRatioOut]
    external_hazard_ratios: list[dict[str, Any]]
    pooled_hazard_ratios: list[dict[str, Any]]
    survival: SurvivalOut
    curve: CurveOut
    applicability: ApplicabilityOut
    warnings: list[WarningOut]
    study: dict[str, Any]
    limitations: list[str]
    links: dict[str, str]


class GroupOut(_Answer):
    """A risk group with its size and curve."""

    id: Literal["low", "intermediate", "high"]
    label: str
    meaning: str
    n: int
    links: dict[str, str]


class GroupsOut(_Answer):
    """The three risk groups."""

    model: ModelOut
    groups: list[GroupOut]


class GroupCurveOut(_Answer):
    """The Kaplan-Meier curve of a group."""

    model: ModelOut
    group: GroupOut
    curve: CurveOut


class FieldProblemOut(_Answer):
    """One value that cannot be used."""

    pointer: str
    code: str
    message: str
    hint: str


class ProblemOut(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblemOut]
    instance: str | None = None


ANSWERS: tuple[type[BaseModel], ...] = (AssessmentOut, GroupsOut, GroupCurveOut, ProblemOut)
