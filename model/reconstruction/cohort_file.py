"""Read and write the file of reconstructed cohorts: one row per synthetic member, never a patient."""

from pathlib import Path

import pandas as pd

from model.publication.study import HONG2021

COHORTS_FILE = HONG2021 / "cohorts.csv"


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
