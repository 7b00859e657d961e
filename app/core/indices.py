"""The indices of the three blood counts, with the working shown to the reader.

SII = platelets x neutrophils / lymphocytes, NLR = neutrophils / lymphocytes, PLR = platelets / lymphocytes, all counts
in 10*9/L (Hu et al. 2014 for SII). Only SII enters the model. Whether an index is high is decided exactly, by cross
multiplication of decimals, never on a rounded quotient; at the cut-off is high.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.core.artefact import CountVariation, Cutoff


@dataclass(frozen=True, slots=True)
class Index:
    """One index: its value, the value as shown (never rounded across the cut-off), the cut-off and the working."""

    id: str
    label: str
    value: float
    shown: str
    unit: str
    cutoff: Decimal
    high: bool
    working: str
    in_model: bool


@dataclass(frozen=True, slots=True)
class RepeatMeasurement:
    """How firmly SII sits on its side of the cut-off."""

    same_side_probability: float
    ratio_to_cutoff: float
    sd_log_sii: float
    source: str


@dataclass(frozen=True, slots=True)
class Indices:
    """The three indices of one blood count."""

    sii: Index
    nlr: Index
    plr: Index


def compute_indices(
    neutrophils: Decimal,
    lymphocytes: Decimal,
    platelets: Decimal,
    cutoffs: tuple[Cutoff, Cutoff, Cutoff],
) -> Indices:
    """Return SII, NLR and PLR of counts in 10*9/L; `cutoffs` in this order. Lymphocytes must not be zero."""
    n, lym, p = Fraction(neutrophils), Fraction(lymphocytes), Fraction(platelets)
    sii, nlr, plr = cutoffs
    numbers = {"n": plain(neutrophils), "l": plain(lymphocytes), "p": plain(platelets)}
    return Indices(
        sii=_index("sii", "SII", p * n, lym, sii, "{p} × {n} ÷ {l}".format(**numbers)),
        nlr=_index("nlr", "NLR", n, lym, nlr, "{n} ÷ {l}".format(**numbers)),
        plr=_index("plr", "PLR", p, lym, plr, "{p} ÷ {l}".format(**numbers)),
    )


def is_high(numerator: Fraction, denominator: Fraction, cutoff: Decimal) -> bool:
    """Return whether numerator/denominator >= cutoff, exactly. This is the only comparison of an index."""
    return numerator >= Fraction(cutoff) * denominator


def repeat_measurement(sii: float, cutoff: Cutoff, variation: CountVariation) -> RepeatMeasurement:
    """Return the probability that a second blood count within a week puts SII on the same side of the cut-off.

    Lognormal: P = Phi(|ln(SII / cut-off)| / (sqrt(2) sd)), sd the week-to-week standard deviation of ln SII within a
    person. The square root of 2 is there because both measurements vary around an unknown level, as in a reference
    change value. It is 0.5 at the cut-off. The variation was measured in healthy adults.
    """
    distance = abs(math.log(sii / float(cutoff.value)))
    probability = 0.5 * math.erfc(-distance / (math.sqrt(2) * variation.sd_log_sii) / math.sqrt(2))
    return RepeatMeasurement(probability, sii / float(cutoff.value), variation.sd_log_sii, variation.source)


def plain(value: Decimal) -> str:
    """Return a decimal without exponent and without zeros that say nothing."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _index(name: str, label: str, numerator: Fraction, denominator: Fraction, cutoff: Cutoff, working: str) -> Index:
    value = numerator / denominator
    high = is_high(numerator, denominator, cutoff.value)
    shown = _shown(value, Fraction(cutoff.value), 0 if value >= 1000 else 1)
    exact = "=" if Fraction(shown) == value else "≈"
    return Index(
        id=name,
        label=label,
        value=float(value),
        shown=shown,
        unit=cutoff.unit,
        cutoff=cutoff.value,
        high=high,
        working=f"{working} {exact} {shown}",
        in_model=name == "sii",
    )


def _shown(value: Fraction, cutoff: Fraction, decimals: int) -> str:
    """Round half up to `decimals` places, to more where fewer would put the value on the cut-off or beyond it."""
    while True:
        scaled = value * 10**decimals
        whole = math.floor(scaled + Fraction(1, 2))
        rounded = Fraction(whole, 10**decimals)
        if (rounded >= cutoff) == (value >= cutoff) and (rounded == cutoff) <= (value == cutoff):
            return f"{Decimal(f'{whole}E-{decimals}'):f}"  # exact: made from text, not computed
        decimals += 1
