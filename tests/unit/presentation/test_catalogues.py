"""Every translation says the same as the English: nothing is missing, and numbers, units, names and negations stay."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest

from app.presentation.languages import CATALOGUES, NAMES, load_catalogue

TEMPLATE = polib.pofile(str(CATALOGUES / "messages.pot"))
LANGUAGES = tuple(tag for tag in NAMES if tag != "en")
PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)s|%%")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
KEPT = re.compile(
    r"ng/mL|µg/L|IU/mL|[kK]IU/L|/µL|× ?10[⁰¹²³⁴⁵⁶⁷⁸⁹]+|10\*\d/\w+|mm³|</?\w+>|\b[a-z]+_[a-z_]+\b|"
    r"https?://\S+|\b(?:SII|AFP|ECOG|TACE|FHIR|JSON|SMART|RESORCE)\b|CDS Hooks|Child-Pugh|Cox|Kaplan-Meier|"
    r"\b(?!January)[A-Z][a-z]+ 20\d\d\b"
)
NEGATION = re.compile(r"\b(?:not|no|never|cannot|without|none|nobody|neither|nor|nothing)\b|n['’]t\b", re.IGNORECASE)
NEGATIONS = {
    "ar": "لا|لم|لن|ليس|غير|دون|عدم|ما |تعذر|أي|نفي|خلو",
    "de": r"nicht|nichts|kein|\bnie|ohne|weder|niemand|\bun|außer|nein",
    "es": r"\bno\b|\bni\b|nunca|\bsin\b|ning|nadie|tampoco|nada|jamás|imposib",
    "fr": r"\bne\b|\bn[’']|\bpas\b|sans|aucun|jamais|\bni\b|\bnon\b|personne|inconnu|introuvable|in\w+ables?\b|absent",
    "it": r"\bnon\b|nessun|\bmai\b|senza|\bné\b|nulla|imposs|\bno\b",
    "ja": "な[いくかけし]|ません|ず|無|不|未|非|ぬ|禁|外|いいえ|ゼロ",
    "ko": "않|없|아니|아닌|아닐|아닙|아님|못|안 |불|미|비|말|금|마십|다름",
    "zh-Hans": "不|没|未|无|非|勿|禁|否|别",
}
# Chinese and Japanese write the names of months, and some words of number, with digits.
DIGITS_OF_THEIR_OWN = {"ja", "zh-Hans", "ko"}
WITH_MONTHS = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|ten|one|two|three|"
    r"four|five|once|twice|both|neither|either|single|each|zero)\b",
    re.IGNORECASE,
)


def entries(tag: str) -> polib.POFile:
    return polib.pofile(str(CATALOGUES / tag / "LC_MESSAGES" / "messages.po"))


def found_in(text: str, pattern: re.Pattern[str]) -> Counter[str]:
    return Counter(re.sub(r"\s", "", part) for part in pattern.findall(text))


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_text_is_translated(tag: str) -> None:
    catalogue = entries(tag)
    wanted = {(one.msgid, one.msgid_plural) for one in TEMPLATE}
    assert {(one.msgid, one.msgid_plural) for one in catalogue} == wanted
    assert [one.msgid for one in catalogue if not one.translated() or "fuzzy" in one.flags] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_plural_has_the_forms_of_its_language(tag: str) -> None:
    forms = {load_catalogue(tag).plural(number) for number in range(201)}  # type: ignore[attr-defined]
    for one in entries(tag):
        if one.msgid_plural:
            assert set(one.msgstr_plural) == forms
            for text in one.msgstr_plural.values():
                # A form for one or two may write the number as a word.
                assert set(found_in(text, PLACEHOLDER)) <= set(found_in(one.msgid_plural, PLACEHOLDER))
            assert found_in(list(one.msgstr_plural.values())[-1], PLACEHOLDER) == found_in(
                one.msgid_plural, PLACEHOLDER
            )


@pytest.mark.parametrize("tag", LANGUAGES)
def test_placeholders_numbers_and_units_stay(tag: str) -> None:
    wrong = []
    for one in entries(tag):
        if one.msgid_plural:
            continue
        text = one.msgstr
        english, translated = (PLACEHOLDER.sub("", part) for part in (one.msgid, text))
        is_same = found_in(text, PLACEHOLDER) == found_in(one.msgid, PLACEHOLDER)
        numbers, own = found_in(english, NUMBER), found_in(translated, NUMBER)
        if tag in DIGITS_OF_THEIR_OWN and WITH_MONTHS.search(english):
            is_same &= not numbers - own
        else:
            is_same &= numbers == own
        is_same &= not found_in(english, KEPT) - found_in(translated, KEPT)
        if not text.endswith("、"):  # has no space after it
            is_same &= (text[:1].isspace(), text[-1:].isspace()) == (one.msgid[:1].isspace(), one.msgid[-1:].isspace())
        is_same &= not re.search("[０-９٠-٩۰-۹]", text)
        if not is_same:
            wrong.append((one.msgid, text))
    assert wrong == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_negations_stay(tag: str) -> None:
    negated = re.compile(NEGATIONS[tag], re.IGNORECASE)
    texts = ((one.msgid, text) for one in entries(tag) for text in (one.msgstr, *one.msgstr_plural.values()) if text)
    assert [(english, text) for english, text in texts if NEGATION.search(english) and not negated.search(text)] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_compiled_catalogue_is_current(tag: str) -> None:
    catalogue = load_catalogue(tag)
    assert [one.msgid for one in entries(tag) if one.msgstr and catalogue.gettext(one.msgid) != one.msgstr] == []


def test_names_and_folders_of_languages_are_the_same() -> None:
    assert sorted(path.name for path in Path(CATALOGUES).iterdir() if path.is_dir()) == sorted(LANGUAGES)


def test_arabic_isolates_a_number_with_its_unit() -> None:
    """Outside an isolate (U+2066) the unit would be to the right of its number, and a comparator after its number."""
    parts = re.compile(r"\} (?:\{\w*unit\}|ng\b|IU/mL)|\{text\}|[<>≤≥](?=[^<>]*$)|[<>]=?\s?\d")
    found = []
    for one in entries("ar"):
        for text in (one.msgstr, *one.msgstr_plural.values()):
            plain = re.sub("<[^<>]+>", "", text) if re.search(r"</?[a-z]", text) else text
            if parts.search(re.sub("\u2066[^\u2066\u2069]*\u2069", "", plain)):
                found.append(text)
    assert found == []
