"""What single rows and headings mean: each case is one rule of the reader."""

from datetime import date

import pytest

from app.core.analytes import Analyte
from app.core.units.local import LocalUnit, LocalUnits
from app.reports.reader import read_report
from app.reports.results import Finding, Reason, StopSign

N, L, P, A = Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES, Analyte.PLATELETS, Analyte.AFP


def found(text: str, analyte: Analyte) -> Finding:
    return read_report(text).findings[analyte]


def value(text: str, analyte: Analyte) -> str | Reason | None:
    """Return the value with its unit, or the reason why there is none."""
    finding = found(text, analyte)
    return f"{finding.reading.value} {finding.reading.unit or '-'}" if finding.reading else finding.reason


def day(text: str, analyte: Analyte) -> date | None:
    finding = found(text, analyte)
    assert finding.reading is not None
    return finding.reading.day


ROWS = [
    ("PLT 88 K/uL", P, "88 K/uL"),
    ("PLT: 88", P, "88 -"),
    ("PLT = 88 x 10^9/L (150-400) L", P, "88 x 10^9/L"),
    ("PLT 88 L /nl 150 - 370", P, "88 /nl"),
    ("PLT 97L K/uL", P, "97 K/uL"),
    ("* PLT ↓ 88 K/uL", P, "88 K/uL"),
    ("PLT 100000/mm3", P, "100000 /mm3"),
    ("PLT 88 [150 - 400] 10^3/uL", P, "88 10^3/uL"),
    ("PLT (K/uL) 88", P, "88 K/uL"),
    ("ANC 3.4 K/uL 68 %", N, "3.4 K/uL"),
    ("Neutrophils 68 % 3.4 K/uL", N, "3.4 K/uL"),
    ("Neutrophils 68 % of 5.1 WBC", N, Reason.PERCENTAGE),
    ("Neutrophils 68 % K/uL 3.4", N, Reason.SEVERAL_NUMBERS),
    ("Neutrophils 3.4", N, Reason.COUNT_OR_PERCENTAGE),
    ("Neutrophils rel. 68", N, Reason.PERCENTAGE),
    ("Neutrophils/100 leukocytes in Blood 61", N, Reason.PERCENTAGE),
    ("Lymphocytes abs 1.2", L, "1.2 -"),
    ("Atypical lymphocytes 0.2 K/uL\nLymphocytes 1.2 K/uL", L, Reason.PARTS_APART),
    ("Atypical lymphocytes 0.0 K/uL\nLymphocytes 1.2 K/uL", L, "1.2 K/uL"),
    ("Reactive lymphocytes seen\nLymphocytes 1.2 K/uL", L, "1.2 K/uL"),
    ("Giant unknown lymphocytes 1.2 K/uL", L, Reason.NAME_NOT_UNDERSTOOD),
    ("Platelets, neutrophils 1.2 K/uL", P, Reason.NOT_FOUND),
    ("Platelets normal, neutrophils 1.2 K/uL", N, "1.2 K/uL"),
    ("AFP <1.8 ng/mL", A, "<1.8 ng/mL"),
    ("AFP >= 1000 ng/mL", A, ">=1000 ng/mL"),
    ("AFP 6.2 <5.8 IU/mL", A, "6.2 IU/mL"),
    ("AFP <5.8 388", A, Reason.SEVERAL_NUMBERS),
    ("AFP (<5.8) 388 ng/mL", A, "388 ng/mL"),
    ("AFP ng/mL <5.8", A, Reason.LIMIT_OR_RESULT),
    ("AFP <\n1.8 ng/mL", A, Reason.DAMAGED),
    ("AFP 400 > 620 ng/mL", A, Reason.SEVERAL_NUMBERS),
    ("AFP 400 ng/mL > 620 ng/mL", A, Reason.SEVERAL_NUMBERS),
    ("AFP 400 => 620", A, Reason.CHANGE),
    ("AFP rose to 620", A, Reason.CHANGE),
    ("AFP 620 ng/mL (previously 400)", A, "620 ng/mL"),
    ("AFP previously 400, now 620", A, Reason.CHANGE),
    ("AFP 400 (previous)", A, Reason.PREVIOUS),
    ("Previous AFP 400 ng/mL", A, Reason.PREVIOUS),
    ("AFP 400 previously 620 ng/mL", A, Reason.SEVERAL_NUMBERS),
    ("AFP 12 ng/mL, lesion 3 cm", A, "12 ng/mL"),
    ("AFP 12 ng/mL; call above 400 ng/mL", A, "12 ng/mL"),
    ("AFP cut-off 400 ng/mL", A, Reason.REFERENCE),
    ("Normal value AFP 7 ng/mL", A, Reason.REFERENCE),
    ("Upper limit AFP 7 ng/mL", A, Reason.REFERENCE),
    ("Stop if PLT 50 K/uL", P, Reason.REFERENCE),
    ("No PLT 50 K/uL", P, Reason.NAME_NOT_UNDERSTOOD),
    ("AFP pending", A, Reason.NOT_REPORTED),
    ("AFP pending\nAFP 12 ng/mL", A, Reason.NOT_REPORTED),
    ("PLT ~88 K/uL", P, Reason.NOT_REPORTED),
    ("PLT 88 K/uL (clumps)", P, Reason.NOT_REPORTED),
    ("PLT 88 K/uL (no clumps)", P, "88 K/uL"),
    ("PLT 88 - 150 - 400 K/uL", P, Reason.DAMAGED),
    ("PLT -88 K/uL", P, Reason.DAMAGED),
    ("PLT 88x K/uL", P, Reason.UNIT_UNKNOWN),
    ("PLT 88.x K/uL", P, Reason.DAMAGED),
    ("PLT 88. 1 K/uL", P, Reason.DAMAGED),
    ("PLT 88 XN10 K/uL", P, Reason.DAMAGED),
    ("PLT 88 K/uL 150-400 XN10", P, "88 K/uL"),
    ("PLT " + "8" * 31 + " K/uL", P, Reason.DAMAGED),
    ("PLT 1,5,2 K/uL", P, Reason.DAMAGED),
    ("PLT 88 blobs", P, Reason.UNIT_UNKNOWN),
    ("PLT 88 foo/bar", P, Reason.UNIT_UNKNOWN),
    ("PLT 88 K", P, Reason.UNIT_UNKNOWN),
    ("PLT 3,4 tys/µl", P, Reason.UNIT_UNKNOWN),
    ("PLT 88 (150-400) K/uL [150-400] /nl 10^4/uL", P, Reason.UNITS_DIFFER),
    ("PLT 88 ng/mL", P, Reason.UNIT_OF_ANOTHER_ANALYTE),
    ("AFP 12 %", A, Reason.PERCENTAGE),
    ("PLT 88000 K/uL", P, Reason.IMPOSSIBLE),
    ("PLT 3.450 /µl", P, "3450 /µl"),
    ("AFP 1.356 IU/ml", A, Reason.TWO_READINGS),
    ("AFP 1.356 IU/ml\nHb 12,1", A, "1356 IU/ml"),
    ("AFP 1.356 IU/ml\nHb 12.1", A, "1.356 IU/ml"),
    ("AFP 1.356 IU/ml\nHb 12.1\nCRP 3,4", A, Reason.TWO_READINGS),
    ("AFP 1'340,5 ng/mL", A, "1340.5 ng/mL"),
    ("PLT 112 000 /mm3", P, "112000 /mm3"),
    ("PLT 112 000 /mm3 900 - 4 000", P, Reason.SEVERAL_NUMBERS),
    ("PLT 88 foo10^3/uL", P, Reason.UNIT_UNKNOWN),
    ("PLT 88 K/uL ,5", P, Reason.DAMAGED),
    ("AFP 1.356", A, Reason.TWO_READINGS),
    ("PLT 158 163 K/uL", P, Reason.SEVERAL_NUMBERS),
    ("PLT 88 K/uL\nPLT 88 K/uL", P, "88 K/uL"),
    ("PLT 88\nPLT 88 K/uL", P, "88 K/uL"),
    ("PLT 88 K/uL\nPLT 91 K/uL", P, Reason.SEVERAL_VALUES),
    ("PLT 88 K/uL\nPLT 88000 /uL", P, "88 K/uL"),
    ("PLT 88 K/uL\nPLT 88 10^4/uL", P, Reason.SEVERAL_VALUES),
    ("3.4 K/uL ANC 1.2 K/uL ALC", N, Reason.NAME_NOT_UNDERSTOOD),
    ("1 PLT 88 K/uL", P, "88 K/uL"),
    ("Fluid: PLT 88 K/uL", P, Reason.OTHER_SPECIMEN),
    ("Urine: Hb 1 BLOOD: PLT 88 K/uL", P, "88 K/uL"),
    ("> PLT 88 K/uL\n> 91", P, Reason.SEVERAL_NUMBERS),
    ("> Dear all\nPLT\n>88 K/uL", P, Reason.NOT_FOUND),
    ("AFP 9999-1 [777] 012 88 ng/mL", A, "88 ng/mL"),
    ("AFP 1¹ ng/mL", A, Reason.DAMAGED),
]


