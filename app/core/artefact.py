"""The fitted model as a file: read, checked against its digest and against what a survival model can be.

A changed digit anywhere makes loading fail: the digest covers every byte of the file but its own.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.core.artefact_curves import read_cox, read_grid, read_kaplan_meier
from app.core.cox import CoxModel
from app.core.errors import ArtefactError
from app.core.json_reader import Node
from app.core.kaplan_meier import KaplanMeierCurve, Spread
from app.core.risk_groups import CELLS, RISK_GROUPS

ARTEFACT_FILE = Path(__file__).resolve().parents[2] / "model" / "hong2021" / "artefact.json"
SCHEMA_VERSION = 1
_DIGEST = re.compile(r'("digest": ")(?:sha256:[0-9a-f]{64})?(")')
_BLANK = "sha256:" + "0" * 64
_CURVES = (
    "overall",
    *(group.id for group in RISK_GROUPS),
    *(cell.id for cell in CELLS),
    *("sii_low", "sii_high", "pfs_sii_low", "pfs_sii_high"),
)


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The value at or above which a covariate is high, exact, with its unit."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of the study's population; `values` are those that fit, empty for yes/no criteria."""

    id: str
    text: str
    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class StudyPopulation:
    """Who the model was derived from."""

    description: str
    setting: str
    n: int
    deaths: Spread
    follow_up_median_months: float
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


@dataclass(frozen=True, slots=True)
class PooledRatio:
    """The study's hazard ratio pooled with an external one; `weight_study` is the study's share of the weight."""

    factor: str
    label: str
    hazard_ratio: float
    ci_95: tuple[float, float]
    weight_study: float


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
    """Week-to-week variation of SII within a person: standard deviation of ln SII, and its source."""

    sd_log_sii: float
    source: str
    pmid: str


@dataclass(frozen=True, slots=True, eq=False)
class Artefact:
    """The whole fitted model, compared by identity.

    `document` is the parsed file, for those who show provenance as it stands.
    """

    id: str
    version: str
    digest: str
    title: str
    method: str
    citation: str
    doi: str
    population: StudyPopulation
    sii_cutoff: Cutoff
    afp_cutoff: Cutoff
    nlr_cutoff: Cutoff
    plr_cutoff: Cutoff
    cox: CoxModel
    kaplan_meier: Mapping[str, KaplanMeierCurve]
    horizons_months: tuple[int, ...]
    published_hazard_ratios: tuple[PublishedRatio, ...]
    external_hazard_ratios: tuple[ExternalRatio, ...]
    pooled_hazard_ratios: tuple[PooledRatio, ...]
    count_variation: CountVariation
    limits: tuple[str, ...]
    document: Mapping[str, Any]


