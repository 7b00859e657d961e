"""Make random patients, and compute their answers with fractions, without the code of the application.

The units, ranges and rules here are written from the manual and the publication, not from app/core. The figures of Cox
models and Kaplan-Meier curves are R's (tests/reference/README.md).
"""

import csv
import math
import random
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

_R = Path(__file__).resolve().parents[2] / "tests" / "reference"
HORIZONS = (3, 6, 12)
SII_CUTOFF, AFP_CUTOFF, NLR_CUTOFF, PLR_CUTOFF = Fraction(340), Fraction(400), Fraction("2.4"), Fraction(108)
COUNTS = ("neutrophils", "lymphocytes", "platelets")

# 10*9/L in one unit. Units that count single cells take whole numbers here.
_PER_L = {
    Fraction(1): (
        *("10*9/L", "10^9/L", "x10^9/L", "x10*9/L", "x 10^9/L", "×10⁹/L", "10E9/L", "G/L", "Giga/L", "bil/L", "10*9/l"),
        *("10*3/uL", "10^3/uL", "x10*3/uL", "10*3/mm3", "10*3/µL", "K/uL", "k/ul", "thou/uL", "thousand/uL", "Tsd/uL"),
        *("K/mcL", "K/cumm", "10*6/mL", "/nL", "{cells}/nL", "cells/nL", "10*12/kL"),
    ),
    Fraction(10): ("10*4/uL", "万/uL"),
    Fraction(100): ("lakh/cumm", "lakhs/cumm", "10*5/uL", "10*8/mL"),
    Fraction(1, 1000): ("/uL", "{cells}/uL", "cells/uL", "/mm3", "/cumm", "10*6/L", "10*3/mL", "10^6/L", "#/uL"),
    Fraction(1, 1_000_000): ("/mL", "10*3/L"),
}
COUNT_UNITS = [(unit, factor) for factor, units in _PER_L.items() for unit in units]
# ng/mL in one unit of mass; None for international units.
_NG_PER_ML = {
    Fraction(1): ("ng/mL", "ug/L", "mcg/L", "µg/L", "μg/L", "ng/ml", "ng/cm3", "pg/uL", "mg/m3", "нг/мл"),
    Fraction(1, 1000): ("pg/mL", "ng/L"),
    Fraction(1000): ("ug/mL", "mg/L", "mcg/mL"),
}
AFP_UNITS = [(unit, factor, False) for factor, units in _NG_PER_ML.items() for unit in units]
AFP_UNITS += [
    (unit, Fraction("1.21"), True) for unit in ("[IU]/mL", "k[IU]/L", "IU/mL", "kU/L", "kIU/L", "[iU]/mL", "U/mL")
]
_AFP_OPEN = (Fraction(312), Fraction(331))  # IU/mL: the two calibrations disagree about the side
_POSSIBLE = {
    "neutrophils": (Fraction("0.01"), Fraction(200)),
    "lymphocytes": (Fraction("0.01"), Fraction(200)),
    "platelets": (Fraction(1), Fraction(3000)),
    "afp": (Fraction(0), Fraction(10_000_000)),
}
_MEDIANS = {"neutrophils": 4.0, "lymphocytes": 1.3, "platelets": 140.0, "afp": 200.0}
_COMPARATORS = ("<", "<=", ">=", ">")


@dataclass(frozen=True, slots=True)
class Value:
    """A printed value: its digits, its unit, a comparator for AFP, and the value in the usual unit, exactly."""

    digits: str
    unit: str
    exact: Fraction
    comparator: str = ""
    is_international: bool = False


Patient = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Expected:
    """The answer: refused values with their code, or indices, sides, cell and group."""

    refused: frozenset[tuple[str, str]]
    indices: dict[str, Fraction]
    is_high: dict[str, bool]

    @property
    def cell(self) -> str:
        """The id of the combination of the two factors."""
        return {(False, False): "neither", (True, False): "sii_only", (False, True): "afp_only", (True, True): "both"}[
            self.is_high["sii"], self.is_high["afp"]
        ]

    @property
    def group(self) -> str:
        """The id of the risk group."""
        return ("low", "intermediate", "high")[self.is_high["sii"] + self.is_high["afp"]]


def patient(chance: random.Random) -> Patient:
    """Return a random patient: ordinary, extreme, or at or beside a cut-off by one in the last digit."""
    kind = chance.random()
    made = {name: _count(chance, name) for name in COUNTS}
    if kind < 0.4:
        made = _near_sii_cutoff(chance)
    return {**made, "afp": _afp(chance)}


def expected(one: Patient) -> Expected:
    """Return the right answer."""
    refused = set()
    for name, value in one.items():
        low, high = _POSSIBLE[name]
        if value.exact == 0 and name != "afp":
            refused.add((f"/{name}", "zero"))
        elif value.exact < 0:
            refused.add((f"/{name}", "negative"))
        elif not low <= value.exact <= high:
            refused.add((f"/{name}", "implausible"))
    side = _afp_side(one["afp"])
    if isinstance(side, str) and not any(pointer == "/afp" for pointer, _ in refused):
        refused.add(("/afp", side))
    if refused:
        return Expected(frozenset(refused), {}, {})
    neutrophils, lymphocytes, platelets = (one[name].exact for name in COUNTS)
    sii = platelets * neutrophils / lymphocytes
    nlr, plr = neutrophils / lymphocytes, platelets / lymphocytes
    sides = {"sii": sii >= SII_CUTOFF, "nlr": nlr >= NLR_CUTOFF, "plr": plr >= PLR_CUTOFF, "afp": side is True}
    return Expected(frozenset(), {"sii": sii, "nlr": nlr, "plr": plr}, sides)


