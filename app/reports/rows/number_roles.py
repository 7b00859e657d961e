"""Tell percentages, previous results and thresholds by the words and signs beside the numbers after a name."""

from enum import StrEnum

from app.reports.document import Document
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.words import Word


class Role(StrEnum):
    """What a number is; open if nothing beside it says so."""

    OPEN = "open"
    PERCENTAGE = "percentage"
    PREVIOUS = "previous"
    REFERENCE = "reference"


_BREAKS = frozenset("([,;:.")
_ENDS = frozenset(")],;.")
_LENGTHS = frozenset(
    ["cm", "mm", "kg", "mg", "years", "year", "yrs", "days", "weeks", "months", "jahre", "ans", "años", "anni", "u"]
)


def roles_of(document: Document, tokens: tuple[Token, ...]) -> dict[Token, Role]:
    """Return the role of each number in the tokens after a name."""
    numbers = [at for at, token in enumerate(tokens) if token.kind is Kind.NUMBER]
    return {tokens[at]: _role(document, tokens, at) for at in numbers}


def _role(document: Document, tokens: tuple[Token, ...], at: int) -> Role:
    following = next((token for token in tokens[at + 1 :] if token.kind is not Kind.FLAG), None)
    if following and following.kind is Kind.PERCENT:
        return Role.PERCENTAGE
    if following and following.kind is Kind.WORD and document.plain.folded[following.start : following.end] in _LENGTHS:
        return Role.REFERENCE
    before = _words_before(tokens, at)
    if any(Word.THRESHOLD in word.meanings for word in before):
        return Role.REFERENCE
    if any(Word.PREVIOUS in word.meanings for word in before) and _is_set_off(document, tokens, before[0]):
        return Role.PREVIOUS
    return Role.PREVIOUS if _is_called_previous(document, tokens, at) else Role.OPEN


def _words_before(tokens: tuple[Token, ...], at: int) -> list[Token]:
    """Return the words directly before a number, without a mark or number between."""
    found: list[Token] = []
    for token in reversed(tokens[:at]):
        if token.kind is not Kind.WORD:
            break
        found.insert(0, token)
    return found


def _is_set_off(document: Document, tokens: tuple[Token, ...], word: Token) -> bool:
    """Return whether a mark precedes a word, or no number does, so that the word belongs to the number after it."""
    at = tokens.index(word)
    has_mark = at > 0 and tokens[at - 1].kind is Kind.MARK and document.text(tokens[at - 1]) in _BREAKS
    return has_mark or not any(token.kind is Kind.NUMBER for token in tokens[:at])


def _is_called_previous(document: Document, tokens: tuple[Token, ...], at: int) -> bool:
    """Return whether words after a number, before the next number, call it a previous result: 88 (previous)."""
    end = next((n for n in range(at + 1, len(tokens)) if tokens[n].kind is Kind.NUMBER), len(tokens))
    between = tokens[at + 1 : end]
    words = [n for n, token in enumerate(between) if Word.PREVIOUS in token.meanings]
    if not words:
        return False
    return end == len(tokens) or any(
        token.kind is Kind.MARK and document.text(token) in _ENDS for token in between[words[0] + 1 :]
    )
