"""Several workers on one port: counts, log, signals, and what a killed one costs."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.lib.mixed_calls import calling, expected_from
from tests.lib.service_process import Answer, RunningService, free_port, head, request, running, started, workers_of

LIVE = head("/health/live", method="GET")


def folder_of(service: RunningService) -> Path:
    """Return the folder that the workers share, as one of them has it open."""
    for link in Path(f"/proc/{workers_of(service.process)[0]}/map_files").iterdir():
        if link.readlink().suffix == ".db":
            return link.readlink().parent
    raise AssertionError


def wait_for_workers(service: RunningService, count: int, without: int) -> None:
    """Wait until so many answer, one of them new."""
    service.wait_for_line(lambda line: "startup complete" in line.get("message", ""))
    assert len(workers_of(service.process)) == count
    assert without not in workers_of(service.process)


def count_of(service: RunningService, route: str, part: str = "requests_total") -> int:
    text = service.get("/metrics").body.decode()
    found = re.findall(rf'^sii_afp_{part}\{{[^}}]*route="{route}"[^}}]*\}} ([\d.]+)$', text, re.MULTILINE)
    return int(sum(float(number) for number in found))


def wait_for_count(service: RunningService, count: int) -> None:
    """Wait until so many calls are counted: a worker counts a call after its answer."""
    while (found := count_of(service, "/health/live")) != count:
        assert found < count


def test_counts_are_of_all_workers_and_never_fall() -> None:
    with running(workers=2) as service:
        for _ in range(20):
            assert service.ask(LIVE).status == 200
        wait_for_count(service, 20)
        for killed in workers_of(service.process):
            assert {count_of(service, "/health/live") for _ in range(10)} == {20}
            os.kill(killed, signal.SIGKILL)
            wait_for_workers(service, 2, without=killed)
        assert {count_of(service, "/health/live") for _ in range(10)} == {20}
        assert count_of(service, "/health/live", "request_seconds_count") == 20
        service.process.send_signal(signal.SIGHUP)
        for _ in range(2):
            service.wait_for_line(lambda line: "Finished server process" in line.get("message", ""))
        assert service.ask(LIVE).status == 200
        wait_for_count(service, 21)
        assert {count_of(service, "/health/live") for _ in range(10)} == {21}


def test_shared_folder_is_private_and_removed() -> None:
    with running(workers=2) as service:
        folder = folder_of(service)
        assert folder.stat().st_mode & 0o777 == 0o700
        service.process.terminate()
        assert service.wait_for_end() == 0
        assert not folder.exists()


def test_workers_end_and_clean_up_if_the_parent_is_killed() -> None:
    with running(workers=2, drain_seconds=0) as service:
        folder = folder_of(service)
        service.process.kill()
        assert service.wait_for_end() == -signal.SIGKILL  # at the end of the log: the workers have gone too
        assert not folder.exists()


def test_terminal_interrupt_to_all_processes_drains() -> None:
    with running(workers=2) as service, service.connect() as kept:
        for pid in (service.process.pid, *workers_of(service.process)):
            os.kill(pid, signal.SIGINT)
        while (answer := service.ask(head("/health/ready", method="GET"))).status == 200:
            pass
        assert answer.status == 503
        kept.sendall(request())
        assert Answer(kept).status == 200
        assert service.wait_for_end() == 0


def test_renewed_workers_read_the_site_again_and_lose_no_request(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text('contact = "old@hospital.test"\n', "utf-8")
    with running(workers=2, integration_file=str(site)) as service:
        assert b"old@hospital.test" in service.get("/instructions").body
        site.write_text('contact = "new@hospital.test"\n', "utf-8")
        statuses = []
        service.process.send_signal(signal.SIGHUP)
        while sum("Finished server process" in line.get("message", "") for line in service.lines) < 2:
            answers = (service.ask(request()), service.get("/health/ready"))
            statuses += [answer.status for answer in answers]
        assert set(statuses) == {200}
        assert all(b"new@hospital.test" in service.get("/instructions").body for _ in range(10))
        site.write_text("contact = 1\n", "utf-8")
        service.process.send_signal(signal.SIGHUP)
        service.wait_for_line(lambda line: "not renewed" in line["event"])
        assert b"new@hospital.test" in service.get("/instructions").body
        service.process.terminate()
        assert service.wait_for_end() == 0


def test_lines_of_several_workers_are_whole() -> None:
    with started(workers=2) as (process, port):
        with calling(port, expected_from(port)) as callers:
            callers.wait_for_more(600)
        process.terminate()
        reading = RunningService(process, port)
        assert reading.wait_for_end() == 0
        assert callers.wrong == []
    served = [line for line in reading.lines if line["event"] == "request"]
    dropped = sum(int(line["error"].split()[0]) for line in reading.lines if line["event"] == "log lines dropped")
    assert len(served) + dropped >= callers.answered


def test_unread_output_stops_neither_parent_nor_workers() -> None:
    with started(workers=2) as (process, port):
        service = RunningService(process, port, reads=False)
        for _ in range(400):  # a pipe holds some 200 lines
            assert service.ask(LIVE).status == 200
        for killed in workers_of(process):
            os.kill(killed, signal.SIGKILL)
            while len(set(workers_of(process)) - {killed}) < 2:
                assert process.poll() is None
        assert service.ask(LIVE).status == 200
        process.terminate()
        assert process.wait(timeout=30) == 0


def test_killed_worker_costs_only_its_requests_in_flight() -> None:
    with running(workers=2) as service:
        expected = expected_from(service.port)
        with calling(service.port, expected) as callers:
            for round_ in range(1, 3):
                callers.wait_for_more(100)
                killed = workers_of(service.process)[0]
                os.kill(killed, signal.SIGKILL)
                wait_for_workers(service, 2, without=killed)
                callers.wait_for_more(100)
                assert len(callers.lost) <= 6 * round_  # each caller has one request in flight
            lost = len(callers.lost)
            callers.wait_for_more(100)
            assert len(callers.lost) == lost
        assert callers.wrong == []


def test_start_error_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('[[client]]\nissuer = "https://ehr.test"\njwks_file = "none.json"\n', "utf-8")
    (tmp_path / "none.json").mkdir()
    environment = {
        **os.environ,
        "SII_AFP_INTEGRATION_FILE": str(tmp_path / "site.toml"),
        "SII_AFP_PORT": str(free_port()),
        "SII_AFP_WORKERS": "3",
    }
    command = [sys.executable, "-m", "app", "serve"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 6
    assert len(done.stderr.splitlines()) == 1
    assert "jwks_file" in done.stderr
    events = [json.loads(line)["event"] for line in done.stdout.splitlines()]
    assert events == ["worker ended"]
