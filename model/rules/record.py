"""12. Record the week: national series per week, places, cartels and fronts per month, events.

The record is the output of a run; no rule of the week reads it.
"""

from __future__ import annotations

from plazas.model.events import NO_GANG, EventKind
from plazas.model.jit import rule
from plazas.model.world import ACTIVE


@rule
def note(record, week, kind, place, cartel, other, amount):
    """Log an event that concerns no single gang.

    Parameters
    ----------
    record, week
        As in all rules.
    kind : int
        An ``EventKind``.
    place, cartel, other : int
        Rows of the place and the two cartels; -1 where there is none.
    amount : int
        What the kind counts: members, deaths, thousand USD; else 0.
    """
    note_gang(record, week, kind, place, cartel, other, amount, NO_GANG)


@rule
def note_gang(record, week, kind, place, cartel, other, amount, gang):
    """Log an event of the gang with id ``gang``; the rest is as in :func:`note`."""
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
def begin_month(record, week, front):
    """Begin a new sum of the deaths of a front in the first week of a month.

    Not at the end of the last month: the world must not depend on where the record ends.
    """
    if week == 0 or record.month[week - 1] != record.month[week]:
        front.month = front.now


@rule
def note_front(record, month, front):
    """Log the deaths of a front in a month, and whether it is active."""
    if record.used[1] >= len(record.fronts):
        raise RuntimeError("no free row for a month of a front")
    row = record.fronts[record.used[1]]
    row.month = month
    row.place = front.place
    row.one = front.one
    row.other = front.other
    row.opened = front.opened
    row.active = 1 if front.state == ACTIVE else 0
    row.deaths = front.month
    record.used[1] += 1


@rule
def _enter_fronts(world, record, row, week, last, p):
    """Add the fronts of place ``p`` to the national series; log them in a month's last week."""
    f = world.places[p].front
    while f >= 0:
        front = world.fronts[f]
        row.fronts += front.state == ACTIVE
        begin_month(record, week, front)
        if last and (front.month > 0.0 or front.state == ACTIVE):
            note_front(record, record.month[week], front)
        f = front.next


@rule
def _crown(world, record, week, p):
    """Set the primary cartel of place ``p`` and log a change; a tie keeps the present one."""
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
        note(record, week, EventKind.FLIP, p, best, was, most)


@rule
def enter(world, record, levels, week):
    """Record the week: its flows, and the totals at its start."""
    row = record.weekly[week]
    row.policy_cost = levels.cost[week]
    row.local_killed = world.nation[0].local_killed
    row.members = world.nation[0].members
    month = record.month[week]
    first = week == 0 or record.month[week - 1] != month
    last = week + 1 == len(record.month) or record.month[week + 1] != month
    people = 0.0
    for p in range(len(world.places)):
        place = world.places[p]
        _enter_place(place, row, record.places[month, p])
        _enter_fronts(world, record, row, week, last, p)
        for h in range(place.here):
            k = world.presence[p, h].listed
            fought = world.presence[p, k].fought
            record.fought[record.year[week], p, k] += fought
            row.killed_on_fronts += 0.5 * fought  # both sides of a front have it
        people += place.population
        if first:
            _crown(world, record, week, p)
            _enter_levels(place, record.places[month, p])
            for h in range(place.here):
                k = world.presence[p, h].listed
                record.members[month, p, k] = world.presence[p, k].members
    row.corruption /= people
    row.friction /= people
    row.addiction /= people
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
def _enter_place(place, row, flows):
    """Add a place to the national series of the week and to the flows of its month."""
    killed = place.killed_by_rivals + place.killed_by_forces
    homicides = killed + place.bystanders + place.ordinary + place.officials + place.patients_killed
    row.homicides += homicides
    row.bystanders += place.bystanders
    row.background += place.ordinary
    row.officials_killed += place.officials
    row.patients_killed += place.patients_killed
    row.local_members += place.local_members
    row.local_gangs += place.local_gangs
    row.corruption += place.corruption * place.population
    row.friction += place.friction * place.population
    row.addiction += place.addiction * place.population
    flows.homicides += homicides
    flows.killed_by_rivals += place.killed_by_rivals
    flows.killed_by_forces += place.killed_by_forces
    flows.officials_killed += place.officials
    flows.arrests += place.arrested


@rule
def _enter_levels(place, levels):
    """Record the levels of a place at the beginning of a month."""
    levels.corruption = place.corruption
    levels.local_members = place.local_members
    levels.local_gangs = place.local_gangs
    levels.friction = place.friction
    levels.addiction = place.addiction


@rule
def _enter_cartel(cartel, row):
    """Add a cartel to the national series of the week."""
    row.killed_by_rivals += cartel.killed_by_rivals
    row.killed_by_forces += cartel.killed_by_forces
    row.officials_attacked += cartel.attack_place >= 0
    row.officials_threatened += cartel.threat_place >= 0
    row.recruits += cartel.recruited
    row.arrests += cartel.arrested
    row.left += cartel.left
    row.absorbed += cartel.joined
    row.cartels += cartel.members > 0
    row.treasury += cartel.treasury
    row.spending += cartel.spending


@rule
def _enter_cartel_month(cartel, levels):
    """Record a cartel at the beginning of a month."""
    levels.treasury = cartel.treasury
    levels.cohesion = cartel.cohesion
    levels.strength = cartel.strength
    levels.paid = cartel.paid
    levels.places = cartel.places
    levels.us_revenue = cartel.us_revenue
    levels.overseas_revenue = cartel.overseas_revenue
