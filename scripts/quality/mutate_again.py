"""Test mutants that mutmut misses: its survivors again in a fresh process, and literals outside functions.

A function that runs while its module is imported, or whose result a fixture keeps, has run before mutmut switches its
mutant on. Also, mutmut does not change code outside functions, such as the unit factors and the plausible ranges. This
script writes each change to the file, runs the tests from the start, and restores the file. It works in the current
directory, which must be a temporary copy, and prints one line for each survivor and the two counts.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CORE = Path("app/core")
TESTS = ("tests/unit/core", "tests/unit/artefact", "tests/property")
MUTMUT = (sys.executable, "-m", "mutmut")
SECONDS = 120  # a mutant with an endless loop counts as killed


def survivors_of_mutmut() -> list[str]:
    """Return the names that mutmut reports as not killed."""
    listed = subprocess.run([*MUTMUT, "results"], capture_output=True, text=True, check=True).stdout
    return [line.split(":")[0].strip() for line in listed.splitlines() if line.endswith(": survived")]


def literals(source: str) -> Iterator[ast.Constant]:
    """Yield the literals assigned at the level of the module or of a class."""
    bodies = [ast.parse(source).body]
    for body in bodies:
        for statement in body:
            if isinstance(statement, ast.ClassDef):
                bodies.append(statement.body)
            elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                yield from (node for node in ast.walk(statement.value) if isinstance(node, ast.Constant))


def changed(value: object) -> object:
    """Return another value of the same kind: the opposite, a number raised by one, a text with another letter."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        try:
            return str(float(value) + 1)
        except ValueError:
            return "¤" if len(value) == 1 else "X" + value
    return 1


def replaced(source: str, node: ast.Constant) -> str:
    """Return the source with one literal changed."""
    old = ast.get_source_segment(source, node, padded=False)
    lines = source.splitlines(keepends=True)
    # The column of a syntax tree counts bytes, not characters.
    column = len(lines[node.lineno - 1].encode()[: node.col_offset].decode())
    start = sum(map(len, lines[: node.lineno - 1])) + column
    return source[:start] + repr(changed(node.value)) + source[start + len(old or "") :]


def survives(path: Path, text: str) -> bool:
    """Write another text to a file, run the tests from the start, and restore the file."""
    before = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS]
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        path.write_text(before, encoding="utf-8")


def retry_survivors() -> None:
    """Print the survivors of mutmut that also survive in a fresh process."""
    names, still = survivors_of_mutmut(), 0
    for name in names:
        path = Path(*name.split(".")[:-1]).with_suffix(".py")
        before = path.read_text(encoding="utf-8")
        subprocess.run([*MUTMUT, "apply", name], check=True, capture_output=True)
        text = path.read_text(encoding="utf-8")
        path.write_text(before, encoding="utf-8")
        if survives(path, text):
            still += 1
            print(name, flush=True)
    print(f"survivors of mutmut that a fresh process does not kill either: {still} of {len(names)}", flush=True)


def try_literals() -> None:
    """Print the literals outside functions whose change no test notices."""
    tried = survived = 0
    for path in sorted(CORE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for node in literals(source):
            tried += 1
            if survives(path, replaced(source, node)):
                survived += 1
                print(f"{path}:{node.lineno}: {node.value!r} -> {changed(node.value)!r}", flush=True)
    print(f"literals outside functions that may change unnoticed: {survived} of {tried}")


if __name__ == "__main__":
    retry_survivors()
    try_literals()
