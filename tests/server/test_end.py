"""SIGTERM: not ready at once, then no new connections, then the end, and no request is lost."""

import signal
import threading

import pytest

from tests.lib.service_process import Answer, RunningService, Stack, assessment, head, is_closed, request, running

BOTH = pytest.mark.parametrize("stack", ["httptools", "h11"])
READY = head("/health/ready", method="GET")


@BOTH
def test_draining_service_answers_but_is_not_ready(stack: Stack) -> None:
    with running(stack, drain_seconds=1) as service, service.connect() as kept, service.connect() as idle:
        kept.sendall(READY)
        assert Answer(kept).status == 200
        service.process.send_signal(signal.SIGTERM)
        while (answer := service.ask(READY)).status == 200:  # until the signal has arrived
            pass
        assert (answer.status, answer.closes) == (503, True)
        kept.sendall(request())
        answer = Answer(kept)
        assert (answer.status, answer.closes) == (200, True)
        assert is_closed(kept)
        assert is_closed(idle)
        assert service.wait_for_end() == 0


@BOTH
def test_request_that_arrives_in_time_is_answered(stack: Stack) -> None:
    body = assessment()
    with running(stack, drain_seconds=0) as service, service.connect() as client:
        client.sendall(head("/api/v1/assessments", f"Content-Length: {len(body)}", "Expect: 100-continue"))
        assert client.recv(100).startswith(b"HTTP/1.1 100")  # the application is reading the body
        service.process.send_signal(signal.SIGTERM)
        service.wait_for_line(lambda line: "Shutting down" in line.get("message", ""))
        client.sendall(body)
        answer = Answer(client)
        assert (answer.status, answer.closes) == (200, True)
        assert service.wait_for_end() == 0


@BOTH
def test_first_request_of_a_new_connection_is_answered(stack: Stack) -> None:
    with running(stack, drain_seconds=0) as service, service.connect() as client, service.connect() as silent:
        assert service.get("/health/live").status == 200  # both are accepted
        service.process.send_signal(signal.SIGTERM)
        service.wait_for_line(lambda line: "Shutting down" in line.get("message", ""))
        client.sendall(request())
        answer = Answer(client)
        assert (answer.status, answer.closes) == (200, True)
        assert is_closed(silent)
        assert service.wait_for_end() == 0


@BOTH
def test_unfinished_requests_at_the_end_are_408(stack: Stack) -> None:
    with (
        running(stack, drain_seconds=0, shutdown_seconds=1) as service,
        service.connect() as one,
        service.connect() as two,
    ):
        one.sendall(head()[:-2])
        two.sendall(head("/api/v1/assessments", "Content-Length: 9"))
        assert service.get("/health/live").status == 200  # what was sent before has been read
        service.process.send_signal(signal.SIGTERM)
        assert (Answer(one).status, Answer(two).status) == (408, 408)
        assert service.wait_for_end() == 0
    assert {line["status"] for line in service.lines if line["event"] == "request"} == {200, 408}


def test_second_interrupt_ends_at_once() -> None:
    with running(drain_seconds=600) as service:
        service.process.send_signal(signal.SIGINT)
        service.process.send_signal(signal.SIGTERM)
        while service.get("/health/ready").status == 200:
            pass
        service.process.send_signal(signal.SIGINT)
        assert service.wait_for_end() == 0


@BOTH
def test_no_request_is_lost_in_a_rolling_restart(stack: Stack) -> None:
    """Callers with kept-alive connections turn to the next service when an answer closes theirs, as proxies do."""
    lost: list[str] = []
    answered = threading.Semaphore(0)

    def call(services: list[RunningService]) -> None:
        try:
            for service in services:
                with service.connect() as client:
                    for _ in range(100_000 if service is services[0] else 5):
                        client.sendall(request())
                        answer = Answer(client)
                        answered.release()
                        if answer.status != 200:
                            lost.append(str(answer.status))
                        if answer.closes:
                            break
        except OSError as error:
            lost.append(repr(error))

    with running(stack) as first, running(stack) as second:
        callers = [threading.Thread(target=call, args=([first, second],)) for _ in range(8)]
        for caller in callers:
            caller.start()
        for _ in range(30):
            answered.acquire()
        first.process.send_signal(signal.SIGTERM)
        for caller in callers:
            caller.join()
        assert first.wait_for_end() == 0
        second.process.send_signal(signal.SIGTERM)
        assert second.wait_for_end() == 0
    assert lost == []
    served = sum(line["event"] == "request" for service in (first, second) for line in service.lines)
    assert served >= 8 * 6
