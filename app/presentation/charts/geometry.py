"""Compute the geometry that charts share: step functions as SVG paths, and labels that do not overlap.

All lengths are pixels, with y downwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale from data to pixels."""

    data: tuple[float, float]
    pixels: tuple[float, float]

    def __call__(self, value: float) -> float:
        """Return the pixel of a data value, rounded to a tenth."""
        share = (value - self.data[0]) / (self.data[1] - self.data[0])
        return round(self.pixels[0] + share * (self.pixels[1] - self.pixels[0]), 1)


def step_path(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Return the path of a right-continuous step function: level until the next x, then straight up or down.

    `xs` ascend and have the same length as `ys`; steps that are not visible at this resolution are left out.
    """
    return f"M{xs[0]:g} {ys[0]:g}" + _steps(xs, ys)


def band_path(xs: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> str:
    """Return the closed path between two step functions over the same `xs`."""
    back = "".join(
        f"V{ys:g}H{x:g}" if ys != before else f"H{x:g}"
        for x, ys, before in zip(reversed(xs[:-1]), reversed(lower[:-1]), reversed(lower[1:]), strict=True)
    )
    return f"M{xs[0]:g} {upper[0]:g}{_steps(xs, upper)}V{lower[-1]:g}{_merged(back)}Z"


def spread(wanted: Sequence[float], gap: float, bottom: float) -> tuple[float, ...]:
    """Return label positions in the order given, at least `gap` apart and none beyond `bottom`, near those wanted.

    Labels are pushed down from the top first, then up again from `bottom`.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [wanted[i] for i in order]
    for k in range(1, len(places)):
        places[k] = max(places[k], places[k - 1] + gap)
    limit = bottom
    for k in reversed(range(len(places))):
        places[k] = min(places[k], limit)
        limit = places[k] - gap
    return tuple(round(place, 1) for _, place in sorted(zip(order, places, strict=True)))


def _steps(xs: Sequence[float], ys: Sequence[float]) -> str:
    path = "".join(f"H{x:g}V{y:g}" for x, (before, y) in zip(xs[1:], pairwise(ys), strict=True) if y != before)
    return path if path.endswith(f"H{xs[-1]:g}V{ys[-1]:g}") else f"{path}H{xs[-1]:g}"


def _merged(path: str) -> str:
    """Drop all but the last of consecutive horizontal moves."""
    parts = path.replace("V", " V").replace("H", " H").split()
    kept = [part for part, after in zip(parts, [*parts[1:], "Z"], strict=True) if (part[0], after[0]) != ("H", "H")]
    return "".join(kept)
