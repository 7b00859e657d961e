"""Define which laboratory codes are read and which are refused. A site can add its own codes in site.toml.

The LOINC names were verified. This material contains content from LOINC (http://loinc.org), copyright
Regenstrief Institute, Inc. and the LOINC Committee, available at no cost under the licence at http://loinc.org/license.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.config.site import SiteCode, SiteConfiguration
from app.core.analytes import LOINC, Analyte
from app.core.clinical_codes import Coding, LoincCode, system_named
from app.ehr.fhir.reading.resources import objects_in

# Alpha-1-fetoprotein in units per volume: opt-in, because the mass of an international unit differs by assay.
_AFP_UNITS = (LoincCode("19176-7"), LoincCode("83072-9"), LoincCode("53961-9"))
# The cases of `code_refused`.
_MOLAR, _NOT_AFP_MASS, _PERCENT, _IN_AFP_UNITS = "molar", "not_afp_mass", "percent", "afp_units"
_REFUSED = {
    LoincCode("19177-5"): _MOLAR,
    LoincCode("53960-1"): _MOLAR,
    LoincCode("20450-3"): _NOT_AFP_MASS,
    LoincCode("23811-3"): _NOT_AFP_MASS,
    LoincCode("42332-7"): _NOT_AFP_MASS,
    LoincCode("31993-9"): _NOT_AFP_MASS,
    **dict.fromkeys(map(LoincCode, ("770-8", "23761-0", "26511-6", "736-9", "737-7", "26478-8")), _PERCENT),
}

NOT_AN_ANALYTE = "not_an_analyte"
# Counts made by a person at the microscope, which a laboratory trusts more than those of an analyser.
MANUAL_COUNTS = frozenset(LoincCode(code).coding for code in ("753-4", "732-8", "778-1"))


@dataclass(frozen=True, slots=True)
class LaboratoryCodes:
    """Accepted codes (system, code) in order of preference, and refused ones with the case of `code_refused`.

    `other_units` are the refused codes of an analyte in units that are not read.
    """

    accepted: dict[Coding, Analyte]
    refused: dict[Coding, str]
    other_units: dict[Coding, Analyte]

    def coding_of(self, analyte: Analyte) -> tuple[Coding, ...]:
        """Return the codes of an analyte, preferred first."""
        return tuple(code for code, found in self.accepted.items() if found is analyte)

    def searched_for(self, analyte: Analyte) -> tuple[Coding, ...]:
        """Return the codes to search for, also those with units that are not read: such a result may be newer."""
        return (*self.coding_of(analyte), *(code for code, found in self.other_units.items() if found is analyte))

    def read_observation(self, observation: Mapping[str, Any]) -> "Coded":
        """Return the analyte of an Observation's code. A panel with one of the four in a component is refused."""
        own = self.read(observation.get("code"))
        if own.fault != NOT_AN_ANALYTE:
            return own
        inside = [self.read(one.get("code")) for one in objects_in(observation, "component")]
        analytes = {one.analyte for one in inside if one.analyte is not None}
        if not analytes:
            return own
        found = next(iter(analytes)) if len(analytes) == 1 else None
        return Coded(found, None, "component")

    def read(self, concept: Any) -> "Coded":
        """Return the analyte of a code. A refused code is refused even if another code is accepted."""
        found = codes_in(concept)
        accepted = [code for code in found if code in self.accepted]
        for code in found:
            if code in self.refused:
                return self._refusal(code, accepted)
        if not accepted:
            return self._of_no_code(concept, found)
        analyte = self.accepted[accepted[0]]
        if len(accepted) > 1 and any(self.accepted[code] is not analyte for code in accepted):
            return Coded(None, None, "code_ambiguous")
        return _accepted(analyte, accepted[0])

    def _refusal(self, code: Coding, accepted: Sequence[Coding]) -> "Coded":
        """Return why a refused code is not read; an accepted code beside it may name the analyte."""
        same = self.other_units.get(code) or next((self.accepted[one] for one in accepted), None)
        parameters = {"code": code[1]}
        return Coded(same, None, "code_refused", self.refused[code], parameters, is_result=same is not None)

    def _of_no_code(self, concept: Any, found: Sequence[Coding]) -> "Coded":
        """Return why a concept with none of the codes is not read."""
        if analyte := self._resembling(concept):
            return Coded(analyte, None, "code_system", parameters={"system": LoincCode.system})
        is_readable = bool(found) or (isinstance(concept, dict) and isinstance(concept.get("text"), str))
        return _OTHER if is_readable else _UNREADABLE

    def _resembling(self, concept: Any) -> Analyte | None:
        """Return the analyte whose LOINC code a CodeableConcept has in another system or without one, or None."""
        for one in objects_in(concept, "coding"):
            code = one.get("code")
            if isinstance(code, str) and (LoincCode.system, code) in self.accepted:
                return self.accepted[LoincCode.system, code]
        return None


@dataclass(frozen=True, slots=True)
class Coded:
    """The analyte of an Observation and the code that names it; or why its code is not read.

    `fault`, `case` and `parameters` are code, case and parameters of a Rejection. `is_result`: it may be a result of
    the analyte, or of any of the four if the analyte is not known.
    """

    analyte: Analyte | None
    code: Coding | None
    fault: str = ""
    case: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)
    is_result: bool = True


@cache
def _accepted(analyte: Analyte, code: Coding) -> Coded:
    """Return one object for each accepted code, because many Observations have the same code."""
    return Coded(analyte, code)


_OTHER = Coded(None, None, NOT_AN_ANALYTE, is_result=False)
_UNREADABLE = Coded(None, None, "code_unreadable")


def laboratory_codes(site: SiteConfiguration) -> LaboratoryCodes:
    """Return the codes that this site uses."""
    accepted = {code.coding: analyte for analyte, codes in LOINC.items() for code in codes}
    refused = {code.coding: case for code, case in _REFUSED.items()}
    units = dict.fromkeys((code.coding for code in _AFP_UNITS), Analyte.AFP)
    if site.accept_afp_units:
        accepted |= units
    else:
        refused |= dict.fromkeys(units, _IN_AFP_UNITS)
    molar = {code: Analyte.AFP for code, case in refused.items() if case == _MOLAR}
    accepted |= {coding: Analyte(local.analyte) for local in site.local_code for coding in codings_of(local)}
    return LaboratoryCodes(accepted, refused, molar | {code: Analyte.AFP for code in units if code in refused})


def codings_of(entry: SiteCode) -> tuple[Coding, ...]:
    """Return the code of a site as it is searched for and, if its system is an OID, as `codes_in` gives it."""
    return tuple(dict.fromkeys(((entry.system, entry.code), (system_named(entry.system), entry.code))))


def codes_in(concept: Any) -> tuple[Coding, ...]:
    """Return the (system, code) pairs of a CodeableConcept without malformed ones. OIDs of systems are replaced."""
    found = []
    for coding in objects_in(concept, "coding"):
        system, code = coding.get("system"), coding.get("code")
        if isinstance(system, str) and isinstance(code, str):
            found.append((system_named(system), code))
    return tuple(found)
