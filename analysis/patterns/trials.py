"""The replicates on which patterns are measured. They run once, and all patterns share them.

A replicate is kept as a few arrays, which are much smaller than its record. Letters in shapes are:
R replicates, W weeks, M months, Y calendar years, P places, K cartels of the start.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plazas.analysis.experiment.run import LIMIT, RunError, varied
from plazas.analysis.experiment.workers import CHUNK, Stop, map_all
from plazas.analysis.patterns.observed import LAST_YEAR
from plazas.model import decode
from plazas.model.calendar import years_of
from plazas.model.events import EventKind
from plazas.model.record import SERIES, grown
from plazas.model.scenario import Event, Scenario, event_table
from plazas.model.simulation import Simulation
from plazas.model.world import copied
from plazas.scenarios import load_scenario

HISTORY = "historical"
END = date(2021, 1, 1)  # the last pattern looks at 2018-20
RISER = "cjng"  # the cartel whose rise the patterns describe; no rule of the model names it

T = TypeVar("T")
Array = NDArray[np.float64]


def cut(scenario: Scenario, stop: date) -> Scenario:
    """Return a scenario that ends on a day, or at its own end where that is earlier.

    The remaining weeks give exactly the same results as in the whole scenario.

    Parameters
    ----------
    scenario
        What to shorten.
    stop
        The first day that is not run.
    """
    stop = min(stop, scenario.stop)
    policies = (replace(p, stop=min(p.stop, stop)) for p in scenario.policies if p.start < stop)
    shorter = replace(scenario, stop=stop, policies=(), events=())
    events = (e for e in scenario.events if shorter.week_of(e.on) < shorter.weeks)
    return replace(shorter, policies=tuple(policies), events=tuple(events))


def history(stop: date = END) -> Scenario:
    """Return the scenario of the history from 2010 up to ``stop`` (a day that is not run)."""
    return cut(load_scenario(HISTORY), stop)


@dataclass(frozen=True, eq=False)
class Runs:
    """R replicates of a scenario.

    Parameters
    ----------
    scenario
        What was run.
    weekly
        National series, (R, W, S), in the order of ``plazas.model.record.SERIES``.
    homicides
        Homicides per month, persons, (R, M, P).
    members
        Members of all cartels at the start of the month, persons, (R, M, P).
    founders
        Members of each cartel of the start, persons, (R, M, P, K).
    largest
        Share of the members that the largest cartel has, (R, M, P).
    home
        Share of the largest of the cartels whose home is the place, (R, M, P).
    leader
        Row of the largest cartel, -1 where there is none, (R, M, P).
    fought
        Members killed per year on the fronts of each cartel of the start, both sides,
        (R, Y, P, K).
    most_fought
        The largest such number of any cartel, (R, Y, P).
    fronts
        For each replicate the fronts by year, (R,) of arrays of records: ``year``, ``place``,
        ``one`` and ``other`` (cartel rows), ``reported`` (deaths that news would report).
    joins
        Gangs that joined a cartel in the years of the data; of these, those that left another
        cartel; of these, those on a front that the other was losing. (R, 3).
    """

    scenario: Scenario
    weekly: Array
    homicides: Array
    members: NDArray[np.int32]
    founders: NDArray[np.int32]
    largest: Array
    home: Array
    leader: NDArray[np.int16]
    fought: Array
    most_fought: Array
    fronts: NDArray[np.object_]
    joins: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.weekly)

    @functools.cached_property
    def year_of_week(self) -> NDArray[np.int64]:
        """Return the calendar year of every week, (W,)."""
        return pd.DatetimeIndex(self.scenario.dates()).year.to_numpy().astype(np.int64)

    @functools.cached_property
    def years(self) -> NDArray[np.int64]:
        """Return the calendar years, (Y,); the last may be incomplete."""
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
        """Return a national flow (name of a weekly series) by calendar year, persons, (R, Y)."""
        series = self._series(name)
        sums = [series[:, self.year_of_week == y].sum(axis=1) for y in self.years]
        return np.stack(sums, axis=1) * self.whole

    def level(self, name: str) -> Array:
        """Return the yearly mean of a national level (name of a weekly series), (R, Y)."""
        series = self._series(name)
        means = [series[:, self.year_of_week == y].mean(axis=1) for y in self.years]
        return np.stack(means, axis=1)

    def _series(self, name: str) -> Array:
        """Return one national series by replicate, (R, W)."""
        return self.weekly[:, :, SERIES.index(name)]

    @functools.cached_property
    def place_years(self) -> Array:
        """Return homicides by calendar year and place, persons, (R, Y, P)."""
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
        """Return which months are in the calendar years ``first`` to ``last`` (included), (M,)."""
        return (self.year_of_month >= first) & (self.year_of_month <= last)

    def cartel(self, key: str) -> int:
        """Return the row of a cartel of the start."""
        return [cartel.key for cartel in self.scenario.country.start.cartels].index(key)

    def led(self, key: str) -> NDArray[np.int64]:
        """Return in how many places a cartel of the start has the most members, (R, M)."""
        return np.asarray((self.leader == self.cartel(key)).sum(axis=2))


@dataclass(frozen=True, eq=False)
class Trials:
    """How replicates are run: how many, with which random draws and parameters.

    Parameters
    ----------
    replicates
        How many replicates each scenario has.
    seed
        Seed of the random draws.
    sets
        Parameter sets: replicate r uses ``sets[r % len(sets)]``. Empty means the default values.
    changes
        Parameters that override those of every set and scenario (an ablation).
    threads
        How many replicates run at once; one per core if None.
    stop
        The first day of the history that is not run.
    tick
        Called with 1 from a thread each time that a replicate finishes.

    Raises
    ------
    RunError
        If the replicates, the seed or the threads are out of range.
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
        """Return the replicates of the history."""
        return self.runs(history(self.stop))

    def once(self, name: str, make: Callable[[Trials], T]) -> T:
        """Return ``make(self)``; later calls with the same name return the same result again."""
        if name not in self._made:
            self._made[name] = make(self)
        result: T = self._made[name]
        return result

    def runs(self, scenario: Scenario) -> Runs:
        """Run every replicate of a scenario."""

        def work(simulation: Simulation, go_on: Callable[[int], None]) -> Runs:
            go_on(simulation.scenario.weeks)
            return track(simulation)

        parts = self.map_replicates(scenario, work)
        stacked = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in Runs.__dataclass_fields__
            if name != "scenario"
        }
        return Runs(scenario, **stacked)

    def map_replicates(
        self, scenario: Scenario, work: Callable[[Simulation, Callable[[int], None]], T]
    ) -> list[T]:
        """Return the results of a function of each replicate of a scenario, in their order.

        Parameters
        ----------
        scenario
            What to run.
        work
            Called with a simulation that has not started, and with a function that advances it up
            to a week.

        Returns
        -------
        list
            What ``work`` returned, one per replicate.
        """
        scenario = replace(scenario, changes={**scenario.changes, **(self.changes or {})})
        wanted = range(self.replicates)
        variants = varied(scenario, self.sets, wanted)

        def one(replicate: int, stop: Stop) -> T:
            simulation = Simulation(variants[replicate % len(variants)], self.seed, replicate)

            def go_on(week: int) -> None:
                while simulation.week < week:
                    stop.check()
                    simulation.run(min(CHUNK, week - simulation.week))

            result = work(simulation, go_on)
            if self.tick is not None:
                self.tick(1)
            return result

        return map_all(one, wanted, self.threads)


