"""Read the units of a site: labels that its laboratory prints, and codes of its own unit systems.

They add to what `find_unit` reads; none of them can change the meaning of a unit that is read without them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.core.analytes import Analyte
from app.core.clinical_codes import UcumCode
from app.core.errors import InputError
from app.core.units.conversion import Unit, UnitReader, find_unit, shown
from app.core.units.printed import normalised

_SOURCE = "the site's own unit"


@dataclass(frozen=True, slots=True)
class LocalUnit:
    """A label of a site, or a code of its unit system, and the UCUM code that it stands for.

    Without an analyte it is a unit of every analyte that can be given in the UCUM code. Raises ValueError if there is
    no such analyte, or if the label is read already and means something else.
    """

    label: str
    code: str
    analyte: Analyte | None = None
    system: str | None = None

    def __post_init__(self) -> None:
        """Refuse an entry that would be ambiguous."""
        if self.system == UcumCode.system:
            raise ValueError("the system is UCUM, which is read as it is")
        if not self.units:
            of = f" for {self.analyte}" if self.analyte else ""
            raise ValueError(f"{self.code} is not a UCUM code that can be read{of}")
        for analyte in Analyte:
            self._check_label(analyte)

    @property
    def units(self) -> dict[Analyte, Unit]:
        """The unit of each analyte."""
        found = {analyte: _found(analyte, self.code) for analyte in ([self.analyte] if self.analyte else Analyte)}
        return {
            analyte: replace(unit, code=self.label, source=_SOURCE, is_label=True)
            for analyte, unit in found.items()
            if isinstance(unit, Unit) and not unit.is_label
        }

    def _check_label(self, analyte: Analyte) -> None:
        known, own = _found(analyte, self.label), self.units.get(analyte)
        if isinstance(known, Unit):
            if own is None or own.factor != known.factor:
                raise ValueError(f"{self.label} is already read as another unit of {analyte}")
        elif own is not None and known.code not in ("unit_unknown", "unit_of_another_analyte"):
            raise ValueError(f"{self.label} is no unit of {analyte} ({known.code})")


def _found(analyte: Analyte, text: str) -> Unit | InputError:
    try:
        return find_unit(analyte, text)
    except InputError as error:
        return error


class LocalUnits:
    """The units of a site, beside those that are read everywhere. Raises ValueError if two entries contradict."""

    def __init__(self, entries: Iterable[LocalUnit] = ()) -> None:
        self._units: dict[tuple[str | None, Analyte, str], Unit] = {}
        for entry in entries:
            for analyte, unit in entry.units.items():
                key = (entry.system, analyte, normalised(entry.label))
                if self._units.setdefault(key, unit).factor != unit.factor:
                    raise ValueError(f"{entry.label} has two meanings for {analyte}")

    @property
    def reader(self) -> UnitReader:
        """What reads a unit at this site: `find_unit` itself if the site has no labels of its own."""
        return self.find if self._units else find_unit

    def find(self, analyte: Analyte, given: str) -> Unit:
        """Return the unit that a text names, whether it is read everywhere or at this site. Raises InputError."""
        try:
            return find_unit(analyte, given)
        except InputError:
            local = self._units.get((None, analyte, normalised(given)))
            if local is None:
                raise
            return local

    def find_in(self, system: str, analyte: Analyte, given: str) -> Unit:
        """Return the unit that a code of a unit system names at this site. Raises InputError if it is not known."""
        if not given:
            raise InputError(analyte.value, "unit_missing", "code")
        local = self._units.get((system, analyte, normalised(given)))
        if local is None:
            raise InputError(analyte.value, "unit_system", system=UcumCode.system, unit=shown(given))
        return local
