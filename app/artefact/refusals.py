"""Make the errors of a file that cannot be used: each names the place in the file and the rule that it breaks."""

from collections.abc import Sequence

from pydantic import ValidationError

from app.core.errors import ArtefactError

# Names that Pydantic adds to a place for the members of a union.
_UNION_MEMBERS = ("constrained-str", "constrained-int", "int", "float")


def refusal(place: str, what: str, subject: str = "The artefact") -> ArtefactError:
    """Return the error of a place in the artefact, for example `cox.cells.both.survival`, or in another subject."""
    return ArtefactError(f"{subject} is not usable: {place or 'the document'} {what}.", place)


def schema_refusal(error: ValidationError, subject: str = "The artefact") -> ArtefactError:
    """Return the error of the first value that breaks the schema of a subject."""
    first = error.errors(include_url=False, include_input=False)[0]
    steps = [step for step in first["loc"] if step not in _UNION_MEMBERS]
    if first["type"] == "missing":
        return refusal(place_of(steps[:-1]), f"has no '{steps[-1]}'", subject)
    if first["type"] == "extra_forbidden":
        return refusal(place_of(steps[:-1]), f"has an unknown '{steps[-1]}'", subject)
    return refusal(place_of(steps), f"is refused: {first['msg']}", subject)


def place_of(steps: Sequence[int | str]) -> str:
    """Return a path as text: `population.criteria[2].values`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")
