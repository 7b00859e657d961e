"""The locked requirements agree with each other."""

from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"


def locked(name: str) -> set[str]:
    lines = (REQUIREMENTS / f"{name}.txt").read_text("utf-8").splitlines()
    return {line.rstrip(" \\") for line in lines if "==" in line}


@pytest.mark.parametrize(("extra", "packages"), [("pdf", {"fonttools", "typst"}), ("redis", {"redis"})])
def test_extra_adds_its_packages_alone(extra: str, packages: set[str]) -> None:
    added = locked(extra) - locked("serve")
    assert locked("serve") < locked(extra)
    assert {line.partition("==")[0].partition(" ")[0] for line in added} - {"async-timeout"} == packages
