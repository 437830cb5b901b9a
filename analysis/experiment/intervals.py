"""Means of replicates with 95 % intervals, and how much pairing them was worth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

COVERAGE = 0.95
SKEWED = 1.0  # sample skewness past which a mean alone misleads
ENOUGH = 8  # replicates from which skewness is worth a look

Values = NDArray[np.float64]


class Interval(NamedTuple):
    """A mean with its 95 % interval (Student's t), the median, and whether the values are skewed.

    ``low`` and ``high`` are NaN for a single value.
    """

    mean: float
    low: float
    high: float
    median: float
    skewed: bool

    @property
    def width(self) -> float:
        """Return the width of the interval; infinite for a single value."""
        return float("inf") if np.isnan(self.low) else self.high - self.low

    @property
    def has_zero(self) -> bool:
        """Return whether zero cannot be excluded; a single value excludes nothing."""
        return bool(np.isnan(self.low) or self.low <= 0.0 <= self.high)


class Pairing(NamedTuple):
    """What shared draws are worth: correlation of pairs, and Var(unpaired) / Var(paired).

    The ratio is how many times as many unpaired replicates the same precision would need: infinite
    where all pairs differ alike, NaN for a single pair.
    """

    correlation: float
    variance_ratio: float


def interval(values: Values) -> Interval:
    """Return the mean of n independent values with its 95 % interval; missing for no values."""
    n = len(values)
    if n == 0 or np.isnan(values).any():
        return Interval(np.nan, np.nan, np.nan, np.nan, False)
    mean, median = float(values.mean()), float(np.median(values))
    if n == 1:
        return Interval(mean, np.nan, np.nan, median, False)
    deviation = float(values.std(ddof=1))
    half = float(stdtrit(n - 1, 0.5 + COVERAGE / 2.0)) * deviation / np.sqrt(n)
    skewed = False
    if n >= ENOUGH and deviation > 0.0:
        skewness = float((((values - mean) / values.std()) ** 3).mean())
        skewed = abs(skewness) > SKEWED
    return Interval(mean, mean - half, mean + half, median, skewed)


def pairing(a: Values, b: Values) -> Pairing:
    """Return what pairing the replicates of two scenarios was worth for one outcome."""
    if len(a) < 2 or np.isnan(a).any() or np.isnan(b).any():
        return Pairing(np.nan, np.nan)
    paired = float((a - b).var(ddof=1))
    unpaired = float(a.var(ddof=1) + b.var(ddof=1))
    spread = float(a.std() * b.std())
    correlation = np.nan
    if spread > 0.0:
        correlation = float(((a - a.mean()) * (b - b.mean())).mean()) / spread
    if paired == 0.0:
        return Pairing(correlation, np.inf if unpaired > 0.0 else np.nan)
    return Pairing(correlation, unpaired / paired)


def per_life(cost: float, saved: Interval) -> Interval:
    """Return the cost of a life saved, of a cost that is certain and of lives that are not.

    Missing where nothing is spent, or where the interval of lives saved reaches zero: the ratio
    then has no upper bound.
    """
    if cost <= 0.0 or np.isnan(saved.low) or saved.low <= 0.0:
        return Interval(np.nan, np.nan, np.nan, np.nan, False)
    median = cost / saved.median if saved.median > 0.0 else np.nan
    return Interval(cost / saved.mean, cost / saved.high, cost / saved.low, median, False)
