"""Define the metrics of the service, and count assessments by group, caveat and coarse band. No value is kept.

Every label has few values, all named in the code or in the site's own files: docs/monitoring.md lists them.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Literal, ParamSpec

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from app.artefact.store import ModelStore
from app.config.version import software
from app.core.analytes import Analyte
from app.core.applicability import Status
from app.core.assessment import Assessment
from app.core.caveats import Level
from app.core.cell_answers import CellAnswer
from app.core.errors import InputErrors
from app.core.fitted_model import FittedModel
from app.web.problems import ProblemError

_P = ParamSpec("_P")
Interface = Literal["api", "fhir", "cds_hooks", "form", "report", "smart"]
Increment = Callable[[], None]

# The limits of the bands, in the canonical unit: coarse, but a factor of ten moves most patients of a feed into another
# band.
BANDS: Mapping[Analyte, tuple[Decimal, ...]] = {
    Analyte.NEUTROPHILS: (Decimal("0.5"), Decimal(2), Decimal("7.5"), Decimal(20)),
    Analyte.LYMPHOCYTES: (Decimal("0.2"), Decimal(1), Decimal(4), Decimal(10)),
    Analyte.PLATELETS: (Decimal(20), Decimal(100), Decimal(450), Decimal(1000)),
    Analyte.AFP: (Decimal(10), Decimal(100), Decimal(1000), Decimal(10000)),
}
_FIELDS = (*Analyte, "sampled_on", "population")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class _Feed:
    """The counters of one caller at one interface. Each exists from the first assessment on, so that none is missed."""

    answers: dict[CellAnswer, Increment]
    bands: tuple[tuple[Analyte, tuple[Decimal, ...], tuple[Increment, ...]], ...]
    statuses: Mapping[Status, Increment]


class AssessmentCounts:
    """Counts every assessment, and why values were refused. `counted` is the one place where all interfaces pass."""

    def __init__(self, registry: CollectorRegistry) -> None:
        feed = ("interface", "caller")
        self._assessments = Counter(
            "sii_afp_assessments", "Assessments", (*feed, "model", "risk_group", "sii", "afp"), registry=registry
        )
        self._values = Counter(
            "sii_afp_input_values", "Values in each band", (*feed, "analyte", "band"), registry=registry
        )
        self._applicability = Counter(
            "sii_afp_applicability", "Assessments by study population", ("interface", "status"), registry=registry
        )
        caveats = Counter("sii_afp_caveats", "Caveats before the answer", ("interface", "code"), registry=registry)
        warnings = Counter(
            "sii_afp_input_warnings", "Warnings about values", (*feed, "field", "code"), registry=registry
        )
        refused = Counter(
            "sii_afp_refused_values", "Values that were refused", ("interface", "field", "code"), registry=registry
        )
        # Looking up labels costs more than counting.
        self._feed_of = cache(self._feed)
        self._caveat_of = cache(caveats.labels)
        self._warning_of = cache(warnings.labels)
        self._refused_of = cache(refused.labels)

    def counted(
        self,
        interface: Interface,
        caller: str,
        make: Callable[_P, Assessment],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Assessment:
        """Return the assessment that `make` returns, and count it.

        `caller` is a name that the operator gave, or empty. Refused values are counted too, and raise as `make` does.
        """
        try:
            assessment = make(*args, **kwargs)
        except InputErrors as refused:
            self._refuse(interface, ((error.field.partition(".")[0], error.code) for error in refused.errors))
            raise
        except ProblemError as refused:
            self._refuse(interface, ((error.pointer[1:].partition("/")[0], error.code) for error in refused.errors))
            raise
        feed = self._feed_of(interface, caller)
        answer, labs = assessment.answer, assessment.labs
        if answer not in feed.answers:
            feed.answers.update(self._answers(interface, caller, assessment.fitted))
        feed.answers[answer]()
        for analyte, limits, increments in feed.bands:
            increments[bisect_right(limits, labs[analyte].canonical)]()
        feed.statuses[assessment.applicability.status]()
        for warning in assessment.warnings:
            self._warning_of(interface, caller, warning.field or OTHER, warning.code).inc()
        for caveat in assessment.caveats:
            if caveat.level is not Level.FIRST:
                break  # they are in the order of their levels
            self._caveat_of(interface, caveat.code).inc()
        return assessment

    def _refuse(self, interface: Interface, errors: Iterable[tuple[str, str]]) -> None:
        for field, code in errors:
            self._refused_of(interface, field if field in _FIELDS else OTHER, code).inc()

    def _feed(self, interface: Interface, caller: str) -> _Feed:
        return _Feed(
            answers={},
            bands=tuple(
                (
                    analyte,
                    limits,
                    tuple(self._values.labels(interface, caller, analyte.value, name).inc for name in bands(analyte)),
                )
                for analyte, limits in BANDS.items()
            ),
            statuses={status: self._applicability.labels(interface, status.value).inc for status in Status},
        )

    def _answers(self, interface: Interface, caller: str, fitted: FittedModel) -> dict[CellAnswer, Increment]:
        def level(factor: str, answer: CellAnswer) -> str:
            if factor not in fitted.factor_ids:
                return ""
            return "high" if factor in answer.cell.factors else "low"

        return {
            answer: self._assessments.labels(
                interface, caller, fitted.id, answer.risk_group.id, level("sii", answer), level("afp", answer)
            ).inc
            for answer in fitted.answers.values()
        }


def bands(analyte: Analyte) -> tuple[str, ...]:
    """Return the names of the bands of an analyte, the lowest first. A value at a limit is in the band above it."""
    limits = [str(limit) for limit in BANDS[analyte]]
    between = (f"{low}_to_{high}" for low, high in pairwise(limits))
    return (f"below_{limits[0]}", *between, f"from_{limits[-1]}")


@dataclass(frozen=True, slots=True)
class Metrics:
    """All metrics of the service that are not those of one interface."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    assessments: AssessmentCounts
    problem_of: Callable[[str], Counter]
    ready: Gauge
    dropped_lines: Counter


