"""Read the files of a deployment as the programs that use them do."""

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def interpolated(text: str, environment: Mapping[str, str] | None = None) -> str:
    """Return a Compose file with `${NAME}` and `${NAME:-default}` replaced, as Compose does it."""

    def value(found: re.Match[str]) -> str:
        return (environment or {}).get(found[1], "") or found[2] or ""

    return _VARIABLE.sub(value, text)
