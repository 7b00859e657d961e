"""Which language answers: what a browser prefers, what a site offers, and what a clinician has reviewed."""

import io
from pathlib import Path

import polib
import pytest

from app.artefact.store import load_model
from app.config.settings import Settings, load_settings
from app.core.errors import ConfigurationError
from app.core.fitted_model import FittedModel
from app.presentation.languages import NAMES, Catalogue, load_catalogue, preferred, read_languages
from app.presentation.model_texts import in_language, use_in_language
from app.presentation.pages.form import form_page
from app.presentation.templating import render
from app.presentation.translation import (
    critical,
    gettext,
    in_sentence,
    left_to_right,
    offering,
    using,
    with_english,
)
from app.presentation.wording import ratio_with_interval, value_range
from tests.lib.translation import Marked

OFFERED = ("en", "ko", "zh-Hans", "de")
OTHERS = tuple(tag for tag in NAMES if tag != "en")


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "ko"),
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "en"),
        ("de-AT;q=0.5, ko;q=0.6", "ko"),
        ("DE", "de"),
        ("zh", "zh-Hans"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("zh-Hans-CN", "zh-Hans"),
        ("zh-TW", None),  # written in other characters
        ("zh-Hant-TW, ko;q=0.1", "ko"),
        ("ko;q=0, de", "de"),  # a weight of 0 refuses
        ("ko;q=0", None),
        ("*", None),
        ("", None),
        ("deutsch", None),
        ("ko;q=x, de;q=0.1", "de"),
        ("ko;level=1", "ko"),
        ("ko;q=nan, de;q=0.1", "de"),
        (",;,=;q", None),
    ],
)
def test_accept_language_prefers(header: str, tag: str | None) -> None:
    assert preferred(header, OFFERED) == tag


def test_no_language_is_offered_until_one_is_signed() -> None:
    assert read_languages(Settings().languages) == ()


def test_site_offers_the_languages_it_names() -> None:
    offered = read_languages(load_settings(languages="en, zh-hans,ko,ko").languages)
    assert [one.tag for one in offered] == ["zh-Hans", "ko"]
    assert [one.name for one in offered] == ["简体中文", "한국어"]


def test_unknown_language_is_refused_at_start() -> None:
    with pytest.raises(ConfigurationError, match=r"SII_AFP_LANGUAGES: there is no language 'pt'; there are en, ar"):
        read_languages(("pt",))


def catalogue(tag: str = "de", texts: dict[str, str] | None = None, *, signed: bool = False) -> Catalogue:
    """Return a catalogue with these translations, and a review if it is signed."""
    file = polib.POFile()
    file.metadata = {"Content-Type": "text/plain; charset=utf-8", "Language": tag, "Last-Translator": "T. Ranslator"}
    if signed:
        file.metadata |= {"X-Reviewed-By": "Dr R. Eviewer", "X-Review-Date": "2026-12-01"}
    file.extend(polib.POEntry(msgid=text, msgstr=translated) for text, translated in (texts or {}).items())
    return Catalogue(io.BytesIO(file.to_binary()), tag)


def test_header_of_a_catalogue_names_the_review() -> None:
    review = catalogue(signed=True).review
    assert review is not None
    assert (review.translator, review.reviewer, review.day) == ("T. Ranslator", "Dr R. Eviewer", "2026-12-01")
    assert catalogue().review is None


def test_critical_text_has_english_beside_it_until_signed() -> None:
    with using(catalogue("de", {"Check it": "Prüfen"})):
        assert critical("Check it") == "Prüfen \u2068[English: Check it]\u2069"
        assert critical("Not translated") == "Not translated"
    with using(catalogue("de", {"Check it": "Prüfen"}, signed=True)):
        assert critical("Check it") == "Prüfen"
    assert critical("Check it") == "Check it"


def test_english_beside_a_text_has_english_in_it() -> None:
    def worded() -> str:
        return gettext("{group} of patients").format(group=critical("High"))

    with using(catalogue("de", {"High": "Hoch", "{group} of patients": "{group} der Patienten"})):
        assert with_english(worded) == "Hoch der Patienten \u2068[English: High of patients]\u2069"


def test_label_keeps_its_capital_where_nouns_have_one() -> None:
    assert in_sentence("Higher-risk group") == "higher-risk group"
    with using(catalogue("de")):
        assert in_sentence("Gruppe mit höherem Risiko") == "Gruppe mit höherem Risiko"
    with using(catalogue("fr")):
        assert in_sentence("Groupe à risque élevé") == "groupe à risque élevé"


def test_numbers_with_units_keep_their_order_in_arabic() -> None:
    with using(catalogue("ar")):
        assert left_to_right("620 ng/mL") == "\u2066620 ng/mL\u2069"
        assert ratio_with_interval(2.21, (1.09, 4.5)) == "\u20662.21 (1.09–4.50)\u2069"
        assert value_range("32", "93") == "\u206732 to 93\u2069"
    with using(catalogue("de")):
        assert left_to_right("620 ng/mL") == "620 ng/mL"


def test_model_has_the_same_numbers_in_each_language(fitted: FittedModel) -> None:
    with using(Marked()):
        translated = in_language(fitted)
        assert in_language(fitted) is translated is in_language(translated)
    assert translated.risk_groups[0].label == f"[{fitted.risk_groups[0].label}]"
    assert translated.population.criteria[0].text == f"[{fitted.population.criteria[0].text}]"
    assert (translated.cox, translated.digest, translated.text) == (fitted.cox, fitted.digest, fitted.text)
    for cell, answer in fitted.answers.items():
        copy = translated.answers[cell]
        assert copy.survival == answer.survival
        assert copy.curve == answer.curve
        assert copy.risk_group in translated.risk_groups
        assert [one.estimate for one in copy.hazard_ratios] == [one.estimate for one in answer.hazard_ratios]
    assert in_language(fitted) is fitted


def test_intended_use_is_translated() -> None:
    use = load_model().files["intended_use"]
    with using(Marked()):
        translated = use_in_language(use)
    assert translated["purpose"] == f"[{use['purpose']}]"
    assert translated["not_for"] == tuple(f"[{text}]" for text in use["not_for"])
    assert [user["who"] for user in translated["users"]] == [f"[{user['who']}]" for user in use["users"]]


@pytest.mark.parametrize("signed", [True, False])
def test_page_says_whether_its_translation_was_reviewed(fitted: FittedModel, signed: bool) -> None:
    notice = "No clinician has reviewed this translation. If it differs from the English, the English is right."
    one = catalogue("de", {notice: "Nicht geprüft."}, signed=signed)
    with using(one), offering((one,)):
        page = render(form_page(fitted))
    assert '<html lang="de" dir="ltr">' in page
    assert ("Nicht geprüft." in page) is not signed
    assert (f'<span class="english" lang="en" dir="ltr">[English: {notice}]</span>' in page) is not signed


@pytest.mark.parametrize("tag", OTHERS)
def test_catalogue_of_each_language_is_installed(tag: str) -> None:
    found = load_catalogue(tag)
    assert found.gettext("Show result") != "Show result"
    assert found.direction == ("rtl" if tag == "ar" else "ltr")


def test_catalogue_that_was_not_compiled_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="'ko' is not compiled"):
        load_catalogue("ko", tmp_path)
