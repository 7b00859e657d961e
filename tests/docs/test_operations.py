"""The commands of docs/operations.md give what is printed there, and what it names exists."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest
import yaml

from app.config.logs import KEYS
from app.config.settings import Settings
from tests.lib.deployment import ROOT, interpolated
from tests.lib.service_process import RunningService, running

TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")
SECTIONS = dict(part.split("\n", 1) for part in TEXT.split("\n## ")[1:])
SETTINGS = {f"SII_AFP_{name.upper()}" for name in Settings.model_fields}
_NAME = re.compile(r"SII_AFP_[A-Z_]*[A-Z]")
# Variables of the deployment and of the build, not of the service.
OTHERS = {"SII_AFP_SITE", "SII_AFP_COMMIT"} | {
    name for file in (ROOT / "deploy").rglob("*.cfg") for name in _NAME.findall(file.read_text("utf-8"))
}


def sessions() -> list[tuple[str, str]]:
    """Return each command of the first start with the beginning of what it prints."""
    blocks = re.findall(r"^ *```console\n(.*?)^ *```", SECTIONS["First start"], re.MULTILINE | re.DOTALL)
    lines = ["\n".join(line.strip() for line in block.splitlines()) for block in blocks]
    return [(text.removeprefix("$ ").partition("\n")[0], text.partition("\n")[2]) for text in lines]


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    with running() as service:
        yield service


@pytest.mark.parametrize(("command", "printed"), sessions(), ids=lambda text: str(text)[:24])
def test_command_of_the_first_start_prints_this(service: RunningService, command: str, printed: str) -> None:
    program, *arguments = shlex.split(command.replace(":8000", f":{service.port}"))
    start = [sys.executable, "-m", "app"] if program == "sii-afp" else [program]
    done = subprocess.run([*start, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(printed)


def test_first_start_has_three_commands() -> None:
    assert [command.split()[0] for command, _ in sessions()] == ["curl", "sii-afp", "sii-afp"]


def test_named_settings_exist() -> None:
    assert sorted(set(_NAME.findall(TEXT)) - SETTINGS - OTHERS) == []


def test_links_within_the_page_have_a_target() -> None:
    headings = re.findall(r"^##+ (.*)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert sorted(set(re.findall(r"\]\(#([^)]*)\)", TEXT)) - anchors) == []


def test_every_key_of_the_log_is_named() -> None:
    assert [key for key in KEYS if f"`{key}`" not in SECTIONS["Logs"]] == []


def test_variables_of_compose_are_named_with_their_defaults() -> None:
    compose = (ROOT / "compose.yaml").read_text("utf-8")
    used = set(re.findall(r"\$\{(\w+)", compose)) - {"COMMIT", "SII_AFP_TRUSTED_PROXIES"}
    rows = re.findall(r"^\| (.*?) \| (.*?) \|", SECTIONS["Install"], re.MULTILINE)
    assert used <= {name for first, _ in rows for name in re.findall(r"`(\w+)`", first)}
    (memory,) = (default for first, default in rows if first == "`MEMORY`")
    assert yaml.safe_load(interpolated(compose))["services"]["calculator"]["mem_limit"] == memory
