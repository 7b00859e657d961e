"""Cause each fault for real, while a real process serves, and check that it goes on answering or says why it does not.

Promise: answers stay right and in time for other clients, the process ends when it is asked to, and what cannot be used
is refused with its exit code.
"""

import json
import os
import resource
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

from scripts.proofs.findings import Findings
from scripts.proofs.served import (
    ROOT,
    check_answers,
    check_end,
    exit_code_in,
    memory_mb,
    open_sockets,
    served,
    without_time,
)
from tests.lib.cds_hooks.calls import SERVICE, fetching_call
from tests.lib.peers.hostile_server import FAULTS as EHR_FAULTS
from tests.lib.peers.hostile_server import hostile_server
from tests.lib.service_process import (
    WAIT_SECONDS,
    Answer,
    free_port,
    head,
    request,
    running,
)
from tests.lib.signing_ehr import ISSUER, PUBLIC_URL, client_entry, key_file, signed

Fault = Callable[[Findings, float], None]
ASSESSMENTS = "/api/v1/assessments"
_FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
_SLOW_CLIENTS = 2000
_KILLS = 5


def prove(scale: float) -> Findings:
    """Cause every fault; the scale is that of the number of clients and kills."""
    found = Findings("faults")
    for fault in FAULTS:
        fault(found, scale)
        found.counts["faults"] += 1
    return found


def disk_full(found: Findings, _scale: float) -> None:
    """The log goes to a full disk, and to a file that may not grow."""
    with Path("/dev/full").open("wb") as full, served(full) as service:
        check_answers(found, "disk full", service, 200)
        check_end(found, "disk full", service)
    with tempfile.TemporaryFile() as file, served(file) as service:
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (4096, 4096))
        check_answers(found, "log file at its limit", service, 200)
        check_end(found, "log file at its limit", service)


def pipe(found: Findings, _scale: float) -> None:
    """Nobody reads the log, or the reader is gone."""
    for name, is_closed_at_once in (("pipe unread", False), ("pipe closed", True)):
        reading, writing = os.pipe()
        with served(writing) as service:
            os.close(writing)
            if is_closed_at_once:
                os.close(reading)
            check_answers(found, name, service, 1000)
            check_end(found, name, service)
        if not is_closed_at_once:
            os.close(reading)


def descriptors(found: Findings, _scale: float) -> None:
    """No file descriptor is free."""
    with running(idle_seconds=60) as service:
        most = len(list(Path(f"/proc/{service.process.pid}/fd").iterdir())) + 5
        resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, (most, most))
        with ExitStack() as clients:
            for _ in range(100):
                clients.enter_context(service.connect())
            service.wait_for_line(lambda line: "descriptor" in line["event"])
        check_answers(found, "descriptors exhausted", service, 50)
        service.process.terminate()
        found.check(service.wait_for_end() == 0, "descriptors exhausted: did not end")
        said = sum("descriptor" in line["event"] for line in service.lines)
        found.check(said == 1, f"descriptors exhausted: said {said} times")


def slow_clients(found: Findings, scale: float) -> None:
    """Clients send headers or a body too slowly, or do not read the answer; other clients are answered."""
    number = max(60, round(_SLOW_CLIENTS * scale))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
    unread = 3 * head("/openapi.json", method="GET")
    kinds = (head()[:-2], head(ASSESSMENTS, "Content-Length: 900") + b"{", unread)
    with served(header_seconds=3, body_seconds=3, idle_seconds=3) as service, ExitStack() as clients:
        own, before, slow = open_sockets(service), memory_mb(service), []
        for count in range(number):
            client = clients.enter_context(service.connect())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(0)
            with suppress(BlockingIOError):
                client.send(kinds[count % len(kinds)])
            slow.append(client)
        worst = 0.0
        for _ in range(50):
            began = time.monotonic()
            check_answers(found, "slow clients", service, 1)
            worst = max(worst, time.monotonic() - began)
        found.figures["slow clients"] = (
            f"{number} at once; of 50 requests of another client meanwhile the slowest took {worst:.2f} s; "
            f"memory {before:.0f} to {memory_mb(service):.0f} MB"
        )
        until = time.monotonic() + WAIT_SECONDS
        while (left := open_sockets(service) - own) > 0 and time.monotonic() < until:
            time.sleep(0.1)
        found.check(left <= 0, f"slow clients: {left} connections are still open")
        check_end(found, "slow clients", service)


def kill(found: Findings, scale: float) -> None:
    """SIGKILL under load: each answer is whole and right or none, and the restarted service answers at once."""
    port = free_port()
    with served(port=port) as service:
        right = without_time(service.ask(request()).body)
    kills = max(2, round(_KILLS * scale))
    state = {"right": 0, "none": 0, "wrong": 0}
    end = threading.Event()

    def ask() -> None:
        while not end.is_set():
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS) as client:
                    for _ in range(100):
                        client.sendall(request())
                        answer = Answer(client)
                        is_right = answer.status == 200 and without_time(answer.body) == right
                        state["right" if is_right else "wrong"] += 1
            except (OSError, HTTPException):
                state["none"] += 1
                time.sleep(0.02)

    callers = [threading.Thread(target=ask) for _ in range(4)]
    for caller in callers:
        caller.start()
    for _ in range(kills):
        with served(port=port) as service:
            until = state["right"] + 200
            while state["right"] < until:
                time.sleep(0.01)
            service.process.kill()
            service.process.wait()
    end.set()
    for caller in callers:
        caller.join()
    found.counts["answers between SIGKILLs"] += state["right"]
    found.counts["calls without an answer while killed"] += state["none"]
    found.check(state["wrong"] == 0, f"SIGKILL: {state['wrong']} wrong answers")


