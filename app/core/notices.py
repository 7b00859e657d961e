"""A warning: the answer stands, and the reader should know this."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """A stable code, a sentence for a clinician, and the field that it is about."""

    code: str
    message: str
    field: str
