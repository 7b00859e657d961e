"""Translate the texts of a fitted model, such as the labels of groups and cells: a copy of it with the same numbers."""

import tomllib
from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, BinaryIO, TypeVar

from app.artefact.reader import parse_artefact
from app.artefact.study_files import IntendedUse
from app.core.alternatives import Alternative, AlternativeCurve
from app.core.assessment import Assessment
from app.core.cox import CoxModel
from app.core.fitted_model import (
    Criterion,
    ExternalMedian,
    ExternalRatio,
    ExternalSurvival,
    FittedModel,
    Limit,
    OtherFinding,
    Provenance,
    ReferenceRange,
    StudyPopulation,
)
from app.core.kaplan_meier import KaplanMeierCurve
from app.core.risk_groups import Cell, Factor, RiskGroup
from app.presentation.translation import gettext, is_english, once_per_model_and_language

_Texts = TypeVar("_Texts", FittedModel, Assessment)
_IS_TRANSLATED = "is translated"
# The texts that people read, by class. Citations, sources of numbers and titles of files stay as they are.
_TEXTS: dict[type, tuple[str, ...]] = {
    Alternative: ("label", "explanation"),
    Cell: ("label",),
    Criterion: ("text",),
    ExternalMedian: ("patients",),
    ExternalRatio: ("label", "population", "cutoff", "note"),
    ExternalSurvival: ("label", "population", "time_zero"),
    Factor: ("label",),
    FittedModel: ("title",),
    Limit: ("text",),
    OtherFinding: ("text",),
    Provenance: ("method",),
    ReferenceRange: ("population",),
    RiskGroup: ("label", "short_label", "meaning"),
    StudyPopulation: ("description", "setting", "treatment", "time_zero"),
}


def in_language(value: _Texts) -> _Texts:
    """Return a model or an assessment with the model's texts in the language of the answer; numbers stay the same."""
    fitted = value if isinstance(value, FittedModel) else value.fitted
    if is_english() or _IS_TRANSLATED in fitted.kept:
        return value
    translated: _Texts = _translated(value, ChainMap({}, _translated_parts(fitted)))
    return translated


def texts_of(fitted: FittedModel) -> Iterator[str]:
    """Yield every text of a model that is translated."""
    yield from dict.fromkeys(_texts(fitted))


def extract(artefact: BinaryIO, *_settings: object, **_options: object) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield the texts of an artefact's file as messages, for Babel."""
    for text in texts_of(parse_artefact(artefact.read().decode())):
        yield 1, "gettext", text, []


def use_in_language(use: IntendedUse) -> IntendedUse:
    """Return the intended use in the language of the answer."""
    return {
        "purpose": gettext(use["purpose"]),
        "supports": gettext(use["supports"]),
        "status": gettext(use["status"]),
        "not_for": tuple(map(gettext, use["not_for"])),
        "users": tuple({"who": gettext(user["who"]), "use": gettext(user["use"])} for user in use["users"]),
    }


def extract_use(file: BinaryIO, *_settings: object, **_options: object) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield the texts of a file with the intended use as messages, for Babel."""
    use: IntendedUse = tomllib.loads(file.read().decode())  # type: ignore[assignment]
    texts = [use["purpose"], use["supports"], use["status"], *use["not_for"]]
    for text in (*texts, *(text for user in use["users"] for text in (user["who"], user["use"]))):
        yield 1, "gettext", text, []


@once_per_model_and_language
def _translated_parts(fitted: FittedModel) -> dict[int, Any]:
    """Return the translated copy of each part of a model, by the identity of the part: each has one copy only."""
    done: dict[int, Any] = {}
    _translated(fitted, done).kept[_IS_TRANSLATED] = True
    return done


def _translated(value: Any, done: MutableMapping[int, Any]) -> Any:
    """Return a value with the texts in it translated, numbers and curves unchanged."""
    if isinstance(value, Mapping):
        return {key: _translated(part, done) for key, part in value.items()}
    # Named tuples, such as the indices, have no texts of the model.
    if type(value) is tuple and any(isinstance(part, tuple) or _holds_parts(part) for part in value):
        return tuple(_translated(part, done) for part in value)
    if not _holds_parts(value):
        return value
    if id(value) not in done:
        done[id(value)] = replace(
            value, **{one.name: _field(value, one.name, done) for one in fields(value) if one.init}
        )
    return done[id(value)]


def _field(owner: Any, name: str, done: MutableMapping[int, Any]) -> Any:
    value = getattr(owner, name)
    if name in _TEXTS.get(type(owner), ()):
        return value and gettext(value)
    return _translated(value, done)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif _holds_parts(value):
        for one in fields(value):
            part = getattr(value, one.name)
            if one.name in _TEXTS.get(type(value), ()):
                yield from (part,) if part else ()
            elif one.init:
                yield from _texts(part)


def _holds_parts(value: object) -> bool:
    """Return whether a value can hold texts to translate: a dataclass, except curves, which are numbers alone."""
    return is_dataclass(value) and not isinstance(value, KaplanMeierCurve | AlternativeCurve | CoxModel)
