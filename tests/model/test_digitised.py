"""Cohorts constrained by curves: a known cohort is drawn as a figure, read with noise, and reconstructed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.cli.main import main
from model.digitised.coordinates import FIGURE_CURVES, Reading, Tolerance, read_at_risk, read_curves
from model.digitised.limits import check_steps, figure_limits
from model.digitised.report import differences, report_text, spreads
from model.digitised.run import misses_of
from model.fitting.estimators import kaplan_meier
from model.fitting.study_fit import CURVES
from model.reconstruction.figure_limits import AT_RISK, SURVIVAL, FigureLimits
from model.reconstruction.overall_survival import Cohort, Schedule, sample
from model.reconstruction.run import read_cohorts
from model.reconstruction.target import STATISTICS, Target, energy_below, target_of
from model.reconstruction.trial import in_thousandths, published_prior, recorded
from tests.lib.digitised import NOISE, at_risk_csv, curves_csv

BY_SII = ("sii_low", "sii_high")
WITHIN = Tolerance()
SHORT = Schedule(
    ladder=np.concatenate([[0.0], np.geomspace(1e-4, 1e-2, 16), np.geomspace(0.03, 1.0, 6)]),
    burn_in=300,
    apart=20,
    rounds=1_200,
    figure_ladder=np.concatenate([[0.0], np.geomspace(3e-5, 1.0, 16), np.ones(6)]),
)
MID_MONTHS = np.arange(20) + 0.5


@pytest.fixture(scope="module")
def cohorts() -> list[pd.DataFrame]:
    return read_cohorts()


@pytest.fixture(scope="module")
def known(cohorts: list[pd.DataFrame]) -> pd.DataFrame:
    return cohorts[7]


@pytest.fixture(scope="module")
def readings(known: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Reading], list[Reading]]:
    folder = tmp_path_factory.mktemp("figure")
    path = curves_csv(folder / "curves.csv", known, BY_SII)
    points = read_curves(path, WITHIN)
    check_steps(path, points, WITHIN)
    return points, read_at_risk(at_risk_csv(folder / "at_risk.csv", known, BY_SII), WITHIN)


def loose_target(figure: FigureLimits | None = None) -> Target:
    """Return a target whose published statistics are twenty times as wide, so that a short run finds cohorts."""
    target = target_of(published_prior(), figure=figure)
    aims = target.aims.copy()
    centre, half = (aims[:, 2] + aims[:, 3]) / 2, np.maximum((aims[:, 3] - aims[:, 2]) / 2, 0.05) * 20
    aims[:, 2], aims[:, 3] = centre - half, centre + half
    aims[:, [1, 4]] *= 20
    return target._replace(aims=aims)


def test_cohorts_follow_the_curves_of_the_known_cohort(
    readings: tuple[list[Reading], list[Reading]], known: pd.DataFrame, cohorts: list[pd.DataFrame]
) -> None:
    target = loose_target(figure_limits(*readings, WITHIN))
    latent, death, _, _, kept = sample(target, 7, 5, SHORT)
    assert kept >= 2
    found = [cohort_of(target, latent[k], death[k]) for k in range(kept)]
    for line in differences(found, *readings, WITHIN):
        assert line.survival is not None
        assert line.at_risk is not None
        assert line.survival[0] <= WITHIN.survival + 1e-9
        assert line.at_risk[0] <= WITHIN.at_risk
    for curve in BY_SII:
        end = known.loc[known["cell"].isin(CURVES[curve][0]), "months"].max()
        times = MID_MONTHS[end > MID_MONTHS]
        truth = recorded_curve(known, curve, times)
        for cohort in found:
            assert np.abs(recorded_curve(cohort, curve, times) - truth).max() <= WITHIN.survival + NOISE + 1e-9
        assert spreads(found)[curve][1] < spreads(cohorts)[curve][1]


def recorded_curve(cohort: pd.DataFrame, curve: str, times: np.ndarray) -> np.ndarray:
    group = cohort[cohort["cell"].isin(CURVES[curve][0])]
    return kaplan_meier(group["months"], group["death"], times).survival


def cohort_of(target: Target, latent: np.ndarray, death: np.ndarray) -> pd.DataFrame:
    times = in_thousandths(latent)
    months = [recorded(time, target.rule) for time in times]
    return pd.DataFrame({"cell": target.cell, "months": months, "latent_months": times, "death": death})


def test_no_readings_change_nothing() -> None:
    empty = figure_limits([], [], WITHIN)
    assert empty.month.size == 0
    results = [sample(target, 3, 1, SHORT._replace(rounds=12)) for target in (loose_target(), loose_target(empty))]
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)


def test_sampler_and_estimators_agree_on_every_month(cohorts: list[pd.DataFrame]) -> None:
    """The limits allow everything; the values beside them are those of lifelines' definition."""
    months = np.tile(np.repeat(np.arange(20), 2), len(FIGURE_CURVES))
    statistic = np.tile([SURVIVAL, AT_RISK], 20 * len(FIGURE_CURVES))
    number = np.repeat(np.arange(len(FIGURE_CURVES)), 40)
    aims = np.tile([0.0, 0.0, 0.0, 58.0, 1.0], (months.size, 1))
    members = figure_limits([], [], WITHIN).members
    target = target_of(published_prior(), figure=FigureLimits(members, number, months, statistic, aims))
    for cohort in cohorts[:40]:
        values = np.empty(STATISTICS + 1 + months.size)
        one = target._replace(cell=cohort["cell"].to_numpy())
        energy_below(one, cohort["latent_months"].to_numpy(), cohort["death"].to_numpy(), np.inf, values)
        assert values[STATISTICS] == 0.0
        for k, curve in enumerate(FIGURE_CURVES):
            found = values[STATISTICS + 1 :][number == k]
            group = cohort[cohort["cell"].isin(CURVES[curve][0])]
            np.testing.assert_allclose(found[::2], recorded_curve(cohort, curve, np.arange(20.0)), atol=1e-12)
            assert found[1::2].tolist() == [(group["months"] >= month).sum() for month in range(20)]


