"""Word the sentences and format the numbers that pages, text and print share.

A Kaplan-Meier curve describes a group, never "your survival". Reconstructed numbers are called reconstructed.
"""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from app.core.alternatives import AlternativeCurve
from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.caveats import NEAR_CUT_OFF
from app.core.cutoffs import Cutoff
from app.core.fitted_model import FittedModel
from app.core.kaplan_meier import Estimate, KaplanMeierCurve
from app.core.labs import Lab
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import language, left_to_right, ngettext, right_to_left

NO_BREAK_SPACE = "\u00a0"
Units = Callable[[str], str]
"""How a unit is written: `str` keeps its code, for programs; `unit` prints it, for people."""

_FORMULAS = {
    "sii": N_("platelets × neutrophils ÷ lymphocytes"),
    "nlr": N_("neutrophils ÷ lymphocytes"),
    "plr": N_("platelets ÷ lymphocytes"),
}
_COUNTS = (N_("no"), N_("one"), N_("two"), N_("three"), N_("four"))
_POWERS = {"10*9/L": "× 10⁹/L", "10*3/uL": "× 10³/µL", "10*3/mm3": "× 10³/mm³", "10*6/L": "× 10⁶/L"}
_POWERS |= {"10*4/uL": "× 10⁴/µL"}
_LABELS = {f"x{code}": printed for code, printed in _POWERS.items()}  # they already contain the sign
_PRINTED = {**_LABELS, **_POWERS, "/mm3": "/mm³", "/uL": "/µL", "ug/": "µg/"}
_ANALYTES = {
    Analyte.NEUTROPHILS: N_("Neutrophils"),
    Analyte.LYMPHOCYTES: N_("Lymphocytes"),
    Analyte.PLATELETS: N_("Platelets"),
    Analyte.AFP: N_("AFP"),
}
_SIGNS = {"": "", "<": "< ", "<=": "≤ ", ">=": "≥ ", ">": "> "}  # before a number
_MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)
# How firmly SII is high, or low, by the lowest chance in percent that a repeat would be so again.
_FIRMNESS = {
    True: ((95, N_("SII is firmly high.")), (80, N_("SII is probably high.")), (0, N_("SII is not firmly high."))),
    False: ((95, N_("SII is firmly low.")), (80, N_("SII is probably low.")), (0, N_("SII is not firmly low."))),
}


def percent(probability: float) -> str:
    """Return a probability as whole percent: '62 %'; 'under 1 %' and 'over 99 %' near the ends."""
    shown = f"{100 * probability:.0f}"
    if shown == "0" and probability > 0:
        return _("under 1 %")
    if shown == "100" and probability < 1:
        return _("over 99 %")
    return f"{shown} %"


def of_hundred(probability: float) -> str:
    """Return how many of a hundred: '62'; never none or all, which no estimate supports."""
    number = round(100 * probability)
    if number < 1:
        return _("fewer than 1")
    return _("more than 99") if number > 99 else str(number)


def about_of_hundred(probability: float) -> str:
    """Return 'about 62', or as `of_hundred` near the ends."""
    shown = of_hundred(probability)
    return _("about {number}").format(number=shown) if shown.isdigit() else shown


def interval(estimate: Estimate) -> str:
    """Return '34 % to 84 %'."""
    return value_range(percent(estimate.lower), percent(estimate.upper))


def percent_with_interval(estimate: Estimate) -> str:
    """Return '65 % (34 % to 84 %)'."""
    return f"{percent(estimate.survival)} ({interval(estimate)})"


