"""Offer fictional sample patients: one for each cell of the model, and one near its cut-offs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.core.analytes import Analyte
from app.core.assessment import assess
from app.core.fitted_model import FittedModel
from app.core.labs import parse_lab
from app.presentation import wording
from app.presentation.model_texts import in_language
from app.presentation.pages.record import Origin, PatientBanner, RecordView
from app.presentation.pages.report.context import SampleRow
from app.presentation.translation import gettext as _

SAMPLE_FIELD = "sample"
_COUNT_UNIT, _AFP_UNIT = "10*9/L", "ng/mL"


@dataclass(frozen=True, slots=True)
class Sample:
    """An invented patient: neutrophils, lymphocytes, platelets and AFP. No sample is a patient of the study."""

    values: tuple[str, str, str, str]
    is_near: bool = False

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the form."""
        typed = {}
        for analyte, value in zip(Analyte, self.values, strict=True):
            typed[analyte.value] = value
            typed[f"{analyte.value}_unit"] = _unit(analyte)
        return typed


SAMPLES = {
    "1": Sample(("2.4", "1.6", "150", "12")),
    "2": Sample(("4.8", "1.1", "210", "35")),
    "3": Sample(("2.1", "1.5", "140", "1250")),
    "4": Sample(("6.1", "0.9", "240", "2400")),
    "5": Sample(("3.4", "1.4", "141", "390"), is_near=True),
}


def sample_rows(fitted: FittedModel, now: datetime) -> tuple[SampleRow, ...]:
    """Return the samples with the cell that each belongs to in this model. `now` is aware."""
    return tuple(SampleRow(name, _title(fitted, sample, now), _values(sample)) for name, sample in SAMPLES.items())


def sample_view(typed: Mapping[str, str]) -> RecordView | None:
    """Return what form and result show of the sample that filled in the form; None if none did."""
    name = typed.get(SAMPLE_FIELD, "")
    if name not in SAMPLES:
        return None
    text = _("Fictional sample patient. To enter the values of a real patient, start with an empty form.")
    return RecordView(
        banner=PatientBanner(unknown=text),
        origin=Origin.SAMPLE,
        kept=((SAMPLE_FIELD, name),),
    )


def _title(fitted: FittedModel, sample: Sample, now: datetime) -> str:
    labs = {analyte: parse_lab(analyte, sample.fields[analyte.value], _unit(analyte)) for analyte in Analyte}
    label = in_language(assess(fitted, labs, computed_at=now)).answer.cell.label
    return _("{cell}, near the cut-offs").format(cell=label) if sample.is_near else label


def _values(sample: Sample) -> str:
    named = (f"{wording.analyte(analyte)} {value}" for analyte, value in zip(Analyte, sample.values, strict=True))
    *counts, afp = named
    return f"{', '.join(counts)} {wording.unit(_COUNT_UNIT)}, {afp} {_AFP_UNIT}"


def _unit(analyte: Analyte) -> str:
    return _COUNT_UNIT if analyte.is_count else _AFP_UNIT
