"""Patterns of leaders: what their fall does without an heir (8) and with a clear one (9).

Paired experiments: a run is copied on the day on which the leader of a cartel is captured, and both
futures go on with the same draws, one with the capture and one without. That is done for several
cartels and dates, in every replicate. The cases were chosen by the history alone: no leader of the
cartel falls in it from half a year before to a year after.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import numpy as np

from plazas.analysis.patterns import observed
from plazas.analysis.patterns.findings import (
    ANYTHING,
    CHANGE,
    UNKNOWN,
    YES_NO,
    Finding,
    Row,
    judged,
    row,
)
from plazas.analysis.patterns.trials import Array, Trials, branch, history
from plazas.model.scenario import Event, cartel_row
from plazas.model.simulation import Simulation

MONTHS = 24  # that both futures are followed
HALF_YEAR, YEAR = 6, 12  # months
STANDS = 0.1  # of the members of cartels in a place: from here on a place is a group's
NO_HEIR, HEIR = 0, 1
HOME, ELSEWHERE = 0, 1


class Case(NamedTuple):
    """A cartel of the start and the day on which its leader falls."""

    cartel: str
    on: date


CASES = (
    Case("gulf", date(2011, 6, 1)),
    Case("zetas", date(2011, 9, 1)),
    Case("sinaloa", date(2012, 3, 1)),
    Case("juarez", date(2012, 3, 1)),
    Case("tijuana", date(2012, 3, 1)),
    Case("beltran_leyva", date(2012, 6, 1)),
    Case("cjng", date(2013, 3, 1)),
    Case("cjng", date(2016, 3, 1)),
    Case("sinaloa", date(2018, 3, 1)),
)


class Falls(NamedTuple):
    """Homicides a month after a fall, persons.

    ``with_it`` is (R, cases, heirs, 2, months): no heir and heir, at home and elsewhere;
    ``without`` (R, cases, 2, months). NaN where the cartel was gone or did not stand at home.
    """

    with_it: Array
    without: Array

    def effect(self, heir: int, where: int, first: int, last: int) -> Array:
        """Return the relative effect on homicides of months ``first`` to ``last``, (pairs,)."""
        months = slice(first, last)
        after = self.with_it[:, :, heir, where, months].sum(axis=-1)
        same = self.without[:, :, where, months].sum(axis=-1)
        found = (after / np.maximum(same, 1.0) - 1.0).reshape(-1)
        return np.asarray(found[np.isfinite(found)])

    def monthly(self, heir: int, where: int) -> Array:
        """Return the effect of each month, smoothed over three, (pairs, months - 2)."""
        kernel = np.ones(3)
        smooth = [
            np.apply_along_axis(np.convolve, -1, each, kernel, "valid")
            for each in (self.with_it[:, :, heir, where], self.without[:, :, where])
        ]
        found = (smooth[0] / np.maximum(smooth[1], 1.0) - 1.0).reshape(-1, MONTHS - 2)
        return np.asarray(found[np.isfinite(found).all(axis=1)])


def falls(trials: Trials) -> Falls:
    """Make the paired experiments of both patterns."""
    parts = trials.each(history(trials.stop), _experiment)
    return Falls(*(np.stack(each) for each in zip(*parts, strict=True)))


def without_heir(trials: Trials) -> Finding:
    """Pattern 8: a leader falls and no heir is clear.

    Measure: homicides with the capture over those without it, less one, pair by pair; at the home
    state of the cartel, and in the other states where it held a tenth of the members of cartels,
    summed. Pairs are all replicates times nine cases (see ``CASES``) in which the cartel was alive
    and held a tenth of its home. Accepted: the median effect on the first six months is inside the
    published range, at home and elsewhere. The first twelve months are told and not judged, because
    the published rise lasts six to twelve. States are larger than the municipalities of the
    studies, so the test is a hard one.
    """
    found = trials.once("falls", falls)
    ranges = {
        HOME: observed.span(8, "home_effect"),
        ELSEWHERE: observed.span(8, "elsewhere_effect"),
    }
    rows: list[Row] = []
    for where, name in ((HOME, "at home"), (ELSEWHERE, "elsewhere")):
        for months in (HALF_YEAR, YEAR):
            effect = found.effect(NO_HEIR, where, 0, months)
            judges = months == HALF_YEAR
            accepted = ranges[where] if judges else ANYTHING
            seen = ranges[where] if judges or where == HOME else UNKNOWN
            rows.append(row(f"{name}, {months} months", CHANGE, effect, accepted, seen, judges))
    return judged(8, rows, _pairs(found), _series(found, NO_HEIR))


def with_heir(trials: Trials) -> Finding:
    """Pattern 9: a leader falls and a clear heir follows.

    Measure: as pattern 8, at the home state, with a clear heir, on the months 13 to 24 after the
    fall. Accepted: the 90 % band of pairs includes zero, and the median is a smaller rise than
    the least that is published where there is no heir. The same figure without an heir is told
    beside: it is the control.
    """
    found = trials.once("falls", falls)
    least = observed.span(8, "home_effect")[0]
    later = row(
        "at home, months 13-24",
        CHANGE,
        found.effect(HEIR, HOME, YEAR, MONTHS),
        (-least, least),
        (0.0, 0.0),
    )
    zero = later._replace(quantity="90 % band includes zero", unit=YES_NO, observed=UNKNOWN)
    zero = zero._replace(median=float(later.low <= 0.0 <= later.high), accepted=(1.0, 1.0))
    rows = [
        later,
        zero._replace(low=np.nan, high=np.nan),
        row("at home, 12 months", CHANGE, found.effect(HEIR, HOME, 0, YEAR), judged=False),
        row(
            "the same without an heir, months 13-24",
            CHANGE,
            found.effect(NO_HEIR, HOME, YEAR, MONTHS),
            judged=False,
        ),
    ]
    return judged(9, rows, _pairs(found), _series(found, HEIR))


def _experiment(simulation: Simulation, go_on: Callable[[int], None]) -> tuple[Array, Array]:
    """Run what happened, and beside it every case with and without an heir."""
    scenario = simulation.scenario
    first = [_month_of(simulation, case.on) for case in CASES]
    homes = [scenario.country.start.cartels[cartel_row(scenario.country, c.cartel)] for c in CASES]
    futures: list[tuple[int, int, Simulation]] = []
    for i, case in enumerate(CASES):
        go_on(scenario.week_of(case.on))
        if not _stands(simulation, case):
            continue
        for heir in (NO_HEIR, HEIR):
            event = Event("captured", case.on, case.cartel, heir=bool(heir))
            other = branch(simulation, event)
            weeks = int((other.record.month < first[i] + MONTHS).sum())
            other.run(weeks - other.week)
            futures.append((i, heir, other))
    go_on(scenario.weeks)
    with_it = np.full((len(CASES), 2, 2, MONTHS), np.nan)
    without = np.full((len(CASES), 2, MONTHS), np.nan)
    for i, heir, other in futures:
        k = cartel_row(scenario.country, CASES[i].cartel)
        places = _places(simulation, first[i], k, homes[i].home)
        with_it[i, heir] = _monthly(other, first[i], places)
        without[i] = _monthly(simulation, first[i], places)
    return with_it, without


def _month_of(simulation: Simulation, day: date) -> int:
    """Return the month in which the first week from a day on is recorded."""
    return int(simulation.record.month[simulation.scenario.week_of(day)])


def _stands(simulation: Simulation, case: Case) -> bool:
    """Return whether a cartel is alive and holds a part of its home."""
    k = cartel_row(simulation.scenario.country, case.cartel)
    cartel = simulation.world.cartels[k]
    share = float(simulation.world.presence[int(cartel.home), k].share)
    return bool(cartel.alive) and share >= STANDS


def _places(simulation: Simulation, month: int, k: int, home: int) -> tuple[list[int], list[int]]:
    """Return a cartel's home, and the other places where it stood at a month's beginning."""
    members = simulation.record.members[month]
    share = members[:, k] / np.maximum(members.sum(axis=1), 1)
    return [home], [int(p) for p in np.flatnonzero(share >= STANDS) if p != home]


def _monthly(simulation: Simulation, first: int, places: tuple[list[int], list[int]]) -> Array:
    """Return homicides of the months from ``first`` on at home and elsewhere, (2, MONTHS)."""
    homicides = np.asarray(simulation.record.places.homicides)[first : first + MONTHS]
    found = np.stack([homicides[:, where].sum(axis=1) for where in places])
    if not places[1]:
        found[ELSEWHERE] = np.nan
    return found


def _pairs(found: Falls) -> str:
    n = len(found.effect(NO_HEIR, HOME, 0, HALF_YEAR))
    return f"{n} pairs of runs, over {len(CASES)} cartels and dates"


def _series(found: Falls, heir: int) -> dict[str, object]:
    return {
        "months": np.arange(2, MONTHS),
        "home": found.monthly(heir, HOME),
        "elsewhere": found.monthly(heir, ELSEWHERE),
    }
