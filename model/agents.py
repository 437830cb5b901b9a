"""Places, cartels, gangs and the government as Mesa agents: live views of rows of the world.

Nothing is stored twice. Reading ``gang.members`` reads the row and writing it writes the row, so
the fast scheduler and the agents may take turns. Write between two weeks only: the totals of a
week are counted when it opens. ``step()`` calls the rule of ``plazas.model.week`` for the agent's
own row.

The flows of a cartel or a state in the last week are those of the gangs that acted in it.

The order of agents does not matter. The rules of gangs and cartels read what the week brings to
the places, so the first gang or cartel to act lets every place act before it. Each agent acts once
per week: a second ``step()`` in the same week changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

import mesa
import numpy as np

from plazas.model import history
from plazas.model.fronts import Front, fronts_of
from plazas.model.history import Entry
from plazas.model.levers import LEVER_INDEX, find_lever
from plazas.model.rules.levels import level
from plazas.model.world import ALLIED, AT_WAR, FOUNDED, INDEPENDENT, Rows

if TYPE_CHECKING:
    from plazas.model.model import CartelModel

T = TypeVar("T", int, float)
#: flows of a gang in its last turn, which lasts four weeks (a cartel's gang) or a quarter
LAST_TURN = ("recruited", "left", "killed_by_rivals", "killed_by_forces", "arrested")


class Field(Generic[T]):
    """A field of an agent's row, which can be read and set.

    Parameters
    ----------
    kind : callable
        Type of the values.
    meaning : str
        What it holds, with its unit.
    low, high : float
        Range of the values that can be set.

    Raises
    ------
    ValueError
        If it is set to a value outside its range.
    """

    def __init__(
        self, kind: Callable[[Any], T], meaning: str, low: float = 0.0, high: float = math.inf
    ) -> None:
        self.kind: Callable[[Any], T] = kind
        self.low, self.high, self.__doc__ = low, high, meaning
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, agent: None, owner: type) -> Field[T]: ...
    @overload
    def __get__(self, agent: View, owner: type) -> T: ...
    def __get__(self, agent: View | None, owner: type) -> Field[T] | T:
        return self if agent is None else self.kind(agent.record[self.name])

    def __set__(self, agent: View, value: T) -> None:
        if not self.low <= value <= self.high:
            what = f"{type(agent).__name__}.{self.name}"
            raise ValueError(f"{what}: {value} is outside {self.low:g}..{self.high:g}")
        agent.record[self.name] = value


class Outcome(Field[T]):
    """A field that the rules count again every week; setting it raises AttributeError."""

    def __set__(self, agent: View, value: T) -> None:
        what = f"{type(agent).__name__}.{self.name}"
        raise AttributeError(f"{what} is counted again every week; it cannot be set")


class View(mesa.Agent):
    """An agent that is a row of the world. The model makes all views."""

    model: CartelModel
    part: str  #: the table of the world that its row is in

    def __init__(self, model: CartelModel, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def record(self) -> Rows:
        """Return the row itself, with every field of ``plazas.model.world``."""
        return getattr(self.model.simulation.world, self.part)[self.row]


class State(View):
    """A state, or any other place of the scenario's geography."""

    part = "places"

    population = Field(float, "inhabitants")
    at_risk = Field(float, "at-risk youths", low=1.0)
    need = Field(float, "at-risk youths among young men, 1 = the reference")
    trafficking = Field(float, "share of the drug revenue from the United States", high=1.0)
    overseas = Field(float, "share of the drug revenue from overseas", high=1.0)
    racket = Field(float, "share of the racket revenue", high=1.0)
    background = Field(float, "non-cartel homicides a week")
    force = Field(float, "security force, 1 = average per inhabitant")
    gun_supply = Field(float, "arms a cartel can reach there", high=1.0)
    corruption = Field(float, "0..1", high=1.0)
    fear = Field(float, "fear of officials after threats and attacks, 0..1, fades", high=1.0)
    addiction = Field(float, "share of at-risk youths who are addicted", high=1.0)
    patients = Field(float, "persons in rehabilitation through a programme")
    friction = Outcome(float, "how much rivals contest it, 1 = two equals at open war")
    crackdown = Outcome(float, "weekly chance of arrest or of death by the forces")
    killed_by_rivals = Outcome(
        int, "members of cartels and of unaffiliated gangs killed by rivals in the last week"
    )
    killed_by_forces = Outcome(int, "members killed by the armed forces in the last week")
    bystanders = Outcome(int, "others killed with them in the last week")
    ordinary = Outcome(int, "background homicides of the last week")
    officials = Outcome(int, "officials killed in the last week")
    patients_killed = Outcome(int, "patients killed in rehabilitation centres in the last week")
    arrested = Outcome(int, "members of cartels arrested in the last week")

    @property
    def code(self) -> str:
        """Return the official code of the place."""
        return self.model.simulation.scenario.country.geography.codes[self.row]

    @property
    def name(self) -> str:
        """Return the name of the place."""
        return self.model.simulation.scenario.country.geography.names[self.row]

    @property
    def gangs(self) -> Any:
        """Return the AgentSet of the gangs there."""
        return self.model.gangs_where(self.model.gang_table["place"] == self.row)

    @property
    def members(self) -> int:
        """Return the members of cartels there now."""
        table = self.model.gang_table
        here = (table["place"] == self.row) & (table["allegiance"] >= 0)
        return int(table["members"][here].sum())

    @property
    def local_members(self) -> int:
        """Return the members of unaffiliated gangs there now."""
        table = self.model.gang_table
        here = (table["place"] == self.row) & (table["allegiance"] < 0)
        return int(table["members"][here].sum())

    @property
    def cartels(self) -> list[Cartel]:
        """Return the cartels with members there now."""
        table = self.model.gang_table
        here = (table["place"] == self.row) & (table["members"] > 0)
        rows = np.unique(table["allegiance"][here])
        return [self.model.cartel_views[k] for k in rows.tolist() if k >= 0]

    @property
    def primary(self) -> Cartel | None:
        """Return the cartel with most members there at the month's beginning."""
        return self.model.cartel_views.get(int(self.record.primary))

    @property
    def homicides(self) -> int:
        """Return all homicides of the last week."""
        cartels = self.killed_by_rivals + self.killed_by_forces + self.bystanders
        return cartels + self.ordinary + self.officials + self.patients_killed

    @property
    def fronts(self) -> list[Front]:
        """Return the fronts there, those with most deaths first."""
        return fronts_of(self.model, place=self.row)

    @property
    def history(self) -> list[Entry]:
        """Return what the log has of the place so far, oldest first."""
        return history.of_state(self.model, self.row)

    def step(self) -> None:
        """Advance the place by one week: revenue, corruption, and the terms for its gangs."""
        self.model.let_place_act(self.row)

    def __repr__(self) -> str:
        led = self.primary.key if self.primary else "no cartel"
        return f"<State {self.name}: {self.members} members of cartels, led by {led}>"


