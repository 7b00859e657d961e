"""The summary of a card has less than 140 characters, as CDS Hooks requires, whatever is to be said first."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest

from app.core.analytes import Analyte
from app.core.assessment import assess
from app.core.caveats import NEAR_CUT_OFF, NEWER_RESULTS, PATIENT_DIFFERS, Caveat, Level
from app.core.fitted_model import FittedModel
from app.core.labs import make_lab
from app.ehr.cds_hooks.card import card_summary
from app.presentation.languages import CATALOGUES, ENGLISH, NAMES, load_catalogue
from app.presentation.translation import ENGLISH_TEXTS, using
from tests.lib.times import NOW

FIRST = (NEWER_RESULTS, "manual_count", "sample_too_old", PATIENT_DIFFERS, NEAR_CUT_OFF, NEAR_CUT_OFF, "unusual")
DAY, OTHER_DAY = date(2026, 9, 28), date(2026, 11, 25)
VALUES = [(3.4, 1, 100, "1234567.891"), (1, 1, 100, "12"), (0.01, 200, 1, "0")]


@pytest.mark.parametrize("tag", NAMES)
@pytest.mark.parametrize("values", VALUES, ids=["high", "low", "extreme"])
def test_every_set_of_caveats_fits(fitted: FittedModel, tag: str, values: tuple[object, ...]) -> None:
    labs = {
        analyte: make_lab(analyte, value, analyte.canonical_unit)
        for analyte, value in zip(Analyte, map(Decimal, map(str, values)), strict=True)
    }
    assessment = assess(fitted, labs, computed_at=NOW)
    sets = {chosen for size in range(len(FIRST) + 1) for chosen in combinations(FIRST, size)}
    with using(ENGLISH_TEXTS if tag == ENGLISH else load_catalogue(tag, CATALOGUES)):
        for chosen in sets:
            caveats = tuple(Caveat(code, Level.FIRST) for code in chosen)
            for afp_day in (DAY, OTHER_DAY):
                summary = card_summary(replace(assessment, caveats=caveats), DAY, afp_day)
                assert 20 < len(summary) < 140, summary
                assert not chosen or "(" in summary
