"""The supervisor with real processes, whose workers are a line or two."""

import os
import signal
from pathlib import Path

import pytest

from tests.lib.supervised import Supervised, supervised


def two_started(parent: Supervised) -> list[int]:
    """Wait for both workers; return their processes by number."""
    lines = sorted((parent.wait_for("started") for _ in range(2)), key=lambda line: int(line["number"]))
    return [int(line["process"]) for line in lines]


def test_worker_that_is_killed_is_replaced() -> None:
    with supervised("answer(worker)") as parent:
        first, second = two_started(parent)
        os.kill(first, signal.SIGKILL)
        line = parent.wait_for("started")
        assert (line["number"], line["process"] in (first, second)) == (1, False)
        parent.process.send_signal(signal.SIGTERM)
        assert parent.wait_for_end() == (0, "")
    assert parent.count("ended") == 2
    assert [line["error"] for line in parent.lines if line["event"] == "worker ended"] == [
        f"worker 1, process {first}: was ended by SIGKILL"
    ]


@pytest.mark.parametrize(
    ("worker", "code", "text"),
    [
        ("raise ConfigurationError('SII_AFP_X: wrong.')", 2, "SII_AFP_X: wrong.\n"),
        ("os.kill(os.getpid(), signal.SIGKILL)", 8, "was ended by SIGKILL before it was ready"),
        ("sys.exit(3)", 8, "ended with exit code 3 before it was ready"),
    ],
)
def test_first_worker_that_fails_ends_the_start(worker: str, code: int, text: str) -> None:
    with supervised(worker) as parent:
        end, errors = parent.wait_for_end()
    assert end == code
    assert text in errors
    assert parent.count("worker ended") == 1


def test_error_is_repeated_once(tmp_path: Path) -> None:
    with supervised("raise KeyError('x')") as parent:
        code, errors = parent.wait_for_end()
    assert (code, errors.count("Traceback")) == (8, 1)


def test_gives_up_when_no_worker_starts_any_more(tmp_path: Path) -> None:
    mark = tmp_path / "fails"
    worker = f"if Path({str(mark)!r}).exists(): raise ConfigurationError('gone')\nanswer(worker)"
    with supervised(worker) as parent:
        pids = two_started(parent)
        mark.touch()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        assert parent.wait_for_end() == (2, "gone\n")
    assert parent.count("worker ended") == 2 + 5


def test_keeps_trying_while_one_worker_answers(tmp_path: Path) -> None:
    mark = tmp_path / "fails"
    worker = f"if Path({str(mark)!r}).exists(): raise ConfigurationError('gone')\nanswer(worker)"
    with supervised(worker) as parent:
        first, _ = two_started(parent)
        mark.touch()
        os.kill(first, signal.SIGKILL)
        for _ in range(8):
            parent.wait_for("worker ended")
        mark.unlink()
        parent.wait_for("started")
        parent.process.send_signal(signal.SIGTERM)
        assert parent.wait_for_end() == (0, "")


def test_stuck_worker_is_killed_and_replaced() -> None:
    with supervised("answer(worker)", silence=1) as parent:
        first, _ = two_started(parent)
        os.kill(first, signal.SIGSTOP)
        parent.wait_for("worker was stuck and is killed")
        assert parent.wait_for("started", lambda line: line["number"] == 1)["process"] != first


def test_worker_that_never_starts_is_killed() -> None:
    with supervised("time.sleep(600)", start=0.1) as parent:
        code, errors = parent.wait_for_end()
    assert code == 8
    assert "SIGKILL" in errors


def test_worker_that_does_not_end_is_killed() -> None:
    worker = "signal.signal(signal.SIGTERM, signal.SIG_IGN); worker.ready(); say('started', worker); time.sleep(600)"
    with supervised(worker, end=0.1) as parent:
        two_started(parent)
        parent.process.send_signal(signal.SIGTERM)
        assert parent.wait_for_end() == (0, "")
    assert parent.count("worker did not end and was killed") == 2


def test_second_interrupt_kills() -> None:
    worker = "signal.signal(signal.SIGTERM, lambda *_: say('told', worker)); worker.ready(); say('started', worker)\n"
    with supervised(worker + "while True: time.sleep(1)", end=600) as parent:
        two_started(parent)
        parent.process.send_signal(signal.SIGINT)
        parent.wait_for("told")
        parent.process.send_signal(signal.SIGINT)
        assert parent.wait_for_end() == (0, "")


def test_signal_before_the_first_answer_ends_the_start() -> None:
    with supervised("say('starting', worker); time.sleep(600)") as parent:
        parent.wait_for("starting")
        parent.process.send_signal(signal.SIGTERM)
        assert parent.wait_for_end() == (0, "")


def test_hangup_replaces_one_worker_after_another() -> None:
    with supervised("answer(worker)") as parent:
        before = two_started(parent)
        parent.process.send_signal(signal.SIGHUP)
        after = two_started(parent)
        assert set(before).isdisjoint(after)
        parent.wait_for("ended", lambda line: line["process"] in before)
        parent.process.send_signal(signal.SIGTERM)
        assert parent.wait_for_end() == (0, "")
    events = [line["event"] for line in parent.lines if line["event"] in ("began", "ended")]
    # Never fewer than two: a worker ends only when its successor answers.
    assert events == ["began", "began", "began", "ended", "began", "ended", "ended", "ended"]


def test_hangup_keeps_the_workers_if_a_new_one_fails(tmp_path: Path) -> None:
    mark = tmp_path / "fails"
    worker = f"if Path({str(mark)!r}).exists(): raise ConfigurationError('wrong')\nanswer(worker)"
    with supervised(worker) as parent:
        two_started(parent)
        mark.touch()
        parent.process.send_signal(signal.SIGHUP)
        assert "wrong" in parent.wait_for("worker ended")["error"]
        parent.wait_for("the workers are not renewed; the old ones stay")
        assert parent.count("ended") == 0
        mark.unlink()
        parent.process.send_signal(signal.SIGHUP)
        two_started(parent)
        parent.process.send_signal(signal.SIGTERM)
        assert parent.wait_for_end() == (0, "")


def test_workers_end_after_their_parent() -> None:
    with supervised("answer(worker)") as parent:
        two_started(parent)
        parent.process.kill()
        for _ in range(2):
            parent.wait_for("ended")
