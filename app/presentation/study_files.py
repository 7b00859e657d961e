"""The study's files that pages show: as shipped beside the artefact, read once."""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from app.core.artefact import ARTEFACT_FILE
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
    try:
        return tuple(json.loads(ARTEFACT_FILE.with_name("agreement.json").read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise ArtefactError(f"The file agreement.json cannot be read: {type(error).__name__}.") from error
