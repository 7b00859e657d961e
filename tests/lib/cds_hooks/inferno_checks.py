"""Check discovery and answers like Inferno's test kit for CDS services, rewritten in Python.

The kit itself (davinci-crd-test-kit, Ruby) needs more than a test can start. It has rules beyond CDS Hooks: a topic
needs code and system, and an action that deletes needs a list of references.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

Fields = Mapping[str, type]
_INDICATORS = ("info", "warning", "critical")
_SELECTIONS = ("at-most-one", "any")
_LINKS = ("absolute", "smart")
_ACTIONS = ("create", "update", "delete")
_OPTIONAL: Fields = {"uuid": str, "detail": str, "suggestions": list, "overrideReasons": list, "links": list}


def discovery_findings(body: Any) -> list[str]:
    """Return the faults in an answer to discovery."""
    services = body.get("services") if isinstance(body, dict) else None
    if not isinstance(services, list):
        return ["services is not an array"]
    return [
        finding
        for service in services
        for finding in _fields(service, {"hook": str, "description": str, "id": str}, "service")
    ]


def answer_findings(body: Any) -> list[str]:
    """Return the faults in an answer to a call."""
    cards = body.get("cards") if isinstance(body, dict) else None
    if not isinstance(cards, list):
        return ["cards is not an array"]
    actions = body.get("systemActions", [])
    if not isinstance(actions, list):
        return ["systemActions is not an array"]
    return [
        *(finding for card in cards for finding in _card(card)),
        *(finding for action in actions for finding in _action(action)),
    ]


def _card(card: Any) -> Iterator[str]:
    yield from _fields(card, {"summary": str, "indicator": str, "source": dict}, "card")
    if not isinstance(card, dict):
        return
    yield from _fields(card, {name: kind for name, kind in _OPTIONAL.items() if name in card}, "card")
    if isinstance(card.get("summary"), str) and len(card["summary"]) >= 140:
        yield "card.summary has 140 characters or more"
    if isinstance(card.get("indicator"), str) and card["indicator"] not in _INDICATORS:
        yield "card.indicator is not an indicator"
    if isinstance(card.get("source"), dict):
        yield from _source(card["source"])
    if card.get("suggestions"):
        if "selectionBehavior" not in card:
            yield "card.selectionBehavior is missing"
        elif card["selectionBehavior"] not in _SELECTIONS:
            yield "card.selectionBehavior is not a behavior"
    for reason in _list(card, "overrideReasons"):
        yield from _fields(reason, {"code": str, "system": str, "display": str}, "overrideReason")
    for link in _list(card, "links"):
        yield from _link(link)
    for suggestion in _list(card, "suggestions"):
        yield from _suggestion(suggestion)


def _source(source: dict[str, Any]) -> Iterator[str]:
    yield from _fields(source, {"label": str, "topic": dict}, "source")
    if isinstance(source.get("topic"), dict):
        yield from _fields(source["topic"], {"code": str, "system": str}, "topic")


def _link(link: Any) -> Iterator[str]:
    yield from _fields(link, {"label": str, "type": str, "url": str}, "link")
    if not isinstance(link, dict):
        return
    if isinstance(link.get("url"), str) and not all(urlsplit(link["url"])[:2]):
        yield "link.url is not an address"
    if isinstance(link.get("type"), str) and link["type"] not in _LINKS:
        yield "link.type is not a type"
    if link.get("type") == "absolute" and link.get("appContext"):
        yield "link.appContext is not for absolute links"


def _suggestion(suggestion: Any) -> Iterator[str]:
    yield from _fields(suggestion, {"label": str}, "suggestion")
    if isinstance(suggestion, dict) and "actions" in suggestion:
        yield from _fields(suggestion, {"actions": list}, "suggestion")
        for action in _list(suggestion, "actions"):
            yield from _action(action)


def _action(action: Any) -> Iterator[str]:
    yield from _fields(action, {"type": str, "description": str}, "action")
    kind = action.get("type") if isinstance(action, dict) else None
    if isinstance(kind, str) and kind not in _ACTIONS:
        yield "action.type is not a type"
    elif kind in ("create", "update"):
        yield from _fields(action, {"resource": dict}, "action")
        if isinstance(action.get("resource"), dict):
            yield from _fields(action["resource"], {"resourceType": str}, "resource")
    elif kind == "delete":
        yield from _fields(action, {"resourceId": list}, "action")


def _fields(node: Any, fields: Fields, name: str) -> Iterator[str]:
    """Yield the fields of a node that are missing, empty or of another type."""
    if not isinstance(node, dict):
        yield f"{name} is not an object"
        return
    for field, kind in fields.items():
        if not node.get(field):
            yield f"{name}.{field} is missing"
        elif not isinstance(node[field], kind):
            yield f"{name}.{field} is of another type"


def _list(node: dict[str, Any], name: str) -> list[Any]:
    return node[name] if isinstance(node.get(name), list) else []