def _afp_side(value: Value) -> bool | str:
    """Return whether AFP is high, or the code of the reason why that is open."""
    decided = {
        "": True,
        "<": value.exact <= AFP_CUTOFF,
        "<=": value.exact < AFP_CUTOFF,
        ">": value.exact >= AFP_CUTOFF,
        ">=": value.exact >= AFP_CUTOFF,
    }[value.comparator]
    if not decided:
        return "comparator_undecided"
    if value.is_international and _AFP_OPEN[0] <= value.exact / Fraction("1.21") <= _AFP_OPEN[1]:
        return "unit_undecided"
    return value.exact >= AFP_CUTOFF and value.comparator not in ("<", "<=")


def _count(chance: random.Random, name: str) -> Value:
    unit, factor = chance.choice(COUNT_UNITS)
    low, high = _POSSIBLE[name]
    kind = chance.random()
    if kind < 0.06:  # at the ends, and just beyond
        exact = chance.choice((low, high, low * Fraction(999, 1000), high * Fraction(1001, 1000), Fraction(0)))
        return Value(_digits(exact / factor), unit, exact)
    spread = 0.5 if kind < 0.8 else 2.0
    number = _MEDIANS[name] * math.exp(chance.gauss(0, spread))
    places = 0 if factor < 1 else chance.randint(0, 6)
    printed = Fraction(round(Fraction(number) / factor * 10**places), 10**places)
    return Value(_digits(printed, places), unit, printed * factor)


def _near_sii_cutoff(chance: random.Random) -> Patient:
    """Return counts whose SII is exactly the cut-off, or one beside it by one in the last of up to 12 digits."""
    lymphocytes = Fraction(chance.randint(30, 400), 100)
    if chance.random() < 0.4:  # platelets that 340 can be divided by
        platelets = Fraction(chance.choice((34, 68, 85, 125, 136, 160, 170, 200, 250, 272, 340, 400, 425, 680)))
        step = Fraction(chance.choice((-1, 0, 0, 0, 1)), 10 ** chance.randint(4, 12))
        return _printed(chance, SII_CUTOFF * lymphocytes / platelets + step, lymphocytes, platelets)
    neutrophils = Fraction(chance.randint(50, 1500), 100)
    platelets = SII_CUTOFF * lymphocytes / neutrophils
    places = chance.randint(0, 10)
    printed = Fraction(math.floor(platelets * 10**places), 10**places)  # at the cut-off or just below it
    printed += Fraction(chance.choice((-1, 0, 0, 1, 1)), 10**places)
    return _printed(chance, neutrophils, lymphocytes, printed)


def _printed(chance: random.Random, *counts: Fraction) -> Patient:
    """Return the counts in random units, whole numbers of those that count single cells."""
    made = {}
    for name, exact in zip(COUNTS, counts, strict=True):
        fitting = [one for one in COUNT_UNITS if one[1] >= 1 or (exact / one[1]).denominator == 1]
        unit, factor = chance.choice(fitting)
        made[name] = Value(_digits(exact / factor), unit, exact)
    return made


def _afp(chance: random.Random) -> Value:
    unit, factor, is_international = chance.choice(AFP_UNITS)
    comparator = chance.choice(_COMPARATORS) if chance.random() < 0.15 else ""
    kind = chance.random()
    places = chance.randint(0, 9)
    if kind < 0.35:
        edges = (
            [AFP_CUTOFF / factor]
            if not is_international
            else [*_AFP_OPEN, AFP_CUTOFF / factor, AFP_CUTOFF / Fraction("1.28")]
        )
        edge = Fraction(math.floor(chance.choice(edges) * 10**places), 10**places)
        printed = edge + Fraction(chance.choice((-1, 0, 1)), 10**places)
    elif kind < 0.4:
        ends = (Fraction(0), Fraction(10_000_000), Fraction(10_000_001), Fraction(2_000_000))
        printed = Fraction(math.floor(chance.choice(ends) / factor))
    else:
        number = math.exp(chance.uniform(math.log(0.3), math.log(3_000_000)))
        printed = Fraction(round(Fraction(number) / factor * 10**places), 10**places)
    return Value(_digits(printed, places), unit, printed * factor, comparator, is_international)


def _digits(exact: Fraction, places: int = 0) -> str:
    """Return the number in decimal digits, exactly, with at least so many of them after the point."""
    while exact * 10**places != math.floor(exact * 10**places):
        places += 1
        if places > 20:
            raise ValueError("not a decimal number")
    whole, rest = divmod(int(exact * 10**places), 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


@dataclass(frozen=True, slots=True)
class FromR:
    """R's figures: the coefficients, and for each curve survival with its limits at a time."""

    coefficients: dict[str, float]
    curves: dict[str, dict[float, tuple[float, float, float]]]


def read_r() -> FromR:
    """Read what R `survival` computed from the reconstructed cohorts."""
    with (_R / "pooled_model.csv").open(newline="") as file:
        model = {row["quantity"]: float(row["value"]) for row in csv.DictReader(file)}
    curves: dict[str, dict[float, tuple[float, float, float]]] = {}
    with (_R / "pooled.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            at = (float(row[name].replace("NA", "nan")) for name in ("survival", "lower", "upper"))
            curves.setdefault(row["curve"], {})[float(row["time"])] = tuple(at)  # type: ignore[assignment]
    return FromR(model, curves)
