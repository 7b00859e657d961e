"""Write an Assessment as plain text, for the terminal and to copy into a record.

Nothing is aligned by spaces, so that it can be read in a field with a proportional font. What many patients share is
wrapped into lines once.
"""

import textwrap
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.config.version import software
from app.core.applicability import Applicability, Status
from app.core.assessment import Assessment
from app.core.caveats import Caveat, Level, usual_caveats
from app.core.cell_answers import CellAnswer
from app.core.fitted_model import FittedModel
from app.presentation import ratio_wording, wording
from app.presentation.applicability_messages import applicability_message
from app.presentation.caveat_messages import caveat_message, has_usual_caveats
from app.presentation.model_caveats import model_caveat_parts
from app.presentation.model_texts import in_language
from app.presentation.other_survival import alternative_line
from app.presentation.patient_texts import PatientTexts, patient_texts
from app.presentation.subject import subject
from app.presentation.translation import critical, language, once_per_model_and_language
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_WIDTH = 98
_TITLES = {
    Level.FIRST: N_("Please note"),
    Level.BESIDE: N_("Beside this result"),
    Level.ABOUT: N_("About this result"),
}
_END = (
    N_("Research software, not a medical device."),
    N_("It does not predict one person’s survival or who benefits from a treatment."),
)


class _OfCell(NamedTuple):
    """The parts of the text that are equal for all patients of a cell."""

    heading: str
    study: str
    estimates: str
    source: str
    end: str


class _Caveats(NamedTuple):
    """The caveats that come first, and below the estimates all others and whether the study fits the patient."""

    first: str
    others: str


def plain_text(assessment: Assessment, texts: PatientTexts | None = None) -> str:
    """Return the whole answer in lines of at most 98 characters.

    `texts` are those of the patient in the language of the answer, if they were made already.
    """
    texts = texts or patient_texts(assessment)
    cell, caveats = _of_cell(assessment.fitted, assessment.answer), _caveats(assessment)
    computed = _("Computed {time}").format(time=texts.computed_at)
    return "".join(
        (
            *(cell.heading, caveats.first, cell.study, "\n"),
            *(_wrapped(*_values(texts)), "\n", cell.estimates, "\n"),
            *(caveats.others, "\n", cell.source, _wrapped(computed), cell.end),
        )
    )


@once_per_model_and_language
def _of_cell(model: FittedModel, of: CellAnswer) -> _OfCell:
    fitted = in_language(model)
    answer = fitted.answers[frozenset(of.cell.factors)]
    group, curve = answer.risk_group, answer.curve
    version = _("Model {model}, {digest}; software {software}").format(
        model=f"{fitted.id} {fitted.version}", digest=fitted.digest[:19], software=software().version
    )
    return _OfCell(
        heading=_wrapped(subject(fitted), f"{group.label.upper()}: {group.meaning} ({answer.cell.label})"),
        study=_wrapped(
            wording.study_line(fitted), f"{wording.group_size(fitted, curve)} {wording.group_deaths(curve)}"
        ),
        estimates=_wrapped(*_survival(fitted, answer), "", *_ratios(fitted, answer)),
        source=_wrapped(f"{fitted.provenance.citation} doi:{fitted.provenance.doi}", version),
        end=_wrapped(*map(critical, _END)),
    )


def _values(texts: PatientTexts) -> list[str]:
    """Return the laboratory values, the factors of the model, and how firm SII is."""
    _ = language().gettext
    line = _("{label}: {value}")
    high, low = _("{value} (high: cut-off {cutoff})"), _("{value} (low: cut-off {cutoff})")
    lines = [
        line.format(label=lab.name, value=f"{lab.given} = {lab.used}" if lab.used != lab.given else lab.given)
        for lab in texts.labs.values()
    ]
    for factor in texts.factors:
        text = (high if factor.is_high else low).format(value=factor.working or factor.value, cutoff=factor.cutoff)
        lines.append(line.format(label=factor.label, value=text))
    return [*lines, texts.firmness] if texts.firmness else lines


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


def _caveats(assessment: Assessment) -> _Caveats:
    if has_usual_caveats(assessment):
        return _usual_caveats(assessment.fitted, assessment.answer, assessment.applicability)
    worded = ((one, caveat_message(assessment, one, wording.unit)) for one in assessment.caveats)
    return _lists(worded, assessment.applicability)


@once_per_model_and_language
def _usual_caveats(fitted: FittedModel, answer: CellAnswer, applicability: Applicability) -> _Caveats:
    usual = usual_caveats(fitted, answer, applicability)
    return _lists(((one, " ".join(model_caveat_parts(fitted, one))) for one in usual), applicability)


def _lists(worded: Iterable[tuple[Caveat, str]], applicability: Applicability) -> _Caveats:
    """Return caveats in a list for each level, below the title of the level."""
    lists = dict.fromkeys(Level, "")
    for caveat, text in worded:
        lists[caveat.level] = lists[caveat.level] or _wrapped(_(_TITLES[caveat.level]))
        lists[caveat.level] += _wrapped(f"- {text}", indent="  ")
    fits = applicability.status is Status.MATCHES
    fit = _wrapped(applicability_message(Status.MATCHES)) if fits else ""
    return _Caveats(lists[Level.FIRST], f"{fit}{lists[Level.BESIDE]}\n{lists[Level.ABOUT]}")


def _wrapped(*texts: str, indent: str = "") -> str:
    """Return texts in lines; an empty text is an empty line. `indent` is that of the second line of each."""
    lines = []
    for text in texts:
        if len(text) <= _WIDTH and text.isprintable():  # nothing to wrap
            lines.append(text)
        else:
            lines.append(textwrap.fill(text, _WIDTH, subsequent_indent=indent))
    return "\n".join([*lines, ""])
