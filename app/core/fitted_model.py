"""Define the fitted model of one study: cut-offs, Cox model, curves, other evidence, and limits."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple

from app.core.alternatives import AdjustmentAssumption, Alternative
from app.core.cell_answers import CellAnswer
from app.core.cox import CoxModel
from app.core.cutoffs import Cutoff
from app.core.kaplan_meier import KaplanMeierCurve, Spread
from app.core.risk_groups import Cell, Factor, RiskGroup

MOST_KEPT = 2000
"""How many results a model keeps: enough for nine languages, apart from those for answers about the patient."""
_T = TypeVar("_T")
_Rest = TypeVarTuple("_Rest")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of the study's population; `values` are those that fit, empty for yes/no criteria."""

    id: str
    text: str
    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class StudyPopulation:
    """The patients that the model was derived from, their treatment, and the time from which survival counts.

    `survival_median_months` is the median survival that the study printed, if it did; that of a reconstructed curve may
    differ from it a little.
    """

    description: str
    setting: str
    treatment: str
    time_zero: str
    n: int
    deaths: Spread
    follow_up_median_months: float
    survival_median_months: float | None
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class ExternalRatio:
    """A hazard ratio, high against low, that another study found."""

    factor: str
    label: str
    population: str
    n: int | None
    cutoff: str
    hazard_ratio: float
    ci_95: tuple[float, float]
    doi: str | None
    url: str
    note: str
    primary: bool


@dataclass(frozen=True, slots=True)
class ExternalMedian:
    """The median survival in another study, of the patients that `patients` names; None is all of them.

    `levels` says of each factor that the text is about whether it is high in these patients.
    """

    patients: str | None
    levels: Mapping[str, bool]
    months: float
    ci_95: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class ExternalSurvivalAt:
    """The survival in another study at a time."""

    months: float
    survival: float


@dataclass(frozen=True, slots=True)
class ExternalSurvival:
    """The overall survival that another study of the same treatment found; `time_zero` is None if not stated."""

    id: str
    label: str
    population: str
    n: int
    time_zero: str | None
    medians: tuple[ExternalMedian, ...]
    at: tuple[ExternalSurvivalAt, ...]
    doi: str | None
    url: str


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """Mean and 95 % reference interval of an index in the general population, in the unit of its cut-off."""

    index: str
    population: str
    n: int
    mean: float
    interval_95: tuple[float, float]
    url: str


@dataclass(frozen=True, slots=True)
class OtherFinding:
    """A finding of another study on a factor that is no hazard ratio of high against low, as a sentence."""

    id: str
    factor: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class PublishedRatio:
    """A hazard ratio as printed in the study."""

    factor: str
    hazard_ratio: float
    ci_95: tuple[float, float]
    p_value: float
    source: str


@dataclass(frozen=True, slots=True)
class CountVariation:
    """Week-to-week variation of SII within `n` healthy adults: standard deviation of ln SII, and its source."""

    n: int
    sd_log_sii: float
    source: str
    pmid: str


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of the model."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the model was made: the method, the publication, the cohorts, and the digests of the files by their name."""

    method: str
    citation: str
    doi: str
    pmid: str
    files: Mapping[str, str]
    cohorts: int
    chains: int
    seed: int


@dataclass(frozen=True, slots=True)
class Performance:
    """Apparent discrimination in the reconstructed cohorts: C-index (mean, lowest, highest) and Gönen-Heller.

    `c_index_ci_95` includes the sampling error; an artefact of schema version 4 does not have it.
    """

    c_index_mean: float
    c_index_min: float
    c_index_max: float
    c_index_ci_95: tuple[float, float] | None
    gonen_heller: float


@dataclass(frozen=True, slots=True, eq=False)
class FittedModel:
    """The whole fitted model, compared by identity.

    `cutoffs` has those of the factors and of the indices that are shown beside them. `answers` are held by the ids of
    the high factors; `headline_months` is the horizon shown first; `risk_groups_published` is whether the
    publication itself defines the groups. `text` is the sealed file, for programs that want
    it whole. `kept` holds what `once_per_model` made of the model.
    """

    id: str
    version: str
    digest: str
    title: str
    provenance: Provenance
    population: StudyPopulation
    factors: tuple[Factor, ...]
    factor_ids: frozenset[str]
    cutoffs: Mapping[str, Cutoff]
    cells: tuple[Cell, ...]
    risk_groups: tuple[RiskGroup, ...]
    risk_groups_published: bool
    cox: CoxModel
    kaplan_meier: Mapping[str, KaplanMeierCurve]
    answers: Mapping[frozenset[str], CellAnswer]
    horizons_months: tuple[int, ...]
    headline_months: int
    published_hazard_ratios: tuple[PublishedRatio, ...]
    external_hazard_ratios: tuple[ExternalRatio, ...]
    other_findings: tuple[OtherFinding, ...]
    external_survival: tuple[ExternalSurvival, ...]
    reference_ranges: Mapping[str, ReferenceRange]
    alternatives: tuple[Alternative, ...]
    adjustment_sensitivity: tuple[AdjustmentAssumption, ...]
    count_variation: CountVariation
    performance: Performance
    limits: tuple[Limit, ...]
    text: str
    kept: dict[object, Any] = field(default_factory=dict, init=False, repr=False)

    def printed_ratio(self, factor: str) -> PublishedRatio | None:
        """Return the hazard ratio of a factor as the study prints it; None if it prints none, as of `combined`."""
        return next((row for row in self.published_hazard_ratios if row.factor == factor), None)


def once_per_model(
    make: Callable[[FittedModel, *_Rest], _T], context: ContextVar[Any] | None = None
) -> Callable[[FittedModel, *_Rest], _T]:
    """Call a function once for each model and other arguments; the model keeps the result for its whole life.

    With `context`, such as the language of the answer, it is called once for each of its values too. Use it for
    results that depend on the model and few other values, such as the cell: nothing is ever removed. A result after
    the first `MOST_KEPT` is made at each call, so that callers cannot fill the memory with rare combinations.
    """

    @wraps(make)
    def kept(model: FittedModel, *rest: *_Rest) -> _T:
        key = (make, context and context.get(), *rest)
        try:
            found: _T = model.kept[key]
        except KeyError:
            found = make(model, *rest)
            if len(model.kept) < MOST_KEPT:
                model.kept[key] = found
        return found

    return kept
