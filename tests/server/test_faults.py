"""Faults of disk, pipe, clients, process, clock, files and other servers: short forms of `scripts/prove faults`."""

import pytest

from scripts.proofs.faults import FAULTS, Fault
from scripts.proofs.findings import Findings


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_service_withstands(fault: Fault) -> None:
    found = Findings("faults")
    fault(found, 0.03)
    assert found.broken == []
    assert found.counts["promises checked"] > 0
