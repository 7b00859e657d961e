"""Which caveats an assessment has. Every limit is from a hand calculation and is tried on both sides.

SII = platelets x neutrophils / lymphocytes. The standard deviation of ln SII is 0.29501461 within a person. A repeat
stays on its side with probability 0.8 at ln(SII / 340) = 0.8416212 x 1.4142136 x 0.29501461 = 0.3511359, a factor of
1.4206803: from 239.3219 to 483.0313. AFP is near from 0.85 x 400 = 340 to 1.15 x 400 = 460 ng/mL.
"""

import ast
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.core.analytes import Analyte
from app.core.applicability import Population
from app.core.assessment import Assessment, assess
from app.core.caveats import NEAR_CUT_OFF, WARNING_LEVELS, Caveat, Level, Neighbour
from app.core.errors import InputErrors, InputWarning
from app.core.fitted_model import FittedModel, PublishedRatio
from app.core.labs import make_lab
from app.ehr.fhir.reading.lab_results import SAMPLE_TOO_OLD
from app.ehr.fhir.reading.newer_results import NEWER_RESULT
from tests.lib.times import NOW

APP = Path(__file__).parents[3] / "app"
MATCHING = Population(
    sorafenib_failed=True, starting_regorafenib=True, child_pugh_class="A", ecog=1, sorafenib_tolerated=True
)


def assessed(
    fitted: FittedModel,
    sii: str = "200",
    afp: str = "20",
    comparator: str | None = None,
    unit: str = "ng/mL",
    **more: Any,
) -> Assessment:
    """Assess counts of which SII is the platelets: neutrophils and lymphocytes are 2."""
    labs = {
        Analyte.NEUTROPHILS: make_lab(Analyte.NEUTROPHILS, Decimal(2), "10*9/L"),
        Analyte.LYMPHOCYTES: make_lab(Analyte.LYMPHOCYTES, Decimal(2), "10*9/L"),
        Analyte.PLATELETS: make_lab(Analyte.PLATELETS, Decimal(sii), "10*9/L"),
        Analyte.AFP: make_lab(Analyte.AFP, Decimal(afp), unit, comparator),
    }
    return assess(fitted, labs, computed_at=NOW, **more)


def near(assessment: Assessment) -> dict[str, Mapping[str, Any]]:
    """Return the parameters of each caveat for a value near its cut-off, by analyte."""
    found = [one for one in assessment.caveats if one.code == NEAR_CUT_OFF]
    assert {one.level for one in found} <= {Level.FIRST}
    return {str(one.parameters["analyte"]): one.parameters for one in found}


@pytest.mark.parametrize(
    ("sii", "is_near"),
    [("239.32", False), ("239.33", True), ("340", True), ("339.999", True), ("483.03", True), ("483.04", False)],
)
def test_sii_is_near_where_a_repeat_may_change_side(fitted: FittedModel, sii: str, is_near: bool) -> None:
    assert set(near(assessed(fitted, sii))) == ({"sii"} if is_near else set())


@pytest.mark.parametrize(
    ("afp", "is_near"),
    [
        ("339.999999999999999999", False),
        ("340", True),
        ("399.99", True),
        ("400", True),
        ("460", True),
        ("460.00000000000000001", False),
    ],
)
def test_afp_is_near_from_340_to_460(fitted: FittedModel, afp: str, is_near: bool) -> None:
    assert set(near(assessed(fitted, afp=afp))) == ({"afp"} if is_near else set())


@pytest.mark.parametrize(
    ("afp", "is_near"),
    [("280", False), ("281", True), ("311", True), ("332", True), ("380", True), ("381", False)],
)
def test_converted_afp_is_near_by_its_mass(fitted: FittedModel, afp: str, is_near: bool) -> None:
    """1 IU is 1.21 ng: 280 IU/mL is 338.8 ng/mL, 281 is 340.01, 380 is 459.8, 381 is 461.01."""
    assert set(near(assessed(fitted, afp=afp, unit="IU/mL"))) == ({"afp"} if is_near else set())


@pytest.mark.parametrize("afp", ["312", "331"])
def test_afp_undecided_by_factor_is_refused(fitted: FittedModel, afp: str) -> None:
    """312 IU/mL are 377.52 ng with 1.21 and 399.36 with 1.28, 331 are 400.51 and 423.68; rounded outward."""
    with pytest.raises(InputErrors) as caught:
        assessed(fitted, afp=afp, unit="IU/mL")
    assert [one.code for one in caught.value.errors] == ["unit_undecided"]


@pytest.mark.parametrize(
    ("comparator", "afp", "is_near"),
    [
        ("<", "339", False),
        ("<", "340", True),
        ("<=", "399", True),
        (">=", "400", True),
        (">", "460", True),
        (">", "461", False),
        ("<", "2", False),
        (">", "1210", False),
    ],
)
def test_comparator_limit_in_range_is_near(fitted: FittedModel, comparator: str, afp: str, is_near: bool) -> None:
    assert set(near(assessed(fitted, afp=afp, comparator=comparator))) == ({"afp"} if is_near else set())


def test_far_values_have_no_near_caveat(fitted: FittedModel) -> None:
    assert near(assessed(fitted, "150", "20")) == {}


@pytest.mark.parametrize("factor", ["sii", "afp"])
def test_only_factor_of_the_model_is_near(fitted: FittedModel, factor: str) -> None:
    factors = tuple(one for one in fitted.factors if one.id == factor)
    other = replace(fitted, factors=factors, factor_ids=frozenset({factor}))
    assert set(near(assessed(other, "340", "400"))) == {factor}


