"""Figures as people read them, and files that other programs can read."""

from __future__ import annotations

import io
import json
import math

import numpy as np
import pytest
from rich.console import Console

from plazas.analysis.patterns import tables, text
from plazas.analysis.patterns.findings import (
    CHANGE,
    FAILS,
    PASSES,
    RANK,
    SHARE,
    YES_NO,
    Finding,
    judged,
    row,
    single,
)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (25_757.4, "a year", "25,757"),
        (0.123, SHARE, "12.3 %"),
        (0.123, CHANGE, "+12.3 %"),
        (-0.5, CHANGE, "−50.0 %"),
        (2.0, "states", "2"),
        (2.5, "states", "2.5"),
        (1.0, YES_NO, "yes"),
        (2014.0, "year", "2014"),
        (0.8734, RANK, "0.87"),
        (math.nan, "states", "–"),
    ],
)
def test_values(value: float, unit: str, shown: str) -> None:
    assert text.value(value, unit) == shown


@pytest.mark.parametrize(
    ("low", "high", "unit", "shown"),
    [
        (2.0, 4.0, "states", "2 to 4"),
        (5.0, 5.0, "states", "5"),
        (2.5, math.inf, "times", "2.50 or more"),
        (0.5, 1.0, RANK, "0.50 or more"),
        (0.0, 0.15, SHARE, "at most 15.0 %"),
        (-math.inf, -1e-9, CHANGE, "below 0"),
        (1e-9, math.inf, "states", "above 0"),
        (-math.inf, math.inf, "states", "–"),
        (math.nan, math.nan, "states", "–"),
    ],
)
def test_ranges(low: float, high: float, unit: str, shown: str) -> None:
    assert text.span(low, high, unit) == shown


@pytest.fixture
def findings() -> list[Finding]:
    good = row("states 2015", "states", [6.0, 7.0, 9.0], (3.0, 13.0), (6.0, 10.0))
    bad = single("change", CHANGE, 0.3, (-math.inf, -1e-9))
    return [judged(3, [good]), judged(15, [good, bad], "a note")]


def test_table_and_summary(findings: list[Finding]) -> None:
    stream = io.StringIO()
    Console(width=150, file=stream).print(tables.table(findings, "heading"))
    lines = stream.getvalue().splitlines()
    assert any("States where CJNG is present" in line and "passes" in line for line in lines)
    assert any("6 to 10" in line and "3 to 13" in line for line in lines)
    assert sum("outside" in line for line in lines) == 1
    assert tables.summary(findings) == "1 of 2 patterns pass; failing: 15."
    held_out = Finding(1, findings[0].rows, FAILS, held_out=True)
    summary = tables.summary([*findings, held_out])
    assert summary.endswith("failing: 15. 0 of 1 patterns held out pass; failing: 1.")
    assert tables.title(held_out) == "Homicides a year (held out)"


def test_files_are_strict_json_and_flat_rows(findings: list[Finding]) -> None:
    kept = json.loads(json.dumps(tables.as_json(findings), allow_nan=False))
    assert [each["verdict"] for each in kept] == [PASSES, FAILS]
    change = kept[1]["rows"][1]
    assert change["accepted_low"] is None  # open
    assert change["low"] is None  # one number has no band
    assert change["inside"] is False
    flat = tables.frame(findings)
    assert len(flat) == 3
    assert list(flat["pattern"]) == [3, 15, 15]
    assert np.isclose(flat["median"].iloc[0], 7.0)
