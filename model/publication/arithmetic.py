"""Check the publication for consistency: compute each printed statistic from the others.

A Wald p-value follows from its interval, a hazard ratio is the geometric mean of its limits, a percentage follows from
its counts, a chi-squared p-value from its table. Printed figures are rounded, so a range is compared, not a point.
Known misprints are read as the errata of `study.toml` say, and are named.
"""

import math
from dataclasses import dataclass
from itertools import product
from typing import Any

from app.core.cox import Z95
from model.publication.study import study

_HALF = 0.0005 + 1e-12  # a figure printed to three decimals
_HALF_PERCENT = 0.05 + 1e-9


@dataclass(frozen=True, slots=True)
class Line:
    """One printed statistic: as printed, as computed from the other figures, and whether the two agree."""

    label: str
    printed: str
    recomputed: str
    holds: bool
    erratum: str | None = None


def check_publication() -> list[Line]:
    """Return one line per printed statistic of Tables 1 to 3 that follows from others."""
    tables = study()
    lines = []
    for kind in ("univariable", "multivariable"):
        for row in tables["table2"][kind]:
            lines += [_ratio(kind, row), _wald(kind, row)]
    for row in tables["table3"]["rows"]:
        lines += [*_percents(row), _chi_squared(row)]
    return lines + _table_one() + _totals()


def _ratio(kind: str, row: dict[str, Any]) -> Line:
    low, high = row["ci_95"]
    limits = [math.sqrt((low + a) * (high + b)) for a, b in product((-_HALF, _HALF), repeat=2)]
    middle, ratio = math.sqrt(low * high), row["hazard_ratio"]
    holds = min(limits) - _HALF <= ratio <= max(limits) + _HALF
    return Line(f"Table 2, {kind} {row['label']}: HR", f"{ratio:.3f}", f"{middle:.3f}", holds)


def _wald(kind: str, row: dict[str, Any]) -> Line:
    ratio, (low, high) = row["hazard_ratio"], row["ci_95"]
    found = [
        _p_value(math.log(ratio + a) / (math.log((high + c) / (low + b)) / (2 * Z95)))
        for a, b, c in product((-_HALF, _HALF), repeat=3)
    ]
    p = _p_value(math.log(ratio) / (math.log(high / low) / (2 * Z95)))
    holds = min(found) - _HALF <= row["p_value"] <= max(found) + _HALF
    return Line(f"Table 2, {kind} {row['label']}: p", f"{row['p_value']:.3f}", f"{p:.4f}", holds)


def _percents(row: dict[str, Any]) -> list[Line]:
    lines = []
    sizes = study()["table3"]["group_sizes"]
    for level, counts, printed in zip(row["levels"], row["counts"], row["percents"], strict=True):
        for k, group in enumerate(("low SII", "high SII")):
            erratum = _erratum(row["id"], level, group)
            count = erratum.get("read_count", counts[k]) if erratum else counts[k]
            read = erratum.get("read_percent", printed[k]) if erratum else printed[k]
            percent = 100 * count / sizes[k]
            lines.append(
                Line(
                    f"Table 3, {row['id']} {level}, {group}: %",
                    f"{counts[k]} ({printed[k]:.1f})",
                    f"{count} ({percent:.1f})",
                    abs(percent - read) <= _HALF_PERCENT,
                    erratum["id"] if erratum else None,
                )
            )
    return lines


def _chi_squared(row: dict[str, Any]) -> Line:
    counts = [list(level) for level in row["counts"]]
    used = None
    for erratum in study()["errata"]:
        if erratum["row"] == row["id"] and "read_count" in erratum:
            used = erratum["id"]
            group = ("low SII", "high SII").index(erratum["group"])
            counts[row["levels"].index(erratum["level"])][group] = erratum["read_count"]
    (a, b), (c, d) = counts
    n = a + b + c + d
    chi2 = n * (a * d - b * c) ** 2 / ((a + b) * (c + d) * (a + c) * (b + d))
    p = math.erfc(math.sqrt(chi2 / 2))
    return Line(f"Table 3, {row['id']}: p", f"{row['p_value']:.3f}", f"{p:.4f}", abs(p - row["p_value"]) <= _HALF, used)


def _table_one() -> list[Line]:
    n = study()["population"]["n"]
    table = study()["table1"]
    rows = [
        ("male", table["male"]["count"], table["male"]["percent"]),
        ("vascular invasion", table["vascular_invasion"]["count"], table["vascular_invasion"]["percent"]),
        ("extrahepatic", table["extrahepatic"]["count"], table["extrahepatic"]["percent"]),
    ]
    for name, levels in (("child_pugh", ("a5", "a6")), ("albi", ("grade_1", "grade_2")), ("bclc", ("b", "c"))):
        rows += [(f"{name} {level}", table[name][level], table[name][f"{level}_percent"]) for level in levels]
    for site, count in table["extrahepatic_sites"].items():
        rows.append((f"site {site}", count, table["extrahepatic_sites_percent"][site]))
    return [
        Line(
            f"Table 1, {name}: %",
            f"{count} ({percent:.1f})",
            f"{count} ({100 * count / n:.1f})",
            abs(100 * count / n - percent) <= _HALF_PERCENT,
        )
        for name, count, percent in rows
    ]


def _totals() -> list[Line]:
    published = study()
    n = published["population"]["n"]
    table = published["table1"]
    response = published["treatment"]["best_response"]
    after = published["treatment"]["after_progression"]
    cells = published["cells"]
    sums = [
        ("cells add up to the patients", n, sum(cells[key] for key in ("neither", "sii_only", "afp_only", "both"))),
        ("Child-Pugh A5 + A6", n, table["child_pugh"]["a5"] + table["child_pugh"]["a6"]),
        ("ALBI 1 + 2", n, table["albi"]["grade_1"] + table["albi"]["grade_2"]),
        ("BCLC B + C", n, table["bclc"]["b"] + table["bclc"]["c"]),
        (
            "best responses add up to those assessed",
            response["assessed"],
            response["partial_response"] + response["stable_disease"] + response["progressive_disease"],
        ),
    ]
    lines = [Line(label, str(printed), str(found), printed == found) for label, printed, found in sums]
    percents = published["treatment"]["best_response_percent"]
    shares = [
        (name, response[name], response["assessed"], percents[name])
        for name in ("partial_response", "stable_disease", "progressive_disease")
    ]
    controlled = response["partial_response"] + response["stable_disease"]
    shares.append(("disease_control", controlled, response["assessed"], percents["disease_control"]))
    shares.append(("nivolumab after progression", after["nivolumab"], after["progressed"], after["nivolumab_percent"]))
    for name, count, total, percent in shares:
        found = 100 * count / total
        lines.append(
            Line(f"Results, {name}: %", f"{percent:.1f}", f"{found:.1f}", abs(found - percent) <= _HALF_PERCENT)
        )
    return lines


def _erratum(row: str, level: str, group: str) -> dict[str, Any] | None:
    for erratum in study()["errata"]:
        if (erratum["row"], erratum.get("level"), erratum.get("group")) == (row, level, group):
            return dict(erratum)
    return None


def _p_value(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))
