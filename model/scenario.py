"""A scenario: a country, a stretch of time, parameters, dated policies and dated events.

This is the input of a run. ``plazas.scenarios`` reads it from files.
"""

from __future__ import annotations

import functools
import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from plazas.model.errors import UserError, unknown
from plazas.model.events import (
    ABOUT_LEADERS,
    BETWEEN_TWO,
    FRONTS,
    IN_A_STATE,
    RISE,
    SCHEDULED_WORDS,
    Heir,
    ScheduledEvent,
)
from plazas.model.geography import Geography, Start, municipalities, start_2010, states
from plazas.model.levers import LEVER_INDEX, LEVERS, Levels, LeverError, Policy
from plazas.model.parameters import Parameters, parameters
from plazas.model.world import Rows, rows

GEOGRAPHIES = {"states": states, "municipalities": municipalities}
WEEK = timedelta(days=7)
MOST_SHOWN = 6  # words of a kind in a short print
LONGEST = 65_535  # weeks, what the ids of gangs can hold
_NOBODY, _OVERRULED = -1, -2  # what holds a level where no policy does; their layers are below
_BELOW_ALL, _ABOVE_ALL = -1, 2**31


class ScenarioError(UserError):
    """A scenario that cannot be run as it is; the message says what to change."""


class EventError(ScenarioError):
    """Two events of one week that contradict each other.

    ``pair`` holds them in their order, and ``reason`` says what the first one does already.
    """

    def __init__(self, reason: str, first: Event, last: Event) -> None:
        self.reason, self.pair = reason, (first, last)
        words = f"event {last.kind!r} on {last.on}: {first.kind!r} on {first.on}"
        super().__init__(f"{words} {reason}")


@dataclass(frozen=True, eq=False)
class Country:
    """Where a run takes place and the criminal world it starts from."""

    name: str
    geography: Geography
    start: Start

    def __repr__(self) -> str:
        places, cartels = len(self.geography.codes), len(self.start.cartels)
        return f"<Country {self.name!r}: {places} places, {cartels} cartels>"


def mexico(geography: str = "states") -> Country:
    """Return Mexico on 1 January 2010.

    Parameters
    ----------
    geography : str
        ``states`` (32) or ``municipalities`` (2,469).

    Returns
    -------
    Country

    Raises
    ------
    ScenarioError
        If the geography is neither.
    """
    if geography not in GEOGRAPHIES:
        raise ScenarioError(unknown("geography", geography, GEOGRAPHIES))
    return _mexico(geography)


@functools.cache
def _mexico(geography: str) -> Country:
    places = GEOGRAPHIES[geography]()
    return Country(f"Mexico ({geography})", places, start_2010(places))


@dataclass(frozen=True)
class Event:
    """An event that happens on a fixed date: a leader falls, a cartel splits.

    Parameters
    ----------
    kind : str
        captured, killed, ill, released, escaped, extradited, split, war, peace, alliance, rise,
        front_opens, front_held or front_ends.
    on : datetime.date
        The day; the event takes effect in the first week that begins on it or later.
    cartel : str
        Key of the cartel.
    other : str
        Key of the second cartel; for war, peace, alliance and fronts only.
    heir : bool, optional
        Whether a fallen leader has a clear heir; None leaves it to chance.
    label : str
        A name for people.
    source : str
        Where the date comes from.
    state : str
        For a rise: the state whose local gangs rise against ``cartel``. For a front: the state
        where the two cartels begin to fight, fight until another event ends it, or stop for good.

    Raises
    ------
    ScenarioError
        If the kind is unknown, or an argument is missing or not allowed for this kind.

    Examples
    --------
    >>> from datetime import date
    >>> import plazas as pz
    >>> pz.Event("captured", date(2014, 2, 22), "sinaloa", heir=True).kind
    'captured'
    """

    kind: str
    on: date
    cartel: str
    other: str = ""
    heir: bool | None = None
    label: str = ""
    source: str = ""
    state: str = ""

    def __post_init__(self) -> None:
        if self.kind not in SCHEDULED_WORDS:
            raise ScenarioError(unknown("event", self.kind, SCHEDULED_WORDS))
        if (self.kind in BETWEEN_TWO) != bool(self.other):
            need = "needs" if self.kind in BETWEEN_TWO else "takes no"
            raise ScenarioError(f"event {self.kind!r} {need} second cartel ('other')")
        if self.other and self.other == self.cartel:
            raise ScenarioError(f"event {self.kind!r}: {self.other!r} is the first cartel too")
        if (self.kind in IN_A_STATE) != bool(self.state):
            need = "needs the" if self.kind in IN_A_STATE else "takes no"
            raise ScenarioError(f"event {self.kind!r} {need} 'state'")
        if self.heir is not None and self.kind not in ABOUT_LEADERS:
            raise ScenarioError(f"event {self.kind!r} takes no 'heir'")


