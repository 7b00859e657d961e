"""All errors that the package raises on purpose belong to one tree, and each has an exit code."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import app
import app.core.errors
import model
from app.cli.main import exit_code
from app.core.errors import (
    ArtefactError,
    CheckFailedError,
    ConfigurationError,
    DataFileError,
    DeploymentError,
    InputError,
    InputErrors,
    KeyFileError,
    MissingPackageError,
    SiiAfpError,
    WithdrawnError,
)
from app.net.listener import ListenError
from app.processes.worker import WorkersError
from app.store.protocol import StoreStartError


def public_errors() -> dict[str, type[Exception]]:
    """Return every public exception that a module of app/ or model/ defines."""
    found = {}
    for module in (*pkgutil.walk_packages(app.__path__, "app."), *pkgutil.walk_packages(model.__path__, "model.")):
        if module.name == "app.__main__":
            continue
        for name, one in vars(importlib.import_module(module.name)).items():
            is_own = inspect.isclass(one) and issubclass(one, Exception) and one.__module__ == module.name
            if is_own and not name.startswith("_"):
                found[name] = one
    return found


def test_every_error_is_in_the_tree() -> None:
    errors = public_errors()
    assert {name for name, one in errors.items() if not issubclass(one, SiiAfpError)} == set()
    shown = set(re.findall(r"[├└]── (\w+)", app.core.errors.__doc__ or ""))
    assert shown == set(errors) - {"SiiAfpError"}


def test_exit_codes_match_the_manual() -> None:
    errors = (InputError("afp", "zero"), InputErrors(()), ConfigurationError("no file"), DataFileError(()))
    assert [exit_code(one) for one in errors] == [2, 2, 2, 2]
    assert exit_code(CheckFailedError()) == 1
    assert exit_code(WithdrawnError("refuted")) == 4
    assert [exit_code(one) for one in (ArtefactError("altered"), MissingPackageError("pandas"))] == [3, 3]
    of_start = (ListenError("in use"), KeyFileError("unreadable"), DeploymentError("open"), WorkersError("ended"))
    assert [exit_code(one) for one in (*of_start, StoreStartError("down"))] == [5, 6, 7, 8, 9]
    manual = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    assert re.findall(r"^\| (\d) \|", manual, re.MULTILINE) == list("0123456789")