def ratio(value: float) -> str:
    """Return a hazard ratio with two decimals, from 10 on with one."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def ratio_with_interval(value: float, ci_95: tuple[float, float]) -> str:
    """Return '2.21 (1.09 to 4.50)'."""
    # One number with its interval, in the order of numbers: a word would turn it around.
    if language().direction == "rtl":
        return left_to_right(f"{ratio(value)} ({ratio(ci_95[0])}–{ratio(ci_95[1])})")
    return f"{ratio(value)} ({value_range(*map(ratio, ci_95))})"


def p_value(p: float) -> str:
    """Return 'p = 0.028', or 'p < 0.001'."""
    return left_to_right("p < 0.001" if p < 0.0005 else f"p = {p:.3f}")


def value_range(low: str, high: str) -> str:
    """Return '1.09 to 4.50'."""
    return right_to_left(_("{low} to {high}").format(low=low, high=high))


def joined(parts: Sequence[str]) -> str:
    """Return 'a, b and c'."""
    *others, last = parts
    return _("{others} and {last}").format(others=_(", ").join(others), last=last) if others else last


def at_months(number: int) -> str:
    """Return '6 months'."""
    return ngettext("{number} month", "{number} months", number).format(number=number)


def median_with_limits(curve: KaplanMeierCurve | AlternativeCurve) -> tuple[str, str, str]:
    """Return the median survival in months and its limits, each of which may be beyond the last month."""
    beyond = _("more than {months}").format(months=f"{curve.band.months[-1]:g}")
    median, lower, upper = (
        beyond if months is None else f"{months:.1f}" for months in (curve.median_months, *curve.median_ci_95)
    )
    return median, lower, upper


def median_with_interval(curve: KaplanMeierCurve | AlternativeCurve) -> str:
    """Return '4.6 months (95 % interval: 1.7 to 8.2)'."""
    median, lower, upper = median_with_limits(curve)
    return _("{median} months (95 % interval: {lower} to {upper})").format(median=median, lower=lower, upper=upper)


def count(number: int) -> str:
    """Return a small number as a word."""
    return _(_COUNTS[number])


def natural_frequency(estimate: Estimate, months: int) -> str:
    """Return a sentence of natural frequencies for a group."""
    alive = round(100 * estimate.survival)
    return _(
        "Of 100 patients in this group, {alive} would be alive after {months} months and {died} would have died "
        "(95 % interval: {low} to {high} alive)."
    ).format(
        alive=about_of_hundred(estimate.survival),
        months=months,
        died=of_hundred(1 - alive / 100),
        low=of_hundred(estimate.lower),
        high=of_hundred(estimate.upper),
    )


def level(*, high: bool) -> str:
    """Return whether a factor is high or low."""
    return _("high") if high else _("low")


def formula(index_id: str) -> str:
    """Return how an index is computed: 'platelets × neutrophils ÷ lymphocytes'."""
    return _(_FORMULAS[index_id])


def analyte(one: Analyte) -> str:
    """Return the name of an analyte."""
    return _(_ANALYTES[one])


def given(lab: Lab, units: Units | None = None) -> str:
    """Return a value as it was given: '> 1210 ng/mL'. Its unit is printed unless `units` says otherwise."""
    return quantity(f"{_SIGNS[lab.given.comparator or '']}{lab.given.value:f}", lab.given.unit_text, units)


def read(lab: Lab) -> str:
    """Return a value as the number was read from another spelling: '< 2 ng/mL' for '<2,0 ng/mL'."""
    return quantity(signed(f"{lab.given.value.normalize():f}", lab.given.comparator), lab.given.unit_text)


def signed(number: str, comparator: object) -> str:
    """Return a number with its comparator, if it has one: '≤ 2'."""
    return f"{_SIGNS[str(comparator or '')]}{number}"


def canonical(lab: Lab) -> str:
    """Return a value in its canonical unit, exact: '4.2 × 10⁹/L'."""
    number = f"{_SIGNS[lab.given.comparator or '']}{lab.canonical.normalize():f}"
    return quantity(number, lab.analyte.canonical_unit)


def study_line(fitted: FittedModel) -> str:
    """Return the line about the study: its size, and that its data were reconstructed."""
    return _(
        "From one study of {n} patients. No individual data were published: curves and intervals come from {cohorts} "
        "reconstructed (synthetic) cohorts."
    ).format(n=fitted.population.n, cohorts=fitted.provenance.cohorts)


def group_size(fitted: FittedModel, curve: KaplanMeierCurve) -> str:
    """Return the size of a group of the study, by its curve."""
    n = curve.n
    return ngettext(
        "{n} of the {total} patients was in this group.", "{n} of the {total} patients were in this group.", n
    ).format(n=n, total=fitted.population.n)


def group_deaths(curve: KaplanMeierCurve) -> str:
    """Return the known range of the deaths in a group."""
    deaths = curve.events
    span = str(deaths.minimum)
    if deaths.minimum != deaths.maximum:
        span = value_range(span, str(deaths.maximum))
    return _(
        "The number of deaths in the group was not published; it is {deaths} in the reconstructed cohorts."
    ).format(deaths=span)


def firmness(assessment: Assessment) -> str:
    """Return how likely a repeat puts SII on the same side.

    Nothing if SII is no factor of the model, or if a caveat says that it is near its cut-off.
    """
    if "sii" not in assessment.fitted.factor_ids:
        return ""
    for caveat in assessment.caveats:
        if caveat.code == NEAR_CUT_OFF and caveat.parameters["analyte"] == "sii":
            return ""
    _ = language().gettext
    is_high = assessment.indices.sii.high
    probability = assessment.repeat_measurement.same_side_probability
    chance = round(100 * probability)
    high = _(
        "With ordinary week-to-week variation, a second blood count within a week would give a high SII again in "
        "{chance} of 100 cases."
    )
    low = _(
        "With ordinary week-to-week variation, a second blood count within a week would give a low SII again in "
        "{chance} of 100 cases."
    )
    sentences = [
        next(_(text) for lowest, text in _FIRMNESS[is_high] if chance >= lowest),
        (high if is_high else low).format(chance=about_of_hundred(probability)),
        _("This variation was measured in healthy adults."),
    ]
    if Analyte.AFP in assessment.fitted.cutoffs:
        sentences.append(_("No such figure exists for AFP."))
    return " ".join(sentences)


def day(value: date) -> str:
    """Return '5 April 1961'."""
    return _("{day} {month} {year}").format(day=value.day, month=_(_MONTHS[value.month - 1]), year=value.year)


def unit(code: str) -> str:
    """Return a unit as people print it: '× 10⁹/L' for '10*9/L'."""
    return left_to_right(_printed(code))


@lru_cache(maxsize=256)
def _printed(code: str) -> str:
    for part, printed in _PRINTED.items():
        code = code.replace(part, printed)
    return code


def quantity(value: str, code: str, units: Units | None = None) -> str:
    """Return a value with its unit, printed unless `units` says otherwise: '340 × 10⁹/L'.

    An index without a unit is its number alone.
    """
    if code == "1":
        return value
    before, after = language().isolates
    shown = units(code) if units else f"{before}{_printed(code)}{after}"
    return f"{before}{value} {shown}{after}"


def with_signs(text: str) -> str:
    """Return a text of the evidence with the sign ≥ for >=."""
    return text.replace(">=", "≥")


def visible(text: str) -> str:
    """Return a text without control characters and marks of direction, which could show it in another order."""
    return "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cf", "Cs"))


def cutoff_quantity(cutoff: Cutoff) -> str:
    """Return a cut-off with its unit."""
    return quantity(f"{cutoff.value:f}", cutoff.unit)
