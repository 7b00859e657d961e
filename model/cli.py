"""`sii-afp model ...`: make the model, check it, write its card. Needs the `model` extra."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import pandas as pd
import typer

from app.artefact.reader import ARTEFACT_FILE, load_artefact
from app.artefact.schema import json_schema
from app.core.errors import CheckFailedError
from model.agreement import AGREEMENT_FILE, Agreement, check_cohorts, write_agreement
from model.card import CARD_FILE, card_text
from model.convergence import CONVERGENCE_FILE, convergence_of, write_convergence
from model.digitised import run as digitised_run
from model.digitised.coordinates import Tolerance, read_at_risk, read_curves
from model.digitised.limits import check_steps, figure_limits
from model.digitised.report import misses_text, report_text
from model.fitting.artefact import write_artefact
from model.fitting.study_fit import fit_study
from model.internal_validation import VALIDATION_FILE, validated, write_validation
from model.publication.arithmetic import Line, check_publication
from model.reconstruction.cohort_file import COHORTS_FILE, read_cohorts, write_cohorts
from model.reconstruction.run import CHAINS, KEPT_PER_CHAIN, reconstruct

_T = TypeVar("_T")
SCHEMA_FILE = CARD_FILE.with_name("artefact.schema.json")

commands = typer.Typer(help="Make the model and judge it.", no_args_is_help=True, rich_markup_mode=None)


@commands.command("reconstruct")
def reconstruct_command(
    chains: Annotated[
        int, typer.Option(min=1, help="Independent chains; the committed file has the default.")
    ] = CHAINS,
    workers: Annotated[int, typer.Option(min=1, help="Processes to use; the result is the same.")] = 2,
    output: Annotated[Path, typer.Option(help="Where the cohorts are written.")] = COHORTS_FILE,
) -> None:
    """Sample the reconstructed cohorts from the published summaries (about 15 minutes on two cores)."""
    with typer.progressbar(length=chains, label="Chains") as bar:
        rows = reconstruct(chains=chains, workers=workers, progress=lambda _done: bar.update(1))
    write_cohorts(rows, output)
    typer.echo(f"{chains * KEPT_PER_CHAIN} cohorts of {chains} chains written to {output}")


@commands.command("digitise")
def digitise_command(  # noqa: PLR0913 - one option per question
    curves: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="CSV with curve, months and survival, as read from a figure."),
    ],
    output: Annotated[Path, typer.Option(dir_okay=False, help="Where the cohorts are written.")],
    at_risk: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="CSV with curve, months and at_risk.")
    ] = None,
    *,
    percent: Annotated[bool, typer.Option("--percent", help="Survival is in percent.")] = False,
    tolerance: Annotated[
        float, typer.Option(min=0.001, max=0.2, help="How far a reading may be off, in survival: 0.02 is two points.")
    ] = Tolerance().survival,
    months_tolerance: Annotated[
        float, typer.Option(min=0, max=2, help="How far a reading may be off, in months.")
    ] = Tolerance().months,
    at_risk_tolerance: Annotated[
        int, typer.Option(min=0, max=5, help="How far a number at risk may be off; 0 if they are printed.")
    ] = Tolerance().at_risk,
    chains: Annotated[int, typer.Option(min=1, help="Independent chains.")] = digitised_run.CHAINS,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds after which a chain ends.")] = digitised_run.ROUNDS,
    workers: Annotated[int, typer.Option(min=1, help="Processes to use; the result is the same.")] = 2,
) -> None:
    """Sample cohorts that also agree with curves read from Fig. 1a or 2; exit 1 if no cohort does."""
    within = Tolerance(tolerance, months_tolerance, at_risk_tolerance)
    points = read_curves(curves, within, percent=percent)
    check_steps(curves, points, within)
    counts = read_at_risk(at_risk, within) if at_risk else []
    with typer.progressbar(length=chains, label="Chains") as bar:
        try:
            rows = digitised_run.digitise(
                figure_limits(points, counts, within),
                chains=chains,
                rounds=rounds,
                workers=workers,
                progress=lambda _done: bar.update(1),
            )
        except digitised_run.NoCohortError as error:
            typer.echo("\n" + misses_text(error.misses), err=True)
            raise
    write_cohorts(rows, output)
    cohorts = read_cohorts(output)
    typer.echo(report_text(cohorts, points, counts, within))
    typer.echo(f"{len(cohorts)} cohorts of {rows['chain'].nunique()} chains written to {output}")


@commands.command("fit-study")
def fit_study_command(
    cohorts: Annotated[Path, typer.Option(help="The reconstructed cohorts.")] = COHORTS_FILE,
    output: Annotated[Path, typer.Option(help="Where the artefact is written.")] = ARTEFACT_FILE,
) -> None:
    """Fit every cohort, pool the fits and write the artefact; the same cohorts give the same bytes."""
    frames = read_cohorts(cohorts)
    fit = _with_bar(fit_study, frames)
    write_artefact(fit, output, cohorts)
    fitted = load_artefact(output)
    typer.echo(f"{fitted.id} {fitted.version} written to {output}\n{fitted.digest}")


@commands.command("check")
def check_command(
    cohorts: Annotated[Path, typer.Option(help="The reconstructed cohorts.")] = COHORTS_FILE,
    output: Annotated[Path, typer.Option(help="Where the statistics are written.")] = AGREEMENT_FILE,
) -> None:
    """Compare every published statistic with the reconstructed cohorts; exit 1 if any is out of tolerance."""
    frames = read_cohorts(cohorts)
    lines = _with_bar(check_cohorts, frames)
    write_agreement(lines, output)
    write_convergence(convergence_of(frames), output.with_name(CONVERGENCE_FILE.name))
    arithmetic = check_publication()
    typer.echo(_agreement_table(lines))
    typer.echo(_arithmetic_table(arithmetic))
    failed = [line.label for line in lines if not line.holds] + [line.label for line in arithmetic if not line.holds]
    typer.echo(
        f"{len(lines)} statistics over {len(frames)} cohorts and {len(arithmetic)} printed figures: "
        + (f"{len(failed)} out of tolerance: {'; '.join(failed)}" if failed else "all within tolerance")
    )
    if failed:
        raise CheckFailedError


@commands.command("validate")
def validate_command(
    cohorts: Annotated[Path, typer.Option(help="The reconstructed cohorts.")] = COHORTS_FILE,
    output: Annotated[Path, typer.Option(help="Where the figures are written.")] = VALIDATION_FILE,
) -> None:
    """Measure optimism and shrinkage of the model in the reconstructed cohorts (about two minutes)."""
    frames = read_cohorts(cohorts)
    found = _with_bar(validated, frames)
    write_validation(found, output)
    typer.echo(
        f"C-index: optimism {found['c_index_optimism']:.3f}; calibration slope {found['calibration_slope']:.2f}; "
        f"shrinkage {found['shrinkage']:.2f}, "
        f"counting all {found['candidates']} candidates {found['shrinkage_screened']:.2f}"
    )


@commands.command("card")
def card_command(
    output: Annotated[Path, typer.Option(help="Where the model card is written.")] = CARD_FILE,
) -> None:
    """Write the model card from the study's files, the artefact and the agreement table."""
    output.write_text(card_text(), encoding="utf-8")
    typer.echo(f"written to {output}")


@commands.command("schema")
def schema_command(
    output: Annotated[Path, typer.Option(help="Where the JSON Schema of the artefact file is written.")] = SCHEMA_FILE,
) -> None:
    """Write the JSON Schema of the artefact file."""
    output.write_text(json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    typer.echo(f"written to {output}")


def _with_bar(run: Callable[[list[pd.DataFrame], Callable[[int], None]], _T], frames: list[pd.DataFrame]) -> _T:
    """Return what a function makes of the cohorts, and show how many it has finished."""
    with typer.progressbar(length=len(frames), label="Cohorts") as bar:
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
