"""Run one world with the fast scheduler, without any agent object."""

from __future__ import annotations

import numpy as np

from plazas.model import week as schedule
from plazas.model.draws import Key, make_key, new_batch
from plazas.model.errors import RunStoppedError
from plazas.model.levers import Levels
from plazas.model.parameters import compiled
from plazas.model.record import empty_record
from plazas.model.record import grown as grown_record
from plazas.model.results import Results
from plazas.model.scenario import Scenario, event_table, levels
from plazas.model.start import build
from plazas.model.structure import DEADLIEST_WEEK, MOST_GANGS
from plazas.model.world import World, grown

EVENT_ROOM = 8192
CARTEL_ROOM = 16


class Simulation:
    """A world, its levers, its dated events and its record, run week by week.

    Parameters
    ----------
    scenario
        What to run; None is Mexico 2010-2024 with every lever at its baseline.
    seed, replicate
        Whole numbers in [0, 2**32) that key every draw.

    Examples
    --------
    >>> import plazas as pz
    >>> simulation = pz.Simulation(pz.load_scenario("classroom"), seed=1)
    >>> simulation.run(10).weeks_run
    10
    """

    def __init__(self, scenario: Scenario | None = None, seed: int = 1, replicate: int = 0) -> None:
        self.scenario = scenario if scenario is not None else Scenario()
        self.seed, self.replicate = seed, replicate
        self.key: Key = make_key(seed, replicate)
        self._batch = new_batch()
        self.parameters = compiled(self.scenario.parameters)
        self.levels: Levels = levels(self.scenario)
        self.events = event_table(self.scenario)
        country = self.scenario.country
        self.world: World = build(country.geography, country.start, self.parameters, self.key)
        self.record = empty_record(
            self.scenario.months(),
            self.scenario.years(),
            len(country.geography.codes),
            len(self.world.cartels),
            EVENT_ROOM,
        )

    @property
    def week(self) -> int:
        """Return the next week to run, counted from 0."""
        return int(self.world.nation[0].week)

    @property
    def finished(self) -> bool:
        """Return whether the scenario's last week has been run."""
        return self.week >= self.scenario.weeks

    def run(self, weeks: int | None = None) -> Results:
        """Run weeks in compiled code.

        Parameters
        ----------
        weeks : int, optional
            Number of weeks; None for all that are left.

        Returns
        -------
        Results
            The output of the run so far.

        Raises
        ------
        ValueError
            If ``weeks`` is negative or goes past the end of the scenario.
        """
        left = self.scenario.weeks - self.week
        weeks = left if weeks is None else weeks
        if not 0 <= weeks <= left:
            raise ValueError(f"{weeks} weeks asked for, {left} are left in the scenario")
        until = self.week + weeks
        while self.week < until:
            need = schedule.run(
                self.world,
                self.parameters,
                self.levels,
                self.events,
                self.record,
                self.key,
                until,
                self._batch,
            )
            self.make_room(need)
        return self.results()

    def make_room(self, need: int) -> None:
        """Grow what must grow before the next week.

        Parameters
        ----------
        need : int
            An answer of ``plazas.model.week.room_needed``.

        Raises
        ------
        RunStoppedError
            If the run kills more people, or has more gangs, than a run may.
        """
        if need == schedule.Need.FEWER_DEATHS:
            raise RunStoppedError(self._too_deadly())
        if need == schedule.Need.FEWER_GANGS:
            raise RunStoppedError(
                f"week {self.week}: there are {int(self.world.nation[0].gangs):,} gangs, more than "
                f"a run may have ({MOST_GANGS:,}); choose parameters nearer their default values"
            )
        cartels, gangs = len(self.world.cartels), len(self.world.gangs)
        if need == schedule.Need.MORE_GANGS:
            self.world = grown(self.world, 0, gangs + gangs // 2)
        elif need == schedule.Need.MORE_CARTELS:
            if self.record.members.shape[2] >= cartels:  # else a loaded world has the room already
                self.world = grown(self.world, cartels + CARTEL_ROOM, 0)
            self.record = grown_record(self.record, len(self.world.cartels), 0)
        elif need == schedule.Need.MORE_FRONTS:
            self.world = grown(self.world, 0, 0, 2 * len(self.world.fronts))
        elif need == schedule.Need.MORE_EVENTS:
            self.record = grown_record(self.record, 0, 2 * len(self.record.events) + gangs // 2)

    def _too_deadly(self) -> str:
        """Return the sentence that says where too many people were killed last week."""
        places = self.world.places
        killed = places.killed_by_rivals + places.killed_by_forces + places.bystanders
        p = int(np.argmax(killed / places.population))
        return (
            f"week {self.week - 1}: {int(killed[p]):,} of {places.population[p]:,.0f} people were "
            f"killed in {self.scenario.country.geography.names[p]}, more than "
            f"{DEADLIEST_WEEK:.0%} in one week; choose parameters nearer their default values"
        )

    def results(self) -> Results:
        """Return the output of the run so far; later weeks do not change it."""
        rows = int(self.world.nation[0].cartel_rows)
        cartels = self.world.cartels
        return Results(
            scenario=self.scenario,
            record=self.record if self.finished else grown_record(self.record, 0, 0),
            seed=self.seed,
            replicate=self.replicate,
            weeks_run=self.week,
            parents=tuple(int(k) for k in cartels.parent[:rows]),
            founded=tuple(int(w) for w in cartels.founded[:rows]),
            homes=tuple(int(p) for p in cartels.home[:rows]),
        )
