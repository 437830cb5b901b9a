"""Settle the week: carry out what places, cartels and gangs decided.

The only random draw here is how many others died with the members killed.
"""

from __future__ import annotations

import numpy as np

from plazas.model.draws import CENTRE_ATTACKED, ENDS, NEW_GANGS, draw, four, poisson
from plazas.model.events import Custody, EventKind, Heir, Scheduled
from plazas.model.jit import rule
from plazas.model.rules import fronts
from plazas.model.rules.emergence import rise
from plazas.model.rules.expansion import found
from plazas.model.rules.leaders import age, dissolve, fall, members_now, set_adrift, split
from plazas.model.rules.record import note, note_gang
from plazas.model.rules.relations import go_to_war, set_stance
from plazas.model.structure import MONTH
from plazas.model.world import ALLIED, CELLS, INDEPENDENT, NEUTRAL, OVERSIZED, UNAFFILIATED


@rule
def add_cell_flows(gang, place, cartel):
    """Add the flows of a cartel's gang to its place and cartel.

    Gangs do so in any order: a sum of whole numbers does not depend on it.
    """
    place.killed_by_rivals += gang.killed_by_rivals
    place.killed_by_forces += gang.killed_by_forces
    place.arrested += gang.arrested
    cartel.recruited += gang.recruited
    cartel.left += gang.left
    cartel.killed_by_rivals += gang.killed_by_rivals
    cartel.killed_by_forces += gang.killed_by_forces
    cartel.arrested += gang.arrested


@rule
def add_local_flows(gang, place, nation):
    """Add the flows of an unaffiliated gang to its place and to the nation's."""
    place.killed_by_rivals += gang.killed_by_rivals
    nation.local_recruited += gang.recruited
    nation.local_left += gang.left
    nation.local_killed += gang.killed_by_rivals
    nation.local_arrested += gang.arrested


@rule
def deaths(world, par, record, key, week):
    """Draw the deaths of others: bystanders, ordinary homicides, officials, patients.

    Update the tolls.

    A toll is the moving average of the members killed per week in a cartel's wars.
    """
    cartels, presence, nation = world.cartels, world.presence, world.nation[0]
    for a in range(nation.living):
        cartels[cartels[a].listed].toll *= 1.0 - par.toll_fades
    for p in range(len(world.places)):
        place = world.places[p]
        _, u_ordinary, u_bystanders, u_soldiers = four(key, NEW_GANGS, week, np.uint64(p))
        place.ordinary = poisson(place.background, u_ordinary)
        others = par.bystanders * place.killed_by_rivals + par.crossfire * place.killed_by_forces
        place.bystanders = poisson(others, u_bystanders)
        place.officials = poisson(par.soldiers_killed * place.killed_by_forces, u_soldiers)
        u_attack, u_dead, _, _ = four(key, CENTRE_ATTACKED, week, np.uint64(p))
        place.patients_killed = 0
        if u_attack < place.exposed:
            place.patients_killed = poisson(par.centre_deaths, u_dead)
            place.patients = max(0.0, place.patients - place.patients_killed)
            note(record, week, EventKind.CENTRE_ATTACK, p, -1, -1, place.patients_killed)
        for h in range(place.here):
            k = presence[p, h].listed
            cartels[k].toll += par.toll_fades * place.killed_by_rivals * presence[p, k].share
    nation.toll = 0.0
    for a in range(nation.living):
        nation.toll += cartels[cartels[a].listed].toll


@rule
def _join(world, par, record, week, g):
    """Move gang ``g`` to the cartel that it chose, which pays and arms it if it can."""
    gang = world.gangs[g]
    old, cartel = gang.allegiance, world.cartels[gang.joins]
    if old >= 0:
        world.cartels[old].defected += gang.members
    else:
        world.nation[0].local_defected += gang.members
    cartel.joined += gang.members
    given = max(0.0, par.arms_on_joining * world.places[gang.place].guns - gang.arms)
    price = gang.members * (par.signing + par.gun_price * given)
    share = min(1.0, cartel.treasury / price) if price > 0.0 else 1.0
    cartel.treasury = max(0.0, cartel.treasury - price)
    cartel.spending += share * price
    gang.arms += share * given
    gang.tie = old
    gang.allegiance = gang.joins
    gang.loyalty = par.loyalty_joined
    note_gang(record, week, EventKind.ABSORBED, gang.place, gang.joins, old, gang.members, gang.id)


@rule
def _clear(gang):
    """Clear the row of an ended gang, except for its id and place."""
    gang.allegiance = INDEPENDENT
    gang.joins = INDEPENDENT
    gang.recruited = 0
    gang.left = 0
    gang.killed_by_rivals = 0
    gang.killed_by_forces = 0
    gang.arrested = 0


@rule
def gangs(world, par, record, week):
    """Carry out what gangs decided on their allegiance; list the gangs that will divide."""
    nation = world.nation[0]
    nation.oversized = 0
    for i in range(nation.cells):
        _carry_out(world, par, record, week, world.rolls[CELLS, i])
    for i in range(nation.unaffiliated):
        _carry_out(world, par, record, week, world.rolls[UNAFFILIATED, i])


@rule
def _carry_out(world, par, record, week, g):
    """Carry out what gang ``g`` decided; list it if it will divide, clear it if it has ended."""
    gang, nation = world.gangs[g], world.nation[0]
    if gang.members == 0:
        _clear(gang)
        nation.gangs -= 1
        return
    if gang.joins != gang.allegiance:
        _turn(world, par, record, week, g)
    if gang.members > par.division_size:
        world.rolls[OVERSIZED, nation.oversized] = g
        nation.oversized += 1


