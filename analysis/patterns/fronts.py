"""Patterns of war: what fronts kill (17) and how they last (18), groups that end (20), gangs (21).

Fronts are compared with counts from news only after a reporting filter: what is reported of the
deaths of a front in a year is a Poisson number around the members killed, times the others killed
with them, times the parameter ``reported``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plazas.analysis.patterns import observed
from plazas.analysis.patterns.findings import ANYTHING, CHANGE, SHARE, Finding, Row, judged, row
from plazas.analysis.patterns.trials import Array, Runs, Trials, history

FIRST, LAST = observed.FIRST_YEAR, observed.LAST_YEAR
YEARS = tuple(range(FIRST, LAST + 1))
MOST_KILLED = 0.6  # least share of killings between cartels that fronts have in every year
LATE = (2015, 2018)
LOWER = -0.15  # change of homicides where no front opens: at most this
#: reported deaths of a front in a year at which a class of size begins, and its name
SIZES = ((1, "under_25"), (25, "25_to_100"), (100, "100_to_400"), (400, "over_400"))
SILENT_YEARS = (1, 2, 3)
LARGE = 25  # reported deaths a year from which a front counts as new
LARGEST_GROUPS = 9  # cartels of the start that are followed
GONE = 0.01  # share of all members below which a group counts as gone
FEW_GONE = (2.0, 6.0)  # groups
CHANGES = (0.03, 0.25)  # accepted share of joins from another cartel
MOSTLY = 0.5  # of them, where a front is being lost


def war_kills(trials: Trials) -> Finding:
    """Pattern 17: war carries the killing.

    Measure: members expected to be killed on fronts over members killed by rivals, by year; and
    homicides of 2015-18 where no front opens during the run (``front_onset`` = 0) against those of
    the same replicates. Accepted: the median share is at least 60 % in every year; without new
    fronts the median of homicides is lower by at least 15 %. A front of the start and those of a
    declared war still exist without new fronts.
    """
    runs, shares = trials.baseline, share_killed(trials)
    rows = list(shares.rows)
    quiet = trials.once("no new fronts", _without_new_fronts)
    with_, without = (_late_homicides(r) for r in (runs, quiet))
    change = without / np.maximum(1.0, with_) - 1.0
    label = f"homicides {LATE[0]}-{LATE[1] % 100}, no front opens"
    rows.append(row(label, CHANGE, change, (-np.inf, LOWER)))
    return judged(17, rows, series=shares.series)


def share_killed(trials: Trials) -> Finding:
    """Return the first part of pattern 17, which needs no other runs: the share by year."""
    runs = trials.baseline
    killed = np.maximum(1.0, runs.flow("killed_by_rivals"))
    share = (runs.flow("killed_on_fronts") / killed)[:, [runs.at(y) for y in YEARS]]
    rows = [
        row(f"killed on fronts, {y}", SHARE, share[:, i], (MOST_KILLED, np.inf))
        for i, y in enumerate(YEARS)
    ]
    return judged(17, rows, series={"years": np.array(YEARS), "share": share})


def _without_new_fronts(trials: Trials) -> Runs:
    scenario = history(trials.stop)
    return trials.runs(replace(scenario, changes={**scenario.changes, "front_onset": 0.0}))


def _late_homicides(runs: Runs) -> Array:
    columns = [runs.at(y) for y in range(LATE[0], LATE[1] + 1)]
    return np.asarray(runs.place_years[:, columns].sum(axis=(1, 2)))


def fronts_last(trials: Trials) -> Finding:
    """Pattern 18: fronts last by their size, flare up again, and open next door.

    Measure: reported deaths by front and calendar year, 2010-18. A front fights in a year with one
    reported death or more. Whether it fights in the next year, by its reported deaths; whether it
    fights again after one, two and three silent years; of new fronts (25 deaths or more, none
    before), the share whose pair fought elsewhere in the year before, and of these the share next
    door. Accepted: each median is inside the published interval; the last two have none and are
    reported only.
    """
    runs = trials.baseline
    dice = np.random.default_rng(trials.seed)
    near = _neighbours(runs)
    counts = [_lasting(fronts, near, dice) for fronts in runs.fronts]
    rows: list[Row] = []
    values = {name: _ratios(counts, name) for name in _NAMES}
    for name, shares in values.items():
        span = observed.span(18, name)
        published = name not in ("elsewhere", "next_door")
        accepted = span if published else ANYTHING
        rows.append(row(_words(name), SHARE, shares, accepted, span, published))
    series = {"labels": [one.quantity for one in rows], "values": list(values.values())}
    return judged(18, rows, series=series)


_NAMES = (
    *(f"again_{size}" for _, size in SIZES),
    *(f"flares_{n}" for n in SILENT_YEARS),
    *("elsewhere", "next_door"),
)


def _words(name: str) -> str:
    if name.startswith("again_"):
        return f"fights next year, {name.removeprefix('again_').replace('_', ' ')} deaths"
    if name.startswith("flares_"):
        return f"fights again, silent years: {name[-1]}"
    return {"elsewhere": "new fronts, pair at war elsewhere", "next_door": "of these, next door"}[
        name
    ]


def _neighbours(runs: Runs) -> NDArray[np.bool_]:
    """Return which places are next to each other, (P, P)."""
    geography = runs.scenario.country.geography
    near = np.zeros((len(geography), len(geography)), bool)
    for a, b in geography.neighbours:
        near[a, b] = near[b, a] = True
    return near


def _ratios(counts: list[dict[str, list[bool]]], name: str) -> Array:
    """Return the share of yes among the cases of each replicate, (R,); NaN without a case."""
    return np.array([np.mean(c[name]) if c[name] else np.nan for c in counts])


def _lasting(
    fronts: NDArray[Any], near: NDArray[np.bool_], dice: np.random.Generator
) -> dict[str, list[bool]]:
    """Return the cases of one replicate, yes or no, by what is asked."""
    cases: dict[str, list[bool]] = {name: [] for name in _NAMES}
    tracks = _reported(fronts, dice)
    for deaths in tracks.values():
        for name, fights in _one_front(deaths):
            cases[name].append(fights)
    for (place, one, other), deaths in tracks.items():
        fought = np.flatnonzero(deaths)
        if not len(fought) or fought[0] == 0 or deaths[fought[0]] < LARGE:
            continue
        before = fought[0] - 1
        elsewhere = [
            p for (p, a, b), d in tracks.items()
            if p != place and (a, b) == (one, other) and d[before] > 0
        ]  # fmt: skip
        cases["elsewhere"].append(bool(elsewhere))
        if elsewhere:
            cases["next_door"].append(bool(near[place, elsewhere].any()))
    return cases


def _reported(
    fronts: NDArray[Any], dice: np.random.Generator
) -> dict[tuple[int, int, int], NDArray[np.int64]]:
    """Return what is reported of each front by year, (Y,), by place and both cartels."""
    expected: dict[tuple[int, int, int], Array] = {}
    for front in fronts[(fronts["year"] >= FIRST) & (fronts["year"] <= LAST)]:
        key = int(front["place"]), int(front["one"]), int(front["other"])
        deaths = expected.setdefault(key, np.zeros(len(YEARS)))
        deaths[int(front["year"]) - FIRST] += front["reported"]
    return {key: dice.poisson(deaths) for key, deaths in sorted(expected.items())}


def _one_front(deaths: NDArray[np.int64]) -> Iterator[tuple[str, bool]]:
    """Yield whether a front fights in a year, by what it did in the years before."""
    for y in range(1, len(deaths)):
        silent = 0
        while silent < y and deaths[y - 1 - silent] == 0:
            silent += 1
        if silent == y:  # it has not fought yet
            continue
        fights = bool(deaths[y] > 0)
        if silent == 0:
            size = [name for least, name in SIZES if deaths[y - 1] >= least][-1]
            yield f"again_{size}", fights
        elif silent in SILENT_YEARS:
            yield f"flares_{silent}", fights


def groups_end(trials: Trials) -> Finding:
    """Pattern 20: groups end and are born.

    Measure: of the nine largest cartels of the start, those that have ended or have less than a
    hundredth of all members of cartels in December 2018. Accepted: the median is two to six. How
    many cartels there are that came after the start is reported.
    """
    runs = trials.baseline
    members = runs.founders.sum(axis=2)
    largest = np.argsort(-members[0, 0], kind="stable")[:LARGEST_GROUPS]
    last = int(np.flatnonzero(runs.in_years(LAST, LAST))[-1])
    share = members[:, last] / np.maximum(1, runs.members[:, last].sum(axis=1))[:, None]
    gone = (share[:, largest] < GONE).sum(axis=1).astype(float)
    living = (members[:, last] > 0).sum(axis=1)
    born = np.maximum(0.0, runs.level("cartels")[:, runs.at(LAST)] - living)
    rows = [
        row(f"of nine, gone by {LAST}", "groups", gone, FEW_GONE),
        row(f"born since the start, {LAST}", "groups", born, judged=False),
    ]
    return judged(20, rows, series={"gone": gone})


def gangs_change(trials: Trials) -> Finding:
    """Pattern 21: gangs change sides.

    Measure: of the gangs that join a cartel in 2010-18, those that leave another one for it; and of
    these, those whose former cartel has a front in the place in that month or the month before
    against a cartel with more members there. Accepted: the median of the first is 3 to 25 %, of
    the second more than half.
    """
    joins, changes, losing = trials.baseline.joins.T.astype(float)
    changed = changes / np.maximum(1.0, joins)
    lost = losing / np.where(changes > 0.0, changes, np.nan)
    rows = [
        row("joins from another cartel", SHARE, changed, CHANGES),
        row("of these, on a front being lost", SHARE, lost, (MOSTLY, 1.0)),
    ]
    return judged(21, rows, series={"changed": changed, "lost": lost})
