"""Read the stretch of a name: which of its numbers is the value, and what the others are."""

from app.reports.document import Document
from app.reports.mentions import Mention, refused
from app.reports.numbers import is_zero
from app.reports.results import CONFIRMABLE, Reason
from app.reports.rows.checks import is_percentage, reason_for_all
from app.reports.rows.number_roles import Role, roles_of
from app.reports.rows.stretches import Stretch
from app.reports.rows.table_header import Header
from app.reports.rows.under_titles import assigned, by_columns
from app.reports.rows.values import day_of, weighed, with_printed_unit
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.headings import Column

_MOST_TOKENS = 150
_NOT_CURRENT = frozenset({Reason.OTHER_SPECIMEN, Reason.REFERENCE, Reason.PREVIOUS})
_REASONS = {Role.PERCENTAGE: Reason.PERCENTAGE, Role.PREVIOUS: Reason.PREVIOUS, Role.REFERENCE: Reason.REFERENCE}


def read_stretch(document: Document, stretch: Stretch) -> list[Mention]:
    """Return what the numbers of a stretch are. No mention if the name is there without a number."""
    return [with_printed_unit(document, stretch, mention) for mention in _read(document, stretch)]


def _read(document: Document, stretch: Stretch) -> list[Mention]:
    numbers = [token for token in stretch.after if token.kind in (Kind.NUMBER, Kind.DAMAGED)]
    if stretch.is_part and stretch.is_clear:
        return _part(document, stretch, numbers)
    if len(stretch.after) > _MOST_TOKENS:
        return _all(stretch, numbers[:1], Reason.SEVERAL_NUMBERS if len(numbers) > 1 else Reason.NAME_NOT_UNDERSTOOD)
    reason = reason_for_all(document, stretch)
    if reason is None and is_percentage(stretch):
        reason = Reason.PERCENTAGE
    if reason:
        return _all(stretch, numbers, reason)
    roles = roles_of(document, stretch.after)
    found = [
        refused(stretch.analyte, token, _REASONS[role], stretch.context.day)
        for token, role in roles.items()
        if role in _REASONS
    ]
    return found + _open_numbers(document, stretch, roles) if Role.OPEN in roles.values() else found


def _part(document: Document, stretch: Stretch, numbers: list[Token]) -> list[Mention]:
    """Return the mentions of cells that are counted apart: no number of them is the analyte. None if there are none."""
    reason = reason_for_all(document, stretch)
    blocks = reason not in _NOT_CURRENT
    if not numbers and reason is Reason.NOT_REPORTED:
        place = stretch.names[0]
        return [Mention(stretch.analyte, place.start, place.start, Reason.ONLY_A_PART, blocks=blocks)]
    roles = roles_of(document, stretch.after[:_MOST_TOKENS])
    return [
        refused(stretch.analyte, token, Reason.ONLY_A_PART, blocks=blocks)
        for at, token in enumerate(numbers)
        if roles.get(token, Role.OPEN) in (Role.OPEN, Role.PERCENTAGE)
        and not (at and token.comparator)
        and not is_zero(document.text(token))
    ]


def _open_numbers(document: Document, stretch: Stretch, roles: dict[Token, Role]) -> list[Mention]:
    """Return the mentions of the numbers that no word beside them explains."""
    numbers = [token for token, role in roles.items() if role is Role.OPEN]
    header = None if stretch.is_stacked else stretch.context.header
    has_columns = header is not None and (len(header.numeric) > 1 or header.has(Column.DATED))
    names_columns = header is not None and any(title.column is not Column.OTHER for title in header.numeric)
    if header and names_columns and (has_columns or len(numbers) > 1):
        found = by_columns(document, stretch, header, roles)
        if found is not None:
            return found
    if has_columns:
        reason = Reason.SEVERAL_NUMBERS if len(numbers) > 1 else Reason.COLUMN_UNCERTAIN
        return [refused(stretch.analyte, token, reason, stretch.context.day) for token in numbers]
    return _alone(document, stretch, header, roles)


def _all(stretch: Stretch, numbers: list[Token], reason: Reason) -> list[Mention]:
    day, blocks = stretch.context.day, None if stretch.is_clear else False
    if numbers:
        reasons = [_of_damaged(reason) if token.kind is Kind.DAMAGED else reason for token in numbers]
        return [refused(stretch.analyte, *found, day, blocks=blocks) for found in zip(numbers, reasons, strict=True)]
    if reason is not Reason.NOT_REPORTED:
        return []
    place = stretch.names[0]
    return [Mention(stretch.analyte, place.start, place.start, reason, day=day, blocks=stretch.is_clear)]


def _of_damaged(reason: Reason) -> Reason:
    """Return the reason of a damaged number in a row with this reason. It cannot be chosen: digits may be missing."""
    return Reason.DAMAGED if reason in CONFIRMABLE else reason


def _alone(document: Document, stretch: Stretch, header: Header | None, roles: dict[Token, Role]) -> list[Mention]:
    """Return the mention of the only number that can be the value; of several, each is refused."""
    numbers = [token for token, role in roles.items() if role is Role.OPEN]
    plain = [token for at, token in enumerate(numbers) if not (at and _ends_range(stretch, token))]
    value = plain[0]
    if len(plain) > 1:
        return [refused(stretch.analyte, token, Reason.SEVERAL_NUMBERS, stretch.context.day) for token in plain]
    if _may_be_range(document, stretch, header, value, roles):
        return [refused(stretch.analyte, value, Reason.LIMIT_OR_RESULT, stretch.context.day)]
    if Role.PERCENTAGE in roles.values() and not _has_count_unit_beside(stretch, value):
        return [refused(stretch.analyte, value, Reason.SEVERAL_NUMBERS, stretch.context.day)]
    title_unit = next((title.unit for title in header.titles if title.unit), None) if header else None
    return [weighed(document, stretch, value, title_unit, day_of(document, stretch))]


def _ends_range(stretch: Stretch, number: Token) -> bool:
    """Return whether a later number with a comparator is a limit; 400 > 620 and 400 ng/mL > 620 ng/mL are a course."""
    if not number.comparator.startswith(">"):
        return bool(number.comparator)
    before, after = (
        next((t for t in tokens if t.kind is not Kind.CELL), None)
        for tokens in (
            reversed([t for t in stretch.after if t.end <= number.start]),
            [t for t in stretch.after if t.start >= number.end],
        )
    )
    follows_number = before is not None and before.kind is Kind.NUMBER
    has_own_unit = after is not None and after.kind is Kind.UNIT
    return not follows_number and not has_own_unit


def _may_be_range(
    document: Document, stretch: Stretch, header: Header | None, value: Token, roles: dict[Token, Role]
) -> bool:
    """Return whether a number with a comparator may be the reference range, because the value is missing."""
    if not value.comparator:
        return False
    if header is None or not header.has(Column.RANGE):
        earlier = [token for token in stretch.after if token.start < value.start]
        return any(token.kind in (Kind.UNIT, Kind.RANGE) and not token.in_brackets for token in earlier)
    assignment = assigned(document, stretch, header, roles)
    return assignment is None or all(
        title.column is not Column.VALUE for item, title in assignment if item.token == value
    )


def _has_count_unit_beside(stretch: Stretch, value: Token) -> bool:
    following = [token for token in stretch.after if token.start >= value.end and token.kind is not Kind.FLAG]
    return bool(following) and following[0].kind is Kind.UNIT
