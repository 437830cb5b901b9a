"""What the page shows of a run in its current week: leaders, homicides, members and cartels.

The functions read the arrays of a run that continues, so a week costs a few milliseconds. They
change nothing. Shapes: P places, K cartel rows, W weeks so far.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from plazas.analysis.report.map_layers import MOVING, SHOWN_DEATHS, moving_rate, tinted
from plazas.model import decode
from plazas.model.calendar import WEEKS_IN_YEAR_WINDOW, per_year
from plazas.model.model import CartelModel
from plazas.model.world import ACTIVE, ALLIED, AT_WAR, FREE_FRONT

CONTESTED = 0.5  # a leader with less than this share of the members is contested


class Cast(NamedTuple):
    """All cartels of a run so far, by row: key, English name, colour and row of the parent.

    A faction has a tint of the colour of the cartel or local group that it descends from.
    """

    keys: tuple[str, ...]
    names: tuple[str, ...]
    colours: tuple[str, ...]
    parents: tuple[int, ...]


class Territory(NamedTuple):
    """The members of cartels by place. ``leader`` (P,) is a cartel row, -1 where there is none."""

    members: NDArray[np.int64]  #: (P, K) members of cartels
    leader: NDArray[np.int64]
    share: NDArray[np.float64]  #: (P,) of the leader among members of cartels there, 0..1

    @property
    def contested(self) -> NDArray[np.bool_]:
        """Return the places whose leader has less than half of the members, bool (P,)."""
        return (self.leader >= 0) & (self.share < CONTESTED)


class Standing(NamedTuple):
    """The current figures of a living cartel. Allies and enemies are rows of the cast."""

    row: int
    members: int
    led: int  #: places it leads
    present: int  #: places where it has members
    treasury: float  #: million USD
    allies: tuple[int, ...]
    enemies: tuple[int, ...]


class FrontNow(NamedTuple):
    """Two cartels, by row, that fight in a place or fought there within twelve months."""

    place: int
    one: int
    other: int
    active: bool
    deaths: float  #: members of both expected to be killed within the last twelve months


class Series(NamedTuple):
    """National series, one number per week (W,)."""

    homicides: NDArray[
        np.float64
    ]  #: a year, over the last ``WEEKS_IN_YEAR_WINDOW`` weeks or all weeks so far
    members: NDArray[np.float64]  #: members of cartels at the end of the week


_casts: WeakKeyDictionary[CartelModel, Cast] = WeakKeyDictionary()  # replaced when a cartel appears


def cast_of(model: CartelModel) -> Cast:
    """Return the cartels of a run so far."""
    cast, rows = _casts.get(model), int(model.simulation.world.nation[0].cartel_rows)
    if cast is None or len(cast.keys) != rows:
        table = model.results().cartels
        colours = [
            tinted(colour, int(key.split("/")[1])) if "/" in key else colour
            for key, colour in zip(table["key"], table["colour"], strict=True)
        ]
        parents = model.simulation.world.cartels["parent"][:rows].tolist()
        cast = Cast(tuple(table["key"]), tuple(table["name"]), tuple(colours), tuple(parents))
        _casts[model] = cast
    return cast


def territory_of(model: CartelModel) -> Territory:
    """Return the members of cartels by place now, counted from the gangs."""
    gangs, world = model.gang_table, model.simulation.world
    places, cartels = len(world.places), int(world.nation[0].cartel_rows)
    mine = (gangs["members"] > 0) & (gangs["allegiance"] >= 0)
    cell = gangs["place"][mine] * cartels + gangs["allegiance"][mine]
    counted = np.bincount(cell, gangs["members"][mine], places * cartels)
    members = counted.reshape(places, cartels).astype(np.int64)
    return Territory(members, decode.leaders(members), decode.shares(members).max(axis=1))


def rate_of(model: CartelModel) -> NDArray[np.float64]:
    """Return the homicide rate over the last twelve months.

    Parameters
    ----------
    model
        A run in any week.

    Returns
    -------
    ndarray, float (P,)
        Homicides per 100,000 inhabitants a year. The current month counts with the weeks that
        have been run. Before the first week all rates are 0.
    """
    record, week = model.simulation.record, model.week
    geography = model.simulation.scenario.country.geography
    if week == 0:
        return np.zeros(len(geography))
    homicides = decode.place_table(record, decode.months_begun(record, week))["homicides"]
    weeks = decode.weeks_by_month(record, week)
    return moving_rate(homicides, weeks, geography.population)[-1]


def fronts_of(model: CartelModel) -> list[FrontNow]:
    """Return the fronts of a run now, those with most deaths within twelve months first.

    Silent fronts on which nobody was killed within twelve months are left out. The current month
    counts with the weeks that have been run.
    """
    record, world = model.simulation.record, model.simulation.world
    deaths: dict[tuple[int, ...], float] = {}
    now = decode.months_begun(record, model.week) - 1
    table = world.fronts[: world.nation[0].front_rows].view(np.ndarray)
    table = table[table["state"] != FREE_FRONT]
    living = set(table[["place", "one", "other", "opened"]].tolist())  # count their own month
    past = decode.fronts(record)
    past = past[past["month"] > now - MOVING]
    same = [key in living for key in past[["place", "one", "other", "opened"]].tolist()]
    past = past[(past["month"] < now) | ~np.array(same, bool)]
    for rows, killed in ((past, "deaths"), (table, "month")):
        for *key, members in rows[["place", "one", "other", killed]].tolist():
            deaths[tuple(key)] = deaths.get(tuple(key), 0.0) + members
    active = set(table[table["state"] == ACTIVE][["place", "one", "other"]].tolist())
    fronts = [
        FrontNow(place, one, other, (place, one, other) in active, killed)
        for (place, one, other), killed in deaths.items()
    ]
    shown = [front for front in fronts if front.active or front.deaths >= SHOWN_DEATHS]
    return sorted(shown, key=lambda front: (-front.deaths, front[:3]))


def series_of(model: CartelModel, territory: Territory) -> Series:
    """Return the national series up to the current week."""
    week = model.week
    homicides = _weekly(model, "homicides")
    passed = np.concatenate([[0.0], homicides.cumsum()])
    last = np.arange(1, week + 1)
    first = np.maximum(0, last - WEEKS_IN_YEAR_WINDOW)
    yearly = per_year((passed[last] - passed[first]) / (last - first))
    members = np.append(_weekly(model, "members")[1:], territory.members.sum())
    return Series(yearly, members[:week])


def homicides_so_far(model: CartelModel) -> float:
    """Return all homicides since the start of the run."""
    return float(_weekly(model, "homicides").sum())


def _weekly(model: CartelModel, name: str) -> NDArray[np.float64]:
    """Return one national series of the weeks so far, (W,)."""
    return decode.weekly(model.simulation.record, name, model.week)


def standings_of(model: CartelModel, territory: Territory) -> list[Standing]:
    """Return the living cartels, the largest first."""
    world = model.simulation.world
    heads = territory.members.sum(axis=0)
    led = np.bincount(territory.leader[territory.leader >= 0], minlength=len(heads))
    alive = np.flatnonzero(np.asarray(world.cartels["alive"][: len(heads)]) & (heads > 0))
    stance = np.asarray(world.relations["stance"])
    return [
        Standing(
            row=int(k),
            members=int(heads[k]),
            led=int(led[k]),
            present=int((territory.members[:, k] > 0).sum()),
            treasury=float(world.cartels["treasury"][k]) / 1000.0,
            allies=tuple(j for j in alive.tolist() if j != k and stance[k, j] == ALLIED),
            enemies=tuple(j for j in alive.tolist() if j != k and stance[k, j] == AT_WAR),
        )
        for k in sorted(alive.tolist(), key=lambda k: (-heads[k], k))
    ]


def first_difference(one: CartelModel, other: CartelModel) -> date | None:
    """Return the first day of the first recorded week in which two runs differ; None where none."""
    weeks = min(one.week, other.week)
    mine, yours = (decode.series(run.simulation.record, weeks) for run in (one, other))
    differ = np.flatnonzero((mine != yours).any(axis=1))
    return one.first_day(int(differ[0])) if len(differ) else None
