"""Read SII_AFP_UNITS: the units that the form preselects, because the site's reports print them."""

from collections.abc import Mapping

from app.core.analytes import Analyte
from app.core.errors import ConfigurationError, InputError
from app.core.units.conversion import UnitReader

_SETTING = "SII_AFP_UNITS"
_COUNTS = "counts"
_NAMES: Mapping[str, tuple[Analyte, ...]] = {
    _COUNTS: tuple(analyte for analyte in Analyte if analyte.is_count),
    **{analyte.value: (analyte,) for analyte in Analyte},
}


def preset_units(text: str | None, read_unit: UnitReader) -> dict[Analyte, str]:
    """Return the units of "counts=10*9/L, platelets=10*4/uL, afp=ng/mL": each analyte that has one, with its unit.

    An entry for one count goes before `counts`, in any order. `read_unit` knows the site's own units.
    Raises ConfigurationError.
    """
    entries = [_entry(part) for part in (text or "").split(",") if part.strip()]
    found: dict[Analyte, str] = {}
    for name, unit in sorted(entries, key=lambda entry: entry[0] != _COUNTS):
        for analyte in _NAMES[name]:
            try:
                read_unit(analyte, unit)
            except InputError:
                raise ConfigurationError(f"{_SETTING}: '{unit}' is not a unit of {analyte}.") from None
            found[analyte] = unit
    if len({name for name, _ in entries}) != len(entries):
        raise ConfigurationError(f"{_SETTING}: a name is there twice.")
    return found


def _entry(part: str) -> tuple[str, str]:
    name, sign, unit = (piece.strip() for piece in part.partition("="))
    if not sign or name not in _NAMES:
        raise ConfigurationError(f"{_SETTING}: '{part.strip()}' is not NAME=UNIT; the names are {', '.join(_NAMES)}.")
    return name, unit
