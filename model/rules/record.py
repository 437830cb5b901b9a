"""12. Record the week: national series weekly, place and cartel series monthly, and events.

The record is what a run leaves behind; nothing in the week reads it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plazas.model.jit import rule
from plazas.model.world import F, I, Rows, U, rows


class EventKind(IntEnum):
    """What an event says happened; the numbers stand in the event log."""

    ABSORBED = 0  # a gang joins ``cartel``; ``other`` is the cartel it leaves, -1 none
    INDEPENDENT = 1  # a gang leaves ``cartel`` for no other
    CELL = 2  # ``cartel`` founds a cell
    HIRED = 3  # ``cartel`` hires a local gang against its enemies
    CAPTURED = 4  # the leader of ``cartel`` is captured
    KILLED = 5  # the leader is killed
    ILL = 6  # the leader dies or gives up for illness
    RELEASED = 7  # an operation fails and the leader goes free
    ESCAPED = 8  # a captive leader escapes
    EXTRADITED = 9  # a captive leader is extradited
    SUCCESSION = 10  # an heir takes over
    SPLIT = 11  # ``other`` breaks away from ``cartel``
    DISSOLVED = 12  # ``cartel`` ends
    ALLIANCE = 13  # ``cartel`` and ``other`` ally
    BETRAYAL = 14  # ``cartel`` leaves its alliance with ``other``
    WAR = 15  # ``cartel`` and ``other`` go to war
    PEACE = 16  # they stop
    ATTACK = 17  # ``cartel`` attacks an official; ``amount`` 1 when the official dies
    FLIP = 18  # the primary cartel of a place changes from ``other`` to ``cartel``
    BRIBE = 19  # ``cartel`` buys an official; ``amount`` in thousand USD
    RISE = 20  # ``cartel`` rises from local gangs, against ``other``, -1 none; ``amount`` members


# The same for compiled rules; of numpy, as the decisions in draws.py.
(ABSORBED, WENT_ALONE, CELL_FOUNDED, HIRED_GANG, LEADER_CAPTURED, LEADER_KILLED, LEADER_ILL,
 LEADER_RELEASED, LEADER_ESCAPED, LEADER_EXTRADITED, SUCCEEDED, SPLIT_AWAY, DISSOLVED, ALLIED_WITH,
 BETRAYED, WENT_TO_WAR, MADE_PEACE, OFFICIAL_ATTACKED, FLIPPED, BRIBED,
 RISEN) = np.arange(len(EventKind))  # fmt: skip


NO_GANG = np.uint64(2**64 - 1)  # place 65,535, which no geography has


class Week:
    """A week of the nation: flows in persons (or thousand USD), levels at its beginning.

    Corruption and treasury are those at its end, the treasury of cartels alive at its beginning.
    """

    homicides: F  #: members and gang members killed, bystanders, officials, ordinary homicides
    members_killed: F  #: by rivals
    locals_killed: F  #: members of unaffiliated gangs, by cartels
    killed_by_force: F  #: members, by the armed forces
    bystanders: F  #: others killed with members
    background: F  #: ordinary homicides
    officials_killed: F
    officials_attacked: F  #: attacks
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
    treasury: F  #: of all cartels


class PlaceMonth:
    """A month of a place: flows in persons, levels at its beginning."""

    homicides: F
    members_killed: F  #: members and gang members, by rivals or by the armed forces
    killed_by_force: F
    officials_killed: F
    arrests: F
    corruption: F
    local_members: F
    local_gangs: F
    friction: F


class CartelMonth:
    """A cartel at the beginning of a month."""

    treasury: F  #: thousand USD
    cohesion: F
    strength: F  #: members times arms
    paid: F  #: share of wages paid
    places: F  #: places where it has members


class Happening:
    """An entry of the event log; rows of cartels and places, -1 where there is none."""

    week: I
    kind: I  #: an EventKind
    place: I
    cartel: I
    other: I
    amount: I  #: what EventKind says of it, else 0
    gang: U  #: id of the gang it happened to, NO_GANG where it is no single gang's


WEEK_FLOWS = (
    "homicides", "members_killed", "locals_killed", "killed_by_force", "bystanders", "background",
    "officials_killed", "officials_attacked", "recruits", "arrests", "left", "absorbed", "spending",
    "policy_cost",
)  # fmt: skip
SERIES = tuple(Week.__annotations__)


class Record(NamedTuple):
    """What a run of W weeks in M months leaves behind."""

    month: NDArray[np.int64]  #: (W,) month of each week, 0 .. M-1
    year: NDArray[np.int64]  #: (W,) calendar year of each week, 0 .. Y-1
    weekly: Rows  #: (W,) Week
    members: NDArray[np.int32]  #: (M, P, K) at the beginning of each month
    fought: NDArray[np.float32]  #: (Y, P, K) deaths in its fights with enemies at war, both sides
    places: Rows  #: (M, P) PlaceMonth
    cartels: Rows  #: (M, K) CartelMonth
    events: Rows  #: (E,) Happening
    used: NDArray[np.int64]  #: (1,) events entered


def empty_record(
    month: NDArray[np.int64], year: NDArray[np.int64], places: int, cartels: int, events: int
) -> Record:
    """Return a record of zeros for the weeks whose months and years, from 0, are given."""
    months, years = int(month[-1]) + 1, int(year[-1]) + 1
    return Record(
        month=month,
        year=year,
        weekly=rows(Week, len(month)),
        members=np.zeros((months, places, cartels), np.int32),
        fought=np.zeros((years, places, cartels), np.float32),
        places=rows(PlaceMonth, months, places),
        cartels=rows(CartelMonth, months, cartels),
        events=rows(Happening, events),
        used=np.zeros(1, np.int64),
    )


def grown(record: Record, cartels: int, events: int) -> Record:
    """Return the same record with room for at least so many cartel and event rows."""
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


@rule
def note(record, week, kind, place, cartel, other, amount):  # type: ignore[no-untyped-def]
    """Enter an event that is no single gang's in the log."""
    note_gang(record, week, kind, place, cartel, other, amount, NO_GANG)


