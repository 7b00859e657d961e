"""Measure texts of a chart and break them into lines, at blanks and between characters of Chinese and Japanese."""

import unicodedata
from collections.abc import Iterator

# Widths of characters in DejaVu Sans, the font of the images, as shares of the font size to the nearest twentieth.
_WIDTHS = {
    0.2: "\u202f",
    0.25: "'",
    0.3: " \u00a0,.·IJijl‘’",
    0.35: "-/:;\\f|",
    0.4: "!()[]rt²³⁰⁴⁵⁶⁷⁸⁹",
    0.45: '"',
    0.5: "*_`sz–“”",
    0.55: "?Lc",
    0.6: "FPTYaekovxy",
    0.65: "$0123456789EKSbdghnpqu{}µ",
    0.7: "ABCRVXZ",
    0.75: "DGHNU",
    0.8: "&OQw",
    0.85: "#+<=>M^~×÷−≈≤≥←→",
    0.95: "%m",
    1.0: "@W—…",
}
_WIDTH = {character: width for width, characters in _WIDTHS.items() for character in characters}
_OTHER = 0.65
_BOLD = 1.15
_NOT_AT_START = frozenset("、。，．・：；？！）］｝」』】〉》ー々…’”)]},.;:!?%")
_NOT_AT_END = frozenset("（［｛「『【〈《‘“([{")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text at a font size, in the unit of the size."""
    return _width(text) * size * (_BOLD if bold else 1)


def text_lines(text: str, room: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Return a text in lines that are at most as wide as `room`; a word that is wider has a line of its own."""
    found = [""]
    for piece in _pieces(text, room / size / (_BOLD if bold else 1)):
        longer = found[-1] + piece
        if found[-1] and text_width(longer.rstrip(" "), size, bold=bold) > room:
            found.append(piece)
        else:
            found[-1] = longer
    return tuple(line.rstrip(" ") for line in found)


def _pieces(text: str, room: float) -> Iterator[str]:
    """Yield the parts of a text between which a line may end. Only a Korean word that is too wide is divided."""
    start = 0
    for at in range(1, len(text) + 1):
        if at < len(text) and not _may_break(text[at - 1], text[at]):
            continue
        piece, start = text[start:at], at
        if any(map(_is_hangul, piece)) and _width(piece.rstrip(" ")) > room:
            yield from piece
        else:
            yield piece


def _may_break(before: str, after: str) -> bool:
    if after in _NOT_AT_START or before in _NOT_AT_END or after == " ":
        return False
    return before == " " or _is_ideograph(before) or _is_ideograph(after)


def _is_ideograph(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F") and not _is_hangul(character)


def _is_hangul(character: str) -> bool:
    return "\uac00" <= character <= "\ud7a3"


def _width(text: str) -> float:
    """Return the width of a text as a share of the font size."""
    width: float = 0
    for character in text:
        if character in _WIDTH:
            width += _WIDTH[character]
        elif unicodedata.category(character) not in ("Mn", "Cf"):
            width += 1 if unicodedata.east_asian_width(character) in ("W", "F") else _OTHER
    return width
