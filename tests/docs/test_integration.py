"""The pages on integration are true: calls work as written, site files start, and the codes match the code."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.testclient import TestClient

from app.config.settings import Settings
from app.config.site import (
    Client,
    ConditionCode,
    LocalCode,
    LocalUnit,
    MedicationCode,
    SiteConfiguration,
    SmartServer,
    load_site_configuration,
)
from app.core.analytes import Analyte
from app.core.clinical_codes import LoincCode
from app.ehr.fhir.reading.codes import laboratory_codes
from app.main import create_app
from app.net.json_client import JsonAnswer, Outbound
from app.web.state import utc_now
from tests.lib.clients import site_file
from tests.lib.curl import send
from tests.lib.signing_ehr import PUBLIC_KEYS, bearer, signed

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {
    name: (DOCS / f"{name}.md").read_text("utf-8") for name in ("integration", "cds-hooks", "fhir", "site", "smart")
}
BLOCKS = [block for page in PAGES.values() for block in re.findall(r"```(\w+)\n(.*?)```", page, re.DOTALL)]
CALLS = {text.split("127.0.0.1:8000")[1].split()[0].rstrip("'"): text for _, text in BLOCKS if text.startswith("curl")}


def answer(path: str, settings: Settings | None = None) -> dict[str, Any]:
    response = send(CALLS[path], settings)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_each_interface_has_an_example_call() -> None:
    assert set(CALLS) == {
        "/fhir/$hcc-risk",
        "/cds-services",
        "/cds-services/hcc-sii-afp",
        "/cds-services/hcc-sii-afp/feedback",
        "/.well-known/jwks.json",
    }


def test_operation_gives_group_index_and_assessment() -> None:
    parameters = {parameter["name"]: parameter for parameter in answer("/fhir/$hcc-risk")["parameter"]}
    assert parameters["riskGroup"]["valueCode"] == "high"
    # 145 × 4.2 ÷ 1.1 = 553.636…
    assert parameters["sii"]["resource"]["valueQuantity"]["value"] == pytest.approx(553.636, abs=0.001)
    assert len(parameters["riskAssessment"]["resource"]["prediction"]) == 3
    for name in ("riskGroup", "sii", "riskAssessment", "applicability", "model"):
        assert f"`{name}`" in PAGES["fhir"]


def test_hooks_call_sends_the_prefetch_and_gets_a_card() -> None:
    service, *_others = answer("/cds-services")["services"]
    sent = json.loads(call_of("/cds-services/hcc-sii-afp"))
    assert set(service["prefetch"]) == {*sent["prefetch"], "criteria"}
    (card,) = answer("/cds-services/hcc-sii-afp")["cards"]
    assert (card["indicator"], card["summary"].split(",")[0]) == ("info", "HCC: higher-risk group")
    assert answer("/cds-services/hcc-sii-afp/feedback") == {}


def test_key_set_has_one_public_key(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('[[smart]]\nissuer = "https://ehr.example.org/fhir"\nclient_id = "sii-afp"\n', "utf-8")
    (key,) = answer("/.well-known/jwks.json", Settings(integration_file=file))["keys"]
    assert key["alg"] == "ES384"
    assert "d" not in key


def site_of(page: str) -> str:
    """Return the site configuration that a page shows."""
    (text,) = re.findall(r"```toml\n(.*?)```", PAGES[page], re.DOTALL)
    return str(text)


def test_site_file_is_valid_and_has_every_entry(tmp_path: Path) -> None:
    text = site_of("site")
    key = ec.generate_private_key(ec.SECP384R1())
    (tmp_path / "signing-key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "second-ehr-secret.txt").write_text("a secret\n", "utf-8")
    (tmp_path / "second-ehr-secret.txt").chmod(0o600)
    file = tmp_path / "site.toml"
    file.write_text(text, "utf-8")
    found = load_site_configuration(file)
    assert found.client[0].scopes == ("hooks", "api")
    written = set(re.findall(r"^(?:\[\[)?(\w+)", text, re.MULTILINE))
    tables = (SiteConfiguration, Client, SmartServer, LocalCode, LocalUnit, ConditionCode, MedicationCode)
    assert written | {"jwks_file"} >= {name for table in tables for name in table.model_fields}
    create_app(Settings(integration_file=file))


def test_guide_has_two_printed_pages() -> None:
    lines = PAGES["integration"].splitlines()
    assert len(lines) <= 126
    assert max(len(line) for line in lines if not line.startswith("|")) <= 120


SANDBOX = "https://sandbox.cds-hooks.org"
SANDBOX_KEYS = f"{SANDBOX}/.well-known/jwks.json"


class _TestTools(Outbound):
    """The two test tools, as far as the service calls them: the sandbox's keys and the launcher's configuration."""

    def __init__(self) -> None:
        super().__init__(3.0)
        self.asked: list[str] = []

    async def get(self, address: str, headers: Mapping[str, str] | None = None) -> JsonAnswer:
        self.asked.append(address)
        if address == SANDBOX_KEYS:
            return JsonAnswer(200, PUBLIC_KEYS)
        # What the launcher states, in its own order.
        return JsonAnswer(
            200,
            {
                "authorization_endpoint": "https://launch.smarthealthit.org/v/r4/auth/authorize",
                "token_endpoint": "https://launch.smarthealthit.org/v/r4/auth/token",
                "token_endpoint_auth_methods_supported": [
                    *("client_secret_basic", "client_secret_post", "private_key_jwt"),
                ],
                "code_challenge_methods_supported": ["S256"],
                "capabilities": [
                    *("launch-ehr", "launch-standalone", "client-public", "client-confidential-symmetric"),
                    *("client-confidential-asymmetric", "permission-v1", "permission-v2", "authorize-post"),
                ],
            },
        )


@pytest.fixture
def tools() -> _TestTools:
    return _TestTools()


@pytest.fixture
def guided(tmp_path: Path, tools: _TestTools) -> Iterator[TestClient]:
    """The service as the guide starts it: on this machine, with the printed file and no other setting."""
    settings = Settings(integration_file=site_file(tmp_path, site_of("integration")))
    with TestClient(create_app(settings, http=tools), base_url=settings.public_url) as client:
        yield client


def test_sandbox_of_the_guide_gets_a_card(guided: TestClient, tools: _TestTools) -> None:
    path = "/cds-services/hcc-sii-afp"
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    assert guided.options(path, headers={"origin": SANDBOX, **asked}).status_code == 200
    body = call_of(path)
    assert guided.post(path, content=body, headers={"content-type": "application/json"}).status_code == 401
    token = signed(path, {"iss": SANDBOX, "aud": f"http://127.0.0.1:8000{path}"}, header={"jku": SANDBOX_KEYS})
    headers = {"content-type": "application/json", "origin": SANDBOX, **bearer(token)}
    answer = guided.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, SANDBOX)
    (card,) = answer.json()["cards"]
    assert "suggestions" not in card
    assert tools.asked == [SANDBOX_KEYS]


def test_launcher_of_the_guide_opens_the_sign_in(guided: TestClient) -> None:
    handed = {"iss": "https://launch.smarthealthit.org/v/r4/fhir", "launch": "WzAsImEiXQ"}
    answer = guided.get("/smart/launch", params=handed, follow_redirects=False)
    assert answer.status_code == 302
    address = urlsplit(answer.headers["location"])
    assert (
        f"{address.scheme}://{address.netloc}{address.path}" == "https://launch.smarthealthit.org/v/r4/auth/authorize"
    )
    sent = dict(parse_qsl(address.query))
    assert (sent["redirect_uri"], sent["aud"]) == ("http://127.0.0.1:8000/smart/callback", handed["iss"])


def call_of(path: str) -> str:
    """Return the body of the example call of a path, with samples of today."""
    text = CALLS[path].split(" -d '")[1].rstrip().removesuffix("'")
    return str(text).replace("'\"$TODAY\"'", utc_now().date().isoformat())


def test_codes_match_the_codes_read_and_refused() -> None:
    rows = re.findall(r"^\| (neutrophils|lymphocytes|platelets|AFP) \| (.*?) \|(.*?)\|$", PAGES["fhir"], re.MULTILINE)
    assert len(rows) == len(Analyte)
    codes = laboratory_codes(SiteConfiguration(accept_afp_units=True))
    refused: set[str] = set()
    for name, read, not_read in rows:
        expected = {code for system, code in codes.coding_of(Analyte(name.lower())) if system == LoincCode.system}
        assert set(re.findall(r"\d+-\d", read)) == expected
        refused |= set(re.findall(r"\d+-\d", not_read))
    assert refused == {code for _, code in codes.refused}
