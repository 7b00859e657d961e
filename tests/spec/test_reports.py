"""What is read from pasted reports of many shapes: number, unit and day as printed, or the reason why nothing is."""

import pytest

from app.core.analytes import Analyte
from app.reports.reader import read_report
from app.reports.results import Finding, Report
from tests.lib.report_texts import CHANGES, TEXTS

# Shape, then neutrophils, lymphocytes, platelets, AFP: the value with its unit and day (- if not printed), or a reason.
SHAPES = [
    ("absolute-then-percent", "percentage", "percentage", "211 x10^9/L 2026-04-03", "2.8 ng/mL 2026-04-03"),
    ("afp-relatives-only", "not_found", "not_found", "not_found", "not_found"),
    ("ascites-beside-blood", "other_specimen", "other_specimen", "not_found", "not_found"),
    (
        "atypical-lymphocytes-apart",
        "3.2 x10^9/L 2026-05-14",
        "parts_apart",
        "133 x10^9/L 2026-05-14",
        "6.1 ng/mL 2026-05-14",
    ),
    ("australia-cumulative", "days_uncertain", "days_uncertain", "days_uncertain", "days_uncertain"),
    (
        "austria-kumulativbefund",
        "4.28 G/L 2026-03-30",
        "1.39 G/L 2026-03-30",
        "169 G/L 2026-03-30",
        "41.2 IU/mL 2026-03-02",
    ),
    ("birth-and-print-dates", "not_found", "not_found", "98 x10^9/L -", "7 kU/L -"),
    (
        "canada-french-english",
        "4.4 10*9/L 2026-02-11",
        "1.9 10*9/L 2026-02-11",
        "203 10*9/L 2026-02-11",
        "<3 ug/L 2026-02-11",
    ),
    (
        "chemo-sheet-min-max",
        "2.87 10*9/L 2026-03-12",
        "1.06 10*9/L 2026-03-12",
        "137 10*9/L 2026-03-12",
        "15 kU/L 2026-03-12",
    ),
    ("china-previous-last", "3.1 10^9/L -", "previous", "88 10^9/L -", ">1210 ng/mL -"),
    (
        "china-two-columns-a-line",
        "3.05 10^9/L 2026-05-12",
        "1.42 10^9/L 2026-05-12",
        "143 10^9/L 2026-05-12",
        "7.7 ng/mL 2026-05-12",
    ),
    (
        "clumped-platelets-comment",
        "3.30 x10^9/L 2026-03-09",
        "1.02 x10^9/L 2026-03-09",
        "not_reported",
        "6 ng/mL 2026-03-09",
    ),
    ("columns-day-or-month", "not_found", "not_found", "days_uncertain", "not_found"),
    ("columns-newest-pending", "3.4 K/uL 2026-05-15", "not_reported", "not_reported", "40 ng/mL 2026-05-01"),
    (
        "count-heading-without-units",
        "count_or_percentage",
        "count_or_percentage",
        "212 - 2026-04-04",
        "2.7 - 2026-04-04",
    ),
    ("damaged-digits", "damaged", "damaged", "damaged", "damaged"),
    ("delta-columns", "damaged", "1.1 K/uL 2026-04-05", "damaged", "61 ng/mL 2026-04-05"),
    ("export-two-patients-wide", "row_uncertain", "row_uncertain", "row_uncertain", "row_uncertain"),
    (
        "export-wide-semicolon",
        "4.1 G/l 2026-06-30",
        "1.6 G/l 2026-06-30",
        "188 G/l 2026-06-30",
        "12.4 ng/ml 2026-06-30",
    ),
    ("france-anteriorites-datees", "3.4 G/L 2026-05-12", "not_found", "88 G/L 2026-05-12", "12.5 µg/L 2026-05-12"),
    ("france-deux-colonnes", "3.21 G/L 2026-03-19", "1.60 G/L 2026-03-19", "187 G/L 2026-03-19", "several_numbers"),
    (
        "france-nombre-groupe",
        "4120 /mm3 2026-04-22",
        "1980 /mm3 2026-04-22",
        "254000 /mm3 2026-04-22",
        "8.6 UI/ml 2026-04-22",
    ),
    (
        "germany-einheit-vor-wert",
        "4.05 Tsd./µl 2026-05-11",
        "1.66 Tsd./µl 2026-05-11",
        "211 Tsd./µl 2026-05-11",
        "6.4 kIU/l 2026-05-11",
    ),
    ("germany-keine-neutrophilen", "not_found", "percentage", "204 G/l 2026-06-03", "4.1 ng/ml 2026-06-03"),
    ("germany-relativ-absolut", "3.41 G/l 2026-09-14", "column_uncertain", "188 G/l 2026-09-14", "not_found"),
    ("goal-and-threshold", "3.4 x10^9/L 2026-04-12", "not_found", "98 x10^9/L 2026-04-12", "reference"),
    (
        "gulf-arabic-english",
        "3.90 10^9/L 2026-06-14",
        "1.30 10^9/L 2026-06-14",
        "177 10^9/L 2026-06-14",
        "3.5 IU/mL 2026-06-14",
    ),
    ("hidden-second-patient", "two_patients", "two_patients", "two_patients", "two_patients"),
    ("history-section", "3.2 x10^9/L 2026-05-04", "1.1 x10^9/L 2026-05-04", "133 x10^9/L 2026-05-04", "previous"),
    (
        "hl7-corrected-and-preliminary",
        "3.3 10*3/uL 2026-07-02",
        "preliminary",
        "104 10*3/uL 2026-07-02",
        "not_reported",
    ),
    (
        "hl7-local-codes-and-ascites",
        "4.7 10^9/L 2026-07-09",
        "0.9 10^9/L 2026-07-09",
        "77 10^9/L 2026-07-09",
        "<2 kU/L 2026-07-09",
    ),
    (
        "hungary-lelet",
        "3.77 Giga/L 2026-06-11",
        "1.58 Giga/L 2026-06-11",
        "176 Giga/L 2026-06-11",
        "9.8 ng/ml 2026-06-11",
    ),
    (
        "italy-precedente-prima",
        "3.62 10^9/L 2026-05-08",
        "1.14 10^9/L 2026-05-08",
        "139 10^9/L 2026-05-08",
        "102.6 UI/mL 2026-05-08",
    ),
    ("japan-man-beside-number", "2800 /μL -", "not_found", "9.8 万 /μL -", "12 ng/ml -"),
    (
        "japan-previous-columns",
        "2890 /μL 2026-07-09",
        "1120 /μL 2026-07-09",
        "11.2 10^4/μL 2026-07-09",
        "45.1 ng/mL 2026-07-09",
    ),
    (
        "korea-previous-before",
        "3.31 10^3/µL 2026-05-19",
        "1.17 10^3/µL 2026-05-19",
        "137 10^3/µL 2026-05-19",
        "19.6 ng/mL 2026-05-19",
    ),
    ("letter-with-past-values", "2.9 x10^9/L -", "0.8 x10^9/L -", "previous", "not_found"),
    ("lost-superscripts", "unit_unknown", "unit_unknown", "unit_unknown", "12 ng/mL 2026-03-12"),
    ("markdown-table", "3.4 x10^9/L -", "0.9 x10^9/L -", "98 x10^9/L -", "1210 kU/L -"),
    (
        "method-after-name",
        "3.02 x10^9/L 2026-04-12",
        "1.18 x10^9/L 2026-04-12",
        "133 x10^9/L 2026-04-12",
        "18.2 IU/mL 2026-04-12",
    ),
    ("million-and-billion", "unit_unknown", "unit_unknown", "88 bil/L -", "not_found"),
    ("names-then-values-short", "column_by_column", "column_by_column", "column_by_column", "column_by_column"),
    ("netherlands-words", "not_found", "not_found", "188 x10^9/l -", "4 ug/l -"),
    (
        "no-blanks-between",
        "3.12 x10^9/L 2026-01-20",
        "0.87 x10^9/L 2026-01-20",
        "132 x10^9/L 2026-01-20",
        "45 ng/mL 2026-01-20",
    ),
    (
        "no-clumps-comment",
        "3.31 x10^9/L 2026-03-10",
        "1.03 x10^9/L 2026-03-10",
        "161 x10^9/L 2026-03-10",
        "7 ng/mL 2026-03-10",
    ),
    ("normal-in-brackets", "3.4 K/uL -", "1.1 K/uL -", "88 K/uL -", "12 ng/mL -"),
    (
        "percent-and-absolute-in-brackets",
        "3.41 x10^9/L 2026-04-02",
        "1.32 x10^9/L 2026-04-02",
        "210 x10^9/L 2026-04-02",
        "2.9 ng/mL 2026-04-02",
    ),
    ("pleural-then-serum-table", "other_specimen", "other_specimen", "not_reported", "233 ng/mL 2026-05-18"),
    ("poland-power-in-the-value", "several_numbers", "not_found", "several_numbers", "not_found"),
    ("poland-wynik-poprzedni", "unit_unknown", "unit_unknown", "unit_unknown", "12.9 IU/ml 2026-06-17"),
    ("portugal-mil-por-mm3", "unit_unknown", "unit_unknown", "unit_unknown", "3.2 UI/mL 2026-04-17"),
    ("power-beside-number", "3.4 x10(9)/L -", "1.1 x 10E9/L -", "88 x10^3 /uL -", "damaged"),
    ("prose-comma-lists", "3.4 K/uL -", "1.1 K/uL -", "damaged", "several_numbers"),
    ("prose-german", "3.4 G/l -", "1.1 G/l -", "98 G/l -", "620 ng/ml -"),
    ("prose-spanish", "3400 /µL 2026-05-12", "1100 /µL 2026-05-12", "98000 /µL 2026-05-12", "620 UI/mL 2026-05-12"),
    ("prose-trend-arrows", "damaged", "name_not_understood", "change", "change"),
    ("range-before-value", "3.4 - -", "not_found", "88 K/uL -", "12.5 ng/mL -"),
    ("reference-section", "reference", "reference", "reference", "reference"),
    ("report-footer-dates", "3.3 x10^9/L -", "1.3 x10^9/L -", "several_values", "44 ng/mL -"),
    ("result-heading-with-date", "column_uncertain", "column_uncertain", "column_uncertain", "column_uncertain"),
    ("result-and-sd", "several_numbers", "not_found", "several_numbers", "not_reported"),
    ("russia-units", "unit_unknown", "unit_unknown", "unit_unknown", "4.2 МЕ/мл 2026-06-03"),
    (
        "scotland-gp-semicolon-prose",
        "3.05 x10^9/L 2026-05-11",
        "1.22 x10^9/L 2026-05-11",
        "141 x10^9/L 2026-05-11",
        "1905 kU/L 2026-05-11",
    ),
    ("si-and-conventional", "several_numbers", "not_found", "several_numbers", "several_numbers"),
    (
        "spain-asterisks",
        "2.67 x10^3/µL 2026-05-14",
        "0.94 x10^3/µL 2026-05-14",
        "121 x10^3/µL 2026-05-14",
        "1204 ng/mL 2026-05-14",
    ),
    ("table-value-first", "name_not_understood", "name_not_understood", "name_not_understood", "not_found"),
    (
        "taiwan-traditional",
        "3.11 10^3/µL 2026-06-02",
        "1.02 10^3/µL 2026-06-02",
        "98 10^3/µL 2026-06-02",
        "1204.5 ng/mL 2026-06-02",
    ),
    ("target-and-response", "not_found", "not_found", "not_found", "name_not_understood"),
    ("thousand-words", "unit_unknown", "1.1 k/µl 2026-04-15", "unit_unknown", "unit_unknown"),
    ("time-series-same-day", "several_numbers", "not_found", "several_numbers", "not_found"),
    ("transfusion-and-antibody", "name_not_understood", "name_not_understood", "name_not_understood", "not_found"),
    ("truncated-units", "damaged", "unit_unknown", "damaged", "unit_unknown"),
    (
        "turkey-onceki-sonuc",
        "4.07 10^3/uL 2026-06-24",
        "1.31 10^3/uL 2026-06-24",
        "144 10^3/uL 2026-06-24",
        "8.14 ng/mL 2026-06-24",
    ),
    (
        "two-days-of-one-test",
        "3.1 x10^9/L 2026-06-16",
        "0.9 x10^9/L 2026-06-02",
        "93 x10^9/L 2026-06-16",
        "days_uncertain",
    ),
    ("two-mails-undated", "3.4 x10^9/L -", "1.1 x10^9/L -", "several_values", "not_found"),
    (
        "unit-in-the-name",
        "3.4 x10^9/L 2026-05-03",
        "1.2 x10^9/L 2026-05-03",
        "88 x10^9/L 2026-05-03",
        "limit_or_result",
    ),
    ("units-swapped", "unit_unknown", "impossible", "unit_of_another_analyte", "unit_of_another_analyte"),
    ("urine-inline", "3.3 x10^9/L 2026-04-14", "1.2 x10^9/L 2026-04-14", "140 x10^9/L 2026-04-14", "other_specimen"),
    ("us-current-missing", "3.5 x10E3/uL 2026-08-17", "previous", "97 x10E3/uL 2026-08-17", "previous"),
    ("us-letter-columns-two-dates", "several_numbers", "not_found", "several_numbers", "not_found"),
    (
        "us-one-result-per-paragraph",
        "4.4 x10E3/uL 2026-05-28",
        "1.7 x10E3/uL 2026-05-28",
        "166 x10E3/uL 2026-05-28",
        "5.9 ng/mL 2026-05-28",
    ),
    ("us-portal-trend", "not_found", "not_found", "not_found", "not_found"),
    ("us-result-then-history", "3.92 K/uL -", "1.19 K/uL -", "133 K/uL -", "71.4 ng/mL -"),
    ("values-above-names", "name_uncertain", "name_uncertain", "name_uncertain", "not_found"),
]
EXPECTED = {name: dict(zip(Analyte, said, strict=True)) for name, *said in SHAPES}


def said_by(report: Report, finding: Finding) -> str:
    if report.stop:
        return report.stop.value
    if finding.reading is None:
        return str(finding.reason)
    return f"{finding.reading.value} {finding.reading.unit or '-'} {finding.reading.day or '-'}"


def test_every_shape_has_a_row() -> None:
    assert set(EXPECTED) == set(TEXTS)


@pytest.mark.parametrize("shape", EXPECTED)
def test_a_shape_is_read_or_refused(shape: str) -> None:
    report = read_report(TEXTS[shape])
    assert {analyte: said_by(report, finding) for analyte, finding in report.findings.items()} == EXPECTED[shape]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("shape", EXPECTED)
def test_a_changed_text_gives_no_other_value(shape: str, change: str) -> None:
    report = read_report(CHANGES[change](TEXTS[shape]))
    for analyte, finding in report.findings.items():
        if finding.reading is None:
            continue
        number, *unit, day = EXPECTED[shape][analyte].split()
        assert finding.reading.value == number
        assert str(finding.reading.day or "-") in (day, "-")
        printed = "".join((finding.reading.unit or "-").split()).lower()
        assert printed == "".join(unit).lower()
