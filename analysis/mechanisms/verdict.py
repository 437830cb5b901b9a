"""From the values of pairs to an effect with its interval, and the one rule that judges all rows.

The rule uses the effect in the expected direction and the smallest effect that counts (``least``):

- *shows*: the whole interval is above 0 and the mean reaches ``least``;
- *opposite*: the whole interval is below 0 and the mean reaches ``-least``;
- *does not show*: not opposite, and the whole interval is below ``least``;
- *too few replicates*: all else, and fewer than ``FEWEST`` pairs: they cannot tell.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from plazas.analysis.experiment.intervals import Interval, interval
from plazas.analysis.mechanisms.row import CHANGE, CONTRAST, PERCENT, RUNS, Row
from plazas.analysis.mechanisms.seen import Array

SHOWS, NOT, OPPOSITE, TOO_FEW = "shows", "does not show", "opposite", "too few replicates"
VERDICTS = (SHOWS, NOT, OPPOSITE, TOO_FEW)
FEWEST = 5  #: pairs; fewer that happen to agree would have an interval of no width


class Finding(NamedTuple):
    """What one experiment shows.

    Parameters
    ----------
    row
        The experiment.
    with_it, without
        Mean values of the two versions (here, for a contrast); ``without`` is the reference for a
        row without a pair.
    effect
        The effect with its 95 % interval, in the unit of the row.
    pairs
        How many pairs have a value.
    verdict
        One of ``VERDICTS``.
    """

    row: Row
    with_it: float
    without: float
    effect: Interval
    pairs: int
    verdict: str


def judge(effect: Interval, sign: int, least: float) -> str:
    """Return the verdict on an effect; see the rule above.

    Parameters
    ----------
    effect
        The effect with its 95 % interval; a missing interval decides nothing.
    sign
        1 or -1, the expected direction.
    least
        The smallest effect that counts, without sign.

    Examples
    --------
    >>> import numpy as np
    >>> judge(interval(np.array([3.0, 4.0, 5.0])), 1, 1.0)
    'shows'
    """
    if math.isnan(effect.low):
        return TOO_FEW
    mean = sign * effect.mean
    low, high = sorted((sign * effect.low, sign * effect.high))
    if low > 0.0 and mean >= least:
        return SHOWS
    if high < 0.0 and mean <= -least:
        return OPPOSITE
    return NOT if high < least else TOO_FEW


def percent(on: Array, off: Array) -> Array:
    """Return a value for each pair whose mean is the percentage change of the mean, (R,).

    The values are those of the linear form of the ratio of the two means (Cochran 1977, Sampling
    Techniques, chapter 6), so their spread gives the interval of that ratio. They are missing where
    the mean without the mechanism is 0.
    """
    base = off.mean()
    if base == 0.0:
        return np.full(len(on), np.nan)
    ratio = on.mean() / base
    return np.asarray(100.0 * (ratio - 1.0 + (on - ratio * off) / base))


def of_runs(differences: Array) -> Interval:
    """Return the interval of a share of runs, in % of runs.

    Without a run that differs, the spread of the runs would be 0 however few they are. So the
    interval counts one more pair for the mechanism and one more against it (Bonett & Price 2012,
    J. Educational and Behavioral Statistics 37:479). The mean stays that of the runs.

    Parameters
    ----------
    differences
        For each pair 100, 0 or -100, (R,).
    """
    plain = interval(differences)
    wider = interval(np.append(differences, [100.0, -100.0]))
    return plain._replace(low=max(-100.0, wider.low), high=min(100.0, wider.high))


def finding(row: Row, on: Array, off: Array) -> Finding:
    """Return the finding of a row.

    Parameters
    ----------
    row
        The experiment.
    on, off
        Measures of each pair, (R, 1), or (R, 2) for a contrast or a change. Pairs with a missing
        value are left out.
    """
    if row.how == CHANGE:
        on, off = on[:, :1], on[:, 1:]
    known = np.isfinite(on).all(axis=1) & np.isfinite(off).all(axis=1)
    on, off = on[known], off[known]
    if not len(on):
        return Finding(row, math.nan, math.nan, interval(np.zeros(0)), 0, TOO_FEW)
    if row.how == CONTRAST:
        effect = interval(percent(on[:, 0], off[:, 0]) - percent(on[:, 1], off[:, 1]))
    elif row.how == PERCENT:
        effect = interval(percent(on[:, 0], off[:, 0]))
    elif row.unit == RUNS:
        effect = of_runs(on[:, 0] - off[:, 0])
    else:
        effect = interval(on[:, 0] - off[:, 0])
    means = float(on[:, 0].mean()), float(off[:, 0].mean())
    verdict = judge(effect, row.sign, row.least) if len(on) >= FEWEST else TOO_FEW
    return Finding(row, *means, effect, len(on), verdict)