def test_neighbour_is_group_on_other_side(fitted: FittedModel) -> None:
    """Survival at 6 months of the middle group: 62 of 100 (36 to 82), of the low one 87 (47 to 99)."""
    found = near(assessed(fitted, "340", "20"))["sii"]
    (neighbour,) = found["neighbours"]
    assert (neighbour.factors, neighbour.cell.id, neighbour.risk_group.id) == (("sii",), "neither", "low")
    assert _hundred(neighbour) == (87, 47, 99)
    assert (found["months"], found["measured_in"], found["cutoff"]) == (6, 20, Decimal(340))
    assert found["unit"] == "10*9/L"
    assert found["same_side_probability"] == 0.5
    assert tuple(round(100 * limit) for limit in found["range"]) == (36, 99)


def test_near_both_cut_offs_gives_all_neighbours(fitted: FittedModel) -> None:
    found = near(assessed(fitted, "339.999", "399.99"))
    assert list(found) == ["sii", "afp"]
    for one in found.values():
        assert [(other.factors, other.cell.id, other.risk_group.id) for other in one["neighbours"]] == [
            (("sii",), "sii_only", "intermediate"),
            (("afp",), "afp_only", "intermediate"),
            (("sii", "afp"), "both", "high"),
        ]
        assert [_hundred(other) for other in one["neighbours"]] == [(62, 36, 82), (62, 36, 82), (36, 10, 64)]
        assert tuple(round(100 * limit) for limit in one["range"]) == (10, 99)
    assert (found["afp"]["lowest"], found["afp"]["highest"]) == (340, 460)


def _hundred(neighbour: Neighbour) -> tuple[int, ...]:
    estimate = neighbour.estimate
    return tuple(round(100 * value) for value in (estimate.survival, estimate.lower, estimate.upper))


def test_levels_are_in_order_newer_results_first(fitted: FittedModel) -> None:
    warnings = (InputWarning("sampled_on", "samples_apart"), InputWarning("sampled_on", "newer_results"))
    found = assessed(fitted, "340", "1", population=Population(ecog=3), source_warnings=warnings).caveats
    assert [one.code for one in found if one.level is Level.FIRST] == [
        "newer_results",
        "near_cut_off",
        "patient_differs",
    ]
    assert [one.code for one in found if one.level is Level.BESIDE] == [
        "study_population",
        "other_studies",
        "samples_apart",
    ]
    assert [one.level for one in found] == sorted((one.level for one in found), key=list(Level).index)


@pytest.mark.parametrize(
    ("population", "expected"),
    [
        (MATCHING, []),
        (replace(MATCHING, ecog=None), [("patient_not_stated", Level.BESIDE, ("ecog",))]),
        (
            replace(MATCHING, ecog=2, child_pugh_class="B", sorafenib_failed=None),
            [("patient_differs", Level.FIRST, ("child_pugh_class", "ecog"))],
        ),
    ],
)
def test_fit_is_a_caveat_unless_all_match(
    fitted: FittedModel, population: Population, expected: list[tuple[str, Level, tuple[str, ...]]]
) -> None:
    found = assessed(fitted, population=population).caveats
    stated = [(one.code, one.level, one.parameters.get("criteria")) for one in found if one.code.startswith("patient_")]
    assert stated == expected


def test_every_answer_has_method_and_limits(fitted: FittedModel) -> None:
    about = [one for one in assessed(fitted).caveats if one.level is Level.ABOUT]
    assert [one.code for one in about[:3]] == ["groups_not_published", "combined_ratio_not_published", "method"]
    assert [one.parameters["limit"] for one in about[3:]] == [limit.id for limit in fitted.limits]
    assert about[1].parameters["hazard_ratio"] == fitted.cox.hazard_ratio("combined").hazard_ratio


def test_published_groups_and_ratio_are_no_caveat(fitted: FittedModel) -> None:
    combined = PublishedRatio("combined", 6.1, (2.2, 17.0), 0.001, "a table")
    other = replace(
        fitted,
        risk_groups_published=True,
        external_survival=(),
        published_hazard_ratios=(*fitted.published_hazard_ratios, combined),
    )
    codes = {one.code for one in assessed(other).caveats}
    assert codes == {"study_population", "patient_not_stated", "method", "limit"}


def test_group_that_hardly_anybody_was_followed_in_says_so(fitted: FittedModel) -> None:
    """Of 17 with both factors high, R's median over the cohorts has 0 at risk at 12 months (pooled_curves.csv)."""
    found = [one for one in assessed(fitted, "1000", "5000").caveats if one.code == "hardly_any_at_risk"]
    parameters = {"months": (12,), "median_at_risk": (0,), "n": 17}
    assert found == [Caveat("hardly_any_at_risk", Level.BESIDE, parameters=parameters)]
    low = [one for one in assessed(fitted, "100", "5").caveats if one.code == "hardly_any_at_risk"]
    assert low == []


def test_every_input_warning_has_a_level() -> None:
    codes = set()
    for file in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "InputWarning":
                code = node.args[1]
                codes |= {code.value} if isinstance(code, ast.Constant) else set()
    assert codes | {NEWER_RESULT, SAMPLE_TOO_OLD} == set(WARNING_LEVELS)


def test_warning_without_level_is_first(fitted: FittedModel) -> None:
    found = assessed(fitted, source_warnings=(InputWarning("afp", "not_listed", "a case", {"n": 1}),)).caveats
    assert found[0] == Caveat("not_listed", Level.FIRST, "afp", "a case", {"n": 1})