class Cartel(View):
    """A living cartel."""

    part = "cartels"

    treasury = Field(float, "thousand USD")
    brutality = Field(float, "0..1", high=1.0)
    franchise = Field(float, "autonomy left to absorbed gangs, 0..1", high=1.0)
    cohesion = Field(float, "0..1", high=1.0)
    boldness = Field(float, "rises when an operation fails, fades")
    anger = Field(float, "1 when its leader has just been extradited, fades", high=1.0)
    threats = Field(float, "threats to officials so far, fade")
    leader_age = Field(float, "years")
    strength = Outcome(float, "members times arms when the last week began")
    places = Outcome(int, "places where it had members when the last week began")
    ground = Outcome(float, "its largest share of the members in a place when the week began")
    revenue = Outcome(float, "thousand USD of the last week")
    us_revenue = Outcome(float, "of it, thousand USD from drugs sold in the United States")
    overseas_revenue = Outcome(float, "of it, thousand USD from drugs sold overseas")
    ailing = Outcome(int, "weeks until its ill leader gives up, 0 while he is well")
    paid = Outcome(float, "share of wages paid in the last week")
    prosperity = Outcome(float, "revenue a member against the reference in the last week")
    pressure = Outcome(float, "weekly chance of arrest or of death by the forces for a member")
    spending = Outcome(float, "thousand USD spent on guns, gangs, cells, attacks in the last week")
    recruited = Outcome(int, "recruits of the last week")
    joined = Outcome(int, "members of gangs absorbed in the last week")
    killed_by_rivals = Outcome(int, "members killed by rivals in the last week")
    killed_by_forces = Outcome(int, "members killed by the armed forces in the last week")
    arrested = Outcome(int, "members arrested in the last week")
    left = Outcome(int, "members who left in the last week")
    defected = Outcome(int, "members of gangs lost in the last week")

    @property
    def key(self) -> str:
        """Return the key of the cartel (``cjng``), that of a faction with a number."""
        return self.model.cartel_names()[0][self.row]

    @property
    def name(self) -> str:
        """Return the name of the cartel."""
        return self.model.cartel_names()[1][self.row]

    @property
    def gangs(self) -> Any:
        """Return the AgentSet of its gangs."""
        return self.model.gangs_where(self.model.gang_table["allegiance"] == self.row)

    @property
    def members(self) -> int:
        """Return its members now."""
        table = self.model.gang_table
        return int(table["members"][table["allegiance"] == self.row].sum())

    @property
    def home(self) -> State:
        """Return its home; may be set to another state."""
        return self.model.state_views[int(self.record.home)]

    @home.setter
    def home(self, state: State) -> None:
        self.record.home = state.row

    @property
    def states(self) -> list[State]:
        """Return the states where it has members now."""
        table = self.model.gang_table
        mine = (table["allegiance"] == self.row) & (table["members"] > 0)
        return [self.model.state_views[p] for p in np.unique(table["place"][mine]).tolist()]

    @property
    def parent(self) -> Cartel | None:
        """Return the cartel that it split from; None if there was none or it has ended."""
        return self.model.cartel_views.get(int(self.record.parent))

    @property
    def founded(self) -> date:
        """Return the first day of its first week; for the first cartels, of the run."""
        return self.model.first_day(int(self.record.founded))

    @property
    def allies(self) -> list[Cartel]:
        """Return the living cartels it is allied with."""
        return self._standing(ALLIED)

    @property
    def enemies(self) -> list[Cartel]:
        """Return the living cartels it is at war with."""
        return self._standing(AT_WAR)

    @property
    def fronts(self) -> list[Front]:
        """Return its fronts, those with most deaths first."""
        return fronts_of(self.model, cartel=self.row)

    @property
    def history(self) -> list[Entry]:
        """Return what the log has of the cartel so far, single gangs apart, oldest first."""
        return history.of_cartel(self.model, self.row)

    def _standing(self, stance: int) -> list[Cartel]:
        """Return the living cartels with which it has a given stance."""
        stances = self.model.simulation.world.relations["stance"][self.row]
        others = self.model.cartel_views.items()
        return [view for k, view in others if k != self.row and stances[k] == stance]

    def step(self) -> None:
        """Advance the cartel by one week: purse, plans, fate of its leader, answer to pressure."""
        self.model.let_cartel_act(self.row)

    def __repr__(self) -> str:
        return f"<Cartel {self.key}: {self.members} members, home {self.home.name}>"


