"""The PDF document of a result: names and texts that look like markup, characters without a font, and languages."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from app.config.site import PAPERS, Paper
from app.core.analytes import Analyte
from app.core.applicability import Population
from app.core.assessment import Assessment, assess
from app.core.dates import SampleDates
from app.core.errors import InputWarning
from app.core.fitted_model import FittedModel
from app.core.labs import UnusedResult, parse_lab
from app.presentation.languages import NAMES, load_catalogue
from app.presentation.pages.record import PatientBanner, RecordView
from app.presentation.pages.result import result_page
from app.presentation.pdf.contents import result_contents
from app.presentation.pdf.drawings import drawings_of
from app.presentation.pdf.fonts import DocumentFonts
from app.presentation.pdf.typesetter import Typesetter
from app.presentation.translation import using
from tests.lib.pdf import pages_of, text_of
from tests.lib.times import NOW

BORN = "5 April 1961"
HANGUL = "김영희"
TEXTS = {"neutrophils": "4.2 10*9/L", "lymphocytes": "1.1 10*9/L", "platelets": "145 10*9/L", "afp": "620 ng/mL"}


@pytest.fixture
def assessment(fitted: FittedModel) -> Assessment:
    labs = {analyte: parse_lab(analyte, TEXTS[analyte.value]) for analyte in Analyte}
    return assess(fitted, labs, computed_at=NOW)


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(DocumentFonts())


@pytest.fixture
def hangul_fonts(tmp_path: Path) -> Path:
    """Return a folder with fonts of the characters that Korean needs here, all of them a square."""
    characters = sorted({*map(ord, HANGUL), *range(0xAC00, 0xD7A4)})
    for name in ("Squares JP", "Squares KR", "A Serif KR"):
        _squares(name, characters).save(tmp_path / f"{name}.ttf")
    return tmp_path


def _squares(family: str, characters: list[int]) -> FontBuilder:
    names = [".notdef", *(f"u{character:X}" for character in characters)]
    pen = TTGlyphPen(None)
    for at, place in enumerate(((100, 0), (100, 800), (900, 800), (900, 0))):
        (pen.lineTo if at else pen.moveTo)(place)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(dict(zip(characters, names[1:], strict=True)))
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")})
    builder.setupOS2()
    builder.setupPost()
    return builder


def made(typesetter: Typesetter, assessment: Assessment, record: RecordView | None = None) -> bytes:
    return typesetter.pdf(assessment, result_page(assessment, TEXTS, record), "a4")


def of(name: str, *changes: str) -> RecordView:
    return RecordView("a-handle", PatientBanner(name, BORN), None, changes)


@pytest.mark.parametrize("paper", PAPERS)
def test_two_pages_hold_a_changed_record(typesetter: Typesetter, fitted: FittedModel, paper: Paper) -> None:
    """With every value unusual, sampled long ago and other than in the record, which has newer results too."""
    texts = {"neutrophils": "30 10*9/L", "lymphocytes": "0.15 10*9/L", "platelets": "1500 10*9/L", "afp": "450 ng/mL"}
    platelets = parse_lab(Analyte.PLATELETS, "144 10*9/L")
    newer = [
        UnusedResult(Analyte.PLATELETS, platelets, date(2026, 1, 8), f"Observation/newer-{at}", "") for at in range(6)
    ]
    warnings = (
        InputWarning("sampled_on", "newer_results", parameters={"results": tuple(newer)}),
        InputWarning("platelets", "manual_count", parameters={"results": tuple(newer[:1])}),
    )
    assessment = assess(
        fitted,
        {analyte: parse_lab(analyte, texts[analyte.value]) for analyte in Analyte},
        computed_at=NOW,
        population=Population(False, False, "B", 2, False),
        sampled_on=SampleDates(date(2025, 1, 2), date(2025, 8, 2)),
        source_warnings=warnings,
    )
    changes = [
        f"{name}: 4.2 × 10³/µL, sampled on 3 January 2026, was entered. The record has 4.2 × 10³/µL, 2 January 2026, "
        f"Observation/{name}-of-the-record."
        for name in ("Neutrophils", "Lymphocytes", "Platelets", "AFP")
    ]
    page = result_page(assessment, texts, of("Maria Anna von und zu Musterhausen-Beispielstadt", *changes))
    pages = pages_of(typesetter.pdf(assessment, page, paper))
    assert len(pages) == 2
    for caveat in (*page.first, *page.beside):
        assert _squeezed(f"{caveat.lead}{caveat.rest}") in _squeezed(pages[0])
    for text in changes:
        assert _squeezed(text) in _squeezed("".join(pages))


@pytest.mark.parametrize(
    "name",
    [
        "#[bold] #panic(1) $x^2$ *a* _b_ `c` @d <e> ~ -- --- ... // /* */",
        "\"quoted\" 'quoted' \\ \\u{41} \\n #sys.inputs {x} %s {{ x }} </text><script>",
        "= Heading",
        "Müller-Lüdenscheidt, Zoë d’Arc ‘Ł’ Ș ğ Đặng Ольга Ελένη",
    ],
)
def test_name_is_shown_as_it_is(typesetter: Typesetter, assessment: Assessment, name: str) -> None:
    first_page, _ = pages_of(made(typesetter, assessment, of(name, f"{name} was entered.")))
    shown = f"Patient: {name} Date of birth: {BORN}"
    assert _squeezed(shown) in _squeezed(first_page)
    assert _squeezed(f"{name} was entered.") in _squeezed(first_page)


def test_name_from_right_to_left_is_shown(typesetter: Typesetter, assessment: Assessment) -> None:
    """Which of its words comes first in the text of a document depends on the reader."""
    shown = text_of(made(typesetter, assessment, of("مريم ישראל")))
    for word in ("مريم", "ישראל"):
        assert word in unicodedata.normalize("NFKC", shown) or word[::-1] in unicodedata.normalize("NFKC", shown)
    assert BORN in shown


def test_marks_of_direction_do_not_turn_a_name(typesetter: Typesetter, assessment: Assessment) -> None:
    assert "Patient: abc def Date" in text_of(made(typesetter, assessment, of("abc \u202edef\x00\u2066")))


def test_long_name_is_cut(typesetter: Typesetter, assessment: Assessment) -> None:
    for name in ("A very long name " * 100, "W" * 5000):
        pages = pages_of(made(typesetter, assessment, of(name)))
        assert len(pages) == 2
        assert "…" in pages[0]
        assert BORN in pages[0]


def test_name_without_a_font_is_not_printed_in_part(typesetter: Typesetter, assessment: Assessment) -> None:
    first_page, _ = pages_of(made(typesetter, assessment, of(f"Kim {HANGUL}", f"{HANGUL} was entered.")))
    assert "The patient’s name has characters that cannot be printed here. Write it by hand." in first_page
    assert "Kim" not in first_page
    assert BORN in first_page
    assert "\ufffd\ufffd\ufffd was entered." in first_page


def test_folder_of_the_site_adds_characters(assessment: Assessment, hangul_fonts: Path) -> None:
    first_page, _ = pages_of(made(Typesetter(DocumentFonts(hangul_fonts)), assessment, of(HANGUL)))
    assert f"Patient: {HANGUL} Date of birth:" in first_page


@pytest.mark.parametrize("language", NAMES)
def test_own_font_covers_languages_of_letters(language: str) -> None:
    assert DocumentFonts().cover(language) is (language not in ("ja", "ko", "zh-Hans"))


def test_folder_of_the_site_adds_languages(hangul_fonts: Path) -> None:
    fonts = DocumentFonts(hangul_fonts)
    assert [language for language in NAMES if not fonts.cover(language)] == ["ja", "zh-Hans"]


def test_fonts_of_the_language_come_first(hangul_fonts: Path) -> None:
    families = ["DejaVu Sans", "Squares KR", "A Serif KR", "Squares JP"]
    assert DocumentFonts(hangul_fonts).families("ko") == families


def test_font_that_cannot_be_used_covers_nothing(tmp_path: Path) -> None:
    builder = _squares("", sorted(range(0xAC00, 0xD7A4)))
    builder.setupNameTable({})
    builder.save(tmp_path / "nameless.ttf")
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert not DocumentFonts(tmp_path).cover("ko")


def test_language_without_a_font_gives_english(typesetter: Typesetter, assessment: Assessment) -> None:
    with using(load_catalogue("ko")), typesetter.printable_language() as remark:
        page = result_page(assessment, TEXTS)
        document = typesetter.pdf(assessment, page, "a4", remark)
    assert page.site.language == "en"
    first_page = pages_of(document)[0]
    assert "in English because this installation has no font for the language of the page" in first_page
    assert "Higher-risk group" in first_page


@pytest.mark.parametrize("language", ["de", "ar"])
def test_language_with_a_font_is_kept(typesetter: Typesetter, assessment: Assessment, language: str) -> None:
    with using(load_catalogue(language)), typesetter.printable_language() as remark:
        page = result_page(assessment, TEXTS)
        contents = result_contents(page, drawings_of(assessment, page), "a4", typesetter.fonts.has_all, remark)
        document = typesetter.pdf(assessment, page, "a4", remark)
    assert (remark, contents["language"]) == ("", language)
    assert ("Higher-risk group" in contents["curve"]["svg"]) is (language == "ar")
    assert f"/Lang({language})".encode() in document or f"/Lang ({language})".encode() in document


def _squeezed(text: str) -> str:
    return "".join(text.split())
