"""The command `sii-afp`. A subcommand imports the heavy packages that it needs, so that `assess` answers quickly."""

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from app.artefact.reader import load_artefact
from app.artefact.reference_vectors import VECTORS_FILE, read_vectors, replay
from app.artefact.store import load_earlier, load_model, read_withdrawals
from app.cli.console import InOrder, json_for_console, print_readably, say
from app.config.site import SiteConfiguration, load_site_configuration
from app.config.version import software
from app.core.analytes import Analyte
from app.core.applicability import Population
from app.core.assessment import assess
from app.core.dates import SampleDates, typed_day
from app.core.errors import (
    CheckFailedError,
    ConfigurationError,
    DataFileError,
    DeploymentError,
    InputError,
    InputErrors,
    KeyFileError,
    MissingPackageError,
    SiiAfpError,
    WithdrawnError,
    attempt,
)
from app.core.fitted_model import FittedModel
from app.core.labs import Lab, parse_lab
from app.net.listener import ListenError
from app.presentation.assessment_json import json_bytes
from app.presentation.messages import error_message
from app.presentation.plain_text.assessment import plain_text
from app.presentation.plain_text.letter import letter_text
from app.presentation.translation import gettext as _
from app.processes.worker import WorkersError
from app.store.protocol import StoreStartError

_FIRST_FAILURES = 10
_LEAVE_OUT = "Leave out if not known."


@click.group(cls=InOrder, name="sii-afp")
def cli() -> None:
    """Risk calculator for hepatocellular carcinoma on regorafenib after sorafenib: SII and AFP."""


@cli.command("assess")
@click.option("--neutrophils", default="", help='Count with unit: "4.2 10*9/L".')
@click.option("--lymphocytes", default="", help='Count with unit: "1.1 10*9/L".')
@click.option("--platelets", default="", help='Count with unit: "145 10*9/L".')
@click.option("--afp", default="", help='Value with unit: "620 ng/mL", ">1210 ng/mL".')
@click.option("--sorafenib-failed/--no-sorafenib-failed", default=None, help=_LEAVE_OUT)
@click.option("--starting-regorafenib/--no-starting-regorafenib", default=None, help=_LEAVE_OUT)
@click.option("--child-pugh", help="Child-Pugh class A, B or C.")
@click.option("--ecog", type=int, help="ECOG performance status 0 to 5.")
@click.option("--sorafenib-tolerated/--no-sorafenib-tolerated", default=None, help=_LEAVE_OUT)
@click.option("--blood-count-date", help="Day of the blood count: 2026-11-02.")
@click.option("--afp-date", help="Day of the AFP sample: 2026-11-01.")
@click.option("--model-version", help="Earlier version of the model, such as 1.0.2, to repeat an old answer.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON, the body of the API.")
@click.option("--letter", "as_letter", is_flag=True, help="Answer in three lines for a letter.")
def assess_command(  # noqa: PLR0913 - one option per question
    *,
    neutrophils: str,
    lymphocytes: str,
    platelets: str,
    afp: str,
    sorafenib_failed: bool | None,
    starting_regorafenib: bool | None,
    child_pugh: str | None,
    ecog: int | None,
    sorafenib_tolerated: bool | None,
    blood_count_date: str | None,
    afp_date: str | None,
    model_version: str | None,
    as_json: bool,
    as_letter: bool,
) -> None:
    """Assess one patient from four laboratory values, each with its unit."""
    if as_json and as_letter:
        raise click.BadParameter(_("Choose one of --json and --letter."))
    texts = (neutrophils, lymphocytes, platelets, afp)
    site = _site()
    read_unit = site.units.reader
    labs: dict[Analyte, Lab | InputError] = {
        analyte: attempt(parse_lab, analyte, text, read_unit=read_unit)
        for analyte, text in zip(Analyte, texts, strict=True)
    }
    dates = (
        attempt(typed_day, "sampled_on.blood_count", blood_count_date),
        attempt(typed_day, "sampled_on.afp", afp_date),
    )
    blood_count, afp_day = (None if isinstance(found, InputError) else found for found in dates)
    assessment = assess(
        _answering_model(model_version),
        labs,
        computed_at=datetime.now(site.zone),
        population=Population(sorafenib_failed, starting_regorafenib, child_pugh, ecog, sorafenib_tolerated),
        sampled_on=SampleDates(blood_count, afp_day),
        errors=tuple(found for found in dates if isinstance(found, InputError)),
    )
    if as_json:
        say(json_for_console(json_bytes(assessment).decode()))
    else:
        say(letter_text(assessment) if as_letter else plain_text(assessment), end="")


@cli.command("selftest")
@click.option(
    "--vectors",
    "file",
    type=click.Path(path_type=Path),
    help="File of vectors to replay instead of the model's own.",
)
def selftest_command(file: Path | None) -> None:
    """Replay the reference vectors on this installation; exit 1 if any answer differs from R's."""
    fitted = load_artefact() if file else load_model().fitted
    vectors = read_vectors(file or VECTORS_FILE)
    failures = replay(fitted, vectors)
    for failure in failures[:_FIRST_FAILURES]:
        say(_("vector {id}: {difference}").format(id=failure.id, difference=failure.what), error=True)
    passed = len(vectors) - len(failures)
    say(_("{passed} of {total} reference vectors passed").format(passed=passed, total=len(vectors)))
    if failures:
        raise CheckFailedError


