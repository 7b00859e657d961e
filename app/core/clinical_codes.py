"""Define the clinical coding systems, each as a type that refuses a malformed code.

The tables of codes are built from these types, so a mistyped code in a table stops the program at its start. Codes that
an EHR sends, and codes in the site configuration, are plain text, because they are only compared.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

# Systems by their OIDs, as servers write them that convert HL7 version 2 or CDA.
_BY_OID = {
    "urn:oid:2.16.840.1.113883.6.1": "http://loinc.org",
    "urn:oid:2.16.840.1.113883.6.8": "http://unitsofmeasure.org",
    "urn:oid:2.16.840.1.113883.6.96": "http://snomed.info/sct",
    "urn:oid:2.16.840.1.113883.6.3": "http://hl7.org/fhir/sid/icd-10",
    "urn:oid:2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
    "urn:oid:2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "urn:oid:2.16.840.1.113883.6.73": "http://www.whocc.no/atc",
}

# A system and a code in it, as FHIR pairs them. The readers compare the codes sent with these pairs.
Coding = tuple[str, str]

# The multiplication table of the dihedral group D5, and the permutation by which a digit's place counts: J. Verhoeff,
# Error Detecting Decimal Codes, Mathematical Centre Tracts 29, 1969.
_PRODUCT = tuple(
    tuple(map(int, row))
    for row in (
        *("0123456789", "1234067895", "2340178956", "3401289567", "4012395678"),
        *("5987604321", "6598710432", "7659821043", "8765932104", "9876543210"),
    )
)
_PERMUTATION = tuple(map(int, "1576283094"))

# The parts of a UCUM unit: a symbol with its exponent (ng, [IU], 10*3), an annotation ({cells}), and a term of these.
_SYMBOL = r"(?:10[*^]|(?:[A-Za-z%'_]|\[[!-Z\\^-~]+\])+)(?:[+-]?[1-9][0-9]*)?"
_ANNOTATION = r"\{[!-z|~]*\}"
_TERM = rf"(?:(?:{_SYMBOL}|[1-9][0-9]*)(?:{_ANNOTATION})?|{_ANNOTATION})"


def system_named(system: str) -> str:
    """Return the address of a coding system that is named by its address or its OID."""
    return _BY_OID.get(system, system)


@dataclass(frozen=True, slots=True)
class ClinicalCode:
    """A code of one system. Raises ValueError if it is malformed. It does not know which codes the system defines."""

    value: str
    system: ClassVar[str]
    pattern: ClassVar[re.Pattern[str]]

    def __post_init__(self) -> None:
        """Refuse a malformed code."""
        if not (self.pattern.fullmatch(self.value) and self.has_check_digit()):
            raise ValueError(f"{self.value!r} is not a well-formed {type(self).__name__}")

    def has_check_digit(self) -> bool:
        """Return whether the check digit is right; True in a system without one."""
        return True

    @property
    def coding(self) -> Coding:
        """The system and the code."""
        return self.system, self.value


class LoincCode(ClinicalCode):
    """A LOINC code: digits, a hyphen and a Mod 10 check digit, at most ten characters.

    Check digit: LOINC Users' Guide, "Calculating Mod 10 Check Digits". The guide lists 14 deprecated codes with a wrong
    check digit; this type refuses them.
    """

    system = "http://loinc.org"
    pattern = re.compile(r"[1-9][0-9]{0,7}-[0-9]")

    def has_check_digit(self) -> bool:
        """Return whether the digits sum to a multiple of ten, with every second one from the right doubled."""
        from_right = self.value.replace("-", "")[::-1]
        doubled = "".join(str(2 * int(digit)) for digit in from_right[1::2])
        return sum(map(int, from_right[::2] + doubled)) % 10 == 0


class SnomedCode(ClinicalCode):
    """A SNOMED CT concept: 6 to 18 digits that end in the partition of concepts and a Verhoeff check digit.

    The partition is 00 in the international edition and 10 in an extension: SNOMED CT Release File Specification,
    "SNOMED CT identifiers".
    """

    system = "http://snomed.info/sct"
    pattern = re.compile(r"[1-9][0-9]{2,14}[01]0[0-9]")

    def has_check_digit(self) -> bool:
        """Return whether the product of the digits in D5 is 0, each permuted as often as its place from the right."""
        product = 0
        for place, character in enumerate(reversed(self.value)):
            digit = int(character)
            for _ in range(place % 8):
                digit = _PERMUTATION[digit]
            product = _PRODUCT[product][digit]
        return product == 0


class Icd10Code(ClinicalCode):
    """An ICD-10 code of the World Health Organization, with its point: C22.0."""

    system = "http://hl7.org/fhir/sid/icd-10"
    pattern = re.compile(r"[A-Z][0-9]{2}(?:\.[0-9]{1,2})?")


class Icd10CmCode(ClinicalCode):
    """An ICD-10-CM code, the clinical modification of the United States, with its point: C22.0, S72.001A."""

    system = "http://hl7.org/fhir/sid/icd-10-cm"
    pattern = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?")


class RxNormCode(ClinicalCode):
    """An RxNorm concept (RXCUI) of the US National Library of Medicine: a number of at most eight digits."""

    system = "http://www.nlm.nih.gov/research/umls/rxnorm"
    pattern = re.compile(r"[1-9][0-9]{0,7}")


class AtcCode(ClinicalCode):
    """An ATC code of the World Health Organization, of any of the five levels: L, L01, L01E, L01EX, L01EX05."""

    system = "http://www.whocc.no/atc"
    pattern = re.compile(r"[A-DGHJL-NPRSV](?:[0-9]{2}(?:[A-Z](?:[A-Z](?:[0-9]{2})?)?)?)?")


class UcumCode(ClinicalCode):
    """A UCUM unit: terms joined by `.` and `/`. It checks the form only, and it refuses parentheses."""

    system = "http://unitsofmeasure.org"
    pattern = re.compile(rf"/?{_TERM}(?:[./]{_TERM})*")
