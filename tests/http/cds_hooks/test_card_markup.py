"""Text from the EHR that could be Markdown or HTML is shown as plain text, or not at all."""

import pytest
from starlette.testclient import TestClient

from tests.lib.cds_hooks.calls import SNOMED, Json, ask, call, condition, measured, objects, prefetch
from tests.lib.cds_hooks.markdown import read
from tests.lib.fhir.examples import observation, quantity, searchset

HOSTILE = {
    "table": "| a | b |",
    "link": "[x](http://evil.example)",
    "end of a link": "](http://e.x)",
    "image": "![](http://e.x/i)",
    "tag": "<script>x</script>",
    "short tag": "<b onclick=x>",
    "address": "https://evil.example",
    "www address": "www.evil.example",
    "mail address": "<a@evil.example>",
    "new paragraph": "x\n\n# Heading",
    "emphasis": "**x** _y_ ~~z~~",
    "code": "`x` ```y",
    "entity": "&lt;b&gt;",
    "backslash": "\\*x\\*",
    "line ends": "a\r\nb\u2028c",
}
PLAIN = {"paragraph", "inline", "text", "text_special", "bullet_list", "list_item"}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_unit_from_the_ehr_is_shown_as_text(telling: TestClient, text: str) -> None:
    answer = ask(telling, call(measured(afp={"value": 20, "unit": text})))
    (found,) = answer.json()["cards"]
    page = read(found["detail"])
    assert page.markup <= PLAIN
    assert page.lines[0].startswith("AFP: There is no usable result of AFP. ")
    assert page.lines[1] == "Not used:"
    assert len(page.lines) == 3
    quoted = page.lines[2].partition("The unit '")[2].partition("' is not one")[0]
    shown = "".join(character if character.isprintable() else "?" for character in text)
    assert quoted == (shown if len(text) <= 20 else f"{shown[:20]}…")
    for raw in ("](http://", "<script>", "http://", "https://", "www.", "\n#"):
        assert raw not in found["detail"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("settings", ["client", "telling"])
def test_no_other_text_from_the_ehr_is_shown(request: pytest.FixtureRequest, settings: str, text: str) -> None:
    client: TestClient = request.getfixturevalue(settings)
    coding = {"system": "http://loinc.org", "code": "1834-1", "display": text}
    hostile: Json = {"code": {"coding": [coding], "text": text}, "id": f"{text} ", "method": {"text": text}}
    unusable = hostile | {"status": text, "effectiveDateTime": text}
    used, other = observation("afp", 1250, **hostile), observation("afp", 20, **unusable)
    strange = observation("afp", quantity(20, "ng/mL", comparator=text), when="2026-01-09T08:00:00Z", **hostile)
    alone = observation("afp", 20, when="2026-01-10T08:00:00Z", code={"coding": [{"system": text, "code": text}]})
    carcinoma = condition(id=f"{text} ", code={"coding": [{"system": SNOMED, "code": "109841003"}], "text": text})
    found = prefetch(hcc=searchset(carcinoma), afp=searchset(alone, strange, other, used))
    for prefetched in (found, prefetch(hcc=searchset(carcinoma), afp=searchset(alone, strange, other))):
        answer = ask(client, call(prefetched))
        assert answer.status_code == 200
        values = [value for one in objects(answer.json()) for value in one.values() if isinstance(value, str)]
        assert not [value for value in values if text in value]
