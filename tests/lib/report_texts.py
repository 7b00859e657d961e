"""Invented laboratory reports, and how mail programs, browsers and spreadsheets change their text."""

import re
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).parent / "reports"
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.txt"))}

CHANGES: dict[str, Callable[[str], str]] = {
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "byte order mark": lambda text: "\ufeff" + text,
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "quoted mail": lambda text: "".join(f"> {line}\n" for line in text.splitlines()),
    "blanks run together": lambda text: re.sub("[ \t]+", " ", text),
    "tabs to blanks": lambda text: text.replace("\t", "    "),
    "blank lines between": lambda text: text.replace("\n", "\n\n"),
    "capital letters": str.upper,
    "pasted twice": lambda text: f"{text}\n{text}",
    "bidirectional marks": lambda text: "\u200f".join(text.splitlines(keepends=True)),
    "marks around lines": lambda text: "".join(f"\u2066{line}\u2069\n" for line in text.splitlines()),
}
