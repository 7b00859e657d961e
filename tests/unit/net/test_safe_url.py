"""Addresses that may be called: https or this machine, and only if every program reads them in the same way."""

import pytest

from app.net.safe_url import is_safe_address


@pytest.mark.parametrize(
    "address",
    [
        "https://ehr.example",
        "HTTPS://EHR.example/fhir",
        "https://ehr.example:8443/fhir/r4?tenant=1",
        "https://10.0.0.1/fhir",
        "https://[fd00::1]:443/fhir",
        "http://127.0.0.1",
        "http://127.0.0.1:8080/fhir",
        "http://localhost:1/x",
        "http://[::1]:8080/",
    ],
)
def test_https_and_loopback_are_allowed(address: str) -> None:
    assert is_safe_address(address)


UNSAFE = [
    "",
    "ehr.example",
    "//ehr.example",
    "https://",
    "https:///fhir",
    "https:ehr.example",
    "ftp://ehr.example",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http://ehr.example",
    "http://10.0.0.1",
    "http://0.0.0.0",
    "http://127.0.0.1.evil.test",
    "http://localhost.evil.test",
    "http://evil.test/127.0.0.1",
    "http://127.0.0.2",
    "http://127.1",
    "http://2130706433",
    "http://0x7f.1",
    "http://0177.0.0.1",
    "http://127.0.0.1.",
    "http://[::ffff:10.0.0.1]",
    "http://[::ffff:127.0.0.1]",
    "http://[::1%25eth0]",
    "http://[::1",
    "http://127.0.0.1%00.evil.test",
    "http://127.0.0.1:80@evil.test",
    "https://user@ehr.example",
    "https://user:password@ehr.example",
    "https://@ehr.example",
    "https://:@ehr.example",
    "https://ehr.example\\@evil.test",
    "https:\\\\ehr.example",
    "https://ehr.example#",
    "https://ehr.example/fhir#part",
    "https://ehr.example:99999",
    "https://ehr.example:port",
    "https://ehr .example",
    " https://ehr.example",
    "https://ehr.example ",
    "https://ehr.example\n",
    "https://ehr\t.example",
    "ht\ntps://ehr.example",
    "https://ehr.example\r\nHost:evil.test",
    "https://ehr.example/\x00",
    "https://ehr.example/\x7f",
    "https://\u00e9hr.example",
    "https://ehr\u2024example",
    "https://ehr\uff0eexample",
]


@pytest.mark.parametrize("address", UNSAFE)
def test_other_addresses_are_refused(address: str) -> None:
    assert not is_safe_address(address)
