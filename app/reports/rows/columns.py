"""Assign the numbers of a row to the columns of its table, only where one assignment is possible."""

from dataclasses import dataclass
from functools import cache

from app.reports.rows.table_header import NUMERIC, Header, Title
from app.reports.tokens import Kind, Token
from app.reports.vocabulary.headings import Column

_MOST_ITEMS = 40


@dataclass(frozen=True, slots=True)
class Item:
    """A number, unit, range or date of a row. `has_unit`: a unit follows; `has_day`: a date follows."""

    token: Token
    can_be_percentage: bool = True
    has_unit: bool = False
    has_day: bool = False


Assignment = tuple[tuple[Item, Title], ...]


def assign(header: Header, items: tuple[Item, ...], separator: str, cells: int) -> Assignment | None:
    """Return each number of a row with its column; None if no assignment or more than one is possible.

    With a separator, the cell decides. Without it, numbers, units, ranges and dates follow the order of the titles.
    """
    if header.separator and (header.separator, header.cells) == (separator, cells):
        return _by_cell(header, items)
    if len(items) > _MOST_ITEMS:
        return None
    return _by_order(header, items)


def _by_cell(header: Header, items: tuple[Item, ...]) -> Assignment | None:
    found = []
    for item in items:
        if item.token.kind is not Kind.NUMBER:
            continue
        titles = [title for title in header.titles if title.cell == item.token.cell]
        numeric = [title for title in titles if title.column in NUMERIC]
        if any(title.column is Column.RANGE for title in titles) and not numeric:
            continue
        if len(numeric) == 1:
            found.append((item, numeric[0]))
        elif numeric or not titles or titles[0].column is Column.NAME:
            return None
    taken = [title for _, title in found]
    return None if len(set(map(id, taken))) < len(taken) else tuple(found)


def _by_order(header: Header, items: tuple[Item, ...]) -> Assignment | None:
    titles = tuple(title for title in header.titles if title.column not in (Column.NAME, Column.INDEX, Column.FLAG))
    kept = _anchors(titles, items)
    with_days = any(title.column is Column.PREVIOUS_DAY for title in titles)

    @cache
    def ways(item: int, column: int) -> tuple[tuple[int, ...], ...]:
        """Return up to two ways to place the items from here on, each as the columns of the items."""
        if item == len(kept):
            return ((),)
        found: list[tuple[int, ...]] = []
        for place in range(column, len(titles)):
            if _fits(kept[item], titles[place], with_days=with_days):
                found += ((place, *rest) for rest in ways(item + 1, place + 1))
            if len(found) > 1:
                break
        return tuple(found[:2])

    possible = ways(0, 0)
    if len(possible) != 1:
        return None
    placed = zip(kept, possible[0], strict=True)
    return tuple((item, titles[place]) for item, place in placed if item.token.kind is Kind.NUMBER)


def _anchors(titles: tuple[Title, ...], items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the items that have a place in the order: all numbers, and what occurs once and has a column."""
    columns = {title.column for title in titles}
    kinds = [item.token.kind for item in items]
    has_day = bool(columns & {Column.DAY, Column.OTHER_DAY, Column.PREVIOUS_DAY})
    keep = {
        Kind.NUMBER: True,
        Kind.UNIT: Column.UNIT in columns and kinds.count(Kind.UNIT) + kinds.count(Kind.PERCENT) == 1,
        Kind.PERCENT: Column.UNIT in columns and kinds.count(Kind.UNIT) + kinds.count(Kind.PERCENT) == 1,
        Kind.RANGE: Column.RANGE in columns and kinds.count(Kind.RANGE) == 1,
        Kind.DATE: has_day,
    }
    kept = [item for item in items if keep[item.token.kind]]
    if titles and titles[-1].column is Column.PREVIOUS and Column.RANGE in columns:
        return _without_groups(kept)
    return tuple(kept)


def _without_groups(items: list[Item]) -> tuple[Item, ...]:
    """Leave out the digits that belong to the number before them (3 605) where only a previous result can be."""
    found: list[Item] = []
    is_after_range = False
    for item in items:
        is_after_range |= item.token.kind is Kind.RANGE
        last = found[-1].token if found else None
        is_group = item.token.end - item.token.start == 3 and last is not None and item.token.start == last.end + 1
        if not (is_after_range and is_group and last and last.kind is Kind.NUMBER and last.end - last.start <= 3):
            found.append(item)
    return tuple(found)


def _fits(item: Item, title: Title, *, with_days: bool) -> bool:
    match item.token.kind:
        case Kind.UNIT | Kind.PERCENT:
            return title.column is Column.UNIT
        case Kind.RANGE:
            return title.column is Column.RANGE
        case Kind.DATE:
            return title.column in (Column.DAY, Column.OTHER_DAY, Column.PREVIOUS_DAY)
        case _:
            return _number_fits(item, title, with_days=with_days)


def _number_fits(item: Item, title: Title, *, with_days: bool) -> bool:
    match title.column:
        case Column.RANGE:
            return bool(item.token.comparator)
        case Column.PERCENTAGE:
            return item.can_be_percentage and not item.has_unit
        case Column.PREVIOUS:
            return item.has_day or not with_days
        case Column.VALUE if with_days and item.has_day:
            return False
        case column:
            return column in NUMERIC
