"""Bring a pasted text into plain characters, and keep where each character comes from."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_LINE_ENDS = frozenset("\r\n\u0085\u2028\u2029\v\f")
_UNSEEN = frozenset("\ufeff\u00ad\u200b\u200c\u200d\u2060\u0640")
# One character for another: dashes, minus signs, quotes, marks of Arabic numbers, letters that NFKC leaves alone.
_SAME = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣", "-"),
        **dict.fromkeys("’‘ʼ′`´", "'"),
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("〜∼", "~"),
        **dict.fromkeys("٬", "'"),
        **dict.fromkeys("；", ";"),
        "٫": ".",
        "٪": "%",
        "،": ",",
        "≦": "≤",
        "≧": "≥",
        "⩽": "≤",
        "⩾": "≥",
        "∗": "*",
        "μ": "µ",
        "│": "|",
        "¦": "|",
    }
)
_FOLDED = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "ß": "s", "µ": "u", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي"})
_LATIN_END, _EXTENDED_LATIN = "\u0250", ("\u1e00", "\u1eff")
_FEWEST_COMMAS = 3
_DECIMAL_COMMA = re.compile("[0-9],[0-9]")
_QUOTED = re.compile(r"[ \t]*(?:>[ \t]?)+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the plain text: where it begins and ends."""

    start: int
    end: int


class PlainText:
    """A text in plain characters. `folded` has small letters without accents, one for one."""

    def __init__(self, original: str) -> None:
        self.original = original
        characters, starts, ends = _plain(original)
        self.text = "".join(characters)
        self.folded = "".join(map(_folded, characters))
        self._starts, self._ends = starts, ends

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the characters from start to end, which are not empty, are in the original text."""
        return self._starts[start], self._ends[end - 1]

    def printed(self, start: int, end: int) -> str:
        """Return the characters as the original text has them."""
        first, last = self.span(start, end)
        return self.original[first:last]

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines that hold more than blanks, without the quotation marks of a mail that is quoted as a whole."""
        found, start = [], 0
        for text in self.text.split("\n"):
            if text.strip():
                found.append(Line(start, start + len(text)))
            start += len(text) + 1
        quotes = [_QUOTED.match(self.text, line.start, line.end) for line in found]
        if not all(quotes):
            return tuple(found)
        inner = [Line(quote.end(), line.end) for quote, line in zip(quotes, found, strict=True) if quote]
        return tuple(line for line in inner if self.text[line.start : line.end].strip())

    @cached_property
    def comma_tables(self) -> frozenset[int]:
        """How many commas part the cells of each table with commas: as many as in a line of titles without decimals."""
        texts = [self.text[line.start : line.end] for line in self.lines]
        return frozenset(text.count(",") for text in texts if is_comma_row(text) and not _DECIMAL_COMMA.search(text))

    @cached_property
    def has_mixed_quotes(self) -> bool:
        """Whether some lines begin with the quotation mark of a mail and others do not, so that > has two meanings."""
        return any(
            self.text[line.start : line.end].lstrip().startswith(">")
            and not self.text[line.start : line.end].lstrip("> \t")[:1].isdecimal()
            for line in self.lines
        )


def is_comma_row(text: str) -> bool:
    """Return whether commas may part the cells of a line."""
    return text.count(",") >= _FEWEST_COMMAS and ", " not in text and "  " not in text


def _plain(original: str) -> tuple[list[str], list[int], list[int]]:
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(original):
        plain, length = _one(original, at)
        for character in plain:
            characters.append(character)
            starts.append(at)
            ends.append(at + length)
        at += length
    return characters, starts, ends


def _one(original: str, at: int) -> tuple[str, int]:
    """Return the plain characters at a place, and how long it is."""
    character = original[at]
    if original.startswith("\\S\\", at):  # the escape of ^ in HL7 version 2
        return "^", 3
    if character in _LINE_ENDS:
        return ("" if original.startswith("\r\n", at) else "\n"), 1
    if character in _RAISED:
        follows = at > 0 and original[at - 1] in _RAISED
        return f"{'' if follows else '^'}{unicodedata.digit(character)}", 1
    return _usual(character), 1


def _usual(character: str) -> str:
    """Return the usual characters for one: ASCII digits, a blank for any blank, nothing for what is not seen."""
    if character == "\t":
        return character
    if character in _UNSEEN or unicodedata.category(character) == "Cf":
        return ""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if unicodedata.numeric(character, None) is not None:
        return character  # ① and ½ are marks, and no digits of the number beside them
    usual = unicodedata.normalize("NFKC", character.translate(_SAME)).translate(_SAME)
    return "".join(" " if one.isspace() else one for one in usual if one.isprintable() or one.isspace())


def _folded(character: str) -> str:
    lower = character.lower()[0].translate(_FOLDED)
    if lower >= _LATIN_END and not _EXTENDED_LATIN[0] <= lower <= _EXTENDED_LATIN[1]:
        return lower
    return unicodedata.normalize("NFD", lower)[0]


def folded(text: str) -> str:
    """Return a text as `PlainText.folded` has it."""
    return PlainText(text).folded
