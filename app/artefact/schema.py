"""Declare the schema of the artefact file: its keys, types and ranges. Other modules check that its numbers agree.

`docs/artefact.schema.json` is the same schema for other programs.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from app.artefact.evidence_schema import (
    AdjustmentAssumption,
    Alternative,
    Band,
    Digest,
    ExternalRatio,
    ExternalSurvival,
    Numbers,
    OtherFinding,
    Part,
    Positive,
    PublishedRatio,
    RatioEstimate,
    ReferenceRange,
    Share,
    Text,
    Whole,
)

SCHEMA_VERSION = 5


class StudyReference(Part):
    """The publication that the model was made from."""

    citation: Text
    doi: Text
    pmid: Text


class Provenance(Part):
    """How the model was made: method, publication, the digests of the files used, and the cohorts."""

    method: Text
    study: StudyReference
    files: dict[Text, Digest]
    cohorts: Whole
    chains: Whole
    seed: Whole


class Spread(Part):
    """A whole number that differs between the cohorts."""

    min: Whole
    median: Whole
    max: Whole


class AtRisk(Part):
    """Numbers at risk over the cohorts, one for each of `at_risk_months`."""

    min: tuple[Whole, ...]
    median: tuple[Whole, ...]
    max: tuple[Whole, ...]


class Criterion(Part):
    """One criterion of the study's population; `values` are those that fit, absent for yes/no criteria."""

    id: Text
    text: Text
    values: tuple[Text | Whole, ...] = ()


class Population(Part):
    """Who the model was derived from.

    `treatment` follows a comma ("on A after B"), `time_zero` the word from ("the start of A").
    """

    description: Text
    setting: Text
    treatment: Text
    time_zero: Text
    n: Whole
    deaths: Spread
    follow_up_median_months: Positive
    survival_median_months: Positive | None = None
    criteria: tuple[Criterion, ...]


class Cutoff(Part):
    """The value at or above which a measure is high, as an exact decimal, with its UCUM unit."""

    value: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$")]
    unit: Text


class Factor(Part):
    """A covariate of the model, high at or above its cut-off. `id` is what it is computed from."""

    id: Literal["sii", "nlr", "plr", "afp"]
    cutoff: Cutoff


class Cell(Part):
    """One combination of factors: `high` are the ids of the high ones, in the order of `factors`."""

    id: Text
    label: Text
    high: tuple[Text, ...]


class RiskGroup(Part):
    """Patients of the cells named; a group's label and meaning are shown to readers."""

    id: Literal["low", "intermediate", "high"]
    label: Text
    meaning: Text
    cells: tuple[Text, ...]


class Limit(Part):
    """One limit of the model, as a sentence."""

    id: Text
    text: Text


class Coefficients(Part):
    """Log hazard ratios with their covariance: in total, within the cohorts and between them."""

    names: tuple[Text, ...]
    estimate: Numbers
    covariance: tuple[Numbers, ...]
    within: tuple[Numbers, ...]
    between: tuple[Numbers, ...]


class RepeatMeasurement(Part):
    """Week-to-week variation within `n` healthy adults: of the counts in percent, and of the logarithm of SII."""

    n: Whole
    cv_percent: dict[Text, Positive]
    sd_log_sii: Positive
    source: Text
    pmid: Text
    doi: Text | None


class CoxCell(Band):
    """The Cox-predicted survival of a cell, and its hazard relative to the reference cell."""

    relative_hazard: Positive


class Cox(Part):
    """The Cox model: hazard ratios by factor, curves by cell."""

    hazard_ratios: dict[Text, RatioEstimate]
    cells: dict[Text, CoxCell]


class KaplanMeier(Band):
    """The pooled Kaplan-Meier curve of one group; a null median is not reached within the grid.

    `median_at_risk` is the median over the cohorts of the number at risk at each of `grid_months`.
    """

    n: Whole
    events: Spread
    at_risk: AtRisk
    median_at_risk: tuple[Whole, ...]
    median_months: float | None
    median_ci_95: tuple[float | None, float | None]


class CIndex(Part):
    """Harrell's C-index over the cohorts: mean, lowest and highest estimate, and 95 % interval with sampling error."""

    mean: Share
    min: Share
    max: Share
    ci_95: tuple[Share, Share] | None


class Performance(Part):
    """Apparent discrimination in the reconstructed cohorts."""

    c_index: CIndex
    gonen_heller: Share


class ArtefactFile(Part):
    """A fitted model as one sealed file.

    `other_cutoffs` are those of indices that are shown and are no factors. The first of `cells` is the reference: no
    factor high. `risk_groups` ascend; `risk_groups_published` is whether the publication itself defines them. Each of
    `other_divisions` names Kaplan-Meier curves that divide the population, as do the overall curve, the groups and the
    cells.
    """

    schema_version: Annotated[int, Field(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)]
    id: Text
    version: Text
    digest: Digest
    title: Text
    provenance: Provenance
    population: Population
    factors: tuple[Factor, ...]
    other_cutoffs: dict[Literal["sii", "nlr", "plr"], Cutoff]
    cells: tuple[Cell, ...]
    risk_groups: tuple[RiskGroup, ...]
    risk_groups_published: bool
    coefficients: Coefficients
    published_hazard_ratios: tuple[PublishedRatio, ...]
    external_hazard_ratios: tuple[ExternalRatio, ...]
    other_findings: tuple[OtherFinding, ...]
    external_survival: tuple[ExternalSurvival, ...]
    reference_ranges: tuple[ReferenceRange, ...]
    alternatives: tuple[Alternative, ...]
    adjustment_sensitivity: tuple[AdjustmentAssumption, ...]
    repeat_measurement: RepeatMeasurement
    grid_months: Numbers
    horizons_months: tuple[Whole, ...]
    headline_months: Whole
    at_risk_months: tuple[Whole, ...]
    cox: Cox
    kaplan_meier: dict[Text, KaplanMeier]
    other_divisions: tuple[tuple[Text, ...], ...]
    performance: Performance
    limits: tuple[Limit, ...]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the artefact file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **TypeAdapter(ArtefactFile).json_schema()}
