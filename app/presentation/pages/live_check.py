"""Check the form while it is filled in: the working of SII so far, and errors and warnings of complete values."""

from collections.abc import Mapping
from decimal import Decimal

from app.core.analytes import Analyte
from app.core.assessment import afp_side
from app.core.errors import InputError
from app.core.fitted_model import FittedModel
from app.core.indices import Index, compute_indices
from app.core.labs import Lab
from app.presentation import wording
from app.presentation.messages import error_message, warning_message
from app.presentation.translation import gettext as _
from app.presentation.translation import left_to_right

_NOT_YET = ("missing", "unit_missing")
_COUNTS = (Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES, Analyte.PLATELETS)


def live_check(fitted: FittedModel, labs: Mapping[Analyte, Lab | InputError]) -> dict[str, str]:
    """Return a sentence per analyte ("" if there is nothing to say) and `working`, the SII of the three counts.

    A value without a number or a unit is not finished and gets no sentence. The same functions decide as in assess().
    """
    said = {analyte.value: _sentence(found) for analyte, found in labs.items()}
    side = afp_side(fitted, labs[Analyte.AFP])
    if isinstance(side, InputError):
        said[Analyte.AFP.value] = _sentence(side)
    counts = [found.canonical for found in (labs[analyte] for analyte in _COUNTS) if isinstance(found, Lab)]
    return {**said, "working": _working(fitted, *counts) if len(counts) == len(_COUNTS) else ""}


def _sentence(found: Lab | InputError) -> str:
    if isinstance(found, InputError):
        return "" if found.code in _NOT_YET else str(error_message(found, wording.unit))
    return " ".join(warning_message(warning, wording.unit) for warning in found.warnings)


def _working(fitted: FittedModel, neutrophils: Decimal, lymphocytes: Decimal, platelets: Decimal) -> str:
    """Return the working of each index that is a factor of the model, a sentence each."""
    found = compute_indices(neutrophils, lymphocytes, platelets, fitted.cutoffs)
    return " ".join(_index(index) for index in found if index.id in fitted.factor_ids)


def _index(index: Index) -> str:
    high = _("{index} = {working}: high ({cutoff} or more)")
    low = _("{index} = {working}: low (less than {cutoff})")
    return (high if index.high else low).format(
        index=index.label,
        working=left_to_right(wording.quantity(index.working, index.unit)),
        cutoff=f"{index.cutoff:f}",
    )
