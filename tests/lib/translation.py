"""A language that marks the texts that were looked up, and a search for texts of an answer that were not."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from app.presentation.languages import English

_WORD = re.compile(r"(?<![\w:/.+=-])[A-Za-z]?[a-z]{2,}(?![\w:/.+=-])")
_SPOKEN = (
    *("aria-label", "alt", "title", "placeholder", "content"),
    *("data-copied", "data-selected", "data-unreachable", "data-kept", "data-cleared", "data-restored"),
)
_LINE_SPACES = 2
_NOT_READ = ("code", "script", "style")


class Marked(English):
    """A language in which every sentence is in brackets."""

    def gettext(self, message: str) -> str:
        return f"[{message}]"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"[{msgid1 if n == 1 else msgid2}]"


def unmarked(text: str, data: Iterable[str] = ()) -> list[str]:
    """Return the words of a text that are neither in brackets nor data."""
    return _words(_outside(text, 0)[0], tuple(data))


def unmarked_in_html(html: str, data: Iterable[str] = ()) -> list[str]:
    """Return the words of a page or chart that are neither in brackets nor data, in texts and accessible attributes."""
    reader = _Reader(html)
    known = tuple(data)
    return [word for text in reader.outside for word in _words(text, known)]


def strings_in(value: object) -> Iterator[str]:
    """Yield every text in a value of JSON or TOML, at every depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings_in(part)


class _Reader(HTMLParser):
    """Collects the texts outside brackets; a bracket may close in a later element than it opens in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.outside: list[str] = []
        self._depth = 0
        self._skipped = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped += tag in _NOT_READ
        names = dict(attrs)
        for name in _SPOKEN:
            if name in names and not (tag == "meta" and names.get("name") != "description"):
                self.outside.append(_outside(names[name] or "", 0)[0])

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in _NOT_READ

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            text, self._depth = _outside(data, self._depth)
            self.outside.append(text)


def _outside(text: str, depth: int) -> tuple[str, int]:
    kept = []
    for character in text:
        depth += character == "["
        if not depth:
            kept.append(character)
        depth -= character == "]"
    return "".join(kept), depth


def _words(text: str, data: tuple[str, ...]) -> list[str]:
    """Return the words that are not data. A line of a longer text counts as data, and so does a text within a line."""
    text = " ".join(text.split())
    is_line = text.count(" ") >= _LINE_SPACES
    if text.strip(" :") in data or (is_line and any(text in known for known in data)):
        return []
    for known in sorted(data, key=len, reverse=True):
        if " " in known:
            text = text.replace(known, " ")
    return _WORD.findall(text)
