"""An artefact that was changed, or that is not a possible survival model, is refused with the reason."""

import json
import math
from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.artefact.reader import ARTEFACT_FILE, load_artefact, parse_artefact, seal
from app.artefact.store import load_earlier
from app.core.cutoffs import Cutoff
from app.core.errors import ArtefactError, ConfigurationError
from app.core.fitted_model import (
    ExternalMedian,
    ExternalRatio,
    ExternalSurvivalAt,
    FittedModel,
    PublishedRatio,
)
from app.core.kaplan_meier import Spread

TEXT = ARTEFACT_FILE.read_text(encoding="utf-8")
Document = dict[str, Any]


def resealed(change: Callable[[Document], object]) -> str:
    document = json.loads(TEXT)
    change(document)
    return seal(json.dumps(document))


def refusal(text: str) -> str:
    with pytest.raises(ArtefactError) as caught:
        parse_artefact(text)
    return str(caught.value)


def test_committed_artefact_loads(fitted: FittedModel) -> None:
    document = json.loads(TEXT)
    assert (fitted.id, fitted.version, fitted.digest) == (
        "hong2021-sii-afp",
        document["version"],
        document["digest"],
    )
    assert fitted.title == document["title"]
    assert fitted.provenance.method == document["provenance"]["method"]
    assert (fitted.provenance.citation, fitted.provenance.doi) == (
        document["provenance"]["study"]["citation"],
        "10.1186/s12885-021-08124-9",
    )
    assert [(factor.id, factor.cutoff) for factor in fitted.factors] == [
        ("sii", Cutoff(Decimal(340), "10*9/L")),
        ("afp", Cutoff(Decimal(400), "ng/mL")),
    ]
    assert fitted.cutoffs["nlr"] == Cutoff(Decimal("2.4"), "1")
    assert fitted.cutoffs["plr"] == Cutoff(Decimal(108), "1")
    assert fitted.headline_months == 6
    assert fitted.horizons_months == (3, 6, 12)
    assert [{"id": limit.id, "text": limit.text} for limit in fitted.limits] == document["limits"]
    assert fitted.text == TEXT
    population = fitted.population
    assert (population.n, population.follow_up_median_months) == (58, 5.0)
    assert (population.description, population.setting) == (
        document["population"]["description"],
        document["population"]["setting"],
    )
    deaths = document["population"]["deaths"]
    assert population.deaths == Spread(deaths["min"], deaths["median"], deaths["max"])
    assert [(criterion.id, criterion.values) for criterion in population.criteria] == [
        ("sorafenib_failed", ()),
        ("starting_regorafenib", ()),
        ("child_pugh_class", ("A",)),
        ("ecog", (0, 1)),
        ("sorafenib_tolerated", ()),
    ]
    assert [criterion.text for criterion in population.criteria] == [
        criterion["text"] for criterion in document["population"]["criteria"]
    ]


def test_other_hazard_ratios_are_read_unchanged(fitted: FittedModel) -> None:
    document = json.loads(TEXT)
    groups: list[tuple[tuple[PublishedRatio | ExternalRatio, ...], list[Document]]] = [
        (fitted.published_hazard_ratios, document["published_hazard_ratios"]),
        (fitted.external_hazard_ratios, document["external_hazard_ratios"]),
    ]
    for held, rows in groups:
        assert len(held) == len(rows)
        for ratio, row in zip(held, rows, strict=True):
            for field in fields(ratio):
                expected = tuple(row[field.name]) if field.name == "ci_95" else row[field.name]
                assert getattr(ratio, field.name) == expected
    assert (fitted.count_variation.n, fitted.count_variation.pmid) == (20, "563672")
    assert fitted.count_variation.sd_log_sii == document["repeat_measurement"]["sd_log_sii"]
    assert fitted.count_variation.source == document["repeat_measurement"]["source"]


def test_survival_of_other_studies_is_read(fitted: FittedModel) -> None:
    """As printed in the abstracts; the study's own median is 8 months."""
    resorce, two_countries, named_patients = fitted.external_survival
    assert (resorce.n, resorce.time_zero, resorce.doi) == (379, "randomisation", "10.1016/S0140-6736(16)32453-9")
    assert resorce.medians == (ExternalMedian(None, {}, 10.6, (9.1, 12.1)),)
    assert (two_countries.n, two_countries.time_zero, two_countries.doi) == (581, None, None)
    assert [(one.patients, one.levels, one.months, one.ci_95) for one in two_countries.medians] == [
        ("AFP ≥ 400 ng/mL", {"afp": True}, 9.6, None),
        ("AFP < 400 ng/mL", {"afp": False}, 13.6, None),
    ]
    assert (named_patients.n, named_patients.medians) == (40, ())
    assert named_patients.at == (ExternalSurvivalAt(12, 0.546),)


def test_reference_range_of_sii_is_read(fitted: FittedModel) -> None:
    """As printed in the abstract of the Rotterdam Study (doi:10.1038/s41598-018-28646-w)."""
    row = fitted.reference_ranges["sii"]
    assert list(fitted.reference_ranges) == ["sii"]
    assert (row.n, row.mean, row.interval_95) == (8711, 459.0, (189.0, 1168.0))


