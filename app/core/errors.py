"""The tree of domain errors. It knows nothing of HTTP; every front end tells them in its own way.

SiiAfpError
├── InputError          one value cannot be used: field, code, what is wrong, the likely fix
├── InputErrors         every InputError of one request, at once
├── ArtefactError       the fitted model cannot be trusted: which file, which rule
└── BeyondEvidenceError a time that the study does not support was asked for
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


class SiiAfpError(Exception):
    """Base of all errors that this package raises on purpose."""


class InputError(SiiAfpError):
    """One value cannot be used.

    `field` names the input (`neutrophils`, `afp`, `population.ecog`, ...), `code` is stable and machine-readable,
    `message` is a sentence for a clinician and `hint` the likely fix. Neither repeats more of the input than it must.
    """

    def __init__(self, field: str, code: str, message: str, hint: str) -> None:
        super().__init__(f"{field}: {message} {hint}")
        self.field = field
        self.code = code
        self.message = message
        self.hint = hint


class InputErrors(SiiAfpError):  # noqa: N818 - it is several
    """Everything that is wrong with one request, in the order of the fields."""

    def __init__(self, errors: tuple[InputError, ...]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


class ArtefactError(SiiAfpError):
    """The fitted model is missing, altered or impossible; the message says where."""


class BeyondEvidenceError(SiiAfpError):
    """A survival was asked for at a time beyond (or before) what the artefact holds."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A stable code, a sentence for a clinician, and the field that it is about."""

    code: str
    message: str
    field: str


def attempt(read: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T | InputError:
    """Return what `read` returns, or the InputError that it raises, so that a caller can gather every error at once."""
    try:
        return read(*args, **kwargs)
    except InputError as error:
        return error
