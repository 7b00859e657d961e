"""Find a time zone by its IANA name; where a name is unknown, suggest the likely ones."""

from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_MOST_SUGGESTED = 3


def time_zone(name: str) -> ZoneInfo:
    """Return the time zone with this name, such as Asia/Seoul. Raises ValueError with likely names."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        likely = _likely(name)
    meant = f"did you mean {' or '.join(likely)}?" if likely else "write it as Asia/Seoul, Europe/Berlin or UTC"
    raise ValueError(f"{name!r} is not a time zone of the IANA database: {meant}") from None


def _likely(name: str) -> list[str]:
    """Return the names that were probably meant: with this spelling, of this city, or with a similar spelling."""
    names = {known.casefold(): known for known in sorted(available_timezones())}
    wanted = name.strip().replace(" ", "_").casefold()
    if wanted in names:
        return [names[wanted]]
    of_city = [known for folded, known in names.items() if wanted and folded.endswith(f"/{wanted}")]
    similar = of_city or [names[one] for one in get_close_matches(wanted, names, _MOST_SUGGESTED, cutoff=0.75)]
    return similar[:_MOST_SUGGESTED]
