"""Collect what a part of the proof counted, and what broke its promise."""

from collections import Counter
from dataclasses import dataclass, field

_SHOWN = 12


@dataclass(slots=True)
class Findings:
    """Counts of a part by name, figures in words, and one sentence for each broken promise."""

    part: str
    counts: Counter[str] = field(default_factory=Counter)
    figures: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def check(self, holds: bool, sentence: str) -> None:  # noqa: FBT001 - reads as an assertion
        """Count a promise, and keep the sentence if it does not hold."""
        self.counts["promises checked"] += 1
        if not holds:
            self.broken.append(sentence)

    @property
    def holds(self) -> bool:
        """Whether no promise is broken."""
        return not self.broken

    def text(self) -> str:
        """Return lines for a reader: counts, figures, then what is broken."""
        lines = [f"{self.part}: {'holds' if self.holds else f'BROKEN in {len(self.broken)} places'}"]
        lines += [f"  {name}: {number:,}" for name, number in self.counts.items()]
        lines += [f"  {name}: {figure}" for name, figure in self.figures.items()]
        lines += [f"  broken: {sentence}" for sentence in self.broken[:_SHOWN]]
        if len(self.broken) > _SHOWN:
            lines.append(f"  broken: {len(self.broken) - _SHOWN} more")
        return "\n".join(lines)