@pytest.mark.parametrize(("text", "analyte", "expected"), ROWS)
def test_a_row_is_read_or_refused(text: str, analyte: Analyte, expected: str | Reason) -> None:
    assert value(text, analyte) == expected


TABLES = [
    ("Test\tResult\tPrevious\nPLT\t88\t91\n", "88 -"),
    ("Test\tPrevious\tResult\nPLT\t91\t88\n", "88 -"),
    ("Test\tResult\tPrevious\nPLT\t\t91\n", Reason.PREVIOUS),
    ("Test\tResult\tPrevious\nPLT\t88 91\t\n", Reason.SEVERAL_NUMBERS),
    ("Test\tResult 25.11.2025\tUnit\nPLT\t88\tK/uL\n", "88 K/uL"),
    ("Test Result 25.11.2025 Unit\nPLT 88 K/uL\n", Reason.COLUMN_UNCERTAIN),
    ("Result 25.11.2025\nPLT 88 K/uL\n", Reason.COLUMN_UNCERTAIN),
    ("Test\tResult\tPrevious\nPLT\t88\n", Reason.COLUMN_UNCERTAIN),
    ("Test Result Previous\nPLT 88 91\n", "88 -"),
    ("Test Result Previous\nPLT 88\n", Reason.COLUMN_UNCERTAIN),
    ("Test\tResult\tPrevious\tRange\nPLT\t88\t91\t400\n", "88 -"),
    ("Test Result Previous\nPLT 88 91 (call below 50)\n", "88 -"),
    ("Test Result Previous result and date Units\nPLT 158 163 2026-04-04 K/uL\n", "158 K/uL"),
    ("Test Result Previous result and date Units\nPLT 88 2026-05-05 91 2026-04-04 K/uL\n", Reason.SEVERAL_NUMBERS),
    ("Results 2026-04-03 2026-03-03\nPLT 88 91\n", "88 -"),
    ("Collected 02.03.2026 Prior 02.02.2026\nPLT 88 (150-400) 91\n", "88 -"),
    ("Component\nYour value\nStandard range\nPLT\n88 K/uL\n150-400 K/uL150-400 K/uL\n", "88 K/uL"),
    ("Test\tFlag\tResult\tPrevious\nPLT\t2\t88\t91\n", "88 -"),
    ("Test\tResult\tPrevious\nPLT 5\t88\t91\n", Reason.SEVERAL_NUMBERS),
    ("Collected 02.03.2026 Prior 02.02.2026\nPLT 112 500 /mm3 (150 000 - 400 000) 121 500\n", "112500 /mm3"),
    ("ANC\tPLT\n3.4\t88\nK/uL\n", "88 -"),
    ("Ward\tANC\tPLT\nA\t3.4\t88\nA\t3.4\t88\n", "88 -"),
    ("Test Result Previous\nPLT 2 310,5\n", Reason.SEVERAL_NUMBERS),
    ("Test Result Value\nPLT 88 91\n", Reason.SEVERAL_NUMBERS),
    ("Test Result (K/uL) Range\nPLT 88 150-400\n", "88 K/uL"),
    ("Test  rel. (%)  abs. (K/uL)  Range\nPLT  88  150-400\n", "88 K/uL"),
    ("Test Result Range\nPLT <88 K/uL\n", Reason.LIMIT_OR_RESULT),
    ("Test Result Units Range\nPLT <88 K/uL <400\n", "<88 K/uL"),
    ("Test Result Units Range\nPLT K/uL <400\n", Reason.LIMIT_OR_RESULT),
    ("Test Result Units Foo Bar Baz Qux Quux\nPLT 88 K/uL\n", "88 K/uL"),
    ("Test 05/03/2026 Units\nPLT 88 K/uL\n", Reason.DAYS_UNCERTAIN),
    ("Test 25/03/2026 Units\nPLT 88 K/uL\n", "88 K/uL"),
    ("Test Result Units\nPLT " + "88 " * 41 + "K/uL\n", Reason.SEVERAL_NUMBERS),
    ("PLT 88 " + "and " * 150, Reason.NAME_NOT_UNDERSTOOD),
    ("Test Result Units\nPLT " + "88 " * 151 + "K/uL\n", Reason.SEVERAL_NUMBERS),
    ("Prior 02.02.2026 Collected 02.03.2026\nPLT 88 91\n", Reason.SEVERAL_NUMBERS),
    ("Prior 02.02.2026 Collected 02.03.2026\nPLT 88 91 95\n", Reason.SEVERAL_NUMBERS),
    ("Result Units:\nVal 3\nPLT 88 K/uL\n", "88 K/uL"),
    ("ANC\tPLT\n3.4\t88\n", "88 -"),
    ("Date\tANC\tPLT\n\tK/uL\tK/uL\n2026-05-05\t3.4\t88 L\n", "88 K/uL"),
    ("Date\tANC\tPLT\n2026-05-05\t3.4\t88 91\n", Reason.SEVERAL_NUMBERS),
    ("Date\tANC\tPLT\n2026-05-05\t3.4\tpending\n", Reason.NOT_REPORTED),
    ("Date\tANC\tPLT\n2026-05-05\t3.4\n", Reason.COLUMN_UNCERTAIN),
    ("Date\tANC\tPLT %\n2026-05-05\t3.4\t88\n", Reason.PERCENTAGE),
    ("Date\tANC\tPLT\n2026-05-05\t3.4\t88 %\n", Reason.PERCENTAGE),
    ("Date\tANC\tPLT foo\n2026-05-05\t3.4\t88\n", Reason.NOT_FOUND),
    ("No\tANC\tPLT\n1\t3.4\t88\n2\t3.4\t88\n", "88 -"),
    ("Date\tANC\tPLT %\n2026-05-05\t88\n", Reason.PERCENTAGE),
    ("Date\tANC\tPLT\n2026-05-05\t3.4\t88 foo\n", Reason.DAMAGED),
    ("Date\tANC\tPLT\n2026-05-05\t3.4\t88 clumped\n", Reason.NOT_REPORTED),
    ("Date\tANC\tPLT\n2026-05-05\t3.4\t88 K/uL /nL\n", Reason.UNITS_DIFFER),
    ("Bed\tANC\tPLT\nA\t3.4\t88\nB\t3.4\t88\n", Reason.ROW_UNCERTAIN),
]


