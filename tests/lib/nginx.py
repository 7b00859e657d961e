"""Run nginx with the configuration of deploy/nginx in front of services, with a certificate made for the test."""

import json
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.lib.certificates import new_certificate
from tests.lib.service_process import free_port, is_open

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx"
ADDRESS = "127.0.0.1"
_BINARY = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin:/usr/local/sbin")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running nginx."""

    folder: Path
    port: int
    plain_port: int

    @property
    def url(self) -> str:
        return f"https://{ADDRESS}:{self.port}"

    @property
    def plain_url(self) -> str:
        return f"http://{ADDRESS}:{self.plain_port}"

    def client(self, address: str = ADDRESS, **options: Any) -> httpx2.Client:
        """Return a client on this address of the machine that trusts the certificate of the test."""
        trusted = ssl.create_default_context(cafile=str(self.folder / "site" / "certificate.pem"))
        transport = httpx2.HTTPTransport(verify=trusted, local_address=address)
        return httpx2.Client(transport=transport, base_url=self.url, timeout=60, **options)

    def log(self) -> list[dict[str, Any]]:
        """Return the lines of the access log so far."""
        return [json.loads(line) for line in (self.folder / "access.log").read_text("utf-8").splitlines()]


@contextmanager
def nginx(folder: Path, services: Sequence[int], port: int | None = None) -> Iterator[Proxy]:
    """Run nginx before services on these ports. Only the files of the site differ from those of deploy/nginx."""
    assert _BINARY, "nginx is needed for this test: apt-get install nginx-light"
    proxy = Proxy(folder, port or free_port(), free_port())
    site = folder / "site"
    site.mkdir()
    shutil.copy(CONFIGURATION / "nginx.conf", folder)
    shutil.copy(CONFIGURATION / "site" / "log.conf", site)
    shipped = (CONFIGURATION / "site" / "addresses.conf").read_text("utf-8")
    (server,) = (line for line in shipped.splitlines() if line.strip().startswith("server "))
    ours = "\n".join(server.replace("calculator:8000", f"{ADDRESS}:{one}") for one in services)
    (site / "addresses.conf").write_text(shipped.replace(server, ours), "utf-8")
    for name, shipped_port, own_port in (("http", 8080, proxy.plain_port), ("https", 8443, proxy.port)):
        text = (CONFIGURATION / "site" / f"{name}.conf").read_text("utf-8")
        own = text.replace(f"listen {shipped_port}", f"listen {ADDRESS}:{own_port}")
        (site / f"{name}.conf").write_text(own.replace("calculator.example.org", ADDRESS), "utf-8")
    certificate, key = new_certificate(ADDRESS)
    (site / "certificate.pem").write_bytes(certificate)
    (site / "certificate-key.pem").write_bytes(key)
    # As root, nginx would give its workers to a user that cannot read the temporary folder of the test.
    more = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    arguments = [_BINARY, "-e", "stderr", "-p", f"{folder}/", "-c", str(folder / "nginx.conf"), "-g", more]
    with (folder / "access.log").open("wb") as log, (folder / "error.log").open("wb") as errors:
        process = subprocess.Popen(arguments, stdout=log, stderr=errors)
    try:
        while not (is_open(proxy.port) and is_open(proxy.plain_port)):
            assert process.poll() is None
        yield proxy
    finally:
        process.terminate()
        process.wait(timeout=30)
