"""JSON read strictly: exact decimals, no duplicate names, no NaN, UTF-8 only."""

import codecs
import json
from decimal import Decimal, InvalidOperation
from typing import Any

_LONGEST_INTEGER = 25


class StrictJsonError(ValueError):
    """The text is not JSON; the message says what is wrong and where."""


def parse_json(body: bytes) -> Any:
    """Return the value with numbers as int or exact Decimal. Raises StrictJsonError.

    A byte order mark of UTF-8 at the start is ignored (RFC 8259, section 8.1).
    """
    if b"\0" in body[:4] or body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise StrictJsonError("The body is in UTF-16 or UTF-32. Send JSON in UTF-8.")
    try:
        text = body.removeprefix(codecs.BOM_UTF8).decode("utf-8")
        found = json.loads(
            text, parse_float=_decimal, parse_int=_integer, parse_constant=_refuse, object_pairs_hook=_once
        )
        if "\\u" in text:  # an escape may be half of a surrogate pair, which is not text
            json.dumps(found, default=str, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise StrictJsonError("The body is not valid UTF-8. Send JSON in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise StrictJsonError(f"{error.msg} (line {error.lineno}, column {error.colno}).") from None
    except RecursionError:
        raise StrictJsonError("The body is nested too deeply.") from None
    return found


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise StrictJsonError("The exponent of a number is beyond all measure.") from None


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_INTEGER else Decimal(text)


def _refuse(constant: str) -> None:
    raise StrictJsonError(f"{constant} is not JSON.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise StrictJsonError("A name appears twice in one object.")
    return found
