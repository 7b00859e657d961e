"""Read the weights of an Accept header, or of one of its kind (RFC 9110, section 12)."""

ANY = "*"


def weighted(header: str) -> list[tuple[str, float]]:
    """Return each entry of a header, in lower case and without parameters, with its weight.

    A weight of 0 refuses an entry; one that cannot be read counts as 0.
    """
    found = []
    for part in header.split(","):
        name, *parameters = part.split(";")
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                weight = _number(value)
        if name.strip():
            found.append((name.strip().lower(), weight))
    return found


def is_accepted(header: str, value: str) -> bool:
    """Return whether a header accepts a media type or an encoding: by its most specific entry that fits."""
    weights = dict(reversed(weighted(header)))
    kind = value.partition("/")[0]
    for entry in (value, f"{kind}/{ANY}", f"{ANY}/{ANY}", ANY):
        if entry in weights:
            return weights[entry] > 0
    return False


def is_named(header: str, value: str) -> bool:
    """Return whether a header names this value itself, and does not refuse it."""
    return any(name == value and weight > 0 for name, weight in weighted(header))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
