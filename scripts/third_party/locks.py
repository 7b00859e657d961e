"""Read the lock files of Python and Node packages."""

import json
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


def python_locks() -> list[Path]:
    """Return the lock files of Python packages."""
    return sorted((ROOT / "requirements").glob("*.txt"))


def node_locks() -> list[Path]:
    """Return the lock files of Node packages."""
    found = ROOT.glob("tests/**/package-lock.json")
    return sorted(path for path in found if "node_modules" not in path.parts)


def locked_python(path: Path) -> dict[str, Requirement]:
    """Return the requirements of a lock file by normalised name."""
    lines = (line.rstrip(" \\") for line in path.read_text("utf-8").splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith((" ", "#", "-"))]
    return {canonicalize_name(one.name): one for one in found}


def locked_node(path: Path) -> list[str]:
    """Return the places of the packages of a lock file, without the project itself."""
    return [place for place in json.loads(path.read_text("utf-8"))["packages"] if place]


def version_of(requirement: Requirement) -> str:
    """Return the version that a requirement locks."""
    return next(iter(requirement.specifier)).version
