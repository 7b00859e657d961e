"""Look up English texts in the gettext catalogue of the answer's language.

Every sentence that a reader sees is a literal in a call of these functions, so that Babel can extract it. Values go in
by `format`, after the look-up.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, TypeVarTuple

from app.core.fitted_model import FittedModel, once_per_model
from app.presentation.languages import Catalogue, English, Language

_T = TypeVar("_T")
_Rest = TypeVarTuple("_Rest")
ENGLISH_TEXTS = English()
_current: ContextVar[Language] = ContextVar("translations", default=ENGLISH_TEXTS)
_is_paired: ContextVar[bool] = ContextVar("is_paired", default=False)
_offered: ContextVar[tuple[Catalogue, ...]] = ContextVar("offered", default=())
# The isolates of Unicode: a text between them keeps its own direction within a text of the other direction.
_RIGHT_TO_LEFT, _FIRST_STRONG, _END = "\u2067", "\u2068", "\u2069"
ENGLISH_BESIDE = re.compile(rf"{_FIRST_STRONG}([^{_FIRST_STRONG}{_END}<>]*){_END}(?=[^<>]*<)")
"""Matches the English beside a translation in a text or in the content of HTML elements, not in their attributes."""


def language() -> Language:
    """Return the language of the answer. A function that words many texts gets `gettext` from it once."""
    return _current.get()


def gettext(text: str) -> str:
    """Return a text in the language of the answer."""
    return _current.get().gettext(text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return one of two forms of a text, by number, in the language of the answer."""
    return _current.get().ngettext(singular, plural, number)


def gettext_noop(text: str) -> str:
    """Return a text unchanged, but let Babel extract it: for tables that are looked up later by `gettext`."""
    return text


def is_english() -> bool:
    """Return whether the answer is in English, the language of the source, so that no text changes."""
    return _current.get() is ENGLISH_TEXTS


def language_tag() -> str:
    """Return the tag of the language of the answer, such as en or zh-Hans."""
    return _current.get().tag


def with_english(make: Callable[[], str]) -> str:
    """Return a text that safety depends on, and its English beside it where no clinician has reviewed the translation.

    `make` words the text. It is called a second time for the English, so that what it fills in is English too.
    """
    (text,) = parts_with_english(lambda: (make(),))
    return text


def parts_with_english(make: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """Return the parts of such a text, the English of each beside it. Parts that were made so are not made twice."""
    if _is_paired.get() or not _current.get().needs_english:
        return make()
    with _pairing():
        parts = make()
        with using(ENGLISH_TEXTS):
            english = make()
    return tuple(map(_beside, parts, english))


def english_beside(text: str, make: Callable[[], str]) -> str:
    """Return such a text that is worded already, with the English beside it, which `make` words."""
    if _is_paired.get() or not _current.get().needs_english:
        return text
    with _pairing(), using(ENGLISH_TEXTS):
        return _beside(text, make())


@contextmanager
def _pairing() -> Iterator[None]:
    """Put no English beside the texts within the block: it is put beside the whole."""
    token = _is_paired.set(True)
    try:
        yield
    finally:
        _is_paired.reset(token)


def _beside(text: str, english: str) -> str:
    return f"{text} {_FIRST_STRONG}[English: {english}]{_END}" if text != english else text


def critical(text: str) -> str:
    """Return a text that safety depends on, as `with_english` does; it has no values, or they are filled in later."""
    current = _current.get()
    translated = current.gettext(text)
    return _beside(translated, text) if current.needs_english and not _is_paired.get() else translated


def in_sentence(label: str) -> str:
    """Return a label as it is written within a sentence: with a small letter, where the language has it so."""
    return label if _current.get().capitalises_nouns else label[:1].lower() + label[1:]


def right_to_left(text: str) -> str:
    """Return a range of numbers, so that its order stays where a drawing sets it from left to right, in Arabic."""
    return f"{_RIGHT_TO_LEFT}{text}{_END}" if _current.get().direction == "rtl" else text


def left_to_right(text: str) -> str:
    """Return a number with a Latin unit, or a formula, so that its order stays in a language written right to left."""
    before, after = _current.get().isolates
    return f"{before}{text}{after}"


def offered_languages() -> tuple[Catalogue, ...]:
    """Return the languages that the site offers beside English."""
    return _offered.get()


@contextmanager
def offering(catalogues: tuple[Catalogue, ...]) -> Iterator[None]:
    """Offer these languages beside English within the block."""
    token = _offered.set(catalogues)
    try:
        yield
    finally:
        _offered.reset(token)


@contextmanager
def using(current: Language) -> Iterator[None]:
    """Answer in a language within the block."""
    token = _current.set(current)
    try:
        yield
    finally:
        _current.reset(token)


def once_per_model_and_language(
    make: Callable[[FittedModel, *_Rest], _T],
) -> Callable[[FittedModel, *_Rest], _T]:
    """Call a function once for each model, language and its other arguments, as `once_per_model` does."""
    return once_per_model(make, _current)
