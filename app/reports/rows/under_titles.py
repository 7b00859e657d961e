"""Read a row under the titles of its table."""

import re
from dataclasses import replace
from itertools import pairwise

from app.core.analytes import Analyte
from app.reports.document import Document
from app.reports.mentions import Mention, refused
from app.reports.results import Reason
from app.reports.rows.columns import Assignment, Item, assign
from app.reports.rows.number_roles import Role
from app.reports.rows.stretches import Stretch
from app.reports.rows.table_header import Header, Title
from app.reports.rows.values import day_of, weighed
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.headings import Column

_THREE_DIGITS = re.compile("[0-9]{3}(?:[.,][0-9]+)?")
_ITEMS = frozenset({Kind.NUMBER, Kind.UNIT, Kind.PERCENT, Kind.RANGE, Kind.DATE})
_REFUSED = {Column.PREVIOUS: Reason.PREVIOUS, Column.PERCENTAGE: Reason.PERCENTAGE, Column.OTHER: Reason.OTHER_COLUMN}


def by_columns(document: Document, stretch: Stretch, header: Header, roles: dict[Token, Role]) -> list[Mention] | None:
    """Return the mentions of a row under the titles of its table; None if its columns are not certain."""
    assignment = assigned(document, stretch, header, roles)
    if assignment is None:
        return None
    values = [title for _, title in assignment if title.column is Column.VALUE]
    return [
        _in_column(document, stretch, item.token, title, has_one_value=len(values) == 1)
        for item, title in assignment
        if roles[item.token] is Role.OPEN
    ]


def _in_column(document: Document, stretch: Stretch, number: Token, title: Title, *, has_one_value: bool) -> Mention:
    header, day = stretch.context.header, stretch.context.day
    if title.column is Column.VALUE and has_one_value:
        has_previous = header is not None and header.has(Column.PREVIOUS)
        return weighed(document, stretch, number, title.unit, day if has_previous else day_of(document, stretch))
    if title.column is Column.VALUE:
        return refused(stretch.analyte, number, Reason.SEVERAL_NUMBERS, day)
    if title.column is not Column.DATED:
        return refused(stretch.analyte, number, _REFUSED.get(title.column, Reason.REFERENCE))
    of_column = title.day.day.in_order(document.order) if title.day and title.day.day else None
    if of_column is None:
        return refused(stretch.analyte, number, Reason.DAYS_UNCERTAIN)
    return weighed(document, stretch, number, title.unit, of_column)


def assigned(document: Document, stretch: Stretch, header: Header, roles: dict[Token, Role]) -> Assignment | None:
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
    ends_with_previous = header.titles[-1].column is Column.PREVIOUS and Kind.RANGE in kinds
    if ends_with_previous and Kind.NUMBER in kinds[: kinds.index(Kind.RANGE)]:
        tokens = tokens[: kinds.index(Kind.RANGE)]
    numbers = [token for token in tokens if token.kind is Kind.NUMBER]
    return any(
        document.plain.text[first.end : second.start] == " "
        and not (header.has(Column.PREVIOUS_DAY) and _is_dated(tokens, second))
        and first.end - first.start <= 3
        and document.text(first).isdecimal()
        and _THREE_DIGITS.fullmatch(document.text(second))
        for first, second in pairwise(numbers)
    )


def _is_dated(tokens: list[Token], number: Token) -> bool:
    following = [token for token in tokens if token.start >= number.end and token.kind is not Kind.FLAG]
    return bool(following) and following[0].kind is Kind.DATE


def _as_range(token: Token) -> Token:
    """Return a threshold, such as (inférieur à 7,0), as the range that it means."""
    return replace(token, kind=Kind.RANGE)


def _belongs_to_percentage(token: Token, roles: dict[Token, Role], kept: list[Token]) -> bool:
    """Return whether a token is a percentage beside a count, or its percent sign."""
    at = kept.index(token)
    return Role.PERCENTAGE in (roles.get(token), roles.get(kept[at - 1]) if at and token.kind is Kind.PERCENT else None)
