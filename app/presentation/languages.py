"""Hold the languages that answers can have: their gettext catalogues, and who reviewed each translation."""

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import IO

from app.core.errors import ConfigurationError
from app.net.accept import weighted

ENGLISH = "en"
CATALOGUES = Path(__file__).resolve().parent / "translations"
_FILE = Path("LC_MESSAGES", "messages.mo")
_RIGHT_TO_LEFT = ("ar",)
_ISOLATES = ("\u2066", "\u2069")  # of Unicode
_CAPITALISED_NOUNS = ("de",)
# How each language calls itself, by its tag (BCP 47). A catalogue lies in a folder of the same name.
NAMES = {
    ENGLISH: "English",
    "ar": "العربية",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "zh-Hans": "简体中文",
}
# Tags that mean one of the languages although they do not begin with its tag.
_ALSO = {"zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "zh-my": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Review:
    """Who translated a catalogue, the native-speaking clinician who reviewed it, and the day of the review."""

    translator: str
    reviewer: str
    day: str


class English(NullTranslations):
    """The language of the source: every text is its own translation. It has what a `Catalogue` says of its language."""

    tag = ENGLISH
    direction = "ltr"
    isolates = ("", "")
    capitalises_nouns = False
    needs_english = False


class Catalogue(GNUTranslations):
    """The translated texts of one language.

    `review` is None until a clinician has signed the translation, and until then a text that safety depends on needs
    the English beside it. `isolates` are put around a text that is written from left to right, such as a number with a
    Latin unit, so that its order stays in a language written from right to left.
    """

    def __init__(self, file: IO[bytes], tag: str) -> None:
        super().__init__(file)
        self.tag = tag
        self.name = NAMES[tag]
        self.direction = "rtl" if tag in _RIGHT_TO_LEFT else "ltr"
        self.isolates = _ISOLATES if tag in _RIGHT_TO_LEFT else ("", "")
        self.capitalises_nouns = tag in _CAPITALISED_NOUNS
        self.review = _review(self.info())
        self.needs_english = self.review is None


Language = English | Catalogue


def _review(header: dict[str, str]) -> Review | None:
    """Return the review that the header of a catalogue names; None unless all its three parts are there."""
    parts = [header.get(name, "").strip() for name in ("last-translator", "x-reviewed-by", "x-review-date")]
    return Review(*parts) if all(parts) else None


@cache
def load_catalogue(tag: str, folder: Path = CATALOGUES) -> Catalogue:
    """Return the catalogue of a language. Raises ConfigurationError if it is not part of the installation."""
    path = folder / tag / _FILE
    try:
        with path.open("rb") as file:
            return Catalogue(file, tag)
    except FileNotFoundError:
        raise ConfigurationError(
            f"The catalogue of language '{tag}' is not compiled. Install the package again, or run scripts/messages."
        ) from None


def read_languages(tags: tuple[str, ...] | None) -> tuple[Catalogue, ...]:
    """Return the catalogues of the languages that SII_AFP_LANGUAGES names beside English.

    By default they are those that a clinician has signed. Raises ConfigurationError for an unknown language.
    """
    if tags is None:
        found = (load_catalogue(tag) for tag in NAMES if (CATALOGUES / tag / _FILE).exists())
        return tuple(one for one in found if one.review)
    known = {tag.lower(): tag for tag in NAMES}
    for tag in tags:
        if tag.lower() not in known:
            raise ConfigurationError(f"SII_AFP_LANGUAGES: there is no language '{tag}'; there are {', '.join(NAMES)}.")
    wanted = dict.fromkeys(known[tag.lower()] for tag in tags)
    return tuple(load_catalogue(tag) for tag in wanted if tag != ENGLISH)


def preferred(accept_language: str, tags: tuple[str, ...]) -> str | None:
    """Return the tag of `tags` that an Accept-Language header prefers, by its weights and order; None if it names none.

    A header that cannot be read, or only a wildcard, prefers none. A weight of 0 refuses a language (RFC 9110).
    """
    wished = ((_known(asked, tags), weight) for asked, weight in weighted(accept_language))
    found = [(tag, weight) for tag, weight in wished if tag and weight > 0]
    return max(found, key=lambda one: one[1])[0] if found else None  # the first of the largest weight


def _known(asked: str, tags: tuple[str, ...]) -> str | None:
    """Return the tag that an asked one (in lower case) means: the same, or one that it begins with, as de-at."""
    if asked in _ALSO:
        return _ALSO[asked] if _ALSO[asked] in tags else None
    return next((tag for tag in tags if asked == tag.lower() or asked.startswith(f"{tag.lower()}-")), None)
