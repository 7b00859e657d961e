"""A result that is made once for a model is kept with that model only."""

from dataclasses import replace

from app.core.fitted_model import MOST_KEPT, FittedModel, once_per_model


def test_model_keeps_the_results_made_once(fitted: FittedModel) -> None:
    made = []

    @once_per_model
    def name_of(model: FittedModel, cell: str) -> str:
        made.append(cell)
        return f"{model.id} {cell}"

    other = replace(fitted, id="other")
    for _ in range(3):
        assert name_of(fitted, "both") == f"{fitted.id} both"
        assert name_of(fitted, "neither") == f"{fitted.id} neither"
        assert name_of(other, "both") == "other both"
    assert made == ["both", "neither", "both"]


def test_model_keeps_a_limited_number_of_results(fitted: FittedModel) -> None:
    @once_per_model
    def name_of(model: FittedModel, number: int) -> str:
        return f"{model.id} {number}"

    names = [name_of(fitted, number) for number in range(2 * MOST_KEPT)]
    assert names == [f"{fitted.id} {number}" for number in range(2 * MOST_KEPT)]
    assert name_of(fitted, 2 * MOST_KEPT - 1) == names[-1]
    assert len(fitted.kept) == MOST_KEPT
