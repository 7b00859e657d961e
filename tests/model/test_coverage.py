"""Studies that are simulated from known truths: their survival, their summaries, and what is reported of them."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from model.agreement import cohort_statistics
from model.card import CARD_FILE
from model.coverage.measuring import COHORTS, FEWEST_COHORTS, SCHEDULE, Interval, SimulatedStudy, measure_study
from model.coverage.report import COVERAGE_FILE, coverage_report, summary_of
from model.coverage.summaries import summaries, target_from
from model.coverage.truths import Truth, cells_of_members, draw_members, truths
from model.fitting.estimators import kaplan_meier
from model.fitting.study_fit import CURVES
from model.publication.constraints import overall_survival
from model.publication.study import cell_sizes
from model.reconstruction.distance import all_within
from model.reconstruction.overall_survival import sample
from model.reconstruction.target import BY_SII, DEATHS, IMAGED, LONGEST, MEDIAN, target_of
from model.reconstruction.trial import NEAREST, UNROUNDED, WEIBULL, published_prior

TRUTHS = {truth.name: truth for truth in truths()}
FIRST, MEDIAN_MONTHS = 0.5, 8.0


def _hazard(truth: Truth, rate: float, cell: int, t: float) -> float:
    baseline = truth.shape * rate * (rate * t) ** (truth.shape - 1)
    if truth.family != WEIBULL:
        baseline /= 1 + (rate * t) ** truth.shape
    sii = truth.log_hr_sii if cell in (1, 3) and (truth.fades_at is None or t < truth.fades_at) else 0.0
    return float(baseline * math.exp(sii + (truth.log_hr_afp if cell in (2, 3) else 0.0)))


def _survival(truth: Truth, rate: float, cell: int, t: float) -> float:
    turns = [] if truth.fades_at is None or truth.fades_at >= t else [truth.fades_at]
    bounds = [FIRST, *turns, t]
    parts = [quad(lambda u: _hazard(truth, rate, cell, u), a, b - 1e-12)[0] for a, b in pairwise(bounds)]
    return math.exp(-math.fsum(parts))


@pytest.mark.parametrize("name", TRUTHS)
def test_survival_is_that_of_the_integrated_hazard(name: str) -> None:
    truth = TRUTHS[name]

    def more_than_half(rate: float) -> float:
        alive = [size * _survival(truth, rate, cell, MEDIAN_MONTHS) for cell, size in enumerate(cell_sizes())]
        return sum(alive) / sum(cell_sizes()) - 0.5

    rate = brentq(more_than_half, 0.01, 1.0, xtol=1e-12)
    for cell in range(4):
        for months in (0.5, 3, 6, 12):
            assert truth.survival(cell, months) == pytest.approx(_survival(truth, rate, cell, months), abs=1e-7)


def test_truths_differ_as_promised() -> None:
    assert len(TRUTHS) >= 4
    assert {truth.rule for truth in TRUTHS.values()} == {NEAREST, UNROUNDED}
    assert {truth.fades_at is None for truth in TRUTHS.values()} == {True, False}
    assert {round(math.exp(truth.log_hr_sii), 3) for truth in TRUTHS.values()} == {2.211, 1.64, 3.0}
    assert {round(math.exp(truth.log_hr_afp), 3) for truth in TRUTHS.values()} == {2.75, 1.69}
    assert [name for name, truth in TRUTHS.items() if truth.selected] == ["selected"]


@pytest.mark.parametrize("name", ["unrounded", "fading"])
def test_drawn_members_agree_with_their_truth(name: str) -> None:
    truth, random = TRUTHS[name], np.random.default_rng(11)
    drawn = [draw_members(truth, random) for _ in range(250)]
    for cell in range(4):
        members = cells_of_members() == cell
        latent = np.concatenate([months[members] for months, _ in drawn])
        death = np.concatenate([died[members] for _, died in drawn])
        curve = kaplan_meier(latent, death, np.array([3.0, 6.0, 12.0]))
        for months, found, variance in zip((3, 6, 12), curve.survival, curve.variance, strict=True):
            error = math.sqrt(variance) * found * -math.log(found)
            assert error < 0.012
            assert abs(found - truth.survival(cell, months)) < 3.5 * error
        assert latent.min() >= FIRST
        assert latent.max() < published_prior().last_months


def _statistics(truth: Truth, latent: np.ndarray, death: np.ndarray) -> list[float]:
    """Return the statistics of a study by statsmodels and lifelines, in the order of the constraints."""
    cell = cells_of_members()
    months = latent if truth.rule == UNROUNDED else np.floor(latent + 0.5)
    frame = pd.DataFrame({"cell": cell, "months": months, "latent_months": latent, "death": death})
    frame = frame.assign(sii_high=cell & 1, afp_high=cell // 2)
    frame = frame.assign(pfs_months=months, latent_pfs_months=latent, progression=death)
    found = cohort_statistics(frame)
    return [found[constraint.id] for constraint in overall_survival()]


@pytest.mark.parametrize("name", ["published", "unrounded"])
def test_summaries_agree_with_statsmodels_and_lifelines(name: str) -> None:
    truth, random = TRUTHS[name], np.random.default_rng(3)
    for _ in range(5):
        latent, death = draw_members(truth, random)
        printed = summaries(truth, latent, death, random)
        assert printed is not None
        expected = _statistics(truth, latent, death)
        assert np.isnan(printed[DEATHS])
        assert printed[LONGEST] == pytest.approx(min(expected[LONGEST], 19), abs=5.1e-4)
        assert expected[IMAGED] - 12 <= printed[IMAGED] <= expected[IMAGED]
        for place in range(BY_SII + 1):
            assert printed[place] == pytest.approx(expected[place], abs=5.1e-4, rel=1e-6)


def test_study_without_a_median_is_not_published() -> None:
    truth, random = TRUTHS["published"], np.random.default_rng(3)
    latent, death = draw_members(truth, random)
    death[latent > np.quantile(latent, 0.2)] = 0
    assert summaries(truth, latent, death, random) is None


def test_selection_publishes_only_significant_factors() -> None:
    truth, random = TRUTHS["selected"], np.random.default_rng(5)
    published = 0
    for _ in range(100):
        latent, death = draw_members(truth, random)
        every = summaries(replace(truth, selected=False), latent, death, random)
        if every is None:
            continue
        both_above_one_or_below = all(every[4 + k] > 1 or every[8 + k] < 1 for k in (2, 3))
        selected = summaries(truth, latent, death, random)
        assert (selected is not None) == both_above_one_or_below
        published += selected is not None
    assert 3 <= published <= 40


def test_prior_from_published_figures_is_the_published_one() -> None:
    printed = np.array([constraint.published or math.nan for constraint in overall_survival()])
    printed[[LONGEST, IMAGED]] = 19, 51
    found, expected = target_from(printed, NEAREST).prior, published_prior()
    for name in ("median", "medians", "log_hr_sii", "log_hr_afp", "shares"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-12)
    assert (found.first_months, found.last_months) == (0.5, 33)


def test_tolerances_lie_around_the_printed_figures() -> None:
    printed = np.array([constraint.published or math.nan for constraint in overall_survival()])
    printed[[LONGEST, IMAGED]] = 19, 51
    for rule, exact in ((NEAREST, True), (UNROUNDED, False)):
        aims = target_from(printed, rule).aims
        below, above = aims[:, 2], aims[:, 3]
        assert below[0] == pytest.approx(2.308 * 0.98)
        assert above[8] == pytest.approx(4.676 * 1.05)
        assert bool(below[MEDIAN] == above[MEDIAN] == 8) is exact
        assert (below[BY_SII], above[BY_SII]) == pytest.approx((0.0117, 0.0143))
        assert (below[DEATHS], above[DEATHS]) == (0, 58)
        assert (below[LONGEST], above[LONGEST], below[IMAGED], above[IMAGED]) == (19, 33, 51, 58)
        # Each is at least as wide as that of the model, except the first log-rank p.
        model = target_of(published_prior()).aims
        wider = (above - below) >= (model[:, 3] - model[:, 2]) - 1e-12
        assert wider.sum() >= 19


def test_kept_cohorts_of_an_unrounded_study_meet_its_summaries() -> None:
    truth, random = TRUTHS["unrounded"], np.random.default_rng(1)
    printed = summaries(truth, *draw_members(truth, random), random)
    assert printed is not None
    target = target_from(printed, truth.rule)
    latents, deaths, _, _, kept = sample(target, 1, 1, SCHEDULE)
    assert kept == 1
    found = _statistics(truth, latents[0], deaths[0])
    assert all_within(np.array(found), target.aims)
    assert found[MEDIAN] != printed[MEDIAN]  # near it, and not in whole months
    assert len(set(latents[0])) == 58


def test_whole_study_gives_the_same_limits_for_the_same_seed() -> None:
    first, again = (measure_study(TRUTHS["published"], np.random.default_rng([8, 0, 0])) for _ in range(2))
    assert repr(first) == repr(again)  # NaN, where there are no limits, is not equal to itself
    assert FEWEST_COHORTS <= first.cohorts <= COHORTS
    assert len(first.intervals) == 9
    given = [one for one in first.intervals if one.is_given]
    assert len(given) >= 7
    for one in given:
        assert 0 <= one.lower <= one.survival <= one.upper <= 1
        assert 0.05 < one.upper - one.lower < 0.9


def _study(group_limits: tuple[float, float], survival: float = 0.5, cohorts: int = 10) -> SimulatedStudy:
    given, missing = Interval("high", 6, 0.4, survival, *group_limits), Interval("low", 3, 0.9, 1.0, math.nan, math.nan)
    return SimulatedStudy(unpublished=2, cohorts=cohorts, intervals=(given, missing))


def test_report_by_hand() -> None:
    # Two of three studies hold 0.4: the shares 1, 1 and 0 have SD 0.5774, error 0.3333. By Agresti and Coull the share
    # is 4/7, and its error (4/7 x 3/7 / 7) ** 0.5 = 0.1870. Widths 0.4, 0.6 and 0.2; biases 0.1, 0.1 and 0.4.
    studies = [
        _study((0.2, 0.6)),
        _study((0.1, 0.7)),
        _study((0.6, 0.8), survival=0.8),
        SimulatedStudy(unpublished=0, cohorts=3, intervals=()),
    ]
    found = summary_of(TRUTHS["larger"], studies)
    assert (found["studies"], found["reconstructed"], found["not_published"]) == (4, 3, 6)
    assert (found["coverage"], found["coverage_error"]) == (0.6667, 0.3333)
    high, low = found["points"]
    assert (high["group"], high["months"], high["truth"], high["given"]) == ("high", 6, 0.4, 3)
    assert (high["coverage"], high["coverage_error"]) == (0.6667, 0.187)
    assert (high["width"], high["bias"], high["bias_error"]) == (0.4, 0.2, 0.1)
    assert (low["given"], low["coverage"], low["width"], low["bias"]) == (0, None, None, 0.1)
    assert found["as_expected"] is True  # 0.93 - 2 x 0.33 is below 0.67
    assert low["as_expected"] is None


def test_coverage_outside_the_widened_range_is_flagged() -> None:
    hits, miss = [_study((0.2, 0.6))] * 15, [_study((0.6, 0.8))]
    assert summary_of(TRUTHS["larger"], hits + miss)["points"][0]["as_expected"] is True
    assert summary_of(TRUTHS["larger"], hits + miss * 9)["points"][0]["as_expected"] is False
    assert summary_of(TRUTHS["larger"], hits * 40)["points"][0]["as_expected"] is False  # 600 of 600 are too many


def test_study_that_cannot_be_reconstructed_is_counted() -> None:
    found = summary_of(TRUTHS["larger"], [SimulatedStudy(unpublished=0, cohorts=3, intervals=())])
    assert (found["studies"], found["reconstructed"], found["coverage"], found["points"]) == (1, 0, None, [])


def test_committed_report_has_the_settings_of_the_code() -> None:
    report = json.loads(COVERAGE_FILE.read_text("utf-8"))
    current = coverage_report([[] for _ in TRUTHS], report["seed"])
    assert {key: report[key] for key in report if key != "truths"} == {
        key: json.loads(json.dumps(current[key])) for key in current if key != "truths"
    }
    for found, truth in zip(report["truths"], TRUTHS.values(), strict=True):
        assert (found["name"], found["description"]) == (truth.name, truth.description)
        assert found["studies"] >= found["reconstructed"] > 0
        for point in found["points"]:
            cells = CURVES[point["group"]][0]
            sizes = [cell_sizes()[cell] for cell in cells]
            true = sum(n * truth.survival(cell, point["months"]) for n, cell in zip(sizes, cells, strict=True))
            assert point["truth"] == pytest.approx(true / sum(sizes), abs=6e-5)


def test_card_shows_the_committed_report() -> None:
    card = CARD_FILE.read_text(encoding="utf-8")
    for found in json.loads(COVERAGE_FILE.read_text("utf-8"))["truths"]:
        (row,) = [
            line
            for line in card.splitlines()
            if line.startswith(f"| {found['name']} | {found['description']} | {found['studies']} |")
        ]
        assert f"| {found['studies'] - found['reconstructed']} |" in row
        assert f"| {100 * found['coverage']:.1f} ({100 * found['coverage_error']:.1f}) |" in row
