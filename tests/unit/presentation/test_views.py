"""A template uses exactly the fields that its view documents."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from jinja2 import meta, nodes

from app.artefact.store import load_model
from app.core.analytes import Analyte
from app.core.assessment import assess
from app.core.errors import InputError
from app.core.fitted_model import FittedModel
from app.core.labs import Lab, parse_lab
from app.presentation.pages.comparison import ComparisonPage
from app.presentation.pages.contexts import FiledPage, FormPage, ProblemPage
from app.presentation.pages.evidence.context import EvidencePage
from app.presentation.pages.evidence.page import evidence_page
from app.presentation.pages.form import form_page
from app.presentation.pages.instructions import InstructionsPage, instructions_page
from app.presentation.pages.patient import PatientPage, patient_page
from app.presentation.pages.problem import WORDS, Occurrence, problem_page
from app.presentation.pages.record import Filing, PatientBanner, Prefill, RecordView
from app.presentation.pages.report.context import PastePage, ReadPage
from app.presentation.pages.report.pages import paste_page, read_page
from app.presentation.pages.result import result_page
from app.presentation.pages.result_context import ResultPage
from app.presentation.report_messages import empty_message
from app.presentation.templating import View, context_of, environment, render, site_of, static_address
from app.presentation.translation import ENGLISH_TEXTS
from app.reports.reader import read_report
from tests.lib.assessments import assessed

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
REPORT = "ANC 3.4 K/uL\nPLT 97 K/uL\nPLT 103 K/uL\nLymphocytes 20 %"
TYPED = {"neutrophils": "4.2", "neutrophils_unit": "10*9/L"}
# One group, several groups, and no numbers.
_FOR_PATIENTS = (
    ("620", None),
    ("399", RecordView("a-handle", PatientBanner("A B", "1950"))),
    ("620", RecordView("a-handle", PatientBanner(unknown="Not known."))),
)


def _result(fitted: FittedModel, afp: str = "620 ng/mL", record: RecordView | None = None) -> ResultPage:
    texts = ("4.2 10*9/L", "1.1 10*9/L", "145 10*9/L", afp)
    labs: dict[Analyte, Lab | InputError] = {
        analyte: parse_lab(analyte, text) for analyte, text in zip(Analyte, texts, strict=True)
    }
    return result_page(assess(fitted, labs, computed_at=NOW), TYPED, record)


def _used(template: str) -> set[str]:
    """Names that a template and those it extends or includes take from the context."""
    source = environment(ENGLISH_TEXTS).loader
    assert source is not None
    text, _, _ = source.get_source(environment(ENGLISH_TEXTS), template)
    tree = environment(ENGLISH_TEXTS).parse(text)
    macros = {name for imported in tree.find_all(nodes.FromImport) for name in imported.names if isinstance(name, str)}
    names = meta.find_undeclared_variables(tree) - macros
    for other in meta.find_referenced_templates(tree):
        assert other is not None
        names |= _used(other)
    return names


PAGES = (
    FormPage,
    ResultPage,
    ComparisonPage,
    EvidencePage,
    InstructionsPage,
    FiledPage,
    ProblemPage,
    PastePage,
    ReadPage,
    PatientPage,
)


@pytest.mark.parametrize("view", PAGES)
def test_template_uses_its_documented_fields(view: type[View]) -> None:
    assert _used(view.template) == {field.name for field in fields(view)}


def test_every_template_belongs_to_a_view_or_is_a_part() -> None:
    pages = {name for name in environment(ENGLISH_TEXTS).list_templates() if not name.startswith("parts/")}
    assert pages == {
        *("base.html.jinja", "form.html.jinja", "result.html.jinja", "evidence.html.jinja", "problem.html.jinja"),
        *("api.html.jinja", "comparison.html.jinja", "curve.svg.jinja", "filed.html.jinja", "instructions.html.jinja"),
        *("patient.html.jinja", "report.html.jinja", "report_read.html.jinja", "result.typ"),
    }


def test_every_page_renders_without_undefined(fitted: FittedModel) -> None:
    error = InputError("afp", "not_finite", number="620", unit="ng/mL")
    prefill = Prefill("Values", "Compare them.", "Not found: AFP.", ("One",), {"neutrophils": "4.2"})
    pages: tuple[View, ...] = (
        form_page(fitted),
        form_page(fitted, TYPED, (error,)),
        _result(fitted),
        evidence_page(load_model()),
        instructions_page(load_model(), "help@hospital.example"),
        FiledPage(site_of(fitted, "filed", 1), PatientBanner("A B", "1950"), "Filed", "It was filed."),
        form_page(fitted, TYPED, record=RecordView("a-handle", PatientBanner(unknown="Not known."), prefill)),
        _result(fitted, record=RecordView("a-handle", None, None, ("A change",), Filing("File", "Sure", "No"))),
        _result(fitted, record=RecordView("a-handle", PatientBanner("A B", "1950"), filing=Filing(reason="No."))),
        paste_page(fitted, NOW),
        paste_page(fitted, NOW, "<b>", empty_message()),
        read_page(fitted, REPORT, read_report(REPORT)),
        *(patient_page(assessed(fitted, "4.2", "1.1", "145", afp), TYPED, record) for afp, record in _FOR_PATIENTS),
        *(problem_page(fitted, Occurrence(name, 500, "", "", 2, contact="a@b.example")) for name in (*WORDS, "other")),
    )
    for page in pages:
        html = render(page)
        assert html.startswith("<!doctype html>")
        assert set(context_of(page)) == {field.name for field in fields(page)}


def test_nothing_typed_becomes_markup(fitted: FittedModel) -> None:
    typed = {"afp": '"><script>alert(1)</script>', "afp_unit": "<b>", "neutrophils": "'"}
    html = render(form_page(fitted, typed))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert '<option value="&lt;b&gt;" selected>' in html


def test_pages_have_no_inline_style_or_script(fitted: FittedModel) -> None:
    pasted = paste_page(fitted, NOW), read_page(fitted, REPORT, read_report(REPORT))
    for page in (form_page(fitted), _result(fitted), evidence_page(load_model()), *pasted):
        html = render(page)
        assert "<style" not in html
        assert " style=" not in html
        assert html.count("<script") == html.count('<script type="module" src="./static/main.js?v=') == 1


def test_links_work_from_any_depth(fitted: FittedModel) -> None:
    assert site_of(fitted, "form").root == "./"
    assert site_of(fitted, "problem", 2).root == "../../"


def test_static_address_has_the_content_digest() -> None:
    address, _, digest = static_address("style.css").partition("?v=")
    assert address == "static/style.css"
    assert len(digest) == 12


def test_result_shows_values_as_given_and_as_used(fitted: FittedModel) -> None:
    row = _result(fitted, ">1000 [IU]/mL").inputs[3]
    assert (row.given, row.canonical, row.is_converted) == ("> 1000 [IU]/mL", "> 1210 ng/mL", True)


def test_pages_of_one_cell_are_those_of_a_fresh_process(fitted: FittedModel) -> None:
    """The parts that are kept for a cell hold nothing of an earlier patient."""
    patients = (("9.17", "0.83", "211", "8123"), ("4.2", "1.1", "145.7", "620"), ("3.9", "0.9", "133.3", "431"))

    def page(model: FittedModel, values: tuple[str, ...]) -> str:
        return render(result_page(assessed(model, *values), {"neutrophils": values[0]}))

    for values in patients:
        page(fitted, values)
    for values in patients:
        assert page(fitted, values) == page(replace(fitted), values)  # the copy has kept nothing


def test_result_names_model_software_and_time(fitted: FittedModel) -> None:
    page = _result(fitted)
    html = render(page)
    for said in (fitted.digest, f"{fitted.id} {fitted.version}", page.site.software, "2026-11-03 09:30 UTC"):
        assert said in html


def test_result_keeps_the_typed_values(fitted: FittedModel) -> None:
    html = render(_result(fitted))
    assert '<input type="hidden" name="neutrophils" value="4.2">' in html
    assert '<input type="hidden" name="neutrophils_unit" value="10*9/L">' in html
