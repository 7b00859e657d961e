"""What became of a card: counted by outcome, each report once. Comments may identify someone and are never kept."""

import re
from typing import Any

from prometheus_client import CollectorRegistry, Counter

from app.ehr.fhir.operation_outcome import FhirError, Issue
from app.ehr.fhir.reading.times import instant

OUTCOMES = ("accepted", "overridden")
_MOST_ITEMS = 100
_MOST_REMEMBERED = 10_000
_TEXT = re.compile(r"[!-~]{1,100}")


class Feedback:
    """Counts reports; the last ten thousand are remembered so that a repeated one is not counted again."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seen: dict[tuple[str, str, str], None] = {}
        self._counter = Counter(
            "sii_afp_card_feedback", "Cards by what became of them", ("outcome",), registry=registry
        )

    def take(self, body: Any) -> None:
        """Count every report of a body. Raises FhirError 400 if any is malformed; then none is counted."""
        items = body.get("feedback") if isinstance(body, dict) else None
        if not isinstance(items, list) or not 0 < len(items) <= _MOST_ITEMS:
            raise _refusal(f"feedback is not a list of 1 to {_MOST_ITEMS} reports.")
        for key in [_key(item) for item in items]:
            if key not in self._seen:
                self._counter.labels(key[1]).inc()
                self._seen[key] = None
                if len(self._seen) > _MOST_REMEMBERED:
                    del self._seen[next(iter(self._seen))]


def _key(item: Any) -> tuple[str, str, str]:
    if not isinstance(item, dict):
        raise _refusal("A report is not an object.")
    card, outcome, timestamp = (item.get(name) for name in ("card", "outcome", "outcomeTimestamp"))
    if not isinstance(card, str) or not _TEXT.fullmatch(card):
        raise _refusal("A report does not name its card.")
    if outcome not in OUTCOMES:
        raise _refusal("An outcome is neither accepted nor overridden.")
    if not isinstance(timestamp, str) or instant(timestamp) is None:
        raise _refusal("A report has no outcomeTimestamp such as 2026-11-25T09:30:00Z.")
    suggestions = item.get("acceptedSuggestions", [])
    if not isinstance(suggestions, list) or not all(
        isinstance(one, dict) and isinstance(one.get("id"), str) for one in suggestions
    ):
        raise _refusal("acceptedSuggestions is not a list of objects with an id.")
    if outcome == "accepted" and not suggestions:
        raise _refusal("An accepted card names the suggestions that were accepted.")
    return card, outcome, timestamp


def _refusal(text: str) -> FhirError:
    return FhirError(400, [Issue("invalid", text, expression="feedback")])
