"""Hold the models of an installation by id; each is a folder with an artefact and other files. One is the default."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from app.artefact.reader import ARTEFACT_FILE, load_artefact
from app.artefact.reference_vectors import VECTORS_FILE
from app.artefact.study_files import StudyFiles, load_study_files
from app.core.errors import ArtefactError, ConfigurationError
from app.core.fitted_model import FittedModel

DEFAULT_FOLDER = ARTEFACT_FILE.parent
_EARLIER = "earlier"


@dataclass(frozen=True, slots=True, eq=False)
class StudyModel:
    """A fitted model with the files of its folder that pages show; compared by identity."""

    fitted: FittedModel
    files: StudyFiles
    folder: Path


@dataclass(frozen=True)
class ModelStore:
    """The models, the default first. `withdrawn` gives, by id, why a model must not answer."""

    models: tuple[StudyModel, ...]
    withdrawn: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def default(self) -> StudyModel:
        """The model that answers if the request names no model."""
        return self.models[0]

    def get(self, model_id: str) -> StudyModel:
        """Return a model by its id. Raises KeyError."""
        return {model.fitted.id: model for model in self.models}[model_id]


def load_models(withdrawn: str | None = None, folders: tuple[Path, ...] = (DEFAULT_FOLDER,)) -> ModelStore:
    """Load the models of these folders, the default first. `withdrawn` has the form of SII_AFP_WITHDRAWN.

    Raises ArtefactError if a model cannot be used, ConfigurationError if `withdrawn` is not valid.
    """
    models = tuple(load_model(folder) for folder in folders)
    return ModelStore(models, read_withdrawals(withdrawn, [model.fitted.id for model in models]))


def load_model(folder: Path = DEFAULT_FOLDER) -> StudyModel:
    """Load the model of a folder.

    Raises ArtefactError if the artefact or a file beside it is missing or cannot be used, if the artefact does not name
    the digest of its reference vectors, or if the digest of a file differs from the digest in the artefact.
    """
    fitted = load_artefact(folder / ARTEFACT_FILE.name)
    if VECTORS_FILE.name not in fitted.provenance.files:
        text = f"The artefact does not name the digest of its reference vectors, {VECTORS_FILE.name}."
        raise ArtefactError(text, "provenance.files")
    for name, digest in fitted.provenance.files.items():
        try:
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError as error:
            raise ArtefactError(f"The file {name} cannot be read: {type(error).__name__}.", name) from error
        if digest != f"sha256:{found}":
            raise ArtefactError(f"The file {name} is not the one that the artefact was sealed with.", name)
    return StudyModel(fitted, load_study_files(folder), folder)


def load_earlier(version: str, folder: Path = DEFAULT_FOLDER) -> FittedModel:
    """Load an earlier version of the model of a folder, to repeat an old answer; it never answers by itself.

    Raises ConfigurationError if the version is not kept, ArtefactError if its artefact cannot be used.
    """
    kept = earlier_versions(folder)
    if version not in kept:
        names = ", ".join(kept) or "none"
        raise ConfigurationError(f"The model has no earlier version '{version}'; kept: {names}.")
    return load_artefact(folder / _EARLIER / f"{version}.json")


def earlier_versions(folder: Path = DEFAULT_FOLDER) -> tuple[str, ...]:
    """Return the earlier versions of the model of a folder that are kept."""
    return tuple(sorted(path.stem for path in (folder / _EARLIER).glob("*.json")))


def read_withdrawals(text: str | None, ids: Collection[str]) -> dict[str, str]:
    """Return the reason for each withdrawn model, by id. Entries are 'id: reason', separated by semicolons.

    Raises ConfigurationError if an entry has no reason or its id is not in `ids`, so that a misspelt id is noticed.
    """
    found = {}
    for entry in (text or "").split(";"):
        name, _, reason = (part.strip() for part in entry.partition(":"))
        if not entry.strip():
            continue
        if not reason:
            raise ConfigurationError("SII_AFP_WITHDRAWN: write the id of the model, a colon and the reason.")
        if name not in ids:
            raise ConfigurationError(f"SII_AFP_WITHDRAWN: there is no model '{name}'; there is {', '.join(ids)}.")
        found[name] = reason
    return found