@pytest.mark.parametrize(("text", "expected"), TABLES)
def test_a_column_is_read_or_refused(text: str, expected: str | Reason) -> None:
    assert value(text, P) == expected


DAYS = [
    ("Collected 2026-05-04\nPLT 88 K/uL", date(2026, 5, 4)),
    ("Reported 2026-05-04\nPLT 88 K/uL", None),
    ("Collected 2026-02-30\nPLT 88 K/uL", None),
    ("Collected 04/05/2026\nPLT 88 K/uL", None),
    ("Collected 04/05/2026, reported 14/05/2026\nPLT 88 K/uL", date(2026, 5, 4)),
    ("Collected 04/05/2026, reported 05/14/2026\nPLT 88 K/uL", date(2026, 4, 5)),
    ("Collected 04/05/2026, reported 14/05/2026, seen 05/14/2026\nPLT 88 K/uL", None),
    ("Entnahme 04/05/2026\nPLT 88 K/uL", date(2026, 5, 4)),
    ("Collected 4 May 2026 collected 5 May 2026\nPLT 88 K/uL", None),
    ("Collected 4/5/26\nPLT 88 K/uL", None),
    ("Collected 5 May\nPLT 88 K/uL", None),
    ("採取日 2026年5月4日\nPLT 88 K/uL", date(2026, 5, 4)),
    ("Collected May 4, 2026\nPLT 88 K/uL", date(2026, 5, 4)),
    ("20260504\nPLT 88 K/uL", date(2026, 5, 4)),
    ("Full blood count - 4 May 2026\nPLT 88 K/uL", date(2026, 5, 4)),
    ("4 May 2026 Foo\nPLT 88 K/uL", None),
    ("PLT 88 K/uL 2026-05-04\nPLT 91 foo/L 2026-04-04", date(2026, 5, 4)),
    ("Collected 2026-05-04\nReport\nPLT 88 K/uL", None),
    ("Collected 2026-05-04\nLetter of 1 June 2026\nPLT 88 K/uL", None),
    ("Collected 2026-05-04\nPLT 88 K/uL on 2026-05-09", date(2026, 5, 9)),
    ("Collected 2026-05-04 PLT 88 K/uL 2026-05-09", None),
    ("Collected 2026-05-04\nPLT 88 K/uL reported 2026-05-09", date(2026, 5, 4)),
    ("PLT 88 K/uL 2026-05-04 2026-05-09", None),
    ("Collected 2026-05-04\nTest Result Reported\nPLT 88 2026-05-09", date(2026, 5, 4)),
    ("Test Result Collected Reported\nPLT 88 2026-05-08 2026-05-09", None),
    ("Collected 2026-05-04\nHb 1\nSerum\nPLT 88 K/uL\nCollected 2026-06-04\nHb 1", None),
]


