"""SMART App Launch that fails: every failure gives a page with the reason."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest
from joserfc.jwk import ECKey
from pydantic import SecretStr

from app.config.settings import Settings
from app.config.site import SmartServer
from app.ehr.smart.discovery import SmartConfiguration, smart_configuration
from app.ehr.smart.errors import SmartError
from app.ehr.smart.launches import LIFE_SECONDS, Launch, Launches
from app.net.json_client import JsonAnswer, Outbound
from app.store.memory import MemoryStore
from app.store.sealing import new_key, new_sealer
from tests.lib.asynchronous import awaited
from tests.lib.fhir.patient_records import PATIENT
from tests.lib.peers.failing_ehr import ISSUER, TOKEN, FailingRecord, HurriedWhereItHangs, failing_record
from tests.lib.peers.start import Peer
from tests.lib.smart_site import (
    CLIENT_ID,
    TYPED,
    Site,
    browser,
    fields_of,
    launch,
    launched_from,
    listening,
    running,
    smart_entry,
    typed_of,
    words,
)


def test_unknown_ehr_is_not_called(readable: tuple[Site, Peer]) -> None:
    with failing_record() as stranger, browser() as client:
        for issuer in (stranger.address, f"{readable[1].base_url}.evil", f"{readable[1].origin}", ""):
            page = client.get(f"{readable[0].url}/smart/launch", params={"iss": issuer, "launch": "x"})
            assert (page.status_code, "not known here" in words(page)) == (400, True)
        assert stranger.asked == []


def test_huge_launch_parameter_is_refused(readable: tuple[Site, Peer]) -> None:
    before = len(readable[1].log())
    page = httpx2.get(f"{readable[0].url}/smart/launch", params={"iss": readable[1].base_url, "launch": "x" * 4097})
    assert (page.status_code, len(readable[1].log())) == (400, before)


def test_wrong_key_gives_no_token(tmp_path: Path) -> None:
    other = ECKey.generate_key("P-384", {"use": "sig", "alg": "ES384"})
    with launched_from(tmp_path, key_set={"keys": [other.as_dict(private=False)]}) as (site, ehr):
        page = launch(site, ehr)
        assert page.status_code == 200
        assert "did not accept the calculator's sign-in. No values were read. You can enter them by hand." in words(
            page
        )
        assert not any(seen.has_token for seen in ehr.log())


def test_launch_is_valid_once(readable: tuple[Site, Peer]) -> None:
    handed = {"iss": readable[1].base_url, "launch": readable[1].launch(PATIENT)}
    with browser() as client:
        begun = client.get(f"{readable[0].url}/smart/launch", params=handed, follow_redirects=False)
        cookies = dict(client.cookies)
        page = client.get(begun.headers["location"])
        assert typed_of(page) == TYPED
        assert not set(cookies) & set(client.cookies)
        client.cookies.update(cookies)
        again = client.get(str(page.url))
    assert (again.status_code, "cannot be continued" in words(again)) == (400, True)


def test_launch_ends_in_the_browser_that_began_it(readable: tuple[Site, Peer]) -> None:
    site, ehr = readable
    with browser() as mine, browser() as other:
        answer = mine.get(f"{site.url}/smart/launch", params={"iss": ehr.base_url}, follow_redirects=False)
        back = {"state": parse_qs(urlsplit(answer.headers["location"]).query)["state"][0], "error": "access_denied"}
        other.cookies.set(next(iter(mine.cookies)), "a-guess")
        assert other.get(site.callback, params=back).status_code == 400
        foreign = f"{next(iter(mine.cookies))}=gu\u00e9ss".encode()
        assert other.get(site.callback, params=back, headers={b"cookie": foreign}).status_code == 400
        page = mine.get(site.callback, params=back)
    assert "The EHR denied access to the record." in words(page)
    assert fields_of(page)[1] == {}


@pytest.mark.parametrize(
    "back",
    [{}, {"code": "x"}, {"code": "x", "state": ""}, {"code": "x", "state": "guessed"}, {"error": "x", "state": "é"}],
)
def test_callback_without_launch_is_refused(readable: tuple[Site, Peer], back: dict[str, str]) -> None:
    page = httpx2.get(readable[0].callback, params=back)
    assert (page.status_code, "cannot be continued" in words(page)) == (400, True)


FAULTS = {
    "no-configuration": "did not provide usable sign-in settings",
    "configuration-is-no-json": "did not provide usable sign-in settings",
    "configuration-hangs": "did not provide usable sign-in settings",
    "no-pkce": "did not provide usable sign-in settings",
    "plain-endpoint": "did not provide usable sign-in settings",
    "no-endpoint": "did not provide usable sign-in settings",
    "token-refused": "did not accept the calculator's sign-in",
    "token-hangs": "did not accept the calculator's sign-in",
    "token-redirects": "did not accept the calculator's sign-in",
    "token-is-no-json": "did not accept the calculator's sign-in",
    "token-is-not-bearer": "did not accept the calculator's sign-in",
    "no-patient": "did not name the patient",
    "strange-patient": "did not name the patient",
    "another-banner": "did not send usable laboratory values",
    "record-is-down": "did not send usable laboratory values in time",
    "record-hangs": "did not send usable laboratory values in time",
    "record-redirects": "did not send usable laboratory values",
    "record-is-no-json": "did not send usable laboratory values",
    "record-is-cut-off": "did not send usable laboratory values",
    "record-is-huge": "did not send usable laboratory values",
    "record-gives-an-outcome": "did not send usable laboratory values",
    "record-gives-something-else": "did not send usable laboratory values",
    "record-is-empty": "The record has no values that can be used",
}


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, FailingRecord]]:
    with failing_record() as record, listening() as listener:
        bases = (*FAULTS, "names-itself", "promises-its-name")
        entries = "".join(smart_entry(f"{record.address}/{base}") for base in bases)
        with running(listener, tmp_path_factory.mktemp("failing"), entries, HurriedWhereItHangs()) as site:
            yield site, record


@pytest.mark.parametrize("fault", FAULTS)
def test_ehr_failure_opens_empty_form_with_reason(failing: tuple[Site, FailingRecord], fault: str) -> None:
    site, record = failing
    with browser() as client:
        handed = {"iss": f"{record.address}/{fault}", "launch": "x y&z"}
        answer = client.get(f"{site.url}/smart/launch", params=handed, follow_redirects=False)
        if answer.status_code == 302:
            sent = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
            assert (sent["tenant"], sent["launch"]) == ("1", "x y&z")
            assert sent["scope"].endswith("patient/Patient.read patient/Observation.read")
            answer = client.get(site.callback, params={"code": "a-code", "state": sent["state"]})
    assert (answer.status_code, FAULTS[fault] in words(answer)) == (200, True)
    address, fields = fields_of(answer)
    assert (address, set(fields)) == (f"{site.url}/", {"record"} if fault == "record-is-empty" else set())
    assert not any("redirected" in asked for asked in record.asked)
    assert record.address not in answer.text
    assert TOKEN not in answer.text + site.log.text


@pytest.mark.parametrize("answered", [{"error": "access_denied"}, {"error": "<b>oops</b>"}, {"code": "é" * 9}, {}])
def test_failed_sign_in_is_worded_by_the_service(failing: tuple[Site, FailingRecord], answered: dict[str, str]) -> None:
    site, record = failing
    with browser() as client:
        answer = client.get(
            f"{site.url}/smart/launch", params={"iss": f"{record.address}/record-is-empty"}, follow_redirects=False
        )
        state = parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]
        parameters = {**answered, "state": state, "error_description": "<b>theirs</b>"}
        page = client.get(site.callback, params=parameters)
    expected = "denied access to the record" if "access_denied" in answered.values() else "ended the sign-in"
    assert (page.status_code, expected in words(page)) == (200, True)
    assert "oops" not in page.text + site.log.text
    assert "theirs" not in page.text + site.log.text


def test_audience_is_the_issuer_as_the_ehr_writes_it(failing: tuple[Site, FailingRecord]) -> None:
    """SMART: in a launch from the EHR `aud` is the same value as `iss`. Servers may compare every character."""
    site, record = failing
    base = f"{record.address}/record-is-empty"
    with browser() as client:
        for handed, expected in (
            ({"iss": f"{base}/", "launch": "x"}, f"{base}/"),
            ({"iss": base, "launch": "x"}, base),
            ({"iss": f"{base}/"}, base),
        ):
            begun = client.get(f"{site.url}/smart/launch", params=handed, follow_redirects=False)
            assert parse_qs(urlsplit(begun.headers["location"]).query)["aud"] == [expected]


SIGN_IN_REFUSED = "ended the sign-in with an error"


@pytest.mark.parametrize(
    ("ehr", "named", "is_refused"),
    [
        ("promises-its-name", [ISSUER], False),
        ("promises-its-name", [], True),
        ("names-itself", [ISSUER], False),
        ("names-itself", [], False),
        ("names-itself", ["https://another.example"], True),
        ("names-itself", [f"{ISSUER}/"], True),
        ("names-itself", [""], True),
        ("names-itself", [ISSUER, ISSUER], True),
        ("record-is-empty", [], False),
        ("record-is-empty", [ISSUER], False),
    ],
)
@pytest.mark.parametrize("answered", [{"code": "a-code"}, {"error": "access_denied"}], ids=["code", "error"])
def test_answer_must_name_the_issuer_of_the_ehr(
    failing: tuple[Site, FailingRecord], ehr: str, named: list[str], is_refused: bool, answered: dict[str, str]
) -> None:
    """RFC 9207. The code of another authorization server is sent nowhere."""
    site, record = failing
    with browser() as client:
        begun = client.get(
            f"{site.url}/smart/launch", params={"iss": f"{record.address}/{ehr}"}, follow_redirects=False
        )
        state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
        before = len(record.asked)
        page = client.get(site.callback, params={**answered, "state": state, "iss": named})
    assert page.status_code == 200
    assert (SIGN_IN_REFUSED in words(page)) == is_refused
    assert (len(record.asked) > before) == ("code" in answered and not is_refused)


def cookies_of(launches: Launches, *begun: Launch) -> dict[str, str]:
    return dict(launches.cookie(one).split(";")[0].split("=", 1) for one in begun)


def test_launch_ends_once_in_time_and_with_its_own_cookie() -> None:
    now = 0.0
    configuration = SmartConfiguration("https://ehr.example/authorize", "https://ehr.example/token", has_v2_scopes=True)
    server = SmartServer(issuer="https://ehr.example/fhir", client_id=CLIENT_ID)

    def started(*servers: SmartServer, settings: Settings = Settings(secret_key=SecretStr(new_key()))) -> Launches:  # noqa: B008 - one key for all
        by_issuer = {one.issuer: one for one in servers}
        store = MemoryStore(lambda: now)
        return Launches("https://calculator.example/sii", by_issuer, new_sealer(settings), store, lambda: now)

    launches = started(server)
    begun = [launches.begin(server, configuration) for _ in range(4)]
    jars = [cookies_of(launches, one) for one in begun]

    def finish(at: int, cookies: dict[str, str], other: Launches | None = None) -> Launch | None:
        return awaited((other or launches).finish, begun[at].state, cookies)

    ((name, value),) = jars[0].items()
    for wrong in (jars[1], {}, {name: next(iter(jars[1].values()))}, {name: value[:-2]}, {name: "é"}, {name: "x"}):
        assert finish(0, wrong) is None
    assert finish(0, jars[0], started(server, settings=Settings())) is None  # another key
    assert finish(0, jars[0], started()) is None  # no longer on the site's list
    assert finish(0, jars[0], started(server)) == begun[0]  # another process
    now = float(LIFE_SECONDS)
    assert [finish(1, jars[1] | jars[2]) for _ in range(2)] == [begun[1], None]
    now += 1
    assert finish(2, jars[2]) is None
    assert server.client_id not in value
    assert len(f"{name}={value}") < 1000


def test_many_launches_displace_no_other(readable: tuple[Site, Peer]) -> None:
    """Anybody can begin a launch. The EHR is asked once how to sign in."""
    site, ehr = readable
    handed = {"iss": ehr.base_url, "launch": ehr.launch(PATIENT)}
    with browser() as client, httpx2.Client() as anybody:
        begun = client.get(f"{site.url}/smart/launch", params=handed, follow_redirects=False)
        before = len(ehr.log())
        for _ in range(1001):
            assert anybody.get(f"{site.url}/smart/launch", params={"iss": ehr.base_url}).status_code == 302
            anybody.cookies.clear()
        assert len([seen for seen in ehr.log()[before:] if "smart-configuration" in seen.path]) <= 1
        assert typed_of(client.get(begun.headers["location"])) == TYPED


REMOTE = "https://ehr.example/fhir"


class _Said(Outbound):
    """The configuration of an EHR on another machine."""

    def __init__(self, token_endpoint: str) -> None:
        super().__init__(3.0)
        self.token_endpoint = token_endpoint

    async def get(self, address: str, headers: Mapping[str, str] | None = None) -> JsonAnswer:
        endpoints = {"authorization_endpoint": f"{address}/authorize", "token_endpoint": self.token_endpoint}
        return JsonAnswer(200, endpoints | {"code_challenge_methods_supported": ["S256"]})


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9/token", "HTTP://127.0.0.1:9/token"])
def test_only_a_local_ehr_may_name_a_plain_endpoint(endpoint: str) -> None:
    local, remote = (SmartServer(issuer=issuer, client_id=CLIENT_ID) for issuer in ("http://localhost:9/fhir", REMOTE))
    found = awaited(smart_configuration, _Said(endpoint), local)
    assert found.token_endpoint == endpoint
    with pytest.raises(SmartError, match="discovery"):
        awaited(smart_configuration, _Said(endpoint), remote)
