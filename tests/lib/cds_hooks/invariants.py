"""Check the twelve invariants of the 3.0 ballot's logical models of answers, feedback and requests, in Python."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule of every node of one kind."""

    of: str
    holds: Callable[[Json], bool]


INVARIANTS: dict[str, Invariant] = {
    # If at most one may be chosen, at most one is recommended.
    "cds-resp-1": Invariant(
        "card",
        lambda card: (
            card.get("selectionBehavior") != "at-most-one"
            or sum(one.get("isRecommended") is True for one in card.get("suggestions", [])) <= 1
        ),
    ),
    # A deletion names the id of the resource and does not send it.
    "cds-resp-2": Invariant(
        "action", lambda action: action.get("type") != "delete" or ("resourceId" in action and "resource" not in action)
    ),
    # Only links to SMART apps have context.
    "cds-resp-3": Invariant("link", lambda link: link.get("type") == "smart" or "appContext" not in link),
    # An override reason has a display.
    "cds-resp-4": Invariant("override reason", lambda reason: "display" in reason),
    # An action has a description.
    "cds-resp-5": Invariant(
        "suggestion", lambda one: all("description" in action for action in one.get("actions", []))
    ),
    # Suggestions need a selection behavior.
    "cds-resp-6": Invariant("card", lambda card: "suggestions" not in card or "selectionBehavior" in card),
    # The selection behavior of actions has one of three values.
    "cds-resp-7": Invariant(
        "suggestion", lambda one: one.get("actionSelectionBehavior", "all") in ("all", "any", "at-most-one")
    ),
    # A card is accepted or overridden.
    "cds-fb-1": Invariant("feedback", lambda report: report.get("outcome") in ("accepted", "overridden")),
    # An accepted card has an accepted suggestion.
    "cds-fb-2": Invariant(
        "feedback", lambda report: report.get("outcome") != "accepted" or bool(report.get("acceptedSuggestions"))
    ),
    # An override reason is coded, a comment, or both.
    "cds-fb-3": Invariant("reason given", lambda given: "reason" in given or "userComment" in given),
    # A token needs a server.
    "cds-r-1": Invariant("request", lambda request: "fhirAuthorization" not in request or "fhirServer" in request),
    # A token for one patient names the patient.
    "cds-r-2": Invariant("authorization", lambda token: "patient/" not in token.get("scope", "") or "patient" in token),
}


def violated(body: Json) -> list[str]:
    """Return the invariants that an answer, a feedback or a request breaks."""
    nodes = list(_nodes(body))
    return [
        name
        for name, invariant in INVARIANTS.items()
        if not all(invariant.holds(node) for kind, node in nodes if kind == invariant.of)
    ]


def _nodes(body: Json) -> Iterator[tuple[str, Json]]:
    if "hook" in body:
        yield "request", body
        if "fhirAuthorization" in body:
            yield "authorization", body["fhirAuthorization"]
    for report in body.get("feedback", []):
        yield "feedback", report
        if "overrideReason" in report:
            yield "reason given", report["overrideReason"]
    for card in body.get("cards", []):
        yield "card", card
        yield from (("link", link) for link in card.get("links", []))
        yield from (("override reason", reason) for reason in card.get("overrideReasons", []))
        for suggestion in card.get("suggestions", []):
            yield "suggestion", suggestion
            yield from (("action", action) for action in suggestion.get("actions", []))
    yield from (("action", action) for action in body.get("systemActions", []))
