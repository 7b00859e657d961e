"""Make the page with two assessments side by side: of two visits, or of values that are changed to see what follows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from app.core.assessment import Assessment
from app.presentation.model_texts import in_language
from app.presentation.pages.form_fields import Compared
from app.presentation.pages.result import result_page
from app.presentation.pages.result_context import ResultPage
from app.presentation.templating import Site, site_of
from app.presentation.translation import gettext as _
from app.presentation.translation import in_sentence

FIRST = "first_"
"""In front of the name of each field of the first assessment, where both are sent."""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One line of the comparison; `differs` is whether the two texts do."""

    label: str
    texts: tuple[str, str]
    differs: bool


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """Two results side by side, each with its title; `kept` is what was sent, so that the second can be changed."""

    template: ClassVar[str] = "comparison.html.jinja"
    site: Site
    heading: str
    titles: tuple[str, str]
    sides: tuple[ResultPage, ResultPage]
    rows: tuple[ComparisonRow, ...]
    kept: tuple[tuple[str, str], ...]


def comparison_page(
    assessments: tuple[Assessment, Assessment], typed: tuple[Mapping[str, str], Mapping[str, str]]
) -> ComparisonPage:
    """Return the page; `typed` is what the form sent for each of the assessments, which are of one model."""
    first, second = (result_page(assessment, fields) for assessment, fields in zip(assessments, typed, strict=True))
    return ComparisonPage(
        site=site_of(assessments[0].fitted, "result"),
        heading=_heading(first, second),
        titles=(_("First"), _("Second")),
        sides=(first, second),
        rows=tuple(
            ComparisonRow(label, (one, other), one != other)
            for (label, one), (_label, other) in zip(_lines(first), _lines(second), strict=True)
        ),
        kept=(*typed[1].items(), *compared_with(assessments[0], typed[0]).fields),
    )


def compared_with(assessment: Assessment, typed: Mapping[str, str]) -> Compared:
    """Return what the form for the second assessment shows and keeps of the first one."""
    answer = in_language(assessment).answer
    return Compared(
        _("The first assessment: {group} ({cell}).").format(
            group=in_sentence(answer.risk_group.label), cell=answer.cell.label
        ),
        tuple((f"{FIRST}{name}", value) for name, value in typed.items()),
    )


def _heading(first: ResultPage, second: ResultPage) -> str:
    groups = {"first": in_sentence(first.answer.group_label), "second": in_sentence(second.answer.group_label)}
    if first.answer.group_id == second.answer.group_id:
        return _("Two assessments, both in the {first}").format(**groups)
    return _("Two assessments: {first} and {second}").format(**groups)


def _lines(result: ResultPage) -> Iterator[tuple[str, str]]:
    """Yield what is compared of a result: label and text."""
    for row in result.inputs:
        yield row.label, f"{row.given} ({row.sampled_on})" if row.sampled_on else row.given
    for factor in result.factors:
        yield (
            factor.name,
            _("{value}, {level} ({side})").format(value=factor.value, level=factor.word, side=factor.side),
        )
    yield _("Risk group"), result.answer.group_label
    for at in result.answer.survival:
        yield (
            _("Alive after {time}, of 100").format(time=at.after),
            _("{alive} (95 % interval: {limits})").format(alive=at.alive, limits=at.alive_ci),
        )
    yield (
        _("Median survival of the group"),
        _("{median} (95 % interval: {limits})").format(median=result.answer.median, limits=result.answer.median_ci),
    )
    yield _("Study criteria"), result.applicability_line
