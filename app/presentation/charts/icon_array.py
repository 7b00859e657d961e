"""Draw one hundred patients as ten rows of ten dots: alive by the estimate, uncertain by its interval, or dead."""

from dataclasses import dataclass

from app.core.kaplan_meier import Estimate

STEP = 10  # units of the drawing from dot to dot; the whole is 100 by 100


@dataclass(frozen=True, slots=True)
class IconArray:
    """Paths of dots, in reading order.

    `alive` up to the lower limit, `alive_if_estimate` between lower limit and estimate, `alive_at_best` between
    estimate and upper limit, `died` beyond the upper limit.
    """

    months: int
    alive: str
    alive_if_estimate: str
    alive_at_best: str
    died: str


def icon_array(estimate: Estimate, months: int) -> IconArray:
    """Return the dots of a survival with its interval, each rounded to whole patients of a hundred."""
    lower, alive, upper = (round(100 * value) for value in (estimate.lower, estimate.survival, estimate.upper))
    return IconArray(months, _dots(0, lower), _dots(lower, alive), _dots(alive, upper), _dots(upper, 100))


def open_places(estimate: Estimate) -> str:
    """Return stripes over the places that the interval leaves open: between its limits, rounded as the dots."""
    half, places = STEP // 2, range(*(round(100 * limit) for limit in (estimate.lower, estimate.upper)))
    corners = ((STEP * (k % 10), STEP * (k // 10)) for k in places)
    return "".join(
        f"M{x} {y + half}l{half}-{half}M{x} {y + STEP}l{STEP}-{STEP}M{x + half} {y + STEP}l{half}-{half}"
        for x, y in corners
    )


def _dots(first: int, end: int) -> str:
    """Return a path with a line of length zero at each place, which round caps turn into a dot."""
    half = STEP // 2
    return "".join(f"M{half + STEP * (k % 10)} {half + STEP * (k // 10)}h0" for k in range(first, end))
