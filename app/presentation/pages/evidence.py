"""Make the context of the evidence page from a model and the files of its folder. The code contains no figures."""

from app.artefact.store import StudyModel
from app.artefact.study_files import Agreement, MadeWith
from app.core.fitted_model import FittedModel, Performance
from app.presentation import wording
from app.presentation.external_survival import survival_found
from app.presentation.pages.contexts import EvidencePage, HazardEntry, Table
from app.presentation.pages.study_tables import errata_table, study_tables
from app.presentation.templating import site_of
from app.presentation.translation import gettext as _


def evidence_page(model: StudyModel) -> EvidencePage:
    """Return the page of a model and the files of its folder."""
    fitted, files = model.fitted, model.files
    use, study, context = files["intended_use"], files["study"], files["external"]["context"]
    return EvidencePage(
        site=site_of(fitted, "evidence"),
        purpose=(use["purpose"], use["supports"], use["status"]),
        users=Table(
            _("Who it is for"), (_("User"), _("Use")), tuple((user["who"], user["use"]) for user in use["users"])
        ),
        not_for=use["not_for"],
        study_title=study["study"]["title"],
        study_setting=study["study"]["setting"],
        criteria=tuple(criterion.text for criterion in fitted.population.criteria),
        study_tables=study_tables(study),
        method=fitted.provenance.method,
        provenance=_provenance(fitted, files["made_with"]),
        agreement=_agreement(files["agreement"]),
        agreement_holds=_holds(files["agreement"]),
        performance=_performance(fitted.performance),
        external=_external(fitted),
        pooled=_pooled(fitted),
        external_survival=_external_survival(fitted),
        context=(
            f"{context['sii_pooled_power']} {context['afp_pooled_power']}",
            f"{context['sii_reference']['text']}; doi:{context['sii_reference']['doi']}",
        ),
        errata=errata_table(study),
        hazards=tuple(HazardEntry(**entry) for entry in files["hazards"]["hazards"]),
        limits=tuple(limit.text for limit in fitted.limits),
    )


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


def _performance(performance: Performance) -> str:
    discrimination = _(
        "Discrimination is apparent only, in the reconstructed cohorts: C-index {mean} (from {low} to {high} over the "
        "cohorts, which is not a confidence interval), Gönen-Heller {gonen_heller}."
    ).format(
        mean=f"{performance.c_index_mean:.2f}",
        low=f"{performance.c_index_min:.2f}",
        high=f"{performance.c_index_max:.2f}",
        gonen_heller=f"{performance.gonen_heller:.2f}",
    )
    limits = _(
        "Calibration cannot be judged without individual data, and nobody has validated the model in other patients."
    )
    return f"{discrimination} {limits}"


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
                f"{found.label}; {f'doi:{found.doi}' if found.doi else found.url}",
                found.population,
                _("see source") if found.n is None else str(found.n),
                found.cutoff.replace(">=", "≥"),
                wording.ratio_with_interval(found.hazard_ratio, found.ci_95),
                found.note,
            )
            for found in fitted.external_hazard_ratios
        ),
    )


def _pooled(fitted: FittedModel) -> Table:
    return Table(
        _("This study pooled with the larger ones (fixed effect)"),
        (_("Factor"), _("Pooled"), _("Hazard ratio (95 % interval)"), _("Weight of this study")),
        tuple(
            (
                pooled.factor.upper(),
                pooled.label,
                wording.ratio_with_interval(pooled.hazard_ratio, pooled.ci_95),
                wording.percent(pooled.weight_study),
            )
            for pooled in fitted.pooled_hazard_ratios
        ),
    )


def _external_survival(fitted: FittedModel) -> Table:
    return Table(
        _("Overall survival of other patients on this treatment"),
        (_("Source"), _("Population"), _("Patients"), _("Overall survival")),
        tuple(
            (
                f"{found.label}; {f'doi:{found.doi}' if found.doi else found.url}",
                found.population,
                str(found.n),
                survival_found(found),
            )
            for found in fitted.external_survival
        ),
    )


def _figure(value: float | None) -> str:
    return _("not published") if value is None else f"{value:.4g}"