@pytest.mark.parametrize(("text", "expected"), DAYS)
def test_the_day_is_that_of_the_sample(text: str, expected: date | None) -> None:
    assert day(text, P) == expected


def test_number_under_an_unknown_title_says_so() -> None:
    (other,) = found("Test\tResult\tDelta\tPrevious\nPLT\t88\t3\t\n", P).candidates
    assert (other.printed, other.reason) == ("3", Reason.OTHER_COLUMN)


STOPS = [
    ("MRN 1234\nPLT 88\nMRN 5678\nPLT 91", StopSign.TWO_PATIENTS),
    ("Sex: M\nPLT 88\nSex: F", StopSign.TWO_PATIENTS),
    ("PID|1||A-1\nOBX|1|NM|PLT||88\nPID|1||B-2", StopSign.TWO_PATIENTS),
    ("Patient ID: A1\nPLT 88\nPatient ID: A1", None),
    ("Patient well today\nPatient seen\nPLT 88", None),
    ("PLT\nANC\n88\n3.4", StopSign.COLUMN_BY_COLUMN),
    ("PLT\n88\nANC\n3.4", None),
]


@pytest.mark.parametrize(("text", "stop"), STOPS)
def test_a_text_is_refused_as_a_whole(text: str, stop: StopSign | None) -> None:
    assert read_report(text).stop is stop


