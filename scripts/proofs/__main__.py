"""Run the parts of the proof that are named, or all."""

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module

from scripts.proofs.findings import Findings

PARTS = {
    "http": "odd and hostile HTTP over raw sockets, on both protocols",
    "fuzz": "1,000,000 random inputs to the readers",
    "numbers": "100,000 random patients against exact fractions and R",
    "faults": "faults of disk, pipe, clients, process, clock, files and other servers",
    "load": "1,000,000 mixed requests, each answer compared",
}


def main() -> int:
    """Print the findings of each part; return 1 if a promise is broken, else 0."""
    listed = "\n".join(f"  {name:<8} {about}" for name, about in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="scripts/prove",
        description="Prove what the service promises.",
        epilog=f"parts:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="default: all")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size (default: %(default)s)")
    parser.add_argument("--target", action="append", default=[], help="load a service that runs already: its address")
    parser.add_argument("--workers", type=int, default=2, help="processes that `load` starts (default: %(default)s)")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    holds = True
    for name in options.parts or PARTS:
        prove: Callable[..., Findings] = import_module(f"scripts.proofs.{name}").prove
        began = time.monotonic()
        found = prove(options.scale, options.target, options.workers) if name == "load" else prove(options.scale)
        print(f"{found.text()}\n  seconds: {time.monotonic() - began:.0f}", flush=True)
        holds = holds and found.holds
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
