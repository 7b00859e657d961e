"""Word what other studies of the same treatment found: median survival, or survival at a time."""

from app.core.fitted_model import ExternalMedian, ExternalSurvival
from app.presentation import wording
from app.presentation.translation import gettext as _


def survival_found(study: ExternalSurvival) -> str:
    """Return what a study found: 'median 10.6 months (95 % interval: 9.1 to 12.1), from randomisation'."""
    found = [_median(median) for median in study.medians]
    found += [
        _("{percent} alive after {time}").format(
            percent=f"{100 * at.survival:.1f} %", time=wording.at_months(round(at.months))
        )
        for at in study.at
    ]
    text = ", ".join(found)
    if study.time_zero is None:
        return text
    return _("{survival}, from {time_zero}").format(survival=text, time_zero=study.time_zero)


def _median(median: ExternalMedian) -> str:
    about = [median.patients] if median.patients else []
    if median.ci_95:
        limits = wording.value_range(*(f"{limit:.1f}" for limit in median.ci_95))
        about.append(_("95 % interval: {limits}").format(limits=limits))
    shown = _("median {months} months").format(months=f"{median.months:.1f}")
    return f"{shown} ({'; '.join(about)})" if about else shown
