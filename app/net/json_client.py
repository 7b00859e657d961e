"""Call other servers: JSON over https, no redirects, no proxies from the environment, limits on size and time.

The caller must first check the address against the site configuration.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core.errors import SiiAfpError
from app.net.safe_url import is_safe_address
from app.net.strict_json import StrictJsonError, parse_json
from app.net.trace_context import passed_on

if TYPE_CHECKING:
    import ssl

    import httpx2

MOST_BYTES = 2_000_000


class OutboundError(SiiAfpError):
    """The other server did not give a usable answer. The reason holds no address, token or content.

    `text` is the reason with a placeholder for each of the `parameters`; `reason` is the English of both, for the log.
    """

    def __init__(self, text: str, status: int | None = None, **parameters: object) -> None:
        self.reason = text.format(**parameters)
        super().__init__(self.reason)
        self.text = text
        self.parameters = parameters
        self.status = status


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    """Status and JSON body of another server's answer."""

    status: int
    body: Any


class Outbound:
    """Calls servers with one deadline for everything that a request needs of them."""

    def __init__(self, deadline_seconds: float) -> None:
        self.deadline_seconds = deadline_seconds
        self._tls: ssl.SSLContext | None = None  # made at the first call, because it is slow

    async def get(self, address: str, headers: Mapping[str, str] | None = None) -> JsonAnswer:
        """Get JSON. Raises OutboundError unless it arrives in time and complete."""
        return await self._call("GET", address, headers or {}, None)

    async def post_form(
        self, address: str, fields: Mapping[str, str], basic: tuple[str, str] | None = None
    ) -> JsonAnswer:
        """Post form fields, with user name and password of HTTP Basic if given, and get JSON. Raises OutboundError."""
        return await self._call("POST", address, {"accept": "application/json"}, dict(fields), basic)

    async def post_json(self, address: str, body: bytes, headers: Mapping[str, str]) -> JsonAnswer:
        """Post a JSON text. Raises OutboundError."""
        return await self._call("POST", address, headers, body)

    async def _call(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: dict[str, str] | bytes | None,
        basic: tuple[str, str] | None = None,
    ) -> JsonAnswer:
        import httpx2  # noqa: PLC0415 - only a site that calls others pays for it

        if not is_safe_address(address):
            raise OutboundError("the address is not https")
        self._tls = self._tls or httpx2.create_ssl_context()
        content = {"data": body} if isinstance(body, dict) else {"content": body}
        try:
            async with (
                asyncio.timeout(self.deadline_seconds),
                httpx2.AsyncClient(
                    verify=self._tls, follow_redirects=False, trust_env=False, timeout=self.deadline_seconds
                ) as client,
                client.stream(method, address, headers={**headers, **passed_on()}, auth=basic, **content) as response,
            ):
                return JsonAnswer(response.status_code, await _json_of(response))
        except TimeoutError:
            raise OutboundError("no answer in time") from None
        except httpx2.HTTPError as error:
            raise OutboundError("no connection or a broken answer ({kind})", kind=type(error).__name__) from None
        except (httpx2.InvalidURL, UnicodeError):
            raise OutboundError("the address cannot be called") from None


async def _json_of(response: "httpx2.Response") -> Any:
    """Return the JSON body, None if there is none. Raises OutboundError if it redirects or is not JSON."""
    if 300 <= response.status_code < 400:
        raise OutboundError("it redirects", response.status_code)
    chunks, size = [], 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > MOST_BYTES:
            raise OutboundError("its answer has more than {most} bytes", response.status_code, most=MOST_BYTES)
        chunks.append(chunk)
    text = b"".join(chunks)
    if not text:
        return None
    try:
        return parse_json(text)
    except StrictJsonError:
        if response.is_success:
            raise OutboundError("its answer is not JSON", response.status_code) from None
        return None
