"""Define the tree of all errors that this package raises on purpose, the errors of the domain, and warnings.

SiiAfpError
├── InputError              one value cannot be used: field, code and parameters
├── InputErrors             every InputError of one request, at once
├── ArtefactError           the fitted model cannot be trusted: which file, which rule
├── WithdrawnError          the model was withdrawn and must not answer
├── BeyondEvidenceError     a time was asked for that the study does not support
├── CheckFailedError        a check that a command made did not hold
│   └── NoCohortError       no reconstructed cohort agrees with a figure (model.digitised.run)
├── DataFileError           a file of data given to a command cannot be used: every problem, with its place
├── MissingPackageError     a command needs a package that is not installed
├── ConfigurationError      a setting or a file that it names cannot be used (app.config, app.auth)
│   ├── KeyFileError        a file of keys or secrets cannot be read or used
│   ├── DeploymentError     the settings do not fit how the service is run
│   └── StoreStartError     the store of shared state cannot be used at start (app.store.protocol)
├── StoreError              the store of shared state cannot be reached (app.store.protocol)
├── ListenError             the service cannot listen on its address (app.net.listener)
├── WorkersError            the worker processes cannot start (app.processes.worker)
├── BadRequestError         a request is not one of HTTP/1.0 or HTTP/1.1 (app.net.request_head)
├── StrictJsonError         a text is not JSON (app.net.strict_json)
├── OutboundError           another server did not answer as it should (app.net.json_client)
├── NotAdmittedError        a caller has no right to an interface (app.auth.caller)
├── ForwardedError          a proxy passed on a call that only this machine may send (app.auth.caller)
├── ProblemError            a request cannot be answered, as RFC 9457 describes it (app.web.problems)
├── FhirError               the same as a FHIR OperationOutcome (app.ehr.fhir.operation_outcome)
├── BundleError             a FHIR Bundle is malformed (app.ehr.fhir.reading.bundles)
└── SmartError              a SMART launch failed (app.ehr.smart.errors)

The errors of the domain carry codes and parameters; app.presentation.messages puts them into words.
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
    `case` distinguishes the causes of one code that need different texts. `parameters` are the values in the text; they
    repeat only the part of the input that the text needs.
    """

    def __init__(self, field: str, code: str, case: str = "", **parameters: object) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
        self.case = case
        self.parameters = parameters


class InputErrors(SiiAfpError):  # noqa: N818 - it is several
    """All errors of one request, in the order of the fields."""

    def __init__(self, errors: tuple[InputError, ...]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


class ArtefactError(SiiAfpError):
    """The fitted model is missing, altered or impossible. `place` is the path in its file, empty for the whole."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


class WithdrawnError(SiiAfpError):
    """The model was withdrawn, and must not answer; the message gives the reason."""


class BeyondEvidenceError(SiiAfpError):
    """A survival was requested at a time after the last or before the first time in the artefact."""


class CheckFailedError(SiiAfpError):
    """A check that a command made did not hold; the command has written what differs."""


@dataclasses.dataclass(frozen=True, slots=True)
class DataProblem:
    """One problem of a file of data: file, line (1 is the header), column, the stable code of the rule, and a text."""

    file: str
    line: int
    column: str
    code: str
    text: str

    def __str__(self) -> str:
        """Return one line: place, text, code."""
        place = f"{self.file}, line {self.line}" + (f", column {self.column}" if self.column else "")
        return f"{place}: {self.text} [{self.code}]"


class DataFileError(SiiAfpError):
    """A file of data that was given to a command cannot be used; `problems` are all that were found."""

    def __init__(self, problems: tuple[DataProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class MissingPackageError(SiiAfpError):
    """A command needs a package that is not installed; the message says how to install it."""


class ConfigurationError(SiiAfpError):
    """A setting, or a file that a setting names, cannot be used; the message names the entry."""


class KeyFileError(ConfigurationError):
    """A file of keys or secrets cannot be read or used; the message names the entry and the reason."""


class DeploymentError(ConfigurationError):
    """The settings do not fit how the service is run; the message says what to change."""


@dataclasses.dataclass(frozen=True, slots=True)
class InputWarning:
    """Something that the reader should know about a value that is used, as a code and parameters like InputError."""

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