class Gang(View):
    """A gang: unaffiliated, or a unit of one cartel.

    ``id`` identifies it for good; its row may later belong to another gang. Its flows
    (``LAST_TURN``) are those of its last turn, not of the last week. A cartel's gang has a turn of
    four weeks once in four weeks, an unaffiliated one a turn of a quarter once per quarter.
    """

    part = "gangs"

    members = Field(int, "persons; remove() ends a gang", low=1)
    arms = Field(float, "0..1", high=1.0)
    loyalty = Field(float, "0..1", high=1.0)
    recruited = Outcome(int, "recruits in its last turn")
    left = Outcome(int, "members who left in its last turn")
    killed_by_rivals = Outcome(int, "members killed by rivals in its last turn")
    killed_by_forces = Outcome(int, "members killed by the armed forces in its last turn")
    arrested = Outcome(int, "members arrested in its last turn")

    def __init__(self, model: CartelModel, row: int) -> None:
        super().__init__(model, row)
        self.id = int(model.simulation.world.gangs["id"][row])

    @property
    def ended(self) -> bool:
        """Return whether the gang has ended; its row may belong to another gang by now."""
        row = self.model.simulation.world.gangs[self.row]
        return int(row["id"]) != self.id or int(row["members"]) == 0

    @property
    def record(self) -> Rows:
        """Return the row itself, with every field of ``plazas.model.world``.

        Raises
        ------
        RuntimeError
            If the gang has ended and another one has its row.
        """
        row = self.model.simulation.world.gangs[self.row]
        if int(row["id"]) != self.id:
            raise RuntimeError(f"gang {self.id:#x} has ended")
        return row

    @property
    def place(self) -> State:
        """Return where it is; may be set to another state."""
        return self.model.state_views[int(self.record.place)]

    @place.setter
    def place(self, state: State) -> None:
        self.record.place = state.row

    @property
    def cartel(self) -> Cartel | None:
        """Return the cartel it serves, or None; may be set to either."""
        return self.model.cartel_views.get(int(self.record.allegiance))

    @cartel.setter
    def cartel(self, cartel: Cartel | None) -> None:
        record, row = self.record, cartel.row if cartel is not None else INDEPENDENT
        if record.allegiance != row:
            record.tie = record.allegiance
            record.allegiance = record.joins = row

    @property
    def is_cell(self) -> bool:
        """Return whether a cartel founded the gang, rather than absorbed it."""
        return bool(self.record.origin == FOUNDED)

    @property
    def founded(self) -> date:
        """Return the first day of its first week; for the first gangs, of the run."""
        return self.model.first_day(int(self.record.founded))

    @property
    def history(self) -> list[Entry]:
        """Return how the gang began and whom it has served, oldest first, also once it has ended.

        Each entry prints as a line, and ``pandas.DataFrame(gang.history)`` makes a table of them.
        :mod:`plazas.model.history` says what the log leaves open.
        """
        return history.of_gang(self.model, self.id)

    def step(self) -> None:
        """Advance the gang by one turn, if its turn begins this week; an ended gang does nothing.

        A gang of a cartel has a turn of four weeks once in four weeks, another one of a quarter.
        """
        if not self.ended:
            self.model.let_gang_act(self.row)

    def remove(self) -> None:
        """End the gang: its members leave the world, and its view leaves the model."""
        if not self.ended:
            record = self.record
            record.allegiance = record.joins = INDEPENDENT
            for name in ("members", *LAST_TURN):
                record[name] = 0
        super().remove()

    def __repr__(self) -> str:
        if self.ended:
            return f"<Gang {self.id:#x}, ended>"
        serves = self.cartel.key if self.cartel else "unaffiliated"
        return f"<Gang {self.id:#x} in {self.place.name}: {self.members} members, {serves}>"


class Government(View):
    """The government, which acts in places and on cartels through the levels of its levers.

    Its own ``step()`` does nothing. Arrests, operations, programmes and corruption are part of the
    weeks of places and cartels, at the levels that the scenario's policies set.
    """

    part = "nation"

    def level(self, lever: str, state: State, cartel: Cartel | None = None) -> float:
        """Return the level of a lever this week in a state, or there against one cartel.

        Parameters
        ----------
        lever : str
            Name of the lever (see ``plazas.levers()``).
        state : State
            Where.
        cartel : Cartel, optional
            Against whom; None for the level that is aimed at nobody.

        Returns
        -------
        float
            In the unit of the lever.

        Raises
        ------
        LeverError
            If there is no such lever; the message names the nearest.
        """
        find_lever(lever)
        levels = self.model.simulation.levels
        segment = levels.segment[self.model.current_week]
        if cartel is None:
            return float(levels.place[segment, LEVER_INDEX[lever], state.row])
        founder = int(cartel.record.founder)
        return float(level(levels, segment, LEVER_INDEX[lever], state.row, founder))

    def step(self) -> None:
        """Do nothing; the class says why."""

    def __repr__(self) -> str:
        return f"<Government in week {self.model.simulation.week}>"
