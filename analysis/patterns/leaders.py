"""Patterns of leaders: the effect of their fall without an heir (8) and with a clear one (9).

Paired experiments: a run is copied on the day on which the leader of a cartel is captured. Both
copies continue with the same random draws, one with the capture and one without. Every replicate
does this for several cartels and dates. The history alone decides the cases: no leader of the
cartel falls in it from half a year before the date to a year after.
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
from plazas.model import decode
from plazas.model.scenario import Event, cartel_row
from plazas.model.simulation import Simulation

MONTHS = 24  # months for which both copies are followed
HALF_YEAR, YEAR = 6, 12  # months
PRESENT = 0.1  # share of the members of cartels in a place with which a cartel is present
NO_HEIR, HEIR = 0, 1
HOME, ELSEWHERE = 0, 1


class Case(NamedTuple):
    """A cartel of the start, and the day on which its leader falls or it splits."""

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
    """Homicides per month after a fall, persons.

    Both arrays are NaN for a case in which the cartel no longer exists or is not present at home.

    Parameters
    ----------
    with_it
        With the fall, (R, cases, 2, 2, ``MONTHS``): the third axis is ``NO_HEIR`` and ``HEIR``, the
        fourth ``HOME`` and ``ELSEWHERE``.
    without
        Without the fall, (R, cases, 2, ``MONTHS``).
    """

    with_it: Array
    without: Array

    def effect(self, heir: int, where: int, first: int, last: int) -> Array:
        """Return the relative effect of a fall on homicides, by pair.

        Parameters
        ----------
        heir
            ``NO_HEIR`` or ``HEIR``.
        where
            ``HOME`` or ``ELSEWHERE``.
        first, last
            The months that are summed, from ``first`` up to but without ``last``.

        Returns
        -------
        numpy.ndarray
            Shape (pairs,), without missing pairs.
        """
        months = slice(first, last)
        after = self.with_it[:, :, heir, where, months].sum(axis=-1)
        same = self.without[:, :, where, months].sum(axis=-1)
        effect = (after / np.maximum(same, 1.0) - 1.0).reshape(-1)
        return np.asarray(effect[np.isfinite(effect)])

    def monthly(self, heir: int, where: int) -> Array:
        """Return the effect by month, a moving sum of three months, (pairs, ``MONTHS`` - 2)."""
        kernel = np.ones(3)
        smooth = [
            np.apply_along_axis(np.convolve, -1, series, kernel, "valid")
            for series in (self.with_it[:, :, heir, where], self.without[:, :, where])
        ]
        effect = (smooth[0] / np.maximum(smooth[1], 1.0) - 1.0).reshape(-1, MONTHS - 2)
        return np.asarray(effect[np.isfinite(effect).all(axis=1)])


def falls(trials: Trials) -> Falls:
    """Run the paired experiments of both patterns."""
    parts = trials.map_replicates(history(trials.stop), _experiment)
    return Falls(*(np.stack(part) for part in zip(*parts, strict=True)))


def without_heir(trials: Trials) -> Finding:
    """Pattern 8: a leader falls and no heir is clear.

    Measure: homicides with the capture over those without it, minus one, pair by pair. They are
    summed in the home state of the cartel, and in the other states where it had a tenth of the
    members of cartels. Pairs are all replicates times nine cases (see ``CASES``) in which the
    cartel existed and had a tenth of the members in its home state. Accepted: the median effect on
    the first six months is inside the published range, at home and elsewhere. The first twelve
    months are reported but not judged, because the published rise lasts six to twelve months. The
    test is hard, because the studies used municipalities, which are smaller than states.
    """
    pairs = trials.once("falls", falls)
    ranges = {
        HOME: observed.span(8, "home_effect"),
        ELSEWHERE: observed.span(8, "elsewhere_effect"),
    }
    rows: list[Row] = []
    for where, name in ((HOME, "at home"), (ELSEWHERE, "elsewhere")):
        for months in (HALF_YEAR, YEAR):
            effect = pairs.effect(NO_HEIR, where, 0, months)
            judges = months == HALF_YEAR
            accepted = ranges[where] if judges else ANYTHING
            seen = ranges[where] if judges or where == HOME else UNKNOWN
            rows.append(row(f"{name}, {months} months", CHANGE, effect, accepted, seen, judges))
    return judged(8, rows, _pairs(pairs), _series(pairs, NO_HEIR))


def with_heir(trials: Trials) -> Finding:
    """Pattern 9: a leader falls and a clear heir follows.

    Measure: as for pattern 8, in the home state, with a clear heir, in months 13 to 24 after the
    fall. Accepted: the 90 % band of pairs includes zero, and the median rise is smaller than the
    smallest published rise without an heir. The same figure without an heir is reported as the
    control.
    """
    pairs = trials.once("falls", falls)
    least = observed.span(8, "home_effect")[0]
    later = row(
        "at home, months 13-24",
        CHANGE,
        pairs.effect(HEIR, HOME, YEAR, MONTHS),
        (-least, least),
        (0.0, 0.0),
    )
    zero = later._replace(quantity="90 % band includes zero", unit=YES_NO, observed=UNKNOWN)
    zero = zero._replace(median=float(later.low <= 0.0 <= later.high), accepted=(1.0, 1.0))
    rows = [
        later,
        zero._replace(low=np.nan, high=np.nan),
        row("at home, 12 months", CHANGE, pairs.effect(HEIR, HOME, 0, YEAR), judged=False),
        row(
            "the same without an heir, months 13-24",
            CHANGE,
            pairs.effect(NO_HEIR, HOME, YEAR, MONTHS),
            judged=False,
        ),
    ]
    return judged(9, rows, _pairs(pairs), _series(pairs, HEIR))


def _experiment(simulation: Simulation, go_on: Callable[[int], None]) -> tuple[Array, Array]:
    """Run the history, and copies of it with the fall of each case, without and with an heir."""
    scenario = simulation.scenario
    first = [decode.month_of(simulation.record, scenario.week_of(case.on)) for case in CASES]
    homes = [scenario.country.start.cartels[cartel_row(scenario.country, c.cartel)] for c in CASES]
    futures: list[tuple[int, int, Simulation]] = []
    for i, case in enumerate(CASES):
        go_on(scenario.week_of(case.on))
        if not _is_present(simulation, case):
            continue
        for heir in (NO_HEIR, HEIR):
            event = Event("captured", case.on, case.cartel, heir=bool(heir))
            other = branch(simulation, event)
            other.run(decode.weeks_before(other.record, first[i] + MONTHS) - other.week)
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


def _is_present(simulation: Simulation, case: Case) -> bool:
    """Return whether a cartel exists and is present in its home place."""
    k = cartel_row(simulation.scenario.country, case.cartel)
    cartel = simulation.world.cartels[k]
    share = float(simulation.world.presence[int(cartel.home), k].share)
    return bool(cartel.alive) and share >= PRESENT


def _places(simulation: Simulation, month: int, k: int, home: int) -> tuple[list[int], list[int]]:
    """Return the home of a cartel, and the other places where it is present at a month's start."""
    share = decode.shares(decode.members(simulation.record)[month])[:, k]
    return [home], [int(p) for p in np.flatnonzero(share >= PRESENT) if p != home]


def _monthly(simulation: Simulation, first: int, places: tuple[list[int], list[int]]) -> Array:
    """Return homicides of the months from ``first`` at home and elsewhere, (2, ``MONTHS``)."""
    homicides = decode.place_table(simulation.record)["homicides"][first : first + MONTHS]
    monthly = np.stack([homicides[:, where].sum(axis=1) for where in places])
    if not places[1]:
        monthly[ELSEWHERE] = np.nan
    return monthly


def _pairs(falls: Falls) -> str:
    n = len(falls.effect(NO_HEIR, HOME, 0, HALF_YEAR))
    return f"{n} pairs of runs, over {len(CASES)} cartels and dates"


def _series(falls: Falls, heir: int) -> dict[str, object]:
    return {
        "months": np.arange(2, MONTHS),
        "home": falls.monthly(heir, HOME),
        "elsewhere": falls.monthly(heir, ELSEWHERE),
    }
