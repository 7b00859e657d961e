"""What the commands share: printing on consoles with few characters, such as cp1252, and the order of commands."""

import codecs
import json
import re
import sys
import unicodedata
from io import TextIOWrapper

import click

_HANDLER = "sii_afp.readable"
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_PLAIN = {
    **dict(zip("×÷≈≥≤≠±−·→", ("x", "/", "~", ">=", "<=", "!=", "+/-", "-", "*", "->"), strict=True)),
    **dict(zip("µμßłøæœı", ("u", "u", "ss", "l", "o", "ae", "oe", "i"), strict=True)),
    **dict.fromkeys("‐\u2011‒–—", "-"),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("\u00a0\u2009\u202f", " "),
    **dict.fromkeys("\u00ad\u200b", ""),
    "…": "...",
}


class InOrder(click.Group):
    """A group that lists its commands in the order in which its file defines them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.commands)


def print_readably() -> None:
    """Let standard output and standard error write what their encoding lacks in ASCII: 10⁹/L as 10^9/L."""
    codecs.register_error(_HANDLER, _readable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def say(text: str, *, end: str = "\n", error: bool = False) -> None:
    """Print a text on standard output or standard error.

    click.echo is not used: it writes UTF-8 where the encoding is ASCII.
    """
    print(text, end=end, file=sys.stderr if error else sys.stdout)


def json_for_console(text: str) -> str:
    """Return a JSON document as it is for a console in UTF-8, and with its escapes of other characters for any other.

    Both mean the same to a reader of JSON, so no value is reworded.
    """
    if codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8":
        return text
    return re.sub(r"[^\x00-\x7f]", lambda found: json.dumps(found[0])[1:-1], text)


def _readable(error: UnicodeError) -> tuple[str, int]:
    """Return ASCII for the first character that cannot be written, and where to go on; an error handler of codecs."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text, start = error.object, error.start
    if text[start] in _RAISED:
        return _exponent(text, start)
    return _plain(text[start]), start + 1


def _exponent(text: str, start: int) -> tuple[str, int]:
    """Write a whole exponent behind a caret.

    If the encoding has its first digits, as cp1252 has those of 10¹⁰, they are written already. Only an escape then
    keeps the number from being read as another.
    """
    if start and text[start - 1] in _RAISED:
        return _escape(text[start]), start + 1
    end = start
    while end < len(text) and text[end] in _RAISED:
        end += 1
    return "^" + "".join(_RAISED[digit] for digit in text[start:end]), end


def _plain(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    base = unicodedata.normalize("NFD", character)[0]
    return base if character.isalpha() and base.isascii() else _escape(character)


def _escape(character: str) -> str:
    return character.encode("ascii", "backslashreplace").decode("ascii")
