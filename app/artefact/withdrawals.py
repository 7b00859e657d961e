"""Read SII_AFP_WITHDRAWN: which models must not answer, and why."""

from collections.abc import Collection

from app.core.errors import ConfigurationError


def read_withdrawals(text: str | None, ids: Collection[str]) -> dict[str, str]:
    """Return the reason by the id of each withdrawn model: 'id: reason', several separated by semicolons.

    Raises ConfigurationError if an entry has no reason, or if its id is none of `ids`: a withdrawal must not be without
    effect.
    """
    found = {}
    for entry in (text or "").split(";"):
        name, _, reason = (part.strip() for part in entry.partition(":"))
        if not entry.strip():
            continue
        if not reason:
            raise ConfigurationError("SII_AFP_WITHDRAWN: write the id of the model, a colon and the reason.")
        if name not in ids:
            raise ConfigurationError(f"SII_AFP_WITHDRAWN: there is no model '{name}'; there is {', '.join(ids)}.")
        found[name] = reason
    return found
