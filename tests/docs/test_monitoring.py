"""Rules, dashboard and docs/monitoring.md use only what the service exposes; every metric is documented."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx2
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from app.config.settings import Settings
from app.web.openapi import EXAMPLE_REQUEST
from tests.lib.cds_hooks.calls import call, prefetch
from tests.lib.fhir.examples import FHIR, as_json, four_quantities
from tests.lib.serving import served

ROOT = Path(__file__).parents[2]
PROMETHEUS, DASHBOARD = ROOT / "deploy/prometheus", ROOT / "deploy/grafana/dashboard.json"
DOCUMENTED = re.compile(r"^\| `(sii_afp_\w+)` \| (.*?) \|", re.MULTILINE)
_SELECTOR = re.compile(r"\b(sii_afp[\w:]*)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_GROUPING = re.compile(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)")
# What Prometheus and the rules add.
ADDED = {"job", "instance", "le", "window", "part"}
Series = Mapping[str, set[str]]


@pytest.fixture(scope="module")
def exposed() -> Series:
    """The names of all series of a service that was used, with the names of their labels."""
    with served(Settings()) as address, httpx2.Client(base_url=address) as client:
        unusual = {**EXAMPLE_REQUEST, "neutrophils": {"value": 25, "unit": "10*9/L"}}
        answers = [
            client.post("/api/v1/assessments", json=unusual),
            client.post("/fhir/$hcc-risk", content=as_json(four_quantities()), headers=FHIR),
            client.post("/cds-services/hcc-sii-afp", json=call(prefetch())),
            client.post("/cds-services/hcc-sii-afp", json=call(prefetch(hcc=None))),
            client.post("/cds-services/hcc-sii-afp/feedback", json=feedback()),
            client.post("/api/v1/assessments", json={}),
        ]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 422]
        text = client.get("/metrics").text
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if not sample.name.endswith("_created"):
                found.setdefault(sample.name, set()).update(sample.labels)
    return found


def feedback() -> dict[str, object]:
    report = {"card": "4e0a3a1e", "outcome": "overridden", "outcomeTimestamp": "2026-11-25T09:30:00Z"}
    return {"feedback": [report]}


def rules() -> list[dict[str, str]]:
    groups = yaml.safe_load((PROMETHEUS / "rules.yml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> Iterator[tuple[str, str]]:
    """Yield the expressions and the legends of the dashboard."""
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"], target["legendFormat"]
    for variable in dashboard["templating"]["list"]:
        yield variable.get("definition", ""), ""


def unknown_in(expression: str, exposed: Series, recorded: set[str]) -> list[str]:
    """Return the metrics and labels of an expression that do not exist."""
    unknown = []
    labels = set(ADDED)
    for name, matchers in _SELECTOR.findall(expression):
        if name in exposed:
            own = exposed[name] | ADDED
            unknown += [f"{name}: {label}" for label in _MATCHER.findall(matchers) if label not in own]
            labels |= own
        elif name in recorded:
            labels |= set().union(*exposed.values())
        else:
            unknown.append(name)
    for names in _GROUPING.findall(expression):
        unknown += [name.strip() for name in names.split(",") if name.strip() and name.strip() not in labels]
    return unknown


def test_rules_use_only_exposed_metrics(exposed: Series) -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    assert len(rules()) > 20
    assert [found for rule in rules() for found in unknown_in(rule["expr"], exposed, recorded)] == []


def test_dashboard_uses_only_exposed_metrics(exposed: Series) -> None:
    expressions = list(panels())
    assert len(expressions) > 20
    for expression, legend in expressions:
        assert unknown_in(expression, exposed, set()) == []
        for label in re.findall(r"\{\{(\w+)\}\}", legend):
            assert re.search(rf"\b{label}\b", expression), legend


@pytest.mark.parametrize(
    "expression",
    [
        "sii_afp_nothing_total",
        'sii_afp_ready{route="/"}',
        "sum by (route) (sii_afp_ready)",
        'rate(sii_afp_requests_total{code="200"}[5m])',
        "sii_afp:not_recorded",
    ],
)
def test_expression_with_an_unknown_name_is_found(exposed: Series, expression: str) -> None:
    assert unknown_in(expression, exposed, set())


def test_every_metric_is_documented_with_its_labels(exposed: Series) -> None:
    text = (ROOT / "docs/monitoring.md").read_text("utf-8")
    documented = {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in DOCUMENTED.findall(text)}
    ours = {
        name.removesuffix("_count"): labels
        for name, labels in exposed.items()
        if not name.endswith(("_bucket", "_sum"))
    }
    assert documented == ours


def test_every_alert_is_documented() -> None:
    text = (ROOT / "docs/monitoring.md").read_text("utf-8")
    alerts = {rule["alert"] for rule in rules() if "alert" in rule}
    assert set(re.findall(r"^\| `(SiiAfp\w+)` \|", text, re.MULTILINE)) == alerts


@pytest.mark.parametrize(
    "command", [("check", "rules", "rules.yml"), ("check", "config", "prometheus.yml")], ids=lambda one: one[1]
)
def test_rules_and_configuration_are_valid(command: tuple[str, ...]) -> None:
    promtool(*command)


@pytest.mark.parametrize("file", ["rules_test.yml", "feeds_test.yml"])
def test_alerts_fire_when_they_should(file: str) -> None:
    promtool("test", "rules", file)


def promtool(*command: str) -> None:
    path = shutil.which("promtool")
    assert path, "promtool is not installed. Run: sudo apt-get install -y prometheus"
    done = subprocess.run([path, *command], check=False, cwd=PROMETHEUS, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