def branch(simulation: Simulation, *events: Event) -> Simulation:
    """Return an independent copy of a simulation in which more events happen.

    Both give exactly the same results until the first of these events.

    Parameters
    ----------
    simulation
        What to copy; it can have advanced already.
    events
        Events after the present week of the simulation.
    """
    other = copy.copy(simulation)
    scenario = simulation.scenario
    other.scenario = replace(scenario, events=(*scenario.events, *events))
    other.events = event_table(other.scenario)
    other.world = copied(simulation.world)
    other.record = grown(simulation.record, 0, 0)
    return other


def track(simulation: Simulation) -> Runs:
    """Return what is kept of one finished replicate (R = 1)."""
    record, world = simulation.record, simulation.world
    members = decode.members(record)
    share = decode.shares(members)
    at_home = np.zeros(share.shape[:2])
    for k in range(int(world.nation[0].cartel_rows)):
        p = int(world.cartels[k].home)
        at_home[:, p] = np.maximum(at_home[:, p], share[:, p, k])
    founders = len(simulation.scenario.country.start.cartels)
    fought = decode.deaths_in_fights(record).astype(np.float64)
    return Runs(
        scenario=simulation.scenario,
        weekly=decode.series(record)[None],
        homicides=decode.place_table(record)["homicides"][None],
        members=members.sum(axis=2).astype(np.int32)[None],
        founders=members[:, :, :founders][None].copy(),
        largest=share.max(axis=2)[None],
        home=at_home[None],
        leader=decode.leaders(members).astype(np.int16)[None],
        fought=fought[:, :, :founders][None],
        most_fought=fought.max(axis=2)[None],
        fronts=_fronts_by_year(simulation),
        joins=_joins(simulation)[None],
    )


#: a year of a front, with the deaths that news would report of it
FRONT_YEAR = np.dtype(
    [("year", int), ("place", int), ("one", int), ("other", int), ("reported", float)]
)


def _fronts_by_year(simulation: Simulation) -> NDArray[np.object_]:
    """Return the fronts of a finished run by year, an array (1,) that holds an array of records."""
    par, start = simulation.parameters, simulation.scenario.start
    months = decode.fronts(simulation.record)
    rows = np.zeros(len(months), FRONT_YEAR)
    rows["year"] = start.year + (start.month - 1 + months["month"]) // 12
    for name in ("place", "one", "other"):
        rows[name] = months[name]
    rows["reported"] = months["deaths"] * (1.0 + float(par.bystanders)) * float(par.reported)
    one = np.empty(1, object)
    one[0] = rows
    return one


def _joins(simulation: Simulation) -> NDArray[np.int64]:
    """Return joins, those from another cartel, and of these those on a front being lost, (3,)."""
    record = simulation.record
    log, members = decode.log(record), decode.members(record)
    in_time = simulation.scenario.years()[log["week"]] + simulation.scenario.start.year <= LAST_YEAR
    joined = log[in_time & (log["kind"] == EventKind.ABSORBED)]
    changed = joined[joined["other"] >= 0]
    enemies: dict[tuple[int, int, int], set[int]] = {}
    for month, place, one, other in decode.fronts(record)[
        ["month", "place", "one", "other"]
    ].tolist():
        enemies.setdefault((month, place, one), set()).add(other)
        enemies.setdefault((month, place, other), set()).add(one)
    losing = 0
    for week, place, former in changed[["week", "place", "other"]].tolist():
        month = decode.month_of(record, week)
        heads = members[month, place]
        rivals = enemies.get((month, place, former), set()) | enemies.get(
            (month - 1, place, former), set()
        )
        losing += any(heads[rival] > heads[former] for rival in rivals)
    return np.array([len(joined), len(changed), losing])
