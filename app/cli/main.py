"""One command, `sii-afp`. Heavy parts are imported by the subcommand that needs them: `assess` answers at once."""

import gc
import sys
from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer

from app.artefact.reader import load_artefact
from app.artefact.reference_vectors import read_vectors, replay
from app.config.version import software
from app.core.analytes import Analyte
from app.core.applicability import Population
from app.core.assessment import assess
from app.core.errors import ArtefactError, InputError, InputErrors, attempt
from app.core.iso_dates import typed_day
from app.core.labs import Lab, parse_lab
from app.core.sample_dates import SampleDates
from app.presentation.assessment_json import json_bytes
from app.presentation.assessment_text import plain_text
from app.presentation.messages import error_message

FAILED = 1
BAD_INPUT = 2
BROKEN_INSTALLATION = 3
_FIRST_FAILURES = 10

cli = typer.Typer(
    name="sii-afp",
    help="Risk calculator for hepatocellular carcinoma on regorafenib after sorafenib: SII and AFP.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
YesNo = Annotated[bool | None, typer.Option(help="Leave out if not known.")]


@cli.command("assess")
def assess_command(  # noqa: PLR0913, PLR0917 - one option per question
    neutrophils: Annotated[str, typer.Option(help='Count with unit: "4.2 10*9/L".')] = "",
    lymphocytes: Annotated[str, typer.Option(help='Count with unit: "1.1 10*9/L".')] = "",
    platelets: Annotated[str, typer.Option(help='Count with unit: "145 10*9/L".')] = "",
    afp: Annotated[str, typer.Option(help='Value with unit: "620 ng/mL", ">1210 ng/mL".')] = "",
    sorafenib_failed: YesNo = None,
    starting_regorafenib: YesNo = None,
    child_pugh: Annotated[str | None, typer.Option(help="Child-Pugh class A, B or C.")] = None,
    ecog: Annotated[int | None, typer.Option(help="ECOG performance status 0 to 5.")] = None,
    blood_count_date: Annotated[str | None, typer.Option(help="Day of the blood count: 2026-11-02.")] = None,
    afp_date: Annotated[str | None, typer.Option(help="Day of the AFP sample: 2026-11-01.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON, the body of the API.")] = False,
) -> None:
    """Assess one patient from four laboratory values, each with its unit."""
    texts = (neutrophils, lymphocytes, platelets, afp)
    labs: dict[Analyte, Lab | InputError] = {
        analyte: attempt(parse_lab, analyte, text) for analyte, text in zip(Analyte, texts, strict=True)
    }
    dates = (
        attempt(typed_day, "sampled_on.blood_count", blood_count_date),
        attempt(typed_day, "sampled_on.afp", afp_date),
    )
    wrong_dates = tuple(found for found in dates if isinstance(found, InputError))
    blood_count, afp_day = (None if isinstance(found, InputError) else found for found in dates)
    try:
        assessment = assess(
            load_artefact(),
            labs,
            computed_at=datetime.now(UTC),
            population=Population(sorafenib_failed, starting_regorafenib, child_pugh, ecog),
            sampled_on=SampleDates(blood_count, afp_day),
        )
    except InputErrors as error:
        _refuse((*error.errors, *wrong_dates))
    if wrong_dates:
        _refuse(wrong_dates)
    typer.echo(json_bytes(assessment).decode() if as_json else plain_text(assessment), nl=as_json)


@cli.command("selftest")
def selftest_command() -> None:
    """Replay the reference vectors on this installation; exit 1 if any answer differs from R's."""
    artefact = load_artefact()
    vectors = read_vectors()
    failures = replay(artefact, vectors)
    for failure in failures[:_FIRST_FAILURES]:
        typer.echo(f"vector {failure.id}: {failure.what}", err=True)
    typer.echo(f"{len(vectors) - len(failures)} of {len(vectors)} reference vectors passed")
    if failures or not vectors:
        raise typer.Exit(FAILED)


@cli.command("serve")
def serve_command(
    host: Annotated[str | None, typer.Option(help="Address to listen on [SII_AFP_HOST, 127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on [SII_AFP_PORT, 8000].")] = None,
) -> None:
    """Serve the pages and the API; every setting is an environment variable, see docs/operations.md."""
    from pydantic import ValidationError  # noqa: PLC0415 - only this command needs the server

    from app.auth.api_keys import ApiKeyError  # noqa: PLC0415
    from app.config.settings import Settings  # noqa: PLC0415
    from app.config.site import IntegrationError  # noqa: PLC0415
    from app.server import serve  # noqa: PLC0415

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            name = "_".join(str(part) for part in detail["loc"]).upper()
            typer.echo(f"SII_AFP_{name}: {detail['msg']}.", err=True)
        raise typer.Exit(BAD_INPUT) from None
    try:
        serve(settings)
    except (IntegrationError, ApiKeyError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(BAD_INPUT) from None


@cli.command("key")
def key_command(name: Annotated[str, typer.Argument(help="Who will use the key; it stands in the log.")]) -> None:
    """Make an API key: its line on standard output, to be appended to the file of keys, the key on standard error."""
    from app.auth.api_keys import ApiKeyError, new_key  # noqa: PLC0415 - only this command needs keys

    try:
        key, line = new_key(name)
    except ApiKeyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(BAD_INPUT) from None
    typer.echo(f"The key for {name}, shown this once and kept nowhere:\n{key}", err=True)
    typer.echo(line)


@cli.command("version")
def version_command() -> None:
    """Print the versions of software and model."""
    artefact = load_artefact()
    typer.echo(f"sii-afp {software().version} ({software().commit or 'commit not recorded'})")
    typer.echo(f"model {artefact.id} {artefact.version} {artefact.digest}")


@cli.command(
    "model", context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)
def model_command(context: typer.Context) -> None:
    """Make the model and judge it: reconstruct, fit-study, check, card. Needs the model extra."""
    gc.enable()
    try:
        from model.cli import commands  # noqa: PLC0415 - pandas and lifelines are for these commands alone
    except ModuleNotFoundError as error:
        typer.echo(
            f"'sii-afp model' needs the package {error.name}, which is not installed. "
            "Install the model extra: pip install 'sii-afp[model]'",
            err=True,
        )
        raise typer.Exit(BROKEN_INSTALLATION) from None
    commands(args=context.args, prog_name="sii-afp model")


def main() -> None:
    """Run the command line. A broken installation ends in one sentence and exit code 3, never in a traceback."""
    try:
        cli()
    except ArtefactError as error:
        typer.echo(str(error), err=True)
        sys.exit(BROKEN_INSTALLATION)


def _refuse(errors: tuple[InputError, ...]) -> NoReturn:
    for error in errors:
        message = error_message(error)
        typer.echo(f"{error.field}: {message.text}\n    {message.hint}", err=True)
    raise typer.Exit(BAD_INPUT)
