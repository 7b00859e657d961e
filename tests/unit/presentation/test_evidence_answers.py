"""The first answers of the evidence page have their figures from the model."""

from dataclasses import replace

from app.core.fitted_model import FittedModel
from app.presentation.pages.evidence.answers import short_answers


def words(fitted: FittedModel) -> list[str]:
    return [" ".join((one.answer, *one.lines)) for one in short_answers(fitted)]


def test_answers_have_the_figures_of_the_model(fitted: FittedModel) -> None:
    sure, others, use = words(fitted)
    for said in ("58 patients", "about 34 died", "320 simulated", "36 of 100 alive after 6 months", "10 to 64"):
        assert said in sure
    for said in (
        "8.0 months",
        "379 patients: median 10.6",
        "9.6",
        "13.6",
        "1.64 (1.45 to 1.85)",
        "2.75 (1.26 to 6.01)",
    ):
        assert said in others
    assert "Child-Pugh class A" in use


def test_each_answer_leads_to_its_details(fitted: FittedModel) -> None:
    assert [one.anchor for one in short_answers(fitted)] == ["limits", "external", "use"]


def test_longer_survival_is_not_said_if_it_is_not(fitted: FittedModel) -> None:
    longest = replace(fitted, population=replace(fitted.population, survival_median_months=20.0))
    assert "Longer survival" in words(fitted)[1]
    assert "Longer survival" not in words(longest)[1]