def test_known_cohort_agrees_and_another_does_not(
    readings: tuple[list[Reading], list[Reading]], cohorts: list[pd.DataFrame]
) -> None:
    target = target_of(published_prior(), figure=figure_limits(*readings, WITHIN))
    assert misses_of(target, sampled(cohorts[7])) == []
    misses = misses_of(target, sampled(cohorts[8]))
    assert misses
    assert misses == sorted(misses, key=lambda miss: -miss.energy)
    assert all(" at month " in miss.label and not miss.lower <= miss.value <= miss.upper for miss in misses)


def sampled(cohort: pd.DataFrame) -> Cohort:
    latent, months, death, cell = (cohort[name].to_numpy() for name in ("latent_months", "months", "death", "cell"))
    return latent, months, death, cell


def test_report_compares_with_readings_and_publication(
    readings: tuple[list[Reading], list[Reading]], known: pd.DataFrame
) -> None:
    low, high = differences([known], *readings, WITHIN)
    assert (low.curve, high.curve) == BY_SII
    for line in (low, high):
        assert line.survival is not None
        assert 0 < line.survival[0] <= NOISE
        assert line.at_risk == (0, 12)
    text = report_text([known], *readings, WITHIN)
    assert "2.308" in text
    assert "out of tolerance: none (31 statistics)" in text


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["model", "digitise", *arguments])
    out = capsys.readouterr()
    return int(caught.value.code or 0), out.out, out.err


def test_command_names_the_farthest_month_if_no_cohort_agrees(
    known: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    curves, output = curves_csv(tmp_path / "curves.csv", known, BY_SII), tmp_path / "cohorts.csv"
    few = ("--chains", "1", "--rounds", "2", "--workers", "1")
    code, _, err = run("--curves", str(curves), "--output", str(output), *few, capsys=capsys)
    assert code == 1
    assert "sii_low, survival at month" in err
    assert "Traceback" not in err
    assert not output.exists()


def test_command_refuses_bad_files_and_needs_an_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    curves = tmp_path / "curves.csv"
    curves.write_text("curve,months,survival\nsii_low,3,90\nlow,3,80\n", encoding="utf-8")
    code, _, err = run("--curves", str(curves), "--output", str(tmp_path / "cohorts.csv"), capsys=capsys)
    assert code == 2
    assert [line.rsplit(" ", 1)[1] for line in err.splitlines()] == ["[survival_above_one]"] * 2
    assert run("--curves", str(curves), capsys=capsys)[0] == 2
    assert run("--curves", str(tmp_path / "none.csv"), "--output", "x.csv", capsys=capsys)[0] == 2