def new_metrics(models: ModelStore) -> Metrics:
    """Return fresh counters in a registry of their own."""
    registry = CollectorRegistry()
    _describe(models, registry)
    problems = Counter("sii_afp_problems", "Requests answered with a problem", ("problem",), registry=registry)
    return Metrics(
        registry,
        Counter("sii_afp_requests", "Requests answered", ("route", "method", "status"), registry=registry),
        Histogram(
            "sii_afp_request_seconds",
            "Time to answer",
            ("route",),
            registry=registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0),
        ),
        AssessmentCounts(registry),
        cache(problems.labels),
        # Of several processes, one that is not ready is enough.
        Gauge("sii_afp_ready", "1 if the service answers", registry=registry, multiprocess_mode="livemin"),
        Counter("sii_afp_log_lines_dropped", "Log lines that were not written", registry=registry),
    )


def _describe(models: ModelStore, registry: CollectorRegistry) -> None:
    """Set the gauges that stay as they are: what runs, and which models are withdrawn."""
    build = Gauge(
        "sii_afp_build_info",
        "The software and the model that answers",
        ("software", "commit", "model", "model_version", "digest"),
        registry=registry,
        multiprocess_mode="livemax",
    )
    fitted, running = models.default.fitted, software()
    build.labels(running.version, running.commit or "", fitted.id, fitted.version, fitted.digest).set(1)
    withdrawn = Gauge(
        "sii_afp_model_withdrawn",
        "1 if the model must not answer",
        ("model",),
        registry=registry,
        multiprocess_mode="livemax",
    )
    for model in models.models:
        withdrawn.labels(model.fitted.id).set(model.fitted.id in models.withdrawn)