def clock(found: Findings, _scale: float) -> None:
    """The clock of the machine jumps: answers carry its time, tokens follow it, limits and deadlines do not."""
    if not _FAKETIME:
        found.figures["clock"] = "not run: libfaketime is not installed (apt-get install faketime)"
        return
    with tempfile.TemporaryDirectory() as name:
        folder, at = Path(name), Path(name) / "time"
        at.write_text("+0")
        (folder / "site.toml").write_text(
            client_entry(ISSUER, f'jwks_file = "{key_file(folder)}"', ("api", "hooks")), "utf-8"
        )
        faked = {
            "LD_PRELOAD": str(_FAKETIME[0]),
            "FAKETIME_TIMESTAMP_FILE": str(at),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        settings: dict[str, Any] = {
            "public_url": PUBLIC_URL,
            "integration_file": folder / "site.toml",
            "anonymous_calls": "false",
            "allowed_hosts": "*",
        }
        with served(more=faked, **settings) as service:

            def call(token: str) -> int:
                sent = request(f"Authorization: Bearer {token}", "X-Forwarded-For: 203.0.113.1")
                try:
                    return service.ask(sent).status
                except ConnectionResetError:  # libfaketime moved the event loop's own clock too
                    return service.ask(sent).status

            used, unused = signed(ASSESSMENTS), signed(ASSESSMENTS)
            found.check(call(used) == 200, "clock: a token is refused")
            for jump, status in (("+2h", 401), ("-2h", 401), ("+0", 200)):
                at.write_text(jump)
                token = unused if jump == "+0" else signed(ASSESSMENTS)
                found.check(call(token) == status, f"clock {jump}: a token of now is not {status}")
                found.check(service.get("/health/ready").status == 200, f"clock {jump}: not ready")
                found.check(service.get("/metrics").status == 200, f"clock {jump}: no metrics")
            found.check(call(used) == 401, "clock: a token is accepted twice after two jumps")
            at.write_text("+20y")
            found.check(service.get("/health/ready").status == 200, "clock +20y: not ready")
            check_end(found, "clock +20y", service)
        at.write_text("+0")
        with served(more=faked, rate_limit_per_minute=20) as service:
            for _ in range(20):
                check_answers(found, "clock", service, 1)
            for jump in ("+1d", "-1d"):
                at.write_text(jump)
                answer = service.ask(request())
                waits = int(answer.headers.get("Retry-After") or 0)
                found.check(
                    answer.status == 429 and 0 < waits <= 60, f"clock {jump}: limit gives {answer.status}, {waits}"
                )


def artefact(found: Findings, scale: float) -> None:
    """The files of the model change while the service runs: it keeps the model; after a restart it refuses them."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for folder in ("app", "model", "templates", "static"):
            shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        file = copy / "model" / "hong2021" / "artefact.json"
        whole = file.read_bytes()
        changes: dict[str, Callable[[], object]] = {
            "one digit changed": lambda: file.write_bytes(whole.replace(b"0.79", b"0.78", 1)),
            "truncated": lambda: file.write_bytes(whole[: len(whole) // 2]),
            "emptied": lambda: file.write_bytes(b""),
            "removed": file.unlink,
        }
        for change, make in list(changes.items())[: max(2, round(len(changes) * scale))]:
            file.write_bytes(whole)
            with served(cwd=copy) as service:
                make()
                check_answers(found, f"artefact {change}", service, 20)
                found.check(service.get("/health/ready").status == 200, f"artefact {change}: not ready")
                found.check(service.get("/evidence").status == 200, f"artefact {change}: no evidence page")
                check_end(found, f"artefact {change}", service)
            code = exit_code_in(copy)
            found.check(code == 3, f"artefact {change}: the exit code at a restart is {code}, not 3")


def other_server(found: Findings, _scale: float) -> None:
    """The FHIR server of an EHR hangs, drips, breaks off, redirects, or sends rubbish or too much: 412 in time."""
    with tempfile.TemporaryDirectory() as name, hostile_server() as server:
        bases = [server.base(fault) for fault in EHR_FAULTS]
        file = Path(name) / "site.toml"
        file.write_text(f"open_fhir_servers = {json.dumps(bases)}\n", "utf-8")
        with served(integration_file=file) as service:
            answers: dict[str, tuple[int, float]] = {}

            def ask(fault: str, base: str) -> None:
                body = json.dumps(fetching_call(base, None)).encode()
                began = time.monotonic()
                status = service.ask(head(SERVICE, f"Content-Length: {len(body)}") + body).status
                answers[fault] = status, time.monotonic() - began

            callers = [threading.Thread(target=ask, args=one) for one in zip(EHR_FAULTS, bases, strict=True)]
            for caller in callers:
                caller.start()
            check_answers(found, "EHR server", service, 50)
            for caller in callers:
                caller.join()
            for fault in EHR_FAULTS:
                status, seconds = answers.get(fault, (0, 0.0))
                found.check(
                    status == 412 and seconds < WAIT_SECONDS, f"EHR server {fault}: {status} after {seconds:.1f} s"
                )
            found.counts["faults of an EHR server"] += len(EHR_FAULTS)
            slowest = max(seconds for _, seconds in answers.values())
            found.figures["EHR server"] = f"slowest refusal {slowest:.1f} s, all {len(EHR_FAULTS)} at once"
            check_end(found, "EHR server", service)


# A place for the fault "database gone": add it here with the store.
FAULTS: tuple[Fault, ...] = (
    disk_full,
    pipe,
    descriptors,
    slow_clients,
    kill,
    clock,
    artefact,
    other_server,
)
