"""The tree of domain errors, and warnings. They carry codes and parameters; presentation puts them into words.

SiiAfpError
├── InputError          one value cannot be used: field, code and parameters
├── InputErrors         every InputError of one request, at once
├── ArtefactError       the fitted model cannot be trusted: which file, which rule
└── BeyondEvidenceError a time that the study does not support was asked for
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


class SiiAfpError(Exception):
    """Base of all errors that this package raises on purpose."""


class InputError(SiiAfpError):
    """One value cannot be used.

    `field` names the input (`neutrophils`, `afp`, `population.ecog`, ...) and `code` the rule; both are stable.
    `case` tells apart the causes of one code that need different words. `parameters` are what the words name; they
    repeat no more of the input than they must.
    """

    def __init__(self, field: str, code: str, case: str = "", **parameters: object) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
        self.case = case
        self.parameters = parameters


class InputErrors(SiiAfpError):  # noqa: N818 - it is several
    """Everything that is wrong with one request, in the order of the fields."""

    def __init__(self, errors: tuple[InputError, ...]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


class ArtefactError(SiiAfpError):
    """The fitted model is missing, altered or impossible; the message says where."""


class BeyondEvidenceError(SiiAfpError):
    """A survival was asked for at a time beyond (or before) what the artefact holds."""


@dataclasses.dataclass(frozen=True, slots=True)
class InputWarning:
    """Something that the reader should know of a value that is used; as in InputError, in codes and parameters."""

    field: str
    code: str
    case: str = ""
    parameters: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)


def attempt(read: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T | InputError:
    """Return what `read` returns, or the InputError that it raises, so that a caller can gather every error at once."""
    try:
        return read(*args, **kwargs)
    except InputError as error:
        return error
