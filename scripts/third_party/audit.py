"""Check every locked package against known advisories, and count what was checked."""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from scripts.third_party.locks import ROOT, locked_node, locked_python, node_locks, python_locks, version_of

OSV = "https://api.osv.dev/v1/query"
NPM = "https://registry.npmjs.org/"
_ADVISORY, _UNCHECKED = 1, 2


class UncheckedError(Exception):
    """A lock file was not checked, or not all of it."""


def main() -> int:
    """Return the exit code: 1 with an advisory, 2 if something was not checked."""
    parser = argparse.ArgumentParser(prog="scripts/audit", description="Check every locked package against advisories.")
    parser.add_argument("--osv-url", default=OSV, help="service for Python packages")
    parser.add_argument("--npm-registry", default=NPM, help="registry whose audit service checks Node packages")
    parser.add_argument("files", nargs="*", type=Path, help="lock files; all of them if none is given")
    chosen = parser.parse_args()
    checks: list[tuple[Path, int, Callable[[Path], tuple[int, list[str]]]]] = [
        *((path, len(locked_python(path)), partial(check_python, url=chosen.osv_url)) for path in python_locks()),
        *((path, len(locked_node(path)), partial(check_node, registry=chosen.npm_registry)) for path in node_locks()),
    ]
    if chosen.files:
        wanted = {path.resolve() for path in chosen.files}
        checks = [check for check in checks if check[0] in wanted]
        if len(checks) < len(wanted):
            parser.error("one of the files is not a lock file of this project")
    advisories, unchecked = 0, 0
    for path, locked, check in checks:
        name = path.relative_to(ROOT)
        try:
            checked, found = check(path)
        except UncheckedError as error:
            print(f"{name}: NOT CHECKED, 0 of {locked} packages: {error}", file=sys.stderr)
            unchecked += 1
            continue
        advisories += len(found)
        print(f"{name}: {checked} of {locked} packages checked, {len(found)} advisories")
        print(*(f"  {line}" for line in found), sep="\n", end="\n" if found else "")
        if checked < locked or not locked:
            print(f"{name}: NOT ALL CHECKED, {checked} of {locked}", file=sys.stderr)
            unchecked += 1
    if unchecked:
        print(
            f"{unchecked} of {len(checks)} lock files were not checked, or not all of it: do not rely on this audit.",
            file=sys.stderr,
        )
        return _UNCHECKED
    print(f"{len(checks)} lock files checked, {advisories} advisories")
    return _ADVISORY if advisories else 0


def check_python(path: Path, url: str) -> tuple[int, list[str]]:
    """Return how many packages of a lock file pip-audit checked, and a line for each advisory.

    It gets the packages of every system, so without markers. Raises UncheckedError.
    """
    wanted = {name: version_of(one) for name, one in locked_python(path).items()}
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "requirements.txt")
        listed.write_text("".join(f"{name}=={version}\n" for name, version in wanted.items()), "utf-8")
        program = str(Path(sys.executable).with_name("pip-audit"))
        options = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--cache-dir", folder, "--format", "json")
        service = ("--vulnerability-service", "osv", "--osv-url", url)
        answer = _json([program, *options, *service, "--requirement", str(listed)], ROOT)
    # A package that the service could not check is in the answer too, with the reason for skipping it.
    checked = [one for one in answer.get("dependencies", []) if "skip_reason" not in one]
    found = [f"{one['name']} {one['version']}: {vuln['id']}" for one in checked for vuln in one["vulns"]]
    return len({one["name"] for one in checked if wanted.get(one["name"]) == one["version"]}), found


def check_node(path: Path, registry: str) -> tuple[int, list[str]]:
    """Return how many packages of a lock file npm checked, and a line for each advisory. Raises UncheckedError."""
    npm = shutil.which("npm")
    if npm is None:
        raise UncheckedError("npm is not installed")
    answer = _json(
        [npm, "audit", "--package-lock-only", "--json", "--fetch-retries", "0", "--registry", registry], path.parent
    )
    if "metadata" not in answer:
        raise UncheckedError(str(answer.get("message") or answer.get("error") or "npm gave no count"))
    found = [f"{name}: {one['severity']}" for name, one in answer["vulnerabilities"].items()]
    return int(answer["metadata"]["dependencies"]["total"]), found


def _json(command: list[str], folder: Path) -> dict[str, Any]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        lines = done.stderr.strip().splitlines()
        raise UncheckedError(lines[-1][:300] if lines else f"exit code {done.returncode}") from None
    if not isinstance(answer, dict):
        raise UncheckedError("the answer is not an object")
    return answer


if __name__ == "__main__":
    sys.exit(main())
