"""The finding of one pattern: rows of observed and simulated figures, and a verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

PASSES, FAILS, RANGE = "passes", "fails", "a range"
BAND = (5.0, 50.0, 95.0)  # percentiles: the 90 % band and the median
SHARE, CHANGE, RANK, YES_NO = "share", "change", "rank correlation", "yes or no"  # units
UNKNOWN = (math.nan, math.nan)
ANYTHING = (-math.inf, math.inf)


class Row(NamedTuple):
    """One figure of a pattern: what was observed, what the replicates give, what is accepted.

    Parameters
    ----------
    quantity, unit
        Name and unit of the figure.
    observed
        Observed range (low, high); NaN where nothing was observed.
    median, low, high
        Median and 90 % band of the replicates. A figure that is one number for all replicates, such
        as a correlation with their mean, has no band (NaN).
    accepted
        Accepted range (low, high) of the median; infinite on an open side.
    judged
        Whether the verdict depends on this row. Other rows are reported only.
    """

    quantity: str
    unit: str
    observed: tuple[float, float]
    median: float
    low: float
    high: float
    accepted: tuple[float, float]
    judged: bool = True

    @property
    def inside(self) -> bool:
        """Return whether the median is in the accepted range; a missing median is not."""
        return self.accepted[0] <= self.median <= self.accepted[1]

    @property
    def counts_against(self) -> bool:
        """Return whether the pattern fails because of this row."""
        return self.judged and not self.inside


@dataclass(frozen=True)
class Finding:
    """The finding of one pattern.

    Parameters
    ----------
    pattern
        Number of the pattern.
    rows
        Its figures.
    verdict
        ``PASSES``, ``FAILS``, or ``RANGE`` for a pattern that has no verdict.
    note
        One sentence that explains the rows.
    series
        Arrays for the figure of the pattern, by name.
    held_out
        Whether the pattern was judged on years that no parameter was fitted to.
    """

    pattern: int
    rows: tuple[Row, ...]
    verdict: str
    note: str = ""
    series: Mapping[str, Any] = field(default_factory=dict)
    held_out: bool = False


def judged(
    pattern: int, rows: list[Row], note: str = "", series: Mapping[str, Any] | None = None
) -> Finding:
    """Return the finding of a pattern that passes if every judged row is inside its range.

    A pattern without a judged row fails: no replicate reproduces it.

    Parameters
    ----------
    pattern, rows, note, series
        As in :class:`Finding`.
    """
    met = any(row.judged for row in rows) and not any(row.counts_against for row in rows)
    return Finding(pattern, tuple(rows), PASSES if met else FAILS, note, series or {})


def row(
    quantity: str,
    unit: str,
    values: ArrayLike,
    accepted: tuple[float, float] = ANYTHING,
    observed: tuple[float, float] = UNKNOWN,
    judged: bool = True,
) -> Row:
    """Return a row from the values of replicates.

    Parameters
    ----------
    values
        One value per replicate, (R,); missing values are left out.
    quantity, unit, accepted, observed, judged
        As in :class:`Row`.
    """
    finite = np.asarray(values, float).reshape(-1)
    finite = finite[np.isfinite(finite)]
    low, median, high = np.percentile(finite, BAND) if len(finite) else (math.nan,) * 3
    ranges = _plain(observed), _plain(accepted)
    return Row(quantity, unit, ranges[0], float(median), float(low), float(high), ranges[1], judged)


def single(
    quantity: str,
    unit: str,
    value: float,
    accepted: tuple[float, float] = ANYTHING,
    observed: tuple[float, float] = UNKNOWN,
    judged: bool = True,
) -> Row:
    """Return a row without a band, from one number for all replicates together.

    Parameters
    ----------
    value
        The number.
    quantity, unit, accepted, observed, judged
        As in :class:`Row`.
    """
    without_band = row(quantity, unit, [value], accepted, observed, judged)
    return without_band._replace(low=math.nan, high=math.nan)


def _plain(span: tuple[float, float]) -> tuple[float, float]:
    return float(span[0]), float(span[1])


def band(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return low, median and high of values (R, ...) over replicates, (3, ...)."""
    return np.percentile(values, BAND, axis=0)


def around(value: float, share: float) -> tuple[float, float]:
    """Return the range (low, high) that reaches a share of a value to each side of it."""
    return value * (1.0 - share), value * (1.0 + share)
