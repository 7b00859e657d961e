"""A model's folder is loaded completely or refused, and a withdrawal must name a loaded model."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.artefact.reader import seal
from app.artefact.store import DEFAULT_FOLDER, load_model, load_models, read_withdrawals
from app.core.errors import ArtefactError, ConfigurationError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the committed model's folder."""
    return Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "model"))


def place(folder: Path) -> str:
    with pytest.raises(ArtefactError) as caught:
        load_model(folder)
    return caught.value.place


def test_folder_gives_the_model_with_its_files(folder: Path) -> None:
    model = load_model(folder)
    assert (model.folder, model.fitted.id) == (folder, "hong2021-sii-afp")
    assert (model.files["study"]["population"]["n"], len(model.files["study"]["table2"]["univariable"])) == (58, 11)
    assert model.files["made_with"]["artefact"] == model.fitted.digest
    assert len(model.files["agreement"]) == len(json.loads((folder / "agreement.json").read_text("utf-8")))


@pytest.mark.parametrize(
    "name",
    [
        *("study.toml", "external.toml", "cohorts.csv", "vectors.csv.gz", "intended_use.toml", "hazards.toml"),
        *("agreement.json", "made_with.json"),
    ],
)
def test_missing_file_is_refused_with_its_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert place(folder) == name


@pytest.mark.parametrize("name", ["study.toml", "external.toml", "cohorts.csv", "vectors.csv.gz"])
def test_file_of_another_artefact_is_refused(folder: Path, name: str) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert place(folder) == name


def test_shortened_vectors_are_refused(folder: Path) -> None:
    lines = gzip.decompress((folder / "vectors.csv.gz").read_bytes()).splitlines(keepends=True)
    (folder / "vectors.csv.gz").write_bytes(gzip.compress(b"".join(lines[:-1])))
    assert place(folder) == "vectors.csv.gz"


def test_artefact_that_does_not_seal_vectors_is_refused(folder: Path) -> None:
    document = json.loads((folder / "artefact.json").read_text("utf-8"))
    del document["provenance"]["files"]["vectors.csv.gz"]
    (folder / "artefact.json").write_text(seal(json.dumps(document)), "utf-8")
    assert place(folder) == "provenance.files"


def replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("hazards.toml", lambda _: "[[hazards", "hazards.toml"),
        ("hazards.toml", replaced("remains = ", "remain = "), "hazards.hazards[0]"),
        ("agreement.json", lambda _: "{", "agreement.json"),
        ("agreement.json", replaced('"pooled": 14.0', '"pooled": "many"'), "agreement[0].pooled"),
        ("agreement.json", replaced('"pooled": 14.0', '"pooled": NaN'), "agreement[0].pooled"),
        ("intended_use.toml", replaced('status = "', 'status = ""\nother = "'), "intended_use.status"),
        ("made_with.json", replaced('"python"', '"snake"'), "made_with"),
    ],
)
def test_malformed_file_is_refused_with_the_place(
    folder: Path, name: str, change: Callable[[str], str], expected: str
) -> None:
    file = folder / name
    file.write_text(change(file.read_text("utf-8")), "utf-8")
    assert place(folder) == expected


def test_store_holds_models_by_id(folder: Path) -> None:
    store = load_models(folders=(DEFAULT_FOLDER, folder))
    assert store.default is store.models[0]
    assert store.get("hong2021-sii-afp").folder == folder
    with pytest.raises(KeyError):
        store.get("another")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, {}),
        ("", {}),
        (" a : refuted; see notice: 12 ", None),
        ("a: refuted, see notice: 12", {"a": "refuted, see notice: 12"}),
        ("a: refuted ; b: replaced;", {"a": "refuted", "b": "replaced"}),
        ("a", None),
        ("a:", None),
        (": reason", None),
        ("c: misspelt", None),
    ],
)
def test_withdrawals_name_a_known_model_and_a_reason(text: str | None, expected: dict[str, str] | None) -> None:
    if expected is None:
        with pytest.raises(ConfigurationError):
            read_withdrawals(text, ("a", "b"))
    else:
        assert read_withdrawals(text, ("a", "b")) == expected
