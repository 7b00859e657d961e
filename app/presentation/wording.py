"""Sentences and number formats: one way to say each thing, for pages, text and print.

A Kaplan-Meier curve is of a group, never "your survival". What was reconstructed is called so.
"""

from datetime import date

from app.core.assessment import Assessment
from app.core.kaplan_meier import Estimate, KaplanMeierCurve
from app.core.labs import Lab
from app.core.measurement import Comparator

TREATMENT = "on regorafenib after sorafenib"
TIME_ZERO = "survival counts in months from the start of regorafenib and is that of the group, not of one person"
NOT_REACHED = "not reached by 12 months"
_POWERS = {"10*9/L": "× 10⁹/L", "10*3/uL": "× 10³/µL", "10*3/mm3": "× 10³/mm³", "10*6/L": "× 10⁶/L"}
_LABELS = {f"x{code}": printed for code, printed in _POWERS.items()}  # they have the sign already
_PRINTED = {**_LABELS, **_POWERS, "/uL": "/µL", "ug/": "µg/"}


def percent(probability: float) -> str:
    """Return a probability as whole percent: '62 %'; 'under 1 %' and 'over 99 %' near the ends."""
    if 0 < probability < 0.005:
        return "under 1 %"
    if 0.995 < probability < 1:
        return "over 99 %"
    return f"{100 * probability:.0f} %"


def interval(estimate: Estimate) -> str:
    """Return '34 % to 84 %'."""
    return f"{percent(estimate.lower)} to {percent(estimate.upper)}"


def percent_with_interval(estimate: Estimate) -> str:
    """Return '65 % (34 % to 84 %)'."""
    return f"{percent(estimate.survival)} ({interval(estimate)})"


def ratio(value: float) -> str:
    """Return a hazard ratio with two decimals, from 10 on with one."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def ratio_with_interval(value: float, ci_95: tuple[float, float]) -> str:
    """Return '2.21 (1.09 to 4.50)'."""
    return f"{ratio(value)} ({ratio(ci_95[0])} to {ratio(ci_95[1])})"


def p_value(p: float) -> str:
    """Return 'p = 0.028', or 'p < 0.001'."""
    return "p < 0.001" if p < 0.0005 else f"p = {p:.3f}"


def months(value: float | None) -> str:
    """Return '4.2 months', or that it is not reached."""
    return NOT_REACHED if value is None else f"{value:.1f} months"


def median_with_interval(curve: KaplanMeierCurve) -> str:
    """Return the median survival with its limits, each of which may not be reached."""
    lower, upper = (NOT_REACHED if limit is None else f"{limit:.1f}" for limit in curve.median_ci_95)
    return f"{months(curve.median_months)} (95 % interval {lower} to {upper})"


def natural_frequency(estimate: Estimate, at_months: int) -> str:
    """Return a sentence of natural frequencies for a group."""
    alive, low, high = (round(100 * value) for value in (estimate.survival, estimate.lower, estimate.upper))
    return (
        f"Of 100 patients in this group, about {alive} would be alive after {at_months} months "
        f"and {100 - alive} would have died (the data allow {low} to {high} alive)."
    )


def given(lab: Lab) -> str:
    """Return a value as it was given: '> 1210 ng/mL'."""
    sign = f"{_sign(lab.given.comparator)} " if lab.given.comparator else ""
    return f"{sign}{lab.given.value:f} {lab.given.unit_text}"


def canonical(lab: Lab) -> str:
    """Return a value in its canonical unit, exact: '4.2 10*9/L'."""
    sign = f"{_sign(lab.given.comparator)} " if lab.given.comparator else ""
    return f"{sign}{lab.canonical.normalize():f} {lab.analyte.canonical_unit}"


def study_line(assessment: Assessment) -> str:
    """Return who stands behind every number: size, place and the word reconstructed."""
    population = assessment.artefact.population
    return (
        f"From one study of {population.n} patients. No individual data were published: "
        f"curves and intervals come from {assessment.artefact.provenance.cohorts} reconstructed "
        "(synthetic) cohorts."
    )


def group_size_line(assessment: Assessment) -> str:
    """Return the size of the patient's group in the study."""
    curve = assessment.answer.curve
    deaths = curve.events
    span = str(deaths.minimum) if deaths.minimum == deaths.maximum else f"{deaths.minimum} to {deaths.maximum}"
    return (
        f"{curve.n} of the {assessment.artefact.population.n} patients were in this group. How many of them died was "
        f"not published; {span} in the reconstructed cohorts."
    )


def firmness(assessment: Assessment) -> str:
    """Return how firmly SII sits on its side of the cut-off."""
    repeat = assessment.repeat_measurement
    chance = round(100 * repeat.same_side_probability)
    side = "high" if assessment.indices.sii.high else "low"
    if chance >= 95:
        word = "firmly"
    elif chance >= 80:
        word = "probably"
    else:
        word = "not firmly"
    return (
        f"SII is {word} {side}: with ordinary week-to-week variation, a repeat within a week would be {side} again "
        f"in about {chance} of 100. (Variation measured in healthy adults; there is no such figure for AFP.)"
    )


def day(value: date) -> str:
    """Return '5 April 1961'."""
    return f"{value.day} {value:%B %Y}"


def readable(text: str) -> str:
    """Return a text with its units as people print them: '340 10*9/L' becomes '340 × 10⁹/L'."""
    for code, printed in _PRINTED.items():
        text = text.replace(code, printed)
    return text


def _sign(comparator: Comparator | None) -> str:
    return "" if comparator is None else comparator.value.replace("<=", "≤").replace(">=", "≥")
