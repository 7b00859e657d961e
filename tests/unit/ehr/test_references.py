"""Two references name the same resource only if server, type and id agree, as far as they are known."""

import pytest

from app.ehr.fhir.reading.references import normalised_base, parse_reference

SERVER = "https://ehr.example/fhir"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Patient/p1", "Patient/p1"),
        ("Patient/p1", "Patient/p1/_history/3"),
        (f"{SERVER}/Patient/p1", f"{SERVER}/Patient/p1/_history/3"),
        (f"{SERVER}/Patient/p1", "HTTPS://EHR.example/fhir/Patient/p1"),
        (f"{SERVER}/Patient/p1", "https://ehr.example:443/fhir/Patient/p1"),
        (f"{SERVER}/Patient/p1", "https://ehr.example/fhir//Patient/p1"),
        ("http://ehr.example/fhir/Patient/p1", "http://ehr.example:80/fhir/Patient/p1"),
    ],
)
def test_same_resource_is_recognised(one: str, other: str) -> None:
    found, same = parse_reference(one), parse_reference(other)
    assert found
    assert same
    assert found.is_same(same)
    assert same.is_same(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Patient/p1", "Patient/P1"),
        ("Patient/p1", "Patient/p2"),
        ("Patient/p1", "Group/p1"),
        ("Patient/p1", f"{SERVER}/Patient/p1"),
        (f"{SERVER}/Patient/p1", "https://other.example/fhir/Patient/p1"),
        (f"{SERVER}/Patient/p1", "http://ehr.example/fhir/Patient/p1"),
        (f"{SERVER}/Patient/p1", "https://ehr.example:8443/fhir/Patient/p1"),
        (f"{SERVER}/Patient/p1", "https://ehr.example/FHIR/Patient/p1"),
        (f"{SERVER}/Patient/p1", "https://ehr.example/fhir/tenant/Patient/p1"),
        (f"{SERVER}/Patient/p1", "https://ehr.example.evil/fhir/Patient/p1"),
    ],
)
def test_other_resource_is_not_the_same(one: str, other: str) -> None:
    found, different = parse_reference(one), parse_reference(other)
    assert found
    assert different
    assert not found.is_same(different)
    assert not different.is_same(found)


def test_relative_reference_uses_a_known_server() -> None:
    absolute = parse_reference(f"{SERVER}/Patient/p1")
    assert absolute
    for server, is_same in ((SERVER, True), ("https://other.example/fhir", False), (None, False)):
        relative = parse_reference("Patient/p1", server)
        assert relative
        assert relative.is_same(absolute) is is_same
        assert str(relative) == "Patient/p1"


@pytest.mark.parametrize(
    "text",
    [
        *("", "p1", "/Patient/p1", "Patient/", "/p1", "patient/p1", "Patient/p 1", "Patient/p1?x=1", "#p1"),
        *("urn:uuid:6f1c3a52-9d6a-4a55-8a2e-2f0c6b2f6a0e", "Patient?identifier=4711", "ehr.example/Patient/p1"),
        *("ftp://ehr.example/Patient/p1", "https:///Patient/p1", "https://a:b@ehr.example/Patient/p1"),
        *("https://ehr.example:99999/Patient/p1", "https://ehr.example/fhir?x=/Patient/p1", None, 5, ["Patient/p1"]),
        "Patient/" + "p" * 65,
    ],
)
def test_other_text_is_not_a_reference(text: object) -> None:
    assert parse_reference(text) is None


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("https://EHR.example/fhir/", "https://ehr.example/fhir"),
        ("https://ehr.example:443/", "https://ehr.example"),
        ("http://[::1]:8080/fhir", "http://[::1]:8080/fhir"),
        ("https://ehr.example/fhir#x", None),
        ("https://ehr.example:x/fhir", None),
        (None, None),
    ],
)
def test_addresses_are_compared_in_one_form(address: str | None, base: str | None) -> None:
    assert normalised_base(address) == base
