"""compose.yaml: every setting reaches the service, and both services are confined and limited."""

import re
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from app.config.settings import Settings
from app.config.site import SiteConfiguration
from app.config.start_checks import check_deployment
from tests.lib.deployment import ROOT, interpolated

TEXT = (ROOT / "compose.yaml").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
# The address of this machine on which Compose publishes the port; inside the container it is always 0.0.0.0.
PUBLISHED = {"SII_AFP_HOST"}
SETTINGS = {f"SII_AFP_{name.upper()}" for name in Settings.model_fields}


def services(environment: dict[str, str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(interpolated(TEXT, environment))["services"]
    return found


def passed_on() -> list[str]:
    return [str(entry).partition("=")[0] for entry in services()["calculator"]["environment"]]


def test_file_follows_the_specification() -> None:
    assert PyCompose.from_yaml(interpolated(TEXT)).service_names() == ["calculator", "proxy"]
    for wrong in (("read_only", "readonly"), ("pids_limit: 64", "pids_limit: many")):
        with pytest.raises(ValueError, match="services"):
            PyCompose.from_yaml(interpolated(TEXT).replace(*wrong))


def test_every_setting_is_passed_on() -> None:
    """If this fails, add the name of the new setting to `environment` in compose.yaml, without a value."""
    names = passed_on()
    assert sorted(SETTINGS - PUBLISHED - set(names)) == []
    assert sorted({name for name in names if name.startswith("SII_AFP_")} - SETTINGS) == []
    assert len(names) == len(set(names))


def test_only_the_proxy_is_set_by_default() -> None:
    given = [entry for entry in services()["calculator"]["environment"] if "=" in entry]
    address = services()["proxy"]["networks"]["default"]["ipv4_address"]
    assert given == [f"SII_AFP_TRUSTED_PROXIES={address}"]
    own = services({"SII_AFP_TRUSTED_PROXIES": "192.0.2.7"})["calculator"]["environment"]
    assert "SII_AFP_TRUSTED_PROXIES=192.0.2.7" in own


def test_published_port_follows_the_settings() -> None:
    assert services()["calculator"]["ports"] == ["127.0.0.1:8000:8000"]
    own = services({"SII_AFP_HOST": "192.0.2.1", "SII_AFP_PORT": "9000"})
    assert own["calculator"]["ports"] == ["192.0.2.1:9000:9000"]
    assert "SII_AFP_HOST=0.0.0.0" in DOCKERFILE
    assert 'os.environ.get(\\"SII_AFP_PORT\\"' in DOCKERFILE


@pytest.mark.parametrize("name", ["calculator", "proxy"])
def test_service_is_confined_and_limited(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["ulimits"]["nofile"]["soft"] >= 8192
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert {"mem_limit", "pids_limit", "stop_grace_period"} <= set(service)
    assert not service.get("privileged")


def test_memory_is_a_variable() -> None:
    assert services()["calculator"]["mem_limit"] == "384m"
    assert services({"MEMORY": "512m"})["calculator"]["mem_limit"] == "512m"


def test_service_has_time_to_drain() -> None:
    defaults = Settings()
    needed = defaults.drain_seconds + defaults.shutdown_seconds
    assert needed < int(services()["calculator"]["stop_grace_period"].removesuffix("s"))


def test_health_check_is_inherited_from_the_image() -> None:
    assert "healthcheck" not in services()["calculator"]
    assert re.search(r"^HEALTHCHECK ", DOCKERFILE, re.MULTILINE)
    assert services()["proxy"]["depends_on"] == {"calculator": {"condition": "service_healthy"}}


def test_proxy_runs_only_with_its_profile() -> None:
    assert services()["proxy"]["profiles"] == ["proxy"]
    assert "profiles" not in services()["calculator"]


def test_mounted_files_exist() -> None:
    for volume in services()["proxy"]["volumes"]:
        assert (ROOT / volume.split(":")[0]).exists(), volume


def test_proxy_and_service_fit_each_other() -> None:
    addresses = (ROOT / "deploy/nginx/site/addresses.conf").read_text("utf-8")
    assert f"server calculator:{Settings().port} " in addresses
    assert float(re.findall(r"keepalive_timeout (\d+)s;", addresses)[0]) < Settings().idle_seconds
    for name, (outside, inside) in {"http": (80, 8080), "https": (443, 8443)}.items():
        assert f"{outside}:{inside}" in services()["proxy"]["ports"]
        assert f"listen {inside}" in (ROOT / f"deploy/nginx/site/{name}.conf").read_text("utf-8")


def test_start_in_the_container_needs_no_set_up() -> None:
    check_deployment(Settings(host="0.0.0.0"), SiteConfiguration())  # noqa: S104 - as in the image
