"""Output that nobody reads, or that is closed, stops neither answers nor the end."""

import re
import signal

from tests.lib.service_process import Answer, RunningService, head, request, started

LIVE = head("/health/live", method="GET")


def dropped(service: RunningService) -> int:
    text = service.get("/metrics").body.decode()
    found = re.search(r"^sii_afp_log_lines_dropped_total (\d+)", text, re.MULTILINE)
    assert found
    return int(found[1])


def test_unread_output_stops_nothing() -> None:
    with started() as (process, port):
        service = RunningService(process, port, reads=False)
        with service.connect() as client:
            for _ in range(400):  # a pipe holds some 200 lines
                client.sendall(LIVE)
                assert Answer(client).status == 200
        assert service.ask(request()).status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def test_closed_output_stops_nothing_and_is_counted() -> None:
    with started() as (process, port):
        assert process.stdout
        process.stdout.close()
        service = RunningService(process, port, reads=False)
        while dropped(service) < 5:
            assert service.ask(request()).status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def test_all_lines_are_written_at_the_end() -> None:
    with started() as (process, port):
        service = RunningService(process, port)
        for _ in range(20):
            service.get("/health/live")
        process.send_signal(signal.SIGTERM)
        assert service.wait_for_end() == 0
    assert sum(line.get("route") == "/health/live" for line in service.lines) == 20
