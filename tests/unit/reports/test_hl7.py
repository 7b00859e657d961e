"""Messages of HL7 version 2: which results are read, with which unit and day."""

from datetime import date

import pytest

from app.core.analytes import Analyte
from app.reports.reader import read_report
from app.reports.results import Reason

HEAD = "MSH|^~\\&|LAB|H|EHR|H|20260702||ORU^R01|2|T|2.5\nOBR|1|||CBC|||202607020655\n"
RESULTS = [
    ("OBX|1|NM|777-3^Platelets^LN||88|10*3/uL|||||F", "88 10*3/uL"),
    ("OBX|1|NM|777-3^Platelets^LN||88|10*3/uL^thousand^UCUM|||||F", "88 10*3/uL"),
    ("OBX|1|NM|777-3^Platelets^LN||88|10\\S\\3/uL|||||F", "88 10\\S\\3/uL"),
    ("OBX|1|NM|PLT||88", "88 -"),
    ("OBX|1|SN|PLT||<^88|K/uL", "<88 K/uL"),
    ("OBX|1|SN|PLT||^88^-^91|K/uL", Reason.NOT_REPORTED),
    ("OBX|1|ST|PLT||clotted|K/uL", Reason.NOT_REPORTED),
    ("OBX|1|NM|PLT||88|K/uL|||||P", Reason.PRELIMINARY),
    ("OBX|1|NM|PLT||88|K/uL|||||D", Reason.NOT_REPORTED),
    ("OBX|1|NM|PLT||88|furlong|||||F", Reason.UNIT_UNKNOWN),
    ("OBX|1|NM|MPV||8.8|fL|||||F", Reason.NOT_FOUND),
    ("OBX|1|NM", Reason.NOT_FOUND),
    ("OBX|1|NM|PLT", Reason.NOT_FOUND),
    ("OBX|1|NM|PLT (ascites)||88|K/uL|||||F", Reason.OTHER_SPECIMEN),
    ("SPM|1|||Pleural fluid\nOBX|1|NM|PLT||88|K/uL|||||F", Reason.OTHER_SPECIMEN),
    ("OBX|1|NM|PLT||88|K/uL|||||F\nOBX|2|NM|PLT||91|K/uL|||||C", "91 K/uL"),
    ("OBX|1|NM|PLT||91|K/uL|||||C\nOBX|2|NM|PLT||88|K/uL|||||F\nOBX|3|NM|ANC||3|K/uL", "91 K/uL"),
    ("OBX|1|NM|ANC||3|K/uL|||||F\nOBX|2|NM|PLT||91|K/uL|||||C", "91 K/uL"),
    ("OBX|1|NM|PLT||88|K/uL|||||F\nNTE|1||Clumps seen, unreliable", Reason.NOT_REPORTED),
    ("OBX|1|NM|PLT||88|K/uL|||||F\nNTE|1||No clumps seen", "88 K/uL"),
    ("OBX|1|NM|PLT||88|K/uL|||||F\nRemarks without a segment", "88 K/uL"),
]


@pytest.mark.parametrize(("segments", "expected"), RESULTS)
def test_a_segment_is_read_or_refused(segments: str, expected: str | Reason) -> None:
    finding = read_report(HEAD + segments).findings[Analyte.PLATELETS]
    reading = finding.reading
    assert (f"{reading.value} {reading.unit or '-'}" if reading else finding.reason) == expected


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("736-9^Lymphocytes^LN", Reason.PERCENTAGE),
        ("ATYP^Atypical lymphocytes", Reason.ONLY_A_PART),
        ("LY^Lymphocytes", Reason.COUNT_OR_PERCENTAGE),
    ],
)
def test_what_is_no_total_count_is_refused(identifier: str, expected: Reason) -> None:
    text = f"{HEAD}OBX|1|NM|{identifier}||21||||||F"
    assert read_report(text).findings[Analyte.LYMPHOCYTES].reason is expected


PART, WHOLE = "OBX|1|NM|ATYP^Atypical lymphocytes||{}|10*3/uL|||||{}", "OBX|2|NM|LY^Lymphocytes||1.1|10*3/uL|||||{}"
BESIDE_PARTS = [
    (PART.format("0.2", "F") + "\n" + WHOLE.format("F"), Reason.PARTS_APART),
    (PART.format("0.0", "F") + "\n" + WHOLE.format("F"), "1.1"),
    (PART.format("0.0", "P") + "\n" + WHOLE.format("F"), Reason.PARTS_APART),
    (PART.format("None seen", "F") + "\n" + WHOLE.format("F"), "1.1"),
    (PART.format("", "F") + "\n" + WHOLE.format("F"), Reason.PARTS_APART),
    (PART.format("0.2", "F") + "\n" + PART.format("0.0", "C") + "\n" + WHOLE.format("F"), "1.1"),
    (WHOLE.format("F") + "\n" + PART.format("0.2", "C"), Reason.PARTS_APART),
    (PART.format("0.2", "F") + "\n" + WHOLE.format("C"), Reason.PARTS_APART),
    (PART.format("0.2", "F") + "\nNTE|1||Smear unreliable\n" + WHOLE.format("F"), Reason.PARTS_APART),
    ("SPM|1|||Pleural fluid\n" + PART.format("0.2", "F") + "\nOBR|2|||CBC\n" + WHOLE.format("F"), "1.1"),
]


@pytest.mark.parametrize(("segments", "expected"), BESIDE_PARTS)
def test_a_part_of_lymphocytes_makes_their_count_uncertain(segments: str, expected: str | Reason) -> None:
    finding = read_report(HEAD + segments).findings[Analyte.LYMPHOCYTES]
    assert (finding.reading.value if finding.reading else finding.reason) == expected


@pytest.mark.parametrize(("observed", "day"), [("", date(2026, 7, 2)), ("20260630", date(2026, 6, 30))])
def test_the_day_is_of_the_observation_or_the_order(observed: str, day: date) -> None:
    finding = read_report(f"{HEAD}OBX|1|NM|PLT||88|K/uL|||||F|||{observed}").findings[Analyte.PLATELETS]
    assert finding.reading is not None
    assert finding.reading.day == day
