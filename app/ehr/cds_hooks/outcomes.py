"""Count the calls with and without a card, and name for the operator why there is none.

The reasons are the codes of the errors, and of the Observations that were not used. They hold no value and no name.
"""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter

from app.core.errors import InputError
from app.ehr.fhir.reading.bundles import Found
from app.ehr.fhir.reading.conditions import has_code
from app.ehr.fhir.reading.lab_results import ORDINARY_REASONS, LabReading


class CardOutcomes:
    """Counts calls by whether there was a card, and by each reason why there was none."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._counter = Counter(
            "sii_afp_cards", "Calls of the CDS service by card or reason", ("outcome", "reason"), registry=registry
        )

    def shown(self) -> None:
        """Count a call with a risk group."""
        self._counter.labels("risk_group", "").inc()

    def withheld(self, reasons: Sequence[str]) -> None:
        """Count a call without a risk group, once for each reason."""
        for reason in reasons:
            self._counter.labels("none", reason).inc()


def reasons_about_carcinoma(conditions: Sequence[Found], codes: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return why no carcinoma was found: none is listed, or none that is certain, present and this patient's."""
    return ("carcinoma_not_certain" if any(has_code(one, codes) for one in conditions) else "no_carcinoma",)


def reasons_about_values(errors: Sequence[InputError], reading: LabReading) -> tuple[str, ...]:
    """Return why values cannot be used, such as `missing`, and why the results of a missing value were not used."""
    missing = {error.field for error in errors if error.code == "missing"}
    unused = [
        one.code
        for one in reading.rejected
        if one.code not in ORDINARY_REASONS and missing and (one.analyte is None or one.analyte in missing)
    ]
    return tuple(dict.fromkeys([*(error.code for error in errors), *unused]))
