"""Read the fitted model from its file after checking its digest, its schema and its numbers.

If any digit is changed, loading fails: the digest covers every byte of the file except its own.
"""

import hashlib
import re
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from app.artefact import evidence_schema, schema
from app.artefact.alternative_checks import check_alternatives
from app.artefact.cox_checks import check_cox, check_interval
from app.artefact.curve_checks import check_curves
from app.artefact.earlier_schema import READABLE, upgraded
from app.artefact.group_checks import check_groups, check_unique
from app.artefact.refusals import refusal, schema_refusal
from app.core.alternatives import AdjustmentAssumption, Alternative, AlternativeCurve
from app.core.cell_answers import cell_answers
from app.core.cox import CellCurve, CoxModel, RatioEstimate
from app.core.cutoffs import Cutoff
from app.core.errors import ArtefactError
from app.core.fitted_model import (
    CountVariation,
    Criterion,
    ExternalMedian,
    ExternalRatio,
    ExternalSurvival,
    ExternalSurvivalAt,
    FittedModel,
    Limit,
    OtherFinding,
    Performance,
    Provenance,
    PublishedRatio,
    ReferenceRange,
    StudyPopulation,
)
from app.core.kaplan_meier import AtRisk, Band, KaplanMeierCurve, Spread
from app.core.risk_groups import Cell, Factor, RiskGroup

ARTEFACT_FILE = Path(__file__).resolve().parents[2] / "model" / "hong2021" / "artefact.json"
_DIGEST = re.compile(r'("digest": ")(?:sha256:[0-9a-f]{64})?(")')


def load_artefact(path: Path = ARTEFACT_FILE) -> FittedModel:
    """Read and check an artefact. Raises ArtefactError that names the broken rule and the place."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ArtefactError(f"The artefact {path.name} cannot be read: {type(error).__name__}.") from error
    return parse_artefact(text)


def parse_artefact(text: str) -> FittedModel:
    """Check a sealed artefact's text and return the model. Raises ArtefactError."""
    try:
        document = from_json(text)
    except ValueError as error:
        raise ArtefactError(f"The artefact is not JSON: {error}.") from error
    for name in ("schema_version", "digest"):
        if not isinstance(document, dict) or name not in document:
            raise refusal("", f"has no '{name}'")
    if (found := document["schema_version"]) not in READABLE:
        versions = " and ".join(map(str, READABLE))
        raise ArtefactError(
            f"The artefact has schema version {found!r}; this software reads {versions}.", "schema_version"
        )
    if seal(text) != text:
        raise ArtefactError("The artefact was changed after it was sealed: its digest does not match its content.")
    present = text if found == schema.SCHEMA_VERSION else to_json(upgraded(document))
    try:
        file = schema.ArtefactFile.model_validate_json(present)
    except ValidationError as error:
        raise schema_refusal(error) from None
    check_groups(file)
    check_curves(file)
    check_cox(file)
    _check_ratios(file)
    _check_survival(file)
    _check_reference_ranges(file)
    check_alternatives(file)
    return _artefact(file, text)


def seal(text: str) -> str:
    """Return the artefact's text with its digest: SHA-256 of the UTF-8 bytes with the digest set to 64 zeros.

    Raises ArtefactError unless there is exactly one `"digest": "..."`.
    """
    blank, places = _DIGEST.subn(rf"\g<1>sha256:{'0' * 64}\g<2>", text)
    if places != 1:
        raise ArtefactError(f"The artefact is not usable: it holds {places} digests where one belongs.", "digest")
    return _DIGEST.sub(rf"\g<1>sha256:{hashlib.sha256(blank.encode()).hexdigest()}\g<2>", text)


def _check_ratios(file: schema.ArtefactFile) -> None:
    factors = [factor.id for factor in file.factors]
    for name in ("published_hazard_ratios", "external_hazard_ratios"):
        for k, row in enumerate(getattr(file, name)):
            if row.factor not in factors:
                raise refusal(f"{name}[{k}].factor", f"is not {' or '.join(factors)}")
            check_interval(f"{name}[{k}]", row.hazard_ratio, row.ci_95)


def _check_survival(file: schema.ArtefactFile) -> None:
    check_unique("external_survival", (study.id for study in file.external_survival))
    for k, study in enumerate(file.external_survival):
        if not (study.medians or study.at):
            raise refusal(f"external_survival[{k}]", "has neither medians nor survival at a time")
        for j, median in enumerate(study.medians):
            if median.ci_95 and not median.ci_95[0] <= median.months <= median.ci_95[1]:
                raise refusal(f"external_survival[{k}].medians[{j}].ci_95", "does not hold its median")


def _check_reference_ranges(file: schema.ArtefactFile) -> None:
    check_unique("reference_ranges", (row.index for row in file.reference_ranges))
    for k, row in enumerate(file.reference_ranges):
        lower, upper = row.interval_95
        if not lower < row.mean < upper:
            raise refusal(f"reference_ranges[{k}].interval_95", "does not hold its mean")


