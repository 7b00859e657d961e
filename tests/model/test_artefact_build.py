"""The artefact is what the committed cohorts give, byte for byte, and reads as published."""

from pathlib import Path

import pytest

from app.core.artefact import load_artefact
from model.build import ARTEFACT_FILE, artefact_text
from model.card import CARD_FILE, card_text
from model.cohorts import read_cohorts
from model.discrimination import gonen_heller
from model.fit import StudyFit, fit_study


@pytest.fixture(scope="module")
def fit() -> StudyFit:
    return fit_study(read_cohorts())


def test_rebuilding_the_artefact_gives_the_same_bytes(fit: StudyFit) -> None:
    assert artefact_text(fit) == ARTEFACT_FILE.read_text(encoding="utf-8")


def test_the_pooled_hazard_ratios_read_as_published() -> None:
    cox = load_artefact().cox
    assert f"{cox.hazard_ratio('sii').hazard_ratio:.2f}" == "2.21"
    assert f"{cox.hazard_ratio('afp').hazard_ratio:.2f}" == "2.75"
    assert f"{cox.hazard_ratio('combined').hazard_ratio:.2f}" == "6.08"
    lower, upper = cox.hazard_ratio("combined").ci_95
    # Uncorrelated coefficients with the published standard errors give 2.12 to 17.5; plausible correlations 1.9 to
    # 19.3.
    assert 1.9 < lower < 2.4
    assert 15.5 < upper < 19.3


def test_the_overall_median_is_the_published_one() -> None:
    assert load_artefact().kaplan_meier["overall"].median_months == pytest.approx(8.0, abs=0.05)


def test_discrimination_follows_from_coefficients_and_cell_sizes(fit: StudyFit) -> None:
    # From the published hazard ratios alone: 0.664 with ties counted one half.
    assert gonen_heller(fit.coefficients.estimate) == pytest.approx(0.664, abs=0.001)


def test_the_artefact_holds_no_row_of_any_member() -> None:
    document = load_artefact().document
    assert "pfs_months" not in ARTEFACT_FILE.read_text(encoding="utf-8")
    assert max(len(values) for values in _lists(document)) == len(document["grid_months"])


def test_the_model_card_is_the_card_of_this_artefact() -> None:
    assert card_text() == Path(CARD_FILE).read_text(encoding="utf-8")


def _lists(value: object) -> list[list[object]]:
    if isinstance(value, dict):
        return [found for item in value.values() for found in _lists(item)]
    if isinstance(value, list):
        return [value, *(found for item in value for found in _lists(item))]
    return []
