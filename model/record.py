"""The record: the output of a run. National series weekly, places and cartels monthly, events.

This module is the layout only; ``plazas.model.rules.record`` fills it each week.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plazas.model.world import F, I, Rows, U, rows


class Week:
    """A week of the nation: flows in persons (or thousand USD), levels at its beginning.

    Corruption and treasury are those at its end, the treasury of cartels alive at its beginning.
    """

    homicides: F  #: members and gang members killed, bystanders, officials, ordinary homicides
    killed_by_rivals: F  #: members of cartels
    local_killed: F  #: members of unaffiliated gangs, by cartels
    killed_by_forces: F  #: members of cartels, by the armed forces
    bystanders: F  #: others killed with members
    background: F  #: ordinary homicides
    officials_killed: F
    officials_attacked: F  #: attacks
    officials_threatened: F  #: threats
    patients_killed: F  #: in attacks on rehabilitation centres
    killed_on_fronts: F  #: members expected to be killed on fronts
    recruits: F
    arrests: F
    left: F
    absorbed: F  #: members of gangs that joined a cartel
    spending: F  #: of cartels, on guns, gangs, cells and attacks
    policy_cost: F
    members: F
    local_members: F
    local_gangs: F
    cartels: F
    effective_groups: F  #: inverse Herfindahl index of members
    corruption: F  #: mean over inhabitants
    friction: F  #: mean over inhabitants
    addiction: F  #: mean over inhabitants
    fronts: F  #: active
    treasury: F  #: of all cartels


class PlaceMonth:
    """A month of a place: flows in persons, levels at its beginning."""

    homicides: F
    killed_by_rivals: F  #: members of cartels and of unaffiliated gangs
    killed_by_forces: F  #: members of cartels, by the armed forces
    officials_killed: F
    arrests: F
    corruption: F
    local_members: F
    local_gangs: F
    friction: F
    addiction: F


class CartelMonth:
    """A cartel at the beginning of a month."""

    treasury: F  #: thousand USD
    cohesion: F
    strength: F  #: members times arms
    paid: F  #: share of wages paid
    places: F  #: places where it has members
    us_revenue: F  #: thousand USD a week from drugs sold in the United States
    overseas_revenue: F  #: thousand USD a week from drugs sold overseas


class FrontMonth:
    """A month of a front on which members were killed, or that was active at its end."""

    month: I
    place: I
    one: I  #: cartel row, the lower of the two
    other: I
    opened: I  #: week
    active: I  #: 1 while they fight, 0 when silent
    deaths: F  #: members expected to be killed in the month, both sides


class EventRecord:
    """An entry of the event log; rows of cartels and places, -1 where there is none."""

    week: I
    kind: I  #: an EventKind
    place: I
    cartel: I
    other: I
    amount: I  #: what EventKind says of it, else 0
    gang: U  #: id of the gang it happened to, NO_GANG where it is no single gang's


WEEK_FLOWS = (
    "homicides", "killed_by_rivals", "local_killed", "killed_by_forces", "bystanders", "background",
    "officials_killed", "officials_attacked", "officials_threatened", "patients_killed",
    "killed_on_fronts", "recruits", "arrests", "left", "absorbed", "spending", "policy_cost",
)  # fmt: skip
SERIES = tuple(Week.__annotations__)


class Record(NamedTuple):
    """The output of a run of W weeks in M months and Y calendar years."""

    month: NDArray[np.int64]  #: (W,) month of each week, 0 .. M-1
    year: NDArray[np.int64]  #: (W,) calendar year of each week, 0 .. Y-1
    weekly: Rows  #: (W,) Week
    members: NDArray[np.int32]  #: (M, P, K) at the beginning of each month
    fought: NDArray[np.float32]  #: (Y, P, K) deaths on its fronts, both sides
    places: Rows  #: (M, P) PlaceMonth
    cartels: Rows  #: (M, K) CartelMonth
    events: Rows  #: (E,) EventRecord
    fronts: Rows  #: (E,) FrontMonth
    used: NDArray[np.int64]  #: (2,) events and months of fronts entered


def empty_record(
    month: NDArray[np.int64], year: NDArray[np.int64], places: int, cartels: int, events: int
) -> Record:
    """Return a record of zeros.

    Parameters
    ----------
    month, year : numpy.ndarray of int64
        (W,) Month and calendar year of each week, counted from 0.
    places, cartels, events : int
        Number of rows.

    Returns
    -------
    Record
    """
    months, years = int(month[-1]) + 1, int(year[-1]) + 1
    return Record(
        month=month,
        year=year,
        weekly=rows(Week, len(month)),
        members=np.zeros((months, places, cartels), np.int32),
        fought=np.zeros((years, places, cartels), np.float32),
        places=rows(PlaceMonth, months, places),
        cartels=rows(CartelMonth, months, cartels),
        events=rows(EventRecord, events),
        fronts=rows(FrontMonth, events),
        used=np.zeros(2, np.int64),
    )


def grown(record: Record, cartels: int, events: int) -> Record:
    """Return a copy of the record with room for at least so many cartel and event rows."""
    new = empty_record(
        record.month,
        record.year,
        record.members.shape[1],
        max(cartels, record.members.shape[2]),
        max(events, len(record.events)),
    )
    for old, fresh in zip(record[2:], new[2:], strict=True):
        fresh[tuple(slice(n) for n in old.shape)] = old
    return new
