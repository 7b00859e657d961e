"""A process without free file descriptors says so once, and recovers."""

import resource
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.lib.service_process import RunningService, Stack, is_closed, request, running


def open_files(service: RunningService) -> int:
    return len(list(Path(f"/proc/{service.process.pid}/fd").iterdir()))


@pytest.mark.parametrize("stack", ["httptools", "h11"])
def test_lack_of_descriptors_is_one_line(stack: Stack) -> None:
    with running(stack, idle_seconds=60) as service:
        most = open_files(service) + 5
        resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, (most, most))
        with ExitStack() as clients:
            first = clients.enter_context(service.connect())
            for _ in range(40):
                clients.enter_context(service.connect())
            line = service.wait_for_line(lambda line: "descriptor" in line["event"])
            assert line["level"] == "error"
            assert is_closed(first)  # it has sent nothing
        for _ in range(3):
            assert service.ask(request()).status == 200
        service.process.terminate()
        assert service.wait_for_end() == 0
    assert sum("descriptor" in line["event"] for line in service.lines) == 1
    assert len(service.lines) < 30
