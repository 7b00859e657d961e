"""The manifests for Kubernetes: valid, confined, and in agreement with the image, the code and compose.yaml."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from app.config.settings import Settings, load_settings
from app.config.site import SiteConfiguration
from app.main import create_app
from tests.lib.clients import client_with
from tests.lib.deployment import ROOT, interpolated
from tests.lib.kustomize import Document, render

FOLDER = ROOT / "deploy" / "kubernetes"
FOLDERS = [FOLDER / "base", FOLDER / "overlays" / "example"]
VERSIONS = ["1.29", "1.37"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
OVERLAY = render(FOLDERS[1])
DEPLOYMENT = OVERLAY["Deployment", "sii-afp"]["spec"]
POD = DEPLOYMENT["template"]["spec"]
(CONTAINER,) = POD["containers"]
SETTINGS = {f"SII_AFP_{name.upper()}" for name in Settings.model_fields}
NOT_PUBLIC = {"/health/live", "/health/ready", "/metrics"}


def settings_of(documents: dict[tuple[str, str], Document]) -> Settings:
    """Return the settings that a pod gets, with files of the pod left out."""
    data = documents["ConfigMap", "sii-afp-settings"]["data"]
    given = {name.removeprefix("SII_AFP_").lower(): value for name, value in data.items()}
    return load_settings(**given)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
@pytest.mark.parametrize("version", VERSIONS)
def test_manifests_are_valid(folder: Path, version: str) -> None:
    for document in render(folder).values():
        kubernetes_validate.validate(document, version, strict=True)


def test_validation_finds_a_wrong_name() -> None:
    wrong = {**OVERLAY["Service", "sii-afp"], "specs": {}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed; the own rendering is tested")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
def test_own_rendering_is_that_of_kustomize(folder: Path) -> None:
    done = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=True)
    hashed = re.compile(r"(sii-afp-(?:settings|site))-[a-z0-9]{10}\b")
    documents = yaml.safe_load_all(hashed.sub(r"\1", done.stdout))
    assert {(one["kind"], one["metadata"]["name"]): one for one in documents} == render(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
def test_settings_exist_and_can_be_used(folder: Path) -> None:
    assert set(render(folder)["ConfigMap", "sii-afp-settings"]["data"]) <= SETTINGS
    settings_of(render(folder))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
def test_site_configuration_can_be_used(folder: Path) -> None:
    text = render(folder)["ConfigMap", "sii-afp-site"]["data"]["site.toml"]
    SiteConfiguration.model_validate(tomllib.loads(text))


def test_files_of_the_settings_are_mounted() -> None:
    data = OVERLAY["ConfigMap", "sii-afp-settings"]["data"]
    (mount,) = (one["mountPath"] for one in CONTAINER["volumeMounts"] if one["name"] == "site")
    for name in ("SII_AFP_INTEGRATION_FILE", "SII_AFP_API_KEYS_FILE"):
        assert data[name].startswith(f"{mount}/")
    (volume,) = (one["projected"] for one in POD["volumes"] if one["name"] == "site")
    assert [next(iter(source.values()))["name"] for source in volume["sources"]] == ["sii-afp-site", "sii-afp-keys"]
    assert volume["defaultMode"] & 0o007 == 0  # the service refuses secrets that everyone can read


def test_user_and_ports_are_those_of_the_image() -> None:
    user, group = (int(number) for number in re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)[0])
    context = POD["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"], context["fsGroup"]) == (user, group, group)
    (port,) = CONTAINER["ports"]
    assert f"EXPOSE {port['containerPort']}\n" in DOCKERFILE
    assert port["containerPort"] == settings_of(OVERLAY).port
    assert OVERLAY["Service", "sii-afp"]["spec"]["ports"][0]["targetPort"] == port["name"]
    (rule,) = OVERLAY["NetworkPolicy", "sii-afp"]["spec"]["ingress"]
    assert [one["port"] for one in rule["ports"]] == [port["containerPort"]]


def test_probes_are_answered_whatever_the_host() -> None:
    probes = [CONTAINER[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")]
    assert [one["path"] for one in probes] == ["/health/live", "/health/ready", "/health/live"]
    with client_with() as client:
        for one in probes:
            assert client.get(one["path"], headers={"host": "10.244.1.7:8000"}).status_code == 200


def test_pod_is_confined() -> None:
    context = CONTAINER["securityContext"]
    assert context["readOnlyRootFilesystem"] is True
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert POD["securityContext"]["runAsNonRoot"] is True
    assert POD["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert POD["automountServiceAccountToken"] is False
    labels = OVERLAY["Namespace", "sii-afp"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_variables_of_kubernetes_do_not_become_settings() -> None:
    """The Service would set SII_AFP_PORT=tcp://10.96.0.7:80."""
    assert POD["enableServiceLinks"] is False


