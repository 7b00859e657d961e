"""Read the site configuration, one TOML file: callers, servers that may be read, local codes.

Only what it names is trusted. docs/site.md shows the file.
"""

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.config.named_files import unreadable
from app.core.analytes import Analyte
from app.core.errors import ConfigurationError, KeyFileError
from app.core.units import local as local_units
from app.net.safe_url import is_safe_address


def _safe(address: str) -> str:
    if not is_safe_address(address):
        raise ValueError("the address must be https, without user name, password or fragment")
    return address.rstrip("/")


def _origin(address: str) -> str:
    parts = urlsplit(_safe(address))
    if parts.path or parts.query:
        raise ValueError("the origin must be a scheme and a host, without a path")
    return address.rstrip("/")


def _contact(address: str) -> str:
    if _EMAIL.fullmatch(address):
        return address
    if not address.startswith("https://") or not is_safe_address(address):
        raise ValueError("the contact must be an e-mail address or an https address")
    return address


def time_zone(name: str) -> ZoneInfo:
    """Return the time zone with this name, such as Asia/Seoul. Raises ValueError with likely names."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        likely = _likely_zones(name)
    meant = f"did you mean {' or '.join(likely)}?" if likely else "write it as Asia/Seoul, Europe/Berlin or UTC"
    raise ValueError(f"{name!r} is not a time zone of the IANA database: {meant}") from None


_SETTING = "SII_AFP_INTEGRATION_FILE"
_MOST_ZONES = 3
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
Address = Annotated[str, AfterValidator(_safe)]
Origin = Annotated[str, AfterValidator(_origin)]
TimeZone = Annotated[str, AfterValidator(lambda name: time_zone(name).key)]
Contact = Annotated[str, AfterValidator(_contact)]
Scope = Literal["hooks", "api"]
Paper = Literal["a4", "us-letter"]
PAPERS: tuple[Paper, ...] = get_args(Paper)
Authentication = Literal["private_key_jwt", "client_secret_basic", "none"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_T = TypeVar("_T", bound=_Table)


class Client(_Table):
    """An EHR that signs its calls, and the FHIR servers that it may send us to."""

    issuer: str = Field(min_length=1)
    jwks_file: Path | None = None
    jwks_url: Address | None = None
    jku: tuple[Address, ...] = ()
    scopes: tuple[Scope, ...] = ("hooks",)
    fhir_servers: tuple[Address, ...] = ()

    @model_validator(mode="after")
    def _one_key_set(self) -> Self:
        if (self.jwks_file is None) == (self.jwks_url is None):
            raise ValueError("set either jwks_file or jwks_url")
        return self


class SmartServer(_Table):
    """An EHR that launches the calculator: its FHIR base (`iss`), our client id there, and how we authenticate.

    With `none` we are a public client. PKCE, which we always use, is then the only protection.
    """

    issuer: Address
    client_id: str = Field(min_length=1)
    authentication: Authentication = "private_key_jwt"
    client_secret_file: Path | None = None
    write_back: bool = False
    write_back_pdf: bool = False

    @model_validator(mode="after")
    def _pdf_only_with_results(self) -> Self:
        if self.write_back_pdf and not self.write_back:
            raise ValueError("write_back_pdf needs write_back = true")
        return self

    @model_validator(mode="after")
    def _secret_if_needed(self) -> Self:
        if (self.authentication == "client_secret_basic") != (self.client_secret_file is not None):
            raise ValueError('set client_secret_file with authentication = "client_secret_basic", and only then')
        return self


class SiteCode(_Table):
    """A code that the site uses beside the standard ones."""

    system: str = Field(min_length=1)
    code: str = Field(min_length=1)


class LocalCode(SiteCode):
    """A local code of the site's laboratory."""

    analyte: Literal["neutrophils", "lymphocytes", "platelets", "afp"]


class LocalUnit(_Table):
    """A unit as the site's laboratory prints it, or a code of the site's unit system, with its UCUM code."""

    label: str = Field(min_length=1)
    system: str | None = Field(default=None, min_length=1)
    unit: str = Field(min_length=1)
    analyte: Literal["neutrophils", "lymphocytes", "platelets", "afp"] | None = None

    @model_validator(mode="after")
    def _has_one_meaning(self) -> Self:
        self.as_unit()
        return self

    def as_unit(self) -> local_units.LocalUnit:
        """Return the entry as the core has it. Raises ValueError."""
        analyte = Analyte(self.analyte) if self.analyte else None
        return local_units.LocalUnit(self.label, self.unit, analyte, self.system)


