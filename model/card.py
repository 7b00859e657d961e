"""Write the model card: TRIPOD+AI items, agreement, performance and limits, from the same files as the model."""

import json
from pathlib import Path

import jinja2

from app.artefact.reader import ARTEFACT_FILE, load_artefact
from app.presentation.other_survival import survival_found
from model.agreement import AGREEMENT_FILE
from model.convergence import CONVERGENCE_FILE
from model.coverage.report import COVERAGE_FILE
from model.internal_validation import VALIDATION_FILE
from model.publication.arithmetic import check_publication
from model.publication.study import RISK_GROUPS, external, study

CARD_FILE = Path(__file__).resolve().parent.parent / "docs" / "model-card.md"


def card_text() -> str:
    """Return the model card as Markdown. Raises ArtefactError if the artefact is not sound."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown, from this repository's own files
    )
    return environment.get_template("card.md.jinja").render(
        fitted=load_artefact(ARTEFACT_FILE),
        coefficients=json.loads(ARTEFACT_FILE.read_text(encoding="utf-8"))["coefficients"],
        agreement=json.loads(AGREEMENT_FILE.read_text(encoding="utf-8")),
        convergence=json.loads(CONVERGENCE_FILE.read_text(encoding="utf-8")),
        validation=json.loads(VALIDATION_FILE.read_text(encoding="utf-8")),
        coverage=json.loads(COVERAGE_FILE.read_text(encoding="utf-8")),
        group_labels={group: label for group, label, *_ in RISK_GROUPS},
        arithmetic=check_publication(),
        study=study(),
        external=external(),
        survival_found=survival_found,
    )
