"""Look up English texts in the gettext catalogue of the answer's language.

Every sentence that a reader sees is a literal in a call of these functions, so that Babel can extract it. Values go in
by `format`, after the look-up.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from gettext import NullTranslations
from typing import TypeVar, TypeVarTuple

from app.core.fitted_model import FittedModel, once_per_model

_T = TypeVar("_T")
_Rest = TypeVarTuple("_Rest")
_current: ContextVar[NullTranslations] = ContextVar("translations", default=NullTranslations())  # noqa: B039 - it holds nothing


def gettext(text: str) -> str:
    """Return a text in the language of the answer."""
    return _current.get().gettext(text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return one of two forms of a text, by number, in the language of the answer."""
    return _current.get().ngettext(singular, plural, number)


def gettext_noop(text: str) -> str:
    """Return a text unchanged, but let Babel extract it: for tables that are looked up later by `gettext`."""
    return text


@contextmanager
def using(translations: NullTranslations) -> Iterator[None]:
    """Answer in the language of a catalogue within the block."""
    token = _current.set(translations)
    try:
        yield
    finally:
        _current.reset(token)


def once_per_model_and_language(
    make: Callable[[FittedModel, *_Rest], _T],
) -> Callable[[FittedModel, *_Rest], _T]:
    """Call a function once for each model, language and its other arguments, as `once_per_model` does."""

    @once_per_model
    def kept(model: FittedModel, _translations: NullTranslations, *rest: *_Rest) -> _T:
        return make(model, *rest)

    @wraps(make)
    def in_language(model: FittedModel, *rest: *_Rest) -> _T:
        return kept(model, _current.get(), *rest)

    return in_language
