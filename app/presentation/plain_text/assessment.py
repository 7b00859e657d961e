"""Write an Assessment as plain text, for the terminal and to copy into a record.

Nothing is aligned by spaces, so that it can be read in a field with a proportional font.
"""

import textwrap
from collections.abc import Iterator

from app.config.version import software
from app.core.applicability import Status
from app.core.assessment import Assessment
from app.core.caveats import Caveat, Level
from app.core.cell_answers import CellAnswer
from app.core.fitted_model import FittedModel
from app.core.risk_groups import Factor
from app.presentation import ratio_wording, wording
from app.presentation.applicability_messages import applicability_message
from app.presentation.caveat_messages import caveat_message
from app.presentation.factor_wording import factor_value, is_high
from app.presentation.model_caveats import OF_THE_MODEL, model_caveat_parts
from app.presentation.model_texts import in_language
from app.presentation.other_survival import alternative_line
from app.presentation.subject import local_time, subject
from app.presentation.translation import critical, once_per_model_and_language
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_WIDTH = 98


def plain_text(assessment: Assessment) -> str:
    """Return the whole answer in lines of at most 98 characters."""
    return "".join(_paragraphs(assessment))


def _paragraphs(assessment: Assessment) -> Iterator[str]:
    """Yield the parts of the text, in lines. Those that are equal for many patients are wrapped once."""
    shown = in_language(assessment)
    fitted, answer = shown.fitted, shown.answer
    yield _wrapped(subject(fitted))
    yield _wrapped(f"{answer.risk_group.label.upper()}: {answer.risk_group.meaning} ({answer.cell.label})")
    yield from _list(assessment, _("Please note"), Level.FIRST)
    yield _group(fitted, answer)
    yield "\n"
    yield from map(_wrapped, _values(shown))
    yield "\n"
    yield _estimates(fitted, answer)
    yield "\n"
    if assessment.applicability.status is Status.MATCHES:
        yield _wrapped(applicability_message(Status.MATCHES))
    yield from _list(assessment, _("Beside this result"), Level.BESIDE)
    yield "\n"
    yield from _list(assessment, _("About this result"), Level.ABOUT)
    yield "\n"
    yield _wrapped(f"{fitted.provenance.citation} doi:{fitted.provenance.doi}")
    yield _wrapped(
        _("Model {model}, {digest}; software {software}").format(
            model=f"{fitted.id} {fitted.version}", digest=fitted.digest[:19], software=software().version
        )
    )
    yield _wrapped(_("Computed {time}").format(time=local_time(assessment.computed_at)))
    yield _wrapped(critical(N_("Research software, not a medical device.")))
    yield _wrapped(critical(N_("It does not predict one person’s survival or who benefits from a treatment.")))


@once_per_model_and_language
def _group(fitted: FittedModel, answer: CellAnswer) -> str:
    """Return the size of the study, and of the patient's group in it."""
    size = f"{wording.group_size(fitted, answer.curve)} {wording.group_deaths(answer.curve)}"
    return _wrapped(wording.study_line(fitted)) + _wrapped(size)


@once_per_model_and_language
def _estimates(fitted: FittedModel, answer: CellAnswer) -> str:
    """Return the survival and the hazard ratios."""
    return "".join(map(_wrapped, (*_survival(fitted, answer), "", *_ratios(fitted, answer))))


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
    workings = {index.id: index.working for index in assessment.indices}
    value = workings.get(factor.id) or factor_value(assessment, factor)
    return text.format(value=value, cutoff=wording.cutoff_quantity(factor.cutoff))


def _survival(fitted: FittedModel, answer: CellAnswer) -> Iterator[str]:
    """Yield the survival of the group, that under other assumptions, and that which the Cox model predicts."""
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


def _ratios(fitted: FittedModel, answer: CellAnswer) -> Iterator[str]:
    """Yield the hazard ratios of the study and of others."""
    yield _("Hazard ratios (95 % interval)")
    for ratio in answer.hazard_ratios:
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


def _list(assessment: Assessment, title: str, level: Level) -> Iterator[str]:
    """Yield a title and the caveats of a level; nothing if there are none."""
    found = [one for one in assessment.caveats if one.level is level]
    if found:
        yield _wrapped(title)
    for caveat in found:
        if caveat.code in OF_THE_MODEL:
            yield _model_caveat(assessment.fitted, caveat)
        else:
            yield _item(caveat_message(assessment, caveat, wording.unit))


@once_per_model_and_language
def _model_caveat(fitted: FittedModel, caveat: Caveat) -> str:
    return _item(" ".join(model_caveat_parts(fitted, caveat)))


def _item(text: str) -> str:
    return _wrapped(f"- {text}", "  ")


def _wrapped(text: str, indent: str = "") -> str:
    """Return a text in lines; an empty text is an empty line."""
    if len(text) <= _WIDTH and text.isprintable():  # nothing to wrap
        return f"{text}\n"
    return textwrap.fill(text, _WIDTH, subsequent_indent=indent) + "\n"
