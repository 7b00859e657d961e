"""The committed cohorts give the committed artefact, byte for byte, however a processor computes the last bits.

Four builds run in separate processes, two at a time: with the settings of the test run, and with the settings of
OpenBLAS, numpy and glibc that differ most. `scripts/same-bytes` runs all settings.
"""

import hashlib

import pytest

from app.artefact.reader import ARTEFACT_FILE
from scripts.same_bytes.combinations import Combination, most_different, refusal
from scripts.same_bytes.report import Built, build, build_all, distance_to_boundary, margin


@pytest.fixture(scope="module")
def builds() -> list[Built]:
    return build_all(most_different())


def test_four_combinations_give_the_committed_bytes(builds: list[Built]) -> None:
    committed = hashlib.sha256(ARTEFACT_FILE.read_bytes()).hexdigest()
    assert {one.name: one.artefact for one in builds} == dict.fromkeys((one.name for one in builds), committed)
    assert len(builds) == 4


def test_four_combinations_give_the_same_answers(builds: list[Built]) -> None:
    assert len({one.answers for one in builds}) == 1


def test_small_errors_in_every_cohort_change_no_byte(builds: list[Built]) -> None:
    assert builds[0].erring == builds[0].artefact


def test_no_number_is_near_a_rounding_boundary(builds: list[Built]) -> None:
    """Each number has its own margin, because the difference of nearly equal numbers has a large relative error."""
    measured = margin(builds)
    assert measured.times > 1000
    assert measured.nearest > 1e-12


def test_set_switches_are_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    assert "OPENBLAS_CORETYPE" not in Combination().environment()
    assert Combination(inherits=True).environment()["OPENBLAS_CORETYPE"] == "Nehalem"
    named = Combination({"OPENBLAS_CORETYPE": "Haswell"}, threads=2)
    assert named.name == "OPENBLAS_CORETYPE='Haswell', 2 threads"
    assert named.environment()["OPENBLAS_CORETYPE"] == "Haswell"
    assert named.environment()["OMP_NUM_THREADS"] == "2"


def test_unknown_kernel_is_refused() -> None:
    assert refusal("Z80") is not None


def test_failed_build_gives_the_reason() -> None:
    with pytest.raises(RuntimeError, match="PYTHONHOME"):
        build(Combination({"PYTHONHOME": "/nowhere"}))


@pytest.mark.parametrize(
    ("value", "distance"),
    [(0.12345674, 1e-8), (-12.345674, 1e-6), (1.0, 5e-7), (0.0001234567, 5e-11), (0.12345675, 3.5e-18)],
)
def test_distance_to_the_rounding_boundary(value: float, distance: float) -> None:
    assert distance_to_boundary(value) == pytest.approx(distance, rel=0.02)
