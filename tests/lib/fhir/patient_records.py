"""The records of two patients in an EHR: the first is high, the second low."""

from tests.lib.fhir.examples import Resource, labelled, observation, quantity

PATIENT = "p1"
OTHER_PATIENT = "p2"

# SII by hand: 145 x 4.2 / 1.1 = 553.6, high from 340; AFP above 1210 ng/mL, high from 400.
RECORD: list[Resource] = [
    {
        "resourceType": "Patient",
        "id": PATIENT,
        "name": [
            {"use": "nickname", "text": "Mimi"},
            {"use": "official", "family": "<Test>", "given": ["Maria", "A."]},
        ],
        "birthDate": "1961-04-05",
    },
    observation("neutrophils", quantity(4.2, "10*3/uL"), id="neut"),
    observation("neutrophils", quantity(9.9, "10*3/uL"), when="2025-12-01T08:00:00Z", id="neut-old"),
    observation(
        "neutrophils", quantity(9.8, "10*3/uL"), when="2026-01-03T08:00:00Z", id="neut-cancelled", status="cancelled"
    ),
    observation("lymphocytes", labelled(1.1, "x10^3/uL"), id="lymph"),
    observation("platelets", 145, id="plt"),
    observation("afp", quantity(1210, "ng/mL", comparator=">"), when="2026-01-05T08:00:00Z", id="afp"),
]
OTHER_RECORD: list[Resource] = [
    {
        "resourceType": "Patient",
        "id": OTHER_PATIENT,
        "name": [{"family": "Muster", "given": ["Max"]}],
        "birthDate": "1950-01-01",
    },
    *(
        observation(analyte, value, id=f"other-{name}", subject={"reference": f"Patient/{OTHER_PATIENT}"})
        for analyte, name, value in (
            ("neutrophils", "neut", 2),
            ("lymphocytes", "lymph", 2),
            ("platelets", "plt", 200),
            ("afp", "afp", 12),
        )
    ),
]
