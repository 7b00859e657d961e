"""Find known phrases in a text: at each place the longest, and only whole words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.reports.plain_text import folded

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Phrase(Generic[T]):
    """A phrase that was found: where it ends, and what it means."""

    end: int
    meaning: T


class Phrases(Generic[T]):
    """A table of phrases and their meanings. Letters are compared without case and accents."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._by_start: dict[str, list[tuple[str, T]]] = {}
        for spelling, meaning in entries:
            plain = folded(spelling)
            self._by_start.setdefault(plain[0], []).append((plain, meaning))
        for found in self._by_start.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def at(self, text: str, start: int, end: int) -> Phrase[T] | None:
        """Return the longest phrase that begins at a place of a folded text."""
        for spelling, meaning in self._by_start.get(text[start : start + 1], ()):
            last = start + len(spelling)
            if last <= end and text.startswith(spelling, start) and _is_whole(text, start, last):
                return Phrase(last, meaning)
        return None

    def find(self, text: str, start: int, end: int) -> Phrase[T] | None:
        """Return the first phrase between two places of a folded text."""
        return next((found for at in range(start, end) if (found := self.at(text, at, end))), None)


def _is_whole(text: str, start: int, end: int) -> bool:
    starts_inside = start > 0 and text[start].isalnum() and text[start - 1].isalnum()
    if starts_inside and text[start - 1].isdigit() and not text[start].isascii():  # 10以下
        starts_inside = False
    ends_inside = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not starts_inside and not ends_inside
