"""Sentences and number formats: one way to say each thing, for pages, text and print.

A Kaplan-Meier curve is of a group, never "your survival". What was reconstructed is called so.
"""

from datetime import date

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.cell_answers import HazardRatio
from app.core.cox import COMBINED
from app.core.fitted_model import Artefact
from app.core.indices import plain
from app.core.kaplan_meier import Estimate, KaplanMeierCurve
from app.core.labs import Lab
from app.core.measurement import Comparator
from app.core.risk_groups import Cutoff, Factor

FORMULAS = {
    "sii": "platelets × neutrophils ÷ lymphocytes",
    "nlr": "neutrophils ÷ lymphocytes",
    "plr": "platelets ÷ lymphocytes",
}
_COUNTS = ("no", "one", "two", "three", "four")
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


def median_with_interval(curve: KaplanMeierCurve) -> str:
    """Return the median survival with its limits, each of which may not be reached."""
    not_reached = f"not reached by {curve.band.months[-1]:g} months"
    lower, upper = (not_reached if limit is None else f"{limit:.1f}" for limit in curve.median_ci_95)
    median = not_reached if curve.median_months is None else f"{curve.median_months:.1f} months"
    return f"{median} (95 % interval {lower} to {upper})"


def ratio_label(ratio: HazardRatio) -> str:
    """Return what a hazard ratio is of: 'SII ≥ 340 10*9/L', or 'Both factors high'."""
    if ratio.factor != COMBINED:
        return _level(ratio.factors[0], "≥")
    return "Both factors high" if len(ratio.factors) == 2 else f"All {count(len(ratio.factors))} factors high"


def ratio_reference(ratio: HazardRatio) -> str:
    """Return against what a hazard ratio is: 'SII < 340 10*9/L', or 'neither factor high (... and ...)'."""
    *others, last = (_level(factor, "<") for factor in ratio.factors)
    if ratio.factor != COMBINED:
        return last
    none = "neither" if len(ratio.factors) == 2 else "no"
    return f"{none} factor high ({', '.join(others)} and {last})"


def ratio_comparison(ratio: HazardRatio) -> str:
    """Return both in short: 'Both factors high against neither'."""
    against = ratio_reference(ratio)
    if ratio.factor == COMBINED:
        against = "neither" if len(ratio.factors) == 2 else "none"
    return f"{ratio_label(ratio)} against {against}"


def count(number: int) -> str:
    """Return a small number as a word."""
    return _COUNTS[number]


def limits(artefact: Artefact) -> tuple[str, ...]:
    """Return the limits of the model, a sentence each."""
    return tuple(limit.text for limit in artefact.limits)


def time_zero_line(artefact: Artefact) -> str:
    """Return from when survival counts, and that it is that of a group."""
    return f"survival counts in months from {artefact.population.time_zero} and is that of the group, not of one person"


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
    no_afp = "; there is no such figure for AFP" if Analyte.AFP in assessment.artefact.cutoffs else ""
    if chance >= 95:
        word = "firmly"
    elif chance >= 80:
        word = "probably"
    else:
        word = "not firmly"
    return (
        f"SII is {word} {side}: with ordinary week-to-week variation, a repeat within a week would be {side} again "
        f"in about {chance} of 100. (Variation measured in healthy adults{no_afp}.)"
    )


def day(value: date) -> str:
    """Return '5 April 1961'."""
    return f"{value.day} {value:%B %Y}"


def readable(text: str) -> str:
    """Return a text with its units as people print them: '340 10*9/L' becomes '340 × 10⁹/L'."""
    for code, printed in _PRINTED.items():
        text = text.replace(code, printed)
    return text


def quantity(cutoff: Cutoff) -> str:
    """Return a cut-off with its unit: '340 10*9/L'; an index without a unit is its number alone."""
    return f"{cutoff.value:f}" if cutoff.unit == "1" else f"{cutoff.value:f} {cutoff.unit}"


def _level(factor: Factor, sign: str) -> str:
    unit = "" if factor.cutoff.unit == "1" else f" {factor.cutoff.unit}"
    return f"{factor.label} {sign} {plain(factor.cutoff.value)}{unit}"


def _sign(comparator: Comparator | None) -> str:
    return "" if comparator is None else comparator.value.replace("<=", "≤").replace(">=", "≥")