def load_artefact(path: Path = ARTEFACT_FILE) -> Artefact:
    """Read and check an artefact. Raises ArtefactError that says which rule it breaks, and where."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ArtefactError(f"The artefact {path.name} cannot be read: {type(error).__name__}.") from error
    return parse_artefact(text)


def parse_artefact(text: str) -> Artefact:
    """Check a sealed artefact's text and return the model. Raises ArtefactError."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ArtefactError(f"The artefact is not JSON: {error}.") from error
    root = Node(document)
    if (found := root["schema_version"].value) != SCHEMA_VERSION:
        raise ArtefactError(f"The artefact has schema version {found!r}; this software reads {SCHEMA_VERSION}.")
    digest = root["digest"].text()
    if seal(text) != text:
        raise ArtefactError("The artefact was changed after it was sealed: its digest does not match its content.")
    grid = read_grid(root["grid_months"])
    horizons = tuple(item.whole() for item in root["horizons_months"].items())
    at_risk_months = tuple(item.whole() for item in root["at_risk_months"].items())
    if not horizons or not set(horizons) <= set(grid) or not set(at_risk_months) <= set(grid):
        raise root["horizons_months"].error("and at_risk_months must be months of the grid")
    provenance = root["provenance"]
    return Artefact(
        id=root["id"].text(),
        version=root["version"].text(),
        digest=digest,
        title=root["title"].text(),
        method=provenance["method"].text(),
        citation=provenance["study"]["citation"].text(),
        doi=provenance["study"]["doi"].text(),
        population=_read_population(root["population"]),
        sii_cutoff=_read_cutoff(root["cutoffs"]["sii"]),
        afp_cutoff=_read_cutoff(root["cutoffs"]["afp"]),
        nlr_cutoff=_read_cutoff(root["cutoffs"]["nlr"]),
        plr_cutoff=_read_cutoff(root["cutoffs"]["plr"]),
        cox=read_cox(root, grid, horizons),
        kaplan_meier={
            name: read_kaplan_meier(root["kaplan_meier"][name], grid, at_risk_months, horizons) for name in _CURVES
        },
        horizons_months=horizons,
        published_hazard_ratios=tuple(
            PublishedRatio(node["factor"].text(), *_read_ratio(node), node["p_value"].number(), node["source"].text())
            for node in root["published_hazard_ratios"].items()
        ),
        external_hazard_ratios=tuple(_read_external(node) for node in root["external_hazard_ratios"].items()),
        pooled_hazard_ratios=tuple(
            PooledRatio(node["factor"].text(), node["label"].text(), *_read_ratio(node), node["weight_study"].number())
            for node in root["pooled_hazard_ratios"].items()
        ),
        count_variation=_read_count_variation(root["repeat_measurement"]),
        limits=tuple(item.text() for item in root["limits"].items()),
        document=document,
    )


def seal(text: str) -> str:
    """Return the artefact's text with its digest: SHA-256 of the UTF-8 bytes with the digest set to 64 zeros.

    Raises ArtefactError unless there is exactly one `"digest": "..."`.
    """
    blank, places = _DIGEST.subn(rf"\g<1>{_BLANK}\g<2>", text)
    if places != 1:
        raise ArtefactError(f"The artefact is not usable: it holds {places} digests where one belongs.")
    return blank.replace(_BLANK, "sha256:" + hashlib.sha256(blank.encode()).hexdigest())


def _read_cutoff(node: Node) -> Cutoff:
    text = node["value"].text()
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) or Decimal(text) <= 0:
        raise node["value"].error("is not a positive decimal")
    return Cutoff(Decimal(text), node["unit"].text())


def _read_population(node: Node) -> StudyPopulation:
    deaths = node["deaths"]
    return StudyPopulation(
        description=node["description"].text(),
        setting=node["setting"].text(),
        n=node["n"].whole(),
        deaths=Spread(deaths["min"].whole(), deaths["median"].whole(), deaths["max"].whole()),
        follow_up_median_months=node["follow_up_median_months"].number(),
        criteria=tuple(
            Criterion(item["id"].text(), item["text"].text(), tuple(item.value.get("values", ())))
            for item in node["criteria"].items()
        ),
    )


def _read_ratio(node: Node) -> tuple[float, tuple[float, float]]:
    ratio, (lower, upper) = node["hazard_ratio"].number(), node["ci_95"].pair()
    if not 0 < lower <= ratio <= upper:
        raise node["ci_95"].error("does not hold its hazard ratio")
    return ratio, (lower, upper)


def _read_external(node: Node) -> ExternalRatio:
    ratio, interval = _read_ratio(node)
    return ExternalRatio(
        factor=node["factor"].text(),
        label=node["label"].text(),
        population=node["population"].text(),
        n=None if node["n"].value is None else node["n"].whole(),
        cutoff=node["cutoff"].text(),
        hazard_ratio=ratio,
        ci_95=interval,
        doi=None if node["doi"].value is None else node["doi"].text(),
        url=node["url"].text(),
        note=node["note"].text(),
    )


def _read_count_variation(node: Node) -> CountVariation:
    variation = CountVariation(node["sd_log_sii"].number(), node["source"].text(), node["pmid"].text())
    if variation.sd_log_sii <= 0:
        raise node["sd_log_sii"].error("is not positive")
    return variation
