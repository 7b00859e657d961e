"""Copy a JSON value with one change, to show that a check finds it."""

import copy
from collections.abc import Sequence
from typing import Any

REMOVED = object()
Path = Sequence[str | int]


def broken(value: Any, path: Path, new: Any = REMOVED) -> Any:
    """Return a copy with `new` at `path`, or without that element."""
    changed = copy.deepcopy(value)
    node = changed
    for step in path[:-1]:
        node = node[step]
    if new is REMOVED:
        del node[path[-1]]
    else:
        node[path[-1]] = new
    return changed
