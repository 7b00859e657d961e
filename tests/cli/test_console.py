"""The command line on consoles whose encoding has few characters."""

import codecs
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("sii-afp")
VALUES = ("--lymphocytes", "1.1 10*9/L", "--platelets", "145 10*9/L", "--afp", "≥620 ng/mL")
ENCODINGS = ("ascii", "cp1252", "cp932", "utf-8")


def run(encoding: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run([COMMAND, *arguments], capture_output=True, check=False, env=environment)
    # click writes its own messages in UTF-8 where the encoding is ASCII
    errors = done.stderr.decode("utf-8" if encoding == "ascii" else encoding)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(encoding), errors)


def assessed(encoding: str, *arguments: str, neutrophils: str = "4.2 10⁹/L") -> str:
    done = run(encoding, "assess", "--neutrophils", neutrophils, *VALUES, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--help",), 0),
        (("assess", "--help"), 0),
        (("assess", "--ecog", "é"), 2),
        (("assess", "--neutrophils", "4.2 10⁹/µ…"), 2),
        (("assess", "--neutrophils", "4.2 10⁹/L", *VALUES, "--model-version", "1.0.2"), 0),
        (("key", "é€"), 2),
        (("model", "digitise", "--curves", "é€.csv", "--output", "é€"), 2),
        (("selftest", "--vectors", "é€.gz"), 3),
        (("version",), 0),
    ],
)
def test_command_prints_in_any_encoding(encoding: str, arguments: tuple[str, ...], code: int) -> None:
    done = run(encoding, *arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout or done.stderr


@pytest.mark.parametrize("option", [(), ("--letter",)])
def test_ascii_answer_differs_by_spelling_alone(option: tuple[str, ...]) -> None:
    spelt: dict[str, str | int | None] = {
        "⁹": "^9",
        "×": "x",
        "÷": "/",
        "≈": "~",
        "≥": ">=",
        "’": "'",
        "–": "-",
        "µ": "u",
    }
    expected = assessed("utf-8", *option).translate(str.maketrans(spelt))
    assert expected.isascii()
    found = assessed("ascii", *option)
    without_time = [line for line in found.splitlines() if not line.startswith("Computed")]
    assert without_time == [line for line in expected.splitlines() if not line.startswith("Computed")]


def test_cp1252_keeps_what_it_has_and_spells_the_rest() -> None:
    found = assessed("cp1252")
    assert "SII: 145 × 4.2 ÷ 1.1 ~ 553.6 (high: cut-off 340 × 10^9/L)" in found
    assert "AFP: >= 620 ng/mL" in found


@pytest.mark.parametrize(
    ("encoding", "shown"), [("ascii", "10^10/L"), ("cp932", "10^10/L"), ("cp1252", r"10¹\u2070/L"), ("utf-8", "10¹⁰/L")]
)
def test_exponent_is_never_written_as_another(encoding: str, shown: str) -> None:
    assert f"Neutrophils: 0.42 {shown} = 4.2 " in assessed(encoding, neutrophils="0.42 10¹⁰/L")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_is_the_same_document_in_any_encoding(encoding: str) -> None:
    body = json.loads(assessed(encoding, "--json"))
    assert body["inputs"]["neutrophils"]["given"]["unit"] == "10⁹/L"
    assert codecs.lookup(encoding).name == "utf-8" or assessed(encoding, "--json").isascii()
