"""Addresses that are still examples: which they are, and when the service warns about them."""

from typing import Any

import pytest

from app.config.placeholders import is_placeholder, placeholder_warnings
from app.config.settings import Settings
from app.config.site import SiteConfiguration
from tests.lib.clients import client_with
from tests.lib.logs import LogLines, log_lines

EVERYWHERE = {"host": "0.0.0.0"}  # noqa: S104 - no socket is opened
OWN = {"public_url": "https://calculator.hospital.test", "canonical_url": "https://terms.hospital.test/fhir"}
WRITING = {"smart": [{"issuer": "https://ehr.test", "client_id": "x", "write_back": True}]}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://sii-afp.example/fhir", True),
        ("https://calculator.example.org", True),
        ("https://EXAMPLE.com./fhir", True),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://localhost/fhir", True),
        ("https://a.localhost", True),
        ("https://hospital.invalid", True),
        ("https://hospital.test/fhir", False),
        ("https://myexample.org", False),
        ("https://example.org.hospital.test", False),
        ("https://10.0.0.1/fhir", False),
    ],
)
def test_example_and_loopback_are_placeholders(address: str, expected: bool) -> None:
    assert is_placeholder(address) is expected


def warned_of(settings: dict[str, Any], site: dict[str, Any]) -> list[str]:
    """Return the settings that the warnings name."""
    found = placeholder_warnings(Settings(**settings), SiteConfiguration.model_validate(site))
    return [text.split()[0] for text in found]


@pytest.mark.parametrize(
    ("settings", "site", "expected"),
    [
        ({}, {}, []),
        ({"host": "::1", "port": 9001}, {"suggest_filing": False}, []),
        ({}, {"smart": [{"issuer": "https://ehr.test", "client_id": "x"}]}, []),
        ({}, {"suggest_filing": True}, ["SII_AFP_CANONICAL_URL"]),
        ({}, WRITING, ["SII_AFP_CANONICAL_URL"]),
        ({"canonical_url": OWN["canonical_url"]}, WRITING, []),
        (EVERYWHERE, {}, ["SII_AFP_PUBLIC_URL", "SII_AFP_CANONICAL_URL"]),
        (
            {**EVERYWHERE, "public_url": "https://calculator.example.org"},
            {},
            ["SII_AFP_PUBLIC_URL", "SII_AFP_CANONICAL_URL"],
        ),
        ({**EVERYWHERE, **OWN}, WRITING, []),
        ({"public_url": "https://calculator.example.org"}, {}, ["SII_AFP_PUBLIC_URL", "SII_AFP_CANONICAL_URL"]),
        ({"public_url": "http://127.0.0.1:8000"}, {}, []),
        ({"allowed_hosts": ("calculator.test", "[::1]")}, {}, ["SII_AFP_PUBLIC_URL", "SII_AFP_CANONICAL_URL"]),
        ({"canonical_url": "https://fhir.hospital.example.org/x"}, {}, ["SII_AFP_CANONICAL_URL"]),
        # A proxy on this machine makes the service known to others.
        ({"public_url": OWN["public_url"]}, {}, ["SII_AFP_CANONICAL_URL"]),
    ],
)
def test_warnings_name_what_must_be_set(settings: dict[str, Any], site: dict[str, Any], expected: list[str]) -> None:
    assert warned_of(settings, site) == expected


def test_warnings_are_logged_at_the_start() -> None:
    def started(**settings: Any) -> LogLines:
        with log_lines() as log:
            client_with(**settings)
        return log

    log = started(host="0.0.0.0", canonical_url="https://sii-afp.example/fhir").text  # noqa: S104 - as above
    assert log.count("SII_AFP_PUBLIC_URL") == log.count("SII_AFP_CANONICAL_URL") == 1
    alone = started(canonical_url="https://sii-afp.example/fhir", allowed_hosts=("localhost",))
    assert "SII_AFP" not in alone.text
