"""How far a set of parameters is from the observations of 2010-2018, in named terms.

Each term is a deviation in units of the accepted range (``plazas.analysis.patterns``): 0 means as
observed, 1 the edge of the accepted range. A term of several figures is the root mean square of
their deviations. The loss is the sum of the terms, squared up to 1 and linear beyond, so that one
pattern that the model cannot reach does not dominate the others. No term names a cartel: the
patterns of CJNG (2, 3) are reported and never fitted. Runs end with 2018, and later years are never
used.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from plazas.analysis.patterns import fronts, national, territory
from plazas.analysis.patterns.findings import Finding, Row
from plazas.analysis.patterns.trials import Runs, Trials, history
from plazas.model.scenario import Scenario

END = date(2019, 1, 1)  #: the first day that is held out
EARLY, TROUGH, PEAK = (2010, 2011, 2012), (2013, 2014, 2015), (2018,)
HALF = 0.5  # share of the observed fall and rise by which the simulated ones may differ
FURTHEST = 10.0  # largest deviation of a figure, and the deviation of a missing one
ENOUGH_CHALLENGED = 0.5  # share of replicates with a local challenger in Guanajuato

Terms = dict[str, float]


class Term(NamedTuple):
    """A part of the loss.

    Parameters
    ----------
    name, pattern, meaning
        Its name, the number of its pattern, and what it measures.
    measure
        The function that measures the pattern.
    distance
        Returns the deviation from a finding of the pattern.
    """

    name: str
    pattern: int
    meaning: str
    measure: Callable[[Trials], Finding]
    distance: Callable[[Finding], float]


class PastTrials(Trials):
    """Replicates of the history up to the end of 2018; its scenario is read only once."""

    @functools.cached_property
    def baseline(self) -> Runs:
        """Return the replicates of the history."""
        return self.runs(past())


@functools.cache
def past() -> Scenario:
    """Return the scenario of the history from 2010 to 2018."""
    return history(END)


def deviation(row: Row) -> float:
    """Return how far the median of a row is from the observed range.

    It is 0 inside the observed range and 1 at the edge of the accepted one. Without an observation
    it is 0 inside the accepted range and grows by 1 per width of the range (or, with an open side,
    per size of its bound).

    Parameters
    ----------
    row
        A figure of a pattern.

    Returns
    -------
    float
        From 0 to ``FURTHEST``.
    """
    value, (low, high), (least, most) = row.median, row.observed, row.accepted
    if math.isnan(value):
        return FURTHEST
    if math.isnan(low) or math.isnan(high):
        low, high = least, most
    if low <= value <= high:
        return 0.0
    below = value < low
    near, edge = (low, least) if below else (high, most)
    scale = abs(near - edge) or abs(near) or 1.0
    return min(FURTHEST, abs(value - near) / scale)


def _rows(prefix: str) -> Callable[[Finding], float]:
    """Return the distance that is the root mean square of judged rows with a prefix."""

    def distance(finding: Finding) -> float:
        rows = [r for r in finding.rows if r.judged and r.quantity.startswith(prefix)]
        return _rms([deviation(row) for row in rows])

    return distance


def _level(finding: Finding) -> float:
    """Return the error of yearly homicides, relative to the largest accepted error."""
    row = next(row for row in finding.rows if row.judged and row.quantity.startswith("error"))
    return row.median / row.accepted[1]


def _turn(finding: Finding) -> float:
    """Return the deviation of the fall and the rise of homicides; 1 is half the observed change.

    The fall is from 2010-12 to 2013-15, the rise from 2013-15 to 2018, both as logarithms of ratios
    of the median over replicates.
    """
    years = np.asarray(finding.series["years"])
    seen = np.asarray(finding.series["observed"], float)
    simulated = np.median(finding.series["simulated"], axis=0)
    parts = []
    for before, after in ((EARLY, TROUGH), (TROUGH, PEAK)):
        change = _change(years, seen, before, after)
        off = abs(_change(years, simulated, before, after) - change)
        parts.append(min(FURTHEST, off / abs(HALF * change)))
    return _rms(parts)


def _change(
    years: np.ndarray, values: np.ndarray, before: tuple[int, ...], after: tuple[int, ...]
) -> float:
    means = [values[np.isin(years, span)].mean() for span in (before, after)]
    return math.log(max(means[1], 1.0) / max(means[0], 1.0))


def _explosion(finding: Finding) -> float:
    """Return the deviation of Guanajuato: of the rise of homicides, and of its contest.

    The rise is the logarithm of the median ratio of 2018 to 2015; 1 is the edge of the accepted
    range. The contest counts 1 if no replicate has a challenger, and 0 from half of them.
    """
    ratio = next(row for row in finding.rows if row.quantity.startswith("homicides 2018"))
    contested = next(row for row in finding.rows if row.quantity.endswith("with a challenger"))
    logs = [math.log(max(x, 1e-3)) for x in (ratio.median, ratio.observed[0], ratio.accepted[0])]
    value, seen, accepted = logs
    rise = max(0.0, (seen - value) / (seen - accepted))
    missing = max(0.0, 1.0 - contested.median / ENOUGH_CHALLENGED)
    return min(FURTHEST, _rms([rise, missing]))


def _likeness(finding: Finding) -> float:
    """Return the distance of rank correlations by state from 1, relative to the accepted one."""
    rows = [row for row in finding.rows if row.judged]
    return _rms([(1.0 - row.median) / (1.0 - row.accepted[0]) for row in rows])


TERMS = (
    Term("homicides", 1, "yearly homicides (RMS of the median)", national.homicides, _level),
    Term("turn", 1, "their fall to 2013-15 and rise to 2018", national.homicides, _turn),
    Term("members", 4, "members of cartels", national.members, _rows("")),
    Term("flows", 5, "recruits, arrests, members killed a week", national.flows, _rows("")),
    Term("guanajuato", 6, "Guanajuato's rise, contested", territory.guanajuato, _explosion),
    Term("rates", 7, "homicide rates by state (rank)", territory.rates, _likeness),
    Term("war", 17, "killings between cartels on fronts", fronts.share_killed, _rows("killed")),
    Term("fronts", 18, "fronts: survival, flares, places", fronts.fronts_last, _rows("")),
    Term("ended", 20, "groups of 2010 gone by 2018", fronts.groups_end, _rows("")),
    Term("sides", 21, "joins from another cartel", fronts.gangs_change, _rows("")),
)


def terms_of(trials: Trials) -> Terms:
    """Return every term by its name, measured on the replicates of ``trials``."""
    findings: dict[Callable[[Trials], Finding], Finding] = {}
    for term in TERMS:
        if term.measure not in findings:
            findings[term.measure] = term.measure(trials)
    return {term.name: term.distance(findings[term.measure]) for term in TERMS}


def loss(terms: Mapping[str, float]) -> float:
    """Return the sum of the terms: each squared up to 1, linear with the same slope beyond.

    Examples
    --------
    >>> loss({"a": 0.5, "b": 2.0})
    3.25
    """
    return sum(x * x if x <= 1.0 else 2.0 * x - 1.0 for x in terms.values())


def evaluate(
    sets: Sequence[Mapping[str, float]],
    replicates: int,
    seed: int,
    threads: int = 1,
    tick: Callable[[int], None] | None = None,
) -> Terms:
    """Run replicates of 2010-2018 with some sets of parameters, and return the terms.

    A replicate uses the same random draws with any parameters, so only the parameters differ.

    Parameters
    ----------
    sets
        Parameter sets: replicate r uses ``sets[r % len(sets)]``.
    replicates, seed
        How many replicates to run, and the seed of their draws.
    threads
        How many replicates run at once.
    tick
        Called with 1 from a thread each time that a replicate finishes.

    Returns
    -------
    dict
        Every term by its name.
    """
    return terms_of(PastTrials(replicates, seed, sets, threads=threads, stop=END, tick=tick))


def _rms(values: Sequence[float]) -> float:
    return math.sqrt(sum(x * x for x in values) / len(values))
