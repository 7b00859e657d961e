"""Define the four analytes: name, canonical unit, plausible range and LOINC codes."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.core.clinical_codes import LoincCode, UcumCode

_COUNT_UNIT, _AFP_UNIT = UcumCode("10*9/L").value, UcumCode("ng/mL").value


class Analyte(StrEnum):
    """One of the four quantities that the laboratory measures: whether it is a blood count, and its unit.

    `canonical_unit` is the unit in all calculations, as a UCUM code.
    """

    NEUTROPHILS = "neutrophils"
    LYMPHOCYTES = "lymphocytes"
    PLATELETS = "platelets"
    AFP = "afp"

    is_count: bool
    canonical_unit: str

    def __init__(self, name: str) -> None:
        self.is_count = name != "afp"
        self.canonical_unit = _COUNT_UNIT if self.is_count else _AFP_UNIT


@dataclass(frozen=True, slots=True)
class PlausibleRange:
    """Limits in the canonical unit: outside `possible` a value is refused, outside `usual` it is questioned."""

    possible: tuple[Decimal, Decimal]
    usual: tuple[Decimal, Decimal]


def _range(possible: tuple[str, str], usual: tuple[str, str]) -> PlausibleRange:
    return PlausibleRange((Decimal(possible[0]), Decimal(possible[1])), (Decimal(usual[0]), Decimal(usual[1])))


# Possible counts: wider than the range in 2,036 treated cancer patients (platelets 49-977; NLR 0.3-88). AFP: the
# highest values in published series of hepatocellular carcinoma are 566,530 and 1,810,346 ng/mL.
# Usual counts: beyond them a slipped decimal point is more likely. Adults' reference intervals of 15 British
# laboratories are between 1.5 and 8.0 for neutrophils and 0.65 and 4.5 for lymphocytes (10.3389/fphar.2020.00314, table
# 6); for platelets the Royal Liverpool hospital gives 140 to 450. Below 1, 0.2 and 20 a count is severely low.
PLAUSIBLE: dict[Analyte, PlausibleRange] = {
    Analyte.NEUTROPHILS: _range(("0.01", "200"), ("1", "20")),
    Analyte.LYMPHOCYTES: _range(("0.01", "200"), ("0.2", "5")),
    Analyte.PLATELETS: _range(("1", "3000"), ("20", "1000")),
    Analyte.AFP: _range(("0", "10000000"), ("0", "2000000")),
}

# LOINC, number or mass concentration only; the automated, unspecified and manual count; AFP also by immunoassay and
# as tumour marker.
LOINC: dict[Analyte, tuple[LoincCode, ...]] = {
    Analyte.NEUTROPHILS: (LoincCode("751-8"), LoincCode("26499-4"), LoincCode("753-4")),
    Analyte.LYMPHOCYTES: (LoincCode("731-0"), LoincCode("26474-7"), LoincCode("732-8")),
    Analyte.PLATELETS: (LoincCode("777-3"), LoincCode("26515-7"), LoincCode("778-1")),
    Analyte.AFP: (LoincCode("1834-1"), LoincCode("83073-7"), LoincCode("53962-7")),
}
