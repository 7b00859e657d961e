"""Make the context of the result page: texts ready to show, charts laid out. It computes nothing clinical."""

from collections.abc import Mapping

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.presentation import wording
from app.presentation.charts.index_scale import index_scales
from app.presentation.model_texts import in_language
from app.presentation.pages.answer import answer_parts, answer_view
from app.presentation.pages.record import RecordView
from app.presentation.pages.result_caveats import caveat_rows, fit_of
from app.presentation.pages.result_context import FactorRow, InputRow, ResultPage
from app.presentation.patient_texts import FactorTexts, LabTexts, patient_texts
from app.presentation.plain_text.assessment import plain_text
from app.presentation.plain_text.letter import letter_text
from app.presentation.templating import site_of
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import language, left_to_right

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
    fitted = in_language(assessment.fitted)
    answer = fitted.answers[frozenset(assessment.answer.cell.factors)]
    texts, caveats = patient_texts(assessment), caveat_rows(assessment)
    fit = fit_of(assessment.fitted, assessment.population)
    remark = record.remark if record else ""
    return ResultPage(
        site=site_of(fitted, "result", depth),
        answer=answer_view(fitted, answer),
        parts=answer_parts(fitted, answer),
        factors=_factors(texts.factors),
        population=caveats.population,
        firmness=texts.firmness,
        other_indices=_other_indices(assessment),
        scales=index_scales(fitted, assessment.indices),
        inputs=_inputs(assessment, texts.labs),
        applicability=fit.status,
        applicability_line=fit.line,
        applicability_rest=caveats.not_stated,
        reasons=fit.reasons,
        first=caveats.first,
        beside=caveats.beside,
        about=caveats.about,
        computed_at=texts.computed_at,
        plain_text=f"{remark}{plain_text(assessment, texts)}",
        letter_text=f"{remark}{letter_text(assessment, texts)}",
        has_pdf=has_pdf,
        kept=tuple(typed.items()),
        record=record,
    )


def _factors(factors: tuple[FactorTexts, ...]) -> tuple[FactorRow, ...]:
    _ = language().gettext
    rows = []
    for one in factors:
        if one.working:
            working = f"{wording.formula(one.id)}: {left_to_right(one.working)}"
        else:
            working = _("given as {value}").format(value=one.given) if one.given else _("as given")
        side = _("{cutoff} or more") if one.is_high else _("less than {cutoff}")
        rows.append(
            FactorRow(
                label=one.label,
                name=_(_NAMES[one.id]),
                value=one.value,
                working=working,
                word=wording.level(high=one.is_high),
                side=side.format(cutoff=one.cutoff),
                is_high=one.is_high,
            )
        )
    return tuple(rows)


def _other_indices(assessment: Assessment) -> tuple[str, ...]:
    """Return the indices that are not factors of the model."""
    text = _("{index} {working} (cut-off in the study {cutoff}; not part of the model)")
    return tuple(
        text.format(index=index.label, working=left_to_right(index.working), cutoff=f"{index.cutoff:f}")
        for index in assessment.indices
        if index.id not in assessment.fitted.factor_ids
    )


def _inputs(assessment: Assessment, texts: Mapping[Analyte, LabTexts]) -> tuple[InputRow, ...]:
    rows = []
    for analyte, lab in assessment.labs.items():
        text, sampled = texts[analyte], assessment.sampled_on.of(analyte)
        given = text.given
        if lab.given.read_from is not None:
            given = _("{text}, read as {value}").format(text=lab.given.read_from, value=wording.read(lab))
        rows.append(InputRow(text.name, given, text.used, given != text.used, sampled.isoformat() if sampled else ""))
    return tuple(rows)
