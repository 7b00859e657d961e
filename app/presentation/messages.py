"""Put the errors and warnings of inputs, and the reasons why results were not used, into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.labs import UnusedResult
from app.presentation import wording
from app.presentation.input_messages import ERRORS, WARNINGS
from app.presentation.rejection_messages import REJECTIONS
from app.presentation.translation import gettext, left_to_right, parts_with_english, with_english

_MOST_NAMED = 5


class Worded(Protocol):
    """What has words: a stable code, a case that tells apart its causes, and the parameters that the words name."""

    @property
    def code(self) -> str:
        """The stable code."""

    @property
    def case(self) -> str:
        """The cause, or an empty text."""

    @property
    def parameters(self) -> Mapping[str, object]:
        """What the words name."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is wrong with a value, and the likely fix."""

    text: str
    hint: str

    def __str__(self) -> str:
        """Return both sentences."""
        return f"{self.text} {self.hint}"


_HOLD_UNITS = frozenset(
    {
        "unit",
        "meanings",
        "typed_unit",
        "chosen_unit",
        "canonical_unit",
        "usual_unit",
        "cutoff_unit",
        "offered",
        "results",
    }
)


def error_message(error: InputError, units: wording.Units = str) -> Message:
    """Return what is wrong with a value and the likely fix."""
    text, hint = parts_with_english(lambda: tuple(_filled(text, error, units) for text in ERRORS[_key(error)]))
    return Message(text, hint)


def warning_message(warning: Worded, units: wording.Units = str) -> str:
    """Return a warning; one that was made from an error has its words and its hint."""
    return _sentences(warning, WARNINGS, units)


def rejection_message(rejection: Worded, units: wording.Units = str) -> str:
    """Return why an Observation was not used; an input error in its value has its words and its hint."""
    return _sentences(rejection, REJECTIONS, units)


def _sentences(about: Worded, own: Mapping[str, str], units: wording.Units) -> str:
    """Return the text of a code in a table of its own, or text and hint of the input error with that code."""
    key = _key(about)
    texts = [own[key]] if key in own else ERRORS[key]
    return with_english(lambda: " ".join(_filled(text, about, units) for text in texts))


def _key(about: Worded) -> str:
    return f"{about.code}.{about.case}" if about.case else about.code


def _filled(text: str, about: Worded, units: wording.Units) -> str:
    parameters = {
        name: _shown(value, units if name in _HOLD_UNITS else left_to_right if isinstance(value, tuple) else str)
        for name, value in about.parameters.items()
    }
    if "{quantity}" in text:
        found = about.parameters
        signed = wording.signed(_shown(found["value"], str), found["comparator"])
        parameters["quantity"] = wording.quantity(signed, str(found["unit"]), units)
    return gettext(text).format(**parameters)


def _shown(value: object, written: wording.Units) -> str:
    """Return a parameter as text; `written` is how a unit, or each part of a list, is written."""
    match value:
        case Analyte():
            return wording.analyte(value)
        case Decimal():
            return f"{value:f}"
        case (UnusedResult(), *_) as results:
            return _results([one for one in results if isinstance(one, UnusedResult)], written)
        case tuple():
            return gettext(" or ").join(written(str(one)) for one in value)
        case _:
            return written(str(value))


def _results(results: Sequence[UnusedResult], units: wording.Units) -> str:
    """Return a list of results: analyte, value, day and reference of each, and why it was not used."""
    shown = [_result(one, units) for one in results[:_MOST_NAMED]]
    if more := len(results) - len(shown):
        shown.append(gettext("and {number} more").format(number=more))
    return "; ".join(shown)


def _result(one: UnusedResult, units: wording.Units) -> str:
    parts = [
        wording.analyte(one.analyte) if one.analyte else gettext("a laboratory value"),
        wording.given(one.lab, units) if one.lab else gettext("value not read"),
        one.day.isoformat() if one.day else gettext("day not known"),
        *([one.reference] if one.reference else []),
    ]
    reason = f" ({rejection_message(one, units).removesuffix('.')})" if one.code else ""
    return ", ".join(parts) + reason
