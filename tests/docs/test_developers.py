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
