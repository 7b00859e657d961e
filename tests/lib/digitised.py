"""Write the files that a person would make from a figure, from a cohort whose curves are known."""

from pathlib import Path

import numpy as np
import pandas as pd

from model.fitting.estimators import kaplan_meier
from model.fitting.study_fit import CURVES

BESIDE = 0.1  # months between a step and the points that are read before and after it
NOISE = 0.01  # of survival


def curves_csv(path: Path, cohort: pd.DataFrame, curves: tuple[str, ...], seed: int = 1) -> Path:
    """Write points beside every step of the recorded curves and in the middle of every month, with reading noise."""
    generator = np.random.default_rng(seed)
    lines = ["curve,months,survival"]
    for curve in curves:
        group = cohort[cohort["cell"].isin(CURVES[curve][0])]
        last = int(group["months"].max())
        times = np.sort(np.concatenate([np.arange(last) + part for part in (BESIDE, 0.5, 1 - BESIDE)]))
        survival = kaplan_meier(group["months"], group["death"], times).survival
        lines += [
            f"{curve},{months:.2f},{at + generator.uniform(-NOISE, NOISE):.4f}"
            for months, at in zip(times + generator.uniform(-0.05, 0.05, times.size), survival, strict=True)
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def at_risk_csv(path: Path, cohort: pd.DataFrame, curves: tuple[str, ...]) -> Path:
    """Write the numbers at risk every three months up to a year."""
    lines = ["curve,months,at_risk"]
    for curve in curves:
        group = cohort[cohort["cell"].isin(CURVES[curve][0])]
        lines += [f"{curve},{months},{(group['months'] >= months).sum()}" for months in range(0, 13, 3)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
