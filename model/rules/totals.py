"""Before the week: count who is where, and reset the flows of the last week.

Every rule reads these totals and its own row, and nothing that another row writes in the same week.
That is why the order in which gangs act does not matter.
"""

from __future__ import annotations

import numpy as np

from plazas.model.jit import inlined, rule
from plazas.model.structure import ID_PLACE, ID_WEEK, QUARTER, TURN
from plazas.model.world import CELLS, FREE, UNAFFILIATED


@rule
def count(world, par):
    """Fill the totals of nation, places, cartels and presence from the rows of gangs."""
    _begin_counting(world, par)
    _muster(world)
    nation = world.nation[0]
    nation.members = 0
    nation.guarded = 0.0
    nation.brutality = 0.0
    for p in range(len(world.places)):
        _count_place(world, p)
        nation.members += world.places[p].members
        nation.guarded += world.places[p].members * world.places[p].force
    for a in range(nation.living):
        cartel = world.cartels[world.cartels[a].listed]
        nation.brutality += cartel.members * cartel.brutality
    nation.brutality /= max(1, nation.members)
    for p in range(len(world.places)):
        _stand_next_door(world, par, p)


@inlined
def has_turn(gang, week):
    """Return whether a gang acts this week.

    A cartel's gang acts once per ``TURN`` weeks, an unaffiliated one once per ``QUARTER``. Little
    happens to a gang in one week, so it acts for all weeks of its turn at once. Its id sets the
    week: place, week and ordinal are added because the last bits alone hardly differ.
    """
    place, began = gang.id >> np.uint64(ID_PLACE), gang.id >> np.uint64(ID_WEEK)
    parts = gang.id + began + place + np.uint64(week)
    if gang.allegiance >= 0:
        return parts % np.uint64(TURN) == np.uint64(0)
    return parts % np.uint64(QUARTER) == np.uint64(0)


@rule
def _muster(world):
    """Count the gangs' members; list the gangs that act this week, and the free rows."""
    cells, unaffiliated, free = 0, 0, 0
    nation = world.nation[0]
    week = nation.week
    for g in range(nation.gang_rows):
        gang = world.gangs[g]
        if gang.members == 0:
            world.rolls[FREE, free] = g
            free += 1
            continue
        if gang.allegiance >= 0:
            if has_turn(gang, week):
                world.rolls[CELLS, cells] = g
                cells += 1
            here = world.presence[gang.place, gang.allegiance]
            here.members += gang.members
            here.strength += gang.members * gang.arms
        else:
            if has_turn(gang, week):
                world.rolls[UNAFFILIATED, unaffiliated] = g
                unaffiliated += 1
            place = world.places[gang.place]
            place.local_members += gang.members
            place.local_strength += gang.members * gang.arms
            place.local_gangs += 1
    nation.cells = cells
    nation.unaffiliated = unaffiliated
    nation.free = free
    nation.reused = 0
    nation.gangs = nation.gang_rows - free


@rule
def _begin_counting(world, par):
    """List the living cartels and set all totals and flows to 0."""
    cartels, nation = world.cartels, world.nation[0]
    living = 0
    for k in range(nation.cartel_rows):
        if cartels[k].alive == 1:
            cartels[living].listed = k
            living += 1
    nation.living = living
    nation.local_recruited = 0
    nation.local_joined = 0
    nation.local_killed = 0
    nation.local_arrested = 0
    nation.local_left = 0
    nation.local_defected = 0
    for k in range(nation.cartel_rows):
        _clear_cartel(cartels[k])
    for p in range(len(world.places)):
        _clear_place(world.places[p])
        for k in range(nation.cartel_rows):  # ended cartels too: their offers must be 0
            here = world.presence[p, k]
            here.offer = 0.0
            here.members = 0
            here.strength = 0.0
            here.share = 0.0
            here.standing = 0.0
            here.fought = 0.0
            here.beaten = 0.0
            here.contact *= 1.0 - par.contact_fades
            here.hired = here.hiring
            here.hiring = 0


@rule
def _clear_cartel(cartel):
    """Set the totals and flows of a cartel to 0."""
    cartel.members = 0
    cartel.strength = 0.0
    cartel.places = 0
    cartel.ground = 0.0
    cartel.spending = 0.0
    cartel.recruited = 0
    cartel.joined = 0
    cartel.split_in = 0
    cartel.killed_by_rivals = 0
    cartel.killed_by_forces = 0
    cartel.arrested = 0
    cartel.left = 0
    cartel.defected = 0
    cartel.split_out = 0


@rule
def _clear_place(place):
    """Set the totals and flows of a place to 0."""
    place.local_members = 0
    place.local_strength = 0.0
    place.local_gangs = 0
    place.killed_by_rivals = 0
    place.killed_by_forces = 0
    place.bystanders = 0
    place.ordinary = 0
    place.officials = 0
    place.arrested = 0
    place.formed = 0
    place.divided = 0
    place.cells = 0


@rule
def _count_place(world, p):
    """Sum the members of cartels in place ``p``, their shares and the room for recruits."""
    place, cartels, presence = world.places[p], world.cartels, world.presence
    present = 0
    for a in range(world.nation[0].living):
        k = cartels[a].listed
        presence[p, present].listed = k  # the next overwrites one that has no members here
        present += presence[p, k].members > 0
    place.here = present
    place.members = 0
    for h in range(place.here):
        k = presence[p, h].listed
        here, cartel = presence[p, k], cartels[k]
        place.members += here.members
        cartel.members += here.members
        cartel.strength += here.strength
        cartel.places += 1
    for h in range(place.here):
        here = presence[p, presence[p, h].listed]
        here.share = here.members / place.members
        cartel = cartels[presence[p, h].listed]
        cartel.ground = max(cartel.ground, here.share)
    crowd = (place.members + place.local_members) / place.at_risk
    place.room = max(0.0, 1.0 - crowd)


@rule
def _stand_next_door(world, par, p):
    """Set each cartel's standing in place ``p``, 0 to 1.

    It is its share there or, if larger, ``next_door`` times its best share in a place within reach,
    or its contact with a gang that it hired.
    """
    place, presence = world.places[p], world.presence
    for h in range(place.here):
        here = presence[p, presence[p, h].listed]
        here.standing = here.share
    for r in range(place.reach_first, place.reach_last):
        q = world.reach[r]
        for h in range(world.places[q].here):
            k = presence[q, h].listed
            here = presence[p, k]
            here.standing = max(here.standing, par.next_door * presence[q, k].share)
    for a in range(world.nation[0].living):
        here = presence[p, world.cartels[a].listed]
        here.standing = max(here.standing, here.contact)
