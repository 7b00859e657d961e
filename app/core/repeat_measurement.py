"""Compute how likely a second blood count within a week puts SII on the same side of the cut-off."""

import math
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

from app.core.cutoffs import Cutoff
from app.core.fitted_model import CountVariation
from app.core.rounding import significant, to_printed_digits

# Logarithm and error function differ between C libraries by about 1e-15. If that could change the ten digits, the
# probability is computed again by `decimal`, which gives the same digits everywhere.
_DOUBT = 1e-13
_CONTEXT = Context(prec=28)
_HALF_LOG_2PI = Decimal("0.9189385332046727417803297364")
_FARTHEST = Decimal(7)  # standard deviations; beyond, the probability is 1 to ten digits


@dataclass(frozen=True, slots=True)
class RepeatMeasurement:
    """How likely a repeat puts SII on the same side; the two computed numbers have 10 significant digits."""

    same_side_probability: float
    ratio_to_cutoff: float
    sd_log_sii: float
    source: str


def repeat_measurement(sii: tuple[int, int], cutoff: Cutoff, variation: CountVariation) -> RepeatMeasurement:
    """Return the probability that a second blood count within a week puts SII on the same side of the cut-off.

    Lognormal: P = Phi(|ln(SII / cut-off)| / (sqrt(2) sd)), from 0.5 at the cut-off to 1; sd is the week-to-week
    standard deviation of ln SII within a person, measured in healthy adults. The square root of 2 is there because
    both measurements vary around an unknown level, as in a reference change value (Harris and Yasaka, Clin Chem
    1983;29:25-30), here on the log scale.

    `sii` is numerator and denominator, both above 0, in the unit of the cut-off. Raises ValueError for a numerator of 0
    and ZeroDivisionError for a denominator of 0.
    """
    cut, scale = cutoff.value.as_integer_ratio()
    numerator, denominator = sii[0] * scale, sii[1] * cut
    return RepeatMeasurement(
        _same_side(numerator, denominator, variation.sd_log_sii),
        to_printed_digits(numerator, denominator, Decimal(1)),
        variation.sd_log_sii,
        variation.source,
    )


def _same_side(numerator: int, denominator: int, sd: float) -> float:
    """Return Phi(|ln(numerator / denominator)| / (sqrt(2) sd)), rounded to 10 significant digits."""
    distance = abs(math.log(numerator / denominator))
    probability = 0.5 * math.erfc(-distance / (2 * sd))
    lowest, highest = significant(probability * (1 - _DOUBT)), significant(probability * (1 + _DOUBT))
    return lowest if lowest == highest else significant(float(_exact_same_side(numerator, denominator, sd)))


def _exact_same_side(numerator: int, denominator: int, sd: float) -> Decimal:
    """Return the same probability to 20 digits.

    Phi(z) = 1/2 + phi(z) (z + z^3/3 + z^5/(3 5) + ...), phi the density (Abramowitz and Stegun 26.2.11).
    """
    with localcontext(_CONTEXT):
        z = abs((Decimal(numerator) / Decimal(denominator)).ln()) / (Decimal(2).sqrt() * Decimal(repr(sd)))
        if z > _FARTHEST:
            return Decimal(1)
        term = total = z
        odd = 1
        while term > Decimal("1e-22"):
            odd += 2
            term = term * z * z / odd
            total += term
        return Decimal("0.5") + total * (-z * z / 2 - _HALF_LOG_2PI).exp()
