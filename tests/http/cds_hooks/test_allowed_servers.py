"""The service fetches only from servers on the site's list for this caller, compared exactly."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.lib.cds_hooks.calls import SERVICE, call, condition, fetching_call
from tests.lib.cds_hooks.fetching import KEYS, TOKEN, calculator, diagnostics_of
from tests.lib.fhir.examples import searchset
from tests.lib.logs import log_lines
from tests.lib.peers.canned_site import canned_site
from tests.lib.peers.hostile_server import HostileServer, hostile_server, says_json
from tests.lib.signing_ehr import (
    ISSUER,
    OTHER_ISSUER,
    OTHER_KEY,
    bearer,
    client_entry,
    key_file,
    reachable_site,
    signed,
)

NOT_LISTED = "fhirServer is not on this site's list of servers."


def refusal_of(answer: httpx2.Response) -> str:
    """Return the error about fhirServer in the answer to a malformed call."""
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/fhir+json")
    (issue,) = answer.json()["issue"]
    assert (issue["code"], issue["expression"]) == ("invalid", ["fhirServer"])
    return str(issue["details"]["text"])


def test_server_off_the_list_is_not_called(tmp_path: Path) -> None:
    with canned_site({}) as stranger:
        for listed in ((), ("https://ehr.example/fhir",)):
            answer = calculator(tmp_path, *listed).post(SERVICE, json=fetching_call(f"{stranger.address}/fhir", TOKEN))
            assert diagnostics_of(answer, KEYS) == NOT_LISTED
        assert stranger.asked == []


def test_without_a_server_nothing_can_be_fetched(tmp_path: Path) -> None:
    answer = calculator(tmp_path, "https://ehr.example/fhir").post(SERVICE, json=call(prefetch=None))
    assert diagnostics_of(answer, KEYS) == "No fhirServer was sent."


@pytest.mark.parametrize(
    "sent",
    [
        "{site}",
        "{site}/FHIR",
        "{site}/fhir.evil",
        "{site}/fhir/..",
        "{site}/fhir/../admin",
        "{site}/%66hir",
        "{site}/fhir?x=",
        "{site}/fhir;x",
        "{site}//fhir",
        "{shouted}/fhir",
        "{localhost}/fhir",
        "https://127.0.0.1.evil.test/fhir",
        "https://localhost.evil.test/fhir",
        "https://10.0.0.1/fhir",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00::1]/fhir",
        "https://[::ffff:127.0.0.1]/fhir",
        "https://2130706433/fhir",
        "https://metadata.internal/fhir",
        "http://10.0.0.1/fhir",
        "http://169.254.169.254/latest/meta-data",
        "http://ehr.example/fhir",
        "http://127.0.0.1.evil.test/fhir",
        "http://[::ffff:10.0.0.1]/fhir",
        "http://2130706433/fhir",
    ],
)
def test_lookalike_of_a_listed_server_is_not_called(tmp_path: Path, sent: str) -> None:
    with canned_site({}) as site:
        port = site.address.rpartition(":")[2]
        address = sent.format(
            site=site.address, shouted=site.address.replace("http", "HTTP"), localhost=f"http://localhost:{port}"
        )
        answer = calculator(tmp_path, f"{site.address}/fhir").post(SERVICE, json=fetching_call(address, TOKEN))
        assert diagnostics_of(answer, KEYS) == NOT_LISTED
        assert site.asked == []


@pytest.mark.parametrize(
    "sent",
    [
        "http://user:password@ehr.example/fhir",
        "https://user:password@ehr.example/fhir",
        "https://ehr.example@10.0.0.1/fhir",
        "https://ehr.example\\@10.0.0.1/fhir",
        "https://ehr.example/fhir#",
        "https://ehr.example/fhir\n",
        "https://ehr.example/fhir\r\nHost: evil.test",
        " https://ehr.example/fhir",
        "https://ehr.example:99999/fhir",
        "ftp://ehr.example/fhir",
        "file:///etc/passwd",
        "//ehr.example/fhir",
        "https://",
        "",
        5,
        [],
        {"url": "https://ehr.example/fhir"},
    ],
)
def test_address_that_is_no_server_is_malformed(tmp_path: Path, sent: Any) -> None:
    answer = calculator(tmp_path, "https://ehr.example/fhir").post(SERVICE, json=fetching_call(sent, TOKEN))
    assert refusal_of(answer).startswith("fhirServer cannot be used. ")
    assert "ehr.example" not in answer.text


def test_complete_prefetch_needs_no_https(tmp_path: Path) -> None:
    answer = calculator(tmp_path, "https://ehr.example/fhir").post(SERVICE, json=call(fhirServer="http://ehr.example"))
    assert (answer.status_code, len(answer.json()["cards"])) == (200, 1)


@pytest.mark.parametrize("address", ["https://256.1.1.1/fhir", "https://[v1.x]/fhir"])
def test_unresolvable_listed_server_is_412(tmp_path: Path, address: str) -> None:
    answer = calculator(tmp_path, address).post(SERVICE, json=fetching_call(address, TOKEN))
    assert diagnostics_of(answer, KEYS) == "The FHIR server could not be read (the address cannot be called)."


def fetched(server: HostileServer) -> list[str]:
    """Return which of the five searches arrived."""
    return sorted(head.split(" ")[1].partition("?")[0] for head in server.asked)


ALL = sorted([f"/a/fhir/{kind}" for kind in ("condition", *["observation"] * 4)])


@pytest.mark.parametrize(("listed", "sent"), [("", "/"), ("/", ""), ("/", "/"), ("", "//")])
def test_final_slash_makes_no_difference(tmp_path: Path, listed: str, sent: str) -> None:
    with hostile_server({"a": says_json(searchset(condition()))}) as server:
        client = calculator(tmp_path, server.base("a") + listed)
        answer = client.post(SERVICE, json=fetching_call(server.base("a") + sent, TOKEN))
        assert (answer.status_code, fetched(server)) == (200, ALL)


def test_each_caller_has_its_own_list(tmp_path: Path) -> None:
    key_file(tmp_path)
    (tmp_path / "other").mkdir()
    key_file(tmp_path / "other", {"keys": [OTHER_KEY.as_dict(private=False)]})
    with hostile_server({name: says_json(searchset(condition())) for name in "abc"}) as server:
        entries = f'open_fhir_servers = ["{server.base("c")}"]\n'
        entries += client_entry(ISSUER, 'jwks_file = "keys.json"', more=f'fhir_servers = ["{server.base("a")}"]')
        entries += client_entry(
            OTHER_ISSUER, 'jwks_file = "other/keys.json"', more=f'fhir_servers = ["{server.base("b")}"]'
        )
        client = reachable_site(tmp_path, entries, anonymous_calls=True)

        def mine() -> dict[str, str]:
            return bearer(signed(SERVICE))

        def others() -> dict[str, str]:
            return bearer(signed(SERVICE, {"iss": OTHER_ISSUER}, key=OTHER_KEY))

        for credentials, allowed in ((mine, "a"), (others, "b"), (dict, "c")):
            for name in "abc":
                before = len(server.asked)
                body = fetching_call(server.base(name), TOKEN)
                answer = client.post(SERVICE, json=body, headers=credentials())
                if name == allowed:
                    assert (answer.status_code, len(server.asked) - before) == (200, 5)
                else:
                    assert diagnostics_of(answer, KEYS) == NOT_LISTED
                    assert len(server.asked) == before


def test_token_without_a_server_is_malformed(tmp_path: Path) -> None:
    body = call(prefetch=None, fhirAuthorization={"access_token": TOKEN})
    assert refusal_of(calculator(tmp_path).post(SERVICE, json=body)).startswith("fhirServer is missing. ")


@pytest.mark.parametrize("token", ["", "two words", "a\r\nX-Evil: 1", "é", "\x00", 5, None, []])
def test_token_unfit_for_a_header_is_malformed(tmp_path: Path, token: Any) -> None:
    with log_lines() as log, canned_site({}) as site:
        body = call(prefetch=None, fhirServer=site.address, fhirAuthorization={"access_token": token})
        answer = calculator(tmp_path, site.address).post(SERVICE, json=body)
        (issue,) = answer.json()["issue"]
        assert (answer.status_code, issue["expression"], site.asked) == (400, ["fhirAuthorization"], [])
        assert issue["details"]["text"].startswith("fhirAuthorization.access_token cannot be used. ")
        assert "Evil" not in answer.text + log.text


def test_local_codes_are_searched_unchanged(tmp_path: Path) -> None:
    code = (
        '[[local_code]]\nsystem = "https://laboratory.example/codes"\ncode = "NEUT# & more"\nanalyte = "neutrophils"\n'
    )
    with hostile_server({"a": says_json(searchset(condition()))}) as server:
        calculator(tmp_path, server.base("a"), more=code).post(SERVICE, json=fetching_call(server.base("a")))
        (asked,) = [head for head in server.asked if "neut" in head]
        own = "https%3a%2f%2flaboratory.example%2fcodes"
        assert f"%2c{own}%7cneut%23%20%26%20more&_sort=-date&_count=100 http/1.1" in asked
        assert not any("//" in head.partition(" http/1.1")[0] for head in server.asked)
        assert not any("|" in head for head in server.asked)
        assert not any("authorization" in head for head in server.asked)