def test_alternatives_are_read_unchanged(fitted: FittedModel) -> None:
    document = json.loads(TEXT)
    assert [one.id for one in fitted.alternatives] == ["adjusted", "scenario"]
    assert [one.overall_median_months for one in fitted.alternatives] == [None, 10.6]
    for one, row in zip(fitted.alternatives, document["alternatives"], strict=True):
        assert (one.label, one.explanation, one.tau) == (row["label"], row["explanation"], {"sii": 0.3, "afp": 0.2})
        for name, curve in one.groups.items():
            assert list(curve.band.survival) == row["groups"][name]["survival"]
            assert list(curve.band.ci_lower) == row["groups"][name]["ci_lower"]
            assert list(curve.band.ci_upper) == row["groups"][name]["ci_upper"]
            assert curve.band.months == fitted.kaplan_meier["overall"].band.months
    for assumption, row in zip(fitted.adjustment_sensitivity, document["adjustment_sensitivity"], strict=True):
        assert (assumption.tau, dict(assumption.groups)) == (
            row["tau"],
            {name: tuple(survival) for name, survival in row["groups"].items()},
        )


def test_earlier_version_gives_its_own_answers() -> None:
    """1.0.2 as it was: 36 % (11 to 64) alive at 6 months with both factors high; the later parts are empty."""
    found = load_earlier("1.0.2")
    assert (found.id, found.version, found.digest[:15]) == ("hong2021-sii-afp", "1.0.2", "sha256:cf538249")
    at = found.kaplan_meier["high"].band.at(6)
    assert [round(100 * value) for value in (at.survival, at.lower, at.upper)] == [36, 11, 64]
    assert (found.alternatives, found.other_findings, found.performance.c_index_ci_95) == ((), (), None)
    assert found.kaplan_meier["high"].at_risk_at(5.9) == found.kaplan_meier["high"].at_risk.numbers[1].median


def test_earlier_artefact_with_nan_is_refused() -> None:
    document = json.loads((ARTEFACT_FILE.parent / "earlier" / "1.0.2.json").read_text("utf-8"))
    document["kaplan_meier"]["high"]["ci_lower"][1] = document["kaplan_meier"]["high"]["ci_upper"][1] = float("nan")
    assert f"{KM}.ci_lower[1] is refused" in refusal(seal(json.dumps(document)))


def test_earlier_artefact_with_missing_parts_is_refused() -> None:
    text = seal(json.dumps({"schema_version": 4, "digest": ""}))
    place = "the document is not of schema version 4: it has no 'performance'"
    assert refusal(text) == f"The artefact is not usable: {place}."


def test_version_that_is_not_kept_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"1\.0\.2"):
        load_earlier("0.9")


def test_printed_ratio_is_found_by_factor(fitted: FittedModel) -> None:
    found = {factor: fitted.printed_ratio(factor) for factor in ("sii", "afp", "combined")}
    assert found["combined"] is None
    assert [row.ci_95 for row in found.values() if row] == [(1.089, 4.489), (1.259, 6.010)]


def test_curves_are_read_unchanged(fitted: FittedModel) -> None:
    document = json.loads(TEXT)
    assert set(fitted.kaplan_meier) == set(document["kaplan_meier"])
    for name, curve in fitted.kaplan_meier.items():
        row = document["kaplan_meier"][name]
        assert curve.n == row["n"]
        assert curve.events == Spread(row["events"]["min"], row["events"]["median"], row["events"]["max"])
        assert list(curve.band.months) == document["grid_months"]
        assert list(curve.band.survival) == row["survival"]
        assert list(curve.band.ci_lower) == row["ci_lower"]
        assert list(curve.band.ci_upper) == row["ci_upper"]
        assert curve.at_risk.months == (0, 3, 6, 9, 12)
        assert [spread.minimum for spread in curve.at_risk.numbers] == row["at_risk"]["min"]
        assert [spread.median for spread in curve.at_risk.numbers] == row["at_risk"]["median"]
        assert [spread.maximum for spread in curve.at_risk.numbers] == row["at_risk"]["max"]
        assert (curve.median_months, list(curve.median_ci_95)) == (row["median_months"], row["median_ci_95"])
        assert {str(key): share for key, share in curve.reconstruction_share.items()} == row["reconstruction_share"]
    for cell, held in fitted.cox.cells.items():
        row = document["cox"]["cells"][cell]
        assert held.relative_hazard == row["relative_hazard"]
        assert list(held.band.months) == document["grid_months"]
        assert list(held.band.survival) == row["survival"]
        assert (list(held.band.ci_lower), list(held.band.ci_upper)) == (row["ci_lower"], row["ci_upper"])
        assert {str(key): share for key, share in held.reconstruction_share.items()} == row["reconstruction_share"]
    for factor, ratio in fitted.cox.hazard_ratios.items():
        row = document["cox"]["hazard_ratios"][factor]
        assert (ratio.hazard_ratio, list(ratio.ci_95), ratio.p_value) == tuple(row.values())
    assert list(fitted.cox.coefficients) == document["coefficients"]["estimate"]
    assert [list(row) for row in fitted.cox.covariance] == document["coefficients"]["covariance"]


