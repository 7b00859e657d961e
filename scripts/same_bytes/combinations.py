"""List the settings of the three switches that change the last bits of a number, as far as this processor runs them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product

OPENBLAS = "OPENBLAS_CORETYPE"
NUMPY = "NPY_DISABLE_CPU_FEATURES"
GLIBC = "GLIBC_TUNABLES"
SWITCHES = (OPENBLAS, NUMPY, GLIBC)
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")
KERNELS = ("Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX")
AVX512 = ("X86_V4", "AVX512_ICL", "AVX512_SPR", "AVX512F", "AVX512CD", "AVX512_SKX", "AVX512_CLX", "AVX512_CNL")
WITHOUT_FMA = "glibc.cpu.hwcaps=-AVX2,-FMA"
_MULTIPLY = "import numpy as np; a = np.ones((99, 99)) + np.eye(99); np.linalg.inv(a @ a)"
_FEATURES = """
from numpy._core._multiarray_umath import __cpu_dispatch__ as dispatched, __cpu_features__ as found
print(*(name for name in dispatched if found[name]))
"""
_FUNCTIONS = """
import math
numbers = [k / 977 for k in range(1, 20000)]
print(hash(tuple(f(x) for f in (math.exp, math.log, math.erfc) for x in numbers)))
"""


@dataclass(frozen=True, slots=True)
class Combination:
    """Settings of the switches (an absent switch is unset) and a number of threads; `inherits` keeps the caller's."""

    settings: dict[str, str] = field(default_factory=dict)
    threads: int | None = None
    inherits: bool = False

    @property
    def name(self) -> str:
        """The settings as written in a shell."""
        if self.inherits:
            return "as called"
        named = [f"{name}='{value}'" for name, value in self.settings.items()] or ["nothing set"]
        return ", ".join([*named, *([f"{self.threads} thread{'s'[: self.threads - 1]}"] if self.threads else [])])

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that runs under this combination."""
        if self.inherits:
            return dict(os.environ)
        kept = {name: value for name, value in os.environ.items() if name not in (*SWITCHES, *THREADS)}
        threads = dict.fromkeys(THREADS, str(self.threads)) if self.threads else {}
        return {**kept, **self.settings, **threads}


def all_combinations() -> list[Combination]:
    """Return the caller's settings, every combination that this processor runs, and each kernel with two threads."""
    kernels = [None, *(kernel for kernel in KERNELS if refusal(kernel) is None)]
    every = product(kernels, numpy_settings(), glibc_settings())
    return [
        Combination(inherits=True),
        *(_combination(*settings, threads=1) for settings in every),
        *(_combination(kernel, None, None, threads=2) for kernel in kernels),
    ]


def most_different() -> list[Combination]:
    """Return the four combinations that differ most: the caller's, and old and new kernels with each switch."""
    oldest, middle, newest = (
        _first_that_runs(*names) for names in (("Prescott",), ("Haswell",), ("SkylakeX", "Nehalem"))
    )
    numpy_off, glibc_off = numpy_settings()[-1], glibc_settings()[-1]
    return [
        Combination(inherits=True),
        _combination(oldest, numpy_off, glibc_off, threads=1),
        _combination(middle, None, glibc_off, threads=2),
        _combination(newest, None, None, threads=2),
    ]


def numpy_settings() -> list[str | None]:
    """Return the settings of numpy's switch: unset, without AVX-512, and only its baseline."""
    here = _run(Combination(), _FEATURES).stdout.split()
    newest = " ".join(name for name in here if name in AVX512)
    settings = [None, *([newest] if newest else []), *([" ".join(here)] if here else [])]
    return list(dict.fromkeys(settings))


def glibc_settings() -> list[str | None]:
    """Return the settings of glibc's switch: unset, and without AVX2 and FMA if that changes its functions."""
    ways = [_run(Combination(settings), _FUNCTIONS).stdout for settings in ({}, {GLIBC: WITHOUT_FMA})]
    return [None] if ways[0] == ways[1] else [None, WITHOUT_FMA]


@cache
def refusal(kernel: str) -> str | None:
    """Return why a kernel of OpenBLAS does not run on this processor, or None if it does."""
    found = _run(Combination({OPENBLAS: kernel, "OPENBLAS_VERBOSE": "2"}), _MULTIPLY)
    if found.returncode:
        return "illegal instruction" if found.returncode == -4 else f"exit status {found.returncode}"
    named = re.search(r"^Core: (\w+)", found.stderr, re.MULTILINE)
    # Katmai is what OpenBLAS calls Prescott, and Zen runs Haswell's kernels.
    if named and named[1] not in (kernel, {"Prescott": "Katmai", "Zen": "Haswell"}.get(kernel)):
        return f"OpenBLAS took {named[1]} instead"
    return None


def not_run() -> Iterator[str]:
    """Yield a sentence for each setting that this processor cannot run."""
    for kernel in KERNELS:
        if reason := refusal(kernel):
            yield f"{OPENBLAS}={kernel}: {reason} on this processor."
    if not any(name in AVX512 for setting in numpy_settings() for name in (setting or "").split()):
        yield f"{NUMPY} for AVX-512: this processor, or this numpy, has no such kernels."
    if len(numpy_settings()) == 1:
        yield f"{NUMPY}: this numpy has only its baseline here."
    if len(glibc_settings()) == 1:
        yield f"{GLIBC}={WITHOUT_FMA}: changes no function of this C library on this processor."


def _combination(kernel: str | None, features: str | None, functions: str | None, *, threads: int) -> Combination:
    given = {OPENBLAS: kernel, NUMPY: features, GLIBC: functions}
    return Combination({name: value for name, value in given.items() if value}, threads)


def _first_that_runs(*kernels: str) -> str | None:
    return next((kernel for kernel in kernels if refusal(kernel) is None), None)


def _run(combination: Combination, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], env=combination.environment(), capture_output=True, text=True, check=False
    )
