"""assess() reproduces all 5,000 reference vectors, from printed values to survival."""

import math
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from app.artefact.reader import load_artefact
from app.core.analytes import Analyte
from app.core.assessment import Assessment, assess
from app.core.fitted_model import FittedModel
from app.core.labs import Lab, make_lab

NOW = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)

Vector = dict[str, str]
Answered = list[tuple[Vector, Assessment]]


def measurements(vector: Vector) -> dict[Analyte, Lab]:
    return {
        analyte: make_lab(
            analyte,
            Decimal(vector[analyte]),
            vector[f"{analyte}_unit"],
            (vector["afp_comparator"] or None) if analyte is Analyte.AFP else None,
        )
        for analyte in Analyte
    }


@pytest.fixture(scope="module")
def fitted() -> FittedModel:
    return load_artefact()


@pytest.fixture(scope="module")
def answered(vectors: list[Vector], fitted: FittedModel) -> Answered:
    return [(vector, assess(fitted, measurements(vector), computed_at=NOW)) for vector in vectors]


def close(ours: float, r: str) -> bool:
    return math.isclose(ours, float(r), rel_tol=0, abs_tol=1e-6)


def test_5000_vectors_cover_every_cell(vectors: list[Vector]) -> None:
    assert [vector["id"] for vector in vectors] == [str(number) for number in range(1, 5001)]
    cells = Counter(vector["cell"] for vector in vectors)
    assert set(cells) == {"neither", "sii_only", "afp_only", "both"}
    assert min(cells.values()) >= 500


def test_many_vectors_are_at_or_near_the_cut_offs(answered: Answered) -> None:
    sii: Counter[int] = Counter()
    afp: Counter[int] = Counter()
    for _, assessment in answered:
        n, lymphocytes, p = (
            assessment.labs[analyte].canonical
            for analyte in (Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES, Analyte.PLATELETS)
        )
        sii[side(p * n, 340 * lymphocytes)] += 1
        afp[side(assessment.labs[Analyte.AFP].canonical, Decimal(400))] += 1
    assert min(sii[-1], sii[0], sii[1], afp[-1], afp[0], afp[1]) >= 600


def side(value: Decimal, cutoff: Decimal) -> int:
    """0 exactly on the cut-off, -1 or 1 less than a tenth below or above it, 9 elsewhere."""
    if value == cutoff:
        return 0
    ratio = value / cutoff
    return 1 if 1 < ratio < Decimal("1.1") else -1 if Decimal("0.9") < ratio < 1 else 9


def test_sii_and_its_side_of_the_cut_off(answered: Answered) -> None:
    wrong = []
    for vector, assessment in answered:
        sii = assessment.indices.sii
        exact = Fraction(*sii.quotient)
        if (
            not math.isclose(exact, float(vector["sii"]), rel_tol=1e-11)
            or sii.value != float(f"{float(exact):.10g}")
            or sii.high is not (vector["sii_high"] == "1")
        ):
            wrong.append(vector["id"])
    assert wrong == []


def test_cell_and_the_risk_group(answered: Answered) -> None:
    wrong = [
        vector["id"]
        for vector, assessment in answered
        if (assessment.answer.cell.id, assessment.answer.risk_group.id) != (vector["cell"], vector["risk_group"])
        or ("sii" in assessment.answer.cell.factors) is not (vector["sii_high"] == "1")
        or ("afp" in assessment.answer.cell.factors) is not (vector["afp_high"] == "1")
    ]
    assert wrong == []


def test_relative_hazard_and_survival(answered: Answered) -> None:
    wrong = [
        vector["id"]
        for vector, assessment in answered
        if [at.months for at in assessment.answer.survival] != [3, 6, 12]
        or not close(assessment.answer.relative_hazard, vector["hr_neither"])
        or not all(
            close(at.kaplan_meier.survival, vector[f"km{at.months}"])
            and close(at.cox_predicted.survival, vector[f"cox{at.months}"])
            for at in assessment.answer.survival
        )
    ]
    assert wrong == []