DIGITS = [position for position, character in enumerate(TEXT) if character.isdigit()]


@pytest.mark.parametrize("position", [DIGITS[0], DIGITS[len(DIGITS) // 2], DIGITS[-1]])
def test_any_changed_digit_stops_loading(position: int) -> None:
    digit = "1" if TEXT[position] == "0" else str(9 - int(TEXT[position]) if TEXT[position] not in "45" else 7)
    assert digit != TEXT[position]
    with pytest.raises(ArtefactError):
        parse_artefact(TEXT[:position] + digit + TEXT[position + 1 :])


def test_change_other_than_a_digit_is_found() -> None:
    assert refusal(TEXT.replace("regorafenib", "Regorafenib", 1)) == (
        "The artefact was changed after it was sealed: its digest does not match its content."
    )


def test_sealing_fills_the_digest_and_is_repeatable() -> None:
    assert seal(TEXT) == TEXT
    digest = json.loads(TEXT)["digest"]
    assert seal(TEXT.replace(digest, "")) == TEXT


@pytest.mark.parametrize(
    ("text", "places"), [("{}", 0), ('{"digest": ""}\n{"digest": ""}', 2), ('{"digest": "md5:00"}', 0)]
)
def test_sealing_needs_exactly_one_digest(text: str, places: int) -> None:
    with pytest.raises(ArtefactError) as caught:
        seal(text)
    assert str(caught.value) == f"The artefact is not usable: it holds {places} digests where one belongs."


def test_missing_or_binary_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError) as caught:
        load_artefact(tmp_path / "artefact.json")
    assert str(caught.value) == "The artefact artefact.json cannot be read: FileNotFoundError."
    (tmp_path / "artefact.json").write_bytes(b"\xff\xfe")
    with pytest.raises(ArtefactError) as caught:
        load_artefact(tmp_path / "artefact.json")
    assert str(caught.value) == "The artefact artefact.json cannot be read: UnicodeDecodeError."


def test_malformed_json_is_refused() -> None:
    assert refusal("{") == "The artefact is not JSON: EOF while parsing an object at line 1 column 1."
    assert refusal("[" * 100_000).startswith("The artefact is not JSON: ")
    assert refusal("[]") == "The artefact is not usable: the document has no 'schema_version'."


@pytest.mark.parametrize("found", [0, 1, 2, 3, 6, "5", None])
def test_another_schema_version_is_refused(found: object) -> None:
    text = resealed(lambda document: document.update(schema_version=found))
    assert refusal(text) == f"The artefact has schema version {found!r}; this software reads 4 and 5."


KM = "kaplan_meier.high"


def at(*path: str | int) -> Callable[[Document, object], None]:
    def put(document: Document, value: object) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return put


NOT_THE_MEDIAN = "is not where its curve first reaches one half."
NOT_OF_COEFFICIENTS = "is not that of the coefficients."
NOT_OF_COVARIANCE = "is not that of the coefficients and their covariance."
NOT_THE_POWER = "is not the survival of the reference cell to the power of the relative hazard."
NOT_OF_THE_GRID = "does not hold ascending months of the grid."
LENGTH = len(json.loads(TEXT)["grid_months"])
_FIRST = json.loads(TEXT)["kaplan_meier"]["high"]["ci_lower"].count(None)
TOO_HIGH = [None] * _FIRST + [1] * (LENGTH - _FIRST)


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("kaplan_meier", "high", "survival", 5), 1.01, f"{KM}.survival[5] is refused"),
        (("kaplan_meier", "high", "survival", 5), -0.01, f"{KM}.survival[5] is refused"),
        (("kaplan_meier", "high", "survival", 0), 0.99, f"{KM}.survival does not start at 1."),
        (("kaplan_meier", "high", "survival", 120), 0.9, f"{KM}.survival rises: survival and its limits cannot."),
        (("kaplan_meier", "high", "ci_lower", 120), 0.9, f"{KM}.ci_lower rises: survival and its limits cannot."),
        (("kaplan_meier", "high", "ci_upper", 120), 0.0, f"{KM} has an interval that does not hold its estimate."),
        (("kaplan_meier", "high", "ci_upper", 120), 0.99, f"{KM}.ci_upper rises: survival and its limits cannot."),
        (("kaplan_meier", "high", "ci_lower"), TOO_HIGH, f"{KM} has an interval that does not hold its estimate."),
        (("kaplan_meier", "high", "survival"), [1.0], f"{KM}.survival holds 1 numbers where {LENGTH} belong."),
        (("kaplan_meier", "high", "survival"), "1", f"{KM}.survival is refused"),
        (("kaplan_meier", "high", "survival", 3), "1", f"{KM}.survival[3] is refused"),
        (("kaplan_meier", "high", "survival", 3), True, f"{KM}.survival[3] is refused"),
        (("kaplan_meier", "high", "survival", 3), float("nan"), f"{KM}.survival[3] is refused"),
        (("kaplan_meier", "high", "survival", 3), float("inf"), f"{KM}.survival[3] is refused"),
        (("kaplan_meier", "high", "ci_lower", 0), float("nan"), f"{KM}.ci_lower[0] is refused"),
        (("kaplan_meier", "high", "n"), 17.0, f"{KM}.n is refused"),
        (("kaplan_meier", "high", "n"), -17, f"{KM}.n is refused"),
        (("kaplan_meier", "high", "n"), True, f"{KM}.n is refused"),
        (
            ("kaplan_meier", "high", "events", "max"),
            18,
            f"{KM}.events is not in order, or exceeds the 17 of its group.",
        ),
        (
            ("kaplan_meier", "high", "events", "min"),
            16,
            f"{KM}.events is not in order, or exceeds the 17 of its group.",
        ),
        (
            ("kaplan_meier", "high", "at_risk", "max", 0),
            18,
            f"{KM}.at_risk does not start at the 17 of its group, or rises.",
        ),
        (
            ("kaplan_meier", "high", "at_risk", "max", 4),
            17,
            f"{KM}.at_risk does not start at the 17 of its group, or rises.",
        ),
        (
            ("kaplan_meier", "high", "at_risk", "min"),
            [17] * 4,
            f"{KM}.at_risk does not have one number for each of 5 months.",
        ),
        (("kaplan_meier", "high", "at_risk", "min"), [17] * 5, f"{KM}.at_risk has a range that is not in order."),
        (("kaplan_meier", "high", "median_ci_95"), [1.0], f"{KM}.median_ci_95 has no '1'."),
        (("kaplan_meier", "high", "median_months"), "4", f"{KM}.median_months is refused"),
        (
            ("kaplan_meier", "high", "reconstruction_share", "6"),
            1.1,
            f"{KM}.reconstruction_share.6 is refused",
        ),
        (
            ("kaplan_meier", "high", "reconstruction_share", "6"),
            -0.1,
            f"{KM}.reconstruction_share.6 is refused",
        ),
        (
            ("cox", "cells", "both", "reconstruction_share", "12"),
            -0.1,
            "cox.cells.both.reconstruction_share.12 is refused",
        ),
        (("kaplan_meier", "high", "median_months"), 4.1, f"{KM}.median_months {NOT_THE_MEDIAN}"),
        (("kaplan_meier", "high", "median_months"), None, f"{KM}.median_months {NOT_THE_MEDIAN}"),
        (("kaplan_meier", "low", "median_months"), 12.0, f"kaplan_meier.low.median_months {NOT_THE_MEDIAN}"),
        (("kaplan_meier", "high", "median_ci_95", 0), 4.2, f"{KM}.median_ci_95[0] {NOT_THE_MEDIAN}"),
        (("kaplan_meier", "high", "median_ci_95", 1), None, f"{KM}.median_ci_95[1] {NOT_THE_MEDIAN}"),
        (("kaplan_meier", "high", "median_ci_95", 1), "8", f"{KM}.median_ci_95[1] is refused"),
        (
            ("cox", "cells", "both", "survival", 120),
            1.0,
            "cox.cells.both.survival rises: survival and its limits cannot.",
        ),
        (("cox", "cells", "both", "survival", 120), 0.06, f"cox.cells.both.survival {NOT_THE_POWER}"),
        (("cox", "cells", "both", "relative_hazard"), 0, "cox.cells.both.relative_hazard is refused"),
        (("cox", "cells", "both", "relative_hazard"), 6.08, f"cox.cells.both.relative_hazard {NOT_OF_COEFFICIENTS}"),
        (
            ("cox", "cells", "neither", "relative_hazard"),
            1.01,
            f"cox.cells.neither.relative_hazard {NOT_OF_COEFFICIENTS}",
        ),
        (
            ("cox", "hazard_ratios", "afp", "hazard_ratio"),
            2.751,
            f"cox.hazard_ratios.afp.hazard_ratio {NOT_OF_COEFFICIENTS}",
        ),
        (
            ("cox", "hazard_ratios", "sii", "ci_95"),
            [1.1, 2.2],
            "cox.hazard_ratios.sii.ci_95 does not hold its hazard ratio.",
        ),
        (("cox", "hazard_ratios", "sii", "ci_95", 0), 1.0875, f"cox.hazard_ratios.sii.ci_95 {NOT_OF_COVARIANCE}"),
        (
            ("cox", "hazard_ratios", "combined", "ci_95", 1),
            17.2,
            f"cox.hazard_ratios.combined.ci_95 {NOT_OF_COVARIANCE}",
        ),
        (
            ("cox", "hazard_ratios", "combined", "p_value"),
            0.00065,
            f"cox.hazard_ratios.combined.p_value {NOT_OF_COVARIANCE}",
        ),
        (
            ("cox", "hazard_ratios", "combined", "p_value"),
            1.5,
            "cox.hazard_ratios.combined.p_value is refused",
        ),
        (
            ("cox", "cells", "both", "ci_upper", 120),
            0.0,
            "cox.cells.both has an interval that does not hold its estimate.",
        ),
        (("grid_months", 0), 0.05, "grid_months does not ascend from 0."),
        (("grid_months", 2), 0.1, "grid_months does not ascend from 0."),
        (("grid_months",), [0], "grid_months does not ascend from 0."),
        (("grid_months", 5), float("inf"), "grid_months[5] is refused"),
        (("horizons_months",), [3, 13], f"horizons_months {NOT_OF_THE_GRID}"),
        (("horizons_months",), [3, 12, 6], f"horizons_months {NOT_OF_THE_GRID}"),
        (("horizons_months",), [3, 3], f"horizons_months {NOT_OF_THE_GRID}"),
        (("horizons_months",), [], f"horizons_months {NOT_OF_THE_GRID}"),
        (("horizons_months",), [3.5], "horizons_months[0] is refused"),
        (("at_risk_months",), [0, 13], f"at_risk_months {NOT_OF_THE_GRID}"),
        (("at_risk_months",), [], f"at_risk_months {NOT_OF_THE_GRID}"),
        (("at_risk_months",), [1, 3, 6, 9, 12], "at_risk_months does not start at 0."),
        (("coefficients", "names"), ["afp_high", "sii_high"], "coefficients.names must be sii_high, afp_high."),
        (("coefficients", "estimate"), [1.0], "coefficients.estimate holds 1 numbers where 2 belong."),
        (("coefficients", "estimate", 1), 10**400, "coefficients.estimate[1] is refused"),
        (
            ("coefficients", "estimate", 0),
            10.5,
            "coefficients.estimate goes beyond 10: that fit did not converge.",
        ),
        (
            ("coefficients", "estimate", 1),
            -10.5,
            "coefficients.estimate goes beyond 10: that fit did not converge.",
        ),
        (("coefficients", "estimate", 0), 10, f"cox.hazard_ratios.sii.hazard_ratio {NOT_OF_COEFFICIENTS}"),
        (("coefficients", "estimate", 1), -10, f"cox.hazard_ratios.afp.hazard_ratio {NOT_OF_COEFFICIENTS}"),
        (("coefficients", "estimate", 1), 1.01185, f"cox.hazard_ratios.afp.hazard_ratio {NOT_OF_COEFFICIENTS}"),
        (
            ("coefficients", "covariance"),
            [[0.1, 0.0], [0.0, 101.0]],
            "coefficients.covariance goes beyond 100: that fit did not converge.",
        ),
        (
            ("coefficients", "covariance"),
            [[101.0, 0.0], [0.0, 0.1]],
            "coefficients.covariance goes beyond 100: that fit did not converge.",
        ),
        (
            ("coefficients", "covariance"),
            [[0.0, 0.0], [0.0, 0.1]],
            "coefficients.covariance is not a symmetric positive definite matrix.",
        ),
        (
            ("coefficients", "covariance"),
            [[0.1, 0.2], [0.2, 0.3]],  # 0.1 x 0.3 - 0.2 x 0.2 = -0.01
            "coefficients.covariance is not a symmetric positive definite matrix.",
        ),
        (
            ("coefficients", "covariance"),
            [[0.1, 0.0]],
            "coefficients.covariance is not a matrix of 2 by 2.",
        ),
        (
            ("coefficients", "covariance"),
            [[0.1, 0.01], [0.02, 0.1]],
            "coefficients.covariance is not a symmetric positive definite matrix.",
        ),
        (
            ("coefficients", "covariance"),
            [[-0.1, 0.0], [0.0, -0.1]],
            "coefficients.covariance is not a symmetric positive definite matrix.",
        ),
        (
            ("coefficients", "covariance"),
            [[0.1, 0.1], [0.1, 0.1]],
            "coefficients.covariance is not a symmetric positive definite matrix.",
        ),
        (("factors", 0, "cutoff", "value"), "-340", "factors[0].cutoff.value is refused"),
        (("factors", 0, "cutoff", "value"), "3.4E2", "factors[0].cutoff.value is refused"),
        (("factors", 1, "cutoff", "value"), "0.0", "factors[1].cutoff.value is not positive."),
        (("factors", 1, "cutoff", "value"), 400, "factors[1].cutoff.value is refused"),
        (("factors", 1, "cutoff", "unit"), "", "factors[1].cutoff.unit is refused"),
        (("factors", 1, "cutoff", "unit"), "IU/mL", "factors[1].cutoff.unit is not ng/mL."),
        (("factors", 0, "cutoff", "unit"), "/uL", "factors[0].cutoff.unit is not 10*9/L."),
        (("other_cutoffs", "nlr", "unit"), "%", "other_cutoffs.nlr.unit is not 1."),
        (("other_cutoffs", "plr", "unit"), "10*9/L", "other_cutoffs.plr.unit is not 1."),
        (
            ("external_hazard_ratios", 0, "ci_95"),
            [1.7, 1.85],
            "external_hazard_ratios[0].ci_95 does not hold its hazard ratio.",
        ),
        (
            ("published_hazard_ratios", 0, "ci_95"),
            [1.1, 2.2],
            "published_hazard_ratios[0].ci_95 does not hold its hazard ratio.",
        ),
        (
            ("external_survival", 0, "medians", 0, "ci_95"),
            [10.7, 12.1],
            "external_survival[0].medians[0].ci_95 does not hold its median.",
        ),
        (("reference_ranges", 0, "mean"), 188.0, "reference_ranges[0].interval_95 does not hold its mean."),
        (("external_survival", 2, "at"), [], "external_survival[2] has neither medians nor survival at a time."),
        (("external_survival", 2, "id"), "resorce", "external_survival has 'resorce' more than once."),
        (
            ("kaplan_meier", "high", "median_at_risk", 120),
            17,
            f"{KM}.median_at_risk rises.",
        ),
        (
            ("kaplan_meier", "high", "median_at_risk"),
            [17],
            f"{KM}.median_at_risk holds 1 numbers where {LENGTH} belong.",
        ),
        (
            ("kaplan_meier", "high", "median_at_risk", 0),
            18,
            f"{KM}.median_at_risk is not that of the months at which numbers at risk are given.",
        ),
        (("alternatives", 0, "tau"), {"sii": 0.3}, "alternatives[0].tau has no 'afp'."),
        (("alternatives", 0, "tau", "sii"), 0, "alternatives[0].tau.sii is refused"),
        (("alternatives", 1, "id"), "adjusted", "alternatives has 'adjusted' more than once."),
        (("alternatives", 0, "groups", "extra"), {}, "alternatives[0].groups.extra has no 'survival'."),
        (
            ("alternatives", 0, "hazard_ratios", "sii", "ci_95"),
            [1.9, 2.9],
            "alternatives[0].hazard_ratios.sii.ci_95 does not hold its hazard ratio.",
        ),
        (
            ("alternatives", 0, "hazard_ratios", "combined", "hazard_ratio"),
            3.6,
            "alternatives[0].hazard_ratios.combined is not the product of the others.",
        ),
        (
            ("alternatives", 0, "groups", "low", "survival", 30),
            0.9,
            "alternatives[0].groups.low.survival rises: survival and its limits cannot.",
        ),
        (
            ("alternatives", 0, "groups", "high", "median_months"),
            4.0,
            f"alternatives[0].groups.high.median_months {NOT_THE_MEDIAN}",
        ),
        (
            ("alternatives", 0, "overall_median_months"),
            10.6,
            "alternatives[0].groups do not have the assumed overall median together.",
        ),
        (
            ("alternatives", 1, "overall_median_months"),
            None,
            "alternatives[1].groups do not have the overall survival together.",
        ),
        (
            ("adjustment_sensitivity", 2, "groups", "low"),
            [0.9],
            "adjustment_sensitivity[2].groups.low does not have one number for each of the horizons.",
        ),
        (
            ("adjustment_sensitivity", 2, "groups"),
            {},
            "adjustment_sensitivity[2].groups has no 'low'.",
        ),
        (("provenance", "cohorts"), None, "provenance.cohorts is refused"),
        (("performance", "gonen_heller"), "0.66", "performance.gonen_heller is refused"),
        (("performance", "notes"), "", "performance has an unknown 'notes'."),
        (
            ("cox", "cells", "neither", "reconstruction_share", "9"),
            0.5,
            "cox.cells.neither.reconstruction_share has an",
        ),
        (("coefficients", "within"), [[0.1]], "coefficients.within is not a matrix of 2 by 2."),
        (("horizons_months",), [3, 7], "horizons_months holds a month for which no numbers at risk are given."),
        (
            ("external_hazard_ratios", 0, "factor"),
            "nlr",
            "external_hazard_ratios[0].factor is not sii or afp.",
        ),
        (
            ("published_hazard_ratios", 1, "factor"),
            "both",
            "published_hazard_ratios[1].factor is not sii or afp.",
        ),
        (
            ("published_hazard_ratios", 0, "p_value"),
            1.01,
            "published_hazard_ratios[0].p_value is refused",
        ),
        (("repeat_measurement", "sd_log_sii"), 0, "repeat_measurement.sd_log_sii is refused"),
        (("population", "follow_up_median_months"), -5, "population.follow_up_median_months is refused"),
        (("population", "deaths", "max"), 59, "population.deaths is not in order, or exceeds the 58 of its group."),
        (("population", "deaths", "min"), 58, "population.deaths is not in order, or exceeds the 58 of its group."),
        (("population", "n"), 59, "kaplan_meier does not have 59 people in overall."),
        (("population", "criteria", 2, "values"), "A", "population.criteria[2].values is refused"),
        (("population", "criteria", 2, "values"), None, "population.criteria[2].values is refused"),
        (
            ("population", "criteria", 3, "values"),
            [0, -1],
            "population.criteria[3].values[1] is refused",
        ),
        (("population", "criteria", 2, "values"), [""], "population.criteria[2].values[0] is refused"),
        (("population", "criteria", 2, "id"), 3, "population.criteria[2].id is refused"),
        (("factors", 1, "id"), "crp", "factors[1].id is refused"),
        (("factors", 1, "id"), "sii", "factors has 'sii' more than once."),
        (("factors",), [], "factors is empty."),
        (("factors", 0, "id"), "nlr", "factors[0].cutoff.unit is not 1."),
        (("other_cutoffs", "sii"), {"value": "340", "unit": "10*9/L"}, "other_cutoffs.sii is the cut-off of a factor."),
        (("cells", 1, "id"), "both", "cells has 'both' more than once."),
        (("cells", 1, "high"), ["afp"], "cells does not hold each of the 4 combinations of sii, afp once."),
        (("cells", 3, "high"), ["afp", "sii"], "cells does not hold each of the 4 combinations of sii, afp once."),
        (("risk_groups", 1, "cells"), ["sii_only"], "risk_groups does not hold each cell in one group."),
        (("risk_groups", 0, "id"), "high", "risk_groups does not ascend in low, intermediate, high."),
        (("risk_groups", 0, "id"), "lowest", "risk_groups[0].id is refused"),
        (("population", "criteria", 0, "id"), "ecog", "population.criteria has 'ecog' more than once."),
        (("limits", 1, "id"), "small_study", "limits has 'small_study' more than once."),
        (("limits", 1, "text"), "", "limits[1].text is refused"),
        (("headline_months",), 9, "headline_months is none of the horizons."),
        (("other_divisions", 0), ["low", "sii_high"], "kaplan_meier has two curves called 'low'."),
        (("other_divisions",), [], "kaplan_meier has an unknown 'sii_low'."),
        (("limits",), "none", "limits is refused"),
        (("population",), [], "population is refused"),
    ],
)
def test_impossible_value_is_refused_with_its_place(path: tuple[str | int, ...], value: object, reason: str) -> None:
    with pytest.raises(ArtefactError) as caught:
        parse_artefact(resealed(lambda document: at(*path)(document, value)))
    assert caught.value.place == reason.split(maxsplit=1)[0]
    assert str(caught.value).startswith(f"The artefact is not usable: {reason}")


