"""Read JSON strictly: exact decimals, no duplicate names, no NaN, UTF-8 only."""

import codecs
from typing import Any

import jiter

from app.core.errors import SiiAfpError

_GZIP = b"\x1f\x8b"


class StrictJsonError(SiiAfpError):
    """The text is not JSON. The message names the fault and its place, and repeats nothing of the text.

    `text` is the message with a placeholder for each of the `parameters`.
    """

    def __init__(self, text: str, **parameters: object) -> None:
        super().__init__(text.format(**parameters))
        self.text = text
        self.parameters = parameters


def parse_json(body: bytes) -> Any:
    """Return the value with numbers as int or exact Decimal. Raises StrictJsonError.

    A byte order mark of UTF-8 at the start is ignored (RFC 8259, section 8.1).
    """
    if b"\0" in body[:4] or body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _compressed(body) or StrictJsonError("The body is in UTF-16 or UTF-32. Send JSON in UTF-8.")
    try:
        return jiter.from_json(
            body.removeprefix(codecs.BOM_UTF8),
            allow_inf_nan=False,
            cache_mode="keys",  # the parser must not cache patients' values
            catch_duplicate_keys=True,
            float_mode="decimal",
        )
    except ValueError as error:
        raise _compressed(body) or _empty(body) or _explained(str(error)) from None


def _compressed(body: bytes) -> StrictJsonError | None:
    """Return the error of a body that is a gzip file: those begin with two bytes that no JSON has."""
    if not body.startswith(_GZIP):
        return None
    return StrictJsonError("The body is compressed with gzip, which its headers do not say. Send it uncompressed.")


def _empty(body: bytes) -> StrictJsonError | None:
    if body.removeprefix(codecs.BOM_UTF8).strip():
        return None
    return StrictJsonError("The body is empty. Send one JSON object; /openapi.json has an example for each address.")


def _explained(error: str) -> StrictJsonError:
    """Return a parser's message as a sentence. The names and numbers that the parser quotes are left out."""
    what, _, where = error.rpartition(" at ")
    if what.startswith("EOF"):
        found = StrictJsonError("The body ends before its JSON is complete ({where}).", where=where)
    elif what.startswith("Detected duplicate key"):
        found = StrictJsonError("A name appears twice in one object ({where}).", where=where)
    elif "InvalidOperation" in what:
        found = StrictJsonError("The exponent of a number is too large ({where}).", where=where)
    elif "out of range" in what:
        found = StrictJsonError("A number has too many digits ({where}).", where=where)
    elif "unicode" in what:
        found = StrictJsonError("The body is not valid UTF-8 ({where}).", where=where)
    elif "hex escape" in what:
        found = StrictJsonError("An escape in a text is not a character ({where}).", where=where)
    else:
        found = StrictJsonError("{reason} ({where}).", reason=f"{what[:1].upper()}{what[1:]}", where=where)
    return found
