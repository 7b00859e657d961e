"""Compare whole answers with committed files: a change of any word or figure must be accepted.

To accept changes, run the tests with SII_AFP_ACCEPT_GOLDENS=1, for example
`SII_AFP_ACCEPT_GOLDENS=1 .venv/bin/pytest tests/http -k golden`, and read the difference before you commit it.
"""

import json
import os
from pathlib import Path
from typing import Any

ACCEPT = bool(os.environ.get("SII_AFP_ACCEPT_GOLDENS"))


class Digits(str):
    """A number with the digits as written."""

    __slots__ = ()


def read_digits(text: str | bytes) -> Any:
    """Parse JSON and keep the digits of each number."""
    return json.loads(text, parse_float=Digits, parse_int=Digits)


def check(file: Path, answer: Any) -> None:
    """Compare an answer with its file; on request write the file instead."""
    written = _indented(answer) + "\n"
    if ACCEPT:
        file.write_text(written, "utf-8")
    assert written == file.read_text("utf-8")


def _indented(value: Any, margin: str = "\n") -> str:
    inner = f"{margin}  "
    if isinstance(value, dict) and value:
        parts = (f"{json.dumps(name, ensure_ascii=False)}: {_indented(part, inner)}" for name, part in value.items())
        return f"{{{inner}{f',{inner}'.join(parts)}{margin}}}"
    if isinstance(value, list) and any(isinstance(part, dict | list) for part in value):
        return f"[{inner}{f',{inner}'.join(_indented(part, inner) for part in value)}{margin}]"
    if isinstance(value, list):
        return f"[{', '.join(_indented(part) for part in value)}]"
    return value if isinstance(value, Digits) else json.dumps(value, ensure_ascii=False)
