"""The digest of a folder: it changes with names, modes, links and bytes, and not with times."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "tree-digest"


def digest(folder: Path) -> str:
    done = subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_text("text", "utf-8")
    (tmp_path / "link").symlink_to("a/file")
    return tmp_path


def test_times_do_not_count(folder: Path) -> None:
    before = digest(folder)
    os.utime(folder / "a" / "file", (0, 0))
    assert digest(folder) == before
    assert before.endswith("  3 files and folders\n")


@pytest.mark.parametrize("change", ["bytes", "mode", "name", "link", "added"])
def test_any_other_change_counts(folder: Path, change: str) -> None:
    before, file, link = digest(folder), folder / "a" / "file", folder / "link"
    match change:
        case "bytes":
            file.write_text("Text", "utf-8")
        case "mode":
            file.chmod(0o600)
        case "name":
            file.rename(folder / "a" / "other")
        case "link":
            link.unlink()
            link.symlink_to("a")
        case _:
            (folder / "a" / "new").touch()
    assert digest(folder) != before


def test_empty_folder_has_no_digest(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, SCRIPT, tmp_path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
