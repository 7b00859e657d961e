"""Check the words of a row: why none of its numbers is read, and whether they are percentages."""

from collections.abc import Iterator

from app.reports.document import Document
from app.reports.results import Reason
from app.reports.rows.stretches import Stretch
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.analyte_names import Sense
from app.reports.vocabulary.headings import Column
from app.reports.vocabulary.words import Word


def reason_for_all(document: Document, stretch: Stretch) -> Reason | None:
    """Return why no number of a stretch is read, if so."""
    for reasons in (_by_place(stretch), _by_name(document, stretch), _by_numbers(document, stretch)):
        if reason := next(reasons, None):
            return reason
    return None


def _by_place(stretch: Stretch) -> Iterator[Reason]:
    if stretch.context.is_other_specimen:
        yield Reason.OTHER_SPECIMEN
    if stretch.context.section:
        yield stretch.context.section
    if any(Word.CONDITION in token.meanings for token in stretch.clause):
        yield Reason.REFERENCE


def _by_name(document: Document, stretch: Stretch) -> Iterator[Reason]:
    before = [token.meanings for token in stretch.before]
    if not stretch.is_clear or any(Word.NEGATION in meanings for meanings in before):
        yield Reason.NAME_NOT_UNDERSTOOD
    if _is_not_reported(document, stretch):
        yield Reason.NOT_REPORTED
    if stretch.is_beside_part:
        yield Reason.NAME_NOT_UNDERSTOOD
    if any(token.kind is Kind.WORD and not token.meanings for token in _said(stretch)):
        yield Reason.NAME_NOT_UNDERSTOOD
    if any(Word.PREVIOUS in meanings for meanings in before):
        yield Reason.PREVIOUS
    if any(Word.THRESHOLD in meanings and Word.FLAG not in meanings for meanings in before):
        yield Reason.REFERENCE


def _by_numbers(document: Document, stretch: Stretch) -> Iterator[Reason]:
    if _is_damaged(document, stretch):
        yield Reason.DAMAGED
    moves = any(Word.MOVEMENT in token.meanings for token in (*_said(stretch), *stretch.after))
    if moves or any(token.kind is Kind.ARROW for token in stretch.after):
        yield Reason.CHANGE
    if stretch.is_stacked and stretch.has_orphans:
        yield Reason.NAME_UNCERTAIN


def _said(stretch: Stretch) -> tuple[Token, ...]:
    """Return the name with the words before it, and those up to the first number."""
    return (*stretch.before, *stretch.names, *_gap(stretch))


def _gap(stretch: Stretch) -> tuple[Token, ...]:
    """Return the tokens between a name and what is the first number or range after it."""
    ends = (Kind.NUMBER, Kind.RANGE, Kind.DAMAGED, Kind.DATE)
    first = next((at for at, token in enumerate(stretch.after) if token.kind in ends), len(stretch.after))
    return stretch.after[:first]


def _is_not_reported(document: Document, stretch: Stretch) -> bool:
    tokens = [*stretch.before, *stretch.names, *stretch.after]
    refusing = {Word.NOT_REPORTED, Word.UNRELIABLE}
    for at, token in enumerate(tokens):
        beside = [one for one in tokens[max(0, at - 1) : at] + tokens[at + 1 : at + 3] if one.kind is Kind.WORD]
        if token.meanings & refusing and not any(Word.NEGATION in one.meanings for one in beside):
            return True
        if document.text(token) in ("~", "≈"):
            return True
    return False


def _is_damaged(document: Document, stretch: Stretch) -> bool:
    """Return whether a damaged number is there, before the reference range if there is one."""
    kinds = [token.kind for token in stretch.after]
    end = len(kinds)
    if Kind.RANGE in kinds and Kind.NUMBER in kinds[: kinds.index(Kind.RANGE)]:
        end = kinds.index(Kind.RANGE)
    has_lone_comparator = any(token.kind is Kind.MARK and document.text(token) in "<>≤≥" for token in stretch.after)
    return has_lone_comparator or Kind.DAMAGED in kinds[:end]


def sense_of(stretch: Stretch) -> Sense:
    """Return what the name and the words beside it say of the numbers: percentages or absolute counts, or neither."""
    said = _said(stretch)
    if stretch.sense is Sense.PERCENTAGE or any(token.kind is Kind.PERCENT for token in said):
        return Sense.PERCENTAGE
    if any(Word.PERCENTAGE in token.meanings for token in said):
        return Sense.PERCENTAGE
    is_absolute = stretch.sense is Sense.ABSOLUTE or any(Word.ABSOLUTE in token.meanings for token in said)
    return Sense.ABSOLUTE if is_absolute else Sense.PLAIN


def is_percentage(stretch: Stretch) -> bool:
    """Return whether all numbers of a stretch are percentages: by its name, or because % is its only unit."""
    if sense_of(stretch) is Sense.PERCENTAGE:
        return True
    if stretch.context.header and stretch.context.header.has(Column.PERCENTAGE):
        return False
    kinds = {token.kind for token in (*stretch.names, *stretch.after)}
    return Kind.PERCENT in kinds and Kind.UNIT not in kinds
