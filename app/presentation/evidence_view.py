"""The evidence page, from the files that the model was made from."""

from app.core.artefact import Artefact
from app.presentation.pages import site_of
from app.presentation.views import EvidencePage


def evidence_page(artefact: Artefact) -> EvidencePage:
    """Stub."""
    return EvidencePage(site_of(artefact, "evidence"), {}, {}, {}, (), (), {}, ())
