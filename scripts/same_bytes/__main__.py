"""Build under every combination and report whether the bytes are the same."""

import argparse
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from app.artefact.reader import ARTEFACT_FILE
from scripts.same_bytes import trixie
from scripts.same_bytes.build import ERROR
from scripts.same_bytes.combinations import Combination, all_combinations, most_different, not_run
from scripts.same_bytes.report import Built, build, build_all, margin


def main() -> int:
    """Print one line per combination, the combinations left out, and the margin. Return 1 on any difference, else 0."""
    options = _options()
    for reason in not_run():
        print(f"not run: {reason}", flush=True)
    builds = build_all(most_different() if options.four else all_combinations(), _print)
    if not options.without_trixie:
        builds += _in_trixie(options.root)
    measured = margin(builds)
    print(
        f"greatest difference of {len(builds[0].numbers)} numbers before rounding: {measured.absolute:.1e}, relative "
        f"{measured.relative:.1e}\nnearest to where rounding turns: relative {measured.nearest:.1e}\n"
        f"margin: every number is at least {measured.times:.0f} times its own difference from there (the nearest is "
        f"{measured.place[1:]})"
        if measured.relative
        else "no number differs before rounding"
    )
    return _verdict(builds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/same-bytes", description=__doc__)
    parser.add_argument("--four", action="store_true", help="the four combinations that differ most, as the tests do")
    parser.add_argument("--without-trixie", action="store_true", help="leave out Python 3.13 on Debian trixie")
    parser.add_argument("--root", type=Path, help="folder of the trixie root, kept for the next time")
    return parser.parse_args()


def _in_trixie(folder: Path | None) -> list[Built]:
    """Build in a trixie root, without settings and under one other combination; do nothing if that is impossible."""
    if reason := trixie.reason_against():
        print(f"not run: Debian trixie: {reason}.")
        return []
    with tempfile.TemporaryDirectory(prefix="trixie-") as temporary:
        try:
            python = trixie.command_in(folder or Path(temporary))
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"not run: Debian trixie: {error}.")
            return []
        builds = [build(one, python, "trixie, ") for one in (Combination(), most_different()[1])]
    for built in builds:
        _print(built)
    return builds


def _print(built: Built) -> None:
    print(f"artefact {built.artefact[:16]} answers {built.answers[:16]}  {built.name} ({built.made_by})", flush=True)


def _verdict(builds: list[Built]) -> int:
    committed = hashlib.sha256(ARTEFACT_FILE.read_bytes()).hexdigest()
    differing = [one.name for one in builds if (one.artefact, one.answers) != (committed, builds[0].answers)]
    if builds[0].erring != committed:
        differing.append(f"numbers of the cohorts off by {ERROR:g}")
    for name in differing:
        print(f"DIFFERS: {name}")
    print(
        f"{len(builds)} combinations, and one with every number of every cohort off by up to {ERROR:g}: "
        + (f"{len(differing)} differ" if differing else "the same bytes")
    )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
