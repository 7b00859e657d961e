"""The manual's tables are those of the tests."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_manual_has_the_tables_of_the_tests(tmp_path: Path) -> None:
    written = tmp_path / "inputs.md"
    subprocess.run([sys.executable, ROOT / "scripts" / "input-tables", written], check=True)
    manual = (ROOT / "docs" / "inputs.md").read_text(encoding="utf-8")
    assert written.read_text(encoding="utf-8") == manual, "a table changed: run scripts/input-tables and read the diff"


def test_caveats_page_has_table_of_the_test(tmp_path: Path) -> None:
    written = tmp_path / "caveats.md"
    subprocess.run([sys.executable, ROOT / "scripts" / "caveat-table", written], check=True)
    page = (ROOT / "docs" / "caveats.md").read_text(encoding="utf-8")
    assert written.read_text(encoding="utf-8") == page, "run scripts/caveat-table and read the diff"
