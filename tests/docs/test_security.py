"""docs/security.md names tests and files that exist, and judges every requirement of ASVS 5.0, levels 1 and 2."""

import re
from collections import Counter

from tests.lib.deployment import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
SECTIONS = dict(part.split("\n", 1) for part in TEXT.split("\n## ")[1:])
ASVS = "OWASP ASVS 5.0, levels 1 and 2"
_PLACE = re.compile(r"`((?:app|tests|deploy|requirements|static)(?:/[\w./-]+)?)(?:::(\w+))?`")
# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has. They come first in their section.
_REQUIREMENTS = """
    1.1:2 1.2:9 1.3:11 1.4:3 1.5:2  2.1:3 2.2:3 2.3:4 2.4:1  3.2:2 3.3:4 3.4:6 3.5:5 3.7:2  4.1:3 4.2:1 4.3:2 4.4:4
    5.1:1 5.2:3 5.3:2 5.4:3  6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4  7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2
    8.1:2 8.2:3 8.3:1 8.4:1  9.1:3 9.2:4  10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3
    11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1  12.1:3 12.2:2 12.3:4  13.1:1 13.2:5 13.3:2 13.4:5  14.1:2 14.2:4 14.3:3
    15.1:3 15.2:3 15.3:7  16.1:1 16.2:5 16.3:4 16.4:3 16.5:3  17.1:1 17.2:4 17.3:2
"""


def requirements() -> list[str]:
    counts = (entry.split(":") for entry in _REQUIREMENTS.split())
    return [f"{section}.{number}" for section, count in counts for number in range(1, int(count) + 1)]


def rows(section: str) -> list[list[str]]:
    """Return the cells of the last table of a section."""
    lines = [line for line in SECTIONS[section].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def test_every_named_file_and_test_exists() -> None:
    named = set(_PLACE.findall(TEXT))
    assert len(named) > 60
    assert sorted(path for path, _ in named if not (ROOT / path).exists()) == []
    tests = [(path, name) for path, name in named if name]
    missing = [one for one in tests if f"def {one[1]}(" not in (ROOT / one[0]).read_text("utf-8")]
    assert missing == []


def test_every_threat_has_a_kind_a_control_and_a_test() -> None:
    threats = rows("Threats")
    assert {kind for _, kind, *_ in threats} == set("STRIDE")
    for *_, control, test in threats:
        assert control
        assert _PLACE.search(test)


def test_every_requirement_is_judged_once() -> None:
    known = requirements()
    judged: list[str] = []
    counts: Counter[str] = Counter()
    for which, judgement, reason in rows(ASVS):
        first, _, last = which.partition(" to ")
        some = known[known.index(first) : known.index(last or first) + 1]
        judged += some
        counts[judgement] += len(some)
        assert reason
    assert judged == known
    assert set(counts) == {"met", "not met", "n/a"}
    stated = re.findall(r"\d+", SECTIONS[ASVS].partition("The maintainers")[0].partition("5.0.0:")[2])
    assert [int(number) for number in stated] == [counts["met"], counts["not met"], counts["n/a"]]
    assert f"All {len(known)} requirements" in SECTIONS[ASVS]


def test_links_within_the_documents_have_a_target() -> None:
    for page, anchor in re.findall(r"\]\(([\w.]*)#([^)]*)\)", TEXT):
        text = (ROOT / "docs" / (page or "security.md")).read_text("utf-8")
        headings = re.findall(r"^##+ (.*)$", text, re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}, anchor
