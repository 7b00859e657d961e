"""Find which characters the fonts of a document have: those of this software, and those of the site's own folder."""

import unicodedata
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from app.presentation.templating import resource_folder

if TYPE_CHECKING:
    import typst

_OWN = "fonts/condensed"  # in static/
_OWN_FAMILY = "DejaVu Sans"
# Chinese, Japanese and Korean share characters but not their shapes; the names of font families end with these.
_REGIONS = {"ja": "JP", "ko": "KR", "zh": "SC"}
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Characters that a text in the language cannot do without. The other languages need only the letters below.
_LETTERS = "AZazÀÇÉÑÖÜßàèéìñòùœ¿¡«»“”’–×÷≥≤≈µ⁹³"
_CHARACTERS = {
    "ar": "ءآأؤئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي،؛؟٪",
    "ja": "あいうえおかをんアイウエオカヲンー肝細胞癌血小板数値検査結果。、「」",
    "ko": "가간값개결과군나다는대를생세소암위이점존판한호환검사간세포암",
    "zh": "肝细胞癌血小板计数检查结果风险组生存率患者的是不在有。，、；：（）",
}


class DocumentFonts:
    """The fonts of a document. `folder` has fonts of the site, for scripts that this software has no font of.

    The font of this software covers the scripts of Europe, Arabic and Hebrew.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folders = (resource_folder("static") / _OWN, *([folder] if folder else []))

    @cached_property
    def loaded(self) -> "typst.Fonts":
        """The fonts that Typst can use; those of the machine and those inside Typst are not among them."""
        import typst  # noqa: PLC0415 - part of an extra that may be missing

        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(self._folders))

    @cached_property
    def characters(self) -> frozenset[int]:
        """The code points that at least one of the fonts has."""
        from fontTools.ttLib import TTFont  # noqa: PLC0415 - as above

        found: set[int] = set()
        # Only the first font of a file is read: those of Chinese, Japanese and Korean are alike in what they have.
        for path in sorted({one.path for one in self.loaded.fonts() if one.path}):
            with TTFont(path, fontNumber=0, lazy=True) as font:
                found.update(font.getBestCmap() or ())
        return frozenset(found)

    def cover(self, language: str) -> bool:
        """Return whether a document can be set in a language, such as `de` or `zh-Hans`."""
        needed = _CHARACTERS.get(language.partition("-")[0], "") + _LETTERS
        return all(map(self._has, needed))

    def families(self, language: str) -> list[str]:
        """Return the font families in their order: that of this software, those of the language, the others."""
        region = _REGIONS.get(language.partition("-")[0], "")
        return sorted(
            self.loaded.families(),
            key=lambda name: (name != _OWN_FAMILY, not name.endswith(region), "Serif" in name, name),
        )

    def has_all(self, text: str) -> bool:
        """Return whether a text can be set as it is."""
        return all(map(self._has, text))

    def printable(self, text: str) -> str:
        """Return a text with a visible mark in place of each character that no font has."""
        return text if self.has_all(text) else "".join(one if self._has(one) else _REPLACEMENT for one in text)

    def _has(self, character: str) -> bool:
        return ord(character) in self.characters or unicodedata.category(character) in ("Cc", "Cf")
