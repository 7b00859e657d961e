"""SMART App Launch from a real EHR to the filled form, which a person confirms."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import JWKRegistry
from starlette.testclient import TestClient

from app.config.settings import Settings
from app.config.site import SmartServer
from app.core.errors import ConfigurationError
from app.ehr.smart.discovery import SmartConfiguration
from app.ehr.smart.launches import Launches
from app.main import create_app
from app.store.memory import MemoryStore
from app.store.sealing import new_sealer
from tests.lib.fhir.examples import observation, quantity
from tests.lib.fhir.patient_records import PATIENT, RECORD
from tests.lib.peers.start import Peer
from tests.lib.smart_site import (
    CLIENT_ID,
    TYPED,
    Site,
    browser,
    fields_of,
    launch,
    launched_from,
    typed_of,
    words,
)


def private_key(kind: str) -> bytes:
    key = ec.generate_private_key(ec.SECP384R1()) if kind == "EC" else rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_ehr_launch_opens_the_filled_form(readable: tuple[Site, Peer]) -> None:
    page = launch(*readable)
    assert page.status_code == 200
    assert str(page.url).startswith(readable[0].callback)
    assert (fields_of(page)[0], typed_of(page)) == (f"{readable[0].url}/", TYPED)


def test_standalone_launch_opens_the_same_form(readable: tuple[Site, Peer]) -> None:
    with browser() as client:
        page = client.get(f"{readable[0].url}/smart/launch", params={"iss": readable[1].base_url + "/"})
    assert (fields_of(page)[0], typed_of(page)) == (f"{readable[0].url}/", TYPED)


def test_case_of_the_issuers_host_is_ignored(readable: tuple[Site, Peer]) -> None:
    issuer = readable[1].base_url.replace("http://", "HTTP://") + "//"
    with browser() as client:
        assert typed_of(client.get(f"{readable[0].url}/smart/launch", params={"iss": issuer})) == TYPED
        other_path = readable[1].base_url.replace("/fhir", "/FHIR")
        for stranger in (other_path, "http://[", "http://[::1"):
            page = client.get(f"{readable[0].url}/smart/launch", params={"iss": stranger})
            assert page.status_code == 400


def test_every_value_is_shown_with_its_source(readable: tuple[Site, Peer]) -> None:
    said = words(launch(*readable))
    for source in (
        "From the record: 4.2 × 10³/µL, 2 January 2026, Observation/neut",
        "From the record: 1.1 x10^3/µL, 2 January 2026, Observation/lymph, unit read as a printed label",
        "From the record: 145 × 10⁹/L, 2 January 2026, Observation/plt",
        "From the record: >1210 ng/mL, 5 January 2026, Observation/afp",
    ):
        assert source in said
    assert "These values come from the record" in said
    assert "Nothing has been calculated yet" in said


def test_unused_results_are_shown_with_reason(readable: tuple[Site, Peer]) -> None:
    said = words(launch(*readable))
    assert "Results in the record that were not used: 2" in said
    assert "Neutrophils, Observation/neut-old: It does not belong to the latest complete blood draw." in said
    assert "Observation/neut-cancelled: Its status is cancelled. Only results with the status final" in said


def test_missing_values_stay_empty(tmp_path: Path) -> None:
    implausible = observation(
        "neutrophils", quantity(3000, "10*3/uL"), id="neut"
    )  # HL7's own example of a slipped unit
    record = [implausible if resource["id"] == "neut" else resource for resource in RECORD]
    record = [resource for resource in record if resource["id"] != "neut-old"]
    with launched_from(tmp_path, record=record) as found:
        page = launch(*found)
    assert typed_of(page) == {"afp": ">1210", "afp_unit": "ng/mL", "afp_date": "2026-01-05"}
    said = words(page)
    assert "The record has no usable result for: Neutrophils, Lymphocytes, Platelets." in said
    assert "Neutrophils, Observation/neut: 3000 × 10³/µL is above what is possible" in said
    assert "Observation/lymph: It does not belong to a complete blood count" in said
    assert "<details open>" in page.text


def test_nothing_is_computed_before_the_button(readable: tuple[Site, Peer]) -> None:
    page = launch(*readable)
    assert '<p class="live-working" id="working" role="status"></p>' in page.text
    assert "verdict" not in page.text
    assert "553.6" not in page.text
    assert "high-risk" not in words(page).lower()


def test_filled_form_gives_the_typed_result(readable: tuple[Site, Peer]) -> None:
    page = launch(*readable)
    address, values = fields_of(page)[0], typed_of(page)
    with browser() as client:
        from_record, typed = (_without_time(client.post(address, data=form)) for form in (values, TYPED))
    assert "553.6" in typed
    assert from_record == typed


def test_only_needed_data_are_requested(readable: tuple[Site, Peer]) -> None:
    site, ehr = readable
    before = len(ehr.log())
    launch(site, ehr, banner=False)
    seen = ehr.log()[before:]
    searches = [parse_qs(urlsplit(one.path).query) for one in seen if "/fhir/Observation" in one.path]
    assert len(searches) == 5
    assert all(one["patient"] == [PATIENT] and one["_count"] == ["100"] for one in searches)
    authorize = next(dict(parse_qsl(urlsplit(one.path).query)) for one in seen if one.path.startswith("/auth?"))
    assert authorize["scope"] == "launch openid fhirUser patient/Patient.r patient/Observation.rs"
    assert authorize["aud"] == ehr.base_url
    assert authorize["code_challenge_method"] == "S256"
    assert len(authorize["state"]) >= 22  # 128 bits in base64url
    assert {one.method for one in seen if one.has_token} == {"GET"}


def test_searches_pass_a_proxy_that_joins_slashes(tmp_path: Path) -> None:
    with launched_from(tmp_path, collapse_slashes=True) as (site, ehr):
        assert typed_of(launch(site, ehr)) == TYPED
        asked = [seen.path for seen in ehr.log() if "/fhir/Observation?" in seen.path]
    assert any("code=http%3A%2F%2Floinc.org%7C751-8%2Chttp%3A%2F%2Floinc.org%7C26499-4" in path for path in asked)
    assert not any(character in path for path in asked for character in ":|,")


def test_code_of_the_site_is_searched_as_written(tmp_path: Path) -> None:
    own = '[[local_code]]\nsystem = "https://lab.example/a b"\ncode = "NEUT#, 100 %"\nanalyte = "neutrophils"\n'
    with launched_from(tmp_path, own) as (site, ehr):
        launch(site, ehr)
        queries = [parse_qs(urlsplit(seen.path).query) for seen in ehr.log() if "/fhir/Observation?" in seen.path]
    assert any("https://lab.example/a b|NEUT#\\, 100 %" in query["code"][0] for query in queries)


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_site_may_bring_its_own_key(tmp_path: Path, kind: str) -> None:
    (tmp_path / "key.pem").write_bytes(private_key(kind))
    with launched_from(tmp_path, 'signing_key_file = "key.pem"\n') as (site, ehr):
        assert typed_of(launch(site, ehr)) == TYPED
        (published,) = httpx2.get(site.key_set).json()["keys"]
    assert published["alg"] == {"EC": "ES384", "RSA": "RS384"}[kind]
    assert published["kid"] == JWKRegistry.import_key(published).thumbprint()
    assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(published)


def test_site_without_launches_publishes_no_key() -> None:
    with TestClient(create_app(Settings(allowed_hosts=("testserver",)))) as client:
        assert client.get("/.well-known/jwks.json").json() == {"keys": []}


@pytest.mark.parametrize("content", ["", "no key", "P-256"])
def test_unusable_signing_key_stops_the_start(tmp_path: Path, content: str) -> None:
    if content == "P-256":
        small = ec.generate_private_key(ec.SECP256R1())
        content = small.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    (tmp_path / "key.pem").write_text(content, "utf-8")
    (tmp_path / "site.toml").write_text('signing_key_file = "key.pem"\n', "utf-8")
    with pytest.raises(ConfigurationError, match="signing_key_file"):
        create_app(Settings(integration_file=tmp_path / "site.toml"))


def test_tokens_values_and_names_are_not_logged(readable: tuple[Site, Peer]) -> None:
    page = launch(*readable)
    returned = parse_qs(urlsplit(str(page.url)).query)
    lines = [json.loads(line) for line in readable[0].log.text.splitlines()]
    assert any(line.get("route") == "/smart/callback" for line in lines)
    for secret in ("4.2", "1210", "Maria", "1961", "neut", "Bearer", returned["code"][0], returned["state"][0]):
        assert secret not in readable[0].log.said


def test_cookie_works_in_a_frame_over_https() -> None:
    configuration = SmartConfiguration("https://ehr.example/authorize", "https://ehr.example/token", has_v2_scopes=True)
    server = SmartServer(issuer="https://ehr.example/fhir", client_id=CLIENT_ID)
    for public_url, (name, attributes) in {
        "https://calculator.example/sii": (
            "__Secure-smart_",
            "Path=/sii/smart; HttpOnly; SameSite=None; Secure; Partitioned",
        ),
        "http://127.0.0.1:8000": ("smart_", "Path=/smart; HttpOnly; SameSite=Lax"),
    }.items():
        launches = Launches(public_url, {}, new_sealer(Settings()), MemoryStore())
        cookie = launches.cookie(launches.begin(server, configuration))
        assert cookie.startswith(name)
        assert cookie.endswith(f"; Max-Age=600; {attributes}")


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("", "frame-ancestors 'none'"),
        (
            'frame_ancestors = ["https://ehr.example", "https://other.example:8443"]',
            "frame-ancestors https://ehr.example https://other.example:8443",
        ),
    ],
)
def test_only_the_named_origins_may_frame_the_pages(tmp_path: Path, site: str, expected: str) -> None:
    (tmp_path / "site.toml").write_text(site, "utf-8")
    settings = Settings(allowed_hosts=("testserver",), integration_file=tmp_path / "site.toml")
    with TestClient(create_app(settings)) as client:
        for path in ("/", "/smart/launch", "/health/live"):
            policy = client.get(path).headers["content-security-policy"]
            assert policy.split("; ")[-1] == expected


def _without_time(page: httpx2.Response) -> str:
    assert page.status_code == 200
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "", page.text)
