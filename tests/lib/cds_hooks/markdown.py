"""Read a card's detail with an independent parser of GitHub Flavored Markdown."""

from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of each table, the paragraphs and list items as text, and all kinds of markup in the text."""

    tables: list[list[list[str]]]
    lines: list[str]
    markup: set[str]


def read(text: str) -> Page:
    """Read Markdown."""
    tables: list[list[list[str]]] = []
    lines: list[str] = []
    markup: set[str] = set()
    in_table = False
    for token in _PARSER.parse(text):
        markup.add(token.type.removesuffix("_open").removesuffix("_close"))
        markup |= {child.type.removesuffix("_open").removesuffix("_close") for child in token.children or ()}
        if token.type in ("table_open", "table_close"):
            in_table = token.type == "table_open"
            tables += [[]] if in_table else []
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline":
            (tables[-1][-1] if in_table else lines).append(_text(token))
    return Page(tables, lines, markup)


def _text(token: Token) -> str:
    return "".join(child.content for child in token.children or ())