@pytest.mark.parametrize(("limit", "missed_by"), [("ci_lower", 1e-7), ("ci_upper", -1e-7)])
def test_interval_must_contain_its_estimate(limit: str, missed_by: float) -> None:
    def move(times: int) -> Callable[[Document], None]:
        def change(document: Document) -> None:
            curve = document["kaplan_meier"]["high"]
            curve[limit] = [
                known if known is None else survival + times * missed_by
                for known, survival in zip(curve[limit], curve["survival"], strict=True)
            ]
            curve["median_ci_95"][["ci_lower", "ci_upper"].index(limit)] = curve["median_months"]

        return change

    assert parse_artefact(resealed(move(0))).kaplan_meier["high"].n == 17
    assert refusal(resealed(move(1))) == (
        "The artefact is not usable: kaplan_meier.high has an interval that does not hold its estimate."
    )


def steps(document: Document, *values: tuple[float, float]) -> None:
    """Replace the high group's curve by a few steps (month, survival), with an interval of width zero."""
    curve = document["kaplan_meier"]["high"]
    held = [min((value for start, value in values if start <= month), default=1.0) for month in document["grid_months"]]
    curve.update(survival=held, ci_lower=held, ci_upper=held)


@pytest.mark.parametrize(
    ("half", "medians"),
    [
        (0.5, (3.0, 6.0)),  # printed as one half: it may have been a little more before rounding
        (0.5 + 4e-8, (3.0, 6.0)),
        (0.5 - 4e-8, (3.0, 6.0)),
        (0.5 + 6e-8, (6.0,)),
        (0.5 - 6e-8, (3.0,)),
    ],
)
def test_median_is_where_the_curve_reaches_one_half(half: float, medians: tuple[float, ...]) -> None:
    for stated in (3.0, 3.1, 5.9, 6.0):

        def change(document: Document, stated: float = stated) -> None:
            steps(document, (1, 0.8), (3, half), (6, 0.3))
            document["kaplan_meier"]["high"].update(median_months=stated, median_ci_95=[stated, stated])

        text = resealed(change)
        if stated in medians:
            assert parse_artefact(text).kaplan_meier["high"].median_months == stated
        else:
            assert refusal(text) == f"The artefact is not usable: {KM}.median_months {NOT_THE_MEDIAN}"