def test_the_spans_are_places_in_the_text_given() -> None:
    text = "\ufeffCollected\r\nAFP\u00a0\u200e１,240.5\u00a0ｎｇ／ｍＬ (870 previously)\r\n"
    finding = found(text, A)
    assert finding.reading is not None
    assert finding.reading.unit_span is not None
    assert text[slice(*finding.reading.span)] == "１,240.5"
    assert text[slice(*finding.reading.unit_span)] == finding.reading.unit == "ｎｇ／ｍＬ"
    (other,) = finding.candidates
    assert (text[slice(*other.span)], other.reason) == ("870", Reason.PREVIOUS)


@pytest.mark.parametrize(
    ("other", "reason", "of_result"),
    [
        ("PLT 88x K/uL", Reason.UNIT_UNKNOWN, Reason.ANOTHER_NOT_READ),
        ("PLT rose to 91 K/uL", Reason.CHANGE, Reason.ANOTHER_NOT_READ),
        ("Giant unknown PLT 91 K/uL", Reason.NAME_NOT_UNDERSTOOD, Reason.ANOTHER_NOT_READ),
        ("PLT clumped", Reason.NOT_REPORTED, Reason.NOT_REPORTED),
        ("PLT 91x K/uL\nPLT clumped", Reason.NOT_REPORTED, Reason.NOT_REPORTED),
    ],
)
def test_a_result_beside_one_that_is_not_read_has_its_own_reason(other: str, reason: Reason, of_result: Reason) -> None:
    finding = found(f"PLT 88 K/uL\n{other}", P)
    assert finding.reason is reason
    assert (finding.candidates[0].printed, finding.candidates[0].reason) == ("88", of_result)


