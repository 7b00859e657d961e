"""The artefact agrees with the publication and is written as described. test_same_bytes.py tests its bytes."""

import hashlib
import json
import platform
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.artefact.reader import ARTEFACT_FILE, load_artefact
from model.card import CARD_FILE, card_text
from model.fitting.artefact import VERSION, rounded, write_artefact
from model.fitting.discrimination import gonen_heller
from model.fitting.study_fit import fit_study
from model.reconstruction.run import read_cohorts, write_cohorts


def test_writing_the_artefact_records_the_versions(tmp_path: Path) -> None:
    write_artefact(fit_study(read_cohorts()[:100]), tmp_path / "artefact.json")
    made = json.loads((tmp_path / "made_with.json").read_text(encoding="utf-8"))
    assert made["artefact"] == load_artefact(tmp_path / "artefact.json").digest != load_artefact().digest
    assert (made["python"], made["libraries"]["numpy"]) == (platform.python_version(), np.__version__)


def test_version_names_the_file_of_other_cohorts(tmp_path: Path) -> None:
    cohorts = read_cohorts()[:60]
    write_cohorts(pd.concat(cohorts).drop(columns=["sii_high", "afp_high"]), tmp_path / "others.csv")
    write_artefact(fit_study(cohorts), tmp_path / "artefact.json", tmp_path / "others.csv")
    digest = hashlib.sha256((tmp_path / "others.csv").read_bytes()).hexdigest()
    made = load_artefact(tmp_path / "artefact.json")
    assert made.version == f"{VERSION}+{digest[:8]}"
    assert load_artefact().version == VERSION
    provenance = json.loads((tmp_path / "artefact.json").read_text(encoding="utf-8"))["provenance"]
    assert (provenance["cohorts"], provenance["chains"]) == (60, 12)
    assert provenance["files"]["cohorts.csv"] == f"sha256:{digest}"


def test_versions_are_of_the_committed_artefact() -> None:
    made = json.loads(ARTEFACT_FILE.with_name("made_with.json").read_text(encoding="utf-8"))
    assert made["artefact"] == load_artefact().digest
    assert set(made["libraries"]) == {"lifelines", "numpy", "pandas", "scipy", "statsmodels"}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.12345675, 0.1234568),  # just above the half in binary
        (0.0006432654012, 0.0006432654),
        (17.15700549, 17.15701),
        (-6.385157897e-07, -6.385158e-07),
        (1.0, 1.0),
        (-0.0, 0.0),
        (3, 3),
    ],
)
def test_float_is_written_with_seven_digits(value: float, written: float) -> None:
    found = rounded({"a": np.array([value]), "b": (value, None)})
    assert found == {"a": [written], "b": [written, None]}


def test_pooled_hazard_ratios_are_as_published() -> None:
    cox = load_artefact().cox
    assert f"{cox.hazard_ratio('sii').hazard_ratio:.2f}" == "2.21"
    assert f"{cox.hazard_ratio('afp').hazard_ratio:.2f}" == "2.75"
    assert f"{cox.hazard_ratio('combined').hazard_ratio:.2f}" == "6.08"
    lower, upper = cox.hazard_ratio("combined").ci_95
    # Uncorrelated coefficients with the published standard errors give 2.12 to 17.5; plausible correlations 1.9 to
    # 19.3.
    assert 1.9 < lower < 2.4
    assert 15.5 < upper < 19.3


def test_latent_median_is_near_the_published_one_in_whole_months() -> None:
    # Times from 7.5 to 8.5 months are recorded as 8. test_cohorts.py tests the recorded median: 8 in every cohort.
    fitted = load_artefact()
    assert fitted.population.survival_median_months == 8
    assert fitted.kaplan_meier["overall"].median_months == pytest.approx(8.0, abs=0.5)


@pytest.mark.parametrize("months", [0.1, 0.5])
def test_curves_have_no_interval_at_first(months: float) -> None:
    fitted = load_artefact()
    bands = [curve.band for curve in fitted.kaplan_meier.values()] + [cell.band for cell in fitted.cox.cells.values()]
    for band in bands:
        at = band.months.index(months)
        assert (band.ci_lower[at], band.ci_upper[at]) == (None, None)
        assert band.survival[at] > 0.99


def test_discrimination_follows_from_coefficients() -> None:
    # From the published hazard ratios alone: 0.664 with ties counted one half.
    assert gonen_heller(np.array(load_artefact().cox.coefficients)) == pytest.approx(0.664, abs=0.001)


def test_artefact_has_no_row_of_a_member() -> None:
    document = json.loads(load_artefact().text)
    assert "pfs_months" not in ARTEFACT_FILE.read_text(encoding="utf-8")
    assert max(len(values) for values in _lists(document)) == len(document["grid_months"])


def test_model_card_is_current() -> None:
    assert card_text() == Path(CARD_FILE).read_text(encoding="utf-8")


def _lists(value: object) -> list[list[object]]:
    if isinstance(value, dict):
        return [found for item in value.values() for found in _lists(item)]
    if isinstance(value, list):
        return [value, *(found for item in value for found in _lists(item))]
    return []
