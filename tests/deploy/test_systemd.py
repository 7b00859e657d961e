"""The unit for systemd: valid, confined, and in agreement with the exit codes and the times of the service."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.config.settings import Settings
from tests.lib.deployment import ROOT

UNIT = ROOT / "deploy" / "systemd" / "sii-afp@.service"
TEXT = UNIT.read_text("utf-8")
COMMAND = "/opt/sii-afp/bin/sii-afp"
# In tenths, as systemd counts. nginx begins as root, to listen on the ports below 1024.
LARGEST_EXPOSURE = {"sii-afp": 15, "sii-afp-proxy": 30}
VALUES = {name: value for name, _, value in (line.partition("=") for line in TEXT.splitlines()) if value}

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


@pytest.fixture(params=[UNIT, UNIT.with_name("sii-afp-proxy.service")], ids=lambda file: file.stem)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A unit, with a command that exists here; that of the calculator is for port 8000."""
    shipped: Path = request.param
    file = tmp_path / shipped.name.replace("@", "@8000")
    program = re.compile(r"^ExecStart=\S+", re.MULTILINE)
    existing = f"ExecStart={shutil.which('true') or '/bin/true'}"
    file.write_text(program.sub(existing, shipped.read_text("utf-8")), "utf-8")
    return file


@needs_systemd
def test_unit_is_valid(unit: Path) -> None:
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_unit_is_confined(unit: Path) -> None:
    largest = LARGEST_EXPOSURE[unit.stem.partition("@")[0]]
    command = ["systemd-analyze", "security", "--no-pager", "--offline=yes", f"--threshold={largest}"]
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
