"""Define the state of a running service: the models, readiness, metrics and clock. create_app builds it once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from starlette.requests import Request

from app.artefact.store import ModelStore
from app.config.settings import Settings
from app.config.site import Paper
from app.core.analytes import Analyte
from app.core.fitted_model import FittedModel
from app.core.units.conversion import UnitReader
from app.presentation.pdf.typesetter import Typesetter
from app.presentation.translation import gettext as _
from app.web.metrics import Metrics
from app.web.problems import NOT_READY, WITHDRAWN, ProblemError


@dataclass(slots=True)
class Lifecycle:
    """Whether the process is about to end: it still answers, but is not ready for more."""

    is_stopping: bool = False


@dataclass(frozen=True)
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

    @cached_property
    def fitted(self) -> FittedModel:
        """The fitted model that answers."""
        return self.models.default.fitted

    @property
    def withdrawal(self) -> str | None:
        """Why the operator withdrew the model; None while it may answer."""
        return self.models.withdrawn.get(self.fitted.id)

    @property
    def is_ready(self) -> bool:
        """Whether requests should come to this process: that of a withdrawn model tells them the reason."""
        return not (self.failures or self.lifecycle.is_stopping)


def utc_now() -> datetime:
    """Return the time of this machine, in UTC."""
    return datetime.now(UTC)


def service_of(request: Request) -> Service:
    """Return the service of a request. Raises ProblemError 503 while it must not answer, or its model is withdrawn."""
    service = tested_service_of(request)
    reason = service.withdrawal
    if reason is not None:
        model = f"{service.fitted.id} {service.fitted.version}"
        raise ProblemError(WITHDRAWN, _("{model} was withdrawn: {reason}").format(model=model, reason=reason))
    return service


def tested_service_of(request: Request) -> Service:
    """Return the service of a request, whether or not its model is withdrawn. Raises ProblemError 503 as not ready."""
    service: Service = request.app.state.service
    if service.failures:
        raise ProblemError(NOT_READY, _("The self-test of this installation failed at start; nothing is answered."))
    return service
