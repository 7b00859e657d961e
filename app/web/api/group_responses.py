"""Define the answers about risk groups for the OpenAPI document; `app/presentation` writes them."""

from typing import Literal

from typing_extensions import TypedDict

from app.web.api.responses import CurveOut, ModelOut


class GroupLinksOut(TypedDict, closed=True):
    """Where the group's curve is, as numbers and drawn."""

    json: str
    svg: str
    png: str


class GroupOut(TypedDict, closed=True):
    """A risk group with its size and curve."""

    id: Literal["low", "intermediate", "high"]
    label: str
    meaning: str
    n: int
    links: GroupLinksOut


class GroupsOut(TypedDict, closed=True):
    """The three risk groups."""

    model: ModelOut
    groups: list[GroupOut]


class GroupCurveOut(TypedDict, closed=True):
    """The Kaplan-Meier curve of a group."""

    model: ModelOut
    group: GroupOut
    curve: CurveOut
