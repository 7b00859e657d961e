"""The study's files that pages show: as shipped beside the artefact, read once."""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from app.artefact.reader import ARTEFACT_FILE
from app.core.errors import ArtefactError


@cache
def study_table(name: str) -> Mapping[str, Any]:
    """Return a TOML file of the study's folder, for example "study". Raises ArtefactError if it cannot be read."""
    try:
        return tomllib.loads(ARTEFACT_FILE.with_name(f"{name}.toml").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ArtefactError(f"The file {name}.toml cannot be read: {type(error).__name__}.") from error


@cache
def agreement() -> tuple[Mapping[str, Any], ...]:
    """Return how the reconstructed cohorts agree with what was published, one mapping per statistic."""
    return tuple(_json("agreement.json"))


@cache
def made_with() -> Mapping[str, Any]:
    """Return the digest of the artefact that was fitted last, and the versions of Python and libraries that did it."""
    found: Mapping[str, Any] = _json("made_with.json")
    return found


def _json(name: str) -> Any:
    try:
        return json.loads(ARTEFACT_FILE.with_name(name).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ArtefactError(f"The file {name} cannot be read: {type(error).__name__}.") from error
