"""Read the settings from environment variables that begin with SII_AFP_. docs/operations.md lists them.

A file that one of them names is read elsewhere; why it cannot be read is worded here.
"""

import os
from collections.abc import Iterator
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import DirectoryPath, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.core.errors import ConfigurationError

_PREFIX = "SII_AFP_"
_ADDRESS = (
    "write the address with http:// or https:// and without a final slash, question mark or number sign, such as "
    "https://calculator.example.org"
)
_CLOSE = 0.8  # as difflib measures it


def _web_concurrency() -> Any:
    """Return the number of processes in the variable that hosting platforms set; it is not checked yet."""
    return os.environ.get("WEB_CONCURRENCY") or 1


class Settings(BaseSettings):
    """How the service runs. Every setting has a default that is safe on one's own machine."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, env_ignore_empty=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on; the image sets 0.0.0.0.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(
        default_factory=_web_concurrency,
        ge=1,
        le=64,
        description="Processes that answer on the port, at most one for each processor. `WEB_CONCURRENCY` is used if "
        "this is not set.",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("localhost", "127.0.0.1", "[::1]"),
        description="Host names that requests may carry, separated by commas; `*` allows any.",
    )
    body_limit_bytes: int = Field(
        default=16_384,
        ge=1024,
        description="Largest request body; larger ones get 413. A pasted report may have 131072 in any case.",
    )
    record_body_limit_bytes: int = Field(
        default=8_388_608, ge=1024, description="The same for the FHIR operation and CDS Hooks, which carry bundles."
    )
    rate_limit_per_minute: int = Field(
        default=0,
        ge=0,
        description="Requests per API key, else per client address, in a minute; above it 429. 0: no limit. Each "
        "process counts its own, unless `SII_AFP_STORE` is set. The form's checks of typed values are counted apart, "
        "with a limit ten times as high.",
    )
    expensive_limit_per_minute: int = Field(
        default=0,
        ge=0,
        description="The same for what takes longer than an assessment: PNG, PDF and pasted reports.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log line that is written."
    )
    opentelemetry: bool = Field(
        default=False,
        description="Send a span of each request by OTLP over HTTP. It needs the extra `otel`; see docs/monitoring.md.",
    )
    startup_vectors: int = Field(
        default=100, ge=1, le=5000, description="Reference vectors replayed at start; if one fails, nothing is served."
    )
    header_seconds: float = Field(
        default=10, gt=0, description="Seconds that the headers of a request may take to arrive; then 408."
    )
    body_seconds: float = Field(
        default=10,
        gt=0,
        description="The same for the body. A client that does not read its answer has as long.",
    )
    idle_seconds: float = Field(
        default=5, gt=0, description="Seconds that a connection may wait for a request before it is closed."
    )
    header_limit_bytes: int = Field(
        default=65_536, ge=8192, description="Largest headers of a request; larger ones get 431."
    )
    in_flight_limit_bytes: int = Field(
        default=33_554_432,
        ge=1_048_576,
        description="Most bytes of all unanswered requests of the process, headers included; above it 503. "
        "Requests larger than 16384 may use three quarters of it.",
    )
    drain_seconds: float = Field(
        default=1,
        ge=0,
        description="Seconds after SIGTERM in which the service is not ready but answers, so that proxies turn away.",
    )
    shutdown_seconds: int = Field(
        default=5, ge=0, description="Seconds that running requests have to finish after that."
    )
    public_url: str = Field(
        default_factory=lambda given: f"http://127.0.0.1:{given.get('port', 8000)}",
        pattern=r"^https?://[^/?#]+(/[^?#]*[^/?#])?$",
        description="Address by which others reach this service, without a final slash: audience of tokens, links.",
    )
    canonical_url: str = Field(
        default="https://sii-afp.example/fhir",
        pattern=r"^https?://[^?#]+[^/?#]$",
        description="Base of the canonical addresses of the FHIR definitions: one that you own.",
    )
    trusted_proxies: Annotated[tuple[str, ...] | None, NoDecode] = Field(
        default=None,
        description="Addresses or networks of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, "
        "separated by commas: `10.0.0.5, 10.1.0.0/16`.",
    )
    anonymous_calls: bool = Field(
        default=False, description="Answer API, FHIR and CDS Hooks without credentials, beyond this machine too."
    )
    api_keys_file: Path | None = Field(
        default=None, description="File with the hashes of API keys; it is read again when it changes."
    )
    integration_file: Path | None = Field(
        default=None, description="TOML file with trusted EHRs and local codes; see docs/site.md."
    )
    store: str | None = Field(
        default=None,
        repr=False,
        description="Where several processes share used tokens, launches and counts: `sqlite:///path/of/a/file` on one "
        "machine, `redis://host:6379/0` or `rediss://…` on several. By default each process has its own.",
    )
    secret_keys_file: Path | None = Field(
        default=None,
        description="File with the keys that seal SMART launches, one a line, the newest first: "
        "`openssl rand -base64 32`. By default each process makes one.",
    )
    secret_key: SecretStr | None = Field(default=None, description="One such key itself, if there is no file.")
    units: str | None = Field(
        default=None,
        description="Units that the form has chosen already: `counts=10*9/L, platelets=10*4/uL, afp=ng/mL`, or some "
        "of them.",
    )
    languages: Annotated[tuple[str, ...] | None, NoDecode] = Field(
        default=None,
        description="Languages of answers beside English, separated by commas: ar, de, es, fr, it, ja, ko, zh-Hans. By "
        "default those whose translation a clinician has reviewed and signed: none yet. See docs/translation.md.",
    )
    font_folder: DirectoryPath | None = Field(
        default=None,
        description="Folder with more fonts for PDF documents: those of Chinese, Japanese and Korean, for example.",
    )
    withdrawn: str | None = Field(
        default=None,
        description="Models that must not answer, each with the reason: `id: reason`, separated by semicolons.",
    )

    @field_validator("allowed_hosts", "languages", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _check_networks(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for network in value or ():
            ip_network(network)  # its ValueError names the text
        return value


def load_settings(**given: object) -> Settings:
    """Return the settings of the environment, overridden by `given`. Raises ConfigurationError naming each variable."""
    if slips := list(_slips()):
        raise ConfigurationError("\n".join(slips))
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [
            f"{_PREFIX}{'_'.join(str(part) for part in detail['loc']).upper()}: {_reason(detail)}."
            for detail in error.errors(include_url=False)
            if detail["type"] != "default_factory_not_called"  # it only follows from another error
        ]
        raise ConfigurationError("\n".join(lines)) from None


def _reason(detail: ErrorDetails) -> str:
    """Return why a value cannot be used, and where Pydantic's words do not help, what to write."""
    match detail["type"]:
        case "string_pattern_mismatch":
            return _ADDRESS
        case "path_not_directory":
            return f"there is no folder {Path(str(detail['input'])).absolute()}. Write the whole path of a folder"
        case _:
            return detail["msg"]


def _slips() -> Iterator[str]:
    """Yield an error for each variable that is nearly the name of a setting, such as SII_AFP_WITHDRAWM.

    Others that begin alike are left alone: proxies and Kubernetes have some.
    """
    known = [field.upper() for field in Settings.model_fields]
    for variable in os.environ:
        name = variable.upper().removeprefix(_PREFIX)
        if not variable.upper().startswith(_PREFIX) or name in known:
            continue
        near = [one for one in known if one.startswith(f"{name}_")] or get_close_matches(name, known, 1, _CLOSE)
        if near:
            yield f"{variable}: there is no such setting. Do you mean {_PREFIX}{near[0]}?"
