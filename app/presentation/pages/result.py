"""Make the context of the result page: texts ready to show, charts laid out. It computes nothing clinical."""

from collections.abc import Mapping

from app.core.applicability import Reason
from app.core.assessment import Assessment
from app.core.caveats import PATIENT_DIFFERS, PATIENT_NOT_STATED, STUDY_POPULATION, Caveat, Level
from app.core.indices import Index
from app.core.labs import Lab
from app.core.risk_groups import Factor
from app.presentation import wording
from app.presentation.applicability_messages import answer_message, applicability_message, reason_messages
from app.presentation.assessment_text import plain_text
from app.presentation.caveat_messages import caveat_parts
from app.presentation.charts.index_scale import index_scales
from app.presentation.factor_wording import factor_side, factor_value, given_value, is_high
from app.presentation.letter_text import letter_text
from app.presentation.model_texts import in_language
from app.presentation.pages.answer import answer_parts, answer_view
from app.presentation.pages.record import RecordView
from app.presentation.pages.result_context import CaveatRow, FactorRow, InputRow, ReasonRow, ResultPage
from app.presentation.subject import local_time
from app.presentation.templating import site_of
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import left_to_right

_WITH_PLACES_OF_THEIR_OWN = (STUDY_POPULATION, PATIENT_DIFFERS, PATIENT_NOT_STATED)
_NAMES = {
    "sii": N_("Systemic immune-inflammation index (SII)"),
    "nlr": N_("Neutrophil-lymphocyte ratio (NLR)"),
    "plr": N_("Platelet-lymphocyte ratio (PLR)"),
    "afp": N_("Alpha-fetoprotein (AFP)"),
}


def result_page(
    assessment: Assessment,
    typed: Mapping[str, str],
    record: RecordView | None = None,
    *,
    depth: int = 0,
    has_pdf: bool = False,
) -> ResultPage:
    """Return the page; `typed` is what the form sent, kept so that the values can be changed.

    `record` is the one that opened the form; `depth` is how many folders below the start of the site the page lies;
    `has_pdf` is whether a PDF is offered.
    """
    shown = in_language(assessment)
    fitted, answer = shown.fitted, answer_view(shown.fitted, shown.answer)
    remark = record.remark if record else ""
    return ResultPage(
        site=site_of(fitted, "result", depth),
        answer=answer,
        parts=answer_parts(fitted, shown.answer),
        factors=_factors(shown),
        population=_texts_of(assessment, STUDY_POPULATION).lead,
        firmness=wording.firmness(assessment),
        other_indices=tuple(_other(index) for index in assessment.indices.all if index.id not in fitted.factor_ids),
        scales=index_scales(shown),
        inputs=tuple(_input_row(assessment, lab) for lab in assessment.labs.values()),
        applicability=assessment.applicability.status.value,
        applicability_line=applicability_message(assessment.applicability.status),
        applicability_rest=_texts_of(assessment, PATIENT_NOT_STATED).rest,
        reasons=tuple(map(_reason, assessment.applicability.reasons, reason_messages(assessment))),
        first=_caveats(assessment, Level.FIRST),
        beside=_caveats(assessment, Level.BESIDE),
        about=_caveats(assessment, Level.ABOUT),
        computed_at=local_time(assessment.computed_at),
        plain_text=f"{remark}{plain_text(assessment)}",
        letter_text=f"{remark}{letter_text(assessment)}",
        has_pdf=has_pdf,
        kept=tuple(typed.items()),
        record=record,
    )


def _caveats(assessment: Assessment, level: Level) -> tuple[CaveatRow, ...]:
    """Return the caveats of a level, except those that have a place of their own on the page."""
    return tuple(
        _caveat(assessment, one)
        for one in assessment.caveats
        if one.level is level and one.code not in _WITH_PLACES_OF_THEIR_OWN
    )


def _texts_of(assessment: Assessment, code: str) -> CaveatRow:
    """Return the caveat with this code; empty texts if the assessment does not have it."""
    return next((_caveat(assessment, one) for one in assessment.caveats if one.code == code), CaveatRow("", ""))


def _reason(reason: Reason, text: str) -> ReasonRow:
    answer = "" if reason.stated is None else answer_message(reason.criterion.id, reason.stated)
    return ReasonRow(reason.status.value, text, answer)


def _caveat(assessment: Assessment, caveat: Caveat) -> CaveatRow:
    lead, *rest = caveat_parts(assessment, caveat, wording.unit)
    return CaveatRow(lead, " ".join(rest))


def _factors(assessment: Assessment) -> tuple[FactorRow, ...]:
    return tuple(_factor(assessment, factor) for factor in assessment.fitted.factors)


def _factor(assessment: Assessment, factor: Factor) -> FactorRow:
    index = next((index for index in assessment.indices.all if index.id == factor.id), None)
    if index is None:
        given = given_value(assessment, factor)
        working = _("given as {value}").format(value=given) if given else _("as given")
    else:
        working = f"{wording.formula(index.id)}: {left_to_right(index.working)}"
    high = is_high(assessment, factor)
    return FactorRow(
        label=factor.label,
        name=_(_NAMES[factor.id]),
        value=factor_value(assessment, factor),
        working=working,
        word=wording.level(high=high),
        side=factor_side(assessment, factor),
        is_high=high,
    )


def _other(index: Index) -> str:
    return _("{index} {working} (cut-off in the study {cutoff}; not part of the model)").format(
        index=index.label, working=left_to_right(index.working), cutoff=f"{index.cutoff:f}"
    )


def _input_row(assessment: Assessment, lab: Lab) -> InputRow:
    given, canonical = wording.given(lab), wording.canonical(lab)
    if lab.given.read_from is not None:
        given = _("{text}, read as {value}").format(text=lab.given.read_from, value=wording.read(lab))
    sampled = assessment.sampled_on.of(lab.analyte)
    return InputRow(
        label=wording.analyte(lab.analyte),
        given=given,
        canonical=canonical,
        is_converted=given != canonical,
        sampled_on=sampled.isoformat() if sampled else "",
    )