class ConditionCode(SiteCode):
    """A further code by which the site records hepatocellular carcinoma."""


class MedicationCode(SiteCode):
    """A further code of regorafenib in the site's orders, such as that of a product."""


class SiteConfiguration(_Table):
    """The whole file. Without it no caller is trusted, nothing is fetched, and only the standard codes are read."""

    contact: Contact | None = None
    time_zone: TimeZone = "UTC"
    paper: Paper = "a4"
    same_draw_minutes: float = Field(default=10, ge=0, le=4320)
    afp_window_days: float = Field(default=90, ge=0, le=365)
    oldest_sample_days: int = Field(default=90, ge=1, le=3650)
    accept_afp_units: bool = False
    tell_missing: bool = False
    full_card: bool = False
    suggest_filing: bool = True
    cors_origins: tuple[Origin, ...] = ()
    frame_ancestors: tuple[Origin, ...] = ()
    open_fhir_servers: tuple[Address, ...] = ()
    signing_key_file: Path | None = None
    client: tuple[Client, ...] = ()
    smart: tuple[SmartServer, ...] = ()
    local_code: tuple[LocalCode, ...] = ()
    local_unit: tuple[LocalUnit, ...] = ()
    condition_code: tuple[ConditionCode, ...] = ()
    medication_code: tuple[MedicationCode, ...] = ()

    @field_validator("client", "smart")
    @classmethod
    def _issuers_differ(cls, entries: tuple[Client | SmartServer, ...]) -> tuple[Client | SmartServer, ...]:
        if len({entry.issuer for entry in entries}) != len(entries):
            raise ValueError("two entries have the same issuer")
        return entries

    @field_validator("local_unit")
    @classmethod
    def _units_agree(cls, entries: tuple[LocalUnit, ...]) -> tuple[LocalUnit, ...]:
        local_units.LocalUnits(entry.as_unit() for entry in entries)
        return entries

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which people at the site read times."""
        return time_zone(self.time_zone)

    @property
    def units(self) -> local_units.LocalUnits:
        """The units that are read at the site beside those that are read everywhere."""
        return local_units.LocalUnits(entry.as_unit() for entry in self.local_unit)


def load_site_configuration(path: Path | None) -> SiteConfiguration:
    """Return the content of the file, or the defaults without one. Paths in it are relative to its folder.

    Raises ConfigurationError that names the entry.
    """
    if path is None:
        return SiteConfiguration()
    try:
        found = SiteConfiguration.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(unreadable(_SETTING, path, error)) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{_SETTING}: {path} is not TOML: {error}. docs/site.md shows the file.") from None
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"
            for detail in error.errors(include_url=False, include_input=False)
        ]
        raise ConfigurationError(f"{path.name}: " + "; ".join(lines)) from None
    updates = {
        "client": tuple(_placed(path, f"client.{at}", one, "jwks_file") for at, one in enumerate(found.client)),
        "smart": tuple(_placed(path, f"smart.{at}", one, "client_secret_file") for at, one in enumerate(found.smart)),
    }
    return _placed(path, "", found, "signing_key_file").model_copy(update=updates)


def _placed(path: Path, entry: str, table: _T, name: str) -> _T:
    """Return a table whose field `name`, if set, is a path from here. Raises KeyFileError if there is no file."""
    named: Path | None = getattr(table, name)
    if named is None:
        return table
    where = f"{entry}.{name}".removeprefix(".")
    try:
        is_there = (path.parent / named).exists()
    except PermissionError:
        raise KeyFileError(f"{path.name}: {where}: the service may not read the folder of {named}") from None
    if not is_there:
        raise KeyFileError(
            f"{path.name}: {where}: file not found: {named} (paths are relative to the folder of {path.name})"
        )
    return table.model_copy(update={name: path.parent / named})


def _likely_zones(name: str) -> list[str]:
    """Return the names that were probably meant: with this spelling, of this city, or with a similar spelling."""
    names = {known.casefold(): known for known in sorted(available_timezones())}
    wanted = name.strip().replace(" ", "_").casefold()
    if wanted in names:
        return [names[wanted]]
    of_city = [known for folded, known in names.items() if wanted and folded.endswith(f"/{wanted}")]
    similar = of_city or [names[one] for one in get_close_matches(wanted, names, _MOST_ZONES, cutoff=0.75)]
    return similar[:_MOST_ZONES]
