"""Find the version and the commit of the running software."""

import os
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_COMMIT_FILE = Path(__file__).parents[1] / "COMMIT"


@dataclass(frozen=True, slots=True)
class Software:
    """Version of the package and the commit that it was built from, if known."""

    version: str
    commit: str | None


@cache
def software() -> Software:
    """Return the running software: the commit from SII_AFP_COMMIT, or from a file that the image's build wrote."""
    try:
        number = version("sii-afp")
    except PackageNotFoundError:
        number = "0+unknown"
    commit = os.environ.get("SII_AFP_COMMIT") or (_COMMIT_FILE.read_text().strip() if _COMMIT_FILE.exists() else "")
    return Software(number, commit or None)
