"""A place now and its history: its gangs by whom they serve, and what the event log says of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import numpy as np

from plazas.model.events import EventKind
from plazas.model.model import CartelModel
from plazas.model.world import INDEPENDENT

#: events of a place that are told one by one; the others are counted by year
TOLD = (
    EventKind.FLIP,
    *(EventKind.CAPTURED, EventKind.KILLED, EventKind.ILL, EventKind.RELEASED),
    *(EventKind.ESCAPED, EventKind.EXTRADITED, EventKind.SPLIT, EventKind.RISE),
)
COUNTED = (
    *(EventKind.ABSORBED, EventKind.INDEPENDENT, EventKind.CELL, EventKind.HIRED),
    *(EventKind.ATTACK, EventKind.BRIBE),
)


class Gangs(NamedTuple):
    """The gangs of a place that serve one cartel, or nobody (``cartel`` -1)."""

    cartel: int
    gangs: int
    members: int
    largest: int  #: members of the largest
    loyalty: float  #: mean over members, 0..1
    arms: float  #: mean over members, 0..1


class Happening(NamedTuple):
    """An event of the log: week, kind, place, cartel and other (-1 where none), amount."""

    week: int
    day: date
    kind: EventKind
    place: int
    cartel: int
    other: int
    amount: int


class Year(NamedTuple):
    """What happened in a place in a calendar year: events told, the newest first, and counts.

    ``counts`` has, for a kind, how often each cartel (row) did it; ``absorbed`` only the gangs that
    joined it.
    """

    year: int
    homicides: float
    told: tuple[Happening, ...]
    counts: dict[EventKind, dict[int, int]]


def gangs_of(model: CartelModel, place: int) -> list[Gangs]:
    """Return the gangs of a place by whom they serve, most members first, unaffiliated last."""
    table = model.gang_table
    here = table[(table["place"] == place) & (table["members"] > 0)]
    found = []
    for cartel in np.unique(here["allegiance"]).tolist():
        mine = here[here["allegiance"] == cartel]
        heads = mine["members"]
        found.append(
            Gangs(
                cartel=cartel,
                gangs=len(mine),
                members=int(heads.sum()),
                largest=int(heads.max()),
                loyalty=float(np.average(mine["loyalty"], weights=heads)),
                arms=float(np.average(mine["arms"], weights=heads)),
            )
        )
    return sorted(found, key=lambda row: (row.cartel == INDEPENDENT, -row.members, row.cartel))


def log_of(model: CartelModel) -> np.ndarray:
    """Return the event log so far, a structured array."""
    record = model.simulation.record
    return record.events[: int(record.used[0])].view(np.ndarray)


def logged(model: CartelModel, kinds: Iterable[EventKind]) -> list[Happening]:
    """Return the events of some kinds in the whole country, oldest first."""
    log = log_of(model)
    return happenings(model, log[np.isin(log["kind"], list(kinds))])


def happenings(model: CartelModel, events: np.ndarray) -> list[Happening]:
    """Return rows of the log with their dates."""
    rows = events[["week", "kind", "place", "cartel", "other", "amount"]].tolist()
    return [
        Happening(week, model.first_day(week), EventKind(kind), *rest) for week, kind, *rest in rows
    ]


def history_of(model: CartelModel, place: int) -> list[Year]:
    """Return what happened in a place, by calendar year, the newest year first.

    Homicides are those of the months that begin in the year.
    """
    log = log_of(model)
    here = log[log["place"] == place]
    scenario, record = model.simulation.scenario, model.simulation.record
    if model.week == 0:
        return []
    months = int(record.month[model.week - 1]) + 1
    first = scenario.start.year * 12 + scenario.start.month - 1
    year_of_month = (first + np.arange(months)) // 12
    homicides = np.asarray(record.places["homicides"][:months, place])
    year_of_week = scenario.dates().astype("datetime64[Y]").astype(int) + 1970
    year_of_event = year_of_week[here["week"]]
    years = []
    for year in range(int(year_of_month[-1]), int(year_of_month[0]) - 1, -1):
        rows = here[year_of_event == year]
        told = happenings(model, rows[np.isin(rows["kind"], TOLD)])
        counts = {kind: _counted(rows[rows["kind"] == kind]) for kind in COUNTED}
        counts = {kind: by_cartel for kind, by_cartel in counts.items() if by_cartel}
        killed = float(homicides[year_of_month == year].sum())
        years.append(Year(year, killed, tuple(reversed(told)), counts))
    return years


def _counted(rows: np.ndarray) -> dict[int, int]:
    """Return how many rows there are of each cartel, the most first."""
    cartels, numbers = np.unique(rows["cartel"], return_counts=True)
    pairs = zip(cartels.tolist(), numbers.tolist(), strict=True)
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
