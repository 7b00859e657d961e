"""Word what an answer is about, so that it can be read alone: disease, treatment, study and local time."""

import re
from datetime import datetime

from app.core.fitted_model import FittedModel
from app.presentation import wording
from app.presentation.translation import gettext as _

_AUTHOR_AND_YEAR = re.compile(r"(\w[\w'-]*) .*?\b((?:19|20)\d{2})\b")


def study_name(fitted: FittedModel) -> str:
    """Return the first author and the year of the study: 'Hong 2021'."""
    citation = fitted.provenance.citation
    found = _AUTHOR_AND_YEAR.match(citation)
    return " ".join(found.groups()) if found else citation


def subject(fitted: FittedModel) -> str:
    """Return the disease, the treatment, the factors and the study, as a heading."""
    return _("Hepatocellular carcinoma {treatment}: group by {factors} ({study}, n = {n})").format(
        treatment=fitted.population.treatment,
        factors=wording.joined([factor.label for factor in fitted.factors]),
        study=study_name(fitted),
        n=fitted.population.n,
    )


def local_time(moment: datetime) -> str:
    """Return an aware time with its zone: '2026-11-26 09:12 KST (UTC+09:00)'.

    A zone without an abbreviation in letters has its difference from UTC alone.
    """
    shown, name = f"{moment:%Y-%m-%d %H:%M}", moment.tzname() or ""
    if name == "UTC":
        return f"{shown} UTC"
    offset = f"{moment:%z}"
    difference = f"(UTC{offset[:3]}:{offset[3:5]})"
    return f"{shown} {name} {difference}" if name.isalpha() else f"{shown} {difference}"
