"""The README's commands give the output that it shows."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lib.curl import send

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def holds(found: Any, part: Any) -> bool:
    """Whether `found` contains `part`: objects are compared by their members, other values as a whole."""
    if isinstance(part, dict):
        return all(key in found and holds(found[key], value) for key, value in part.items())
    return bool(found == part)


def test_call_gives_the_printed_answer() -> None:
    (call,) = (text for kind, text in BLOCKS if kind == "bash" and text.startswith("curl"))
    (printed,) = (text for kind, text in BLOCKS if kind == "json")
    response = send(call)
    assert response.status_code == 200
    assert holds(response.json(), json.loads(printed))


def test_commands_give_the_printed_output() -> None:
    (session,) = (text for kind, text in BLOCKS if kind == "console")
    for part in session.split("$ ")[1:]:
        command, expected = part.split("\n", 1)
        words = shlex.split(command)
        assert words[0] == "sii-afp"
        done = subprocess.run(
            [Path(sys.executable).with_name("sii-afp"), *words[1:]], capture_output=True, text=True, check=False
        )
        assert (done.stdout or done.stderr).startswith(expected)


def test_commands_are_executable() -> None:
    commands = next(text for kind, text in BLOCKS if kind == "bash").splitlines()
    for command in commands:
        assert (ROOT / command.split()[0]).stat().st_mode & 0o111


@pytest.mark.parametrize(
    "page", ["README.md", *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]
)
def test_every_link_has_a_target(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert ((ROOT / page).parent / target).exists(), target
