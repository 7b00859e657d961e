"""The command line, started as a user starts it."""

import gzip
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from app.artefact import reference_vectors
from app.artefact.reference_vectors import read_vectors, replay
from app.cli.main import main
from app.config.settings import load_settings
from app.core.fitted_model import FittedModel
from model.reconstruction.run import read_cohorts
from tests.lib.service_process import free_port

COMMAND = Path(sys.executable).with_name("sii-afp")
PATIENT = {"neutrophils": "4.2 10*9/L", "lymphocytes": "1.1 10*9/L", "platelets": "145 10*9/L", "afp": "620 ng/mL"}


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False, cwd=cwd)


def options(**changed: str) -> list[str]:
    values = {**PATIENT, **changed}
    return [part for name, value in values.items() for part in (f"--{name}", value)]


def test_four_values_give_group_ratios_and_survival() -> None:
    done = run("assess", *options())
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == (
        "Hepatocellular carcinoma on regorafenib after sorafenib: group by SII and AFP (Hong 2021, n = 58)"
    )
    assert lines[1] == "HIGHER-RISK GROUP: both factors high (SII high, AFP high)"
    assert "From one study of 58 patients. No individual data were published:" in done.stdout
    assert "SII: 145 × 4.2 ÷ 1.1 ≈ 553.6 (high: cut-off 340 × 10⁹/L)" in done.stdout
    assert "2.21 (1.09 to 4.49)" in done.stdout
    assert "2.75 (1.26 to 6.01)" in done.stdout
    assert "6.08 (2.16 to 17.1)" in done.stdout
    assert max(map(len, lines)) <= 98


def test_letter_is_three_lines() -> None:
    done = run("assess", "--letter", *options(), "--blood-count-date", "2026-11-02", "--afp-date", "2026-11-02")
    assert (done.returncode, done.stderr) == (0, "")
    values, survival, limits = done.stdout.splitlines()
    assert "laboratory values of 2 November 2026: SII 553.6 × 10⁹/L (high: 340 × 10⁹/L or more)" in values
    assert "about 36 of 100" in survival
    assert "not a forecast for one person" in limits
    assert run("assess", "--letter", "--json", *options()).returncode == 2


def test_withdrawn_model_gives_no_answer(monkeypatch: pytest.MonkeyPatch, fitted: FittedModel) -> None:
    monkeypatch.setenv("SII_AFP_WITHDRAWN", f"{fitted.id}: refuted")
    done = run("assess", *options())
    assert (done.returncode, done.stdout) == (4, "")
    assert "refuted" in done.stderr
    monkeypatch.setenv("SII_AFP_WITHDRAWN", "misspelt: refuted")
    assert [run(*command).returncode for command in (("assess", *options()), ("serve",))] == [2, 2]


def test_json_output_keeps_exact_decimals() -> None:
    done = run("assess", "--json", *options(neutrophils="4.20 10*9/L"), "--sorafenib-failed", "--ecog", "1")
    body = json.loads(done.stdout, parse_float=str)
    assert body["inputs"]["neutrophils"]["given"]["value"] == "4.20"
    assert body["risk_group"]["id"] == "high"
    assert body["cell"]["id"] == "both"
    assert body["inputs"]["population"] == {
        "sorafenib_failed": True,
        "starting_regorafenib": None,
        "child_pugh_class": None,
        "ecog": 1,
        "sorafenib_tolerated": None,
    }


@pytest.mark.parametrize(
    ("changed", "field", "word"),
    [
        ({"neutrophils": "55 %"}, "neutrophils", "percentage"),
        ({"platelets": "145"}, "platelets", "unit is missing"),
        ({"neutrophils": "3000 10*3/uL"}, "neutrophils", "It would be usual in /uL"),
        ({"lymphocytes": "0 10*9/L"}, "lymphocytes", "zero"),
        ({"lymphocytes": "-1.1 10*9/L"}, "lymphocytes", "negative"),
        ({"platelets": "NaN 10*9/L"}, "platelets", "not a finite number"),
        ({"afp": "<=400 ng/mL"}, "afp", "does not say on which side"),
        ({"afp": "320 IU/mL"}, "afp", "Confirm in ng/mL"),
        ({"afp": "1,210 ng/mL"}, "afp", "Enter 1.21 ng/mL or 1210 ng/mL"),
        ({"platelets": "1" * 5000}, "platelets", "more than 80 characters"),
        ({"afp": ""}, "afp", "value and its unit are missing"),
    ],
)
def test_bad_input_gives_error_and_exit_code_2(changed: dict[str, str], field: str, word: str) -> None:
    done = run("assess", *options(**changed))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"{field}: ")
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_afp_beyond_the_measuring_range_is_accepted() -> None:
    done = run("assess", *options(afp=">1210 ng/mL"))
    assert done.returncode == 0
    assert "> 1210 ng/mL" in done.stdout


def test_all_errors_are_reported_at_once() -> None:
    done = run("assess", "--neutrophils", "4,2", "--ecog", "9", "--afp-date", "tomorrow")
    fields = [line.split(":")[0] for line in done.stderr.splitlines() if not line.startswith(" ")]
    assert fields == ["neutrophils", "lymphocytes", "platelets", "afp", "population.ecog", "sampled_on.afp"]


