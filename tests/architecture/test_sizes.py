"""A folder can be taken in at a glance, and a module holds one concept."""

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = {
    path.relative_to(ROOT): len(path.read_text("utf-8").splitlines())
    for folder in ("app", "model")
    for path in (ROOT / folder).rglob("*.py")
    if path.name != "__init__.py"
}
MOST_MODULES = 20
MOST_LINES = 300
FEW_LINES = 40
MOST_SHORT_MODULES = 10


def test_no_folder_has_many_modules() -> None:
    counts = Counter(path.parent for path in MODULES)
    assert {str(folder): count for folder, count in counts.items() if count > MOST_MODULES} == {}


def test_no_module_is_long() -> None:
    assert {str(path): lines for path, lines in MODULES.items() if lines > MOST_LINES} == {}


def test_few_modules_are_short() -> None:
    """A short module usually belongs to the module that uses it."""
    assert len(short := [str(path) for path, lines in MODULES.items() if lines < FEW_LINES]) <= MOST_SHORT_MODULES, (
        short
    )
