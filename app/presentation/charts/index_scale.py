"""Lay out the scale of an index on a log axis: the cut-off, the patient's value, and the general population."""

import math
from dataclasses import dataclass

from app.core.fitted_model import FittedModel, ReferenceRange
from app.core.indices import Index, Indices
from app.presentation import wording
from app.presentation.charts.geometry import Scale
from app.presentation.charts.text_lines import text_width
from app.presentation.translation import language

WIDTH = 400
_BEYOND = 4  # the axis reaches from the lowest mark divided by this to the highest mark times this
_EDGE = 6  # pixels from the ends of the axis to those of the drawing
_FONT_SIZE = 12


@dataclass(frozen=True, slots=True)
class IndexScale:
    """All parts that the macro draws, in pixels. A value beyond the axis is marked at its end by an arrow."""

    id: str
    title: str
    description: str
    axis: tuple[float, float]
    population: tuple[float, float]
    mean_x: float
    cutoff_x: float
    value_x: float
    label_x: float
    cutoff_label: str
    value_label: str
    population_label: str
    arrow: str


def index_scales(fitted: FittedModel, indices: Indices) -> tuple[IndexScale, ...]:
    """Return the scale of each index that is a factor of the model and has a reference range."""
    ranges = fitted.reference_ranges
    return tuple(
        index_scale(index, ranges[index.id])
        for index in indices
        if index.id in fitted.factor_ids and index.id in ranges
    )


def index_scale(index: Index, reference: ReferenceRange) -> IndexScale:
    """Return the scale of a patient's index beside its cut-off and its values in the general population."""
    _ = language().gettext
    lower, upper = reference.interval_95
    limit = float(index.cutoff)
    ends = min(lower, limit) / _BEYOND, max(upper, limit) * _BEYOND
    x = Scale((math.log(ends[0]), math.log(ends[1])), (_EDGE, WIDTH - _EDGE))
    value = float(index.value)
    shown = min(max(value, ends[0]), ends[1])
    value_x = x(math.log(shown))
    population = _("{population}: mean {mean}, 95 % of people {interval}").format(
        population=_("General population"),
        mean=f"{reference.mean:g}",
        interval=wording.value_range(f"{lower:g}", f"{upper:g}"),
    )
    label = _("this patient {value}").format(value=index.shown)
    arrow = "←" if value < ends[0] else "→" if value > ends[1] else ""
    reach = text_width(f"{label} {arrow}", _FONT_SIZE, bold=True) / 2
    return IndexScale(
        id=f"scale-{index.id}",
        title=_("Scale of {index}").format(index=index.label),
        description=_("{index} of this patient {value}, cut-off {cutoff}. {population} ({source}).").format(
            index=index.label,
            value=index.shown,
            cutoff=f"{index.cutoff:f}",
            population=population,
            source=reference.population,
        ),
        axis=(_EDGE, WIDTH - _EDGE),
        population=(x(math.log(lower)), x(math.log(upper))),
        mean_x=x(math.log(reference.mean)),
        cutoff_x=x(math.log(limit)),
        value_x=value_x,
        label_x=min(max(value_x, reach), WIDTH - reach),
        cutoff_label=_("{index}: cut-off {cutoff}").format(index=index.label, cutoff=f"{index.cutoff:f}"),
        value_label=label,
        population_label=population,
        arrow=arrow,
    )
