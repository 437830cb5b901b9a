"""The runs that the patterns are measured on, made once and shared.

Everything that a pattern may need of a replicate is kept as arrays, much smaller than its record:
R replicates, W weeks, M months, Y calendar years, P places, K cartels of the start.
"""

from __future__ import annotations

import copy
import functools
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plazas.analysis.experiment.run import CHUNK, LIMIT, RunError, cores, varied
from plazas.model.calendar import years_of
from plazas.model.record import grown
from plazas.model.scenario import Event, Scenario, event_table
from plazas.model.simulation import Simulation
from plazas.model.world import Rows, copied
from plazas.scenarios import load_scenario

HISTORY = "historical"
END = date(2021, 1, 1)  # the last pattern looks at 2018-20
RISER = "cjng"  # the cartel whose rise is asked about; no rule of the model knows it

T = TypeVar("T")
Array = NDArray[np.float64]


def cut(scenario: Scenario, stop: date) -> Scenario:
    """Return a scenario that ends on a day, or at its own end where that is earlier.

    The weeks that remain are those of the whole scenario, to the bit.
    """
    stop = min(stop, scenario.stop)
    policies = (replace(p, stop=min(p.stop, stop)) for p in scenario.policies if p.start < stop)
    shorter = replace(scenario, stop=stop, policies=(), events=())
    events = (e for e in scenario.events if shorter.week_of(e.on) < shorter.weeks)
    return replace(shorter, policies=tuple(policies), events=tuple(events))


def history(stop: date = END) -> Scenario:
    """Return what happened from 2010 on, up to a day."""
    return cut(load_scenario(HISTORY), stop)


@dataclass(frozen=True, eq=False)
class Runs:
    """R replicates of a scenario.

    ``weekly`` (R, W) are records of the national series. ``homicides`` (R, M, P) are persons a
    month, ``members`` (R, M, P) those of all cartels at the month's beginning, ``founders``
    (R, M, P, K) those of each cartel of the start. ``largest`` (R, M, P) is the share of the
    largest cartel, ``home`` (R, M, P) that of the largest cartel whose home the place is,
    ``leader`` (R, M, P) the row of the largest, -1 where there is none. ``fought``
    (R, Y, P, K) are deaths a year in fights between rivals at war that a cartel of the start took
    part in, ``most_fought`` (R, Y, P) the most of any cartel.
    """

    scenario: Scenario
    weekly: Rows
    homicides: Array
    members: NDArray[np.int32]
    founders: NDArray[np.int32]
    largest: Array
    home: Array
    leader: NDArray[np.int16]
    fought: Array
    most_fought: Array

    def __len__(self) -> int:
        return len(self.weekly)

    @functools.cached_property
    def year_of_week(self) -> NDArray[np.int64]:
        """Return the calendar year of every week, (W,)."""
        return pd.DatetimeIndex(self.scenario.dates()).year.to_numpy().astype(np.int64)

    @functools.cached_property
    def years(self) -> NDArray[np.int64]:
        """Return the calendar years, (Y,); the last may be run in part only."""
        return np.unique(self.year_of_week)

    @functools.cached_property
    def year_of_month(self) -> NDArray[np.int64]:
        """Return the calendar year of every month, (M,)."""
        return self.scenario.start.year + (self.scenario.start.month - 1 + self._months) // 12

    @property
    def _months(self) -> NDArray[np.int64]:
        return np.arange(self.homicides.shape[1])

    @functools.cached_property
    def whole(self) -> Array:
        """Return what a yearly sum over weeks is multiplied by to be that of all days, (Y,)."""
        return years_of(self.scenario.start, self.scenario.weeks).scale

    def flow(self, name: str) -> Array:
        """Return a national flow by calendar year, persons, (R, Y)."""
        series = np.asarray(self.weekly[name])
        sums = [series[:, self.year_of_week == y].sum(axis=1) for y in self.years]
        return np.stack(sums, axis=1) * self.whole

    def level(self, name: str) -> Array:
        """Return the yearly mean of a national level, (R, Y)."""
        series = np.asarray(self.weekly[name])
        means = [series[:, self.year_of_week == y].mean(axis=1) for y in self.years]
        return np.stack(means, axis=1)

    @functools.cached_property
    def place_years(self) -> Array:
        """Return homicides by calendar year and place, (R, Y, P)."""
        sums = [self.homicides[:, self.year_of_month == y].sum(axis=1) for y in self.years]
        return np.stack(sums, axis=1) * self.whole[:, None]

    def at(self, year: int) -> int:
        """Return the column of a calendar year."""
        return int(np.flatnonzero(self.years == year)[0])

    def month(self, day: date) -> int:
        """Return the column of the month of a day."""
        start = self.scenario.start
        return 12 * (day.year - start.year) + day.month - start.month

    def in_years(self, first: int, last: int) -> NDArray[np.bool_]:
        """Return which months lie in a span of calendar years, both included, (M,)."""
        return (self.year_of_month >= first) & (self.year_of_month <= last)

    def cartel(self, key: str) -> int:
        """Return the row of a cartel of the start."""
        return [each.key for each in self.scenario.country.start.cartels].index(key)

    def led(self, key: str) -> NDArray[np.int64]:
        """Return in how many places a cartel of the start has the most members, (R, M)."""
        return np.asarray((self.leader == self.cartel(key)).sum(axis=2))


