"""Make folders of other models: invented ones with any factors, and the committed one without its first intervals.

Each is sealed and has the other files. The vectors of an invented model are computed here.
"""

import csv
import gzip
import hashlib
import io
import json
import math
import shutil
from itertools import chain, combinations
from pathlib import Path
from statistics import NormalDist
from typing import Any

from app.artefact.reader import seal
from app.artefact.store import DEFAULT_FOLDER

CUTOFFS = {"sii": ("340", "10*9/L"), "afp": ("400", "ng/mL"), "nlr": ("2.4", "1"), "plr": ("108", "1")}
# Log hazard ratio of each factor, each with variance 0.04; survival of the reference cell is exp(-0.05 months).
LOG_RATIOS = {"sii": 0.5, "afp": 0.8, "nlr": 0.3, "plr": 0.2}
VARIANCE, RATE, PER_CELL, MONTHS = 0.04, 0.05, 10, (3, 6, 9)
GRID = [month / 2 for month in range(2 * MONTHS[-1] + 1)]
FIRST_INTERVAL = 0.7
Json = dict[str, Any]


def model_folder(folder: Path, factors: tuple[str, ...]) -> Path:
    """Write the folder of a model with these factors, in this order."""
    shutil.copytree(DEFAULT_FOLDER, folder)
    vectors = gzip.compress(_vectors(factors).encode())
    (folder / "vectors.csv.gz").write_bytes(vectors)
    document = _document(factors)
    document["provenance"]["files"]["vectors.csv.gz"] = f"sha256:{hashlib.sha256(vectors).hexdigest()}"
    (folder / "artefact.json").write_text(seal(json.dumps(document)), "utf-8")
    return folder


def folder_with(artefact: str, folder: Path) -> Path:
    """Write the folder of the committed model with another artefact."""
    shutil.copytree(DEFAULT_FOLDER, folder)
    (folder / "artefact.json").write_text(artefact, "utf-8")
    return folder


def with_every_interval() -> str:
    """Return the committed artefact, sealed again, with an interval of each curve from the start."""
    return _intervals_from(0.0)


def without_first_intervals() -> str:
    """Return the same with null limits of each curve before `FIRST_INTERVAL` months."""
    return _intervals_from(FIRST_INTERVAL)


def _intervals_from(first: float) -> str:
    document: Json = json.loads((DEFAULT_FOLDER / "artefact.json").read_text("utf-8"))
    missing = document["grid_months"].index(first)
    for curve in (*document["kaplan_meier"].values(), *document["cox"]["cells"].values()):
        for name, filled in (("ci_lower", curve["survival"]), ("ci_upper", [1.0] * len(curve["survival"]))):
            limits = [new if known is None else known for known, new in zip(curve[name], filled, strict=True)]
            curve[name] = [None] * missing + limits[missing:]
    return seal(json.dumps(document))


def survival_of(high: tuple[str, ...], months: float) -> float:
    """Return the survival of a cell, by the ids of its high factors."""
    return math.exp(-RATE * months * relative_hazard(high))


def relative_hazard(high: tuple[str, ...]) -> float:
    """Return the hazard of a cell relative to the cell without a high factor."""
    return math.exp(math.fsum(LOG_RATIOS[factor] for factor in high))


def cell_id(high: tuple[str, ...]) -> str:
    """Return the id of a cell."""
    return "_".join(high) or "none"


def group_id(high: tuple[str, ...], factors: tuple[str, ...]) -> str:
    """Return the id of a cell's group: low without a high factor, high with all."""
    return "low" if not high else "high" if len(high) == len(factors) else "intermediate"


MADE_UP_SOURCE = {"population": "Treated with madeupinib", "url": "https://other.example/study"}


