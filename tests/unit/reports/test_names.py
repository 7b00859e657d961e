"""Names: every row has a source, and no spelling has two meanings."""

from collections import Counter

import pytest

from app.core.analytes import Analyte
from app.reports.plain_text import folded
from app.reports.vocabulary.analyte_names import ANALYTE_NAMES, NameRow
from app.reports.vocabulary.other_names import OTHER_NAMES, PARTS_OF_LYMPHOCYTES

ROWS = (*ANALYTE_NAMES, *OTHER_NAMES, PARTS_OF_LYMPHOCYTES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.spellings[:20])
def test_row_has_a_source(row: NameRow) -> None:
    assert row.source
    assert all(spelling for spelling, _ in row.entries())


def test_only_lymphocytes_have_parts() -> None:
    """The sentences on parts name lymphocytes."""
    assert {name.analyte for row in ROWS for _, name in row.entries() if name.is_part} == {Analyte.LYMPHOCYTES}


def test_no_spelling_has_two_meanings() -> None:
    meanings = {(folded(spelling), name) for row in ROWS for spelling, name in row.entries()}
    counted = Counter(spelling for spelling, _ in meanings)
    assert [spelling for spelling, count in counted.items() if count > 1] == []
