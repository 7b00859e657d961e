"""Define the caller of a request, as the service knows and logs it."""

from dataclasses import dataclass
from typing import Literal

from app.core.errors import SiiAfpError


@dataclass(frozen=True, slots=True)
class Caller:
    """A program: the name of its key, the issuer of its token, or `anonymous`. Never a person."""

    name: str
    kind: Literal["key", "token", "anonymous"]


ANONYMOUS = Caller("anonymous", "anonymous")


class ForwardedError(SiiAfpError):
    """A call without credentials came through a proxy, although nothing is set up that could admit it."""


class NotAdmittedError(SiiAfpError):
    """The call is not admitted. The reason is for the operator's log; the caller gets only the status."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
