"""Choose the reading of an analyte among all its mentions in the text, or say why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.analytes import Analyte
from app.reports.mentions import Mention
from app.reports.plain_text import PlainText
from app.reports.results import CONFIRMABLE, Candidate, Finding, Reading, Reason

# Which reason explains best that an analyte has no reading, where several numbers were left out.
_ORDER = (
    Reason.NOT_REPORTED,
    Reason.PRELIMINARY,
    Reason.DAMAGED,
    Reason.TWO_READINGS,
    Reason.UNIT_UNKNOWN,
    Reason.UNIT_OF_ANOTHER_ANALYTE,
    Reason.UNITS_DIFFER,
    Reason.IMPOSSIBLE,
    Reason.DAYS_UNCERTAIN,
    Reason.SEVERAL_NUMBERS,
    Reason.ROW_UNCERTAIN,
    Reason.COLUMN_UNCERTAIN,
    Reason.LIMIT_OR_RESULT,
    Reason.CHANGE,
    Reason.NAME_UNCERTAIN,
    Reason.COUNT_OR_PERCENTAGE,
    Reason.NAME_NOT_UNDERSTOOD,
    Reason.PERCENTAGE,
    Reason.ONLY_A_PART,
    Reason.PREVIOUS,
    Reason.OTHER_SPECIMEN,
    Reason.REFERENCE,
    Reason.OTHER_COLUMN,
)
# A number with one of these may be the newest result.
_MAY_BE_NEWEST = CONFIRMABLE - {Reason.PREVIOUS, Reason.OLDER_DAY}


@dataclass(frozen=True, slots=True)
class _Choice:
    """The mention that is the reading and the reasons of the others, or why there is no reading."""

    chosen: Mention | None
    reason: Reason | None
    others: tuple[tuple[Mention, Reason], ...]


def finding_of(plain: PlainText, analyte: Analyte, mentions: Iterable[Mention]) -> Finding:
    """Return the finding of an analyte."""
    ours = [mention for mention in mentions if mention.analyte is analyte]
    choice = _choose(ours)
    candidates = tuple(
        _candidate(plain, mention, reason) for mention, reason in choice.others if mention.end > mention.start
    )
    reading = _reading(plain, choice.chosen) if choice.chosen else None
    return Finding(reading, choice.reason, tuple(sorted(set(candidates), key=lambda candidate: candidate.span)))


def _choose(mentions: list[Mention]) -> _Choice:
    usable = [mention for mention in mentions if mention.reason is None]
    refused = tuple((mention, mention.reason) for mention in mentions if mention.reason is not None)
    blockers = [mention for mention in mentions if mention.reason and mention.blocks]
    if not usable:
        return _Choice(None, _best_reason({reason for _, reason in refused}, blockers), refused)
    newest, older = _newest(usable)
    if reason := _contradiction(newest):
        return _Choice(None, reason, (*((mention, reason) for mention in newest), *older, *refused))
    if blocked := _blocked(newest[0], blockers):
        reason, of_newest = blocked
        return _Choice(None, reason, (*((mention, of_newest) for mention in newest), *older, *refused))
    chosen = next((mention for mention in newest if mention.unit), newest[0])
    return _Choice(chosen, None, (*older, *refused))


def _best_reason(reasons: set[Reason], blockers: list[Mention]) -> Reason:
    """Return the reason that explains best why there is no reading."""
    if reasons & _MAY_BE_NEWEST and any(one.reason is Reason.ONLY_A_PART for one in blockers):
        return Reason.PARTS_APART
    return next((one for one in _ORDER if one in reasons), Reason.NOT_FOUND)


def _newest(usable: list[Mention]) -> tuple[list[Mention], tuple[tuple[Mention, Reason], ...]]:
    """Return the mentions of the newest day, and the older ones. All are kept if the day of one is not known."""
    days = [mention.day for mention in usable if mention.day]
    if len(days) < len(usable):
        return usable, ()
    newest = max(days)
    older = tuple((mention, Reason.OLDER_DAY) for mention in usable if mention.day != newest)
    return [mention for mention in usable if mention.day == newest], older


def _contradiction(mentions: list[Mention]) -> Reason | None:
    """Return why mentions that may be of one day are not one value."""
    values = {mention.canonical for mention in mentions}
    printed = {(mention.comparator, mention.number) for mention in mentions}
    if len({mention.day for mention in mentions}) > 1:
        return Reason.DAYS_UNCERTAIN
    return Reason.SEVERAL_VALUES if (len(values) > 1 and len(printed) > 1) or _units_contradict(mentions) else None


def _units_contradict(mentions: list[Mention]) -> bool:
    """Return whether the same digits have two units of different size."""
    return (
        len({mention.unit.factor for mention in mentions if mention.unit}) > 1
        and len({mention.canonical for mention in mentions}) > 1
    )


def _blocked(chosen: Mention, blockers: list[Mention]) -> tuple[Reason, Reason] | None:
    """Return why there is no reading if a number that is not read may be as new as the chosen one, and why for that.

    What makes the other number unreadable is not true of the chosen one. That a result is not valid may be.
    """
    as_new = [
        blocker.reason
        for blocker in blockers
        if blocker.reason and (chosen.day is None or blocker.day is None or blocker.day >= chosen.day)
    ]
    if not as_new:
        return None
    if Reason.NOT_REPORTED in as_new:
        return Reason.NOT_REPORTED, Reason.NOT_REPORTED
    if Reason.ONLY_A_PART in as_new:
        return Reason.PARTS_APART, Reason.PARTS_APART
    return as_new[0], Reason.ANOTHER_NOT_READ


def _candidate(plain: PlainText, mention: Mention, reason: Reason) -> Candidate:
    unit = plain.printed(mention.unit_start, mention.unit_end) if mention.unit_end else None
    printed = plain.printed(mention.start, mention.end)
    return Candidate(printed, unit, mention.day, plain.span(mention.start, mention.end), reason)


def _reading(plain: PlainText, mention: Mention) -> Reading:
    has_unit = mention.unit_end > mention.unit_start
    return Reading(
        comparator=mention.comparator,
        number=mention.number,
        unit=plain.printed(mention.unit_start, mention.unit_end) if has_unit else None,
        day=mention.day,
        span=plain.span(mention.start, mention.end),
        unit_span=plain.span(mention.unit_start, mention.unit_end) if has_unit else None,
    )
