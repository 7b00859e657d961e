"""Fill in and send the form as a visitor does, with typed values and chosen units."""

from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.lib.assessments import LIKE, UNLIKE

GIGA = "10*9/L"


@dataclass(frozen=True)
class Patient:
    """Typed values in the order of the form, units, and answers to the optional questions."""

    values: tuple[str, str, str, str]
    units: tuple[str, str, str, str] = (GIGA, GIGA, GIGA, "ng/mL")
    answers: dict[str, str] = field(default_factory=dict)
    dates: tuple[str, str] = ("", "")


FIELDS = ("neutrophils", "lymphocytes", "platelets", "afp")
QUESTIONS = ("sorafenib_failed", "starting_regorafenib", "child_pugh_class", "ecog", "sorafenib_tolerated")

# SII by hand: 145 x 4.2 / 1.1 = 553.6 (high), 145 x 1.5 / 1.1 = 197.7 (low).
HIGH = Patient(("4.2", "1.1", "145", "620"))
INTERMEDIATE = Patient(("4.2", "1.1", "145", "120"))
LOW = Patient(("1.5", "1.1", "145", "12"))
# SII 339.999 and AFP 399.99: both just below their cut-offs.
NEAR_BOTH = Patient(("3.39999", "1.0", "100", "399.99"))
ALIKE = Patient(HIGH.values, answers=LIKE)
# Every value is unusual, which gives the longest page.
LONGEST = Patient(
    ("0.4", "21", "1", "0.1"), (GIGA, GIGA, GIGA, "IU/mL"), answers=UNLIKE, dates=("2025-01-02", "2025-08-02")
)
# The most caveats that the answer of each cell can have at once: both factors are near their cut-offs, SII with 339 or
# 341 by hand as 1695 or 1705 x 0.4 / 2; counts are unusual and typed with a comma; samples are old and far apart.
FULL = {
    cell: Patient(("0,4", "2,0", platelets, afp), answers=UNLIKE, dates=("2025-01-02", "2025-08-02"))
    for cell, platelets, afp in (
        *(("neither", "1695", "399,99"), ("sii_only", "1705", "399,99")),
        *(("afp_only", "1695", "450,5"), ("both", "1705", "450,5")),
    )
}
WRONG = Patient(("4200", "", "about 145", ">200"), (GIGA, "", "", "ng/mL"), answers={"ecog": "1"})


def fill(page: Page, patient: Patient) -> None:
    for name, value, unit in zip(FIELDS, patient.values, patient.units, strict=True):
        page.fill(f"#{name}", value)
        page.select_option(f"#{name}_unit", unit)
    if any(patient.dates):
        page.click(".more summary")
    for name, answer in patient.answers.items():
        page.check(f"[name={name}][value='{answer}']")
    for name, day in zip(("blood_count_date", "afp_date"), patient.dates, strict=True):
        if day:
            page.fill(f"#{name}", day)


def send(page: Page) -> None:
    """Send the form and wait for its answer with its style sheet and scripts, without which it has another layout."""
    page.click(".actions .primary")
    page.wait_for_selector(".verdict, .comparison, .error-summary")
    page.wait_for_load_state()


def more(page: Page, name: str) -> None:
    """Choose an action of a result that is folded under "More"."""
    page.locator(".tools:not(:has([open])) summary").click()
    page.locator(".others").get_by_text(name, exact=True).click()


def assess(page: Page, patient: Patient) -> None:
    fill(page, patient)
    send(page)
