"""Tests use the application through its public interface, and import shared helpers from tests/lib."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FILES = {
    str(path.relative_to(TESTS)): ast.parse(path.read_text("utf-8"))
    for path in TESTS.rglob("*.py")
    if "node_modules" not in path.parts
}
# A private name without a public way: the limit below which the core computes a probability again.
PRIVATE_NAMES = {("unit/core/test_repeat_measurement.py", "_DOUBT")}


def private_names(tree: ast.Module) -> Iterator[str]:
    """Yield the private names of the application that a file imports, reads or replaces."""
    ours = _imported_from_app(tree)
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)) if module.startswith("app"):
                yield from (alias.name for alias in node.names if alias.name.startswith("_"))
            case ast.Attribute(value=ast.Name(id=name)) if name in ours:
                yield from [node.attr] if node.attr.startswith("_") and not node.attr.startswith("__") else []
            case ast.Call(
                func=ast.Attribute(attr="setattr"), args=[ast.Name(id=name), ast.Constant(value=str(what)), _]
            ):
                yield from [what] if name in ours and what.startswith("_") else []
            case ast.Call(func=ast.Attribute(attr="setattr"), args=[ast.Constant(value=str(what)), *_]):
                yield from [what] if what.startswith("app.") else []


def reached_inside(tree: ast.Module) -> Iterator[str]:
    """Yield where a file uses the state of an application or the defaults of a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "state":
            owner = ast.unparse(node.value)
            yield from [owner] if any(part in owner for part in ("app", "client", "request")) else []
        elif isinstance(node, ast.Attribute) and node.attr == "__defaults__":
            yield node.attr
        elif isinstance(node, ast.Call):
            yield from (one.value for one in node.args if isinstance(one, ast.Constant) and one.value == "__defaults__")


def _imported_from_app(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)) if module.startswith("app"):
                names |= {alias.asname or alias.name for alias in node.names}
            case ast.Import():
                names |= {alias.asname or "app" for alias in node.names if alias.name.startswith("app")}
    return names


def test_no_file_imports_from_a_conftest() -> None:
    for name, tree in FILES.items():
        modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not [module for module in modules if "conftest" in module], name


def test_tests_use_no_private_names() -> None:
    assert {(name, private) for name, tree in FILES.items() for private in private_names(tree)} == PRIVATE_NAMES


def test_no_test_reaches_into_an_application() -> None:
    assert [(name, found) for name, tree in FILES.items() for found in reached_inside(tree)] == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("from app.core.units import _TABLE", ["_TABLE"]),
        ("import app.core.units as units\nunits._TABLE", ["_TABLE"]),
        ("from app.core import units\npatch.setattr(units, '_TABLE', 1)", ["_TABLE"]),
        ("patch.setattr('app.web.api.routes.assess_body', fail)", ["app.web.api.routes.assess_body"]),
        ("from app.core import units\nunits.TABLE", []),
    ],
)
def test_private_names_are_found(line: str, found: list[str]) -> None:
    assert list(private_names(ast.parse(line))) == found


@pytest.mark.parametrize(
    "line",
    [
        "client.app.state.records = other",
        "cast('FastAPI', client.app).state",
        "read.__defaults__ = ()",
        "patch.setattr(read, '__defaults__', ())",
    ],
)
def test_reaching_inside_is_found(line: str) -> None:
    assert len(list(reached_inside(ast.parse(line)))) == 1
