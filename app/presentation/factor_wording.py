"""Word the factors of a model in one patient: the value, and the side of the cut-off."""

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.risk_groups import Factor
from app.presentation import wording
from app.presentation.translation import gettext as _

_ANALYTES = frozenset(Analyte)


def is_high(assessment: Assessment, factor: Factor) -> bool:
    """Return whether a factor is high in the patient."""
    return factor.id in assessment.answer.cell.factors


def factor_value(assessment: Assessment, factor: Factor) -> str:
    """Return the value of a factor with its unit: '553.6 × 10⁹/L'."""
    for index in assessment.indices:
        if index.id == factor.id:
            return wording.quantity(index.shown, index.unit)
    return wording.canonical(assessment.labs[Analyte(factor.id)])


def given_value(assessment: Assessment, factor: Factor) -> str:
    """Return the value of a factor as it was given, if it is an analyte that was converted; empty otherwise."""
    if factor.id not in _ANALYTES:
        return ""
    given = wording.given(assessment.labs[Analyte(factor.id)])
    return given if given != factor_value(assessment, factor) else ""


def factor_side(assessment: Assessment, factor: Factor) -> str:
    """Return the side of the cut-off on which the patient's value is: '340 × 10⁹/L or more'."""
    side = _("{cutoff} or more") if is_high(assessment, factor) else _("less than {cutoff}")
    return side.format(cutoff=wording.cutoff_quantity(factor.cutoff))