@dataclass(frozen=True, eq=False)
class Trials:
    """How runs are made: how many replicates, on which draws, with which parameters.

    Replicate r takes parameter set r modulo their number; ``sets`` empty means the defaults.
    ``changes`` lie over every set and every scenario: an ablation. ``tick`` is told of every
    finished replicate, from the threads.
    """

    replicates: int
    seed: int = 1
    sets: Sequence[Mapping[str, float]] = ()
    changes: Mapping[str, float] | None = None
    threads: int | None = None
    stop: date = END
    tick: Callable[[int], None] | None = None
    _made: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.replicates < 1:
            raise RunError(f"replicates must be 1 or more, not {self.replicates}")
        if not 0 <= self.seed < LIMIT:
            raise RunError(f"seed must be a whole number from 0 to {LIMIT - 1}, not {self.seed}")
        if self.threads is not None and self.threads < 1:
            raise RunError(f"threads must be 1 or more, not {self.threads}")

    @functools.cached_property
    def baseline(self) -> Runs:
        """Return the runs of what happened."""
        return self.runs(history(self.stop))

    def once(self, name: str, make: Callable[[Trials], T]) -> T:
        """Return what ``make`` makes of these trials; it is made once and then kept."""
        if name not in self._made:
            self._made[name] = make(self)
        found: T = self._made[name]
        return found

    def runs(self, scenario: Scenario) -> Runs:
        """Run every replicate of a scenario."""

        def work(simulation: Simulation, go_on: Callable[[int], None]) -> Runs:
            go_on(simulation.scenario.weeks)
            return track(simulation)

        parts = self.each(scenario, work)
        stacked = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in Runs.__dataclass_fields__
            if name != "scenario"
        }
        stacked["weekly"] = stacked["weekly"].view(np.recarray)
        return Runs(scenario, **stacked)

    def each(
        self, scenario: Scenario, work: Callable[[Simulation, Callable[[int], None]], T]
    ) -> list[T]:
        """Return what ``work`` makes of each replicate of a scenario, in their order.

        ``work`` is given a simulation that has not begun and a function that runs it up to a week,
        in pieces, so that an interrupt is heard.
        """
        scenario = replace(scenario, changes={**scenario.changes, **(self.changes or {})})
        wanted = range(self.replicates)
        variants = varied(scenario, self.sets, wanted)
        gone = threading.Event()

        def one(replicate: int) -> T:
            simulation = Simulation(variants[replicate % len(variants)], self.seed, replicate)

            def go_on(week: int) -> None:
                while simulation.week < week:
                    if gone.is_set():
                        raise InterruptedError
                    simulation.run(min(CHUNK, week - simulation.week))

            found = work(simulation, go_on)
            if self.tick is not None:
                self.tick(1)
            return found

        threads = cores() if self.threads is None else self.threads
        with ThreadPoolExecutor(threads, "trial") as pool:
            try:
                return list(pool.map(one, wanted))
            except BaseException:
                gone.set()
                pool.shutdown(cancel_futures=True)
                raise


def branch(simulation: Simulation, *events: Event) -> Simulation:
    """Return a second future of a simulation, in which more events happen; it shares nothing.

    Until the first of them both go on alike, to the bit. What is in the past of the simulation
    cannot be added.
    """
    other = copy.copy(simulation)
    scenario = simulation.scenario
    other.scenario = replace(scenario, events=(*scenario.events, *events))
    other.events = event_table(other.scenario)
    other.world = copied(simulation.world)
    other.record = grown(simulation.record, 0, 0)
    return other


def track(simulation: Simulation) -> Runs:
    """Return what is kept of one finished replicate, R = 1."""
    record, world = simulation.record, simulation.world
    members = record.members
    total = members.sum(axis=2)
    share = members / np.maximum(total, 1)[:, :, None]
    at_home = np.zeros(share.shape[:2])
    for k in range(int(world.nation[0].cartel_rows)):
        p = int(world.cartels[k].home)
        at_home[:, p] = np.maximum(at_home[:, p], share[:, p, k])
    founders = len(simulation.scenario.country.start.cartels)
    leader = np.where(total > 0, members.argmax(axis=2), -1)
    return Runs(
        scenario=simulation.scenario,
        weekly=record.weekly[None],
        homicides=np.asarray(record.places.homicides)[None],
        members=total.astype(np.int32)[None],
        founders=members[:, :, :founders][None].copy(),
        largest=share.max(axis=2)[None],
        home=at_home[None],
        leader=leader.astype(np.int16)[None],
        fought=record.fought[:, :, :founders][None].astype(np.float64),
        most_fought=record.fought.max(axis=2)[None].astype(np.float64),
    )