def test_curve_above_one_half_has_no_median() -> None:
    def change(document: Document) -> None:
        steps(document, (1, 0.8), (12, 0.6))
        document["kaplan_meier"]["high"].update(median_months=None, median_ci_95=[None, None])

    curve = parse_artefact(resealed(change)).kaplan_meier["high"]
    assert (curve.median_months, curve.median_ci_95) == (None, (None, None))


@pytest.mark.parametrize(
    "covariance",
    [
        ((100.0, 0.0), (0.0, 0.1)),
        ((0.2, 0.1), (0.1, 0.1)),  # 0.2 x 0.1 - 0.1 x 0.1 = 0.01
        ((0.1, 0.15), (0.15, 0.3)),  # 0.1 x 0.3 - 0.15 x 0.15 = 0.0075
        ((0.1, -0.15), (-0.15, 0.3)),
    ],
)
def test_positive_definite_covariance_is_accepted(covariance: tuple[tuple[float, float], ...]) -> None:
    def change(document: Document) -> None:
        (var_sii, both), (_, var_afp) = covariance
        sii, afp = document["coefficients"]["estimate"]
        document["coefficients"].update(covariance=covariance)
        for factor, log_ratio, variance in (
            ("sii", sii, var_sii),
            ("afp", afp, var_afp),
            ("combined", sii + afp, var_sii + var_afp + 2 * both),
        ):
            spread = NormalDist(log_ratio, math.sqrt(variance))
            limits = [math.exp(spread.inv_cdf(probability)) for probability in (0.025, 0.975)]
            document["cox"]["hazard_ratios"][factor].update(ci_95=limits, p_value=2 * spread.cdf(0))

    assert parse_artefact(resealed(change)).cox.covariance == covariance


