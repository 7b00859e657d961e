"""Generate patients with hypothesis: four values in the units of laboratories, in the form of each interface."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.lib.fhir.examples import COUNTS, Resource, bundle, concept, labelled, observation, parameters, quantity

# How many of the unit make 10*9/L or ng/mL. International units have 1, because their factor is not certain.
COUNT_CODES = {"10*9/L": "1", "10*3/uL": "1", "10*3/mm3": "1", "/uL": "1e3", "{cells}/uL": "1e3", "10*6/L": "1e3"}
COUNT_LABELS = {"K/uL": "1", "G/L": "1", "x10^9/L": "1", "thou/uL": "1", "cells/uL": "1e3"}
AFP_CODES = {"ng/mL": "1", "ug/L": "1", "pg/mL": "1e3", "ng/L": "1e3", "ug/mL": "1e-3", "[IU]/mL": "1", "k[IU]/L": "1"}
AFP_LABELS = {"mcg/L": "1", "IU/mL": "1", "kU/L": "1", "µg/L": "1"}


@dataclass(frozen=True, slots=True)
class Value:
    """One result as a laboratory prints it. `is_label`: its unit is not a UCUM code, so no system is sent."""

    number: Decimal
    unit: str
    is_label: bool
    comparator: str | None = None

    @property
    def quantity(self) -> Resource:
        changes = {"comparator": self.comparator}
        return (labelled if self.is_label else quantity)(self.number, self.unit, **changes)

    @property
    def typed(self) -> str:
        """The number as a person types it. A fourth decimal keeps a point from being read as one of thousands."""
        text = f"{self.number:f}"
        return f"{self.comparator or ''}{text}{'0' if re.fullmatch('[1-9][0-9]{0,2}[.][0-9]{3}', text) else ''}"


Values = dict[str, Value]


def _decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places, allow_nan=False, allow_infinity=False)


@st.composite
def _in_a_unit(
    draw: st.DrawFn,
    numbers: st.SearchStrategy[Decimal],
    codes: dict[str, str],
    labels: dict[str, str],
    comparators: st.SearchStrategy[str | None],
) -> Value:
    unit, per = draw(st.sampled_from([*codes.items(), *labels.items()]))
    return Value(draw(numbers) * Decimal(per), unit, unit in labels, draw(comparators))


def _count(low: str, high: str, places: int) -> st.SearchStrategy[Value]:
    return _in_a_unit(_decimals(low, high, places), COUNT_CODES, COUNT_LABELS, st.none())


@st.composite
def _at_the_cut_off(draw: st.DrawFn) -> tuple[Value, Value, Value]:
    """Counts with an SII of exactly 340, or one hundredth of the platelets away: platelets 100, neutrophils 3.4 l."""
    lymphocytes = draw(_decimals("0.2", "10", 1))
    platelets = 100 + draw(st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("-0.01")]))
    given = st.sampled_from([*COUNT_CODES.items(), *COUNT_LABELS.items()])
    made = []
    for number in (lymphocytes * Decimal("3.4"), lymphocytes, platelets):
        unit, per = draw(given)
        made.append(Value(number * Decimal(per), unit, unit in COUNT_LABELS))
    return made[0], made[1], made[2]


_ANY_COUNTS = st.tuples(_count("0.5", "20", 2), _count("0.1", "8", 2), _count("20", "900", 1))
# Zero and five thousand are impossible counts, which every interface has to refuse.
_IMPOSSIBLE = st.tuples(_count("0", "20", 0), _count("0", "1", 0), _count("2500", "5000", 0))
_AFP_NUMBERS = st.one_of(
    _decimals("0", "5000", 2),
    st.sampled_from([Decimal(text) for text in ("400", "399.99", "400.01", "484", "311", "312", "331", "332", "0")]),
)
_SIGNS = st.sampled_from([*[None] * 8, "<", "<=", ">=", ">"])
_AFP = _in_a_unit(_AFP_NUMBERS, AFP_CODES, AFP_LABELS, _SIGNS)


@st.composite
def patients(draw: st.DrawFn) -> Values:
    """The four values of one patient: mostly plausible, often near a cut-off, seldom impossible."""
    counts = draw(st.one_of(*[_ANY_COUNTS] * 4, *[_at_the_cut_off()] * 3, _IMPOSSIBLE))
    return {**dict(zip(COUNTS, counts, strict=True)), "afp": draw(_AFP)}


def as_observations(values: Values, **changes: Any) -> list[Resource]:
    """One final result for each value, all of the same time."""
    return [observation(analyte, "0", valueQuantity=value.quantity, **changes) for analyte, value in values.items()]


def as_quantities(values: Values) -> Resource:
    return parameters(**{f"{analyte}_Quantity": value.quantity for analyte, value in values.items()})


def as_json_body(values: Values) -> dict[str, Any]:
    return {
        analyte: {
            "value": value.number,
            "unit": value.unit,
            **({"comparator": value.comparator} if value.comparator else {}),
        }
        for analyte, value in values.items()
    }


def as_form(values: Values) -> dict[str, str]:
    typed = {analyte: value.typed for analyte, value in values.items()}
    return typed | {f"{analyte}_unit": value.unit for analyte, value in values.items()}


def as_hooks_call(observations: list[Resource], patient_id: str = "p1") -> dict[str, Any]:
    """A call with complete prefetch, for a patient with the carcinoma on the problem list."""
    carcinoma = {
        "resourceType": "Condition",
        "id": "hcc",
        "subject": {"reference": f"Patient/{patient_id}"},
        "code": concept("109841003", system="http://snomed.info/sct"),
    }
    values = dict(zip((*COUNTS, "afp"), observations, strict=True))
    return {
        "hook": "patient-view",
        "hookInstance": "0f5cbe3e-6f1c-4f53-9a59-9a3c1f5e9a2b",
        "context": {"userId": "Practitioner/1", "patientId": patient_id},
        "prefetch": {"hcc": bundle(carcinoma), **{name: bundle(one) for name, one in values.items()}},
    }
