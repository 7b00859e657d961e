"""Long and odd texts take work in proportion to their length, and no expression can take more."""

import importlib
import pkgutil
import re
import sys
from re import _constants, _parser
from types import FrameType
from typing import Any

import pytest

import app.reports
from app.core.analytes import Analyte
from app.reports.reader import read_report
from app.reports.results import Reason, StopSign

ODD = (
    "a.",
    "1 ",
    "1.1.",
    "> ",
    "(",
    "AFP ",
    "AFP 1 ",
    "PLT 1 K/uL 2026-01-02 ",
    "1 111 ",
    "AFP | 1 |",
    "a/",
    "10^",
    "1 - 1 ",
    "Collected 2026-01-02 ",
    "Patient ID: 1 ",
    "previous 1 AFP ",
    "1,2,3,4\n",
)
MODULES = [importlib.import_module(found.name) for found in pkgutil.walk_packages(app.reports.__path__, "app.reports.")]
PATTERNS = [
    pattern
    for module in MODULES
    for value in vars(module).values()
    for pattern in (value if isinstance(value, tuple) else (value,))
    if isinstance(pattern, re.Pattern)
]


def calls_of(text: str) -> int:
    """Return how many calls reading a text takes."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        read_report(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("odd", ODD)
def test_twice_the_text_takes_twice_the_calls(odd: str) -> None:
    short, long = (calls_of((odd * size)[:size]) for size in (700, 1400))
    assert long < 2.7 * short


def nested(parsed: Any, *, inside: bool = False) -> bool:
    """Return whether a repetition without an end stands inside another one."""
    for operation, argument in parsed:
        repeats = operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT)
        endless = repeats and argument[1] is _constants.MAXREPEAT
        if endless and inside and len(argument[2]) != 1:
            return True
        parts = argument if isinstance(argument, (list, tuple)) else ()
        inner = [part for part in parts if isinstance(part, _parser.SubPattern)]
        inner += [
            one for part in parts if isinstance(part, list) for one in part if isinstance(one, _parser.SubPattern)
        ]
        if any(nested(part, inside=inside or endless) for part in inner):
            return True
    return False


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.pattern[:30])
def test_no_repetition_is_nested_in_another(pattern: re.Pattern[str]) -> None:
    assert not nested(_parser.parse(pattern.pattern, pattern.flags))


def test_the_check_of_repetitions_finds_a_nested_one() -> None:
    assert nested(_parser.parse("(?:(?:ab)+c?)+"))


@pytest.mark.parametrize("text", ["x" * 20_001, "é" * 10_001, "PLT 88\n" * 401, "\n" * 900, "\r" * 900])
def test_a_long_text_is_refused(text: str) -> None:
    report = read_report(text)
    assert report.stop is StopSign.TOO_LONG
    assert {finding.reason for finding in report.findings.values()} == {Reason.STOPPED}


def test_a_text_of_400_lines_is_read() -> None:
    assert read_report("Comment\n" * 399 + "PLT 88 K/uL").stop is None


def test_circled_and_raised_digits_are_no_part_of_a_number() -> None:
    """Japanese reports number their notes so. Python calls them digits, but neither `re` nor `int` reads them."""
    marks = [one for one in map(chr, range(sys.maxunicode + 1)) if one.isdigit() and not one.isdecimal()]
    assert {"①", "²", "➁"} <= set(marks)
    for mark in [*marks, "⑩", "½"]:
        for text in (
            f"{mark} ANC 3.4 K/uL",
            f"Platelets {mark}",
            f"OBX|1|NM|777-3^{mark}Platelets||88",
            f"<{mark} AFP",
        ):
            assert read_report(text).stop is None
        for text in (f"ANC {mark} K/uL", f"ANC 3.4{mark} K/uL", f"ANC 3.{mark} K/uL"):
            assert read_report(text).findings[Analyte.NEUTROPHILS].reading is None
        beside = read_report(f"ANC {mark}3.4 K/uL").findings[Analyte.NEUTROPHILS].reading
        assert beside is None or beside.number == "3.4"