def test_unreadable_date_is_refused() -> None:
    done = run("assess", *options(), "--blood-count-date", "2026-13-01")
    assert (done.returncode, done.stderr) == (
        2,
        "sampled_on.blood_count: The date cannot be read.\n    Write it as 2026-11-02.\n",
    )


def test_command_works_from_any_directory(tmp_path: Path) -> None:
    assert run("assess", *options(), cwd=tmp_path).returncode == 0


def test_selftest_replays_every_vector() -> None:
    done = run("selftest")
    assert (done.returncode, done.stdout) == (0, "5000 of 5000 reference vectors passed\n")


def test_version_names_software_and_model(fitted: FittedModel) -> None:
    done = run("version")
    assert fitted.digest in done.stdout
    assert done.stdout.startswith("sii-afp 0.")


@pytest.mark.parametrize(
    ("column", "value"),
    [("sii_high", "0"), ("cell", "neither"), ("hr_neither", "6.09"), ("km6", "0.5"), ("sii", "1"), ("afp", "<nothing")],
)
def test_different_vector_is_a_failure(fitted: FittedModel, column: str, value: str) -> None:
    vector = next(vector for vector in read_vectors() if vector["cell"] == "both")
    assert replay(fitted, [vector]) == []
    (failure,) = replay(fitted, [{**vector, column: value}])
    assert failure.id == vector["id"]
    assert ("refused" if column == "afp" else column) in failure.what


def test_selftest_fails_when_a_vector_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = gzip.decompress(reference_vectors.VECTORS_FILE.read_bytes()).decode().splitlines()
    spoiled = tmp_path / "vectors.csv.gz"
    spoiled.write_bytes(gzip.compress("\n".join([lines[0], lines[1].replace(",1,", ",0,"), lines[2]]).encode()))
    with pytest.raises(SystemExit) as caught:
        main(["selftest", "--vectors", str(spoiled)])
    out = capsys.readouterr()
    assert caught.value.code == 1
    assert out.out == "1 of 2 reference vectors passed\n"
    assert out.err.startswith("vector 1: ")


def test_model_commands_are_listed() -> None:
    done = run("model", "--help")
    assert done.returncode == 0
    for command in ("reconstruct", "digitise", "fit-study", "check", "card"):
        assert command in done.stdout


def test_check_lists_every_statistic_and_passes(tmp_path: Path) -> None:
    """It takes eight cohorts; tests/model checks all of them."""
    pd.concat(read_cohorts()[:8]).to_csv(tmp_path / "cohorts.csv", index=False)
    done = run("model", "check", "--cohorts", str(tmp_path / "cohorts.csv"), "--output", str(tmp_path / "found.json"))
    assert done.returncode == 0, done.stdout[-2000:]
    assert "OUT OF TOLERANCE" not in done.stdout
    assert "31 statistics over 8 cohorts and 105 printed figures: all within tolerance" in done.stdout
    assert len(json.loads((tmp_path / "found.json").read_text("utf-8"))) == 31


def test_key_is_shown_once_and_stored_as_hash() -> None:
    done = run("key", "clinic-a")
    key = done.stderr.splitlines()[-1]
    assert done.stdout.startswith("\n")  # it may be appended to a line without an end
    name, digest = done.stdout.strip().split(":")
    assert (done.returncode, name, digest) == (0, "clinic-a", hashlib.sha256(key.encode()).hexdigest())
    assert key not in done.stdout
    assert run("key", "clinic-a").stdout != done.stdout
    refused = run("key", "two words")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "1 to 64 letters" in refused.stderr


@pytest.mark.parametrize(
    ("name", "content", "said", "code"),
    [
        ("SII_AFP_API_KEYS_FILE", "clinic-a:not-a-hash", "line 1 of ", 6),
        ("SII_AFP_INTEGRATION_FILE", 'cors_origin = ["https://ehr.example"]', "cors_origin: Extra inputs", 2),
    ],
)
def test_bad_site_file_stops_start_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str, said: str, code: int
) -> None:
    file = tmp_path / "site"
    file.write_text(content, "utf-8")
    monkeypatch.setenv(name, str(file))
    done = run("serve")
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("SII_AFP_API_KEYS_FILE", 6),
        ("SII_AFP_FONT_FOLDER", 2),
        ("SII_AFP_INTEGRATION_FILE", 2),
        ("SII_AFP_SECRET_KEYS_FILE", 6),
    ],
)
def test_missing_file_stops_start_and_its_setting_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    absent = tmp_path / "absent" / "file"
    monkeypatch.setenv(name, str(absent))
    monkeypatch.setenv("SII_AFP_PORT", str(free_port()))
    done = run("serve")
    said = [line for line in done.stderr.splitlines() if line.startswith("SII_AFP_")]
    assert (done.returncode, len(said)) == (code, 1), done.stderr
    assert said[0].startswith(f"{name}: ")
    assert str(absent) in said[0]


@pytest.mark.parametrize("name", ["SII_AFP_PUBLIC_URL", "SII_AFP_CANONICAL_URL"])
@pytest.mark.parametrize("address", ["calculator.example.org", "https://calculator.example.org/"])
def test_malformed_address_stops_start_with_an_example(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str
) -> None:
    with monkeypatch.context() as environment:
        environment.setenv(name, address)
        done = run("serve")
        (said,) = done.stderr.splitlines()
        assert (done.returncode, said.partition(":")[0]) == (2, name)
        environment.setenv(name, said.split()[-1].removesuffix("."))
        load_settings()
