"""Compare figures with their limits."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A value that must be at least or at most its limit; without a limit it is shown only."""

    label: str
    value: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether the limit holds."""
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )


def median_ratio(these: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of the ratios, each of two figures measured in the same round."""
    return statistics.median(this / other for this, other in zip(these, others, strict=True))


def report(checks: Sequence[Check]) -> bool:
    """Print every check; return whether all are met."""
    for check in checks:
        limit = next(
            (f"{word} {value}" for word, value in (("at least", check.at_least), ("at most", check.at_most)) if value),
            "no limit",
        )
        verdict = "" if limit == "no limit" else "  ok" if check.is_met else "  NOT REACHED"
        print(f"{check.label:<42}{check.value:>8.2f}  {limit}{verdict}")
    return all(check.is_met for check in checks)
