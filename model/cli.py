"""`sii-afp model ...`: make the model, check it, write its card. Needs the `model` extra."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import pandas as pd

from app.artefact.reader import ARTEFACT_FILE, load_artefact
from app.artefact.schema import json_schema
from app.cli.console import InOrder, say
from app.core.errors import CheckFailedError
from model.agreement import AGREEMENT_FILE, Agreement, check_cohorts, write_lines
from model.card import CARD_FILE, card_text
from model.convergence import CONVERGENCE_FILE, convergence_of
from model.digitised import run as digitised_run
from model.digitised.coordinates import Tolerance, read_at_risk, read_curves
from model.digitised.limits import check_steps, figure_limits
from model.digitised.report import misses_text, report_text
from model.fitting.artefact import write_artefact
from model.fitting.study_fit import fit_study
from model.internal_validation import VALIDATION_FILE, validated, write_validation
from model.publication.arithmetic import Line, check_publication
from model.reconstruction.run import CHAINS, COHORTS_FILE, KEPT_PER_CHAIN, read_cohorts, reconstruct, write_cohorts

_T = TypeVar("_T")
_F = TypeVar("_F", bound=Callable[..., Any])
SCHEMA_FILE = CARD_FILE.with_name("artefact.schema.json")

_FILE = click.Path(path_type=Path)
_READ_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_AT_LEAST_ONE = click.IntRange(min=1)
_COHORTS = click.option("--cohorts", type=_FILE, default=COHORTS_FILE, help="The reconstructed cohorts.")
_WORKERS = click.option("--workers", type=_AT_LEAST_ONE, default=2, help="Processes to use; the result is the same.")


def _output(default: Path | None, help_text: str) -> Callable[[_F], _F]:
    """Return the option for the file that a command writes."""
    return click.option("--output", type=_FILE, default=default, required=default is None, help=help_text)


@click.group(cls=InOrder, context_settings={"show_default": True})
def commands() -> None:
    """Make the model and judge it."""


@commands.command("reconstruct")
@click.option(
    "--chains",
    type=_AT_LEAST_ONE,
    default=CHAINS,
    help="Independent chains; the committed file has the default.",
)
@_WORKERS
@_output(COHORTS_FILE, "Where the cohorts are written.")
def reconstruct_command(chains: int, workers: int, output: Path) -> None:
    """Sample the reconstructed cohorts from the published summaries (about 15 minutes on two cores)."""
    with click.progressbar(length=chains, label="Chains") as bar:
        rows = reconstruct(chains=chains, workers=workers, progress=lambda _done: bar.update(1))
    write_cohorts(rows, output)
    say(f"{chains * KEPT_PER_CHAIN} cohorts of {chains} chains written to {output}")


@commands.command("digitise")
@click.option(
    "--curves",
    type=_READ_FILE,
    required=True,
    help="CSV with curve, months and survival, as read from a figure.",
)
@_output(None, "Where the cohorts are written.")
@click.option("--at-risk", type=_READ_FILE, help="CSV with curve, months and at_risk.")
@click.option("--percent", is_flag=True, help="Survival is in percent.")
@click.option(
    "--tolerance",
    type=click.FloatRange(0.001, 0.2),
    default=Tolerance().survival,
    help="How far a reading may be off, in survival: 0.02 is two points.",
)
@click.option(
    "--months-tolerance",
    type=click.FloatRange(0, 2),
    default=Tolerance().months,
    help="How far a reading may be off, in months.",
)
@click.option(
    "--at-risk-tolerance",
    type=click.IntRange(0, 5),
    default=Tolerance().at_risk,
    help="How far a number at risk may be off; 0 if they are printed.",
)
@click.option("--chains", type=_AT_LEAST_ONE, default=digitised_run.CHAINS, help="Independent chains.")
@click.option("--rounds", type=_AT_LEAST_ONE, default=digitised_run.ROUNDS, help="Rounds after which a chain ends.")
@_WORKERS
def digitise_command(  # noqa: PLR0913 - one option per question
    *,
    curves: Path,
    output: Path,
    at_risk: Path | None,
    percent: bool,
    tolerance: float,
    months_tolerance: float,
    at_risk_tolerance: int,
    chains: int,
    rounds: int,
    workers: int,
) -> None:
    """Sample cohorts that also agree with curves read from Fig. 1a or 2; exit 1 if no cohort does."""
    within = Tolerance(tolerance, months_tolerance, at_risk_tolerance)
    points = read_curves(curves, within, percent=percent)
    check_steps(curves, points, within)
    counts = read_at_risk(at_risk, within) if at_risk else []
    with click.progressbar(length=chains, label="Chains") as bar:
        try:
            rows = digitised_run.digitise(
                figure_limits(points, counts, within),
                chains=chains,
                rounds=rounds,
                workers=workers,
                progress=lambda _done: bar.update(1),
            )
        except digitised_run.NoCohortError as error:
            say("\n" + misses_text(error.misses), error=True)
            raise
    write_cohorts(rows, output)
    cohorts = read_cohorts(output)
    say(report_text(cohorts, points, counts, within))
    say(f"{len(cohorts)} cohorts of {rows['chain'].nunique()} chains written to {output}")


@commands.command("fit-study")
@_COHORTS
@_output(ARTEFACT_FILE, "Where the artefact is written.")
def fit_study_command(cohorts: Path, output: Path) -> None:
    """Fit every cohort, pool the fits and write the artefact; the same cohorts give the same bytes."""
    frames = read_cohorts(cohorts)
    fit = _with_bar(fit_study, frames)
    write_artefact(fit, output, cohorts)
    fitted = load_artefact(output)
    say(f"{fitted.id} {fitted.version} written to {output}\n{fitted.digest}")


@commands.command("check")
@_COHORTS
@_output(AGREEMENT_FILE, "Where the statistics are written.")
def check_command(cohorts: Path, output: Path) -> None:
    """Compare every published statistic with the reconstructed cohorts; exit 1 if any is out of tolerance."""
    frames = read_cohorts(cohorts)
    lines = _with_bar(check_cohorts, frames)
    write_lines(lines, output)
    write_lines(convergence_of(frames), output.with_name(CONVERGENCE_FILE.name))
    arithmetic = check_publication()
    say(_agreement_table(lines))
    say(_arithmetic_table(arithmetic))
    failed = [line.label for line in lines if not line.holds] + [line.label for line in arithmetic if not line.holds]
    say(
        f"{len(lines)} statistics over {len(frames)} cohorts and {len(arithmetic)} printed figures: "
        + (f"{len(failed)} out of tolerance: {'; '.join(failed)}" if failed else "all within tolerance")
    )
    if failed:
        raise CheckFailedError


@commands.command("validate")
@_COHORTS
@_output(VALIDATION_FILE, "Where the figures are written.")
def validate_command(cohorts: Path, output: Path) -> None:
    """Measure optimism and shrinkage of the model in the reconstructed cohorts (about two minutes)."""
    frames = read_cohorts(cohorts)
    found = _with_bar(validated, frames)
    write_validation(found, output)
    say(
        f"C-index: optimism {found['c_index_optimism']:.3f}; calibration slope {found['calibration_slope']:.2f}; "
        f"shrinkage {found['shrinkage']:.2f}, "
        f"counting all {found['candidates']} candidates {found['shrinkage_screened']:.2f}"
    )


@commands.command("card")
@_output(CARD_FILE, "Where the model card is written.")
def card_command(output: Path) -> None:
    """Write the model card from the study's files, the artefact and the agreement table."""
    output.write_text(card_text(), encoding="utf-8")
    say(f"written to {output}")