def test_extreme_possible_values_are_accepted() -> None:
    def change(document: Document) -> None:
        high = document["kaplan_meier"]["high"]
        high["events"] = {"min": 17, "median": 17, "max": 17}
        high["reconstruction_share"] = {"3": 0, "6": 1, "12": 1.0}
        document["other_cutoffs"]["nlr"]["value"] = "0.9"
        document["published_hazard_ratios"][0].update(hazard_ratio=0.5, ci_95=[0.5, 0.5], p_value=1)

    model = parse_artefact(resealed(change))
    assert model.kaplan_meier["high"].events == Spread(17, 17, 17)
    assert model.kaplan_meier["high"].reconstruction_share == {3: 0, 6: 1, 12: 1}
    assert model.cutoffs["nlr"].value == Decimal("0.9")
    assert model.published_hazard_ratios[0].ci_95 == (0.5, 0.5)


@pytest.mark.parametrize("months", [[12], list(range(13))])
def test_number_of_months_shown_may_vary(months: list[int]) -> None:
    def change(document: Document) -> None:
        document.update(horizons_months=months, headline_months=12)
        document["at_risk_months"] = sorted({0, *months})
        for curve in document["kaplan_meier"].values():
            curve["at_risk"] = dict.fromkeys(curve["at_risk"], [curve["n"]] * len(document["at_risk_months"]))
            curve["median_at_risk"] = [curve["n"]] * LENGTH
        document.update(alternatives=[], adjustment_sensitivity=[])
        places = [*document["kaplan_meier"].values(), *document["cox"]["cells"].values()]
        for place in places:
            for limit, new in (("ci_lower", place["survival"]), ("ci_upper", [1.0] * LENGTH)):
                place[limit] = [made if known is None else known for known, made in zip(place[limit], new, strict=True)]
            place["reconstruction_share"] = {str(month): 0.5 for month in months}

    assert parse_artefact(resealed(change)).horizons_months == tuple(months)


