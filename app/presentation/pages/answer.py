"""Make what the result page shows of the model's answer for a cell: once for each model, language and cell.

A view of a cell gets nothing of a patient, so that what is kept of it belongs to every patient of the cell.
"""

from dataclasses import fields

from app.config import addresses
from app.core.cell_answers import CellAnswer
from app.core.fitted_model import FittedModel
from app.core.kaplan_meier import KaplanMeierCurve
from app.presentation import ratio_wording, wording
from app.presentation.charts.export import curve_file_name
from app.presentation.charts.forest_plot import FOREST_NARROW, FOREST_WIDE, estimates, forest_plot
from app.presentation.charts.icon_array import icon_array
from app.presentation.charts.kaplan_meier import NARROW, WIDE, km_chart
from app.presentation.pages.result_context import AnswerParts, AnswerView, ChartFile, RatioRow, SurvivalRow
from app.presentation.pages.survival_tables import alternatives_view, survival_table
from app.presentation.subject import subject
from app.presentation.templating import rendered
from app.presentation.translation import gettext as _
from app.presentation.translation import once_per_model_and_language


@once_per_model_and_language
def answer_view(fitted: FittedModel, answer: CellAnswer) -> AnswerView:
    """Return the view of an answer; the texts of the model are in the language of the answer already."""
    group = answer.risk_group
    shown = estimates(fitted, answer)
    median, lower, upper = wording.median_with_limits(answer.curve)
    return AnswerView(
        subject=subject(fitted),
        group_id=group.id,
        group_label=group.label,
        group_meaning=group.meaning,
        cell_label=answer.cell.label,
        group_count=wording.count(len(fitted.risk_groups)),
        study_size=fitted.population.n,
        cohorts=fitted.provenance.cohorts,
        group_n=answer.curve.n,
        group_deaths=wording.group_deaths(answer.curve),
        median=_("{number} months").format(number=median),
        median_ci=wording.value_range(lower, upper),
        interval_note=_interval_note(answer.curve),
        charts=tuple(km_chart(fitted, group, answer.cell, layout) for layout in (WIDE, NARROW)),
        forests=tuple(forest_plot(shown, layout) for layout in (FOREST_WIDE, FOREST_NARROW)),
        survival=_survival(answer),
        other_survival=survival_table(fitted, frozenset(answer.cell.factors)),
        alternatives=alternatives_view(fitted, group),
        ratios=_ratio_rows(fitted, answer),
        saved=_saved(fitted, answer),
    )


@once_per_model_and_language
def answer_parts(fitted: FittedModel, answer: CellAnswer) -> AnswerParts:
    """Return the parts of a page that show the view of an answer. They have no links to other pages of the site."""
    view = answer_view(fitted, answer)
    return AnswerParts(
        **{part.name: rendered("parts/answer.html.jinja", part.name, view) for part in fields(AnswerParts)}
    )


def _saved(fitted: FittedModel, answer: CellAnswer) -> tuple[ChartFile, ...]:
    """Return the files of the chart, without and with the Cox model's curve; their names are in English."""
    group, cell = answer.risk_group, answer.cell
    return tuple(
        ChartFile(
            form,
            shown is not None,
            addresses.curve(group.id, form, shown.id if shown else "").removeprefix("/"),
            curve_file_name(fitted, group, form, shown),
        )
        for form in ("png", "svg")
        for shown in (None, cell)
    )


def _interval_note(curve: KaplanMeierCurve) -> str:
    """Return where the interval of the group's curve begins, or an empty text if it is there from the start."""
    first = next(months for months in curve.band.months if curve.band.point(months).lower is not None)
    if first == 0:
        return ""
    text = _("The interval begins at {months} months: before, fewer than half of these cohorts have had a death.")
    return text.format(months=f"{first:.1f}")


def _survival(answer: CellAnswer) -> tuple[SurvivalRow, ...]:
    at_risk = dict(zip(answer.curve.at_risk.months, answer.curve.at_risk.numbers, strict=True))
    return tuple(
        SurvivalRow(
            after=wording.at_months(at.months),
            alive=wording.of_hundred(at.kaplan_meier.survival),
            alive_ci=wording.value_range(
                wording.of_hundred(at.kaplan_meier.lower), wording.of_hundred(at.kaplan_meier.upper)
            ),
            kaplan_meier=wording.percent(at.kaplan_meier.survival),
            kaplan_meier_ci=wording.interval(at.kaplan_meier),
            cox=wording.percent(at.cox_predicted.survival),
            cox_ci=wording.interval(at.cox_predicted),
            share=wording.percent(at.kaplan_meier_reconstruction_share),
            at_risk=f"{at_risk[at.months].minimum}–{at_risk[at.months].maximum}",
            is_thin=answer.curve.hardly_any_at(at.months),
            sentence=wording.natural_frequency(at.kaplan_meier, at.months),
            icons=icon_array(at.kaplan_meier, at.months),
        )
        for at in answer.survival
    )


def _ratio_rows(fitted: FittedModel, answer: CellAnswer) -> tuple[RatioRow, ...]:
    rows = [
        RatioRow(
            "study",
            ratio_wording.ratio_comparison(ratio),
            ratio_wording.ratio_source(fitted, ratio),
            wording.ratio_with_interval(shown.hazard_ratio, shown.ci_95),
            wording.p_value(shown.p_value),
            f"https://doi.org/{fitted.provenance.doi}",
        )
        for ratio, shown in ((ratio, ratio_wording.study_ratio(fitted, ratio)) for ratio in answer.hazard_ratios)
    ]
    rows += [
        RatioRow(
            "external",
            f"{found.factor.upper()}: {found.label}",
            _("{population}. Cut-off {cutoff}. {note}").format(
                population=found.population, cutoff=wording.with_signs(found.cutoff), note=found.note
            ),
            wording.ratio_with_interval(found.hazard_ratio, found.ci_95),
            "",
            found.url,
        )
        for found in fitted.external_hazard_ratios
    ]
    return tuple(rows)
