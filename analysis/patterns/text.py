"""Text for the figures of patterns: numbers with units, ranges, what is accepted."""

from __future__ import annotations

import math

from plazas.analysis.experiment.text import number
from plazas.analysis.patterns.findings import CHANGE, RANK, SHARE, YES_NO, Row

DECIMALS = {"times": 2, RANK: 2, "states": 1, "groups": 1, "wars": 1}
COUNTS = ("states", "groups", "wars")  # a whole number is shown without decimals
NOTHING = 1e-6  # a bound nearer to zero than this means "above 0" or "below 0"


def value(x: float, unit: str) -> str:
    """Return a figure in its unit as text: shares as percentages, changes with their sign.

    Examples
    --------
    >>> value(0.123, CHANGE)
    '+12.3 %'
    """
    if math.isnan(x):
        return "–"
    if unit == YES_NO:
        return "yes" if x > 0.5 else "no"
    if unit == "year":
        return f"{x:.0f}"
    if unit in (SHARE, CHANGE):
        return f"{number(100.0 * x, 1, sign=unit == CHANGE)} %"
    decimals = DECIMALS.get(unit, 0)
    return number(x, 0 if unit in COUNTS and x == round(x) else decimals)


def span(low: float, high: float, unit: str) -> str:
    """Return a range as text: a dash for no range, one figure where both ends are equal.

    Examples
    --------
    >>> span(2.0, float("inf"), "groups")
    '2 or more'
    """
    if math.isnan(low) or (math.isinf(low) and math.isinf(high)):
        return "–"
    if math.isinf(low):
        return "below 0" if -NOTHING < high < 0.0 else f"at most {value(high, unit)}"
    if math.isinf(high):
        return "above 0" if 0.0 < low < NOTHING else f"{value(low, unit)} or more"
    if low == high:
        return value(low, unit)
    if unit in (SHARE, RANK) and high == 1.0:
        return f"{value(low, unit)} or more"
    if unit in (SHARE, "times") and low == 0.0:
        return f"at most {value(high, unit)}"
    return f"{value(low, unit)} to {value(high, unit)}"


def observed(row: Row) -> str:
    """Return what was observed, as text."""
    return span(*row.observed, row.unit)


def simulated(row: Row) -> str:
    """Return the simulated median, as text."""
    return value(row.median, row.unit)


def replicates(row: Row) -> str:
    """Return the 90 % band of replicates as text; empty for a figure without a band."""
    if math.isnan(row.low) or row.unit == YES_NO:
        return ""
    return f"{value(row.low, row.unit)} to {value(row.high, row.unit)}"


def accepted(row: Row) -> str:
    """Return what is accepted as text; empty for a row that is not judged."""
    return span(*row.accepted, row.unit) if row.judged else ""


def unit(row: Row) -> str:
    """Return the unit to show after a quantity; empty where the figures already show it."""
    own = row.unit in (SHARE, CHANGE, YES_NO, "year", "times")
    return "" if own or row.unit in row.quantity else row.unit
