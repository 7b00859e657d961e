"""Assess a patient from numbers in the usual units, and answer the questions of the form."""

from app.core.analytes import Analyte
from app.core.applicability import Population
from app.core.assessment import Assessment, assess
from app.core.dates import SampleDates
from app.core.errors import InputWarning
from app.core.fitted_model import FittedModel
from app.core.labs import parse_lab
from tests.lib.times import NOW

UNLIKE = {
    "sorafenib_failed": "no",
    "starting_regorafenib": "no",
    "child_pugh_class": "B",
    "ecog": "2",
    "sorafenib_tolerated": "no",
}
"""The answers of a patient who meets no criterion of the study, as the form sends them."""
LIKE = {
    "sorafenib_failed": "yes",
    "starting_regorafenib": "yes",
    "child_pugh_class": "A",
    "ecog": "1",
    "sorafenib_tolerated": "yes",
}
"""The answers of a patient who meets all of them."""


def assessed(
    fitted: FittedModel,
    *numbers: str,
    population: Population | None = None,
    sampled_on: SampleDates | None = None,
    warnings: tuple[InputWarning, ...] = (),
) -> Assessment:
    """Assess neutrophils, lymphocytes, platelets and AFP; `warnings` are of the record."""
    labs = {
        analyte: parse_lab(analyte, f"{number} {'10*9/L' if analyte.is_count else 'ng/mL'}")
        for analyte, number in zip(Analyte, numbers, strict=True)
    }
    return assess(fitted, labs, computed_at=NOW, population=population, sampled_on=sampled_on, source_warnings=warnings)
