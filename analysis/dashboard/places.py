"""One place: its gangs by the cartel they serve, and its history in the event log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import numpy as np

from plazas.model import decode
from plazas.model.calendar import years_of_months, years_of_weeks
from plazas.model.events import EventKind
from plazas.model.model import CartelModel
from plazas.model.world import INDEPENDENT

#: events of a place that are listed one by one; those of `COUNTED` are counted by year
REPORTED = (
    EventKind.FLIP,
    *(EventKind.CAPTURED, EventKind.KILLED, EventKind.ILL, EventKind.RELEASED),
    *(EventKind.ESCAPED, EventKind.EXTRADITED, EventKind.SPLIT, EventKind.RISE),
    *(EventKind.FRONT_OPENS, EventKind.FRONT_SILENT, EventKind.FRONT_FLARES, EventKind.FRONT_ENDS),
    EventKind.CENTRE_ATTACK,
)
COUNTED = (
    *(EventKind.ABSORBED, EventKind.INDEPENDENT, EventKind.CELL, EventKind.HIRED),
    *(EventKind.THREAT, EventKind.ATTACK, EventKind.BRIBE),
)


class Gangs(NamedTuple):
    """The gangs of a place that serve one cartel, or nobody (``cartel`` is -1)."""

    cartel: int
    gangs: int
    members: int
    largest: int  #: members of the largest gang
    loyalty: float  #: mean over members, 0..1
    arms: float  #: mean over members, 0..1


class LoggedEvent(NamedTuple):
    """An event of the log with its date. Place, cartel and other are rows, -1 for none."""

    week: int
    day: date
    kind: EventKind
    place: int
    cartel: int
    other: int
    amount: int


class Year(NamedTuple):
    """The history of a place in one calendar year.

    Attributes
    ----------
    year
        The calendar year.
    homicides
        Homicides in the months that start in the year.
    events
        The events that are listed, the newest first.
    counts
        For each kind in `COUNTED`, the number of events by cartel (row), the largest first.
    """

    year: int
    homicides: float
    events: tuple[LoggedEvent, ...]
    counts: dict[EventKind, dict[int, int]]


def gangs_of(model: CartelModel, place: int) -> list[Gangs]:
    """Return the gangs of a place by the cartel that they serve.

    Parameters
    ----------
    model
        A run in any week.
    place
        The row of the place.

    Returns
    -------
    list of Gangs
        Most members first; unaffiliated gangs last.
    """
    table = model.gang_table
    here = table[(table["place"] == place) & (table["members"] > 0)]
    rows = []
    for cartel in np.unique(here["allegiance"]).tolist():
        mine = here[here["allegiance"] == cartel]
        heads = mine["members"]
        rows.append(
            Gangs(
                cartel=cartel,
                gangs=len(mine),
                members=int(heads.sum()),
                largest=int(heads.max()),
                loyalty=float(np.average(mine["loyalty"], weights=heads)),
                arms=float(np.average(mine["arms"], weights=heads)),
            )
        )
    return sorted(rows, key=lambda row: (row.cartel == INDEPENDENT, -row.members, row.cartel))


def logged(model: CartelModel, kinds: Iterable[EventKind]) -> list[LoggedEvent]:
    """Return the events of the given kinds in the whole country, the oldest first."""
    log = decode.log(model.simulation.record)
    return _dated_events(model, log[np.isin(log["kind"], list(kinds))])


def _dated_events(model: CartelModel, events: np.ndarray) -> list[LoggedEvent]:
    """Return rows of the log as events with their dates."""
    rows = events[["week", "kind", "place", "cartel", "other", "amount"]].tolist()
    return [
        LoggedEvent(week, model.first_day(week), EventKind(kind), *rest)
        for week, kind, *rest in rows
    ]


def history_of(model: CartelModel, place: int) -> list[Year]:
    """Return the history of a place by calendar year.

    Parameters
    ----------
    model
        A run in any week.
    place
        The row of the place.

    Returns
    -------
    list of Year
        The newest year first; empty before the first week.
    """
    if model.week == 0:
        return []
    record, start = model.simulation.record, model.simulation.scenario.start
    log = decode.log(record)
    here = log[log["place"] == place]
    year_of_event = years_of_weeks(start, model.week)[here["week"]]
    months = decode.months_begun(record, model.week)
    year_of_month = years_of_months(start, months)
    homicides = decode.place_table(record, months)["homicides"][:, place]
    years = []
    for year in range(int(year_of_month[-1]), int(year_of_month[0]) - 1, -1):
        rows = here[year_of_event == year]
        events = _dated_events(model, rows[np.isin(rows["kind"], REPORTED)])
        counts = {kind: _counted(rows[rows["kind"] == kind]) for kind in COUNTED}
        counts = {kind: by_cartel for kind, by_cartel in counts.items() if by_cartel}
        killed = float(homicides[year_of_month == year].sum())
        years.append(Year(year, killed, tuple(reversed(events)), counts))
    return years


def _counted(rows: np.ndarray) -> dict[int, int]:
    """Return the number of rows by cartel, the largest first."""
    cartels, numbers = np.unique(rows["cartel"], return_counts=True)
    pairs = zip(cartels.tolist(), numbers.tolist(), strict=True)
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
