"""Write an Assessment as plain text, for the terminal and to copy into a record."""

import textwrap
from collections.abc import Iterator, Sequence

from app.config.version import software
from app.core.applicability import Status
from app.core.assessment import Assessment
from app.core.caveats import Level
from app.presentation import ratio_wording, wording
from app.presentation.applicability_messages import applicability_message
from app.presentation.caveat_messages import caveat_messages
from app.presentation.other_survival import alternative_line
from app.presentation.translation import gettext as _

_WIDTH = 98


def plain_text(assessment: Assessment) -> str:
    """Return the whole answer in lines of at most 98 characters."""
    return "\n".join(line.rstrip() for line in _lines(assessment)) + "\n"


def _lines(assessment: Assessment) -> Iterator[str]:
    answer, fitted = assessment.answer, assessment.fitted
    yield f"{answer.risk_group.label.upper()}: {answer.risk_group.meaning} ({answer.cell.label})"
    yield from _list(_("Please note"), caveat_messages(assessment, Level.FIRST, units=wording.unit))
    yield from _wrapped(wording.study_line(assessment))
    yield from _wrapped(f"{wording.group_size(assessment)} {wording.group_deaths(assessment)}")
    yield ""
    for lab in assessment.labs.values():
        shown, used = wording.given(lab), wording.canonical(lab)
        yield f"  {wording.analyte(lab.analyte):<12}{shown:<20}" + (f"= {used}" if used != shown else "")
    workings = {index.id: index.working for index in assessment.indices.all}
    for factor in fitted.factors:
        side = _("high: cut-off {cutoff}") if factor.id in answer.cell.factors else _("low: cut-off {cutoff}")
        side = side.format(cutoff=wording.cutoff_quantity(factor.cutoff))
        working = workings.get(factor.id)
        yield f"  {factor.label:<12}" + (f"{working}  ({side})" if working else side)
    yield from _wrapped(wording.firmness(assessment), "  ")
    yield ""
    time_zero = fitted.population.time_zero
    yield _("Overall survival from {time_zero} (95 % interval)").format(time_zero=time_zero)
    yield f"  {'':<12}{_('this risk group, Kaplan-Meier'):<34}{_('this combination, Cox-predicted')}"
    for at in answer.survival:
        group = wording.percent_with_interval(at.kaplan_meier)
        cox = wording.percent_with_interval(at.cox_predicted)
        yield f"  {wording.at_months(at.months):<12}{group:<34}{cox}"
    yield f"  {_('median'):<12}{wording.median_with_interval(answer.curve)}"
    for alternative in fitted.alternatives:
        yield from _wrapped(alternative_line(fitted, answer.risk_group, alternative), "  ")
    yield ""
    yield _("Hazard ratios (95 % interval)")
    for ratio in answer.hazard_ratios:
        estimate = ratio_wording.study_ratio(fitted, ratio)
        shown = wording.ratio_with_interval(estimate.hazard_ratio, estimate.ci_95)
        mark = "*" if ratio.present else " "
        label = ratio_wording.ratio_label(ratio, wording.unit)
        against = _("against {reference}").format(reference=ratio_wording.short_reference(ratio))
        yield f" {mark}{label:<22}{shown:<22}{wording.p_value(estimate.p_value):<12}{against}"
    yield " " + _("*present in this patient. The study's estimates are probably too large; larger studies found:")
    for external in fitted.external_hazard_ratios:
        shown = wording.ratio_with_interval(external.hazard_ratio, external.ci_95)
        yield f"  {external.factor.upper():<4}{shown:<22}{external.label}"
    yield ""
    if assessment.applicability.status is Status.MATCHES:
        yield applicability_message(Status.MATCHES)
    yield from _list(_("Beside this result"), caveat_messages(assessment, Level.BESIDE, units=wording.unit))
    yield ""
    yield from _list(_("About this result"), caveat_messages(assessment, Level.ABOUT, units=wording.unit))
    yield ""
    yield from _wrapped(f"{fitted.provenance.citation} doi:{fitted.provenance.doi}")
    yield _("Model {model}, {digest}; software {software}; {time}").format(
        model=f"{fitted.id} {fitted.version}",
        digest=fitted.digest[:19],
        software=software().version,
        time=f"{assessment.computed_at:%Y-%m-%d %H:%M} {assessment.computed_at.tzname()}",
    )


def _list(title: str, texts: Sequence[str]) -> Iterator[str]:
    """Yield a title and its items; nothing if there are none."""
    if texts:
        yield title
    for text in texts:
        yield from _wrapped(f"- {text}", "  ")


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + ("  " if indent else ""))
