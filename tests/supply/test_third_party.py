"""The list and the bills of third-party parts: current, valid, and with accepted licences alone."""

from pathlib import Path

import pytest

from scripts.third_party.__main__ import LIST, LOCKS, bill, third_party
from scripts.third_party.locks import ROOT, locked_python
from scripts.third_party.parts import Component, LicenceError, Rules, accepted_expression, environment, packages, rules

RULES = Rules({"MIT", "Apache-2.0", "LicenseRef-LOINC"})


@pytest.fixture(scope="module")
def installed() -> Component:
    return environment()


def test_list_is_current(installed: Component) -> None:
    assert LIST.read_text("utf-8") == third_party(installed), "run scripts/sbom"


@pytest.mark.parametrize("kind", LOCKS)
def test_bill_is_valid_and_has_every_package(kind: str, installed: Component) -> None:
    found = bill(kind, installed)
    names = {one["purl"].split("/")[1].split("@")[0] for one in found["components"] if "purl" in one}
    locked = set(locked_python(ROOT / "requirements" / f"{kind}.txt"))
    assert locked - names == {"colorama", "httpx2-jsfetch"} & locked
    assert all(one["licenses"][0]["expression"] for one in found["components"])
    assert {"DejaVu Sans", "LOINC", "SNOMED CT", "UCUM"} <= {one["name"] for one in found["components"]}


def test_no_accepted_licence_obliges_the_service() -> None:
    assert not [
        name for name in rules().accepted if "GPL" in name or name.startswith(("EUPL", "SSPL", "OSL", "CC-BY-SA"))
    ]


def test_licence_is_accepted_if_one_choice_is() -> None:
    assert accepted_expression("a", "GPL-3.0-only OR (MIT AND Apache-2.0)", RULES)
    assert accepted_expression("a", "LicenseRef-LOINC", RULES) == "LicenseRef-LOINC"


@pytest.mark.parametrize(
    "text",
    ["", "GPL-3.0-only", "MIT AND LGPL-3.0-only", "License :: OSI Approved :: BSD License", "UNKNOWN", "MIT MIT"],
)
def test_unknown_or_other_licence_is_refused(text: str) -> None:
    with pytest.raises(LicenceError):
        accepted_expression("a", text, RULES)


def test_package_in_another_version_is_refused(tmp_path: Path, installed: Component) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("click==0.0.1 \\\n    --hash=sha256:00\n", "utf-8")
    with pytest.raises(LicenceError, match="click"):
        packages(lock, installed)
