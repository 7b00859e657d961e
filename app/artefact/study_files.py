"""Read the files beside an artefact: the study as printed, other evidence, agreement, intended use and hazards.

This module declares only the parts that pages show. The model is made from other parts of `study.toml` and
`external.toml`.
As in `printed_study.py`, the declarations are typed dictionaries.
"""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from app.artefact.printed_study import Study, Text
from app.artefact.refusals import schema_refusal
from app.core.errors import ArtefactError


class Context(TypedDict):
    """Other findings that help to judge the study's hazard ratios."""

    sii_pooled_power: Text
    afp_pooled_power: Text


class External(TypedDict):
    """`external.toml`: findings of other studies. Its hazard ratios and survival are in the artefact."""

    context: Context


class User(TypedDict):
    """A kind of user and what they use the calculator for."""

    who: Text
    use: Text


class IntendedUse(TypedDict):
    """`intended_use.toml`: what the calculator is for and not for."""

    purpose: Text
    supports: Text
    status: Text
    not_for: tuple[Text, ...]
    users: tuple[User, ...]


class Hazard(TypedDict):
    """One entry of the hazard log."""

    id: Text
    hazard: Text
    cause: Text
    effect: Text
    controls: tuple[Text, ...]
    tests: tuple[Text, ...]
    remains: Text


class HazardLog(TypedDict):
    """`hazards.toml`."""

    hazards: tuple[Hazard, ...]


class Agreement(TypedDict):
    """One published statistic and its value in the reconstructed cohorts."""

    id: Text
    label: Text
    published: float | None
    pooled: float
    worst: float
    lower: float
    upper: float
    source: Text
    holds: bool


class InternalValidation(TypedDict):
    """`internal_validation.json`: how much the apparent performance flatters the model. Means over the cohorts.

    `c_index_optimism` is the C-index in a resample minus that of the same coefficients in the cohort, with its Monte
    Carlo standard error over cohorts; `calibration_slope` is the coefficient, in the cohort, of the linear predictor
    that a resample gave. `shrinkage` is (LR - p) / LR of the likelihood ratio statistic LR for the p factors of the
    model, `shrinkage_screened` for all p `candidates`; neither is below 0.
    """

    cohorts: int
    resamples: int
    c_index_optimism: float
    c_index_optimism_error: float
    calibration_slope: float
    likelihood_ratio: float
    shrinkage: float
    candidates: int
    shrinkage_screened: float


class MadeWith(TypedDict):
    """`made_with.json`: the digest of the artefact fitted last, and the versions of Python and libraries used."""

    artefact: Text
    python: Text
    libraries: dict[Text, Text]


@with_config(ConfigDict(allow_inf_nan=False))
class StudyFiles(TypedDict):
    """All files of a model's folder."""

    study: Study
    external: External
    intended_use: IntendedUse
    hazards: HazardLog
    agreement: tuple[Agreement, ...]
    internal_validation: InternalValidation
    made_with: MadeWith


_StudyFiles: TypeAdapter[StudyFiles] = TypeAdapter(StudyFiles)
_FILES: dict[str, tuple[str, Callable[[str], Any]]] = {
    **{name: (f"{name}.toml", tomllib.loads) for name in ("study", "external", "intended_use", "hazards")},
    **{name: (f"{name}.json", json.loads) for name in ("agreement", "internal_validation", "made_with")},
}


def load_study_files(folder: Path) -> StudyFiles:
    """Return the files of a model's folder. Raises ArtefactError, with file and place, if one cannot be used."""
    documents = {}
    for name, (file, parse) in _FILES.items():
        try:
            documents[name] = parse((folder / file).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ArtefactError(f"The file {file} cannot be read: {type(error).__name__}.", file) from error
    try:
        return _StudyFiles.validate_python(documents)
    except ValidationError as error:
        raise schema_refusal(error, "The folder of the model") from None
