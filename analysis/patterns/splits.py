"""Patterns of war between groups: a dominant group splits (10), one group wins a war (11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from plazas.analysis.patterns import observed
from plazas.analysis.patterns.findings import CHANGE, Finding, judged, row
from plazas.analysis.patterns.leaders import Case
from plazas.analysis.patterns.trials import Array, Runs, Trials, branch, history
from plazas.model import decode
from plazas.model.scenario import Event, cartel_row
from plazas.model.simulation import Simulation
from plazas.model.world import AT_WAR

DOMINANT = 0.5  # share of the members in a place with which a group is dominant there
TORN = 0.1  # share of the two parts' members that the faction has in a contested place
YEARS = 3
SPLITS = (
    Case("sinaloa", date(2011, 3, 1)),
    Case("juarez", date(2011, 3, 1)),
    Case("zetas", date(2012, 3, 1)),
    Case("gulf", date(2012, 3, 1)),
    Case("sinaloa", date(2013, 3, 1)),
    Case("cjng", date(2015, 3, 1)),
    Case("cjng", date(2017, 3, 1)),
)
WAR_TOLL = 1.5  # a peak is a war from this multiple of the mean of the state's other years
CONTESTED = 0.6  # largest share of one group with which a peak is contested
WON = 0.8  # a war is won with more than this share of one group
LATER = (4, 5)  # years after the peak


def hostile_split(trials: Trials) -> Finding:
    """Pattern 10: a dominant group splits and the parts are at war.

    Measure: a run is copied on the day of a split, and the cartel splits in the copy only. Pairs in
    which the two parts are not at war two months later are left out. Host states are those where
    the group had half of the members of cartels before the split and where the faction has a tenth
    of the two parts' members a month later. The ratio is the highest yearly total of homicides in
    the host states in the three years after, over that of the year before; the published ratios
    are computed in this way. Accepted: the median over replicates, cartels and dates is inside the
    published range. The same ratio without the split is reported as a control, because a maximum
    over three years exceeds one by chance alone.
    """
    parts = trials.once("splits", lambda t: t.map_replicates(history(t.stop), _experiment))
    ratios = np.concatenate(parts)
    span = observed.span(10, "split_ratio")
    rows = [
        row("host states, with the split", "times", ratios[:, 0], span, span),
        row("the same states without it", "times", ratios[:, 1], judged=False),
        row("host states per split", "states", ratios[:, 2], judged=False),
    ]
    note = f"{len(ratios)} hostile splits of dominant groups, over {len(SPLITS)} cartels and dates"
    return judged(10, rows, note, {"with": ratios[:, 0], "without": ratios[:, 1]})


def _experiment(simulation: Simulation, go_on: Callable[[int], None]) -> Array:
    """Return, per hostile split: the ratio with it, the ratio without it, host states, (S, 3)."""
    scenario = simulation.scenario
    futures: list[tuple[int, list[int], Simulation]] = []
    for case in SPLITS:
        go_on(scenario.week_of(case.on))
        month = decode.month_of(simulation.record, simulation.week)
        k = cartel_row(scenario.country, case.cartel)
        strong = np.flatnonzero(_shares(simulation, k) >= DOMINANT)
        if not simulation.world.cartels[k].alive or not len(strong):
            continue
        other = branch(simulation, Event("split", case.on, case.cartel))
        until = decode.weeks_before(other.record, month + 12 * YEARS)
        other.run(decode.weeks_before(other.record, month + 2) - other.week)
        new = _faction(other, k, scenario.week_of(case.on))
        if new is None or other.world.relations[k, new].stance != AT_WAR:
            continue
        members = decode.members(other.record)
        mine, theirs = (members[month + 1, strong, c] for c in (k, new))
        torn = theirs >= TORN * np.maximum(1, mine + theirs)
        if torn.any():
            other.run(until - other.week)
            futures.append((month, [int(p) for p in strong[torn]], other))
    go_on(scenario.weeks)
    ratios = [
        (_ratio(other, month, places), _ratio(simulation, month, places), float(len(places)))
        for month, places, other in futures
    ]
    return np.array(ratios).reshape(-1, 3)


def _shares(simulation: Simulation, k: int) -> Array:
    """Return a cartel's share of the members of cartels by place, at the start of the last week."""
    return np.asarray(simulation.world.presence.share[:, k])


def _faction(simulation: Simulation, k: int, week: int) -> int | None:
    """Return the row of the faction that left a cartel in a week, None where none did."""
    rows = int(simulation.world.nation[0].cartel_rows)
    cartels = simulation.world.cartels[:rows]
    factions = np.flatnonzero(
        (cartels.parent == k) & (cartels.founded == week) & (cartels.alive == 1)
    )
    return int(factions[-1]) if len(factions) else None


def _ratio(simulation: Simulation, month: int, places: list[int]) -> float:
    """Return the highest yearly homicides of the ``YEARS`` after a month over the year before."""
    homicides = decode.place_table(simulation.record)["homicides"][:, places].sum(axis=1)
    before = homicides[month - 12 : month].sum()
    after = [homicides[month + 12 * y : month + 12 * (y + 1)].sum() for y in range(YEARS)]
    return float(max(after) / max(1.0, before))


def consolidation(trials: Trials) -> Finding:
    """Pattern 11: homicides fall after a war that one group wins.

    Measure: a war is the peak year of homicides in a state, among the years from 2010 to five years
    before the end of the runs. The peak must be at least 1.5 times the mean of the state's other
    years, with no group above 60 % of the members of cartels. A war is won where one group has more
    than 80 % on average over the fourth or the fifth year after the peak. The change is that of
    homicides from the peak year to the first of those years. Accepted: the median over all wars
    won, in all replicates, is inside the published range. The pattern fails where no war is won.
    """
    runs = trials.baseline
    changes, wars = _wars_won(runs)
    span = observed.span(11, "consolidation_change")
    rows = [
        row("change to the fourth or fifth year", CHANGE, changes, span, span),
        row("wars per replicate", "wars", wars[:, 0], judged=False),
        row("wars won by one group", "wars", wars[:, 1], judged=False),
    ]
    note = f"{len(changes)} wars won in {len(runs)} replicates"
    return judged(11, rows, note, {"changes": changes})


def _wars_won(runs: Runs) -> tuple[Array, Array]:
    """Return the change after each war won, and the wars and wars won by replicate, (R, 2)."""
    share = np.stack(
        [runs.largest[:, runs.in_years(int(y), int(y))].mean(axis=1) for y in runs.years], axis=1
    )
    homicides = runs.place_years
    last = len(runs.years) - max(LATER)
    peak = homicides[:, :last].argmax(axis=1)  # (R, P)
    changes: list[float] = []
    wars = np.zeros((len(runs), 2))
    for r, p in np.ndindex(*peak.shape):
        y = int(peak[r, p])
        high = homicides[r, y, p]
        rest = np.delete(homicides[r, :, p], y).mean()
        if high < WAR_TOLL * rest or share[r, y, p] > CONTESTED:
            continue
        wars[r, 0] += 1
        won = [later for later in LATER if share[r, y + later, p] > WON]
        if won:
            wars[r, 1] += 1
            changes.append(float(homicides[r, y + won[0], p] / high - 1.0))
    return np.array(changes), wars
