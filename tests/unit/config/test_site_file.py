"""The site configuration: every entry is read, and every impossible entry is refused by its name."""

import os
import re
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.config.named_files import unreadable
from app.config.settings import Settings
from app.config.site import Client, LocalCode, LocalUnit, SmartServer, load_site_configuration
from app.core.analytes import Analyte
from app.core.errors import ConfigurationError
from app.main import create_app

EVERY_ENTRY = """
contact = "calculator@hospital.example"
time_zone = "Asia/Seoul"
same_draw_minutes = 1440
oldest_sample_days = 60
afp_window_days = 30
accept_afp_units = true
tell_missing = true
full_card = true
suggest_filing = false
cors_origins = ["https://sandbox.example", "http://localhost:8080/"]
frame_ancestors = ["https://ehr.example"]
open_fhir_servers = ["http://127.0.0.1:8081/fhir/"]
signing_key_file = "keys/signing.pem"

[[client]]
issuer = "https://ehr.example/fhir"
jwks_file = "keys/ehr.json"
jku = ["https://ehr.example/jwks/"]
scopes = ["hooks", "api"]
fhir_servers = ["https://ehr.example/fhir/", "https://ehr.example/fhir-2"]

[[client]]
issuer = "another"
jwks_url = "https://another.example/jwks"

[[smart]]
issuer = "https://ehr.example/fhir/"
client_id = "sii-afp"
write_back = true

[[smart]]
issuer = "https://another.example/fhir"
client_id = "x"
authentication = "client_secret_basic"
client_secret_file = "keys/secret.txt"

[[local_code]]
system = "urn:laboratory"
code = "NEUT#"
analyte = "neutrophils"

[[local_unit]]
label = "Tys/µL"
unit = "10*3/uL"

[[local_unit]]
system = "urn:units"
label = "7"
unit = "10*9/L"
analyte = "platelets"

[[condition_code]]
system = "urn:problems"
code = "HCC"

[[medication_code]]
system = "urn:products"
code = "Stivarga"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "site.toml"
    file.write_text(text, "utf-8")
    return file


def test_entries_are_read_and_paths_relative_to_file(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    for name in ("signing.pem", "ehr.json", "secret.txt"):
        (tmp_path / "keys" / name).touch()
    found = load_site_configuration(written(tmp_path, EVERY_ENTRY))
    assert (found.same_draw_minutes, found.afp_window_days, found.oldest_sample_days) == (1440, 30, 60)
    assert (found.accept_afp_units, found.tell_missing, found.full_card, found.suggest_filing) == (
        True,
        True,
        True,
        False,
    )
    assert found.contact == "calculator@hospital.example"
    assert found.zone == ZoneInfo("Asia/Seoul")
    assert found.cors_origins == ("https://sandbox.example", "http://localhost:8080")
    assert found.frame_ancestors == ("https://ehr.example",)
    assert found.open_fhir_servers == ("http://127.0.0.1:8081/fhir",)
    assert found.signing_key_file == tmp_path / "keys" / "signing.pem"
    assert found.client == (
        Client(
            issuer="https://ehr.example/fhir",
            jwks_file=tmp_path / "keys" / "ehr.json",
            jku=("https://ehr.example/jwks",),
            scopes=("hooks", "api"),
            fhir_servers=("https://ehr.example/fhir", "https://ehr.example/fhir-2"),
        ),
        Client(issuer="another", jwks_url="https://another.example/jwks"),
    )
    assert found.client[1].scopes == ("hooks",)
    assert found.smart == (
        SmartServer(
            issuer="https://ehr.example/fhir", client_id="sii-afp", authentication="private_key_jwt", write_back=True
        ),
        SmartServer(
            issuer="https://another.example/fhir",
            client_id="x",
            authentication="client_secret_basic",
            client_secret_file=tmp_path / "keys" / "secret.txt",
        ),
    )
    assert found.local_unit == (
        LocalUnit(label="Tys/µL", unit="10*3/uL"),
        LocalUnit(label="7", system="urn:units", unit="10*9/L", analyte="platelets"),
    )
    assert found.units.find(Analyte.LYMPHOCYTES, "Tys/µL").factor == 1
    assert found.units.find_in("urn:units", Analyte.PLATELETS, "7").factor == 1
    assert found.local_code == (LocalCode(system="urn:laboratory", code="NEUT#", analyte="neutrophils"),)
    assert [(one.system, one.code) for one in found.condition_code] == [("urn:problems", "HCC")]
    assert [(one.system, one.code) for one in found.medication_code] == [("urn:products", "Stivarga")]


def test_without_a_file_nothing_is_trusted() -> None:
    found = load_site_configuration(None)
    assert (found.client, found.smart, found.open_fhir_servers) == ((), (), ())
    assert (found.cors_origins, found.frame_ancestors) == ((), ())


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        *(("Asia/Soul", "Asia/Seoul"), ("asia/seoul", "Asia/Seoul"), ("Seoul", "Asia/Seoul")),
        *(("America/New York", "America/New_York"), ("Europe/Berlim", "Europe/Berlin"), ("KST", "Asia/Seoul")),
        *(("", "Asia/Seoul"), ("Asia", "Asia/Seoul"), ("../Asia/Seoul", "Asia/Seoul"), ("+09:00", "Asia/Seoul")),
    ],
)
def test_unknown_time_zone_is_refused_with_a_likely_one(tmp_path: Path, name: str, likely: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        load_site_configuration(written(tmp_path, f'time_zone = "{name}"'))
    assert str(refusal.value).startswith("site.toml: time_zone: ")
    assert likely in str(refusal.value)


def test_time_zones_are_known_without_those_of_the_system() -> None:
    """As in the container image: the environment tells Python that the system has none."""
    code = "from app.config.site import time_zone; print(time_zone('Asia/Seoul').key)"
    environment = {**os.environ, "PYTHONTZPATH": ""}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "Asia/Seoul\n"


@pytest.mark.parametrize("contact", ["it-support@hospital.example.org", "https://hospital.example/report?tool=sii-afp"])
def test_contact_is_an_email_or_https_address(tmp_path: Path, contact: str) -> None:
    assert load_site_configuration(written(tmp_path, f'contact = "{contact}"')).contact == contact


@pytest.mark.parametrize(
    "contact",
    [
        *("", "the IT department", "http://hospital.example", "http://localhost/report", "javascript:alert(1)"),
        *(
            "a@b",
            "a@b.example?bcc=x@y.example",
            "a@b.example, c@d.example",
            "https://u:p@hospital.example",
            "a b@c.example",
        ),
    ],
)
def test_other_contacts_are_refused(tmp_path: Path, contact: str) -> None:
    with pytest.raises(ConfigurationError, match="contact"):
        load_site_configuration(written(tmp_path, f'contact = "{contact}"'))


def test_absolute_path_is_kept(tmp_path: Path) -> None:
    keys = tmp_path / "elsewhere.json"
    keys.touch()
    (tmp_path / "site").mkdir()
    text = f'[[client]]\nissuer = "a"\njwks_file = "{keys}"\n'
    assert load_site_configuration(written(tmp_path / "site", text)).client[0].jwks_file == keys


BASIC = 'authentication = "client_secret_basic"\nclient_secret_file = "none.pem"'


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("signing_key_file", 'signing_key_file = "none.pem"'),
        ("client.0.jwks_file", '[[client]]\nissuer = "a"\njwks_file = "none.pem"'),
        ("smart.0.client_secret_file", f'[[smart]]\nissuer = "https://a.example"\nclient_id = "x"\n{BASIC}'),
    ],
)
def test_missing_file_stops_the_start(tmp_path: Path, name: str, entry: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        load_site_configuration(written(tmp_path, entry))
    assert str(refusal.value).startswith(
        f"site.toml: {name}: file not found: none.pem (paths are relative to the folder of"
    )


def client(*lines: str) -> str:
    return "\n".join(["[[client]]", 'issuer = "a"', *lines])


PINNED = 'jwks_file = "keys.json"'
ADDRESS = "the address must be https, without user name, password or fragment"
IMPOSSIBLE: dict[str, tuple[str, str]] = {
    "unknown-key": ("tell_mising = true", "tell_mising: Extra inputs are not permitted"),
    "unknown-key-of-a-client": (client(PINNED, 'interface = "api"'), "client.0.interface: Extra inputs"),
    "draw-before-itself": ("same_draw_minutes = -1", "same_draw_minutes: Input should be greater than or equal to 0"),
    "draw-of-four-days": ("same_draw_minutes = 4321", "same_draw_minutes: Input should be less than or equal to 4320"),
    "draw-of-no-number": ("same_draw_minutes = nan", "same_draw_minutes: "),
    "window-of-years": ("afp_window_days = 366", "afp_window_days: "),
    "neither-file-nor-address": (client(), "client.0: Value error, set either jwks_file or jwks_url"),
    "file-and-address": (
        client(PINNED, 'jwks_url = "https://a.example"'),
        "client.0: Value error, set either jwks_file or jwks_url",
    ),
    "no-issuer": (f"[[client]]\n{PINNED}", "client.0.issuer: Field required"),
    "empty-issuer": (f'[[client]]\nissuer = ""\n{PINNED}', "client.0.issuer: "),
    "plain-http-for-keys": (client('jwks_url = "http://10.0.0.1/jwks"'), f"client.0.jwks_url: Value error, {ADDRESS}"),
    "password-for-keys": (
        client('jwks_url = "https://me:secret@a.example"'),
        f"client.0.jwks_url: Value error, {ADDRESS}",
    ),
    "plain-http-jku": (client(PINNED, 'jku = ["http://a.example"]'), f"client.0.jku.0: Value error, {ADDRESS}"),
    "plain-http-fhir": (
        client(PINNED, 'fhir_servers = ["https://a.example", "http://a.example"]'),
        f"client.0.fhir_servers.1: Value error, {ADDRESS}",
    ),
    "unknown-interface": (client(PINNED, 'scopes = ["form"]'), "client.0.scopes.0: "),
    "same-client-twice": (
        f"{client(PINNED)}\n{client(PINNED)}",
        "client: Value error, two entries have the same issuer",
    ),
    "same-launcher-twice": (
        "\n".join(f'[[smart]]\nissuer = "https://a.example{slash}"\nclient_id = "x"' for slash in ("", "/")),
        "smart: Value error, two entries have the same issuer",
    ),
    "plain-http-launcher": ('[[smart]]\nissuer = "http://a.example"\nclient_id = "x"', "smart.0.issuer: Value error"),
    "no-client-id": ('[[smart]]\nissuer = "https://a.example"', "smart.0.client_id: Field required"),
    "secret-without-a-file": (
        '[[smart]]\nissuer = "https://a.example"\nclient_id = "x"\nauthentication = "client_secret_basic"',
        "smart.0: Value error, set client_secret_file with",
    ),
    "file-without-a-secret": (
        '[[smart]]\nissuer = "https://a.example"\nclient_id = "x"\nclient_secret_file = "secret.txt"',
        "smart.0: Value error, set client_secret_file with",
    ),
    "secret-in-the-file": (
        '[[smart]]\nissuer = "https://a.example"\nclient_id = "x"\nclient_secret = "secret-text"',
        "smart.0.client_secret: Extra inputs",
    ),
    "unknown-authentication": (
        '[[smart]]\nissuer = "https://a.example"\nclient_id = "x"\nauthentication = "client_secret_post"',
        "smart.0.authentication: Input should be",
    ),
    "documents-without-results": (
        '[[smart]]\nissuer = "https://a.example"\nclient_id = "x"\nwrite_back_pdf = true',
        "smart.0: Value error, write_back_pdf needs write_back = true",
    ),
    "unknown-paper": ('paper = "letter"', "paper: Input should be 'a4' or 'us-letter'"),
    "plain-http-open-server": (
        'open_fhir_servers = ["http://a.example"]',
        f"open_fhir_servers.0: Value error, {ADDRESS}",
    ),
    "origin-with-a-path": (
        'cors_origins = ["https://a.example/app"]',
        "cors_origins.0: Value error, the origin must be",
    ),
    "origin-with-a-query": (
        'frame_ancestors = ["https://a.example?x"]',
        "frame_ancestors.0: Value error, the origin must be",
    ),
    "any-origin": ('cors_origins = ["*"]', f"cors_origins.0: Value error, {ADDRESS}"),
    "code-of-no-analyte": (
        '[[local_code]]\nsystem = "s"\ncode = "c"\nanalyte = "leukocytes"',
        "local_code.0.analyte: Input should be",
    ),
    "unit-that-is-not-read": (
        '[[local_unit]]\nlabel = "Tys"\nunit = "Tsd/uL"',
        "local_unit.0: Value error, Tsd/uL is not a UCUM code",
    ),
    "unit-of-another-analyte": (
        '[[local_unit]]\nlabel = "Tys"\nunit = "ng/mL"\nanalyte = "platelets"',
        "local_unit.0: Value error, ng/mL is not a UCUM code that can be read for platelets",
    ),
    "unit-with-another-meaning": (
        '[[local_unit]]\nlabel = "K/uL"\nunit = "/uL"',
        "local_unit.0: Value error, K/uL is already read as another unit",
    ),
    "unit-of-two-meanings": (
        '[[local_unit]]\nlabel = "Tys"\nunit = "/uL"\n[[local_unit]]\nlabel = "Tys"\nunit = "10*3/uL"',
        "local_unit: Value error, Tys has two meanings",
    ),
    "code-without-system": ('[[condition_code]]\nsystem = ""\ncode = "c"', "condition_code.0.system: "),
    "medication-without-code": ('[[medication_code]]\nsystem = "s"', "medication_code.0.code: Field required"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_impossible_entry_is_refused_by_name(tmp_path: Path, name: str) -> None:
    text, problem = IMPOSSIBLE[name]
    with pytest.raises(ConfigurationError) as refusal:
        load_site_configuration(written(tmp_path, text))
    assert str(refusal.value).startswith(f"site.toml: {problem}")
    assert "me:secret" not in str(refusal.value)
    assert "secret-text" not in str(refusal.value)


def test_service_does_not_start_with_a_bad_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^site\.toml: client\.0: "):
        create_app(Settings(integration_file=written(tmp_path, client())))


def test_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("afp_window_days = 30\n", "utf-8-sig")
    assert load_site_configuration(tmp_path / "site.toml").afp_window_days == 30


def test_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    binary, broken, twice = (tmp_path / name for name in ("binary.toml", "broken.toml", "twice.toml"))
    binary.write_bytes(b"\xff")
    broken.write_text("client = ", "utf-8")
    twice.write_text("tell_missing = true\ntell_missing = false", "utf-8")
    for file in (tmp_path / "absent.toml", tmp_path, binary, broken, twice):
        with pytest.raises(ConfigurationError, match=rf"^SII_AFP_INTEGRATION_FILE: .*{re.escape(str(file))}"):
            load_site_configuration(file)


def test_reason_for_an_unreadable_file_is_told_apart(tmp_path: Path) -> None:
    text = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    errors: list[OSError | UnicodeDecodeError] = [
        FileNotFoundError(),
        NotADirectoryError(),
        IsADirectoryError(),
        PermissionError(),
        OSError(),
        text,
    ]
    said = [unreadable("SII_AFP_STORE", tmp_path / "file", error) for error in errors]
    assert len(set(said)) == len(errors) - 1  # a path through a file leads to no file
    assert all(one.startswith("SII_AFP_STORE: ") and str(tmp_path / "file") in one for one in said)
