"""The unit for systemd: valid, confined, and in agreement with the exit codes and the times of the service."""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.config.settings import Settings
from tests.lib.deployment import ROOT

UNIT = ROOT / "deploy" / "systemd" / "sii-afp@.service"
TEXT = UNIT.read_text("utf-8")
COMMAND = "/opt/sii-afp/bin/sii-afp"
LARGEST_EXPOSURE = "15"  # in tenths; systemd calls everything below 20 well protected
VALUES = {name: value for name, _, value in (line.partition("=") for line in TEXT.splitlines()) if value}

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit for port 8000, with a command that exists here."""
    file = tmp_path / "sii-afp@8000.service"
    file.write_text(TEXT.replace(COMMAND, shutil.which("true") or "/bin/true"), "utf-8")
    return file


@needs_systemd
def test_unit_is_valid(unit: Path) -> None:
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_unit_is_confined(unit: Path) -> None:
    command = ["systemd-analyze", "security", "--no-pager", "--offline=yes", f"--threshold={LARGEST_EXPOSURE}"]
    assert subprocess.run([*command, str(unit)], capture_output=True, check=False).returncode == 0


def test_instance_is_the_port() -> None:
    assert VALUES["ExecStart"] == f"{COMMAND} serve --port %i"


def test_service_has_time_to_drain() -> None:
    defaults = Settings()
    assert defaults.drain_seconds + defaults.shutdown_seconds < float(VALUES["TimeoutStopSec"])


def test_what_a_person_must_correct_is_not_repeated() -> None:
    """A port in use (5) may be free again soon."""
    assert VALUES["RestartPreventExitStatus"].split() == ["2", "3", "4", "6", "7"]


def test_limit_of_open_files_is_that_of_the_containers() -> None:
    assert f"soft: {VALUES['LimitNOFILE']}" in (ROOT / "compose.yaml").read_text("utf-8")
