"""Read the stretch of a name: which of its numbers is the value, and what the others are."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

from app.core.analytes import Analyte
from app.reports.analyte_names import Sense
from app.reports.columns import Assignment, Item, assign
from app.reports.context import day_beside
from app.reports.document import Document
from app.reports.headings import Column
from app.reports.mentions import Mention, refused, weigh
from app.reports.number_roles import Role, roles_of
from app.reports.results import Reason
from app.reports.rows import Stretch
from app.reports.table_header import Header, Title
from app.reports.tokens import Kind, Token
from app.reports.units_of_rows import unit_of
from app.reports.words import Word

_THREE_DIGITS = re.compile("[0-9]{3}(?:[.,][0-9]+)?")
_ITEMS = frozenset({Kind.NUMBER, Kind.UNIT, Kind.PERCENT, Kind.RANGE, Kind.DATE})


def read_stretch(document: Document, stretch: Stretch) -> list[Mention]:
    """Return what the numbers of a stretch are. No mention if the name stands there without a number."""
    numbers = [token for token in stretch.after if token.kind in (Kind.NUMBER, Kind.DAMAGED)]
    if reason := _reason_for_all(document, stretch, numbers):
        return _all(stretch, numbers, reason)
    if stretch.is_part:
        return [refused(stretch.analyte, t, Reason.PARTS_APART) for t in numbers if document.text(t).strip("0.,")]
    if _is_percentage(stretch):
        return [refused(stretch.analyte, token, Reason.PERCENTAGE, stretch.context.day) for token in numbers]
    roles = roles_of(document, stretch.after)
    found = [
        refused(stretch.analyte, token, _REASONS[role], stretch.context.day)
        for token, role in roles.items()
        if role in _REASONS and token.kind is Kind.NUMBER
    ]
    open_numbers = [token for token, role in roles.items() if role is Role.OPEN]
    if not open_numbers:
        return found
    header = None if stretch.is_stacked else stretch.context.header
    if header and (len(header.numeric) > 1 or header.has(Column.DATED)):
        return found + _by_columns(document, stretch, header, roles)
    if header and len(open_numbers) > 1 and (placed := _assigned(document, stretch, header, roles)):
        return found + _in_columns(document, stretch, placed, roles)
    return found + _alone(document, stretch, header, roles)


_REASONS = {Role.PERCENTAGE: Reason.PERCENTAGE, Role.PREVIOUS: Reason.PREVIOUS, Role.REFERENCE: Reason.REFERENCE}


def _is_percentage(stretch: Stretch) -> bool:
    """Return whether all numbers of a stretch are percentages: by its name, or because % is its only unit."""
    if _sense(stretch) is Sense.PERCENTAGE:
        return True
    if stretch.context.header and stretch.context.header.has(Column.PERCENTAGE):
        return False
    kinds = {token.kind for token in (*stretch.names, *stretch.after)}
    return Kind.PERCENT in kinds and Kind.UNIT not in kinds


def _all(stretch: Stretch, numbers: list[Token], reason: Reason) -> list[Mention]:
    day, blocks = stretch.context.day, None if stretch.is_clear else False
    if numbers:
        return [refused(stretch.analyte, token, reason, day, blocks=blocks) for token in numbers]
    if reason is not Reason.NOT_REPORTED:
        return []
    place = stretch.names[0]
    return [Mention(stretch.analyte, place.start, place.start, reason, day=day, blocks=stretch.is_clear)]


def _reason_for_all(document: Document, stretch: Stretch, numbers: list[Token]) -> Reason | None:
    """Return why no number of a stretch is read, if so."""
    gap = _gap(stretch)
    said = [*stretch.before, *stretch.names, *gap]
    words = [token.meanings for token in said if token.kind is Kind.WORD]
    if stretch.context.is_other_specimen:
        return Reason.OTHER_SPECIMEN
    if stretch.context.section:
        return stretch.context.section
    if any(Word.CONDITION in token.meanings for token in stretch.clause):
        return Reason.REFERENCE
    if not stretch.is_clear:
        return Reason.NAME_NOT_UNDERSTOOD
    if any(Word.NEGATION in token.meanings for token in stretch.before):
        return Reason.NAME_NOT_UNDERSTOOD
    if _is_not_reported(document, stretch):
        return Reason.NOT_REPORTED
    if any(not meanings for meanings in words):
        return Reason.NAME_NOT_UNDERSTOOD if numbers else None
    before = [token.meanings for token in stretch.before]
    if any(Word.PREVIOUS in meanings for meanings in before):
        return Reason.PREVIOUS
    if any(Word.THRESHOLD in meanings and Word.FLAG not in meanings for meanings in before):
        return Reason.REFERENCE
    if _is_damaged(document, stretch):
        return Reason.DAMAGED
    moves = any(Word.MOVEMENT in token.meanings for token in (*said, *stretch.after))
    if (
        moves
        or any(token.kind is Kind.ARROW for token in stretch.after)
        or (stretch.is_stacked and stretch.has_orphans)
    ):
        return Reason.SEVERAL_NUMBERS
    return None


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
    """Return whether a damaged number stands there, before the reference range if there is one."""
    kinds = [token.kind for token in stretch.after]
    end = len(kinds)
    if Kind.RANGE in kinds and Kind.NUMBER in kinds[: kinds.index(Kind.RANGE)]:
        end = kinds.index(Kind.RANGE)
    has_lone_comparator = any(token.kind is Kind.MARK and document.text(token) in "<>≤≥" for token in stretch.after)
    return has_lone_comparator or Kind.DAMAGED in kinds[:end]


def _sense(stretch: Stretch) -> Sense:
    said = [*stretch.before, *stretch.names, *_gap(stretch)]
    if stretch.sense is Sense.PERCENTAGE or any(token.kind is Kind.PERCENT for token in said):
        return Sense.PERCENTAGE
    if any(Word.PERCENTAGE in token.meanings for token in said):
        return Sense.PERCENTAGE
    is_absolute = stretch.sense is Sense.ABSOLUTE or any(Word.ABSOLUTE in token.meanings for token in said)
    return Sense.ABSOLUTE if is_absolute else Sense.PLAIN


def _alone(document: Document, stretch: Stretch, header: Header | None, roles: dict[Token, Role]) -> list[Mention]:
    """Return the mention of the only number that can be the value; several numbers are not told apart."""
    numbers = [token for token, role in roles.items() if role is Role.OPEN]
    plain = [token for at, token in enumerate(numbers) if not (at and _ends_range(stretch, token))]
    value = plain[0]
    if len(plain) > 1 or _may_be_range(document, stretch, header, value, roles):
        return [refused(stretch.analyte, token, Reason.SEVERAL_NUMBERS, stretch.context.day) for token in plain]
    if Role.PERCENTAGE in roles.values() and not _has_count_unit_beside(stretch, value):
        return [refused(stretch.analyte, value, Reason.SEVERAL_NUMBERS, stretch.context.day)]
    title_unit = next((title.unit for title in header.titles if title.unit), None) if header else None
    return [_weighed(document, stretch, value, title_unit, _day(document, stretch))]


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
    assignment = _assigned(document, stretch, header, roles)
    return assignment is None or all(
        title.column is not Column.VALUE for item, title in assignment if item.token == value
    )


def _has_count_unit_beside(stretch: Stretch, value: Token) -> bool:
    following = [token for token in stretch.after if token.start >= value.end and token.kind is not Kind.FLAG]
    return bool(following) and following[0].kind is Kind.UNIT


def _assigned(document: Document, stretch: Stretch, header: Header, roles: dict[Token, Role]) -> Assignment | None:
    """Return the numbers of a stretch with their columns; None if they are not certain."""
    if _may_be_groups(document, stretch, header):
        return None
    tokens = [_as_range(token) if roles.get(token) is Role.REFERENCE else token for token in stretch.after]
    kept = [token for token in tokens if token.kind in _ITEMS]
    follows = dict(pairwise(kept))
    items = tuple(
        Item(
            token,
            can_be_percentage=stretch.analyte in (Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES),
            has_unit=token in follows and follows[token].kind is Kind.UNIT,
            has_day=token in follows and follows[token].kind is Kind.DATE,
        )
        for token in kept
        if header.has(Column.PERCENTAGE) or not _belongs_to_percentage(token, roles, kept)
    )
    cells = stretch.line.cells
    return assign(header, items, cells.separator, len(cells.spans))


def _may_be_groups(document: Document, stretch: Stretch, header: Header) -> bool:
    """Return whether two numbers with a blank between may be one number: 2 310,5."""
    tokens = list(stretch.after)
    kinds = [token.kind for token in tokens]
    if header.titles[-1].column is Column.PREVIOUS and Kind.RANGE in kinds:
        if Kind.NUMBER in kinds[: kinds.index(Kind.RANGE)]:  # what follows the range is the previous result
            tokens = tokens[: kinds.index(Kind.RANGE)]
    numbers = [token for token in tokens if token.kind is Kind.NUMBER]
    return any(
        document.plain.text[first.end : second.start] == " "
        and not (header.has(Column.PREVIOUS_DAY) and _is_dated(tokens, second))
        and first.end - first.start <= 3
        and document.text(first).isdigit()
        and _THREE_DIGITS.fullmatch(document.text(second))
        for first, second in pairwise(numbers)
    )


def _is_dated(tokens: list[Token], number: Token) -> bool:
    following = [token for token in tokens if token.start >= number.end and token.kind is not Kind.FLAG]
    return bool(following) and following[0].kind is Kind.DATE


def _as_range(token: Token) -> Token:
    """Return a threshold, such as (inférieur à 7,0), as the range that it stands for."""
    return replace(token, kind=Kind.RANGE)


def _belongs_to_percentage(token: Token, roles: dict[Token, Role], kept: list[Token]) -> bool:
    """Return whether a token is a percentage beside a count, or its percent sign."""
    at = kept.index(token)
    return Role.PERCENTAGE in (roles.get(token), roles.get(kept[at - 1]) if at and token.kind is Kind.PERCENT else None)


def _by_columns(document: Document, stretch: Stretch, header: Header, roles: dict[Token, Role]) -> list[Mention]:
    """Return the mentions of a row under the titles of its table."""
    assignment = _assigned(document, stretch, header, roles)
    if assignment is None:
        numbers = [token for token, role in roles.items() if role is Role.OPEN]
        return [refused(stretch.analyte, token, Reason.SEVERAL_NUMBERS, stretch.context.day) for token in numbers]
    return _in_columns(document, stretch, assignment, roles)


def _in_columns(
    document: Document, stretch: Stretch, assignment: Assignment, roles: dict[Token, Role]
) -> list[Mention]:
    values = [title for _, title in assignment if title.column is Column.VALUE]
    found = []
    for item, title in assignment:
        if roles[item.token] is not Role.OPEN:
            continue
        found += _in_column(document, stretch, item.token, title, has_one_value=len(values) == 1)
    return found


def _in_column(
    document: Document, stretch: Stretch, number: Token, title: Title, *, has_one_value: bool
) -> list[Mention]:
    match title.column:
        case Column.VALUE if has_one_value:
            has_other_days = stretch.context.header and stretch.context.header.has(Column.PREVIOUS)
            day = stretch.context.day if has_other_days else _day(document, stretch)
            return [_weighed(document, stretch, number, title.unit, day)]
        case Column.VALUE:
            return [refused(stretch.analyte, number, Reason.SEVERAL_NUMBERS, stretch.context.day)]
        case Column.DATED:
            day = title.day.day.in_order(document.order) if title.day and title.day.day else None
            if day is None:
                return [refused(stretch.analyte, number, Reason.DAYS_UNCERTAIN)]
            return [_weighed(document, stretch, number, title.unit, day)]
        case Column.PREVIOUS:
            return [refused(stretch.analyte, number, Reason.PREVIOUS)]
        case Column.PERCENTAGE:
            return [refused(stretch.analyte, number, Reason.PERCENTAGE, stretch.context.day)]
        case _:
            return [refused(stretch.analyte, number, Reason.REFERENCE, stretch.context.day)]


def _weighed(
    document: Document, stretch: Stretch, number: Token, title_unit: Token | None, day: date | None
) -> Mention:
    sense = _sense(stretch)
    unit = unit_of(document, stretch, number)
    if isinstance(unit, Reason):
        return refused(stretch.analyte, number, unit, day)
    if unit is None and title_unit is None and _has_unknown_unit(stretch, number):
        return refused(stretch.analyte, number, Reason.UNIT_UNKNOWN, day)
    return weigh(document, stretch.analyte, sense, number, unit or title_unit, day)


def _has_unknown_unit(stretch: Stretch, number: Token) -> bool:
    """Return whether an unknown word stands where the unit of a number would be."""
    following = [token for token in stretch.after if token.start >= number.end]
    first = next((token for token in following if token.kind not in (Kind.FLAG, Kind.CELL)), None)
    return first is not None and (first.kind is Kind.DAMAGED or (first.kind is Kind.WORD and not first.meanings))


def _day(document: Document, stretch: Stretch) -> date | None:
    header = stretch.context.header
    if header and header.has(Column.OTHER_DAY):
        return None
    day, has_own = day_beside(document, stretch.line, stretch.after)
    if not has_own:
        return stretch.context.day
    first_name = next(token.start for token in stretch.line.tokens if token.kind is Kind.NAME)
    is_before_too = any(token.kind is Kind.DATE and token.start < first_name for token in stretch.line.tokens)
    return None if is_before_too else day
