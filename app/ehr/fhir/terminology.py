"""The codes of this project's own: no LOINC code for the index, nor any for the model and its groups, is known."""

from dataclasses import dataclass

from app.core.analytes import Analyte


@dataclass(frozen=True, slots=True)
class Term:
    """What a code is called and what it means."""

    display: str
    definition: str


TERMS: dict[str, Term] = {
    "sii": Term(
        "Systemic immune-inflammation index",
        "Platelets times neutrophils divided by lymphocytes, all counts in 10*9/L, given in 10*9/L.",
    ),
    "sii-high": Term(
        "SII high", "The index is at or above the model's cut-off, which is not the end of a normal range."
    ),
    "sii-low": Term("SII low", "The index is below the model's cut-off."),
    **{
        analyte.value: Term(analyte.label, f"A value of {analyte.label} whose laboratory code is not known.")
        for analyte in Analyte
    },
    "low": Term("Lower-risk group", "Neither SII nor AFP is high."),
    "intermediate": Term("Middle-risk group", "One of SII and AFP is high."),
    "high": Term("Higher-risk group", "Both SII and AFP are high."),
    "sii-afp-cox": Term(
        "SII-AFP Cox model",
        "Proportional hazards model of overall survival on regorafenib after sorafenib failed, with two factors: SII "
        "and AFP at the start. Fitted on cohorts reconstructed from one published study; not validated.",
    ),
    "overall-survival": Term("Overall survival in HCC", "Prognosis of death from any cause, by risk group."),
}

OVERRIDE_REASONS: dict[str, Term] = {
    "no-hcc": Term(
        "The patient does not have hepatocellular carcinoma", "The problem list names a carcinoma that is not there."
    ),
    "not-regorafenib": Term(
        "Regorafenib after sorafenib is not being considered", "The study says nothing of other treatments."
    ),
    "outdated": Term(
        "The laboratory values do not describe the patient today", "They are too old, or something has happened since."
    ),
}