@rule
def note_gang(record, week, kind, place, cartel, other, amount, gang):  # type: ignore[no-untyped-def]
    """Enter an event of the gang with id ``gang`` in the log."""
    if record.used[0] >= len(record.events):
        raise RuntimeError("no free row for an event")
    event = record.events[record.used[0]]
    event.week = week
    event.kind = kind
    event.place = place
    event.cartel = cartel
    event.other = other
    event.amount = amount
    event.gang = gang
    record.used[0] += 1


@rule
def _crown(world, record, week, p):  # type: ignore[no-untyped-def]
    """Name the primary cartel of place ``p`` (the incumbent keeps ties)."""
    place, presence = world.places[p], world.presence
    was = place.primary
    best = was
    most = presence[p, was].members if was >= 0 and world.cartels[was].alive == 1 else 0
    for h in range(place.here):
        k = presence[p, h].listed
        if presence[p, k].members > most:
            most = presence[p, k].members
            best = k
    if most == 0:
        best = -1
    if best != was:
        place.primary = best
        note(record, week, FLIPPED, p, best, was, most)


@rule
def enter(world, record, levels, week):  # type: ignore[no-untyped-def]
    """Enter the week: outcomes of its flows, and the totals with which it began."""
    row = record.weekly[week]
    row.policy_cost = levels.cost[week]
    row.locals_killed = world.nation[0].killed
    row.members = world.nation[0].members
    month = record.month[week]
    first = week == 0 or record.month[week - 1] != month
    people = 0.0
    for p in range(len(world.places)):
        place = world.places[p]
        _enter_place(place, row, record.places[month, p])
        for h in range(place.here):
            k = world.presence[p, h].listed
            record.fought[record.year[week], p, k] += world.presence[p, k].fought
        people += place.population
        if first:
            _crown(world, record, week, p)
            _enter_levels(place, record.places[month, p])
            for h in range(place.here):
                k = world.presence[p, h].listed
                record.members[month, p, k] = world.presence[p, k].members
    row.corruption /= people
    row.friction /= people
    squares = 0.0
    for a in range(world.nation[0].living):
        k = world.cartels[a].listed
        cartel = world.cartels[k]
        squares += float(cartel.members) * cartel.members
        _enter_cartel(cartel, row)
        if first:
            _enter_cartel_month(cartel, record.cartels[month, k])
    row.effective_groups = row.members * row.members / squares if squares > 0.0 else 0.0


@rule
def _enter_place(place, row, flows):  # type: ignore[no-untyped-def]
    killed = place.killed + place.killed_by_force
    homicides = killed + place.bystanders + place.ordinary + place.officials
    row.homicides += homicides
    row.bystanders += place.bystanders
    row.background += place.ordinary
    row.officials_killed += place.officials
    row.local_members += place.local_members
    row.local_gangs += place.local_gangs
    row.corruption += place.corruption * place.population
    row.friction += place.friction * place.population
    flows.homicides += homicides
    flows.members_killed += killed
    flows.killed_by_force += place.killed_by_force
    flows.officials_killed += place.officials
    flows.arrests += place.arrested


@rule
def _enter_levels(place, levels):  # type: ignore[no-untyped-def]
    levels.corruption = place.corruption
    levels.local_members = place.local_members
    levels.local_gangs = place.local_gangs
    levels.friction = place.friction


@rule
def _enter_cartel(cartel, row):  # type: ignore[no-untyped-def]
    row.members_killed += cartel.killed
    row.killed_by_force += cartel.killed_by_force
    row.officials_attacked += cartel.attack_place >= 0
    row.recruits += cartel.recruited
    row.arrests += cartel.arrested
    row.left += cartel.left
    row.absorbed += cartel.joined
    row.cartels += cartel.members > 0
    row.treasury += cartel.treasury
    row.spending += cartel.spending


@rule
def _enter_cartel_month(cartel, levels):  # type: ignore[no-untyped-def]
    levels.treasury = cartel.treasury
    levels.cohesion = cartel.cohesion
    levels.strength = cartel.strength
    levels.paid = cartel.paid
    levels.places = cartel.places
