"""Patterns of the number of groups: violence against it (12), and what makes it grow (13)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from plazas.analysis.patterns import observed
from plazas.analysis.patterns.findings import (
    SHARE,
    YES_NO,
    Finding,
    Row,
    around,
    judged,
    row,
    single,
)
from plazas.analysis.patterns.trials import Array, Trials, cut
from plazas.model import decode
from plazas.model.docking import simulate
from plazas.model.mean_field import Rates, equal
from plazas.scenarios import load_scenario

EQUAL = (1, 2, 3, 5, 10, 20, 50)  # groups
TOTAL = 173_800.0  # members in all
HOSTILITY = 0.605  # mean S of the published network
WEEKS = 26
CLOSE = 0.05  # of the published number of deaths
EXPLAINED = 0.9  # least R2 with 1 - HHI
BENT = 1e-3  # share of the largest value: tolerance for chance in the shape of the curve
SATURATED = 0.15  # share of the largest value: most growth of violence beyond ten groups
FEW = 20  # most replicates: each is half a year of one place, so few are enough
NOBODY_HUNTED = "no-kingpin-captures"
GROWS = 1.5  # least ratio with which the number of groups has grown
STAYS = 1.15  # largest ratio with which it has not grown
FIRST, LAST = 2010, 2018


def equal_groups(trials: Trials) -> Finding:
    """Pattern 12: violence against the number of equal groups.

    Measure: the weekly model in its one-place limit (``plazas.model.docking``), with 173,800
    members in equal, equally hostile groups. The measure is members killed per week, mean of half a
    year, each week divided by the square of the share of members still present. Accepted: against
    the number of groups it rises more and more slowly, and by at most 15 % beyond ten groups;
    1 - HHI (here 1 - 1/n) explains 90 % of it; it is within 5 % of the published numbers.
    Parameter sets do not affect it.
    """
    replicates = min(FEW, trials.replicates)
    killed = np.array([_killed_a_week(n, replicates, trials.seed) for n in EQUAL])
    middle = np.median(killed, axis=1)
    rows: list[Row] = []
    for i, n in enumerate(EQUAL):
        try:
            value, _ = observed.span(12, f"killed_week_equal_{n}")
        except KeyError:
            rows.append(row(f"killed, {n} groups", "a week", killed[i], judged=False))
            continue
        accepted = around(value, CLOSE)
        rows.append(row(f"killed, {n} groups", "a week", killed[i], accepted, (value, value)))
    hhi = 1.0 / np.array(EQUAL, float)
    rows.append(single("R2 with 1 - HHI", SHARE, explained(1.0 - hhi, middle), (EXPLAINED, 1.0)))
    rows.append(single("rises more and more slowly", YES_NO, float(concave(middle)), (1.0, 1.0)))
    return judged(12, rows, series={"groups": np.array(EQUAL), "killed": killed, "one": 1.0 - hhi})


def _killed_a_week(n: int, replicates: int, seed: int) -> Array:
    """Return members killed per week among ``n`` equal groups, by replicate, (R,)."""
    members, hostility = equal(n, HOSTILITY, TOTAL)
    killed = []
    for r in range(replicates):
        record = simulate(members, hostility, Rates(), WEEKS, seed=seed, replicate=r).record
        size = decode.weekly(record, "members") / TOTAL
        killed.append(float((decode.weekly(record, "killed_by_rivals") / size**2).mean()))
    return np.array(killed)


def explained(x: Array, y: Array) -> float:
    """Return R2 of a straight line through ``y`` against ``x``; 0 where ``y`` is constant."""
    if np.ptp(y) == 0.0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1] ** 2)


def concave(y: Array) -> bool:
    """Return whether values, one per number in ``EQUAL``, rise with a falling slope and flatten."""
    steps = zip(pairwise(EQUAL), pairwise(y), strict=True)
    slopes = np.array([(b - a) / (m - n) for (n, m), (a, b) in steps])
    largest = float(np.max(np.abs(y)))
    slack = BENT * largest
    past_ten = float(y[-1] - y[EQUAL.index(10)])
    bent = (slopes >= -slack).all() and (np.diff(slopes) <= slack).all()
    return bool(bent and past_ten <= SATURATED * largest)


def number_of_groups(trials: Trials) -> Finding:
    """Pattern 13: the number of groups grows only when leaders are hunted.

    Measure: cartels with members, yearly mean of 2018 over that of 2010, in the history and in the
    scenario ``no-kingpin-captures``, which has no operation against a leader and no dated fall.
    Accepted: the median ratio is 1.5 or more where leaders are hunted and at most 1.15 where they
    are not. The number in 2015 is reported with the published counts, which differ in definition.
    """
    hunted = trials.baseline.level("cartels")
    spared_runs = trials.once("spared", lambda t: t.runs(cut(load_scenario(NOBODY_HUNTED), t.stop)))
    spared = spared_runs.level("cartels")
    at = trials.baseline.at
    growth, none = (x[:, at(LAST)] / np.maximum(1.0, x[:, at(FIRST)]) for x in (hunted, spared))
    seen = (float(observed.by_year(13, "groups")["low"].to_dict()[2015]), np.inf)
    rows = [
        row("2018 over 2010, leaders hunted", "times", growth, (GROWS, np.inf)),
        row("2018 over 2010, not hunted", "times", none, (0.0, STAYS)),
        row("groups in 2015, hunted", "groups", hunted[:, at(2015)], observed=seen, judged=False),
        row("groups in 2018, not hunted", "groups", spared[:, at(LAST)], judged=False),
    ]
    series = {"years": trials.baseline.years, "hunted": hunted, "spared": spared}
    return judged(13, rows, series=series)
