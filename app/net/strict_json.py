"""Read JSON strictly: exact decimals, no duplicate names, no NaN, UTF-8 only."""

import codecs
from typing import Any

import jiter

from app.core.errors import SiiAfpError


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
        raise StrictJsonError("The body is in UTF-16 or UTF-32. Send JSON in UTF-8.")
    try:
        return jiter.from_json(
            body.removeprefix(codecs.BOM_UTF8),
            allow_inf_nan=False,
            cache_mode="keys",  # the parser must not cache patients' values
            catch_duplicate_keys=True,
            float_mode="decimal",
        )
    except ValueError as error:
        raise _explained(str(error)) from None


def _explained(error: str) -> StrictJsonError:
    """Return a parser's message as a sentence. The names and numbers that the parser quotes are left out."""
    what, _, where = error.rpartition(" at ")
    if what.startswith("Detected duplicate key"):
        return StrictJsonError("A name appears twice in one object ({where}).", where=where)
    if "InvalidOperation" in what:
        return StrictJsonError("The exponent of a number is too large ({where}).", where=where)
    if "out of range" in what:
        return StrictJsonError("A number has too many digits ({where}).", where=where)
    if "unicode" in what:
        return StrictJsonError("The body is not valid UTF-8 ({where}).", where=where)
    if "hex escape" in what:
        return StrictJsonError("An escape in a text is not a character ({where}).", where=where)
    return StrictJsonError("{reason} ({where}).", reason=f"{what[:1].upper()}{what[1:]}", where=where)