@pytest.mark.parametrize("row", ["AFP, unknown >^1210 IU/mL", "AFP, unknown 12x10 ng/mL"])
def test_no_part_of_a_damaged_number_can_be_chosen(row: str) -> None:
    damaged = [one for one in found(row, A).candidates if one.printed in ("1210", "x10")]
    assert [one.reason for one in damaged] == [Reason.DAMAGED]


def test_a_damaged_number_without_another_is_refused() -> None:
    assert found("> ANC ph--5 x10^9/L\n\nNewer result:\nPLT 91 x10^9/L", N).reason is Reason.DAMAGED


def test_an_older_day_is_a_candidate() -> None:
    finding = found("PLT 88 K/uL 2026-05-04\nPLT 91 K/uL 2026-04-04", P)
    assert finding.reading is not None
    assert [(one.printed, one.unit, one.day, one.reason) for one in finding.candidates] == [
        ("91", "K/uL", date(2026, 4, 4), Reason.OLDER_DAY)
    ]


def test_a_unit_of_the_site_is_read_as_the_site_says() -> None:
    units = LocalUnits([LocalUnit("mil/mm3", "10*3/mm3", Analyte.PLATELETS)])
    text = "Plaquetas 88 mil/mm3\nAFP 7 mil/mm3\nANC 3.4 K/uL"
    assert {read_report(text).findings[one].reason for one in (P, A)} == {Reason.UNIT_UNKNOWN}
    findings = read_report(text, units.find).findings
    platelets = findings[P].reading
    assert platelets is not None
    assert (platelets.value, platelets.unit) == ("88", "mil/mm3")
    assert findings[A].reading is None
    assert findings[N] == read_report(text).findings[N]


PARTS = [
    ("Lymphocytes 1.1 {}\nAtypical lymphocytes 0.2 {}", Reason.PARTS_APART, {"1.1": Reason.PARTS_APART}),
    ("Lymphocytes 1.1\nAtypical lymphocytes 0.2", Reason.PARTS_APART, {"1.1": Reason.COUNT_OR_PERCENTAGE}),
    ("Lymphocytes 22 %\nReactive lymphocytes 0.2 {}", Reason.PERCENTAGE, {"22": Reason.PERCENTAGE}),
    ("Variant lymphocytes 0.2 {}", Reason.ONLY_A_PART, {}),
    ("Giant atypical lymphocytes 0.2 {}\nLymphocytes 1.1 {}", Reason.PARTS_APART, {"1.1": Reason.PARTS_APART}),
    ("Atypical lymphocytes 0 (<0.2)\nLymphocytes 1.1 {}", None, {}),
    ("Atypical lymphocytes 0 (previously 0.2)\nLymphocytes 1.1 {}", None, {}),
    ("Previous atypical lymphocytes 0.2 {}\nLymphocytes 1.1 {}", None, {}),
    ("Fluid: Atypical lymphocytes 0.2 {}\nBlood: Lymphocytes 1.1 {}", None, {}),
    ("Lymphocytes 1.1 {}\nPrevious results\nAtypical lymphocytes 0.2 {}", None, {}),
    (
        "Date\tANC\tLymphs (K/uL)\tAtypical lymphs\n2026-05-05\t3\t1.1\t0.2\n",
        Reason.PARTS_APART,
        {"1.1": Reason.PARTS_APART},
    ),
    (
        "Date\tANC\tLymphs (K/uL)\tAtypical lymphs\n2026-05-05\t3\t1.1\t0\n2026-04-05\t3\t2.1\t0.2\n",
        None,
        {"2.1": Reason.OLDER_DAY},
    ),
]


@pytest.mark.parametrize(("text", "reason", "others"), PARTS)
def test_a_part_is_never_the_count(text: str, reason: Reason | None, others: dict[str, Reason]) -> None:
    finding = found(text.replace("{}", "K/uL"), L)
    assert finding.reason is reason
    assert finding.reading is None or finding.reading.value == "1.1"
    given = {one.printed: one.reason for one in finding.candidates}
    parts = {"0.2": Reason.ONLY_A_PART} if "0.2" in given else {}
    assert given == others | parts


def test_pending_part_makes_the_count_uncertain() -> None:
    assert value("Atypical lymphocytes pending\nLymphocytes 1.1 K/uL", L) is Reason.PARTS_APART


