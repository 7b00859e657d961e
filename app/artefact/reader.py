"""The fitted model as a file: read, checked against its digest and against what a survival model can be.

A changed digit anywhere makes loading fail: the digest covers every byte of the file but its own.
"""

import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path

from app.artefact.cox_model import read_cox, read_ratio
from app.artefact.curves import read_grid, read_kaplan_meier, read_months, read_spread
from app.artefact.json_document import Node
from app.core.analytes import Analyte
from app.core.errors import ArtefactError
from app.core.fitted_model import (
    Artefact,
    CountVariation,
    Criterion,
    Cutoff,
    ExternalRatio,
    PooledRatio,
    PublishedRatio,
    StudyPopulation,
)
from app.core.kaplan_meier import KaplanMeierCurve
from app.core.risk_groups import CELLS, FACTORS, RISK_GROUPS

ARTEFACT_FILE = Path(__file__).resolve().parents[2] / "model" / "hong2021" / "artefact.json"
SCHEMA_VERSION = 2
_DIGEST = re.compile(r'("digest": ")(?:sha256:[0-9a-f]{64})?(")')
# The curves that an artefact holds. Each line divides the same people.
_DIVISIONS = (
    ("overall",),
    tuple(group.id for group in RISK_GROUPS),
    tuple(cell.id for cell in CELLS),
    ("sii_low", "sii_high"),
    ("pfs_sii_low", "pfs_sii_high"),
)


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
    except (ValueError, RecursionError) as error:
        raise ArtefactError(f"The artefact is not JSON: {error}.") from error
    root = Node(document)
    if (found := root["schema_version"].value) != SCHEMA_VERSION:
        raise ArtefactError(f"The artefact has schema version {found!r}; this software reads {SCHEMA_VERSION}.")
    digest = root["digest"].text()
    if seal(text) != text:
        raise ArtefactError("The artefact was changed after it was sealed: its digest does not match its content.")
    grid = read_grid(root["grid_months"])
    horizons = read_months(root["horizons_months"], grid)
    population = _read_population(root["population"])
    cutoffs, provenance = root["cutoffs"], root["provenance"]
    return Artefact(
        id=root["id"].text(),
        version=root["version"].text(),
        digest=digest,
        title=root["title"].text(),
        method=provenance["method"].text(),
        citation=provenance["study"]["citation"].text(),
        doi=provenance["study"]["doi"].text(),
        population=population,
        # Values are compared in these units, so a cut-off in any other would be compared wrongly.
        sii_cutoff=_read_cutoff(cutoffs["sii"], Analyte.PLATELETS.canonical_unit),
        afp_cutoff=_read_cutoff(cutoffs["afp"], Analyte.AFP.canonical_unit),
        nlr_cutoff=_read_cutoff(cutoffs["nlr"], "1"),
        plr_cutoff=_read_cutoff(cutoffs["plr"], "1"),
        cox=read_cox(root, grid, horizons),
        kaplan_meier=_read_curves(root, grid, horizons, population.n),
        horizons_months=horizons,
        published_hazard_ratios=tuple(
            PublishedRatio(_read_factor(node), *read_ratio(node), node["p_value"].share(), node["source"].text())
            for node in root["published_hazard_ratios"].items()
        ),
        external_hazard_ratios=tuple(_read_external(node) for node in root["external_hazard_ratios"].items()),
        pooled_hazard_ratios=tuple(
            PooledRatio(_read_factor(node), node["label"].text(), *read_ratio(node), node["weight_study"].share())
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
    blank, places = _DIGEST.subn(rf"\g<1>sha256:{'0' * 64}\g<2>", text)
    if places != 1:
        raise ArtefactError(f"The artefact is not usable: it holds {places} digests where one belongs.")
    return _DIGEST.sub(rf"\g<1>sha256:{hashlib.sha256(blank.encode()).hexdigest()}\g<2>", text)


def _read_cutoff(node: Node, unit: str) -> Cutoff:
    text = node["value"].text()
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) or Decimal(text) <= 0:
        raise node["value"].error("is not a positive decimal")
    return Cutoff(Decimal(text), node["unit"].one_of(unit))


def _read_population(node: Node) -> StudyPopulation:
    n = node["n"].whole()
    return StudyPopulation(
        description=node["description"].text(),
        setting=node["setting"].text(),
        n=n,
        deaths=read_spread(node["deaths"], n),
        follow_up_median_months=node["follow_up_median_months"].positive(),
        criteria=tuple(_read_criterion(item) for item in node["criteria"].items()),
    )


def _read_criterion(node: Node) -> Criterion:
    code, text = node["id"].text(), node["text"].text()
    values = node["values"].items() if "values" in node.value else []
    return Criterion(code, text, tuple(v.text() if isinstance(v.value, str) else v.whole() for v in values))


def _read_curves(root: Node, grid: tuple[float, ...], horizons: tuple[int, ...], n: int) -> dict[str, KaplanMeierCurve]:
    at_risk_months, node = read_months(root["at_risk_months"], grid), root["kaplan_meier"]
    if at_risk_months[0] != 0:
        raise root["at_risk_months"].error("does not start at 0")
    curves = {
        name: read_kaplan_meier(node[name], grid, at_risk_months, horizons) for names in _DIVISIONS for name in names
    }
    for names in _DIVISIONS:
        if sum(curves[name].n for name in names) != n:
            raise node.error(f"does not have {n} people in {', '.join(names)}")
    return curves


def _read_factor(node: Node) -> str:
    return node["factor"].one_of(*FACTORS)


def _read_external(node: Node) -> ExternalRatio:
    ratio, interval = read_ratio(node)
    return ExternalRatio(
        factor=_read_factor(node),
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
    return CountVariation(node["sd_log_sii"].positive(), node["source"].text(), node["pmid"].text())
