"""The evidence page agrees with the documents and the study's files."""

import json
import re
from dataclasses import replace
from pathlib import Path

from app.artefact.reader import ARTEFACT_FILE
from app.artefact.store import StudyModel, load_model
from app.presentation.pages.evidence.page import evidence_page
from app.presentation.pages.instructions import as_markdown, instructions
from app.presentation.templating import render

ROOT = Path(__file__).parents[2]
MODEL = load_model()


def _plain(text: str) -> str:
    return " ".join(text.split())


def test_intended_use_matches_the_document() -> None:
    document, use = _plain((ROOT / "docs" / "intended-use.md").read_text("utf-8")), MODEL.files["intended_use"]
    for sentence in (use["purpose"], use["supports"], use["status"], *use["not_for"]):
        assert _plain(sentence) in document
    for user in use["users"]:
        assert f"| {user['who']} | {user['use']} |" in document


def test_documents_name_the_deaths_of_the_artefact() -> None:
    """Their number was not published: the median over the reconstructed cohorts."""
    said = f"about {MODEL.fitted.population.deaths.median} deaths"
    for name in ("intended-use.md", "decisions/0005-alternatives.md"):
        assert said in (ROOT / "docs" / name).read_text("utf-8")


def test_instructions_for_use_match_the_page() -> None:
    """A clinician reads them on the site, a buyer in the repository; they fit one printed page."""
    document = (ROOT / "docs" / "instructions-for-use.md").read_text("utf-8")
    assert document == as_markdown(instructions(MODEL)), "the wording changed: run scripts/instructions"
    assert 450 <= len(document.split()) <= 620


def test_every_test_in_the_hazard_log_exists() -> None:
    hazards = MODEL.files["hazards"]["hazards"]
    assert [entry["id"] for entry in hazards] == [f"H{k}" for k in range(1, len(hazards) + 1)]
    for entry in hazards:
        assert entry["tests"]
        for test in entry["tests"]:
            path, _, name = test.partition("::")
            assert re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), test


def fitted_with(model: StudyModel) -> str:
    return str(next(row[1] for row in evidence_page(model).provenance.rows if row[0] == "Fitted with"))


def test_versions_are_shown_only_for_their_artefact() -> None:
    shown = fitted_with(MODEL)
    made = json.loads(ARTEFACT_FILE.with_name("made_with.json").read_text("utf-8"))
    assert shown == f"Python {made['python']}, " + ", ".join(f"{name} {one}" for name, one in made["libraries"].items())
    other = replace(MODEL, fitted=replace(MODEL.fitted, digest="sha256:" + "0" * 64))
    assert fitted_with(other) == "not recorded for this artefact"


def test_evidence_page_shows_the_printed_figures() -> None:
    html = render(evidence_page(MODEL)).replace("\u00a0", " ")
    for printed in (
        *("2.211 (1.089 to 4.489)", "2.750 (1.259 to 6.010)", "8 months (5.761 to 10.239)"),
        *("12 (79.3 %)", "23 (79.3)", "38 (65.5 %); 20 (34.5 %)", "594 (10 to 9242)"),
        *("1.64 (1.45 to 1.85)", "https://doi.org/10.1007/s12094-025-04028-3", "1.69 (1.28 to 2.22)"),
    ):
        assert printed in html


def test_evidence_page_has_every_agreement_row() -> None:
    page = evidence_page(MODEL)
    assert len(page.agreement.rows) >= 25
    assert page.agreement_holds.startswith(f"{len(page.agreement.rows)} of {len(page.agreement.rows)} ")
    assert ("HR, multivariable SII", "2.211") in {row[:2] for row in page.agreement.rows}
    assert ("deaths", "not published") in {row[:2] for row in page.agreement.rows}
