"""Word what a hazard ratio compares and where it is from."""

from app.core.cell_answers import HazardRatio
from app.core.cox import COMBINED, RatioEstimate
from app.core.fitted_model import FittedModel, PublishedRatio
from app.core.risk_groups import Factor
from app.core.rounding import plain
from app.presentation import wording
from app.presentation.translation import gettext as _
from app.presentation.translation import left_to_right


def study_ratio(fitted: FittedModel, ratio: HazardRatio) -> PublishedRatio | RatioEstimate:
    """Return a hazard ratio of the study as it is printed; the model's own where the study prints none."""
    return fitted.printed_ratio(ratio.factor) or ratio.estimate


def ratio_source(fitted: FittedModel, ratio: HazardRatio) -> str:
    """Return where a hazard ratio is from: the study, or a product that the study does not print."""
    if fitted.printed_ratio(ratio.factor) is None and ratio.factor == COMBINED:
        return _("Product of this study’s hazard ratios; not in the paper")
    return _("This study, {n} patients").format(n=fitted.population.n)


def ratio_label(ratio: HazardRatio, units: wording.Units = str) -> str:
    """Return the group that a hazard ratio describes: 'SII ≥ 340 10*9/L', or 'Both factors high'."""
    if ratio.factor != COMBINED:
        return _level(ratio.factors[0], "≥", units)
    number = len(ratio.factors)
    return (
        _("Both factors high") if number == 2 else _("All {number} factors high").format(number=wording.count(number))
    )


def ratio_reference(ratio: HazardRatio, units: wording.Units = str) -> str:
    """Return the reference of a hazard ratio: 'SII < 340 10*9/L', or 'neither factor high (... and ...)'."""
    levels = wording.joined([_level(factor, "<", units) for factor in ratio.factors])
    if ratio.factor != COMBINED:
        return levels
    none = _("neither factor high ({levels})") if len(ratio.factors) == 2 else _("no factor high ({levels})")
    return none.format(levels=levels)


def short_reference(ratio: HazardRatio) -> str:
    """Return the reference in short: 'SII < 340 × 10⁹/L', or 'neither'."""
    if ratio.factor != COMBINED:
        return ratio_reference(ratio, wording.unit)
    return _("neither") if len(ratio.factors) == 2 else _("none")


def ratio_comparison(ratio: HazardRatio) -> str:
    """Return what a hazard ratio compares, and whether the patient has its factor: 'SII ≥ 340 against SII < 340'."""
    factor, reference = (
        part.replace(" ", wording.NO_BREAK_SPACE) for part in (ratio_label(ratio, wording.unit), short_reference(ratio))
    )
    present = _("{factor} (this patient) against {reference}")
    return (present if ratio.present else _("{factor} against {reference}")).format(factor=factor, reference=reference)


def _level(factor: Factor, sign: str, units: wording.Units) -> str:
    code = "" if factor.cutoff.unit == "1" else f" {units(factor.cutoff.unit)}"
    return left_to_right(f"{factor.label} {sign} {plain(factor.cutoff.value)}{code}")