@pytest.mark.parametrize(
    ("moved", "names"),
    [
        ("low", "low, intermediate, high"),
        ("both", "neither, sii_only, afp_only, both"),
        ("sii_high", "sii_low, sii_high"),
        ("pfs_sii_low", "pfs_sii_low, pfs_sii_high"),
    ],
)
def test_division_covers_each_patient_once(moved: str, names: str) -> None:
    def change(document: Document) -> None:
        curve = document["kaplan_meier"][moved]
        curve["n"] += 1
        for numbers in (*curve["at_risk"].values(), curve["median_at_risk"]):
            numbers[0] += 1

    assert refusal(resealed(change)) == f"The artefact is not usable: kaplan_meier does not have 58 people in {names}."


@settings(max_examples=50)
@given(st.sampled_from(DIGITS), st.sampled_from("0123456789"))
def test_no_digit_can_be_exchanged_unnoticed(position: int, digit: str) -> None:
    changed = TEXT[:position] + digit + TEXT[position + 1 :]
    if changed != TEXT:
        with pytest.raises(ArtefactError):
            parse_artefact(changed)


def test_zero_digest_elsewhere_is_unchanged() -> None:
    zeros = "sha256:" + "0" * 64
    text = resealed(lambda document: document["provenance"]["files"].update({"study.toml": zeros}))
    assert json.loads(text)["provenance"]["files"]["study.toml"] == zeros
    assert parse_artefact(text).digest == json.loads(text)["digest"] != zeros


