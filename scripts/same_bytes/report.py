"""Build under many combinations, two at a time, and compare digests, numbers, and distances to rounding boundaries."""

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
    """The results of one combination: SHA-256 of the artefact and of the answers, and every number before rounding.

    `erring`, if requested, is the SHA-256 of an artefact with a small error in every number of every cohort.
    """

    name: str
    artefact: str
    erring: str | None
    answers: str
    made_by: str
    numbers: dict[str, float]


@dataclass(frozen=True, slots=True)
class Margin:
    """The differences of numbers between combinations, and the distances of numbers from a rounding boundary.

    `absolute` and `relative` are the greatest differences of any number. `times` is the smallest quotient of a number's
    distance from its boundary and its own difference, at `place`, or infinite if no number differs. `nearest` is the
    smallest relative distance of any number.
    """

    absolute: float
    relative: float
    times: float
    place: str
    nearest: float


def build(combination: Combination, python: Sequence[str] = (sys.executable,), label: str = "") -> Built:
    """Build in a separate process. Raises RuntimeError with its output if it fails."""
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
    """Measure how much the numbers of some builds differ, and how far they are from a rounding boundary."""
    absolute = relative = 0.0
    smallest = (float("inf"), "")
    nearest = float("inf")
    for place in builds[0].numbers:
        values = [built.numbers[place] for built in builds]
        difference = max(values) - min(values)
        distance = min(distance_to_boundary(value) for value in (min(values), max(values)))
        absolute = max(absolute, difference)
        if difference:
            smallest = min(smallest, (distance / difference, place))
        if values[0]:
            relative = max(relative, difference / abs(values[0]))
            nearest = min(nearest, distance / abs(values[0]))
    return Margin(absolute, relative, *smallest, nearest)


def distance_to_boundary(value: float) -> float:
    """Return the distance of a number from the nearest value at which its rounding to `DIGITS` digits changes."""
    with localcontext() as context:
        context.prec = 60
        exact = abs(Decimal(value))
        unit = Decimal(1).scaleb(exact.adjusted() - DIGITS + 1)
        return float(abs(exact % unit - unit / 2))
