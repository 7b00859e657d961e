"""Run the calculator on a free port with an EHR that may launch it, and a browser that signs in at the EHR."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import uvicorn

from app.config.settings import Settings
from app.main import create_app
from app.net.json_client import Outbound
from app.presentation.pdf.typesetter import Typesetter, installed_typesetter
from tests.lib.clients import CANONICAL, site_file
from tests.lib.fhir.patient_records import OTHER_RECORD, PATIENT, RECORD
from tests.lib.logs import LogLines, log_lines
from tests.lib.peers.start import Peer, fhir_and_smart
from tests.lib.times import clock

CLIENT_ID = "sii-afp"


@dataclass(frozen=True, slots=True)
class Site:
    """A running calculator; `log` holds every line that it, its server and its HTTP client write, even at debug."""

    url: str
    log: LogLines

    @property
    def callback(self) -> str:
        return f"{self.url}/smart/callback"

    @property
    def key_set(self) -> str:
        return f"{self.url}/.well-known/jwks.json"


@contextmanager
def listening() -> Iterator[socket.socket]:
    """Hold a port before anything is served there, because the EHR must know the address first."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def address_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def running(
    listener: socket.socket,
    folder: Path,
    configuration: str,
    http: Outbound | None = None,
    canonical: str = CANONICAL,
    find_typesetter: Callable[[Path | None], Typesetter | None] = installed_typesetter,
    **more: Any,
) -> Iterator[Site]:
    """Serve the calculator with this site configuration, with deadlines that suit a busy machine.

    `more` are further settings.
    """
    file = site_file(folder, configuration)
    address = address_of(listener)
    settings = Settings(**{"public_url": address, "canonical_url": canonical, "integration_file": file, **more})
    application = create_app(settings, clock=clock, http=http or Outbound(30.0), find_typesetter=find_typesetter)
    server = uvicorn.Server(uvicorn.Config(application, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    with log_lines() as log:
        thread.start()
        try:
            yield Site(address_of(listener), log)
        finally:
            server.should_exit = True
            thread.join()


def smart_entry(issuer: str, *, write_back: bool = False, client_id: str = CLIENT_ID, more: str = "") -> str:
    """Return the entry of an EHR; `more` are further lines of it."""
    lines = (
        "[[smart]]",
        f'issuer = "{issuer}"',
        f'client_id = "{client_id}"',
        f"write_back = {str(write_back).lower()}",
    )
    return "\n".join((*lines, more, ""))


def browser() -> httpx2.Client:
    """A browser without scripts that keeps cookies and follows redirects."""
    return httpx2.Client(follow_redirects=True, timeout=60)


TYPED = {
    "neutrophils": "4.2",
    "neutrophils_unit": "10*3/uL",
    "lymphocytes": "1.1",
    "lymphocytes_unit": "x10^3/uL",
    "platelets": "145",
    "platelets_unit": "10*9/L",
    "afp": ">1210",
    "afp_unit": "ng/mL",
    "blood_count_date": "2026-01-02",
    "afp_date": "2026-01-05",
}


@dataclass
class _Fields(HTMLParser):
    """The named fields of the form with their values, and the form's action."""

    action: str = ""
    values: dict[str, str] = field(default_factory=dict)
    select: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and found.get("id") == "calculator":
            self.action = found["action"]
        elif tag == "input" and (found["type"] not in ("radio", "checkbox") or "checked" in found):
            self.values[found["name"]] = found.get("value", "")
        elif tag == "select":
            self.select = found["name"]
        elif tag == "option" and "selected" in found:
            self.values[self.select] = found["value"]


def fields_of(page: httpx2.Response) -> tuple[str, dict[str, str]]:
    """Return the address to which the form is sent, and its fields without empty ones."""
    reader = _Fields()
    reader.feed(page.text)
    return str(page.url.join(reader.action)), {name: value for name, value in reader.values.items() if value}


def typed_of(page: httpx2.Response) -> dict[str, str]:
    """Return the form's fields that a person can type: all except the handle of the record."""
    return {name: value for name, value in fields_of(page)[1].items() if name != "record"}


def words(page: httpx2.Response) -> str:
    """Return the visible text of the page's content in one line."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    shown = re.sub(r"</?(bdi|strong)>", "", f"<main{main}")
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", shown)).split())


@contextmanager
def launched_from(
    folder: Path,
    settings: str = "",
    key_set: dict[str, object] | None = None,
    *,
    write_back: bool = False,
    record: list[dict[str, Any]] = RECORD + OTHER_RECORD,
    collapse_slashes: bool = False,
    registration: dict[str, str] | None = None,
    authentication: str = "",
    canonical: str = CANONICAL,
    find_typesetter: Callable[[Path | None], Typesetter | None] = installed_typesetter,
) -> Iterator[tuple[Site, Peer]]:
    """Run the calculator and an EHR that know each other; `key_set` replaces the calculator's key set at the EHR.

    With `registration` the EHR has the calculator as a client without keys; `authentication` are further lines of the
    entry in the site configuration, such as those that say so.
    """
    with ExitStack() as stack:
        listener = stack.enter_context(listening())
        address = address_of(listener)
        keys = None if registration else key_set or f"{address}/.well-known/jwks.json"
        client_id = (registration or {}).get("client_id", CLIENT_ID)
        ehr = stack.enter_context(
            fhir_and_smart(
                record,
                client_id,
                keys,
                [f"{address}/smart/callback"],
                require_token=True,
                collapse_slashes=collapse_slashes,
                registration=registration,
            )
        )
        entry = smart_entry(ehr.base_url, write_back=write_back, client_id=client_id, more=authentication)
        site = stack.enter_context(
            running(listener, folder, settings + entry, canonical=canonical, find_typesetter=find_typesetter)
        )
        yield site, ehr


def launch(
    site: Site,
    ehr: Peer,
    *,
    banner: object = True,
    user: httpx2.Client | None = None,
    patient: str = PATIENT,
) -> httpx2.Response:
    """Open the calculator from the EHR, in a new browser unless `user` is given, which stays open."""
    handed = {"iss": ehr.base_url, "launch": ehr.launch(patient, need_patient_banner=banner)}
    if user is not None:
        return user.get(f"{site.url}/smart/launch", params=handed)
    with browser() as client:
        return client.get(f"{site.url}/smart/launch", params=handed)


def open_from_failing(site: Site, issuer: str, user: httpx2.Client) -> httpx2.Response:
    """Open the calculator from an EHR with a fault; that EHR has no sign-in page."""
    sent = user.get(f"{site.url}/smart/launch", params={"iss": issuer, "launch": "x"}, follow_redirects=False)
    state = parse_qs(urlsplit(sent.headers["location"]).query)["state"][0]
    return user.get(site.callback, params={"code": "a-code", "state": state})
