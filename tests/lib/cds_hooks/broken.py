"""A copy of a JSON value with one thing changed: what shows that a check bites."""

import copy
from collections.abc import Sequence
from typing import Any

REMOVED = object()
Path = Sequence[str | int]


def broken(value: Any, path: Path, new: Any = REMOVED) -> Any:
    """Return a copy in which `new` stands at `path`, or nothing any more."""
    changed = copy.deepcopy(value)
    node = changed
    for step in path[:-1]:
        node = node[step]
    if new is REMOVED:
        del node[path[-1]]
    else:
        node[path[-1]] = new
    return changed
