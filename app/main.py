"""Create the application: load and self-test the model once, then add routes and middleware."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.artefact.reference_vectors import VECTORS_FILE, Vector, read_vectors, replay
from app.artefact.store import ModelStore, load_models
from app.auth.authenticator import Admission
from app.auth.jwks import KeySets
from app.config.addresses import STATIC
from app.config.logs import logger
from app.config.placeholders import placeholder_warnings
from app.config.preset_units import preset_units
from app.config.settings import Settings
from app.config.site import load_site_configuration
from app.config.telemetry import new_tracer
from app.config.version import software
from app.ehr.cds_hooks import openapi as hooks_openapi
from app.ehr.cds_hooks import routes as hooks
from app.ehr.cds_hooks.feedback import Feedback
from app.ehr.cds_hooks.outcomes import CardOutcomes
from app.ehr.fhir import metadata, operation
from app.ehr.fhir import openapi as fhir_openapi
from app.ehr.fhir.state import new_records
from app.ehr.smart import filing as smart_filing
from app.ehr.smart import routes as smart
from app.ehr.smart.record_pages import find_record
from app.ehr.smart.state import smart_parts
from app.exception_handlers import HANDLERS, answer, on_failure
from app.net.json_client import Outbound
from app.presentation.languages import read_languages
from app.presentation.pdf.typesetter import Typesetter, installed_typesetter
from app.store.opening import open_store
from app.store.protocol import Store
from app.web import health, openapi
from app.web.api import routes as api
from app.web.metrics import new_metrics
from app.web.middleware.compression import Compression
from app.web.middleware.cors import CrossOrigin
from app.web.middleware.languages import Languages
from app.web.middleware.observability import Observability
from app.web.middleware.request_checks import Gate
from app.web.middleware.security_headers import SecurityHeaders
from app.web.middleware.tracing import Tracing
from app.web.middleware.unhandled_errors import Failures
from app.web.pages import api_docs, offline, result_pdf
from app.web.pages import report as report_pages
from app.web.pages import routes as pages
from app.web.state import Service, utc_now
from app.web.static_files import static_files

_COMPRESS_FROM_BYTES = 1000
_COMPRESSION_LEVEL = 5  # two thirds of the time of level 9, and 0.3 % more bytes
# That of the framework would be switched on by the environment, and sends paths, queries and texts of exceptions.
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
_DESCRIBED = (api.DESCRIBED, fhir_openapi.DESCRIBED, hooks_openapi.DESCRIBED)


def create_app(  # noqa: PLR0913 - one seam each
    settings: Settings | None = None,
    *,
    models: ModelStore | None = None,
    vectors: Sequence[Vector] | None = None,
    http: Outbound | None = None,
    clock: Callable[[], datetime] = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
    find_typesetter: Callable[[Path | None], Typesetter | None] = installed_typesetter,
    store: Store | None = None,
) -> FastAPI:
    """Return the service. It loads the model and replays reference vectors; if one fails it answers 503 to everything.

    By default `models` and `vectors` are read from the installation. The other arguments are for tests: `http` calls
    all other servers, `clock` returns the aware time, and `monotonic` the seconds that key sets, launches and the rate
    limit use; `find_typesetter` gets the folder of fonts; `store` holds the shared state. Without
    `http`, each kind of call has its own deadline.
    Raises ArtefactError if a model cannot be loaded at all, ConfigurationError if a setting, or a file or a database
    that it names, cannot be used, and MissingPackageError.
    """
    settings = settings or Settings()
    models = models or load_models(settings.withdrawn)
    fitted = models.default.fitted
    site = load_site_configuration(settings.integration_file)
    catalogues = read_languages(settings.languages)
    is_secure = settings.public_url.startswith("https:")
    presets = preset_units(settings.units, site.units.reader)
    for warning in placeholder_warnings(settings, site):
        logger.warning(warning)
    if vectors is None:
        vectors = read_vectors(models.default.folder / VECTORS_FILE.name, about=settings.startup_vectors)
    proxies = list(settings.trusted_proxies or ())
    shared = store or open_store(settings, monotonic)
    admission = Admission(settings, site, KeySets(http, monotonic), shared)
    failures = tuple(f"vector {failure.id}" for failure in replay(fitted, vectors)) if vectors else ("no vectors",)
    metrics = new_metrics(models)
    if failures:
        logger.error("self-test failed", extra={"model": fitted.digest})

    @asynccontextmanager
    async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
        yield
        await shared.close()

    application = FastAPI(
        title="SII-AFP calculator",
        version=software().version,
        summary="Risk group, hazard ratios and survival from neutrophils, lymphocytes, platelets and AFP",
        description=(
            f"One published study of {fitted.population.n} patients, reconstructed; intervals beside every number. "
            "It supports a conversation about prognosis and must not choose a treatment."
        ),
        docs_url=None,
        redoc_url=None,
        telemetry=_NO_TELEMETRY,
        redirect_slashes=False,  # behind a proxy that ends TLS, the redirect would send the values again in clear
        middleware=[
            *([Middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)] if proxies else []),
            Middleware(Observability, metrics=metrics, model=fitted.digest),
            *([Middleware(Tracing, tracer=new_tracer())] if settings.opentelemetry else []),
            Middleware(SecurityHeaders, frame_ancestors=site.frame_ancestors),
            *([Middleware(CrossOrigin, origins=site.cors_origins)] if site.cors_origins else []),
            *([Middleware(Languages, catalogues=catalogues, secure=is_secure)] if catalogues else []),
            Middleware(Gate, settings=settings, answer=answer, owner_of=admission.owner_of, store=shared),
            Middleware(Compression, minimum_size=_COMPRESS_FROM_BYTES, compresslevel=_COMPRESSION_LEVEL),
            Middleware(Failures, answer=on_failure),
        ],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    zone = site.zone
    application.state.service = Service(
        settings,
        models,
        failures,
        len(vectors),
        metrics,
        lambda: clock().astimezone(zone),
        site.units.reader,
        presets,
        site.contact,
        find_typesetter(settings.font_folder),
        site.paper,
    )
    application.state.admission = admission
    application.state.records = new_records(settings, site, fitted, http)
    application.state.feedback = Feedback(metrics.registry, shared)
    application.state.card_outcomes = CardOutcomes(metrics.registry)
    application.state.smart = smart_parts(settings, site, shared, monotonic, lambda: clock().timestamp())
    application.state.find_record = partial(
        find_record, application.state.smart.contexts, application.state.records.rules
    )
    # Matched in this order: the interfaces of programs come first.
    for router in (
        api.router,
        hooks.router,
        operation.router,
        metadata.router,
        pages.router,
        report_pages.router,
        result_pdf.router,
        offline.router,
        health.router,
        smart.router,
        smart_filing.router,
        api_docs.router,
    ):
        application.router.routes += router.routes  # an included router would be matched twice
    application.openapi = lambda: openapi.describe(application, _DESCRIBED)  # type: ignore[method-assign]
    application.mount(STATIC, static_files(), name="static")
    return application
