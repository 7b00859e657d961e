"""Reading a JSON body: exact decimals, no duplicate names, no NaN, UTF-8 only."""

import json
from decimal import Decimal
from typing import Any

from starlette.requests import Request

from app.web.problems import MALFORMED, MEDIA, ProblemError


async def read_json(request: Request) -> Any:
    """Return the body with numbers as int or exact Decimal. Raises ProblemError: 415 or 400 with the reason."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/json":
        raise ProblemError(MEDIA, "The Content-Type header does not say application/json.")
    return parse_json(await request.body())


def parse_json(body: bytes) -> Any:
    """Parse a JSON text strictly. Raises ProblemError with what is wrong and where."""
    try:
        text = body.decode("utf-8")
        found = json.loads(
            text, parse_float=Decimal, parse_int=_integer, parse_constant=_refuse, object_pairs_hook=_once
        )
        if "\\u" in text:  # an escape may be half of a surrogate pair, which is not text
            json.dumps(found, default=str, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise ProblemError(MALFORMED, "The body is not valid UTF-8.") from None
    except json.JSONDecodeError as error:
        raise ProblemError(MALFORMED, f"{error.msg} (line {error.lineno}, column {error.colno}).") from None
    except RecursionError:
        raise ProblemError(MALFORMED, "The body is nested too deeply.") from None
    except ValueError as error:
        raise ProblemError(MALFORMED, str(error)) from None
    return found


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= 25 else Decimal(text)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A name appears twice in one object.")
    return found
