"""The page for the patient can be read at the age of about 12: school grade 7 at most, and short sentences."""

import pytest

from app.core.applicability import Population
from app.core.fitted_model import FittedModel
from app.presentation.pages.patient import patient_page
from app.presentation.pages.record import PatientBanner, RecordView
from app.presentation.templating import render
from tests.lib.assessments import assessed
from tests.lib.readability import grade, sentences_of, syllables, words

MOST_WORDS = 25
HIGHEST_GRADE = 7.0
RECORD = RecordView("a-handle", PatientBanner("A B", "1950"), changes=("One.",))
LOST = RecordView("a-handle", PatientBanner(unknown="Not known."), changes=("One.",) * 4)


@pytest.mark.parametrize(
    ("numbers", "record", "population"),
    [
        (("4.2", "1.1", "145", "620"), None, None),
        (("4.2", "1.1", "145", "12"), RECORD, Population(ecog=1)),
        (("1.5", "1.1", "110", "620"), None, None),
        (("1.5", "1.1", "110", "12"), None, None),
        (("3.39999", "1.0", "100", "399.99"), None, None),
        (("4.2", "1.1", "10", "620"), LOST, Population(child_pugh_class="B")),
    ],
    ids=["both", "sii only", "afp only", "neither", "near both", "no numbers"],
)
def test_text_is_for_readers_of_twelve(
    fitted: FittedModel, numbers: tuple[str, ...], record: RecordView | None, population: Population | None
) -> None:
    assessment = assessed(fitted, *numbers, population=population)
    html = render(patient_page(assessment, {}, record, "help@hospital.example"))
    found = sentences_of(html, "for-patient", ("team", "patient", "unknown-patient", "sign"))
    assert len(found) > 20
    assert [sentence for sentence in found if len(words(sentence)) > MOST_WORDS] == []
    assert grade(found) <= HIGHEST_GRADE


def test_grade_agrees_with_a_hand_calculation() -> None:
    """10 words, 2 sentences, 12 syllables: 0.39 * 5 + 11.8 * 1.2 - 15.59 = 0.52."""
    sentences = ["The doctor came in.", "It was a very good day."]
    assert sum(syllables(word) for sentence in sentences for word in words(sentence)) == 12
    assert grade(sentences) == pytest.approx(0.52)
