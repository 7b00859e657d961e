"""Texts of a chart are measured, and broken at blanks and between characters of Chinese and Japanese."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from app.core.fitted_model import FittedModel
from app.presentation.charts.text_lines import text_lines, text_width

FONTS = Path(__file__).resolve().parents[3] / "static" / "fonts"
ENGLISH = "Regorafenib after sorafenib, 12 centres (ESMO 2021, 952P)"
JAPANESE = "レゴラフェニブ開始後の全生存期間（95 %信頼区間）。研究の患者は58人でした。"
CHINESE = "索拉非尼失败后使用瑞戈非尼的肝细胞癌患者的总生存期，来自一项研究。"
KOREAN = "소라페닙 실패 후 레고라페닙을 시작한 간세포암 환자의 전체 생존"


@pytest.mark.parametrize(("name", "bold"), [("DejaVuSans-chart.ttf", False), ("DejaVuSans-Bold-chart.ttf", True)])
def test_width_is_near_that_of_the_font(fitted: FittedModel, name: str, bold: bool) -> None:
    font = TTFont(FONTS / name)
    names, widths = font.getBestCmap(), font["hmtx"]
    citation = f"{fitted.provenance.citation} doi:{fitted.provenance.doi}"
    for text in (ENGLISH, citation, "Higher-risk group", "SII ≥ 340 × 10⁹/L", "both factors high"):
        true = sum(widths[names.get(ord(one), names[ord("x")])][0] for one in text) / font["head"].unitsPerEm
        assert text_width(text, 1, bold=bold) == pytest.approx(true, rel=0.07)


@pytest.mark.parametrize("room", [60, 120, 200, 10_000])
@pytest.mark.parametrize("text", [ENGLISH, JAPANESE, CHINESE, KOREAN], ids=["en", "ja", "zh", "ko"])
def test_no_line_is_wider_than_its_room(text: str, room: float) -> None:
    lines = text_lines(text, room, 12)
    for line in lines:
        assert text_width(line, 12) <= room or (line.isascii() and " " not in line)
        assert line == line.strip()
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert (len(lines) == 1) == (text_width(text, 12) <= room)


def test_latin_text_is_broken_at_blanks_only() -> None:
    assert " ".join(text_lines(ENGLISH, 100, 12)) == ENGLISH
    assert text_lines("Higher-risk group", 84, 12, bold=True) == ("Higher-risk", "group")
    assert text_lines("340\u00a0ng/mL", 10, 12) == ("340\u00a0ng/mL",)


@pytest.mark.parametrize("text", [JAPANESE, CHINESE], ids=["ja", "zh"])
def test_no_line_begins_with_closing_punctuation(text: str) -> None:
    for room in range(40, 200, 7):
        for line in text_lines(text, room, 12):
            assert line[0] not in "、。，）ー%"
            assert line[-1] != "（"


def test_korean_is_broken_at_blanks_while_words_fit() -> None:
    assert " ".join(text_lines(KOREAN, 120, 12)) == KOREAN
    assert all(len(line) <= 3 for line in text_lines(KOREAN, 36, 12))


def test_empty_text_is_one_empty_line() -> None:
    assert text_lines("", 100, 12) == ("",)