@cli.command("serve")
@click.option("--host", help="Address to listen on [SII_AFP_HOST, 127.0.0.1].")
@click.option("--port", type=int, help="Port to listen on [SII_AFP_PORT, 8000].")
@click.option("--workers", type=int, help="Processes that answer [SII_AFP_WORKERS, 1].")
def serve_command(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the pages and the API; every setting is an environment variable, see docs/operations.md."""
    from app.config.settings import load_settings  # noqa: PLC0415 - only this command needs the server
    from app.server import serve  # noqa: PLC0415

    given = {"host": host, "port": port, "workers": workers}
    serve(load_settings(**{name: value for name, value in given.items() if value is not None}))


@cli.command("key")
@click.argument("name")
def key_command(name: str) -> None:
    """Make an API key: its line on standard output, to be appended to the file of keys, the key on standard error.

    NAME is who will use the key; the log has this name.
    """
    from app.auth.api_keys import new_key  # noqa: PLC0415 - only this command needs keys

    key, line = new_key(name)
    shown_once = _("The key for {name}. It is shown only now and stored nowhere:").format(name=name)
    say(f"{shown_once}\n{key}", error=True)
    say(f"\n{line}")  # the file may end without a line end, and two keys in one line would lock everybody out


@cli.command("version")
def version_command() -> None:
    """Print the versions of software and model."""
    fitted = load_artefact()
    commit = software().commit or _("commit not recorded")
    say(f"sii-afp {software().version} ({commit})")
    say(_("model {model} {digest}").format(model=f"{fitted.id} {fitted.version}", digest=fitted.digest))


@cli.command(
    "model", context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)
@click.pass_context
def model_command(context: click.Context) -> None:
    """Make the model and judge it: reconstruct, digitise, fit-study, check, card. Needs the model extra."""
    gc.enable()
    try:
        from model.cli import commands  # noqa: PLC0415 - pandas and lifelines are for these commands alone
    except ModuleNotFoundError as error:
        raise MissingPackageError(
            _(
                "'sii-afp model' needs the package {package}, which is not installed. "
                "Install the model extra: pip install 'sii-afp[model]'"
            ).format(package=error.name)
        ) from None
    commands(args=context.args, prog_name="sii-afp model")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, with the arguments of the process unless others are given.

    An error that this package raises on purpose becomes a message and an exit code.
    """
    print_readably()
    try:
        cli(args=arguments)
    except SiiAfpError as error:
        for line in _lines(error):
            say(line, error=True)
        sys.exit(exit_code(error))


def exit_code(error: SiiAfpError) -> int:
    """Return the exit code of an error.

    1 a check failed, 2 an input, a file of data or a setting cannot be used, 3 the installation is broken, 4 the model
    is withdrawn, 5 the address cannot be used, 6 a file of keys cannot be used, 7 the settings do not fit how the
    service is run, 8 the workers cannot start, 9 the store of shared state cannot be used. docs/operations.md has the
    same list.
    """
    match error:
        case CheckFailedError():
            code = 1
        case ListenError():
            code = 5
        case KeyFileError():
            code = 6
        case DeploymentError():
            code = 7
        case WorkersError():
            code = 8
        case StoreStartError():
            code = 9
        case InputError() | InputErrors() | ConfigurationError() | DataFileError():
            code = 2
        case WithdrawnError():
            code = 4
        case _:
            code = 3
    return code


def _lines(error: SiiAfpError) -> Iterator[str]:
    match error:
        case InputErrors():
            for one in error.errors:
                message = error_message(one)
                yield f"{one.field}: {message.text}\n    {message.hint}"
        case CheckFailedError():
            return
        case _:
            yield str(error)


def _site() -> SiteConfiguration:
    """Return the site configuration, with the defaults if there is no file. Raises ConfigurationError."""
    file = os.environ.get("SII_AFP_INTEGRATION_FILE")
    return load_site_configuration(Path(file) if file else None)


def _answering_model(version: str | None = None) -> FittedModel:
    """Return the fitted model, or an earlier version of it. Raises WithdrawnError, ConfigurationError."""
    fitted = current = load_artefact()
    if version not in (None, current.version):
        fitted = load_earlier(str(version))
        note = _("{model} {version} was replaced by {current}: use its answer only to check an old one.")
        say(note.format(model=fitted.id, version=fitted.version, current=current.version), error=True)
    reason = read_withdrawals(os.environ.get("SII_AFP_WITHDRAWN"), [fitted.id]).get(fitted.id)
    if reason:
        model = f"{fitted.id} {fitted.version}"
        raise WithdrawnError(_("{model} was withdrawn: {reason}").format(model=model, reason=reason))
    return fitted
