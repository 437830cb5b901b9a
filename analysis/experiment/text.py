"""Numbers, intervals and dates as people read them."""

from __future__ import annotations

import math
from datetime import date

MINUS = "−"  # the sign, not the hyphen
MOST_TIMES = 1000  # pairs that differ less than this tells are as good as the same


def times(ratio: float) -> str:
    """Return a ratio as people say it: ×2.4; all where it has no bound."""
    if math.isinf(ratio):
        return "all"
    return f"×{ratio:.1f}" if ratio <= MOST_TIMES else f">×{MOST_TIMES:,}"


def number(value: float, decimals: int = 0, sign: bool = False) -> str:
    """Return a number with thousands apart and a true minus; a dash where it is missing."""
    if math.isnan(value):
        return "–"
    rounded = round(value, decimals) + 0.0  # never -0
    text = f"{abs(rounded):,.{decimals}f}"
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if sign and rounded > 0 else text


def span(low: float, high: float, decimals: int = 0, sign: bool = False) -> str:
    """Return an interval as words; a dash where there is none."""
    if math.isnan(low):
        return "–"
    return f"{number(low, decimals, sign)} to {number(high, decimals, sign)}"


def day(when: date) -> str:
    """Return a date as 1 December 2018."""
    return f"{when.day} {when:%B %Y}"
