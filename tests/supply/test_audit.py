"""The audit of locked packages against a server of invented advisories on this machine."""

import gzip
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"^(\S+): (\d+) of (\d+) packages checked, (\d+) advisories$", re.MULTILINE)

FILES = ("requirements/serve.txt", "tests/lighthouse/package-lock.json")

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")


class Advisories(BaseHTTPRequestHandler):
    """Answers as OSV and as npm do, with an advisory for each package of `affected`."""

    affected: ClassVar[set[str]] = set()
    asked: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        sent = json.loads(body)
        names = {sent["package"]["name"]} if self.path == "/osv" else set(sent)
        Advisories.asked |= names
        found = sorted(names & self.affected)
        answer: dict[str, Any] = {}
        if self.path == "/osv" and found:
            answer = {"vulns": [{"id": "TEST-1", "summary": "invented", "affected": []}]}
        elif found:
            advisory = {"id": 1, "url": "https://a.example", "title": "invented", "severity": "high"}
            answer = {name: [{**advisory, "vulnerable_versions": "*"}] for name in found}
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        """Write no log."""


@pytest.fixture
def address() -> Iterator[str]:
    Advisories.affected, Advisories.asked = set(), set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Advisories)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def audit(osv: str, npm: str, *files: str) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / "scripts" / "audit"), "--osv-url", osv, "--npm-registry", npm, *(files or FILES)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_every_locked_package_is_asked_for_and_counted(address: str) -> None:
    files = (
        "requirements/build.txt",
        *FILES,
        *(f"tests/{name}/package-lock.json" for name in ("browser", "lib/peers")),
    )
    done = audit(f"{address}/osv", f"{address}/", *files)
    assert done.returncode == 0, done.stdout + done.stderr
    counted = {name: (int(checked), int(locked)) for name, checked, locked, _found in LINE.findall(done.stdout)}
    assert set(counted) == set(files)
    assert all(checked >= locked > 0 for checked, locked in counted.values())
    assert {"fastapi", "pycparser", "hatchling", "axe-core", "lighthouse"} <= Advisories.asked


def test_advisory_gives_exit_code_1(address: str) -> None:
    Advisories.affected = {"jinja2", "lighthouse"}
    done = audit(f"{address}/osv", f"{address}/")
    assert done.returncode == 1
    assert re.search(r"^  jinja2 \S+: TEST-1$", done.stdout, re.MULTILINE)
    assert "  lighthouse: high" in done.stdout


def test_other_file_is_refused() -> None:
    assert audit("http://127.0.0.1:9/osv", "http://127.0.0.1:9/", "README.md").returncode == 2


def test_unreachable_services_give_no_result() -> None:
    done = audit("http://127.0.0.1:9/osv", "http://127.0.0.1:9/")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("NOT CHECKED, 0 of ") == 2