@rule
def _turn(world, par, record, week, g):
    """Move gang ``g`` to the cartel that it chose, or to none."""
    gang = world.gangs[g]
    old = gang.allegiance
    if gang.joins >= 0:
        _join(world, par, record, week, g)
    else:
        set_adrift(world, g)
        note_gang(record, week, EventKind.INDEPENDENT, gang.place, old, -1, gang.members, gang.id)


@rule
def cells(world, par, record, week):
    """Found the cells that cartels decided on, and log these and the gangs hired."""
    for a in range(world.nation[0].living):
        k = world.cartels[a].listed
        cartel = world.cartels[k]
        if cartel.cell_place >= 0:
            size = found(world, par, week, k)
            if size > 0:
                note(record, week, EventKind.CELL, cartel.cell_place, k, -1, size)
        if cartel.hire_place >= 0:
            note(record, week, EventKind.HIRED, cartel.hire_place, k, -1, 0)


@rule
def _happen(world, par, record, key, week, event, ordinal):
    """Carry out a scheduled event, unless one of its cartels has ended.

    Parameters
    ----------
    world, par, record, key, week
        As in all rules.
    event : numpy.record
        The scheduled event.
    ordinal : int
        Its number among the scheduled events, from 1; it makes the draws of a split its own.

    Returns
    -------
    int
        A ``Heir``: ``Heir.DRAWN`` unless the event fixes whether the heir is clear.
    """
    cartels, k, other = world.cartels, event.cartel, event.other
    if cartels[k].alive == 0 or (other >= 0 and cartels[other].alive == 0):
        return Heir.DRAWN
    if event.kind <= Scheduled.RELEASED:
        cartels[k].fate = event.kind
        return event.heir
    if event.kind == Scheduled.ESCAPED:
        if cartels[k].captive == 1:
            cartels[k].custody = Custody.ESCAPED
    elif event.kind == Scheduled.EXTRADITED:
        cartels[k].custody = Custody.EXTRADITED
    elif event.kind == Scheduled.SPLIT:
        split(world, par, record, key, week, k, ordinal)
    elif event.kind == Scheduled.WAR:
        go_to_war(world, par, record, week, k, other)
    elif event.kind == Scheduled.PEACE:
        fronts.make_peace(world, record, week, k, other)
        set_stance(world, par, week, k, other, NEUTRAL)
        note(record, week, EventKind.PEACE, -1, k, other, 0)
    elif event.kind == Scheduled.ALLIANCE:
        fronts.make_peace(world, record, week, k, other)
        set_stance(world, par, week, k, other, ALLIED)
        note(record, week, EventKind.ALLIANCE, -1, k, other, 0)
    elif event.kind == Scheduled.RISE:
        rise(world, par, record, key, week, event.place, k)
    elif event.kind == Scheduled.FRONT_OPENS:
        fronts.open_front(world, par, record, key, week, k, other, event.place)
    elif event.kind == Scheduled.FRONT_HELD:
        f = fronts.open_front(world, par, record, key, week, k, other, event.place)
        world.fronts[f].held = 1
    elif event.kind == Scheduled.FRONT_ENDS:
        f = fronts.between(world, k, other, event.place)
        if f >= 0:
            fronts.end(world, record, week, f)
    return Heir.DRAWN


@rule
def leaders(world, par, events, record, key, week):
    """Carry out scheduled events, bribes, attacks on officials and the fates of leaders.

    A cartel without members ends, and one that is small or holds no ground may end.
    """
    for a in range(world.nation[0].living):
        k = world.cartels[a].listed
        cartel = world.cartels[k]
        heir = Heir.DRAWN
        for e in range(len(events)):
            if events[e].week == week and events[e].cartel == k:
                fixed = _happen(world, par, record, key, week, events[e], e + 1)
                if fixed != Heir.DRAWN:
                    heir = fixed
        age(cartel, par)
        if cartel.bribe_place >= 0:
            bought = world.places[cartel.bribe_place]
            bought.corruption += par.bribe_effect * (1.0 - bought.corruption)
            note(record, week, EventKind.BRIBE, cartel.bribe_place, k, -1, int(par.bribe))
        if cartel.threat_place >= 0:
            frighten(world.places[cartel.threat_place], par.threat_fear)
            note(record, week, EventKind.THREAT, cartel.threat_place, k, -1, 0)
        if cartel.attack_place >= 0:
            attacked = world.places[cartel.attack_place]
            attacked.officials += cartel.attack_kills
            frighten(attacked, par.attack_fear)
            if cartel.attack_hired == 1:
                note(record, week, EventKind.HIRED, cartel.attack_place, k, -1, 0)
            note(record, week, EventKind.ATTACK, cartel.attack_place, k, -1, cartel.attack_kills)
        fall(world, par, record, key, week, k, heir)
        if cartel.alive == 1 and (members_now(cartel) == 0 or gives_up(cartel, par, key, week)):
            dissolve(world, record, week, k)


@rule
def frighten(place, fear):
    """Raise the fear of officials in a place by a share ``fear`` of what is left of 1."""
    place.fear += fear * (1.0 - place.fear)


@rule
def gives_up(cartel, par, key, week):
    """Return whether a cartel that is small or holds no ground ends this month.

    If it has fewer than ``smallest_cartel`` members, or nowhere a share of ``least_ground``, it may
    end, with the chance ``giving_up`` per month; its id sets the week.
    """
    if (cartel.id + np.uint64(week)) % np.uint64(MONTH) != np.uint64(0):
        return False
    if cartel.members >= par.smallest_cartel and cartel.ground >= par.least_ground:
        return False
    return draw(key, ENDS, week, cartel.id) < par.giving_up
