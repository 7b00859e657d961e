"""Every printed figure follows from the others, except for the known misprints."""

import pytest

from model.publication.arithmetic import check_publication
from model.publication.external_evidence import repeat_measurement
from model.publication.study import cell_sizes, multivariable, study, univariable


def test_every_printed_figure_follows_from_the_others() -> None:
    lines = check_publication()
    assert [line.label for line in lines if not line.holds] == []
    assert len(lines) > 100


def test_misprints_are_read_as_their_errata() -> None:
    errata = {line.label: (line.printed, line.recomputed) for line in check_publication() if line.erratum}
    assert errata == {
        "Table 3, plr < 108, low SII: %": ("12 (79.3)", "23 (79.3)"),
        "Table 3, plr: p": ("0.000", "0.0000"),
        "Table 3, extrahepatic no, high SII: %": ("8 (37.6)", "8 (27.6)"),
    }


def test_without_its_erratum_a_misprint_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [erratum for erratum in study()["errata"] if erratum["id"] != "table3-plr-low-sii"]
    monkeypatch.setitem(study(), "errata", kept)
    failed = [line.label for line in check_publication() if not line.holds]
    assert failed == ["Table 3, plr < 108, low SII: %", "Table 3, plr: p"]


@pytest.mark.parametrize("path", [("univariable", 3, "p_value"), ("multivariable", 0, "hazard_ratio")])
def test_changed_digit_of_table_2_is_found(monkeypatch: pytest.MonkeyPatch, path: tuple[str, int, str]) -> None:
    kind, row, key = path
    entry = study()["table2"][kind][row]
    monkeypatch.setitem(entry, key, entry[key] + 0.01)
    assert any(not line.holds for line in check_publication())


def test_standard_errors_follow_from_the_intervals() -> None:
    # ln(4.489/1.089) / (2 x 1.96) = 1.41630 / 3.92 = 0.3613; ln(6.010/1.259) / 3.92 = 1.56313 / 3.92 = 0.3988
    assert multivariable("sii") == pytest.approx((0.79345, 0.36131), abs=2e-5)
    assert multivariable("afp") == pytest.approx((1.01160, 0.39876), abs=2e-5)
    # ln 2.308 = 0.83638; ln(4.676/1.140) / 3.92 = 1.41141 / 3.92 = 0.36006
    assert univariable("sii") == pytest.approx((0.83638, 0.36006), abs=2e-5)


def test_cells_are_those_of_table_3() -> None:
    assert cell_sizes() == (14, 12, 15, 17)


def test_sii_variation_is_the_sum_of_the_counts() -> None:
    # ln(1 + 0.26^2) + ln(1 + 0.132^2) + ln(1 + 0.066^2) = 0.06541 + 0.01727 + 0.00435 = 0.08703; its root is 0.2950
    assert repeat_measurement()["sd_log_sii"] == pytest.approx(0.2950, abs=5e-5)
