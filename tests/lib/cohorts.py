"""Compute the statistics of every committed cohort once, because it takes a minute."""

from functools import cache

from model.agreement import cohort_statistics
from model.reconstruction.run import read_cohorts


@cache
def all_statistics() -> tuple[dict[str, float], ...]:
    """Return every statistic of each cohort, in the order of the file."""
    return tuple(cohort_statistics(cohort) for cohort in read_cohorts())
