"""Make the context of the evidence page from a model and the files of its folder. The code contains no figures."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TypeVar

from app.artefact.printed_study import Study
from app.artefact.store import StudyModel, earlier_versions, load_earlier
from app.artefact.study_files import Agreement, InternalValidation, MadeWith
from app.core.fitted_model import FittedModel, Performance, ReferenceRange, once_per_model
from app.core.kaplan_meier import FEW_AT_RISK
from app.presentation import ratio_wording, wording
from app.presentation.charts.study_figures import study_figures
from app.presentation.languages import ENGLISH
from app.presentation.model_texts import in_language, use_in_language
from app.presentation.pages.contexts import Table
from app.presentation.pages.evidence.answers import short_answers
from app.presentation.pages.evidence.context import EvidencePage, HazardEntry
from app.presentation.pages.evidence.study_tables import errata_table, study_tables
from app.presentation.pages.survival_tables import survival_table
from app.presentation.templating import Link, contact_link, site_of
from app.presentation.translation import ENGLISH_TEXTS, language_tag, using
from app.presentation.translation import gettext as _

_Tables = TypeVar("_Tables", Table, tuple[Table, ...])
_DIGEST_SHOWN = len("sha256:") + 12


def evidence_page(model: StudyModel, contact: str | None = None) -> EvidencePage:
    """Return the page of a model and the files of its folder. `contact` is that of the site configuration."""
    fitted, files = in_language(model.fitted), model.files
    study, context = files["study"], files["external"]["context"]
    use = use_in_language(files["intended_use"])
    return EvidencePage(
        site=site_of(fitted, "evidence"),
        answers=short_answers(fitted),
        figures=study_figures(fitted, study),
        few_at_risk=FEW_AT_RISK,
        contact=contact_link(contact),
        versions=_versions(model),
        purpose=(use["purpose"], use["supports"], use["status"]),
        users=Table(
            _("Who it is for"), (_("User"), _("Use")), tuple((user["who"], user["use"]) for user in use["users"])
        ),
        not_for=use["not_for"],
        study_title=study["study"]["title"],
        study_setting=study["study"]["setting"],
        criteria=tuple(criterion.text for criterion in fitted.population.criteria),
        study_tables=_in_english(study_tables, study),
        cohorts=fitted.provenance.cohorts,
        method=fitted.provenance.method,
        provenance=_provenance(fitted, files["made_with"]),
        agreement=_agreement(files["agreement"]),
        agreement_holds=_holds(files["agreement"]),
        performance=_performance(fitted.performance, files["internal_validation"], fitted.population.n),
        external=_external(fitted),
        other_findings=tuple(
            Link(f"{found.factor.upper()}: {found.text}", found.url) for found in fitted.other_findings
        ),
        external_survival=survival_table(fitted, None),
        sensitivity=_sensitivity(fitted),
        context=(
            f"{context['sii_pooled_power']} {context['afp_pooled_power']}",
            *(_reference_range(row) for row in fitted.reference_ranges.values()),
        ),
        errata=_in_english(errata_table, study),
        hazards=tuple(HazardEntry(**entry) for entry in files["hazards"]["hazards"]),
        limits=tuple(limit.text for limit in fitted.limits),
    )


def _in_english(make: Callable[[Study], _Tables], study: Study) -> _Tables:
    """Return tables of the study with their captions and heads in English too, because what they quote is English."""
    with nullcontext() if language_tag() == ENGLISH else using(ENGLISH_TEXTS):
        return make(study)


def _provenance(fitted: FittedModel, made_with: MadeWith) -> Table:
    made = fitted.provenance
    rows = [
        (_("Model"), f"{fitted.id} {fitted.version}"),
        (_("Digest"), fitted.digest),
        (
            _("Cohorts"),
            _("{cohorts}, from {chains} independent chains; seed {seed}").format(
                cohorts=made.cohorts, chains=made.chains, seed=made.seed
            ),
        ),
        (_("Fitted with"), _fitted_with(fitted, made_with)),
    ]
    rows += [(_("Made from {file}").format(file=name), digest) for name, digest in made.files.items()]
    return Table(_("Provenance of the model"), (_("What"), _("Which")), tuple(rows))


def _versions(model: StudyModel) -> Table:
    """Return the survival that each version of the model gives: the one that answers, then the earlier ones."""
    fitted = in_language(model.fitted)
    return Table(
        _("Survival after {time} by each version of the model that is kept here").format(
            time=wording.at_months(fitted.headline_months)
        ),
        (_("Version"), *(group.label for group in fitted.risk_groups), _("Digest")),
        (
            _version(fitted, fitted, _("{version} (in use)").format(version=fitted.version)),
            *(_version(fitted, one, one.version) for one in _earlier(fitted, model.folder)),
        ),
        note=_(
            "Results name the version and digest of their model. Earlier versions are kept to repeat old results only. "
            "CHANGELOG.md of the software says what changed."
        ),
    )


@once_per_model
def _earlier(_fitted: FittedModel, folder: Path) -> tuple[FittedModel, ...]:
    """Return the earlier versions in the folder of a model, the newest first."""
    return tuple(load_earlier(version, folder) for version in reversed(earlier_versions(folder)))


def _version(now: FittedModel, one: FittedModel, name: str) -> tuple[str, ...]:
    """Return the row of a version: the survival of the groups and at the time that the present version has."""
    curves = (one.kaplan_meier.get(group.id) for group in now.risk_groups)
    return (
        name,
        *(wording.percent_with_interval(curve.band.at(now.headline_months)) if curve else "–" for curve in curves),
        one.digest[:_DIGEST_SHOWN],
    )


def _fitted_with(fitted: FittedModel, made: MadeWith) -> str:
    """Return the versions of Python and libraries, if they are recorded for this artefact."""
    if made["artefact"] != fitted.digest:
        return _("not recorded for this artefact")
    return ", ".join(f"{name} {number}" for name, number in ({"Python": made["python"]} | made["libraries"]).items())


def _agreement(rows: tuple[Agreement, ...]) -> Table:
    return Table(
        _("Reconstructed cohorts against the publication"),
        (
            _("Statistic"),
            _("Published"),
            _("Cohorts, pooled"),
            _("Cohort farthest off"),
            _("Accepted range"),
            _("Where published"),
        ),
        tuple(
            (
                row["label"],
                _figure(row["published"]),
                _figure(row["pooled"]),
                _figure(row["worst"]),
                wording.value_range(_figure(row["lower"]), _figure(row["upper"])),
                row["source"],
            )
            for row in rows
        ),
    )


def _holds(rows: tuple[Agreement, ...]) -> str:
    held = sum(row["holds"] for row in rows)
    return _("{held} of {total} statistics are within the accepted range in every cohort.").format(
        held=held, total=len(rows)
    )


def _performance(performance: Performance, validation: InternalValidation, n: int) -> str:
    return " ".join(
        (
            _discrimination(performance),
            _(
                "The same {n} patients were used to find the model and to judge it: in resamples of the cohorts the "
                "C-index falls by {optimism} on average, and the effects should be shrunk by a factor of {shrinkage}. "
                "These figures take the choice of the two factors as given. If all {candidates} candidates that the "
                "study screened are counted, the factor is {screened}."
            ).format(
                n=n,
                optimism=f"{validation['c_index_optimism']:.3f}",
                shrinkage=f"{validation['shrinkage']:.2f}",
                candidates=validation["candidates"],
                screened=f"{validation['shrinkage_screened']:.2f}",
            ),
            _(
                "Calibration cannot be judged without individual data, and nobody has validated the model in other "
                "patients."
            ),
        )
    )


def _discrimination(performance: Performance) -> str:
    ratio = f"{performance.c_index_mean:.2f}"
    gonen_heller = f"{performance.gonen_heller:.2f}"
    if performance.c_index_ci_95 is None:
        return _("Apparent C-index {c_index}, Gönen-Heller {gonen_heller}, in the reconstructed cohorts.").format(
            c_index=ratio, gonen_heller=gonen_heller
        )
    lowest, highest = performance.c_index_min, performance.c_index_max
    return _(
        "Discrimination is apparent only, in the reconstructed cohorts: C-index {c_index} (95 % interval: {interval}; "
        "the estimates of the cohorts alone reach from {spread}), Gönen-Heller {gonen_heller}."
    ).format(
        c_index=ratio,
        interval=wording.value_range(*(f"{limit:.2f}" for limit in performance.c_index_ci_95)),
        spread=wording.value_range(f"{lowest:.2f}", f"{highest:.2f}"),
        gonen_heller=gonen_heller,
    )


def _external(fitted: FittedModel) -> Table:
    return Table(
        _("Hazard ratios of death, high against low, in other studies"),
        (
            _("Factor"),
            _("Source"),
            _("Population"),
            _("Patients"),
            _("Cut-off"),
            _("Hazard ratio (95 % interval)"),
            _("Note"),
        ),
        tuple(
            (
                found.factor.upper(),
                Link(found.label, found.url),
                found.population,
                _("see source") if found.n is None else str(found.n),
                wording.with_signs(found.cutoff),
                wording.ratio_with_interval(found.hazard_ratio, found.ci_95),
                found.note,
            )
            for found in fitted.external_hazard_ratios
        ),
    )


def _sensitivity(fitted: FittedModel) -> Table:
    """Return what other values of tau would give, one row for each assumption."""
    at = fitted.horizons_months.index(fitted.headline_months)
    time = wording.at_months(fitted.headline_months)
    ratios = next(iter(fitted.answers.values())).hazard_ratios
    names = [ratio.factor for ratio in ratios]
    groups = [_("{group}, alive after {time}").format(group=group.label, time=time) for group in fitted.risk_groups]
    return Table(
        _("Adjusted for larger studies: other assumptions on how much effects differ between studies (tau)"),
        (
            *(_("tau, {factor}").format(factor=factor.label) for factor in fitted.factors),
            *(
                _("Hazard ratio, {what}").format(what=ratio_wording.ratio_label(ratio, wording.unit))
                for ratio in ratios
            ),
            *groups,
        ),
        tuple(
            (
                *(f"{row.tau[factor.id]:g}" for factor in fitted.factors),
                *(
                    wording.ratio_with_interval(row.hazard_ratios[name].hazard_ratio, row.hazard_ratios[name].ci_95)
                    for name in names
                ),
                *(wording.percent(row.groups[group.id][at]) for group in fitted.risk_groups),
            )
            for row in fitted.adjustment_sensitivity
        ),
    )


def _reference_range(row: ReferenceRange) -> str:
    """Return the values of an index in the general population, with their source."""
    return _("{index} in {population}, {n} people: mean {mean}, 95 % of people {interval}. {url}").format(
        index=row.index.upper(),
        population=row.population,
        n=row.n,
        mean=f"{row.mean:g}",
        interval=wording.value_range(*(f"{limit:g}" for limit in row.interval_95)),
        url=row.url,
    )


def _figure(value: float | None) -> str:
    return _("not published") if value is None else f"{value:.4g}"
