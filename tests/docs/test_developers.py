"""Every file and link in the documents for developers exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_PLACE = re.compile(r"`((?:app|tests|scripts|model|docs|templates|static)/[\w./*-]+)")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("document", ["DEVELOPERS.md", "SECURITY.md", "GLOSSARY.md", "CHANGELOG.md", "README.md"])
def test_every_named_place_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = {*_PLACE.findall(text), *_LINK.findall(text)}
    assert sorted(name for name in named if not list(ROOT.glob(name.rstrip("/")))) == []


def test_each_security_property_has_code_and_tests() -> None:
    text = (ROOT / "DEVELOPERS.md").read_text(encoding="utf-8")
    section = text.partition("## What must stay true")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 10
    for _, enforced, guarded in rows:
        assert _PLACE.findall(enforced)
        assert any(name.startswith("tests/") for name in _PLACE.findall(guarded))


def test_sentences_about_the_one_study_are_listed() -> None:
    about_it = re.compile(r"\bone (hospital|centre)\b|\bKorea\b", re.IGNORECASE)
    paths = [*(ROOT / "app").rglob("*.py"), *(ROOT / "templates").rglob("*.jinja")]
    places = {str(path.relative_to(ROOT)) for path in paths if about_it.search(path.read_text("utf-8"))}
    (paragraph,) = re.findall(r"\*\*Add a model\.\*\*.*?\n\n", (ROOT / "DEVELOPERS.md").read_text("utf-8"), re.DOTALL)
    assert places == {place for place in re.findall(r"`([^`]+)`", paragraph) if place.endswith((".jinja", ".py"))} - {
        "app/artefact/store.py"
    }
