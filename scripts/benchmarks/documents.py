"""Compare PDF documents with result pages of the same values: one caller, and the first document of a process."""

import statistics
import time
from collections.abc import Iterator
from urllib.parse import urlencode

from benchmarks.checks import Check, median_ratio
from benchmarks.servers import Server, answer_of, free_port, load, post, this_service

ROUNDS = 5
REQUESTS = 100
WARMING_UP = 10
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def measure() -> list[Check]:
    """Print the figures; return the checks."""
    firsts, pages, documents, memory = [], [], [], []
    for _ in range(ROUNDS):
        port = free_port()
        server = Server(this_service(port), port)
        load(port, list(_requests("/", WARMING_UP)), 1)
        before, began = server.memory_mb(), time.perf_counter()
        size = len(answer_of(port, next(_requests("/report.pdf", 1))))
        firsts.append(time.perf_counter() - began)
        load(port, list(_requests("/report.pdf", WARMING_UP)), 1)
        for path, found in (("/", pages), ("/report.pdf", documents)):
            sent = load(port, list(_requests(path, REQUESTS)), 1)
            found.append((sent.p50, sent.p95))
        memory.append(server.memory_mb() - before)
        server.stop()
    first, more = statistics.median(firsts), statistics.median(memory)
    page, document = (statistics.median(one[0] for one in found) for found in (pages, documents))
    slow = statistics.median(one[1] for one in documents)
    print(f"PDF documents of {size} bytes, one caller, median of {ROUNDS} rounds")
    print(f"first {first * 1000:.0f} ms, then {document:.1f} ms (p95 {slow:.1f}); page {page:.2f} ms")
    return [
        Check("PDF, ms", document, at_most=100),
        Check("PDF, p95, ms", slow, at_most=100),
        Check("PDF, first of a process, ms", first * 1000, at_most=300),
        Check("PDF against the page", median_ratio([one[0] for one in documents], [one[0] for one in pages])),
        Check("memory for documents, MB", more),
    ]


def _requests(path: str, number: int) -> Iterator[bytes]:
    """Yield requests with other values each, so that nothing is kept from one to the next."""
    for place in range(number):
        typed = {"neutrophils": f"{4.2 + place / 1000:.3f}", "lymphocytes": "1.1", "platelets": "145", "afp": "620"}
        units = {f"{name}_unit": "10*9/L" for name in typed} | {"afp_unit": "ng/mL"}
        yield post(path, urlencode(typed | units).encode(), _FORM)
