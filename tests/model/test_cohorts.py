"""The committed cohorts: their size, their reproduction, and their agreement with the publication."""

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from model.agreement import AGREEMENT_FILE, Agreement, agreements, check_cohorts, constraints, write_lines
from model.publication.study import cell_sizes, file_digest
from model.reconstruction.run import (
    CHAINS,
    COHORTS_FILE,
    KEPT_PER_CHAIN,
    read_cohorts,
    reconstruct_chain,
    write_cohorts,
)
from tests.lib.cohorts import all_statistics

COLUMNS = [
    *("cohort", "chain", "cell", "months", "latent_months", "death", "pfs_months", "latent_pfs_months", "progression"),
]


@pytest.fixture(scope="module")
def cohorts() -> list[pd.DataFrame]:
    return read_cohorts()


@pytest.fixture(scope="module")
def agreement() -> list[Agreement]:
    return agreements(all_statistics())


def test_cohort_file_is_large_enough_but_small(cohorts: list[pd.DataFrame]) -> None:
    assert len(cohorts) == CHAINS * KEPT_PER_CHAIN >= 300
    assert len({int(cohort["chain"].iloc[0]) for cohort in cohorts}) == CHAINS >= 60
    assert COHORTS_FILE.stat().st_size < 3_000_000


def test_cohorts_have_published_cells_and_differ(cohorts: list[pd.DataFrame]) -> None:
    for cohort in cohorts:
        assert tuple(cohort["cell"].value_counts().sort_index()) == cell_sizes()
        assert cohort["latent_months"].min() >= 0.5
        assert (cohort["latent_pfs_months"] <= cohort["latent_months"]).all()
        unprogressed = cohort[cohort["progression"] == 0]
        assert (unprogressed["latent_pfs_months"] == unprogressed["latent_months"]).all()
    assert len({tuple(cohort["latent_months"]) for cohort in cohorts}) == len(cohorts)


@pytest.mark.parametrize("outcome", ["", "pfs_"])
def test_times_are_recorded_to_the_nearest_month(cohorts: list[pd.DataFrame], outcome: str) -> None:
    rows = pd.concat(cohorts)
    difference = rows[f"{outcome}months"] - rows[f"latent_{outcome}months"]
    assert difference.max() <= 0.5
    assert difference.min() > -0.5
    assert rows[f"{outcome}months"].min() >= 1


def test_every_cohort_meets_every_constraint(agreement: list[Agreement]) -> None:
    assert [line.label for line in agreement if not line.holds] == []
    assert len(agreement) == len(constraints()) == 31


def test_pooled_ratios_are_closer_than_each_cohort_must_be(agreement: list[Agreement]) -> None:
    ratios = [line for line in agreement if line.id.startswith("hr_")]
    assert len(ratios) == 12
    for line in ratios:
        assert line.published is not None
        tolerance = 0.01 if "limit" in line.id else 0.001
        assert line.pooled == pytest.approx(line.published, rel=tolerance)


def test_tolerances_are_as_promised(agreement: list[Agreement]) -> None:
    lines = {line.label: line for line in agreement}
    for label, relative in (("HR, multivariable SII", 0.004), ("HR upper limit, univariable AFP", 0.015)):
        line = lines[label]
        assert line.published is not None
        assert (line.lower, line.upper) == pytest.approx(
            (line.published * (1 - relative), line.published * (1 + relative))
        )
    for label, limits in (
        ("log-rank p by SII", (0.0125, 0.0135)),
        ("log-rank p, none / one / both factors", (0.0005, 0.0015)),
        ("OS median, months", (8, 8)),
        ("PFS median, months", (3, 3)),
        ("median observed follow-up, months", (5, 5)),
    ):
        assert (lines[label].lower, lines[label].upper) == limits
    # (10.239 - 5.761) / (2 x 1.959964) = 1.14236
    error = lines["OS median, standard error (SPSS)"]
    assert (error.lower, error.upper) == pytest.approx((1.14136, 1.14336), abs=1e-5)
    assert (lines["deaths"].lower, lines["deaths"].upper) == (30, 37)
    assert (lines["longest follow-up, months"].lower, lines["longest follow-up, months"].upper) == (19, 33)


def test_cohort_out_of_range_is_reported(cohorts: list[pd.DataFrame]) -> None:
    spoiled = cohorts[0].copy()
    spoiled["death"] = 1
    failed = {line.label for line in check_cohorts([cohorts[1], spoiled]) if not line.holds}
    assert {"deaths", "HR, multivariable SII"} <= failed


def test_agreement_file_matches_the_cohorts(agreement: list[Agreement], tmp_path: Path) -> None:
    write_lines(agreement, tmp_path / "agreement.json")
    shown, found = (json.loads(path.read_text()) for path in (AGREEMENT_FILE, tmp_path / "agreement.json"))
    assert [line["id"] for line in shown] == [line["id"] for line in found]
    for line, again in zip(shown, found, strict=True):
        assert line["pooled"] == pytest.approx(again["pooled"], abs=2e-6)
        assert line["worst"] == pytest.approx(again["worst"], abs=2e-6)


def test_rerun_chain_gives_the_committed_cohorts(cohorts: list[pd.DataFrame]) -> None:
    again = reconstruct_chain(1)
    committed = pd.concat(cohorts[:KEPT_PER_CHAIN], ignore_index=True)
    pd.testing.assert_frame_equal(again[COLUMNS], committed[COLUMNS], check_dtype=False, atol=1e-9)


def test_writing_the_cohorts_gives_the_same_bytes(cohorts: list[pd.DataFrame], tmp_path: Path) -> None:
    write_cohorts(pd.concat(cohorts, ignore_index=True)[COLUMNS], tmp_path / "cohorts.csv")
    digest = hashlib.sha256((tmp_path / "cohorts.csv").read_bytes()).hexdigest()
    assert f"sha256:{digest}" == file_digest("cohorts.csv")
