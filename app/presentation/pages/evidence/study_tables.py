"""Make the study's tables as printed, from study.toml. A known misprint is shown with its corrected reading."""

from collections.abc import Mapping

from app.artefact.printed_study import Count, Median, Outcome, PrintedRatio, Study
from app.presentation import wording
from app.presentation.pages.contexts import Table
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_FACTORS = {
    "age": N_("Age"),
    "sex": N_("Sex"),
    "child_pugh": N_("Child-Pugh score"),
    "albi": N_("ALBI grade"),
    "afp": N_("AFP, ng/mL"),
    "pivka_ii": N_("PIVKA-II, mAU/mL"),
    "nlr": N_("NLR"),
    "plr": N_("PLR"),
    "bclc": N_("BCLC stage"),
    "vascular_invasion": N_("Vascular invasion"),
    "extrahepatic": N_("Extrahepatic metastasis"),
}


def study_tables(study: Study) -> tuple[Table, ...]:
    """Return the study's results: outcomes and its Tables 1, 2 and 3."""
    return (_outcomes(study), _table1(study), _table2(study), _table3(study))


def errata_table(study: Study) -> Table:
    """Return the table of errata: where the publication contradicts itself or gives no value, and how it is read."""
    return Table(
        _("Errata and gaps of the publication"),
        (_("Where"), _("Printed"), _("Read here as"), _("Why")),
        tuple((entry["table"], entry["printed"], entry["reading"], entry["reason"]) for entry in study["errata"]),
    )


def _outcomes(study: Study) -> Table:
    overall, free, total = (
        study["overall_survival"],
        study["progression_free_survival"],
        study["sorafenib_start_to_death"],
    )
    return Table(
        _("Survival, as reported"),
        (_("Outcome"), _("Reported"), _("Where")),
        (
            (_("Patients"), str(study["population"]["n"]), study["population"]["source"]),
            (
                _("Median follow-up"),
                _("{number} months").format(number=study["follow_up"]["median_months"]),
                study["follow_up"]["source"],
            ),
            (_("Overall survival, median"), _median(overall), overall["source"]),
            (
                _("Overall survival by SII, log-rank"),
                wording.p_value(overall["log_rank_sii_p"]),
                overall["log_rank_sii_source"],
            ),
            (
                _("Overall survival by levels of SII and AFP, log-rank"),
                wording.p_value(overall["log_rank_levels_p"]),
                overall["log_rank_levels_source"],
            ),
            (_("Progression-free survival, median"), _median(free), free["source"]),
            (
                _("Progression-free survival by SII, log-rank"),
                wording.p_value(free["log_rank_sii_p"]),
                free["log_rank_sii_source"],
            ),
            (_("Start of sorafenib to death, median"), _median(total), total["source"]),
        ),
        note=_("The paper prints neither the number of deaths nor the survival of the risk groups at any time."),
    )


def _table1(study: Study) -> Table:
    table = study["table1"]
    pugh, albi, stage = table["child_pugh"], table["albi"], table["bclc"]
    return Table(
        _("Table 1: {title}").format(title=table["title"].lower()),
        (_("Characteristic"), _("Value")),
        (
            (_("Age, years, median"), _spread(table["age_years"])),
            (_("Male"), _share(table["male"])),
            (_("Child-Pugh score 5; 6"), f"{_part(pugh, 'a5')}; {_part(pugh, 'a6')}"),
            (_("ALBI grade 1; 2"), f"{_part(albi, 'grade_1')}; {_part(albi, 'grade_2')}"),
            (_("AFP, ng/mL, median"), _spread(table["afp_ng_per_ml"])),
            (_("PIVKA-II, mAU/mL, median"), _spread(table["pivka_ii_mau_per_ml"])),
            (_("BCLC stage B; C"), f"{_part(stage, 'b')}; {_part(stage, 'c')}"),
            (_("Vascular invasion"), _share(table["vascular_invasion"])),
            (_("Extrahepatic metastasis"), _share(table["extrahepatic"])),
            (_("Cause of liver disease"), table["aetiology"]),
        ),
    )


def _table2(study: Study) -> Table:
    table = study["table2"]
    multivariable = {row["id"]: row for row in table["multivariable"]}
    return Table(
        _("Table 2: {title}").format(title=f"{table['title'][0].lower()}{table['title'][1:]}"),
        (_("Variable"), _("Univariable hazard ratio"), "p", _("Multivariable hazard ratio"), "p"),
        tuple(
            (wording.with_signs(row["label"]), *_printed(row), *_printed(multivariable.get(row["id"])))
            for row in table["univariable"]
        ),
    )


def _table3(study: Study) -> Table:
    table = study["table3"]
    rows = []
    for row in table["rows"]:
        for k, level in enumerate(row["levels"]):
            name = f"{_(_FACTORS[row['id']])}: {level.replace('>=', '≥')}"
            low, high = (
                f"{count} ({percent} %)" for count, percent in zip(row["counts"][k], row["percents"][k], strict=True)
            )
            rows.append((name, low, high, wording.p_value(row["p_value"]) if k == 0 else ""))
    low_n, high_n = table["group_sizes"]
    return Table(
        _("Table 3: {title}").format(title=f"{table['title'][0].lower()}{table['title'][1:]}"),
        (_("Factor"), _("Low SII (n {n})").format(n=low_n), _("High SII (n {n})").format(n=high_n), "p"),
        tuple(rows),
        note=_("As printed; the errata below say which cells are misprints."),
    )


def _median(outcome: Outcome) -> str:
    lower, upper = outcome["median_ci_95"]
    return _("{median} months ({lower} to {upper})").format(median=outcome["median_months"], lower=lower, upper=upper)


def _spread(entry: Median) -> str:
    lower, upper = entry["spread"]
    return f"{entry['median']} ({wording.value_range(str(lower), str(upper))})"


def _share(entry: Count) -> str:
    return f"{entry['count']} ({entry['percent']} %)"


def _part(entry: Mapping[str, object], name: str) -> str:
    return f"{entry[name]} ({entry[f'{name}_percent']} %)"


def _printed(row: PrintedRatio | None) -> tuple[str, str]:
    if row is None:
        return ("", "")
    lower, upper = row["ci_95"]
    return (
        f"{row['hazard_ratio']:.3f} ({wording.value_range(f'{lower:.3f}', f'{upper:.3f}')})",
        wording.p_value(row["p_value"]),
    )
