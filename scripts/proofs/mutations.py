"""Change inputs at random: values of JSON, bytes, and pieces of text."""

import copy
import json
import random
from collections.abc import Sequence
from typing import Any

_DEEP = 50
_HUGE = 1e300  # beyond, a float may become infinite
# Numbers at the ends of types, in spellings of several countries, and what only looks like one.
NUMBERS = (
    *("0", "-0", "1", "-1", "4.2", "4,2", "1.234,5", "1,234.5", "1e3", "1E-400", "1e400", "1e4400", "9" * 400),
    *(
        "0." + "0" * 300 + "1",
        "NaN",
        "Infinity",
        "-Infinity",
        "0x10",
        "1_000",
        "½",
        "٤٢",
        "４２",
        "²",
        "1/2",
        "+5",
        "--5",
    ),
    *("<0.6", ">1210", "≤5", "<", "> >5", "340", "399.9999999999999999", "400", "2147483648", "18446744073709551616"),
)
UNITS = (
    *(
        "10*9/L",
        "10^9/L",
        "x10^9/L",
        "K/uL",
        "/mm3",
        "10*3/uL",
        "G/L",
        "ng/mL",
        "ug/L",
        "kU/L",
        "[IU]/mL",
        "IU/mL",
        "%",
    ),
    *(
        "10*99999/L",
        "10*-9/L",
        "{cells}/uL",
        "10*9/L{x",
        "m" * 500,
        "µg/L",
        "μg/L",
        "1",
        "",
        "/",
        "10**9/L",
        "10*9.5/L",
    ),
)
DATES = (
    *("2026-01-02", "2026-13-01", "2026-02-30", "0000-00-00", "9999-12-31", "20260102", "2026-W01-1", "2026-1-2"),
    *("2026-01-02T08:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T08:00:60Z", "2026-01-02T08:00:00+99:99", "2026"),
    *("2026-01-02T08:00:00.123456789+14:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "-0001-01-01"),
)
TEXTS = ("", " ", "\x00", "\ud800", "\u202e", "\ufeff", "é", "e\u0301", "😀", "<script>", "{{7*7}}", "%s", "a" * 5000)
TOKENS = (*NUMBERS, *UNITS, *DATES, *TEXTS, "final", "preliminary", "Patient/p1", "http://loinc.org", "true", "null")
_VALUES: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, 10**30, 1e308, [], {}, [[]], {"": {}}, [None], {"value": 1})
_SEPARATORS = (" ", "\t", "\n", "|", "^", "~", "&", ";", ",", ":", "(", ")", "  ", "\r\n", "\u00a0", "\u2028", "-", "/")


def changed_json(chance: random.Random, content: Any) -> bytes:
    """Return a JSON text with up to four values changed, and sometimes with bytes changed too."""
    content = copy.deepcopy(content)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 4))):
        content = _with_change(chance, content)
    if chance.random() < 0.01:
        for _ in range(chance.choice((2, _DEEP, 500))):
            content = [content] if chance.random() < 0.5 else {"entry": content}
    text = json.dumps(content, ensure_ascii=chance.random() < 0.5, separators=(",", ":"))
    written = text.encode("utf-8", "surrogatepass")
    return changed_bytes(chance, written) if chance.random() < 0.15 else written


def changed_bytes(chance: random.Random, content: bytes) -> bytes:
    """Return the bytes with some flipped, removed, repeated or inserted."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(made) + 1)
        kind = chance.randrange(5)
        if kind == 0:
            made[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del made[at : at + chance.choice((1, 2, 10, 100))]
        elif kind == 2:
            made[at:at] = made[at : at + chance.choice((1, 5, 50))]
        elif kind == 3:
            made[at:at] = chance.choice(TOKENS).encode("utf-8", "surrogatepass")
        else:
            made[at:at] = chance.choice(
                (b"\x00", b"\xff", b'"', b"\\u", b"{", b"[", b",", b"\xed\xa0\x80", b"\xc0\x80")
            )
    return bytes(made)


def changed_text(chance: random.Random, text: str, others: Sequence[str]) -> str:
    """Return a text with pieces removed, moved, replaced by tokens, or joined with pieces of another text."""
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        at, length = chance.randrange(len(text) + 1), chance.choice((0, 1, 3, 10, 40))
        before, piece, after = text[:at], text[at : at + length], text[at + length :]
        kind = chance.randrange(7)
        if kind == 0:
            text = before + after
        elif kind == 1:
            text = before + piece + piece + after
        elif kind == 2:
            text = before + chance.choice(TOKENS) + after
        elif kind == 3:
            text = before + chance.choice(_SEPARATORS) + piece + chance.choice(_SEPARATORS) + after
        elif kind == 4:
            other = chance.choice(others)
            start = chance.randrange(len(other) + 1)
            text = before + other[start : start + chance.choice((5, 30, 200))] + after
        elif kind == 5:
            lines = text.split("\n")
            chance.shuffle(lines)
            text = "\n".join(lines)
        else:
            text = (
                before
                + chr(chance.choice((chance.randrange(0x80), chance.randrange(0x3000), chance.randrange(0x11_0000))))
                + after
            )
    return text


def _with_change(chance: random.Random, content: Any) -> Any:
    """Return the content with one value changed, wherever it is."""
    parent: Any = None
    key: Any = None
    inner = content
    while isinstance(inner, dict | list) and inner and (parent is None or chance.random() < 0.85):
        parent = inner
        key = chance.choice(list(inner)) if isinstance(inner, dict) else chance.randrange(len(inner))
        inner = inner[key]
    if parent is None:
        return _value(chance, content)
    kind = chance.randrange(6)
    if kind == 0:
        del parent[key]
    elif kind == 1 and isinstance(parent, dict):
        parent[chance.choice((*TOKENS, *parent, f"_{key}"))] = inner
    elif kind == 1:
        parent.extend([copy.deepcopy(inner)] * chance.choice((1, 2, 20)))
    elif kind == 2 and isinstance(inner, str) and inner:
        parent[key] = changed_text(chance, inner, [inner, *TOKENS])
    elif kind == 3 and isinstance(parent, dict):
        other = chance.choice(list(parent))
        parent[key], parent[other] = parent[other], parent[key]
    else:
        parent[key] = _value(chance, inner)
    return content


def _value(chance: random.Random, now: Any) -> Any:
    is_number = isinstance(now, int | float) and not isinstance(now, bool) and -_HUGE < now < _HUGE
    if is_number and chance.random() < 0.5:
        return chance.choice((now * 10, now / 10, -now, now + 1, int(now), str(now), now * 1e6, chance.random() * 1000))
    return copy.deepcopy(chance.choice((*_VALUES, *TOKENS)))
