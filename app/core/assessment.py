"""Assess one patient: `assess()` is the only entry to the clinical logic, for every interface.

The same four values give the same Assessment, digit for digit, for every caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.core.analytes import Analyte
from app.core.applicability import Applicability, Population, compare, population_errors
from app.core.caveats import Caveat, list_caveats
from app.core.cell_answers import CellAnswer
from app.core.cutoffs import afp_is_high, side_of
from app.core.dates import SampleDates, date_errors, date_warnings, latest_today
from app.core.errors import InputError, InputErrors, InputWarning, attempt
from app.core.fitted_model import FittedModel, once_per_model
from app.core.indices import Indices, compute_indices
from app.core.labs import Lab
from app.core.repeat_measurement import RepeatMeasurement, repeat_measurement

# Beyond these a decimal point has probably slipped in one of the counts. The 95 % reference interval of SII is 189 to
# 1168 in 8,711 adults of 45 years or more (10.1038/s41598-018-28646-w); 0.3 is the lowest NLR of 2,036 treated cancer
# patients.
NLR_USUAL = (Decimal("0.3"), Decimal(30))
SII_USUAL_MAXIMUM = Decimal(5000)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer for one patient: inputs as given and converted, the working, the cell's answer, and its caveats."""

    fitted: FittedModel
    computed_at: datetime
    labs: Mapping[Analyte, Lab]
    sampled_on: SampleDates
    population: Population
    indices: Indices
    repeat_measurement: RepeatMeasurement
    answer: CellAnswer
    applicability: Applicability
    warnings: tuple[InputWarning, ...]
    caveats: tuple[Caveat, ...]


def assess(
    fitted: FittedModel,
    labs: Mapping[Analyte, Lab | InputError],
    *,
    computed_at: datetime,
    population: Population | None = None,
    sampled_on: SampleDates | None = None,
    source_warnings: tuple[InputWarning, ...] = (),
    errors: tuple[InputError, ...] = (),
) -> Assessment:
    """Assess one patient.

    `labs` holds all four analytes. An InputError in the place of a value says why it cannot be used, so that every
    error is raised at once. `computed_at` is aware; the age of a sample counts from its date, and a sample date is in
    the future if it is so everywhere on Earth. `source_warnings` are what the caller knows of where the values come
    from; they are the first of the warnings, before the age of the samples. `errors` are what the caller could not read
    beside the values; they are the last of those raised.
    Raises InputErrors with everything that cannot be used.
    """
    population = population or Population()
    sampled_on = sampled_on or SampleDates()
    values: dict[Analyte, Lab] = {}
    of_values: list[InputWarning] = []
    found: list[InputError] = []
    for analyte in Analyte:
        lab = labs[analyte]
        if isinstance(lab, InputError):
            found.append(lab)
        else:
            values[analyte] = lab
            of_values += lab.warnings
    afp_high = afp_side(fitted, labs[Analyte.AFP])
    if isinstance(afp_high, InputError):
        found.append(afp_high)
    found += [*date_errors(sampled_on, latest_today(computed_at)), *population_errors(population), *errors]
    if found:
        raise InputErrors(tuple(dict.fromkeys(found)))
    indices = compute_indices(
        values[Analyte.NEUTROPHILS].canonical,
        values[Analyte.LYMPHOCYTES].canonical,
        values[Analyte.PLATELETS].canonical,
        fitted.cutoffs,
    )
    high = {index.id for index in indices if index.high}
    if afp_high is True:
        high.add(Analyte.AFP)
    warnings = (
        *source_warnings,
        *date_warnings(sampled_on, computed_at.date()),
        *of_values,
        *_index_warnings(indices),
    )
    answer = fitted.answers[fitted.factor_ids & high]
    repeat = repeat_measurement(indices.sii.quotient, fitted.cutoffs["sii"], fitted.count_variation)
    applicability = _applicability(fitted, population)
    return Assessment(
        fitted=fitted,
        computed_at=computed_at,
        labs=values,
        sampled_on=sampled_on,
        population=population,
        indices=indices,
        repeat_measurement=repeat,
        answer=answer,
        applicability=applicability,
        warnings=warnings,
        caveats=list_caveats(fitted, answer, repeat, indices, values[Analyte.AFP], applicability, warnings),
    )


@once_per_model
def _applicability(fitted: FittedModel, population: Population) -> Applicability:
    return compare(population, fitted.population.criteria)


def afp_side(fitted: FittedModel, afp: Lab | InputError) -> bool | InputError:
    """Return whether AFP is high, or the error why it cannot be used."""
    return afp if isinstance(afp, InputError) else attempt(afp_is_high, afp, fitted.cutoffs)


def _index_warnings(indices: Indices) -> tuple[InputWarning, ...]:
    low, high = NLR_USUAL
    found = []
    if side_of(*indices.nlr.quotient, low) < 0:
        found.append(InputWarning(Analyte.NEUTROPHILS.value, "nlr_unusual", "below", {"limit": low}))
    if side_of(*indices.nlr.quotient, high) > 0:
        found.append(InputWarning(Analyte.NEUTROPHILS.value, "nlr_unusual", "above", {"limit": high}))
    if side_of(*indices.sii.quotient, SII_USUAL_MAXIMUM) > 0:
        found.append(InputWarning(indices.sii.id, "sii_unusual", parameters={"limit": SII_USUAL_MAXIMUM}))
    return tuple(found)
