"""The study's own tables, as printed, from study.toml; where a misprint is known the reading is shown beside it."""

from collections.abc import Mapping

from app.artefact.study_files import Count, Median, Outcome, PrintedRatio, Study
from app.presentation import wording
from app.presentation.pages.contexts import Table

_FACTORS = {
    "age": "Age",
    "sex": "Sex",
    "child_pugh": "Child-Pugh score",
    "albi": "ALBI grade",
    "afp": "AFP, ng/mL",
    "pivka_ii": "PIVKA-II, mAU/mL",
    "nlr": "NLR",
    "plr": "PLR",
    "bclc": "BCLC stage",
    "vascular_invasion": "Vascular invasion",
    "extrahepatic": "Extrahepatic metastasis",
}


def study_tables(study: Study) -> tuple[Table, ...]:
    """Return what the study reported: outcomes and its Tables 1, 2 and 3."""
    return (_outcomes(study), _table1(study), _table2(study), _table3(study))


def errata_table(study: Study) -> Table:
    """Return where the publication contradicts itself or is silent, and how it is read here."""
    return Table(
        "Errata and gaps of the publication",
        ("Where", "Printed", "Read here as", "Why"),
        tuple((entry["table"], entry["printed"], entry["reading"], entry["reason"]) for entry in study["errata"]),
    )


def _outcomes(study: Study) -> Table:
    overall, free, total = (
        study["overall_survival"],
        study["progression_free_survival"],
        study["sorafenib_start_to_death"],
    )
    return Table(
        "Survival, as reported",
        ("Outcome", "Reported", "Where"),
        (
            ("Patients", str(study["population"]["n"]), study["population"]["source"]),
            ("Median follow-up", f"{study['follow_up']['median_months']} months", study["follow_up"]["source"]),
            ("Overall survival, median", _median(overall), overall["source"]),
            (
                "Overall survival by SII, log-rank",
                wording.p_value(overall["log_rank_sii_p"]),
                overall["log_rank_sii_source"],
            ),
            (
                "Overall survival by levels of SII and AFP, log-rank",
                wording.p_value(overall["log_rank_levels_p"]),
                overall["log_rank_levels_source"],
            ),
            ("Progression-free survival, median", _median(free), free["source"]),
            (
                "Progression-free survival by SII, log-rank",
                wording.p_value(free["log_rank_sii_p"]),
                free["log_rank_sii_source"],
            ),
            ("Start of sorafenib to death, median", _median(total), total["source"]),
        ),
        note="The number of deaths is printed nowhere. Survival of the risk groups at any time is printed nowhere.",
    )


def _table1(study: Study) -> Table:
    table = study["table1"]
    pugh, albi, stage = table["child_pugh"], table["albi"], table["bclc"]
    return Table(
        f"Table 1: {table['title'].lower()}",
        ("Characteristic", "Value"),
        (
            ("Age, years, median", _spread(table["age_years"])),
            ("Male", _share(table["male"])),
            ("Child-Pugh score 5; 6", f"{_part(pugh, 'a5')}; {_part(pugh, 'a6')}"),
            ("ALBI grade 1; 2", f"{_part(albi, 'grade_1')}; {_part(albi, 'grade_2')}"),
            ("AFP, ng/mL, median", _spread(table["afp_ng_per_ml"])),
            ("PIVKA-II, mAU/mL, median", _spread(table["pivka_ii_mau_per_ml"])),
            ("BCLC stage B; C", f"{_part(stage, 'b')}; {_part(stage, 'c')}"),
            ("Vascular invasion", _share(table["vascular_invasion"])),
            ("Extrahepatic metastasis", _share(table["extrahepatic"])),
            ("Cause of liver disease", table["aetiology"]),
        ),
    )


def _table2(study: Study) -> Table:
    table = study["table2"]
    multivariable = {row["id"]: row for row in table["multivariable"]}
    return Table(
        f"Table 2: {table['title'][0].lower()}{table['title'][1:]}",
        ("Variable", "Univariable hazard ratio", "p", "Multivariable hazard ratio", "p"),
        tuple(
            (row["label"].replace(">=", "≥"), *_printed(row), *_printed(multivariable.get(row["id"])))
            for row in table["univariable"]
        ),
    )


def _table3(study: Study) -> Table:
    table = study["table3"]
    rows = []
    for row in table["rows"]:
        for k, level in enumerate(row["levels"]):
            name = f"{_FACTORS[row['id']]}: {level.replace('>=', '≥')}"
            low, high = (
                f"{count} ({percent} %)" for count, percent in zip(row["counts"][k], row["percents"][k], strict=True)
            )
            rows.append((name, low, high, wording.p_value(row["p_value"]) if k == 0 else ""))
    low_n, high_n = table["group_sizes"]
    return Table(
        f"Table 3: {table['title'][0].lower()}{table['title'][1:]}",
        ("Factor", f"Low SII (n {low_n})", f"High SII (n {high_n})", "p"),
        tuple(rows),
        note="As printed; the errata below say which cells are misprints.",
    )


def _median(outcome: Outcome) -> str:
    lower, upper = outcome["median_ci_95"]
    return f"{outcome['median_months']} months ({lower} to {upper})"


def _spread(entry: Median) -> str:
    lower, upper = entry["spread"]
    return f"{entry['median']} ({lower} to {upper})"


def _share(entry: Count) -> str:
    return f"{entry['count']} ({entry['percent']} %)"


def _part(entry: Mapping[str, object], name: str) -> str:
    return f"{entry[name]} ({entry[f'{name}_percent']} %)"


def _printed(row: PrintedRatio | None) -> tuple[str, str]:
    if row is None:
        return ("", "")
    lower, upper = row["ci_95"]
    return (f"{row['hazard_ratio']:.3f} ({lower:.3f} to {upper:.3f})", wording.p_value(row["p_value"]))
