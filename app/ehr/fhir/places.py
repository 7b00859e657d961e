"""Find the element of a request's body that an issue is about, as OperationOutcome.issue.expression names it.

That is the simple FHIRPath of element names and indices. It names a choice such as valueQuantity by `value` alone. A
path ends at the last element that was sent, so that it always leads to one. Places are looked for in an error only.
"""

from collections.abc import Mapping
from typing import Any

from app.ehr.fhir.reading.observations import Rejection
from app.ehr.fhir.reading.resources import Resource, is_bundle

_CHOICES = ("value", "effective")
_UNIT = ("code", "unit")
# The element of a Quantity that an error of its code is about; it has the first of several names that was sent. Of
# other codes it is the Quantity itself, or that of the unit if the code begins so.
_IN_QUANTITY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("not_a_number", "not_finite", "too_long", "negative", "zero", "implausible"), ("value",)),
    **dict.fromkeys(("comparator_unknown", "comparator_on_count", "comparator_undecided"), ("comparator",)),
    **dict.fromkeys(("two_readings", "unit_undecided"), ("value",)),
    **dict.fromkeys(("missing", "no_quantity", "not_a_text", "unit_missing"), ()),
    "unit_system": ("system",),
}
# The same of an Observation, by code or by code and case.
_IN_OBSERVATION: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("code_refused", "code_ambiguous", "code_system", "code_unreadable"), ("code",)),
    **dict.fromkeys(("subject.other_focus", "subject.unknown_focus"), ("focus",)),
    **dict.fromkeys(("subject.other_specimen", "subject.unknown_specimen"), ("specimen",)),
    **dict.fromkeys(("no_value.marked_absent", "no_value.unreadable_absent_reason"), ("dataAbsentReason",)),
    **dict.fromkeys(("no_time", "in_the_future"), ("effective",)),
    "component": ("component",),
    "modified": ("modifierExtension", "implicitRules"),
    "no_value.not_a_quantity": ("value",),
    "status": ("status",),
    "subject": ("subject",),
    "test_data": ("meta",),
}


class Places:
    """The paths to the parameters and the resources of a body. They are known by identity, as each is there once."""

    def __init__(self, body: Resource) -> None:
        """Walk through a body that is Parameters or a Bundle."""
        self.root = str(body["resourceType"])
        self._paths: dict[int, str] = {}
        self._of_type: dict[str, str] = {}
        self._parameters: dict[str, Resource] = {}
        self._add(body, self.root)
        for at, entry in enumerate(_list(body, "parameter")):
            if isinstance(entry, Mapping):
                self._paths[id(entry)] = f"{self.root}.parameter[{at}]"
                self._parameters.setdefault(str(entry.get("name")), entry)
                self._add(entry.get("resource"), f"{self.root}.parameter[{at}].resource")

    def of(self, part: object, *names: str) -> str:
        """Return the path to a part of the body, with those of the names below it that were sent."""
        path = self._paths.get(id(part), self.root)
        for name in names:
            kinds = [key for key in part if _is_named(key, name)] if isinstance(part, Mapping) else []
            if len(kinds) != 1:
                break
            path, part = f"{path}.{name}", _get(part, kinds[0])
        return path

    def parameter(self, name: str) -> Resource | None:
        """Return the first parameter of a name, or None."""
        return self._parameters.get(name)

    def of_type(self, kind: str) -> str | None:
        """Return the path to the first resource of a type."""
        return self._of_type.get(kind)

    def in_quantity(self, part: Any, code: str, parameters: Mapping[str, object]) -> str:
        """Return the path to what an input error is about; the part has a value, which is a Quantity or a text."""
        if code == "not_a_text":
            return self.of(part, "value", str(parameters["name"]))
        names = _IN_QUANTITY.get(code, _UNIT if code.startswith("unit_") else ())
        return max((self.of(part, "value", name) for name in names), key=len, default=self.of(part, "value"))

    def of_rejected(self, one: Rejection) -> str:
        """Return the path to what keeps an Observation from being used: an element of it, or the whole."""
        names = _IN_OBSERVATION.get(f"{one.code}.{one.case}", _IN_OBSERVATION.get(one.code))
        if names is not None:
            return max((self.of(one.resource, name) for name in names), key=len)
        is_of_value = one.code in _IN_QUANTITY or one.code.startswith("unit_")
        return self.in_quantity(one.resource, one.code, one.parameters) if is_of_value else self.of(one.resource)

    def _add(self, resource: Any, path: str) -> None:
        if not isinstance(resource, Mapping):
            return
        self._paths[id(resource)] = path
        self._of_type.setdefault(str(resource.get("resourceType")), path)
        if is_bundle(resource):
            for at, entry in enumerate(_list(resource, "entry")):
                self._add(_get(entry, "resource"), f"{path}.entry[{at}].resource")
        for at, inside in enumerate(_list(resource, "contained")):
            self._add(inside, f"{path}.contained[{at}]")


def _is_named(key: str, name: str) -> bool:
    """Return whether a key is an element of this name, or one of the kinds of a choice, such as valueQuantity."""
    is_choice = name in _CHOICES and key.startswith(name) and key[len(name) : len(name) + 1].isupper()
    return is_choice or key == name


def _get(part: Any, name: str) -> Any:
    return part.get(name) if isinstance(part, Mapping) else None


def _list(part: Any, name: str) -> list[Any]:
    found = _get(part, name)
    return found if isinstance(found, list) else []
