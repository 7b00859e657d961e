"""Define the requests of the JSON API. Reading one yields laboratory values, dates and population, or all errors.

Errors of shape come from Pydantic; errors of substance are the core's InputErrors, carried in an error's context.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, NoReturn

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, StrictBool, ValidationInfo
from pydantic_core import PydanticCustomError

from app.core.analytes import Analyte
from app.core.applicability import CHILD_PUGH_CLASSES, ECOG_MAXIMUM, Population, population_errors
from app.core.cutoffs import afp_is_high
from app.core.dates import SampleDates, date_errors, day_from_iso
from app.core.errors import InputError
from app.core.fitted_model import FittedModel
from app.core.labs import Lab, make_lab
from app.core.measurement import Comparator
from app.core.units.conversion import UnitReader


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What the validators need in addition to the body: the model, the latest day on Earth, and the site's units."""

    fitted: FittedModel
    today: date
    read_unit: UnitReader


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


def refuse(error: InputError) -> NoReturn:
    """Raise an error of the core as a Pydantic error, so that Pydantic collects it with the others."""
    raise PydanticCustomError("input_error", "The value cannot be used.", {"error": error})


def _number(value: object) -> Decimal | int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        refuse(InputError("", "not_a_number", "null" if value is None else "json"))
    return value


def _day(value: object, info: ValidationInfo[ReadingContext]) -> date | None:
    day = day_from_iso(value)
    if day is None and value is not None:
        refuse(InputError(f"sampled_on.{info.field_name}", "not_a_date", "json"))
    for error in date_errors(SampleDates(**{str(info.field_name): day}), info.context.today):
        refuse(error)
    return day


def _ecog(value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        refuse(InputError("population.ecog", "out_of_range", "json", highest=ECOG_MAXIMUM))
    return _checked(Population(ecog=value)).ecog


def _child_pugh_class(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        refuse(InputError("population.child_pugh_class", "not_a_class"))
    return _checked(Population(child_pugh_class=value)).child_pugh_class


def _checked(population: Population) -> Population:
    for error in population_errors(population):
        refuse(error)
    return population


Day = Annotated[Any, PlainValidator(_day, json_schema_input_type=date | None)]
_ECOG_SCHEMA = Annotated[int, Field(ge=0, le=ECOG_MAXIMUM)] | None


class Quantity(_Request):
    """A value with its unit, which is never guessed. Only AFP may have a comparator."""

    value: Annotated[Any, PlainValidator(_number, json_schema_input_type=float)]
    unit: Annotated[str, Field(max_length=40, examples=["10*9/L"])]
    comparator: Annotated[str | None, Field(json_schema_extra={"enum": [*Comparator, None]})] = None


def _lab_of(analyte: Analyte) -> Callable[[Quantity, ValidationInfo[ReadingContext]], Lab]:
    """Return the validator that turns a quantity into the laboratory value of an analyte."""

    def read(sent: Quantity, info: ValidationInfo[ReadingContext]) -> Lab:
        try:
            lab = make_lab(analyte, sent.value, sent.unit, sent.comparator, info.context.read_unit)
            if analyte is Analyte.AFP:  # raises here if the side of the cut-off is not known
                afp_is_high(lab, info.context.fitted.cutoffs)
        except InputError as error:
            refuse(error)
        return lab

    return read


class SampledOn(_Request):
    """Days on which the samples were drawn."""

    blood_count: Day = None
    afp: Day = None


class PopulationIn(_Request):
    """What is known of the patient beyond the laboratory values."""

    sorafenib_failed: StrictBool | None = None
    starting_regorafenib: StrictBool | None = None
    child_pugh_class: Annotated[
        Any, PlainValidator(_child_pugh_class, json_schema_input_type=Literal[CHILD_PUGH_CLASSES] | None)
    ] = None
    ecog: Annotated[Any, PlainValidator(_ecog, json_schema_input_type=_ECOG_SCHEMA)] = None
    sorafenib_tolerated: StrictBool | None = None


class AssessmentIn(_Request):
    """Four laboratory values, each with its unit; dates and population are optional."""

    neutrophils: Annotated[Quantity, AfterValidator(_lab_of(Analyte.NEUTROPHILS))]
    lymphocytes: Annotated[Quantity, AfterValidator(_lab_of(Analyte.LYMPHOCYTES))]
    platelets: Annotated[Quantity, AfterValidator(_lab_of(Analyte.PLATELETS))]
    afp: Annotated[Quantity, AfterValidator(_lab_of(Analyte.AFP))]
    sampled_on: Annotated[SampledOn, Field(default_factory=SampledOn)]
    population: Annotated[PopulationIn, Field(default_factory=PopulationIn)]
