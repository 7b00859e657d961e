"""The published JSON Schema matches the code, and it accepts the committed artefact."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from app.artefact.schema import json_schema
from app.core.fitted_model import FittedModel

PUBLISHED = json.loads((Path(__file__).parents[2] / "docs" / "artefact.schema.json").read_text("utf-8"))


def test_published_schema_matches_the_code() -> None:
    assert json_schema() == PUBLISHED, "run sii-afp model schema"


def test_published_schema_accepts_the_artefact(fitted: FittedModel) -> None:
    document = json.loads(fitted.text)
    jsonschema_rs.validate(PUBLISHED, document)
    for change in ({"notes": ""}, {"title": ""}, {"schema_version": 1}):
        with pytest.raises(jsonschema_rs.ValidationError):
            jsonschema_rs.validate(PUBLISHED, document | change)