def _document(factors: tuple[str, ...]) -> Json:
    document: Json = json.loads((DEFAULT_FOLDER / "artefact.json").read_text("utf-8"))
    cells = list(chain.from_iterable(combinations(factors, size) for size in range(len(factors) + 1)))
    groups = {
        name: [high for high in cells if group_id(high, factors) == name] for name in ("low", "intermediate", "high")
    }
    groups = {name: members for name, members in groups.items() if members}
    n = PER_CELL * len(cells)
    matrix = [[VARIANCE if i == j else 0.0 for j in range(len(factors))] for i in range(len(factors))]
    kept = ("external_hazard_ratios", "published_hazard_ratios", "other_findings")
    rows = {name: [row for row in document[name] if row["factor"] in factors] for name in kept}
    curves = {"overall": _curve((), n)}
    curves |= {name: _curve(members[-1], PER_CELL * len(members)) for name, members in groups.items()}
    curves |= {cell_id(high): _curve(high, PER_CELL) for high in cells}
    contrasts = {factor: (factor,) for factor in factors} | ({"combined": factors} if len(factors) > 1 else {})
    return document | {
        **rows,
        "external_survival": [{**row, **MADE_UP_SOURCE} for row in document["external_survival"]],
        "id": f"made-up-{'-'.join(factors)}",
        "title": "A made-up model",
        "population": document["population"]
        | {
            "n": n,
            "deaths": {"min": 1, "median": 2, "max": 3},
            "treatment": "on madeupinib",
            "time_zero": "the start of madeupinib",
        },
        "factors": [{"id": factor, "cutoff": _cutoff(factor)} for factor in factors],
        "other_cutoffs": {name: _cutoff(name) for name in ("sii", "nlr", "plr") if name not in factors},
        "cells": [{"id": cell_id(high), "label": f"made-up {cell_id(high)}", "high": high} for high in cells],
        "risk_groups": [
            {
                "id": name,
                "label": f"{name.capitalize()} group",
                "meaning": f"meaning of {name}",
                "cells": list(map(cell_id, members)),
            }
            for name, members in groups.items()
        ],
        "coefficients": {
            "names": [f"{factor}_high" for factor in factors],
            "estimate": [LOG_RATIOS[factor] for factor in factors],
            "covariance": matrix,
            "within": matrix,
            "between": matrix,
        },
        "grid_months": GRID,
        "horizons_months": MONTHS,
        "headline_months": MONTHS[-1],
        "at_risk_months": [0, *MONTHS],
        "cox": {
            "hazard_ratios": {name: _ratio(high) for name, high in contrasts.items()},
            "cells": {cell_id(high): {"relative_hazard": relative_hazard(high), **_band(high)} for high in cells},
        },
        "kaplan_meier": curves,
        "other_divisions": [],
        "alternatives": [],
        "adjustment_sensitivity": [],
    }


def _cutoff(name: str) -> Json:
    return dict(zip(("value", "unit"), CUTOFFS[name], strict=True))


def _ratio(high: tuple[str, ...]) -> Json:
    spread = NormalDist(math.log(relative_hazard(high)), math.sqrt(VARIANCE * len(high)))
    limits = [math.exp(spread.inv_cdf(probability)) for probability in (0.025, 0.975)]
    return {"hazard_ratio": relative_hazard(high), "ci_95": limits, "p_value": 2 * spread.cdf(0)}


def _band(high: tuple[str, ...]) -> Json:
    survival = [survival_of(high, months) for months in GRID]
    return {
        "survival": survival,
        "ci_lower": [value**1.5 for value in survival],
        "ci_upper": [value**0.5 for value in survival],
        "reconstruction_share": {str(months): 0.25 for months in MONTHS},
    }


def _curve(high: tuple[str, ...], n: int) -> Json:
    band = _band(high)
    median, lower, upper = (
        next((months for months, value in zip(GRID, band[name], strict=True) if value <= 0.5), None)
        for name in ("survival", "ci_lower", "ci_upper")
    )
    return {
        "n": n,
        "events": {"min": 1, "median": 2, "max": 3},
        **band,
        "at_risk": {key: [n, n - 1, n - 2, n - 3] for key in ("min", "median", "max")},
        "median_at_risk": [n - sum(months >= month for month in MONTHS) for months in GRID],
        "median_months": median,
        "median_ci_95": [lower, upper],
    }


def _vectors(factors: tuple[str, ...]) -> str:
    """Return vectors of counts without decimals: SII = 100 n, NLR = n, PLR = 100."""
    rows = []
    for k, (neutrophils, afp) in enumerate(((1, 20), (3, 20), (4, 20), (1, 620), (4, 620))):
        values = {"sii": 100 * neutrophils, "nlr": neutrophils, "plr": 100, "afp": afp}
        high = tuple(factor for factor in factors if values[factor] >= float(CUTOFFS[factor][0]))
        counts = {"neutrophils": neutrophils, "lymphocytes": 1, "platelets": 100}
        curve = _curve_of(high, factors)
        rows.append(
            {
                "id": k,
                **counts,
                **{f"{name}_unit": "10*9/L" for name in counts},
                "afp": afp,
                "afp_unit": "ng/mL",
                "afp_comparator": "",
                "sii": values["sii"],
                **{f"{factor}_high": int(factor in high) for factor in factors},
                "cell": cell_id(high),
                "risk_group": group_id(high, factors),
                "hr_neither": relative_hazard(high),
                **{f"km{months}": survival_of(curve, months) for months in MONTHS},
                **{f"cox{months}": survival_of(high, months) for months in MONTHS},
            }
        )
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _curve_of(high: tuple[str, ...], factors: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cell that gives the curve of a cell's group its survival: the last cell of the group."""
    if group_id(high, factors) != "intermediate":
        return high
    return list(combinations(factors, len(factors) - 1))[-1]