@commands.command("schema")
@_output(SCHEMA_FILE, "Where the JSON Schema of the artefact file is written.")
def schema_command(output: Path) -> None:
    """Write the JSON Schema of the artefact file."""
    output.write_text(json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"written to {output}")


def _with_bar(run: Callable[[list[pd.DataFrame], Callable[[int], None]], _T], frames: list[pd.DataFrame]) -> _T:
    """Return what a function makes of the cohorts, and show how many it has finished."""
    with click.progressbar(length=len(frames), label="Cohorts") as bar:
        return run(frames, lambda _done: bar.update(1))


def _agreement_table(lines: list[Agreement]) -> str:
    rows = [f"{'Reconstruction':<52}{'published':>10}{'pooled':>9}{'worst':>9}  accepted"]
    for line in lines:
        published = "-" if line.published is None else f"{line.published:g}"
        accepted = f"{line.lower:.4g} to {line.upper:.4g}"
        rows.append(
            f"{line.label:<52}{published:>10}{line.pooled:>9.4g}{line.worst:>9.4g}  {accepted:<18}{_verdict(line)}"
        )
    return "\n".join(rows) + "\n"


def _arithmetic_table(lines: list[Line]) -> str:
    rows = [f"{'The publication against itself':<62}{'printed':>12}{'follows':>12}"]
    for line in lines:
        erratum = f"  erratum {line.erratum}" if line.erratum else ""
        rows.append(f"{line.label:<62}{line.printed:>12}{line.recomputed:>12}  {_verdict(line)}{erratum}")
    return "\n".join(rows) + "\n"


def _verdict(line: Agreement | Line) -> str:
    return "ok" if line.holds else "OUT OF TOLERANCE"
