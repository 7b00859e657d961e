"""Read a form post into the arguments of assess(), and find the record that opened the form.

Every field is text; a text that cannot be read becomes an error.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl

from starlette.requests import Request

from app.core.analytes import Analyte
from app.core.applicability import ECOG_MAXIMUM, Population
from app.core.assessment import Assessment
from app.core.dates import SampleDates, typed_day
from app.core.errors import InputError, InputWarning, attempt
from app.core.labs import Lab, parse_lab
from app.core.units.conversion import UnitReader
from app.presentation.pages.record import RecordView
from app.presentation.pages.report.samples import SAMPLE_FIELD, SAMPLES, sample_view
from app.presentation.pages.report.values import CONFIRMED_FIELDS, confirmed_values, fields_of, report_view

FIELDS = (
    *(name for analyte in Analyte for name in (analyte.value, f"{analyte.value}_unit")),
    *("blood_count_date", "afp_date"),
    *("sorafenib_failed", "starting_regorafenib", "child_pugh_class", "ecog", "sorafenib_tolerated"),
    "record",  # the handle, in the server's memory, of the record that opened the form
    *CONFIRMED_FIELDS.values(),  # what a person confirmed of a pasted report
    SAMPLE_FIELD,  # the fictional patient that filled in the form
)
MAXIMUM_FIELDS = 60
_MAXIMUM_TYPED = 200
_YES_NO_QUESTIONS = ("sorafenib_failed", "starting_regorafenib", "sorafenib_tolerated")
_UNKNOWN = "unknown"  # the reader has answered that it is not known
_YES_NO = {"": None, _UNKNOWN: None, "yes": True, "no": False}
_COUNT_UNITS = tuple(f"{analyte.value}_unit" for analyte in Analyte if analyte.is_count)


RecordOf = Callable[[Assessment | None], RecordView | None]


@dataclass(frozen=True, slots=True)
class FormInput:
    """The content of a form: the laboratory values or their errors, dates, population, and other errors."""

    labs: Mapping[Analyte, Lab | InputError]
    sampled_on: SampleDates
    population: Population
    errors: tuple[InputError, ...]


def read_pairs(body: bytes) -> list[tuple[str, str]]:
    """Return names and values of an urlencoded body, in its order. Raises ValueError if there are too many."""
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAXIMUM_FIELDS)


def read_typed(pairs: Sequence[tuple[str, str]], prefix: str = "") -> dict[str, str]:
    """Return the known fields of a form as typed, stripped.

    `prefix` is in front of their names in the form, not in what is returned. Only the first value of a repeated field
    is used; text is cut at 200 characters, which no valid entry reaches. If the reader chose one of two readings of a
    number (`afp_reading`), it replaces the typed text. The unit chosen for all counts (`count_unit`) is that of each
    count whose own unit is not chosen, or is still the one that was common to them when the form was shown
    (`count_unit_before`).
    """
    typed = {
        name.removeprefix(prefix): value.strip()[:_MAXIMUM_TYPED]
        for name, value in reversed(pairs)
        if name.startswith(prefix)
    }
    found = {name: typed.get(f"{name}_reading") or typed.get(name, "") for name in FIELDS}
    if common := typed.get("count_unit"):
        before = typed.get("count_unit_before", "")
        found |= {name: common for name in _COUNT_UNITS if found[name] in ("", before)}
    return found


def filled_in(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the fields with the values of a confirmed report, or of a sample, in place of all typed ones."""
    sample = SAMPLES.get(typed[SAMPLE_FIELD])
    values = sample.fields if sample else fields_of(confirmed_values(typed))
    kept = (*CONFIRMED_FIELDS.values(), SAMPLE_FIELD)
    return {name: values.get(name, typed[name] if name in kept else "") for name in typed}


def read_form(typed: Mapping[str, str], read_unit: UnitReader) -> FormInput:
    """Read every field. An error replaces a value that cannot be read. `read_unit` knows the site's own units."""
    labs = {
        analyte: attempt(parse_lab, analyte, typed[analyte.value], typed[f"{analyte.value}_unit"], read_unit)
        for analyte in Analyte
    }
    errors: list[InputError] = []
    days: dict[str, date | None] = {}
    for name in ("blood_count", "afp"):
        try:
            days[name] = typed_day(f"sampled_on.{name}", typed[f"{name}_date"] or None)
        except InputError as error:
            errors.append(error)
    population, wrong = _read_population(typed)
    return FormInput(labs, SampleDates(**days), population, (*errors, *wrong))


def _read_population(typed: Mapping[str, str]) -> tuple[Population, list[InputError]]:
    """Return what is answered to the questions on the patient, and errors for what is no answer."""
    wrong = []
    answers: dict[str, bool | None] = {}
    for name in _YES_NO_QUESTIONS:
        if typed[name] in _YES_NO:
            answers[name] = _YES_NO[typed[name]]
        else:
            wrong.append(InputError(f"population.{name}", "not_an_answer"))
    child_pugh, ecog = ("" if typed[name] == _UNKNOWN else typed[name] for name in ("child_pugh_class", "ecog"))
    if ecog and not (ecog.isascii() and ecog.isdigit()):
        wrong.append(InputError("population.ecog", "out_of_range", highest=ECOG_MAXIMUM))
        ecog = ""
    return Population(**answers, child_pugh_class=child_pugh or None, ecog=int(ecog) if ecog else None), wrong


def warnings_of(record: RecordView | None) -> tuple[InputWarning, ...]:
    """Return the first warnings about a record, such as newer results in it."""
    return record.warnings if record else ()


async def opened_record(request: Request, typed: Mapping[str, str]) -> RecordOf:
    """Return what makes the view of the record by which a form was opened, or of the sample or the report.

    The view compares the record with the assessed values; it is None if there was none. Raises StoreError.
    """
    if typed["record"]:
        find: Callable[[str], Awaitable[RecordOf]] = request.app.state.find_record
        return await find(typed["record"])
    view = sample_view(typed) or report_view(typed)
    return lambda _: view
