"""The API follows its OpenAPI document for every request. scripts/contract runs this test with 10,000 examples."""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig as Config

from app.config.settings import Settings
from app.main import create_app

EXAMPLES = int(os.environ.get("SII_AFP_CONTRACT_EXAMPLES", "40"))
HOST = "calculator.test"

application = create_app(Settings(allowed_hosts=(HOST,)))
# 422 is right for faults that JSON Schema cannot describe, such as a platelet count of 9,000. FHIR resources are
# described only by their type: 400 reports other faults, 412 a record that lacks something.
CONFIG = {
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "404", "422"]}},
    "operations": [
        {
            "include-path-regex": "^/(fhir|cds-services)",
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "404", "412", "422"]},
                "negative_data_rejection": {
                    "expected-statuses": ["400", "401", "404", "405", "406", "412", "415", "422"]
                },
            },
        }
    ],
}
schema = schemathesis.openapi.from_dict(application.openapi(), config=Config.from_dict(CONFIG))
schema.app = application


@pytest.mark.no_cover  # thousands of requests
@pytest.mark.filterwarnings("default")  # the generator's own libraries
@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(case: Case[Any]) -> None:
    case.call_and_validate(base_url=f"http://{HOST}")
