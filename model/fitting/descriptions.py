"""Describe the model in sentences: its title, method, limits, and the alternatives to its survival."""

from model.fitting.alternatives import Alternative
from model.fitting.study_fit import GRID_MONTHS
from model.publication.study import FACTORS, by_id, external, study

TITLE = "SII and AFP at the start of regorafenib after sorafenib: overall survival (Hong et al. 2021, reconstructed)"
METHOD = (
    "Cohorts of 58 synthetic members reconstructed from the published summaries; Cox model (Breslow) on times in whole "
    "months, as the study recorded them; baseline and Kaplan-Meier curves on the unrounded times. Coefficients pooled "
    "by Rubin's rules; survival on the complementary log-log scale, its limits the quantiles of the mixture of the "
    "cohorts' distributions. No individual patient data were published or used."
)


def limits() -> list[dict[str, str]]:
    """Return the limits of the model, each with its id."""
    published = study()
    n = published["population"]["n"]
    deaths = published["deaths_derived"]
    candidates = len(published["table2"]["univariable"])
    texts = {
        "small_study": (
            f"One centre, {n} patients, about {deaths['min']} to {deaths['max']} deaths (their number was not "
            f"published): every estimate is imprecise. The two factors were kept out of {candidates} because their p "
            "was below 0.05: such hazard ratios are probably too large."
        ),
        "reconstructed": (
            "No individual data were published. The curves come from reconstructed cohorts that agree with the "
            "published summaries; the intervals hold that uncertainty too."
        ),
        "readings": (
            "The intervals do not include the uncertainty of how the paper was read: times to the nearest month; "
            "none, one or both factors high as the groups of its Fig. 2; "
            f"{published['follow_up']['median_months']} months as the median of all observed times; "
            f"follow-up until {published['population']['treated_to']} at the latest; and no interaction between SII "
            "and AFP."
        ),
        "cutoffs_chosen": (
            "SII is cut at the median of this cohort and AFP at a conventional value. Neither cut-off was validated "
            "elsewhere with this model."
        ),
        "independent_effects": (
            "SII and AFP are assumed to act independently of each other and constantly over time; the study tested "
            "neither."
        ),
        "short_follow_up": (
            f"The study's median follow-up was {published['follow_up']['median_months']} months; nothing is shown "
            f"beyond {GRID_MONTHS[-1]:.0f} months. Towards its end few of a group, or none, are still observed, and a "
            "curve only carries on its last value."
        ),
        "prognosis_only": (
            "A prognosis is not a prediction of benefit: the model cannot say who should or should not receive "
            "regorafenib."
        ),
    }
    return [{"id": name, "text": text} for name, text in texts.items()]


def words_of(found: Alternative) -> dict[str, str]:
    """Return label and explanation of an alternative."""
    sources = {row["factor"]: row["label"] for row in external()["hazard_ratios"] if row["primary"]}
    if found.median_months is None:
        named = "; ".join(f"{factor.upper()}: {sources[factor]}" for factor in FACTORS)
        taus = ", ".join(f"{factor.upper()} {value}" for factor, value in found.tau.items())
        return {
            "label": "Adjusted for larger studies",
            "explanation": (
                f"The study's hazard ratios, combined with those of larger studies ({named}), and the overall survival "
                "of the study, unchanged. How much the effect differs between studies is assumed, not known (standard "
                f"deviation of the log hazard ratio, tau: {taus}). Calculated with the Cox model, never validated."
            ),
        }
    study_label = by_id(external()["survival"], external()["scenario"]["study"])["label"]
    return {
        "label": f"Scenario: overall median {found.median_months} months",
        "explanation": (
            f"What if all patients together survived as in the {study_label}, a median of {found.median_months} "
            "months? It has the hazard ratios adjusted for larger studies and moves everyone to the population of that "
            "trial. It is no estimate for patients like those of the study."
        ),
    }