@dataclass(frozen=True, repr=False)
class Scenario:
    """The input of one run.

    Parameters
    ----------
    name, title, story : str
        A short name, a title and a description for people.
    start, stop : datetime.date
        Weeks run from ``start`` up to, not including, ``stop``.
    country : Country
        Places and the criminal world at the start.
    changes : mapping of str to float
        Parameters that differ from their defaults, by name.
    policies : tuple of Policy
        Dated changes of levers.
    events : tuple of Event
        Events on fixed dates.
    sources : tuple of str
        Where the figures come from.
    replicates : int
        Usual number of replicates.

    Raises
    ------
    ScenarioError, LeverError, ParameterError
        If the scenario cannot be run; the message says what to change. An EventError names two
        events of one week that contradict each other.

    Examples
    --------
    >>> import plazas as pz
    >>> pz.Scenario(name="plain").weeks
    782
    """

    name: str = "plain"
    title: str = ""
    story: str = ""
    start: date = date(2010, 1, 1)
    stop: date = date(2025, 1, 1)
    country: Country = field(default_factory=mexico)
    changes: Mapping[str, float] = field(default_factory=dict)
    policies: tuple[Policy, ...] = ()
    events: tuple[Event, ...] = ()
    sources: tuple[str, ...] = ()
    replicates: int = 20

    def __post_init__(self) -> None:
        if self.weeks < 1:
            raise ScenarioError(f"start {self.start} leaves no week before stop {self.stop}")
        if self.weeks > LONGEST:
            raise ScenarioError(f"{self.weeks} weeks are too many: at most {LONGEST}")
        parameters(self.changes)
        for policy in self.policies:
            _inside(f"policy {policy.lever}", policy.start, self)
            if policy.stop > self.stop:
                raise ScenarioError(
                    f"policy {policy.lever}: stop {policy.stop} is after the run's {self.stop}"
                )
        for event in self.events:
            _inside(f"event {event.kind}", event.on, self)
            if self.week_of(event.on) >= self.weeks:
                raise ScenarioError(f"event {event.kind}: no whole week begins after {event.on}")
        levels(self)
        event_table(self)
        _agreeing(self)

    def __repr__(self) -> str:
        lines = [
            f"<Scenario {self.name!r}: {self.title or 'no title'}",
            f"  {self.country.name}, {self.start} to {self.stop} ({self.weeks} weeks)",
            f"  {_counted('changed parameter', tuple(self.changes))}",
            f"  {_counted('policy', tuple(policy.lever for policy in self.policies))}",
            f"  {_counted('event', tuple(event.kind for event in self.events))}>",
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}</pre>"

    @property
    def weeks(self) -> int:
        """Return the number of whole weeks of the run."""
        return (self.stop - self.start).days // 7

    @property
    def parameters(self) -> Parameters:
        """Return the parameters of the run."""
        return parameters(self.changes)

    def dates(self) -> NDArray[np.datetime64]:
        """Return the first day of every week, (W,)."""
        return np.datetime64(self.start) + 7 * np.arange(self.weeks)

    def months(self) -> NDArray[np.int64]:
        """Return the calendar month of each week's first day, (W,), from 0 for the run's first."""
        month = self.dates().astype("datetime64[M]").astype(np.int64)
        return month - month[0]

    def years(self) -> NDArray[np.int64]:
        """Return the calendar year of each week's first day, (W,), from 0 for the run's first."""
        year = self.dates().astype("datetime64[Y]").astype(np.int64)
        return year - year[0]

    def week_of(self, day: date) -> int:
        """Return the first week that begins on or after ``day``."""
        return -((self.start - day).days // 7)


def _counted(what: str, words: tuple[str, ...]) -> str:
    """Return the number of some things, and the first few different words for them."""
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    head = f"{len(words)} {what if len(words) == 1 else plural}"
    kinds = list(dict.fromkeys(words))
    more = ", ..." if len(kinds) > MOST_SHOWN else ""
    return f"{head}: {', '.join(kinds[:MOST_SHOWN])}{more}" if words else head


def _inside(what: str, day: date, scenario: Scenario) -> None:
    """Raise ScenarioError if a day is outside the run."""
    if not scenario.start <= day < scenario.stop:
        raise ScenarioError(
            f"{what}: {day} is outside the run, {scenario.start} to {scenario.stop}"
        )


def _agreeing(scenario: Scenario) -> None:
    """Raise EventError if two events of one week contradict each other."""
    seen: dict[tuple[object, ...], tuple[Event, object, str]] = {}
    for number, event in enumerate(scenario.events):
        for matter, outcome, words in _decisions(scenario.country, event, number):
            slot = (scenario.week_of(event.on), *matter)
            first, before, decides = seen.setdefault(slot, (event, outcome, words))
            if before != outcome:
                raise EventError(
                    f"already {decides} in that week, so the two contradict each other; "
                    "remove one or move it by a week",
                    first,
                    event,
                )


def _decisions(
    country: Country, event: Event, number: int
) -> Iterator[tuple[tuple[object, ...], object, str]]:
    """Yield what an event decides: the matter, the outcome, and words for it.

    Two events of a week contradict each other where they decide the same matter with different
    outcomes. ``number`` is an outcome that no other event has.
    """
    pair, both = frozenset((event.cartel, event.other)), f"{event.cartel!r} and {event.other!r}"
    if event.kind in FRONTS:
        place = _largest_of(country, event.state)
        yield ("front", pair, place), number, f"decides on the front of {both} in {event.state}"
    elif event.kind in BETWEEN_TWO:
        yield ("stance", pair), number, f"decides between {both}"
    elif event.kind not in ("split", RISE):  # two of these are both carried out
        matter = ("leader", event.cartel, event.kind in ABOUT_LEADERS)
        yield matter, number, f"changes the leader of {event.cartel!r}"
    if event.kind in ("front_opens", "front_held"):
        yield ("fight", pair), True, f"lets {both} fight"
    elif event.kind in ("peace", "alliance"):
        yield ("fight", pair), False, f"decides between {both}"


def cartel_row(country: Country, key: str) -> int:
    """Return the row of a cartel of the start.

    Parameters
    ----------
    country : Country
        Where it is.
    key : str
        Key of the cartel.

    Returns
    -------
    int

    Raises
    ------
    ScenarioError
        If no cartel has that key; the message names the nearest.
    """
    keys = tuple(row.key for row in country.start.cartels)
    if key not in keys:
        raise ScenarioError(unknown("cartel", key, keys))
    return keys.index(key)


def place_rows(country: Country, names: tuple[str, ...]) -> list[int]:
    """Return the rows of the places in some states.

    Parameters
    ----------
    country : Country
        Its geography has states or municipalities.
    names : tuple of str
        Names of states.

    Returns
    -------
    list of int
        The states, or all their municipalities.
    """
    geography = country.geography
    if geography.name == "municipalities":
        wanted = {states().index(name) for name in names}
        return [p for p, state in enumerate(geography.state) if int(state) in wanted]
    return sorted({geography.index(name) for name in names})


def _largest_of(country: Country, state: str) -> int:
    """Return the row of a state, or of the most populous of its municipalities."""
    inside = place_rows(country, (state,))
    return inside[int(np.argmax(country.geography.population[inside]))]


def levels(scenario: Scenario) -> Levels:
    """Return the level of every lever through the run.

    Raises
    ------
    LeverError
        If two policies of one layer set the same lever in the same place differently at once.
    """
    places = len(scenario.country.geography.codes)
    weeks = scenario.weeks
    policies = sorted(scenario.policies, key=lambda policy: policy.layer)
    spans = [
        (scenario.week_of(policy.start), min(weeks, scenario.week_of(policy.stop)))
        for policy in policies
    ]
    cuts = sorted({0, weeks} | {w for span in spans for w in span if 0 < w < weeks})
    segment = np.searchsorted(cuts, np.arange(weeks), side="right") - 1
    baseline = np.array([lever.baseline for lever in LEVERS])
    cartels = len(scenario.country.start.cartels)
    aims = any(policy.targets for policy in policies)
    shape = (len(cuts) - 1, len(LEVERS), places)
    place: NDArray[np.float64] = np.broadcast_to(baseline[None, :, None], shape).copy()
    aimed: NDArray[np.float64] = np.full((*shape, cartels) if aims else (1, 0, 0, 0), np.nan)
    # What holds each level: a policy by its number, nothing, or nothing since it was overruled.
    set_by = np.full(shape, _NOBODY)
    aimed_by = np.full(aimed.shape, _NOBODY)
    layer = np.array([*(policy.layer for policy in policies), _ABOVE_ALL, _BELOW_ALL])
    cells = []
    for number, (policy, (first, last)) in enumerate(zip(policies, spans, strict=True)):
        held = [s for s, cut in enumerate(cuts[:-1]) if first <= cut < last]
        here = place_rows(scenario.country, policy.states) if policy.states else range(places)
        against = [cartel_row(scenario.country, key) for key in policy.targets]
        axes = [held, [LEVER_INDEX[policy.lever]], list(here), *([against] if against else [])]
        where = np.ix_(*axes)
        table, owner = (aimed, aimed_by) if against else (place, set_by)
        clash = (layer[owner[where]] == policy.layer) & (table[where] != policy.level)
        if np.any(clash):
            other = policies[int(owner[where][clash].flat[0])]
            raise LeverError(
                f"{policy.level:g} contradicts the policy that sets {policy.lever} to "
                f"{other.level:g} from {other.start} to {other.stop}; "
                "let their dates, states or targets not overlap",
                "level",
                policy,
                other,
            )
        table[where] = policy.level
        owner[where] = number
        if not against and aims:  # a policy for all overrides an older aim at some
            older = layer[aimed_by[where]] < policy.layer
            aimed[where] = np.where(older, np.nan, aimed[where])
            aimed_by[where] = np.where(older, _OVERRULED, aimed_by[where])
        cells.append((policy, held, where, owner))
    cost = np.zeros(weeks)
    for policy, held, where, owner in cells:  # a policy costs where it, or an equal level, holds
        holds = np.any(layer[owner[where]] <= policy.layer, axis=tuple(range(1, len(where))))
        paid = np.zeros(len(cuts) - 1)
        paid[np.array(held, np.intp)[holds]] = 1000.0 * policy.cost
        cost += paid[segment]
    return Levels(segment.astype(np.int64), place, aimed, cost)


def event_table(scenario: Scenario) -> Rows:
    """Return the dated events as records of ``ScheduledEvent``, in the order of their dates."""
    table = rows(ScheduledEvent, len(scenario.events))
    for row, event in zip(table, sorted(scenario.events, key=lambda e: e.on), strict=True):
        row.week = scenario.week_of(event.on)
        row.kind = SCHEDULED_WORDS[event.kind]
        row.cartel = cartel_row(scenario.country, event.cartel)
        row.other = cartel_row(scenario.country, event.other) if event.other else -1
        row.heir = Heir.DRAWN if event.heir is None else int(event.heir)
        row.place = _largest_of(scenario.country, event.state) if event.state else -1
    return table
