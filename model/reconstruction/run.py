"""Reconstruct cohorts from the published summaries, and keep them in a file.

There are many independent chains with a few cohorts each. A chain samples cohorts that meet every constraint on overall
survival (`overall_survival`) and then adds progression to each (`progression_free_survival`). The cohorts are
synthetic: they are samples of what the data may have been, not patients.
"""

from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from model.publication.study import HONG2021
from model.reconstruction.overall_survival import Cohort, run_chain
from model.reconstruction.progression_free_survival import add_progression
from model.reconstruction.target import target_of
from model.reconstruction.trial import published_prior

COHORTS_FILE = HONG2021 / "cohorts.csv"
CHAINS = 64
KEPT_PER_CHAIN = 5
SEED = 2021_05_18  # the day of publication; any fixed number would do


def reconstruct(
    *, chains: int = CHAINS, workers: int = 2, progress: Callable[[int], None] = lambda _done: None
) -> pd.DataFrame:
    """Return all kept cohorts as rows (see `read_cohorts`), numbered from 1 in the order of their chains.

    Deterministic: the number of workers does not change the result, and the number of chains does not change the first
    chains. `progress` is called with the number of finished chains. Raises RuntimeError if a chain never agrees.
    """
    parts: list[pd.DataFrame] = []
    with get_context("spawn").Pool(workers) as pool:
        for part in pool.imap(reconstruct_chain, range(1, chains + 1)):
            parts.append(part)
            progress(len(parts))
    return pd.concat(parts, ignore_index=True)


def reconstruct_chain(chain: int) -> pd.DataFrame:
    """Return the kept cohorts of one chain (numbered from 1) as rows."""
    cohorts = run_chain(SEED + chain, KEPT_PER_CHAIN, target_of(published_prior()))
    parts = [cohort_rows(chain, k, cohort) for k, cohort in enumerate(cohorts)]
    return pd.concat(parts, ignore_index=True)


def cohort_rows(chain: int, k: int, sampled: Cohort) -> pd.DataFrame:
    """Return cohort `k` of a chain (numbered from 0) as rows, with progression. Raises RuntimeError if none agrees."""
    latent, months, death, cell = sampled
    cohort = (chain - 1) * KEPT_PER_CHAIN + k + 1
    latent_pfs, pfs, progression = add_progression(SEED * 10 + cohort, latent, cell)
    return pd.DataFrame(
        {
            "cohort": cohort,
            "chain": chain,
            "cell": cell,
            "months": months,
            "latent_months": latent,
            "death": death,
            "pfs_months": pfs,
            "latent_pfs_months": latent_pfs,
            "progression": progression,
        }
    )


def read_cohorts(path: Path = COHORTS_FILE) -> list[pd.DataFrame]:
    """Return one data frame per cohort, ordered by latent time.

    Columns: `cohort`, `chain`, `cell` (0 neither, 1 SII only, 2 AFP only, 3 both), `months` (recorded, whole),
    `latent_months` (before it was recorded), `death`, `pfs_months`, `latent_pfs_months`, `progression`, and the two
    covariates `sii_high` and `afp_high` that follow from the cell.
    """
    rows = pd.read_csv(path)
    rows["sii_high"] = rows["cell"] & 1
    rows["afp_high"] = rows["cell"] // 2
    return [cohort.reset_index(drop=True) for _, cohort in rows.groupby("cohort", sort=True)]


def write_cohorts(rows: pd.DataFrame, path: Path = COHORTS_FILE) -> None:
    """Write the cohorts: latent times in thousandths of a month, the same bytes for the same cohorts."""
    rows.to_csv(path, index=False, float_format="%.3f", lineterminator="\n")
