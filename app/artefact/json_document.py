"""Typed reading of a JSON document: every value is checked for its type, and an error names the place."""

from sys import float_info
from typing import Any

from app.core.errors import ArtefactError


class Node:
    """One place in a JSON document, with the path that an error names."""

    def __init__(self, value: Any, path: str = "") -> None:
        self.value = value
        self.path = path

    def __getitem__(self, key: str) -> "Node":
        """Return a member. Raises ArtefactError if it is missing."""
        if not isinstance(self.value, dict) or key not in self.value:
            raise self.error(f"has no '{key}'")
        return Node(self.value[key], f"{self.path}.{key}".lstrip("."))

    def items(self) -> "list[Node]":
        """Return the items of a list."""
        if not isinstance(self.value, list):
            raise self.error("is not a list")
        return [Node(item, f"{self.path}[{k}]") for k, item in enumerate(self.value)]

    def text(self) -> str:
        """Return a non-empty string."""
        if not isinstance(self.value, str) or not self.value:
            raise self.error("is not a text")
        return self.value

    def one_of(self, *choices: str) -> str:
        """Return a text that is one of the given ones."""
        if (text := self.text()) not in choices:
            raise self.error(f"is not {' or '.join(choices)}")
        return text

    def number(self) -> float:
        """Return a finite number."""
        value = self.value
        # The comparison is false for NaN too, and holds off whole numbers that no float can be.
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= float_info.max:
            raise self.error("is not a finite number")
        return float(value)

    def positive(self) -> float:
        """Return a finite number above 0."""
        if (value := self.number()) <= 0:
            raise self.error("is not positive")
        return value

    def share(self) -> float:
        """Return a number from 0 to 1."""
        if not 0 <= (value := self.number()) <= 1:
            raise self.error("leaves the range from 0 to 1")
        return value

    def whole(self) -> int:
        """Return a whole number that is not negative."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < 0:
            raise self.error("is not a whole number of 0 or more")
        return self.value

    def optional_number(self) -> float | None:
        """Return a finite number or None."""
        return None if self.value is None else self.number()

    def numbers(self, length: int) -> tuple[float, ...]:
        """Return a list of finite numbers of the given length."""
        found = tuple(item.number() for item in self.items())
        if len(found) != length:
            raise self.error(f"holds {len(found)} numbers where {length} belong")
        return found

    def pair(self) -> tuple[float, float]:
        """Return two finite numbers."""
        first, second = self.numbers(2)
        return first, second

    def error(self, what: str) -> ArtefactError:
        """Return an error that names this place."""
        return ArtefactError(f"The artefact is not usable: {self.path or 'the document'} {what}.")
