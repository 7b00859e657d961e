"""Compare the JSON API with bare FastAPI apps and with an app that calls lifelines for every request.

`bare` takes the same kind of body and returns this API's answer as constant data; `text` does not even serialise it.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.checks import Check, median_ratio
from benchmarks.servers import ROOT, Server, answer_of, free_port, load, post, this_service

CALLERS = 8
ROUNDS = 5
PATH = "/api/v1/assessments"
BODY = json.dumps(
    {
        "neutrophils": {"value": 4.2, "unit": "10*9/L"},
        "lymphocytes": {"value": 1.1, "unit": "10*9/L"},
        "platelets": {"value": 145, "unit": "10*9/L"},
        "afp": {"value": 620, "unit": "ng/mL"},
    }
).encode()
FORM_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
FORM = urlencode(
    {"neutrophils": "4.2", "lymphocytes": "1.1", "platelets": "145", "afp": "620", "afp_unit": "ng/mL"}
    | {f"{name}_unit": "10*9/L" for name in ("neutrophils", "lymphocytes", "platelets")}
).encode()

BARE = """
import json, sys
from typing import Any, Literal
from decimal import Decimal
import uvicorn
from fastapi import FastAPI
from fastapi.responses import Response
from pydantic import BaseModel
class Quantity(BaseModel):
    value: Decimal
    unit: str
    comparator: Literal["<", "<=", ">=", ">"] | None = None
class Request(BaseModel):
    neutrophils: Quantity
    lymphocytes: Quantity
    platelets: Quantity
    afp: Quantity
application = FastAPI()
TEXT = open({answer!r}).read()
DATA = json.loads(TEXT)
@application.get("/health/ready")
async def ready(): return {{}}
@application.post("/api/v1/assessments")
{endpoint}
uvicorn.run(application, host="127.0.0.1", port={port}, log_level="warning", access_log=False)
"""
ENDPOINTS = {
    "bare": "async def assess(request: Request) -> dict[str, Any]: return DATA",
    "text": 'async def assess(request: Request): return Response(TEXT, media_type="application/json")',
}
LIFELINES = """
import sys
sys.path.insert(0, {root!r})
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from lifelines import CoxPHFitter
from model.reconstruction.run import read_cohorts
class Quantity(BaseModel):
    value: float
    unit: str
class Request(BaseModel):
    neutrophils: Quantity
    lymphocytes: Quantity
    platelets: Quantity
    afp: Quantity
application = FastAPI()
cohort = read_cohorts()[0][["months", "death", "sii_high", "afp_high"]]
fitted = CoxPHFitter().fit(cohort, "months", "death")
@application.get("/health/ready")
async def ready(): return {{}}
@application.post("/api/v1/assessments")
def assess(r: Request):
    import pandas as pd
    sii = r.platelets.value * r.neutrophils.value / r.lymphocytes.value
    row = pd.DataFrame([{{"sii_high": int(sii >= 340), "afp_high": int(r.afp.value >= 400)}}])
    curve = fitted.predict_survival_function(row, times=[3, 6, 12])
    return {{"hazard": float(fitted.predict_partial_hazard(row).iloc[0]), "survival": curve[0].tolist()}}
uvicorn.run(application, host="127.0.0.1", port={port}, log_level="warning", access_log=False)
"""


def measure() -> list[Check]:
    """Print the figures of every application; return the checks."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        port = free_port()
        server = Server(this_service(port), port)
        file.write(answer_of(port, post(PATH, BODY)))
        file.flush()
        server.stop()
        return _measure(file.name)


def _measure(answer: str) -> list[Check]:
    python = sys.executable
    commands = {
        "this": this_service,
        "bare": lambda port: [python, "-c", BARE.format(answer=answer, endpoint=ENDPOINTS["bare"], port=port)],
        "text": lambda port: [python, "-c", BARE.format(answer=answer, endpoint=ENDPOINTS["text"], port=port)],
        "lifelines": lambda port: [python, "-c", LIFELINES.format(root=str(ROOT), port=port)],
    }
    figures: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in commands}
    pages: list[float] = []
    request = post(PATH, BODY)
    for _ in range(ROUNDS):
        for name, command in commands.items():
            port = free_port()
            server = Server(command(port), port)
            load(port, [request], CALLERS, 1)
            sent = load(port, [request], CALLERS)
            figures[name].append((sent.rate, sent.p99, server.start_seconds, server.memory_mb()))
            if name == "this":
                pages.append(load(port, [post("/", FORM, FORM_HEADERS)], CALLERS).rate)
            server.stop()
    print(f"JSON API: answer of {Path(answer).stat().st_size} bytes, {CALLERS} callers, median of {ROUNDS} rounds")
    print(f"{'':<12}{'requests/s':>12}{'p99 ms':>10}{'start s':>10}{'memory MB':>12}")
    for name, rounds in figures.items():
        rate, p99, start, memory = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"{name:<12}{rate:>12.0f}{p99:>10.1f}{start:>10.2f}{memory:>12.0f}")

    def against(other: str, column: int) -> float:
        return median_ratio([one[column] for one in figures["this"]], [one[column] for one in figures[other]])

    memory_above = statistics.median(
        this[3] - bare[3] for this, bare in zip(figures["this"], figures["bare"], strict=True)
    )
    pages_against_api = median_ratio(pages, [one[0] for one in figures["this"]])
    return [
        Check("throughput against bare", against("bare", 0), at_least=0.9),
        Check("throughput against text", against("text", 0)),
        Check("throughput against lifelines", against("lifelines", 0), at_least=10),
        Check("result pages against answers of the API", pages_against_api, at_least=0.5),
        Check("start-up against bare", against("bare", 2), at_most=1.3),
        Check("memory above bare, MB", memory_above, at_most=20),
    ]
