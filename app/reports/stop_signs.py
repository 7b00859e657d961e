"""Refuse a text as a whole: too long, of two patients, or copied column by column."""

from itertools import pairwise

from app.reports.document import Document
from app.reports.results import StopSign
from app.reports.tokens import Kind
from app.reports.vocabulary.phrases import Phrases

MOST_BYTES = 20_000
MOST_LINES = 400
_LABELS = {
    "id": (
        "patient id; patient-id; patientid; patient no; patient no.; patient number; mrn; "
        "medical record number; hospital number; hospital no; hosp no; hosp. no; nhs number; nhs no; "
        "nhs no.; unit number; chi number; ur number; urn; medical record no; uhid; ip no; op no; lab id; "
        "reg no; registration no; patientennummer; patienten-nr; patienten-nr.; pat.-nr.; pat-nr; "
        "fallnummer; fall-nr; fallnr; fall-nr.; versichertennummer; ipp; nip; numéro patient; n° patient; "
        "n° dossier; numéro de dossier; nhc; nº historia; número de historia; historia clínica; "
        "nº de historia; dni; prontuário; cpf; codice fiscale; codice paziente; id paziente; id paciente; "
        "hasta no; hasta numarası; tc kimlik no; t.c. kimlik no; protokol no; pesel; id pacjenta; taj; "
        "taj szám; 患者id; 患者番号; 病历号; 病案号; 住院号; 门诊号; 登记号; 환자번호; 등록번호; 병록번호; "
        "رقم المريض; رقم الملف; الرقم الطبي"
    ),
    "birth": (
        "date of birth; dob; d.o.b.; birth date; birthdate; year of birth; yob; born; geb.; geb; geboren; "
        "geboren am; geburtsdatum; geb.-dat.; né le; née le; né(e) le; date de naissance; "
        "fecha de nacimiento; f. nac.; f. nacimiento; data de nascimento; nascimento; dn; nato il; nata il; "
        "data di nascita; doğum tarihi; data urodzenia; data ur.; születési dátum; születési idő; 生年月日; "
        "出生日期; 생년월일; تاريخ الميلاد"
    ),
    "name": (
        "patient name; patient; name; pt name; patient's name; patientin; nom; nom du patient; patient(e); "
        "nombre; paciente; nome; paziente; nome paziente; hasta; hasta adı; hasta adı soyadı; ad soyad; "
        "adı soyadı; pacjent; imię i nazwisko; beteg; név; beteg neve; 患者名; 患者氏名; 氏名; 姓名; "
        "病人姓名; 환자명; 환자성명; 성명; 이름; اسم المريض; الاسم; المريض"
    ),
    "sex": "sex; gender; geschlecht; sexe; sexo; sesso; cinsiyet; płeć; nem; 性別; 性别; 성별; الجنس",
    "age": "age; alter; âge; edad; idade; età; yaş; yaşı; wiek; kor; életkor; 年齢; 年龄; 나이; 연령; العمر",
}
_PHRASES = Phrases((spelling.strip(), kind) for kind, row in _LABELS.items() for spelling in row.split(";"))
_OF_PATIENT = (3, 5, 7)
_LONGEST_VALUE = 60


def is_too_long(text: str) -> bool:
    """Return whether a text is longer than any report that is read."""
    if len(text) > MOST_BYTES or text.count("\n") + text.count("\r") > 2 * MOST_LINES:
        return True
    lines = sum(1 for line in text.splitlines() if line.strip())
    return len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES or lines > MOST_LINES


def stop_sign(document: Document) -> StopSign | None:
    """Return why nothing of a text is read, if so."""
    if _has_two_patients(document):
        return StopSign.TWO_PATIENTS
    return StopSign.COLUMN_BY_COLUMN if _is_column_by_column(document) else None


def _has_two_patients(document: Document) -> bool:
    """Return whether one kind of identifier occurs with two values. The values are compared here and kept nowhere."""
    found: dict[str, set[str]] = {}
    for line in document.lines:
        start, end = line.line.start, line.line.end
        if document.plain.folded.startswith("pid|", start):
            fields = document.plain.folded[start:end].split("|")
            for number in _OF_PATIENT:
                if number < len(fields) and fields[number].strip():
                    found.setdefault(f"pid-{number}", set()).add(fields[number].strip())
            continue
        at = start
        while at < end:
            label = _PHRASES.at(document.plain.folded, at, end)
            if label and (value := _value(document, label.end, end)):
                found.setdefault(label.meaning, set()).add(value)
            at = label.end if label else at + 1
    return any(len(values) > 1 for values in found.values())


def _value(document: Document, at: int, end: int) -> str:
    """Return what follows a label: up to a wide gap, a separator or the next label."""
    folded = document.plain.folded
    first = at
    while first < end and folded[first] in " :=#.-":
        first += 1
    has_sign = ":" in folded[at:first] or "=" in folded[at:first]
    last = first
    while last < min(end, first + _LONGEST_VALUE):
        if folded[last] in "|\t;(" or folded.startswith("  ", last):
            break
        if last > first and _PHRASES.at(folded, last, end):
            break
        last += 1
    value = "".join(one for one in folded[first:last] if one.isalnum())
    return value if has_sign or any(map(str.isdecimal, value[:3])) else ""


def _is_column_by_column(document: Document) -> bool:
    """Return whether names are below each other without numbers, and numbers below each other without names."""
    names = [line.has_only_names and not _continues_name(document, line.line.start) for line in document.lines]
    numbers = [line.has_only_numbers and line.has(Kind.NUMBER) and not line.has(Kind.RANGE) for line in document.lines]
    return any(a and b for a, b in pairwise(names)) and any(a and b for a, b in pairwise(numbers))


def _continues_name(document: Document, start: int) -> bool:
    return document.plain.text[start : start + 1] in ("(", ",")
