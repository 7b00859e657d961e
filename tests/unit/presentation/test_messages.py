"""The texts of errors and warnings. Every sentence is also in the gettext template, which shows changes of wording."""

import ast
import string
import subprocess
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import polib
import pytest

from app.core.analytes import Analyte
from app.core.applicability import Population, compare
from app.core.cutoffs import Cutoff, afp_is_high
from app.core.dates import SampleDates, date_errors, date_warnings
from app.core.errors import InputError
from app.core.fitted_model import FittedModel
from app.core.labs import to_lab
from app.core.measurement import make_measurement, parse_measurement
from app.presentation import input_messages, rejection_messages
from app.presentation.applicability_messages import reason_message
from app.presentation.messages import error_message, warning_message
from app.presentation.translation import gettext, once_per_model_and_language, using
from tests.lib.translation import Marked

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = ROOT / "app" / "presentation" / "translations" / "messages.pot"
DAY = date(2026, 11, 24)


def refused(analyte: Analyte, text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        afp_is_high(to_lab(analyte, parse_measurement(analyte, text)), {"afp": Cutoff(Decimal(400), "ng/mL")})
    return caught.value


@pytest.mark.parametrize(
    ("analyte", "text", "message"),
    [
        ("afp", "", "The value and its unit are missing. Write the number and its unit, for example 620 ng/mL."),
        (
            "platelets",
            "145",
            (
                "The unit is missing. "
                "Choose or write the unit that the report prints, for example 10*9/L or 10*3/uL or K/uL."
            ),
        ),
        (
            "afp",
            "4.2 10*9/L",
            (
                "'10*9/L' is a unit of blood counts. "
                "Check that the value belongs to this field; AFP is given in ng/mL or ug/L or IU/mL."
            ),
        ),
        (
            "neutrophils",
            "3000 10*3/uL",
            (
                "3000 10*3/uL is above what is possible for Neutrophils (0.01 to 200 10*9/L). "
                "It would be usual in /uL: check the unit that the laboratory printed."
            ),
        ),
        (
            "afp",
            "<1210 ng/mL",
            (
                "< 1210 ng/mL does not say on which side of 400 ng/mL the value lies. "
                "Ask the laboratory for the number itself, after dilution if need be."
            ),
        ),
        (
            "afp",
            "320 IU/mL",
            (
                "From 312 to 331 IU/mL the side of the cut-off depends on the conversion factor, which is itself "
                "uncertain (1.21 to 1.28 ng per IU). Confirm in ng/mL with the laboratory."
            ),
        ),
    ],
)
def test_error_names_the_rule_and_a_fix(analyte: str, text: str, message: str) -> None:
    assert str(error_message(refused(Analyte(analyte), text))) == message


@pytest.mark.parametrize(
    ("analyte", "text", "message"),
    [
        (
            "platelets",
            "1200000 /uL",
            "Platelets: 1200 10*9/L is unusual (usually 20 to 1000). Check the decimal point and the unit.",
        ),
        ("neutrophils", "4,20 K/uL", "'4,20 K/uL' was read as 4.2 K/uL."),
        ("afp", "<2,0 ng/mL", "'<2,0 ng/mL' was read as < 2 ng/mL."),
        ("afp", ">=1200,5 ng/mL", "'>=1200,5 ng/mL' was read as ≥ 1200.5 ng/mL."),
        ("afp", "350 IU/mL", "AFP was converted with 1 IU = 1.21 ng; laboratories differ."),
        ("afp", "410 ng/mL", "If this AFP was converted from IU, check the factor: 1 IU is about 1.21 ng."),
    ],
)
def test_warning_names_the_value(analyte: str, text: str, message: str) -> None:
    (warning,) = to_lab(Analyte(analyte), parse_measurement(Analyte(analyte), text)).warnings
    assert warning_message(warning) == message


def test_dates_are_worded_by_sample() -> None:
    (error,) = date_errors(SampleDates(None, date(2026, 11, 25)), DAY)
    old, apart = date_warnings(SampleDates(date(2026, 8, 25), DAY), DAY)
    assert error_message(error).text == "The sample date of AFP is in the future."
    assert warning_message(old).startswith("The sample of the blood count is 91 days old.")
    assert warning_message(apart) == "Blood count and AFP were taken 91 days apart."


def test_difference_says_why_it_matters(fitted: FittedModel) -> None:
    found = compare(Population(None, True, "B", 2, sorafenib_tolerated=False), fitted.population.criteria)
    unstated, same, child_pugh, ecog, tolerated = map(reason_message, found.reasons)
    assert unstated == "Not stated. In the study: Sorafenib failed: radiological progression during sorafenib."
    assert same == (
        "This patient: regorafenib starts with these values. As in the study: Starting regorafenib; the laboratory "
        "values are from its start."
    )
    assert child_pugh == (
        "This patient: Child-Pugh class B. Not as in the study: Child-Pugh class A (preserved liver function). "
        "Patients with Child-Pugh class B or C live for a shorter time; the study included none."
    )
    assert ecog.startswith("This patient: ECOG 2. Not as in the study: ")
    assert tolerated.startswith("This patient: sorafenib was not tolerated. Not as in the study: ")


def _codes_in_app(*names: str, first: int) -> set[str]:
    """Return code and case of every call in app/ of these names whose arguments from `first` on are literals."""
    found = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                parts = [arg.value for arg in node.args[first : first + 2] if isinstance(arg, ast.Constant)]
                if len(parts) == len(node.args[first : first + 2]) > 0:
                    found.add(".".join(str(part) for part in parts if part))
    return found


def test_every_code_has_words() -> None:
    worded = {*input_messages.ERRORS, *input_messages.WARNINGS}
    codes = _codes_in_app("InputError", "InputWarning", "refuse", first=1)
    assert len(codes) > 30
    assert codes <= worded


def test_every_code_of_the_reading_has_words() -> None:
    rejections = _codes_in_app("_RejectedError", first=0) | _codes_in_app("rejection_of", first=1)
    rejections |= _codes_in_app("Coded", first=2) - {"not_an_analyte"}
    rejections |= {f"subject.{case}" for case in _codes_in_app("Mismatch", first=0)}
    assert len(rejections) > 25
    assert rejections <= rejection_messages.REJECTIONS.keys()
    bundle_errors = {found.partition(".")[0] for found in _codes_in_app("BundleError", first=0)}
    assert bundle_errors == rejection_messages.BUNDLE_ERRORS.keys()
    assert _codes_in_app("Incomplete", first=0) | {"total"} == rejection_messages.INCOMPLETE.keys()


@pytest.mark.parametrize("refusal", [lambda: make_measurement(Analyte.AFP, Decimal("1E+31"), "ng/mL")])
def test_message_has_no_empty_placeholder(refusal: Callable[[], object]) -> None:
    with pytest.raises(InputError) as caught:
        refusal()
    assert "25 digits" in str(error_message(caught.value))
    names = {
        name for text in input_messages.WARNINGS.values() for _, name, _, _ in string.Formatter().parse(text) if name
    }
    assert names == {
        "analyte",
        "days",
        "factor",
        "high",
        "limit",
        "low",
        "quantity",
        "results",
        "text",
        "unit",
        "value",
    }


def test_message_is_in_the_answers_language() -> None:
    error = refused(Analyte.AFP, "")
    with using(Marked()):
        found = error_message(error)
    assert str(found) == "[The value and its unit are missing.] [Write the number and its unit, for example 620 ng/mL.]"
    assert error_message(error).text == "The value and its unit are missing."


def test_model_keeps_results_by_language(fitted: FittedModel) -> None:
    calls = []

    @once_per_model_and_language
    def greeting(_artefact: FittedModel, name: str) -> str:
        calls.append(name)
        return gettext("Hello") + name

    marked = Marked()
    for _ in range(2):
        assert greeting(fitted, "x") == "Hellox"
        with using(marked):
            assert greeting(fitted, "x") == "[Hello]x"
    assert calls == ["x", "x"]


def test_gettext_template_is_current(tmp_path: Path) -> None:
    written = tmp_path / "messages.pot"
    subprocess.run([ROOT / "scripts" / "messages", written], check=True, capture_output=True)
    assert written.read_text() == TEMPLATE.read_text(), "the wording changed: run scripts/messages and read the diff"


def test_every_text_that_is_looked_up_is_in_the_template() -> None:
    """Babel does not see a call within an f-string."""
    known = {text for one in polib.pofile(str(TEMPLATE)) for text in (one.msgid, one.msgid_plural) if text}
    calls = (
        (path.name, argument.value)
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in ("_", "N_", "gettext", "ngettext", "critical")
        for argument in node.args[:2]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )
    assert [(name, text) for name, text in calls if text not in known] == []
