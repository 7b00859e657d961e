"""Set the result as a PDF/UA document with Typst, which is part of the extra `pdf` and imported at first use.

The same assessment gives the same bytes: no font of the machine is used, and the document's time is the assessment's.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.config.site import Paper
from app.core.assessment import Assessment
from app.presentation.pages.result_context import ResultPage
from app.presentation.pdf.contents import result_contents
from app.presentation.pdf.drawings import drawings_of
from app.presentation.pdf.fonts import DocumentFonts
from app.presentation.templating import resource_folder
from app.presentation.translation import ENGLISH_TEXTS, language_tag, using
from app.presentation.translation import gettext as _

_MODULES = ("typst", "fontTools")  # of the extra


class Typesetter:
    """Sets results. Several threads may use it at once."""

    def __init__(self, fonts: DocumentFonts) -> None:
        self.fonts = fonts
        self._template = (resource_folder("templates") / "result.typ").read_bytes()

    @contextmanager
    def printable_language(self) -> Iterator[str]:
        """Answer in English within the block if the fonts lack the language of the answer. Yields a remark about it."""
        if self.fonts.cover(language_tag()):
            yield ""
            return
        with using(ENGLISH_TEXTS):
            yield _("This document is in English because this installation has no font for the language of the page.")

    def pdf(self, assessment: Assessment, page: ResultPage, paper: Paper, remark: str = "") -> bytes:
        """Return the document of a result. `page` is the context of its page, and `remark` is shown first."""
        import typst  # noqa: PLC0415 - part of an extra, and 80 MB

        drawings = drawings_of(assessment, page)
        contents = result_contents(page, drawings, paper, self.fonts.has_all, remark)
        printed = _texts_mapped(contents, self.fonts.printable)
        families = self.fonts.families(page.site.language)
        return typst.compile(
            self._template,
            font_paths=self.fonts.loaded,
            ignore_system_fonts=True,
            # The template reads it as data: nothing in it can be markup.
            sys_inputs={"contents": json.dumps({**printed, "fonts": families})},
            pdf_standards=["ua-1"],
            timestamp=assessment.computed_at.astimezone(UTC).replace(microsecond=0),
        )


def installed_typesetter(font_folder: Path | None) -> Typesetter | None:
    """Return a typesetter, or None if the extra `pdf` is not installed. `font_folder` holds more fonts."""
    return Typesetter(DocumentFonts(font_folder)) if all(map(find_spec, _MODULES)) else None


def _texts_mapped(contents: Any, change: Callable[[str], str]) -> Any:
    """Return the contents with each text changed by a function; drawings are texts too."""
    if isinstance(contents, str):
        return change(contents)
    if isinstance(contents, Mapping):
        return {name: _texts_mapped(value, change) for name, value in contents.items()}
    if isinstance(contents, Sequence):
        return [_texts_mapped(value, change) for value in contents]
    return contents
