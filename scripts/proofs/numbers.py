"""Assess random patients over the JSON API, and compare every number with exact fractions and with R.

Promise: the right group, cell and sides of the cut-offs, also one in the last digit beside them; indices equal to the
fraction to 10 significant digits; hazard ratios and survival equal to R's to 7; and a refusal with the right code where
a value is impossible or leaves the side of a cut-off open.
"""

import json
import math
import random
from contextlib import closing
from fractions import Fraction
from typing import Any

from scripts.proofs.findings import Findings
from scripts.proofs.in_process import Application
from scripts.proofs.patients import HORIZONS, Expected, FromR, Patient, expected, patient, read_r

PATIENTS = 100_000
_INDEX = Fraction(1, 10**9)  # relative, half a unit of the tenth significant digit or more
_FROM_R = 1e-6  # relative: the artefact has seven significant digits


def prove(scale: float) -> Findings:
    """Assess 100,000 patients."""
    found = Findings("numbers")
    chance = random.Random("numbers 2026")  # noqa: S311 - repeatable on purpose
    r = read_r()
    with closing(Application()) as application:
        for number in range(round(PATIENTS * scale)):
            one = patient(chance)
            body = request(one)
            answer = application.post("/api/v1/assessments", body)
            for difference in differences(expected(one), answer.status, answer.json(), r, found):
                found.broken.append(f"patient {number}: {difference}: {body.decode()}")
            found.counts["patients"] += 1
    return found


def request(one: Patient) -> bytes:
    """Return the body of a call, the numbers digit for digit."""
    values = []
    for name, value in one.items():
        comparator = f', "comparator": "{value.comparator}"' if value.comparator else ""
        values.append(f'"{name}": {{"value": {value.digits}, "unit": {json.dumps(value.unit)}{comparator}}}')
    return f"{{{', '.join(values)}}}".encode()


def differences(right: Expected, status: int, answer: Any, r: FromR, found: Findings) -> list[str]:
    """Return what is wrong in an answer, and count what was compared."""
    if right.refused:
        found.counts["refused"] += 1
        errors = {(error["pointer"], error["code"]) for error in answer.get("errors", [])}
        return [] if (status, errors) == (422, set(right.refused)) else [f"{status} {errors}, not {set(right.refused)}"]
    if status != 200:
        return [f"{status} {answer.get('errors')}"]
    found.counts["assessed"] += 1
    found.counts[f"in cell {right.cell}"] += 1
    found.counts["exactly at the SII cut-off"] += right.indices["sii"] == 340
    near = abs(right.indices["sii"] - 340) < Fraction(1, 1000)
    found.counts["within 0.001 of the SII cut-off, not at it"] += near and right.indices["sii"] != 340
    wrong = [
        f"{name} is {seen!r}, not {wanted!r}"
        for name, seen, wanted in (
            ("group", answer["risk_group"]["id"], right.group),
            ("cell", answer["cell"]["id"], right.cell),
            ("AFP high", answer["cell"]["afp_high"], right.is_high["afp"]),
            *((f"{name} high", answer["indices"][name]["high"], right.is_high[name]) for name in right.indices),
        )
        if seen != wanted
    ]
    for name, exact in right.indices.items():
        seen = Fraction(str(answer["indices"][name]["value"]))
        if abs(seen - exact) > _INDEX * exact:
            wrong.append(f"{name} is {float(seen)}, not {float(exact)}")
    pairs = list(_from_r(right, answer, r))
    found.counts["numbers compared with R"] += len(pairs)
    wrong += [f"{name} is {seen}, in R {wanted}" for name, seen, wanted in pairs if not _is_close(seen, wanted)]
    return wrong


def _from_r(right: Expected, answer: Any, r: FromR) -> list[tuple[str, float | None, float]]:
    """Return name, the answer's number and R's of every figure that is fitted."""
    figures = r.coefficients
    exponent = sum(figures[f"coefficient_{name}"] for name in ("sii", "afp") if right.is_high[name])
    pairs: list[tuple[str, float | None, float]] = [("hazard", answer["cell"]["relative_hazard"], math.exp(exponent))]
    for ratio in answer["hazard_ratios"]:
        name = {"sii": "sii", "afp": "afp", "combined": "both"}[ratio["factor"]]
        lower, upper = ratio["ci_95"]
        pairs += [
            (f"hazard ratio {name}", ratio["hazard_ratio"], figures[f"hazard_ratio_{name}"]),
            (f"hazard ratio {name}, lower", lower, figures[f"hazard_ratio_{name}_lower"]),
            (f"hazard ratio {name}, upper", upper, figures[f"hazard_ratio_{name}_upper"]),
            (f"hazard ratio {name}, p", ratio["p_value"], figures[f"hazard_ratio_{name}_p"]),
        ]
    for at, months in zip(answer["survival"]["at"], HORIZONS, strict=True):
        for curve, value, limits in (
            (right.group, "kaplan_meier", "ci_95"),
            (f"cox_{right.cell}", "cox_predicted", "cox_ci_95"),
        ):
            seen = (at[value], *at[limits])
            names = (f"{curve} at {months}", f"{curve} at {months}, lower", f"{curve} at {months}, upper")
            pairs += zip(names, seen, r.curves[curve][months], strict=True)
    curve = answer["curve"]
    for months, survival in zip(curve["months"], curve["survival"], strict=True):
        pairs.append((f"{right.group} at {months}", survival, r.curves[right.group][months][0]))
    return pairs


def _is_close(seen: float | None, wanted: float) -> bool:
    return (seen is None and math.isnan(wanted)) or (seen is not None and math.isclose(seen, wanted, rel_tol=_FROM_R))
