"""Check the bodies of CDS Hooks calls against their models. Errors do not repeat the values that were sent."""

from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from app.ehr.fhir.operation_outcome import FhirError, Issue
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import in_sentence


class HooksBody(BaseModel):
    """A body of a CDS client, or a part of it. Unknown fields are ignored, as the specification asks.

    The description of a field completes the sentence "It must be ...": callers read it if they break the rule. So it is
    marked for translation.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        defer_build=True,  # made at the first call, not at the start
    )


Body = TypeVar("Body", bound=HooksBody)
_AN_OBJECT = N_("A JSON object.")


def read_body(model: type[Body], body: Any, whole: str | None = None) -> Body:
    """Return a parsed body. Raises FhirError 400 for the first field that breaks its rule.

    `whole` is the element to name if the body is not an object.
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        path, names, rule = _where(model, first["loc"])
        if not path:
            text = _("The body cannot be used. It must be {rule}")
        elif first["type"] == "missing":
            text = _("{path} is missing. It must be {rule}")
        else:
            text = _("{path} cannot be used. It must be {rule}")
        text = text.format(path=path, rule=in_sentence(_(rule)))
        # A part is named only in the context; elsewhere the whole field is.
        element = ".".join(names) if names[:1] == ["context"] else next(iter(names), whole)
        raise FhirError(400, [Issue("invalid", text, expression=element)]) from None


def _where(model: type[HooksBody], place: tuple[str | int, ...]) -> tuple[str, list[str], str]:
    """Return the path to a place such as `feedback[0].card`, the names of the fields in it, and the rule there."""
    path, names, rule, are_objects = "", [], _AN_OBJECT, False
    for step in place:
        if isinstance(step, int):
            # Of a list of texts, the whole list is named.
            path, rule = (f"{path}[{step}]", _AN_OBJECT) if are_objects else (path, rule)
            continue
        # Pydantic reports a default that breaks a rule by the field's name, anything else by its alias.
        field = next(field for name, field in model.model_fields.items() if step in (name, field.alias))
        names.append(str(field.alias))
        path, rule = f"{path}.{names[-1]}".removeprefix("."), str(field.description)
        inside = [one for one in (field.annotation, *get_args(field.annotation)) if _is_body(one)]
        model, are_objects = (inside[0], True) if inside else (model, False)
    return path, names, rule


def _is_body(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, HooksBody)