def _artefact(file: schema.ArtefactFile, text: str) -> FittedModel:
    made, variation = file.provenance, file.repeat_measurement
    factors = tuple(Factor(factor.id, _cutoff(factor.cutoff)) for factor in file.factors)
    cells = tuple(Cell(cell.id, cell.label, cell.high) for cell in file.cells)
    groups = tuple(_risk_group(group) for group in file.risk_groups)
    cox = _cox(file)
    curves = {name: _kaplan_meier(curve, file) for name, curve in file.kaplan_meier.items()}
    return FittedModel(
        id=file.id,
        version=file.version,
        digest=file.digest,
        title=file.title,
        provenance=Provenance(
            method=made.method,
            **dict(made.study),
            files=made.files,
            cohorts=made.cohorts,
            chains=made.chains,
            seed=made.seed,
        ),
        population=_population(file.population),
        factors=factors,
        factor_ids=frozenset(factor.id for factor in factors),
        cutoffs={factor.id: factor.cutoff for factor in factors}
        | {name: _cutoff(cutoff) for name, cutoff in file.other_cutoffs.items()},
        cells=cells,
        risk_groups=groups,
        risk_groups_published=file.risk_groups_published,
        cox=cox,
        kaplan_meier=curves,
        answers=cell_answers(factors, cells, groups, cox, curves, file.horizons_months),
        horizons_months=file.horizons_months,
        headline_months=file.headline_months,
        published_hazard_ratios=tuple(PublishedRatio(**dict(row)) for row in file.published_hazard_ratios),
        external_hazard_ratios=tuple(ExternalRatio(**dict(row)) for row in file.external_hazard_ratios),
        other_findings=tuple(OtherFinding(**dict(row)) for row in file.other_findings),
        external_survival=tuple(map(_survival_found, file.external_survival)),
        reference_ranges={row.index: ReferenceRange(**dict(row)) for row in file.reference_ranges},
        alternatives=tuple(_alternative(part, file) for part in file.alternatives),
        adjustment_sensitivity=tuple(
            AdjustmentAssumption(part.tau, _ratios(part.hazard_ratios), part.groups)
            for part in file.adjustment_sensitivity
        ),
        count_variation=CountVariation(variation.n, variation.sd_log_sii, variation.source, variation.pmid),
        performance=_performance(file.performance),
        limits=tuple(Limit(limit.id, limit.text) for limit in file.limits),
        text=text,
    )


def _risk_group(part: schema.RiskGroup) -> RiskGroup:
    return RiskGroup(**dict(part), short_label=part.label.split(maxsplit=1)[0])


def _population(part: schema.Population) -> StudyPopulation:
    return StudyPopulation(
        description=part.description,
        setting=part.setting,
        treatment=part.treatment,
        time_zero=part.time_zero,
        n=part.n,
        deaths=_spread(part.deaths),
        follow_up_median_months=part.follow_up_median_months,
        survival_median_months=part.survival_median_months,
        criteria=tuple(Criterion(**dict(criterion)) for criterion in part.criteria),
    )


def _survival_found(part: evidence_schema.ExternalSurvival) -> ExternalSurvival:
    medians = tuple(ExternalMedian(**dict(median)) for median in part.medians)
    at = tuple(ExternalSurvivalAt(**dict(survival)) for survival in part.at)
    return ExternalSurvival(**(dict(part) | {"medians": medians, "at": at}))


def _cutoff(part: schema.Cutoff) -> Cutoff:
    return Cutoff(Decimal(part.value), part.unit)


def _cox(file: schema.ArtefactFile) -> CoxModel:
    return CoxModel(
        coefficients=file.coefficients.estimate,
        covariance=file.coefficients.covariance,
        hazard_ratios=_ratios(file.cox.hazard_ratios),
        cells={
            name: CellCurve(cell.relative_hazard, _band(cell, file), _shares(cell))
            for name, cell in file.cox.cells.items()
        },
    )


def _ratios(parts: dict[str, evidence_schema.RatioEstimate]) -> dict[str, RatioEstimate]:
    return {name: RatioEstimate(**dict(ratio)) for name, ratio in parts.items()}


def _alternative(part: evidence_schema.Alternative, file: schema.ArtefactFile) -> Alternative:
    return Alternative(
        id=part.id,
        label=part.label,
        explanation=part.explanation,
        tau=part.tau,
        overall_median_months=part.overall_median_months,
        hazard_ratios=_ratios(part.hazard_ratios),
        groups={
            name: AlternativeCurve(_band(curve, file), curve.median_months, curve.median_ci_95)
            for name, curve in part.groups.items()
        },
    )


def _performance(part: schema.Performance) -> Performance:
    found = part.c_index
    return Performance(found.mean, found.min, found.max, found.ci_95, part.gonen_heller)


def _kaplan_meier(curve: schema.KaplanMeier, file: schema.ArtefactFile) -> KaplanMeierCurve:
    columns = zip(curve.at_risk.min, curve.at_risk.median, curve.at_risk.max, strict=True)
    return KaplanMeierCurve(
        n=curve.n,
        events=_spread(curve.events),
        band=_band(curve, file),
        at_risk=AtRisk(file.at_risk_months, tuple(Spread(*numbers) for numbers in columns)),
        median_months=curve.median_months,
        median_ci_95=curve.median_ci_95,
        reconstruction_share=_shares(curve),
        median_at_risk=curve.median_at_risk,
    )


def _band(part: evidence_schema.Band, file: schema.ArtefactFile) -> Band:
    return Band(file.grid_months, part.survival, part.ci_lower, part.ci_upper)


def _shares(part: evidence_schema.Band) -> dict[int, float]:
    return {int(months): share for months, share in part.reconstruction_share.items()}


def _spread(part: schema.Spread) -> Spread:
    return Spread(part.min, part.median, part.max)
