"""assess(): the only entry to the clinical logic, for every interface.

The same four values give the same Assessment, digit for digit, whoever asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from app.core.analytes import Analyte
from app.core.applicability import Applicability, Population, compare, population_errors
from app.core.cox import COMBINED, RatioEstimate
from app.core.errors import InputError, InputErrors, InputWarning, attempt
from app.core.fitted_model import Artefact
from app.core.indices import Indices, compute_indices, plain
from app.core.kaplan_meier import Estimate, KaplanMeierCurve
from app.core.labs import Lab, afp_is_high
from app.core.repeat_measurement import RepeatMeasurement, repeat_measurement
from app.core.risk_groups import Cell, RiskGroup, cell_of, risk_group_of
from app.core.rounding import side_of
from app.core.sample_dates import SampleDates, date_errors, date_warnings, latest_today

# Ratios of counts beyond which one of them is probably wrong (range seen in treated cancer patients).
NLR_USUAL = (Decimal("0.3"), Decimal(90))


@dataclass(frozen=True, slots=True)
class HazardRatio:
    """A hazard ratio of the model: the factor, its estimate, against what, and whether this patient has the factor."""

    factor: str
    label: str
    estimate: RatioEstimate
    reference: str
    present: bool


@dataclass(frozen=True, slots=True)
class SurvivalAt:
    """Survival at one horizon: of the risk group (Kaplan-Meier) and of the cell (Cox-predicted); two different things.

    The shares say how much of each interval's variance comes from the individual data not being published.
    """

    months: int
    kaplan_meier: Estimate
    cox_predicted: Estimate
    kaplan_meier_reconstruction_share: float
    cox_reconstruction_share: float


@dataclass(frozen=True, slots=True, eq=False)
class CellAnswer:
    """Everything that depends on the cell alone; computed once for each artefact, and compared by identity."""

    cell: Cell
    risk_group: RiskGroup
    relative_hazard: float
    hazard_ratios: tuple[HazardRatio, ...]
    survival: tuple[SurvivalAt, ...]
    curve: KaplanMeierCurve
    cox_curve: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer for one patient: inputs as given and converted, the working, the cell's answer, and the limits."""

    artefact: Artefact
    computed_at: datetime
    labs: Mapping[Analyte, Lab]
    sampled_on: SampleDates
    population: Population
    indices: Indices
    repeat_measurement: RepeatMeasurement
    answer: CellAnswer
    applicability: Applicability
    warnings: tuple[InputWarning, ...]


def assess(
    artefact: Artefact,
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
    afp = labs[Analyte.AFP]
    afp_high = afp if isinstance(afp, InputError) else attempt(afp_is_high, afp, artefact.afp_cutoff.value)
    found = [result for result in (*(labs[analyte] for analyte in Analyte), afp_high) if isinstance(result, InputError)]
    found += [*date_errors(sampled_on, latest_today(computed_at)), *population_errors(population), *errors]
    if found:
        raise InputErrors(tuple(dict.fromkeys(found)))
    values = {analyte: lab for analyte in Analyte if isinstance(lab := labs[analyte], Lab)}
    indices = compute_indices(
        values[Analyte.NEUTROPHILS].canonical,
        values[Analyte.LYMPHOCYTES].canonical,
        values[Analyte.PLATELETS].canonical,
        (artefact.sii_cutoff, artefact.nlr_cutoff, artefact.plr_cutoff),
    )
    cell = cell_of(sii_high=indices.sii.high, afp_high=afp_high is True)
    of_values = [warning for lab in values.values() for warning in lab.warnings]
    return Assessment(
        artefact=artefact,
        computed_at=computed_at,
        labs=values,
        sampled_on=sampled_on,
        population=population,
        indices=indices,
        repeat_measurement=repeat_measurement(indices.sii.quotient, artefact.sii_cutoff, artefact.count_variation),
        answer=answer_for(artefact, cell),
        applicability=_applicability_for(artefact, population),
        warnings=(
            *source_warnings,
            *date_warnings(sampled_on, computed_at.date()),
            *of_values,
            *_ratio_warnings(indices),
        ),
    )


@lru_cache(maxsize=512)  # there are 252 ways to answer the four questions
def _applicability_for(artefact: Artefact, population: Population) -> Applicability:
    return compare(population, artefact.population.criteria)


@lru_cache(maxsize=16)
def answer_for(artefact: Artefact, cell: Cell) -> CellAnswer:
    """Return what the model says of a cell. Computed once for each artefact and cell."""
    group = risk_group_of(cell)
    curve = artefact.kaplan_meier[group.id]
    cox = artefact.cox
    return CellAnswer(
        cell=cell,
        risk_group=group,
        relative_hazard=cox.relative_hazard(cell),
        hazard_ratios=_hazard_ratios(artefact, cell),
        survival=tuple(
            SurvivalAt(
                months=months,
                kaplan_meier=curve.band.at(months),
                cox_predicted=cox.survival_at(cell, months),
                kaplan_meier_reconstruction_share=curve.reconstruction_share[months],
                cox_reconstruction_share=cox.cells[cell.id].reconstruction_share[months],
            )
            for months in artefact.horizons_months
        ),
        curve=curve,
        cox_curve=cox.curve_of(cell),
    )


def _hazard_ratios(artefact: Artefact, cell: Cell) -> tuple[HazardRatio, ...]:
    sii, afp = artefact.sii_cutoff, artefact.afp_cutoff
    low_sii, low_afp = f"SII < {plain(sii.value)} {sii.unit}", f"AFP < {plain(afp.value)} {afp.unit}"
    rows = (
        ("sii", f"SII ≥ {plain(sii.value)} {sii.unit}", low_sii, cell.sii_high),
        ("afp", f"AFP ≥ {plain(afp.value)} {afp.unit}", low_afp, cell.afp_high),
        (
            COMBINED,
            "Both factors high",
            f"neither factor high ({low_sii} and {low_afp})",
            cell.sii_high and cell.afp_high,
        ),
    )
    return tuple(
        HazardRatio(factor, label, artefact.cox.hazard_ratio(factor), reference, present)
        for factor, label, reference, present in rows
    )


def _ratio_warnings(indices: Indices) -> tuple[InputWarning, ...]:
    low, high = NLR_USUAL
    is_below = side_of(*indices.nlr.quotient, low) < 0
    if not is_below and side_of(*indices.nlr.quotient, high) <= 0:
        return ()
    case, limit = ("below", low) if is_below else ("above", high)
    return (InputWarning(Analyte.NEUTROPHILS.value, "nlr_unusual", case, {"limit": limit}),)
