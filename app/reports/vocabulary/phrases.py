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


class _Node(Generic[T]):
    """What a beginning of phrases means, and the beginnings that are one character longer."""

    __slots__ = ("meaning", "next")

    def __init__(self) -> None:
        self.meaning: T | None = None
        self.next: dict[str, _Node[T]] = {}


class Phrases(Generic[T]):
    """A table of phrases and their meanings. Letters are compared without case and accents."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._root = _Node[T]()
        for spelling, meaning in entries:
            node = self._root
            for character in folded(spelling):
                node = node.next.setdefault(character, _Node())
            if node.meaning is None:
                node.meaning = meaning

    def at(self, text: str, start: int, end: int) -> Phrase[T] | None:
        """Return the longest phrase that begins at a place of a folded text, and ends before another."""
        found, node, at = None, self._root.next.get(text[start : start + 1]), start + 1
        while node is not None and at <= end:
            if node.meaning is not None and _is_whole(text, start, at):
                found = Phrase(at, node.meaning)
            node, at = node.next.get(text[at : at + 1]), at + 1
        return found


def _is_whole(text: str, start: int, end: int) -> bool:
    starts_inside = start > 0 and text[start].isalnum() and text[start - 1].isalnum()
    if starts_inside and text[start - 1].isdecimal() and not text[start].isascii():  # 10以下
        starts_inside = False
    ends_inside = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not starts_inside and not ends_inside