def test_memory_is_that_of_compose() -> None:
    compose = yaml.safe_load(interpolated((ROOT / "compose.yaml").read_text("utf-8")))
    assert (
        CONTAINER["resources"]["limits"]["memory"].removesuffix("i").lower()
        == (compose["services"]["calculator"]["mem_limit"])
    )


def test_pod_has_time_to_drain() -> None:
    settings = settings_of(OVERLAY)
    readiness = CONTAINER["readinessProbe"]
    unready = readiness["periodSeconds"] * readiness["failureThreshold"]
    assert settings.drain_seconds >= unready + 5  # the removal of an endpoint takes a few seconds to reach every node
    assert settings.drain_seconds + settings.shutdown_seconds + 5 <= POD["terminationGracePeriodSeconds"]


def test_update_keeps_every_pod_until_the_next_is_ready() -> None:
    assert DEPLOYMENT["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    assert "replicas" not in DEPLOYMENT
    assert OVERLAY["HorizontalPodAutoscaler", "sii-afp"]["spec"]["minReplicas"] == 2
    assert OVERLAY["PodDisruptionBudget", "sii-afp"]["spec"]["maxUnavailable"] == 1


def test_every_selector_finds_the_pods() -> None:
    labels = DEPLOYMENT["template"]["metadata"]["labels"]
    selectors = [
        DEPLOYMENT["selector"]["matchLabels"],
        OVERLAY["Service", "sii-afp"]["spec"]["selector"],
        OVERLAY["PodDisruptionBudget", "sii-afp"]["spec"]["selector"]["matchLabels"],
        OVERLAY["NetworkPolicy", "sii-afp"]["spec"]["podSelector"]["matchLabels"],
        *(one["labelSelector"]["matchLabels"] for one in POD["topologySpreadConstraints"]),
    ]
    assert [one for one in selectors if one != labels] == []
    assert OVERLAY["HorizontalPodAutoscaler", "sii-afp"]["spec"]["scaleTargetRef"]["name"] == "sii-afp"


def test_overlay_only_adds_the_ehr_to_the_network() -> None:
    base, overlay = (render(folder)["NetworkPolicy", "sii-afp"]["spec"] for folder in FOLDERS)
    assert base["policyTypes"] == ["Ingress", "Egress"]
    assert overlay["egress"][:-1] == base["egress"]
    assert overlay["egress"][-1]["ports"] == [{"port": 443, "protocol": "TCP"}]


def is_published(path: str) -> bool:
    """Return whether the Ingress passes a path on, by the rules of its path types."""
    (rule,) = OVERLAY["Ingress", "sii-afp"]["spec"]["rules"]
    return any(
        path == one["path"] or (one["pathType"] == "Prefix" and path.startswith(f"{one['path']}/"))
        for one in rule["http"]["paths"]
    )


def test_ingress_publishes_everything_but_metrics_and_health() -> None:
    routes: list[Any] = create_app().router.routes
    paths = {route.path for route in routes}
    assert {path for path in paths if not is_published(path)} == NOT_PUBLIC


def test_ingress_has_tls_for_the_public_name() -> None:
    spec, settings = OVERLAY["Ingress", "sii-afp"]["spec"], settings_of(OVERLAY)
    (rule,), (tls,) = spec["rules"], spec["tls"]
    assert tls["hosts"] == [rule["host"]] == list(settings.allowed_hosts)
    assert settings.public_url == f"https://{rule['host']}"
    size = OVERLAY["Ingress", "sii-afp"]["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"]
    assert int(size.removesuffix("m")) * 2**20 > settings.record_body_limit_bytes