@pytest.mark.parametrize(
    ("parent", "name"),
    [
        (("kaplan_meier",), "both"),
        (("kaplan_meier",), "intermediate"),
        (("kaplan_meier",), "pfs_sii_low"),
        (("cox", "cells"), "sii_only"),
        (("other_cutoffs",), "nlr"),
        (("provenance", "study"), "doi"),
        (("provenance",), "cohorts"),
        ((), "performance"),
        (("kaplan_meier",), "overall"),
        (("kaplan_meier",), "low"),
        (("kaplan_meier",), "sii_high"),
        (("kaplan_meier", "both"), "median_ci_95"),
        (("kaplan_meier", "both", "reconstruction_share"), "12"),
        (("kaplan_meier", "both", "at_risk"), "median"),
        (("coefficients",), "covariance"),
        (("population", "deaths"), "max"),
        ((), "limits"),
        ((), "digest"),
    ],
)
def test_missing_part_is_named(parent: tuple[str, ...], name: str) -> None:
    document = json.loads(TEXT)
    place: Any = document
    for step in parent:
        place = place[step]
    del place[name]
    text = json.dumps(document)
    where = ".".join(parent) or "the document"
    expected = f"The artefact is not usable: {where} has no '{name}'."
    assert refusal(seal(text) if name != "digest" else text) == expected
