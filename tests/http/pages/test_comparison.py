"""Two assessments side by side: the first one's fields are sent with the second ones, under names of their own."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from tests.lib.clients import client_with

FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
COUNTS = ("neutrophils", "lymphocytes", "platelets")
# SII by hand: 145 x 4.2 / 1.1 = 553.6, high; 145 x 1.5 / 1.1 = 197.7, low.
HIGH = dict(zip((*COUNTS, "afp"), ("4.2", "1.1", "145", "620"), strict=True))
LOW = HIGH | {"neutrophils": "1.5", "afp": "12"}
UNITS = {f"{name}_unit": "10*9/L" for name in COUNTS} | {"afp_unit": "ng/mL"}
ROW = re.compile(r'<tr(?: class="differs")?><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>')


@pytest.fixture
def client() -> Iterator[TestClient]:
    with client_with() as found:
        yield found


def both(first: dict[str, str], second: dict[str, str], **more: str) -> str:
    return urlencode({**{f"first_{name}": text for name, text in first.items()}, **second, **more})


def test_both_assessments_are_in_one_table(client: TestClient) -> None:
    answer = client.post("/compare", content=both(HIGH | UNITS, LOW | UNITS), headers=FORM)
    assert answer.status_code == 200
    rows = {label: (first, second) for label, first, second in ROW.findall(answer.text)}
    assert rows["AFP"] == ("620 ng/mL", "12 ng/mL")
    assert rows["Risk group"] == ("Higher-risk group", "Lower-risk group")
    assert rows["Alive after 6 months, of 100"] == (
        "36 (95 % interval: 10 to 64)",
        "87 (95 % interval: 47 to 99)",
    )
    assert answer.text.count('class="drawing drawing-wide"') == 2


def test_one_curve_is_drawn_for_one_group(client: TestClient) -> None:
    answer = client.post("/compare", content=both(HIGH | UNITS, HIGH | UNITS | {"afp": "700"}), headers=FORM)
    assert answer.text.count('class="drawing drawing-wide"') == 1
    assert answer.text.count('<tr class="differs">') == 2  # AFP as given, and as a factor


@pytest.mark.parametrize(
    ("first", "second", "names"), [(HIGH, LOW, ["", "First: "]), (LOW, HIGH, ["", "Second: "]), (HIGH, HIGH, ["", ""])]
)
def test_caveat_of_one_assessment_names_it(
    client: TestClient, first: dict[str, str], second: dict[str, str], names: list[str]
) -> None:
    """Both have the caveat that others lived longer. Only the high one has that almost nobody was followed."""
    answer = client.post("/compare", content=both(first | UNITS, second | UNITS), headers=FORM).text
    beside = answer.partition('<ul class="beside">')[2].partition("</ul>")[0]
    assert re.findall(r"<li>(|First: |Second: )<strong>", beside) == names


def test_form_for_the_second_starts_with_the_first(client: TestClient) -> None:
    answer = client.post("/compare", content=both(HIGH | UNITS, {}, edit="1"), headers=FORM)
    assert answer.status_code == 200
    assert 'action="./compare"' in answer.text
    for name, value in HIGH.items():
        assert f'name="first_{name}" value="{value}"' in answer.text
        assert re.search(rf'<input id="{name}" name="{name}" [^>]*value="{value}"', answer.text)


def test_second_is_kept_when_it_is_changed(client: TestClient) -> None:
    answer = client.post("/compare", content=both(HIGH | UNITS, LOW | UNITS, edit="1"), headers=FORM).text
    assert re.search(r'<input id="afp" name="afp" [^>]*value="12"', answer)
    assert 'name="first_afp" value="620"' in answer


def test_wrong_second_values_keep_the_first(client: TestClient) -> None:
    answer = client.post("/compare", content=both(HIGH | UNITS, LOW | UNITS | {"afp": "many"}), headers=FORM)
    assert answer.status_code == 422
    assert 'href="#afp"' in answer.text
    assert 'name="first_afp" value="620"' in answer.text


def test_wrong_first_values_are_shown_as_a_form(client: TestClient) -> None:
    answer = client.post("/compare", content=both(HIGH | UNITS | {"afp": "many"}, LOW | UNITS), headers=FORM)
    assert answer.status_code == 422
    assert 'action="./"' in answer.text
    assert re.search(r'<input id="afp" name="afp" [^>]*value="many"', answer.text)


def test_record_is_never_compared(client: TestClient) -> None:
    """A handle of a record, even a made-up one, opens nothing there."""
    fields = both(HIGH | UNITS | {"record": "a-handle"}, LOW | UNITS | {"record": "a-handle"})
    assert client.post("/compare", content=fields, headers=FORM).status_code == 200


def test_caveats_of_each_assessment_are_named(client: TestClient) -> None:
    answer = client.post("/compare", content=both(HIGH | UNITS | {"afp": "399"}, LOW | UNITS), headers=FORM).text
    assert "First: <strong>AFP is close to its cut-off of 400 ng/mL.</strong>" in answer
    assert "Second: <strong>" not in answer


def test_reload_without_values_leads_to_the_form(client: TestClient) -> None:
    answer = client.get("/compare", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "./")


@pytest.mark.parametrize("body", ["", "edit=1", "first_afp=1&afp=2", "%ff=%00&first_=1&" + "a=1&" * 50])
def test_odd_bodies_are_no_server_error(client: TestClient, body: str) -> None:
    assert client.post("/compare", content=body, headers=FORM).status_code in (400, 422)
