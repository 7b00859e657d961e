"""Write an Assessment as plain text, for the terminal and to copy into a record.

Nothing is aligned by spaces, so that it can be read in a field with a proportional font.
"""

import textwrap
from collections.abc import Iterator, Sequence

from app.config.version import software
from app.core.applicability import Status
from app.core.assessment import Assessment
from app.core.caveats import Level
from app.core.risk_groups import Factor
from app.presentation import ratio_wording, wording
from app.presentation.applicability_messages import applicability_message
from app.presentation.caveat_messages import caveat_messages
from app.presentation.factor_wording import factor_value, is_high
from app.presentation.model_texts import in_language
from app.presentation.other_survival import alternative_line
from app.presentation.subject import local_time, subject
from app.presentation.translation import critical
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_WIDTH = 98


def plain_text(assessment: Assessment) -> str:
    """Return the whole answer in lines of at most 98 characters."""
    lines = [line for text in _lines(assessment) for line in _wrapped(text) or [""]]
    return "\n".join(lines) + "\n"


def _lines(assessment: Assessment) -> Iterator[str]:
    """Yield the texts of the answer, each of which may become several lines."""
    shown = in_language(assessment)
    answer, fitted = shown.answer, shown.fitted
    yield subject(fitted)
    yield f"{answer.risk_group.label.upper()}: {answer.risk_group.meaning} ({answer.cell.label})"
    yield from _list(_("Please note"), caveat_messages(assessment, Level.FIRST, units=wording.unit))
    yield wording.study_line(assessment)
    yield f"{wording.group_size(assessment)} {wording.group_deaths(assessment)}"
    yield ""
    yield from _values(shown)
    yield ""
    yield from _survival(shown)
    yield ""
    yield from _ratios(shown)
    yield ""
    if assessment.applicability.status is Status.MATCHES:
        yield applicability_message(Status.MATCHES)
    yield from _list(_("Beside this result"), caveat_messages(assessment, Level.BESIDE, units=wording.unit))
    yield ""
    yield from _list(_("About this result"), caveat_messages(assessment, Level.ABOUT, units=wording.unit))
    yield ""
    yield f"{fitted.provenance.citation} doi:{fitted.provenance.doi}"
    yield _("Model {model}, {digest}; software {software}").format(
        model=f"{fitted.id} {fitted.version}", digest=fitted.digest[:19], software=software().version
    )
    yield _("Computed {time}").format(time=local_time(assessment.computed_at))
    yield critical(N_("Research software, not a medical device."))
    yield critical(N_("It does not predict one person’s survival or who benefits from a treatment."))


def _values(assessment: Assessment) -> Iterator[str]:
    """Yield the laboratory values, the factors of the model, and how firm SII is."""
    for lab in assessment.labs.values():
        shown, used = wording.given(lab), wording.canonical(lab)
        yield _line(wording.analyte(lab.analyte), f"{shown} = {used}" if used != shown else shown)
    for factor in assessment.fitted.factors:
        yield _line(factor.label, _factor(assessment, factor))
    yield from filter(None, [wording.firmness(assessment)])


def _factor(assessment: Assessment, factor: Factor) -> str:
    text = (
        _("{value} (high: cut-off {cutoff})") if is_high(assessment, factor) else _("{value} (low: cut-off {cutoff})")
    )
    workings = {index.id: index.working for index in assessment.indices.all}
    value = workings.get(factor.id) or factor_value(assessment, factor)
    return text.format(value=value, cutoff=wording.cutoff_quantity(factor.cutoff))


def _survival(assessment: Assessment) -> Iterator[str]:
    """Yield the survival of the group, that under other assumptions, and that which the Cox model predicts."""
    answer, fitted = assessment.answer, assessment.fitted
    yield _("Overall survival from {time_zero} (95 % interval)").format(time_zero=fitted.population.time_zero)
    yield _("This risk group, Kaplan-Meier:")
    for at in answer.survival:
        yield _line(wording.at_months(at.months), wording.percent_with_interval(at.kaplan_meier))
    yield _line(_("median"), wording.median_with_interval(answer.curve))
    for alternative in fitted.alternatives:
        yield alternative_line(fitted, answer.risk_group, alternative)
    yield _("This combination, Cox-predicted:")
    for at in answer.survival:
        yield _line(wording.at_months(at.months), wording.percent_with_interval(at.cox_predicted))


def _ratios(assessment: Assessment) -> Iterator[str]:
    """Yield the hazard ratios of the study and of others."""
    fitted = assessment.fitted
    yield _("Hazard ratios (95 % interval)")
    for ratio in assessment.answer.hazard_ratios:
        estimate = ratio_wording.study_ratio(fitted, ratio)
        shown = wording.ratio_with_interval(estimate.hazard_ratio, estimate.ci_95)
        compared = ratio_wording.ratio_comparison(ratio).replace(wording.NO_BREAK_SPACE, " ")
        yield _line(compared, f"{shown}, {wording.p_value(estimate.p_value)}")
    yield _("The study's estimates are probably too large; larger studies found:")
    for external in fitted.external_hazard_ratios:
        shown = wording.ratio_with_interval(external.hazard_ratio, external.ci_95)
        yield _line(f"{external.factor.upper()}, {external.label}", shown)


def _line(label: str, value: str) -> str:
    return _("{label}: {value}").format(label=label, value=value)


def _list(title: str, texts: Sequence[str]) -> Iterator[str]:
    """Yield a title and its items; nothing if there are none."""
    if texts:
        yield title
    yield from (f"- {text}" for text in texts)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent="  " if text.startswith("- ") else "")
