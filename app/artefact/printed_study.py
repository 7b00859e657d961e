"""Declare the parts of `study.toml` that pages show: the study's results, its tables and its errata, as printed.

They are typed dictionaries, because classes would make every start slower.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

Text = Annotated[str, Field(min_length=1)]
Number = int | float  # as printed
Pair = tuple[Number, Number]
# The factors of Table 3 that pages have a name for.
Factor = Literal[
    "age",
    "sex",
    "child_pugh",
    "albi",
    "afp",
    "pivka_ii",
    "nlr",
    "plr",
    "bclc",
    "vascular_invasion",
    "extrahepatic",
]


class Reference(TypedDict):
    """The publication."""

    title: Text
    setting: Text


class Size(TypedDict):
    """The number of patients, and where it is printed."""

    n: int
    source: Text


class FollowUp(TypedDict):
    """Median follow-up in months."""

    median_months: Number
    source: Text


class Outcome(TypedDict):
    """A median time in months with its interval."""

    median_months: Number
    median_ci_95: Pair
    source: Text


class ComparedOutcome(Outcome):
    """An outcome that was compared by SII."""

    log_rank_sii_p: float
    log_rank_sii_source: Text


class OverallSurvival(ComparedOutcome):
    """Overall survival, also compared by levels of SII and AFP."""

    log_rank_levels_p: float
    log_rank_levels_source: Text


class Median(TypedDict):
    """A median with the spread printed beside it."""

    median: Number
    spread: Pair


class Count(TypedDict):
    """A number of patients with its percentage."""

    count: int
    percent: Number


class ChildPugh(TypedDict):
    """Child-Pugh scores 5 and 6."""

    a5: int
    a5_percent: Number
    a6: int
    a6_percent: Number


class Albi(TypedDict):
    """ALBI grades 1 and 2."""

    grade_1: int
    grade_1_percent: Number
    grade_2: int
    grade_2_percent: Number


class Bclc(TypedDict):
    """BCLC stages B and C."""

    b: int
    b_percent: Number
    c: int
    c_percent: Number


class Table1(TypedDict):
    """Baseline characteristics."""

    title: Text
    age_years: Median
    male: Count
    child_pugh: ChildPugh
    albi: Albi
    afp_ng_per_ml: Median
    pivka_ii_mau_per_ml: Median
    bclc: Bclc
    vascular_invasion: Count
    extrahepatic: Count
    aetiology: Text


class PrintedRatio(TypedDict):
    """A row of the Cox regression."""

    id: Text
    label: Text
    hazard_ratio: float
    ci_95: tuple[float, float]
    p_value: float


class Table2(TypedDict):
    """Cox regression: each variable alone, and the kept variables together."""

    title: Text
    univariable: tuple[PrintedRatio, ...]
    multivariable: tuple[PrintedRatio, ...]


class CrossTable(TypedDict):
    """A clinical factor by SII: counts and percentages of low and high SII for each level."""

    id: Factor
    levels: tuple[Text, ...]
    counts: tuple[tuple[int, int], ...]
    percents: tuple[Pair, ...]
    p_value: float


def _checked(row: CrossTable) -> CrossTable:
    if not len(row["levels"]) == len(row["counts"]) == len(row["percents"]):
        raise ValueError("levels, counts and percents differ in number")
    return row


class Table3(TypedDict):
    """Clinical factors by SII."""

    title: Text
    group_sizes: tuple[int, int]
    rows: tuple[Annotated[CrossTable, AfterValidator(_checked)], ...]


class Erratum(TypedDict):
    """A place where the publication contradicts itself or gives no value, and how this project reads it."""

    table: Text
    printed: Text
    reading: Text
    reason: Text


class Study(TypedDict):
    """`study.toml`: the study as reported."""

    study: Reference
    population: Size
    follow_up: FollowUp
    overall_survival: OverallSurvival
    progression_free_survival: ComparedOutcome
    sorafenib_start_to_death: Outcome
    table1: Table1
    table2: Table2
    table3: Table3
    errata: tuple[Erratum, ...]
