"""The shapes of the JSON API's requests, which are checked against them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt

from app.core.iso_dates import day_from_iso


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Quantity(_Request):
    """A value with its unit. The unit is never guessed."""

    value: Annotated[Decimal | StrictInt, Field(json_schema_extra={"type": "number"})]
    unit: Annotated[str, Field(min_length=1, max_length=40, examples=["10*9/L"])]


class AfpQuantity(Quantity):
    """An AFP value; results beyond the measuring range carry their comparator."""

    comparator: Literal["<", "<=", ">=", ">"] | None = None


def _iso_date(value: object) -> object:
    """Read a text like 2026-11-02; numbers and times of day are no dates."""
    if value is None:
        return None
    day = day_from_iso(value)
    if day is None:
        raise ValueError("not a date")
    return day


Day = Annotated[date | None, BeforeValidator(_iso_date)]


class SampledOn(_Request):
    """Days on which the samples were drawn."""

    blood_count: Day = None
    afp: Day = None


class PopulationIn(_Request):
    """What is known of the patient beyond the laboratory values."""

    sorafenib_failed: StrictBool | None = None
    starting_regorafenib: StrictBool | None = None
    child_pugh_class: Literal["A", "B", "C"] | None = None
    ecog: Annotated[StrictInt | None, Field(ge=0, le=5)] = None


class AssessmentIn(_Request):
    """Four laboratory values, each with its unit; dates and population are optional."""

    neutrophils: Quantity
    lymphocytes: Quantity
    platelets: Quantity
    afp: AfpQuantity
    sampled_on: Annotated[SampledOn, Field(default_factory=SampledOn)]
    population: Annotated[PopulationIn, Field(default_factory=PopulationIn)]
