"""Build under many combinations, two at a time, and compare: digests, numbers, and how far rounding is from turning."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal, localcontext
from pathlib import Path

from model.fitting.artefact import DIGITS
from scripts.same_bytes.combinations import Combination

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Built:
    """What one combination gave: SHA-256 of the artefact and of the answers, and every number before rounding.

    `erring` is the artefact's if every number of every cohort is a little off, where that was asked for.
    """

    name: str
    artefact: str
    erring: str | None
    answers: str
    made_by: str
    numbers: dict[str, float]


@dataclass(frozen=True, slots=True)
class Margin:
    """Greatest difference of any number between combinations, and the nearest distance to a boundary of rounding."""

    absolute: float
    relative: float
    nearest: float
    nearest_relative: float
    place: str


def build(combination: Combination, python: Sequence[str] = (sys.executable,), label: str = "") -> Built:
    """Build in a process of its own. Raises RuntimeError with what it printed if it fails."""
    found = subprocess.run(
        [*python, "-m", "scripts.same_bytes.build", *(["erring"] if combination.inherits else [])],
        cwd=ROOT,
        env=combination.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        raise RuntimeError(f"{combination.name}: exit status {found.returncode}\n{found.stderr[-2000:]}")
    return Built(label + combination.name, **json.loads(found.stdout))


def build_all(combinations: Iterable[Combination], done: Callable[[Built], None] = lambda _built: None) -> list[Built]:
    """Build under each combination, two at a time, and report each as it is done."""
    results = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for result in pool.map(build, combinations):
            done(result)
            results.append(result)
    return results


def margin(builds: Sequence[Built]) -> Margin:
    """Measure how much the numbers differ, and how near the nearest is to where its rounding would turn."""
    absolute = relative = 0.0
    nearest = (float("inf"), float("inf"), "")
    for place in builds[0].numbers:
        values = [built.numbers[place] for built in builds]
        absolute = max(absolute, max(values) - min(values))
        if values[0]:
            relative = max(relative, (max(values) - min(values)) / abs(values[0]))
            distance = distance_to_boundary(values[0])
            nearest = min(nearest, (distance / abs(values[0]), distance, place))
    return Margin(absolute, relative, nearest[1], nearest[0], nearest[2])


def distance_to_boundary(value: float) -> float:
    """Return how far a number is from the nearest value at which its rounding to `DIGITS` digits would turn."""
    with localcontext() as context:
        context.prec = 60
        exact = abs(Decimal(value))
        unit = Decimal(1).scaleb(exact.adjusted() - DIGITS + 1)
        return float(abs(exact % unit - unit / 2))
