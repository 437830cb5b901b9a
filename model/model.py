"""The model as a Mesa model: one world, two schedulers.

``CartelModel.run(weeks)`` is the fast scheduler: many weeks in one compiled call and no agent
object. ``CartelModel.step()`` is one week in which every agent acts for itself. Mesa shuffles
their order, which does not matter. Both give the same world, bit for bit, and may be mixed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

import mesa
import numpy as np

from plazas.model import week as schedule
from plazas.model.agents import Cartel, Gang, Government, State
from plazas.model.errors import unknown
from plazas.model.fronts import Front, fronts_of
from plazas.model.record import SERIES
from plazas.model.results import Results
from plazas.model.scenario import WEEK, Scenario
from plazas.model.simulation import Simulation


class _Turns:
    """The rows that have not acted yet in the open week."""

    def __init__(self, simulation: Simulation) -> None:
        world, nation = simulation.world, simulation.world.nation[0]
        gangs = world.gangs["members"][: nation.gang_rows]
        self.places = dict.fromkeys(range(len(world.places)))
        self.cartels = dict.fromkeys(world.cartels["listed"][: nation.living].tolist())
        self.gangs = dict.fromkeys(np.flatnonzero(gangs).tolist())


class CartelModel(mesa.Model):
    """Mexico's cartels, or any other scenario, as a Mesa model.

    Parameters
    ----------
    scenario
        What to run; None is Mexico 2010-2024 with every lever at its baseline. Mesa from 3.4 has a
        ``Model.scenario`` of its own; this one is ``model.simulation.scenario``.
    rng, replicate
        Whole numbers in [0, 2**32) that key every draw. Mesa's own generators, seeded with ``rng``
        too, only shuffle the agents.
    collect
        Whether ``datacollector`` gets one row per week, from either scheduler.

    Notes
    -----
    Agents are made when they are first asked for (``agents``, ``step()``), so a model that only
    runs fast has none. Calling ``step()`` of an agent opens the week. ``close_week()`` ends an open
    week and lets every agent act that has not; ``step()`` and ``run()`` do the same. The clock is
    ``week``: Mesa's own counts the calls of ``step()`` only.

    A page that makes new models from sliders (SolaraViz) needs a subclass whose ``__init__`` takes
    the sliders' values and no ``scenario``.

    Raises
    ------
    TypeError
        If the scenario is something else, a Mesa scenario for instance.
    ValueError
        If ``rng`` or ``replicate`` is not a whole number in range.

    Examples
    --------
    >>> import plazas as pz
    >>> model = pz.CartelModel(pz.load_scenario("classroom"), rng=1)
    >>> model.step()
    >>> model.week
    1
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        *,
        rng: int = 1,
        replicate: int = 0,
        collect: bool = True,
    ) -> None:
        if scenario is not None and not isinstance(scenario, Scenario):
            raise TypeError(f"scenario must be a plazas Scenario, not {type(scenario).__name__}")
        simulation = Simulation(scenario, seed=rng, replicate=replicate)
        super().__init__(rng=rng)
        self.simulation = simulation
        self.collect = collect
        self.datacollector = mesa.DataCollector(
            model_reporters={name: partial(_of_week, name=name) for name in ("date", *SERIES)}
        )
        self._turns: _Turns | None = None
        self._collected = 0  # weeks that the data collector has seen
        self._seen = -1  # the week of the last update of the views
        self._states: list[State] = []
        self._cartels: dict[int, Cartel] = {}
        self._gangs: dict[int, Gang] = {}
        self._names: tuple[list[str], list[str]] = ([], [])
        # Mesa has wrapped step() to keep its clock; a refused step must not move that clock.
        self._mesa_step = self.step
        self.step = self._step_inside  # type: ignore[method-assign]

    # --- the clock -----------------------------------------------------------------------------
    @property
    def week(self) -> int:
        """Return the week that is open, or else the next one, counted from 0."""
        return self.simulation.week

    @property
    def current_week(self) -> int:
        """Return ``week``, or the last week once the scenario has ended."""
        return min(self.week, self.simulation.scenario.weeks - 1)

    @property
    def date(self) -> dt.date:
        """Return the first day of ``week``."""
        return self.first_day(self.week)

    def first_day(self, week: int) -> dt.date:
        """Return the first day of a week."""
        return self.simulation.scenario.start + week * WEEK

    # --- the fast scheduler --------------------------------------------------------------------
    def run(self, weeks: int | None = None) -> Results:
        """Run weeks in compiled code; a week that is open counts as the first.

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
        until = self.simulation.scenario.weeks if weeks is None else self.week + weeks
        if not self.week <= until <= self.simulation.scenario.weeks:
            left = self.simulation.scenario.weeks - self.week
            raise ValueError(f"{weeks} weeks asked for, {left} are left in the scenario")
        if self._turns is not None and until > self.week:
            self.close_week()
        self.simulation.run(until - self.week)
        self._after_weeks()
        return self.results()

    def results(self) -> Results:
        """Return the output of the run so far."""
        return self.simulation.results()

    # --- the agents' scheduler -----------------------------------------------------------------
    def step(self) -> None:
        """Let every agent act for one week, in random order.

        Raises
        ------
        RuntimeError
            If the scenario has ended.
        """
        self.open_week()
        self.agents.shuffle_do("step")
        self.close_week()

    def _step_inside(self) -> None:
        """Run ``step()`` with Mesa's clock, unless the scenario has ended."""
        self._check_not_ended()
        self._mesa_step()

    def _check_not_ended(self) -> None:
        """Raise RuntimeError if the scenario has ended."""
        scenario = self.simulation.scenario
        if self.simulation.finished:
            raise RuntimeError(
                f"scenario {scenario.name!r} has ended: all its {scenario.weeks} weeks, up to "
                f"{scenario.stop}, have been run"
            )

    def open_week(self) -> None:
        """Count who is where, so that agents can act; an open week stays as it is.

        Raises
        ------
        RuntimeError
            If the scenario has ended.
        """
        if self._turns is not None:
            return
        self._check_not_ended()
        simulation = self.simulation
        while (
            need := schedule.room_needed(simulation.world, simulation.parameters, simulation.record)
        ) != schedule.Need.NOTHING:
            simulation.make_room(need)
        schedule.open_week(simulation.world, simulation.parameters)
        self._turns = _Turns(simulation)

    def close_week(self) -> None:
        """Let every agent act that has not, then settle and record the week.

        The week is opened first if it is not open.
        """
        turns, s = self._open(), self.simulation
        self._let_places_act(turns)
        for k in list(turns.cartels):
            self.let_cartel_act(k)
        for g in list(turns.gangs):
            self.let_gang_act(g)
        schedule.close_week(s.world, s.parameters, s.levels, s.events, s.record, s.key, s.week)
        self._turns = None
        self._after_weeks()

    def _open(self) -> _Turns:
        """Open the week if it is not open; return who has not acted yet."""
        self.open_week()
        assert self._turns is not None
        return self._turns

    def let_place_act(self, p: int) -> None:
        """Let the place of row ``p`` act, unless it has acted this week."""
        turns, s = self._open(), self.simulation
        if p in turns.places:
            del turns.places[p]
            segment = s.levels.segment[s.week]
            schedule.place_week(s.world, s.parameters, s.levels, segment, p)

    def _let_places_act(self, turns: _Turns) -> None:
        """Let every place act that has not acted this week."""
        for p in list(turns.places):
            self.let_place_act(p)

    def let_cartel_act(self, k: int) -> None:
        """Let the cartel of row ``k`` act, unless it has acted this week; places act first."""
        turns, s = self._open(), self.simulation
        self._let_places_act(turns)
        if k in turns.cartels:
            del turns.cartels[k]
            segment = s.levels.segment[s.week]
            schedule.cartel_week(s.world, s.parameters, s.levels, segment, s.key, s.week, k)

    def let_gang_act(self, g: int) -> None:
        """Let the gang of row ``g`` act, unless it has acted this week; places act first."""
        turns, s = self._open(), self.simulation
        self._let_places_act(turns)
        if g in turns.gangs:
            del turns.gangs[g]
            schedule.gang_week(s.world, s.parameters, s.key, s.week, g)

    def _after_weeks(self) -> None:
        """Collect what was recorded, and update the views if there are any."""
        self.running = not self.simulation.finished
        while self.collect and self._collected < self.week:
            self.datacollector.collect(self)
            self._collected += 1
        if self._states:
            self._bring_views_up_to_date()

    # --- the agents ----------------------------------------------------------------------------
    @property
    def agents(self) -> Any:
        """Return the AgentSet of all agents."""
        self._bring_views_up_to_date()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """Return an AgentSet for each type of agent."""
        self._bring_views_up_to_date()
        return super().agents_by_type

    @property
    def agent_types(self) -> Any:
        """Return the types of agents."""
        self._bring_views_up_to_date()
        return super().agent_types

    def _bring_views_up_to_date(self) -> None:
        """Make views of new rows and remove the views of rows that have ended."""
        if self._seen == self.week:
            return
        self._seen = self.week
        world, nation = self.simulation.world, self.simulation.world.nation[0]
        if not self._states:
            self.government = Government(self, 0)
            self._states = [State(self, p) for p in range(len(world.places))]
        alive = np.flatnonzero(world.cartels["alive"][: nation.cartel_rows]).tolist()
        _renew(self._cartels, {k: k for k in alive}, partial(Cartel, self))
        rows = np.flatnonzero(self.gang_table["members"])
        ids = self.gang_table["id"][rows]
        living = dict(zip(ids.tolist(), rows.tolist(), strict=True))
        _renew(self._gangs, living, partial(Gang, self))

    @property
    def state_views(self) -> list[State]:
        """Return the states, in the order of the geography."""
        self._bring_views_up_to_date()
        return self._states

    @property
    def cartel_views(self) -> Mapping[int, Cartel]:
        """Return the living cartels by row."""
        self._bring_views_up_to_date()
        return self._cartels

    @property
    def fronts(self) -> list[Front]:
        """Return the fronts of the country: who fights whom where, since when, how many died.

        Those with most deaths come first.

        Examples
        --------
        >>> import plazas as pz
        >>> model = pz.CartelModel(pz.load_scenario("classroom"), rng=1)
        >>> _ = model.run(52)
        >>> sorted({front.active for front in model.fronts})
        [False, True]
        """
        return fronts_of(self)

    @property
    def gang_table(self) -> np.ndarray:
        """Return the rows of gangs in use, as a structured array that shares the world's memory."""
        world = self.simulation.world
        return world.gangs[: world.nation[0].gang_rows].view(np.ndarray)

    def gangs_where(self, here: np.ndarray) -> Any:
        """Return the AgentSet of some gangs.

        Parameters
        ----------
        here : numpy.ndarray of bool
            (G,) Whether to take the gang, for each row of :attr:`gang_table`.

        Returns
        -------
        AgentSet
        """
        rows = set(np.flatnonzero(here).tolist())
        return self.agents_by_type[Gang].select(lambda gang: gang.row in rows)

    def cartel_names(self) -> tuple[list[str], list[str]]:
        """Return the keys and the names of all cartels that ever lived, by row."""
        if len(self._names[0]) != self.simulation.world.nation[0].cartel_rows:
            table = self.results().cartels
            self._names = list(table["key"]), list(table["name"])
        return self._names

    def state(self, name: str) -> State:
        """Return a state.

        Parameters
        ----------
        name : str
            Its name, code or abbreviation.

        Returns
        -------
        State

        Raises
        ------
        UnknownPlaceError
            If no state, or more than one, has that name; the message gives the nearest.
        """
        return self.state_views[self.simulation.scenario.country.geography.index(name)]

    def cartel(self, key: str) -> Cartel:
        """Return a living cartel.

        Parameters
        ----------
        key : str
            Its key.

        Returns
        -------
        Cartel

        Raises
        ------
        ValueError
            If no living cartel has that key; the message names the nearest.
        """
        result = {cartel.key: cartel for cartel in self.cartel_views.values()}
        if key not in result:
            raise ValueError(unknown("living cartel", key, result))
        return result[key]


def _renew(views: dict[int, Any], living: Mapping[int, int], make: Any) -> None:
    """Make ``views`` hold one view for each of ``living`` (name to row), and no other."""
    for name in [name for name in views if name not in living]:
        views.pop(name).remove()
    for name, row in living.items():
        if name not in views:
            views[name] = make(row)


def _of_week(model: CartelModel, name: str) -> Any:
    """Return the recorded value of the week that the data collector looks at."""
    week = model._collected
    if name == "date":
        return model.first_day(week)
    return float(model.simulation.record.weekly[week][name])
