"""The locked requirements agree with each other."""

from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"


def locked(name: str) -> set[str]:
    lines = (REQUIREMENTS / f"{name}.txt").read_text("utf-8").splitlines()
    return {line.rstrip(" \\") for line in lines if "==" in line}


def test_extra_for_documents_adds_its_packages_alone() -> None:
    added = locked("pdf") - locked("serve")
    assert locked("serve") < locked("pdf")
    assert {line.partition("==")[0] for line in added} == {"fonttools", "typst"}
