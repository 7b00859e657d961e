"""The server started as an operator does: a real process, its log and its signals."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.web.openapi import EXAMPLE_REQUEST
from tests.lib.service_process import free_port, is_open

COMMAND = Path(sys.executable).with_name("sii-afp")


@contextmanager
def running(directory: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start the service in a directory and yield once its port is open."""
    port = free_port()
    with (directory / "log.jsonl").open("wb") as log:
        process = subprocess.Popen([COMMAND, "serve", "--port", str(port)], stdout=log, cwd=directory)
        try:
            while not is_open(port):
                assert process.poll() is None
            yield process, port
        finally:
            process.kill()
            process.wait()


def test_serves_from_any_directory_until_sigterm(tmp_path: Path) -> None:
    with running(tmp_path) as (process, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        body = json.dumps(EXAMPLE_REQUEST)
        connection.request("POST", "/api/v1/assessments", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        assert response.status == 200
        assert json.loads(response.read())["risk_group"]["id"] == "high"
        assert response.getheader("Server") is None
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert {line["event"] for line in lines} == {"server", "request"}
    assert any(f"http://127.0.0.1:{port}" in line.get("message", "") for line in lines)


def test_port_in_use_is_named(tmp_path: Path) -> None:
    with running(tmp_path) as (_, port):
        command = (COMMAND, "serve", "--port", str(port))
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 5
    assert done.stderr.startswith(
        f"SII_AFP_HOST, SII_AFP_PORT: cannot listen on 127.0.0.1, port {port}: another program"
    )
    assert done.stdout == ""


def test_concurrent_callers_get_their_own_answers(tmp_path: Path) -> None:
    wrong: list[str] = []

    def call(port: int, afp: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        for _ in range(20):
            body = json.dumps({**EXAMPLE_REQUEST, "afp": {"value": afp, "unit": "ng/mL"}})
            connection.request("POST", "/api/v1/assessments", body, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
            if answer["inputs"]["afp"]["given"]["value"] != afp or answer["cell"]["afp_high"] is not (afp >= 400):
                wrong.append(str(afp))
        connection.close()

    with running(tmp_path) as (_, port):
        threads = [threading.Thread(target=call, args=(port, 390 + k)) for k in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_invalid_setting_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [COMMAND, "serve"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "SII_AFP_PORT": "0"},
    )
    assert done.returncode == 2
    assert done.stderr == "SII_AFP_PORT: Input should be greater than or equal to 1.\n"
