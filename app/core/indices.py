"""Compute the indices of the three blood counts, with the working shown to the reader.

SII = platelets x neutrophils / lymphocytes, NLR = neutrophils / lymphocytes, PLR = platelets / lymphocytes, all counts
in 10*9/L (Hu et al. 2014 for SII). The model says which of them are factors. An index is compared with its cut-off
exactly, by cross multiplication of decimals, never as a rounded quotient; a value equal to the cut-off is high.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from app.core.cutoffs import Cutoff, index_is_high, side_of
from app.core.rounding import plain, to_printed_digits


@dataclass(frozen=True, slots=True)
class Index:
    """One index: its exact `quotient` (numerator and denominator), the cut-off and the working.

    `value` is rounded to 10 significant digits, `shown` as a page shows it; neither is rounded onto or across the
    cut-off.
    """

    id: str
    label: str
    quotient: tuple[int, int]
    value: float
    shown: str
    unit: str
    cutoff: Decimal
    high: bool
    working: str


class Indices(NamedTuple):
    """The three indices of one blood count, in the order shown."""

    sii: Index
    nlr: Index
    plr: Index


def compute_indices(
    neutrophils: Decimal,
    lymphocytes: Decimal,
    platelets: Decimal,
    cutoffs: Mapping[str, Cutoff],
) -> Indices:
    """Return SII, NLR and PLR of counts in 10*9/L; `cutoffs` by the id of the index.

    Every count must be finite and above 0, as `to_lab` returns it. Raises ZeroDivisionError if lymphocytes are zero,
    and KeyError if a cut-off is missing.
    """
    n, n_scale = neutrophils.as_integer_ratio()
    lym, lym_scale = lymphocytes.as_integer_ratio()
    p, p_scale = platelets.as_integer_ratio()
    sii, nlr, plr = cutoffs["sii"], cutoffs["nlr"], cutoffs["plr"]
    numbers = {"n": plain(neutrophils), "l": plain(lymphocytes), "p": plain(platelets)}
    return Indices(
        sii=_index("sii", "SII", p * n * lym_scale, p_scale * n_scale * lym, sii, "{p} × {n} ÷ {l}".format(**numbers)),
        nlr=_index("nlr", "NLR", n * lym_scale, n_scale * lym, nlr, "{n} ÷ {l}".format(**numbers)),
        plr=_index("plr", "PLR", p * lym_scale, p_scale * lym, plr, "{p} ÷ {l}".format(**numbers)),
    )


def _index(name: str, label: str, numerator: int, denominator: int, cutoff: Cutoff, working: str) -> Index:
    shown, is_exact = _shown(numerator, denominator, cutoff.value)
    return Index(
        id=name,
        label=label,
        quotient=(numerator, denominator),
        value=to_printed_digits(numerator, denominator, cutoff.value),
        shown=shown,
        unit=cutoff.unit,
        cutoff=cutoff.value,
        high=index_is_high(numerator, denominator, cutoff.value),
        working=f"{working} {'=' if is_exact else '≈'} {shown}",
    )


def _shown(numerator: int, denominator: int, cutoff: Decimal) -> tuple[str, bool]:
    """Round half up to one decimal (none from 1,000 on), or to more if that would move it onto or across the cut-off.

    Also return whether the rounded value is exact.
    """
    side = side_of(numerator, denominator, cutoff)
    decimals = 0 if numerator >= 1000 * denominator else 1
    while True:
        scale = 10**decimals
        rounded = (2 * numerator * scale + denominator) // (2 * denominator)
        if side_of(rounded, scale, cutoff) == side:
            whole, fraction = divmod(rounded, scale)
            text = f"{whole}.{fraction:0{decimals}d}" if decimals else str(whole)
            return text, rounded * denominator == numerator * scale
        decimals += 1
