"""What is found of one pattern: rows of observed and simulated figures, and a verdict."""

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
    """One figure of a pattern: what was observed, what replicates give, what is accepted.

    ``observed`` and ``accepted`` are ranges (low, high): NaN where nothing was observed, infinite
    where a side is open. ``median``, ``low``, ``high`` are the simulated median and 90 % band; a
    figure that is one number of all replicates (a correlation with their mean) has no band. A row
    that is not ``judged`` is told beside the others and does not count.
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
        """Return whether the median lies in the accepted range; a missing one does not."""
        return self.accepted[0] <= self.median <= self.accepted[1]

    @property
    def counts_against(self) -> bool:
        """Return whether the pattern fails by this row."""
        return self.judged and not self.inside


@dataclass(frozen=True)
class Finding:
    """What is found of one pattern.

    ``verdict`` is PASSES, FAILS or, for a pattern that has no verdict by its nature, RANGE.
    ``note`` says in a sentence what the rows cannot. ``series`` holds what its figure draws.
    ``held_out`` marks the same pattern judged on years that no parameter was fitted to.
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
    """Return the finding of a pattern that passes when every judged row is inside its range.

    With no row to judge it fails: what cannot be found in any replicate is not reproduced.
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
    """Return a row from the values of replicates (R,), those that are missing left out."""
    found = np.asarray(values, float).reshape(-1)
    found = found[np.isfinite(found)]
    low, median, high = np.percentile(found, BAND) if len(found) else (math.nan,) * 3
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
    """Return a row of one number that stands for all replicates together: it has no band."""
    found = row(quantity, unit, [value], accepted, observed, judged)
    return found._replace(low=math.nan, high=math.nan)


def _plain(span: tuple[float, float]) -> tuple[float, float]:
    return float(span[0]), float(span[1])


def band(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return low, median and high of values (R, ...) over replicates, (3, ...)."""
    return np.percentile(values, BAND, axis=0)


def around(value: float, share: float) -> tuple[float, float]:
    """Return the range of a share around a value."""
    return value * (1.0 - share), value * (1.0 + share)
