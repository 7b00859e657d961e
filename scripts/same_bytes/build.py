"""Print the results of one combination as JSON: digests of the artefact and its answers, and every unrounded number.

With the argument `erring`, also print the digest of an artefact with a small error in every number of every cohort. It
replaces tests on processors that are not available.
"""

import hashlib
import json
import platform
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from app.artefact.reader import parse_artefact
from app.core.analytes import Analyte
from app.core.assessment import assess
from app.core.fitted_model import FittedModel
from app.core.labs import make_lab
from app.presentation.assessment_json import dumps, json_body
from model.fitting.artefact import artefact_text, payload
from model.fitting.estimators import Curve, Floats
from model.fitting.study_fit import CohortFit, fit_study, pool_study
from model.reconstruction.run import read_cohorts

ERROR = 1e-13  # relative; a hundred times the difference between processors and C libraries
_ANSWERS = 400
_NOW = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)


def built(*, erring: bool) -> dict[str, Any]:
    """Fit the study; return digests, versions of Python, C library and numpy, and the numbers by their place."""
    fit = fit_study(read_cohorts())
    text = artefact_text(fit)
    return {
        "artefact": _digest(text),
        "erring": _digest(artefact_text(pool_study(_erring(fit.cohorts)))) if erring else None,
        "answers": hashlib.sha256(b"\n".join(answers(parse_artefact(text)))).hexdigest(),
        "made_by": f"Python {platform.python_version()}, {' '.join(platform.libc_ver())}, numpy {np.__version__}",
        "numbers": dict(_numbers(payload(fit), "")),
    }


def answers(fitted: FittedModel) -> Iterator[bytes]:
    """Yield the JSON answers to generated blood counts, among them some on and beside the cut-off of SII."""
    chance = random.Random(340)  # noqa: S311 - examples, not secrets
    for k in range(_ANSWERS):
        neutrophils, lymphocytes = (Decimal(chance.randrange(50, 2000)).scaleb(-2) for _ in range(2))
        platelets = Decimal(chance.randrange(300, 9000)).scaleb(-1)
        if k % 4 == 0:  # SII = platelets x n / n, at most 1e-12 from its cut-off
            lymphocytes, platelets = neutrophils, 340 + Decimal(k // 4 - _ANSWERS // 8).scaleb(-14)
        values = {
            Analyte.NEUTROPHILS: neutrophils,
            Analyte.LYMPHOCYTES: lymphocytes,
            Analyte.PLATELETS: platelets,
            Analyte.AFP: Decimal(chance.randrange(1, 20000)).scaleb(-1),
        }
        given = {name: make_lab(name, value, name.canonical_unit) for name, value in values.items()}
        body = json_body(assess(fitted, given, computed_at=_NOW))
        del body["software"]  # the software version depends on the installation
        yield dumps(body)


def _erring(cohorts: list[CohortFit]) -> list[CohortFit]:
    """Return the fits with a random relative error of up to `ERROR` in every estimate and variance."""
    chance = np.random.default_rng(512)

    def off(values: Floats) -> Floats:
        return values * (1 + ERROR * chance.uniform(-1, 1, values.shape))

    def curve(one: Curve) -> Curve:
        # A survival of 0 or 1 is exact on every processor.
        survival = np.where((one.survival > 0) & (one.survival < 1), off(one.survival), one.survival)
        return Curve(survival, off(one.theta), off(one.variance))

    def curves(named: dict[str, Curve]) -> dict[str, Curve]:
        return {name: curve(one) for name, one in named.items()}

    return [
        replace(
            one,
            coefficients=off(one.coefficients),
            covariance=off(one.covariance),
            cox=curves(one.cox),
            kaplan_meier=curves(one.kaplan_meier),
        )
        for one in cohorts
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _numbers(value: Any, place: str) -> Iterator[tuple[str, float]]:
    """Yield every float of the artefact's content before it is rounded, with its place."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers(item, f"{place}.{key}")
    elif isinstance(value, list | tuple | np.ndarray):
        for k, item in enumerate(value):
            yield from _numbers(item, f"{place}[{k}]")
    elif isinstance(value, float):
        yield place, float(value)


if __name__ == "__main__":
    print(json.dumps(built(erring="erring" in sys.argv)))
