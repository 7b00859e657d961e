"""Read PDF documents of results: their text without footers, their structure, and the sizes of their text."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pypdfium2.raw as pdfium
from pypdf import PdfReader
from pypdfium2 import PdfDocument

_FOOTER = re.compile(r"\n[^\n]*Computed [^\n]* · \d / \d\Z")
# PDFium ends lines with CR and LF, and has this character for a hyphen at the end of a line.
_CHANGED = {ord("\r"): None, 0xFFFE: "-"}
# A line may end after one of these within a word.
_BROKEN = re.compile(r"(?<=[-–/])\n")


def pages_of(document: bytes) -> list[str]:
    """Return the text of each page in one line, without bullets and the footer."""
    pages = []
    for page in _texts(document):
        text, footers = _FOOTER.subn("", page)
        assert footers == 1, text[-200:]
        pages.append(_in_one_line(text))
    return pages


def printed_pages_of(document: bytes) -> list[str]:
    """Return the text of each page that a browser printed, in one line without bullets."""
    return [_in_one_line(text) for text in _texts(document)]


def _texts(document: bytes) -> Iterator[str]:
    for page in PdfDocument(document):
        yield page.get_textpage().get_text_range().translate(_CHANGED).strip()


def _in_one_line(text: str) -> str:
    return " ".join(_BROKEN.sub("", text).replace("•", " ").split())


def text_of(document: bytes) -> str:
    return " ".join(pages_of(document))


def sizes_of(document: bytes) -> set[float]:
    """Return the sizes in points of all text, that of drawings included."""
    found = set()
    for page in PdfDocument(document):
        text, matrix = page.get_textpage(), pdfium.FS_MATRIX()
        for place in range(text.count_chars()):
            pdfium.FPDFText_GetMatrix(text, place, matrix)
            if not pdfium.FPDFText_IsGenerated(text, place):  # not a space that PDFium adds between words
                found.add(round(pdfium.FPDFText_GetFontSize(text, place) * abs(matrix.d), 1))
    return found


def fonts_of(document: bytes) -> dict[str, bool]:
    """Return the fonts by name, without the tag of their subset, and whether each is embedded."""
    fonts = {}
    for page in PdfReader(BytesIO(document)).pages:
        for resource in _resources(page["/Resources"]):
            for font in resource.get("/Font", {}).values():
                (descendant,) = font["/DescendantFonts"]
                descriptor = descendant["/FontDescriptor"]
                name = str(font["/BaseFont"]).rpartition("+")[2]
                fonts[name] = any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3"))
    return fonts


def roles_of(document: bytes) -> list[str]:
    """Return the roles of the structure tree in reading order, such as /H1, /Table or /Figure."""
    root = PdfReader(BytesIO(document)).root_object
    return [str(element["/S"]) for element in _elements(root["/StructTreeRoot"])]


def alternatives_of(document: bytes) -> list[str]:
    """Return the alternative texts of the figures."""
    root = PdfReader(BytesIO(document)).root_object
    figures = (one for one in _elements(root["/StructTreeRoot"]) if one["/S"] == "/Figure")
    return [str(one.get("/Alt", "")) for one in figures]


def _resources(resource: Any) -> Iterator[Any]:
    """Yield the resources of a page and of the drawings in it."""
    yield resource
    for drawing in resource.get("/XObject", {}).values():
        if "/Resources" in drawing:
            yield from _resources(drawing["/Resources"])


def _elements(element: Any) -> Iterator[Any]:
    """Yield the elements of a structure tree below one element."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        one = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(one, dict) and "/S" in one:
            yield one
            yield from _elements(one)
