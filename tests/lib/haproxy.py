"""Run a real HAProxy with the shipped configuration in front of two services."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lib.service_process import free_port, is_open

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "haproxy" / "haproxy.cfg"


@contextmanager
def haproxy(*services: int, certificate: Path | None = None) -> Iterator[int]:
    """Start it for the ports of the services; yield its own port."""
    program = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not program:
        raise FileNotFoundError("HAProxy is not installed. Run: sudo apt-get install -y haproxy")
    port = free_port()
    environment = {
        **os.environ,
        "SII_AFP_PROXY_BIND": f"127.0.0.1:{port}",
        **{f"SII_AFP_SERVICE_{name}": f"127.0.0.1:{one}" for name, one in zip("AB", services, strict=True)},
        **({"SII_AFP_PROXY_CERTIFICATE": str(certificate)} if certificate else {}),
    }
    process = subprocess.Popen([program, "-f", str(CONFIGURATION)], env=environment, stdout=subprocess.DEVNULL)
    try:
        while not is_open(port):
            assert process.poll() is None
        yield port
    finally:
        process.kill()
        process.wait()