def test_a_row_under_other_titles_may_hold_a_part() -> None:
    text = "Date\tANC\tAtypical lymphs\n2026-05-05\t0.2\n\nLymphocytes 1.1 K/uL"
    assert [(one.printed, one.reason) for one in found(text, L).candidates] == [("1.1", Reason.PARTS_APART)]


def test_a_part_beside_the_name_is_not_understood() -> None:
    text = "Lymphocytes (atypical lymphocytes) 1.1 K/uL"
    assert [(one.unit, one.reason) for one in found(text, L).candidates] == [("K/uL", Reason.NAME_NOT_UNDERSTOOD)]


@pytest.mark.parametrize(
    ("text", "analyte", "offered"),
    [
        ("AFP 350 IU/mL (424 ng/mL)", A, [("350", "IU/mL"), ("424", "ng/mL")]),
        ("AFP 410 ng/mL (previous)", A, [("410", "ng/mL")]),
        ("Previous AFP 410 ng/mL", A, [("410", "ng/mL")]),
        ("Giant unknown lymphocytes 1.2 H K/uL", L, [("1.2", "K/uL")]),
        ("Result 12.11.2025\nPLT 88 K/uL", P, [("88", "K/uL")]),
        ("PLT 88 91 K/uL", P, [("88", None), ("91", "K/uL")]),
        ("AFP ng/mL 350 IU/mL 290", A, [("350", None), ("290", None)]),
        ("AFP ng/mL 350 ng/mL (previous)", A, [("350", "ng/mL")]),
        ("PLT 88 ng/mL (previous)", P, [("88", None)]),
        ("AFP 410 (previous)", A, [("410", None)]),
        ("Test\tResult\tDelta\tPrevious\nPLT\t\t3\t", P, [("3", None)]),
        ("AFP, ng/mL: <5", A, [("<5", "ng/mL")]),
        ("Test Result Previous\nPLT 88 K/uL", P, [("88", "K/uL")]),
        ("Test Result Previous\nPLT 88", P, [("88", None)]),
        ("Test\tPrevious\tResult\tUnit\nPLT\t91\t\tK/uL", P, [("91", "K/uL")]),
        (
            "Test\tPrevious\tResult\tValue\tUnit\nPLT\t91\t88\t89\tK/uL",
            P,
            [("91", "K/uL"), ("88", "K/uL"), ("89", "K/uL")],
        ),
        ("Test\tResult (K/uL)\tPrevious\nPLT\t88", P, [("88", "K/uL")]),
        ("Test\tResult (K/uL)\tPrevious\nPLT\t\t91", P, [("91", None)]),
        ("Test\tResult (foo/uL)\tPrevious\nPLT\t88", P, [("88", None)]),
        ("Test rel. (%) abs. (K/uL)\nALC 24", L, [("24", None)]),
        ("Test\tResult 12.11.2025\tPrevious\nPLT\t\t91 K/uL", P, [("91", "K/uL")]),
        ("Date\tANC (K/uL)\tPLT (K/uL)\n2026-05-05\t88", P, [("88", "K/uL")]),
        ("Date\tANC\tPLT\n\tK/uL\tK/uL\n2026-05-05\t88", P, [("88", "K/uL")]),
        ("Date\tANC\tPLT (K/uL)\n2026-05-05\t88 /nL", P, [("88", "/nL")]),
        ("Date\tANC\tPLT (K/uL)\n2026-05-05\t88 %", P, [("88", None)]),
        ("Date\tANC\tPLT (K/uL)\n2026-05-05\t3\t88 91", P, [("88", "K/uL"), ("91", "K/uL")]),
        ("Date\tANC\tPLT (K/uL)\n2026-05-05\t3\t88 (150-400)", P, [("88", "K/uL")]),
        ("Bed\tANC\tPLT (K/uL)\nA\t3\t88\nB\t4\t90", P, [("88", "K/uL"), ("90", "K/uL")]),
        ("Date\tANC\tNeutrophils\tPLT\n2026-05-05\t3.4", N, [("3.4", None)]),
    ],
)
def test_option_has_the_unit_beside_its_number(text: str, analyte: Analyte, offered: list[tuple[str, str]]) -> None:
    assert [(one.printed, one.unit) for one in found(text, analyte).candidates] == offered
