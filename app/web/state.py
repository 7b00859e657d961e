"""Define the state of a running service: the models, readiness, metrics and clock. create_app builds it once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.requests import Request

from app.artefact.store import ModelStore
from app.config.settings import Settings
from app.config.site import Paper
from app.core.analytes import Analyte
from app.core.fitted_model import FittedModel
from app.core.units import UnitReader
from app.presentation.pdf.typesetter import Typesetter
from app.presentation.translation import gettext as _
from app.web.problems import NOT_READY, WITHDRAWN, ProblemError


@dataclass(frozen=True, slots=True)
class Metrics:
    """Counters of requests by route, method and status; no values, no addresses."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    dropped_lines: Counter


@dataclass(slots=True)
class Lifecycle:
    """Whether the process is about to end: it still answers, but is not ready for more."""

    is_stopping: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """The parts that every interface shares. `failures` says why the service must not answer; empty means ready.

    `clock` returns the time, aware, in the time zone of the site: every age of a sample is counted from its day.
    `read_unit` knows the site's own units; `preset_units` are those that the form has chosen already. `contact` takes
    reports of wrong results.
    `typesetter` makes PDF documents, on `paper` unless a form asks for another; it is None without the extra `pdf`.
    """

    settings: Settings
    models: ModelStore
    failures: tuple[str, ...]
    replayed: int
    metrics: Metrics
    clock: Callable[[], datetime]
    read_unit: UnitReader
    preset_units: Mapping[Analyte, str]
    contact: str | None = None
    typesetter: Typesetter | None = None
    paper: Paper = "a4"
    lifecycle: Lifecycle = field(default_factory=Lifecycle)

    @property
    def fitted(self) -> FittedModel:
        """The fitted model that answers."""
        return self.models.default.fitted


def utc_now() -> datetime:
    """Return the time of this machine, in UTC."""
    return datetime.now(UTC)


def new_metrics() -> Metrics:
    """Return fresh counters in a registry of their own."""
    registry = CollectorRegistry()
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
        Counter("sii_afp_log_lines_dropped", "Log lines that were not written", registry=registry),
    )


def service_of(request: Request) -> Service:
    """Return the service of a request. Raises ProblemError 503 while it must not answer, or its model is withdrawn."""
    service: Service = request.app.state.service
    if service.failures:
        raise ProblemError(NOT_READY, _("The self-test of this installation failed at start; nothing is answered."))
    fitted = service.fitted
    if fitted.id in service.models.withdrawn:
        reason = service.models.withdrawn[fitted.id]
        raise ProblemError(
            WITHDRAWN,
            _("{model} was withdrawn: {reason}").format(model=f"{fitted.id} {fitted.version}", reason=reason),
        )
    return service
