"""10. A new cartel rises where the local gangs of a place federate.

    monthly chance = emergence  riches  L / (L + A)  (1 - HHI + rise_entry entry)
                     (1 + rise_friction friction)

Entry is what cartels from elsewhere have gained there beyond their expected share; friction is how
contested the place is. L is the armed strength of the unaffiliated gangs, A that of the cartels
there, HHI the concentration of cartel members, and riches the rackets per head relative to the
nation. Examples are Los Viagras in Michoacan and La Union in Mexico City (Le Cour Grandmaison 2019;
Felbab-Brown 2019). Some rise against the largest cartel of the place (``rise_hostile``). How often
this happens is fitted; where it happens is not.
"""

from __future__ import annotations

import numpy as np

from plazas.model.draws import FEDERATE, RISE, cartel_id, draw, four
from plazas.model.events import EventKind
from plazas.model.jit import rule
from plazas.model.rules.leaders import enter
from plazas.model.rules.record import note
from plazas.model.rules.relations import go_to_war, set_stance
from plazas.model.rules.war import gained
from plazas.model.structure import MONTH, RISE_BIT
from plazas.model.world import INDEPENDENT, NEUTRAL


@rule
def chance(world, par, p):
    """Return the monthly chance that the unaffiliated gangs of place ``p`` federate.

    It is 0 where no unaffiliated gang is armed, and where one cartel is alone and not entering.
    """
    place, presence = world.places[p], world.presence
    if par.emergence <= 0.0 or place.here == 0 or place.local_strength <= 0.0:
        return 0.0
    armed, concentration, entry = 0.0, 0.0, 0.0
    for h in range(place.here):
        here = presence[p, presence[p, h].listed]
        armed += here.strength
        concentration += here.share * here.share
        if world.cartels[presence[p, h].listed].home != p:
            entry += gained(here)
    heads = place.population / world.nation[0].population
    riches = min(par.rise_riches, place.racket / heads)
    vacuum = place.local_strength / (place.local_strength + armed)
    contest = 1.0 - concentration + par.rise_entry * entry
    contest *= 1.0 + par.rise_friction * place.friction
    return min(1.0, par.emergence * riches * vacuum * contest)


@rule
def _largest(world, p):
    """Return the cartel with most members in place ``p``; ``INDEPENDENT`` where there is none."""
    presence, largest = world.presence, INDEPENDENT
    for h in range(world.places[p].here):
        k = presence[p, h].listed
        if world.cartels[k].alive == 0:
            continue
        if largest < 0 or presence[p, k].members > presence[p, largest].members:
            largest = k
    return largest


@rule
def _federates(world, par, key, week, p, g):
    """Return whether gang ``g`` is unaffiliated, in place ``p`` and takes part in the rise."""
    gang = world.gangs[g]
    if gang.place != p or gang.allegiance >= 0 or gang.members == 0:
        return False
    return draw(key, FEDERATE, week, gang.id) < par.federates


@rule
def rise(world, par, record, key, week, p, against):
    """Federate the unaffiliated gangs of place ``p`` into a new cartel.

    Nothing happens if those that take part have fewer than ``smallest_rise`` members.

    Parameters
    ----------
    world, par, record, key, week, p
        As in all rules.
    against : int
        Row of the cartel with which the new one is at war from its start, or ``INDEPENDENT``.
    """
    members = 0
    for g in range(world.nation[0].gang_rows):
        if _federates(world, par, key, week, p, g):
            members += world.gangs[g].members
    if members < par.smallest_rise:
        return
    entity = cartel_id(np.uint64(0), week, (1 << RISE_BIT) + p)
    new = enter(world, entity, week, p, -1, -1)
    cartel = world.cartels[new]
    _, _, u_brutality, u_age = four(key, RISE, week, np.uint64(p))
    cartel.brutality = par.rise_brutality_least + par.rise_brutality_span * u_brutality
    cartel.franchise = par.rise_franchise
    cartel.cohesion = par.rise_cohesion
    cartel.leader_age = par.heir_youngest + par.heir_span * u_age
    cartel.treasury = par.treasury_2010 * members
    cartel.prosperity = 1.0
    cartel.paid = 1.0
    cartel.supplied = 1.0
    for g in range(world.nation[0].gang_rows):
        if _federates(world, par, key, week, p, g):
            gang = world.gangs[g]
            gang.allegiance = new
            gang.joins = new
            gang.loyalty = par.rise_loyalty
    world.nation[0].local_defected += members
    cartel.joined += members
    for j in range(new):
        set_stance(world, par, week, new, j, NEUTRAL)
    note(record, week, EventKind.RISE, p, new, against, members)
    if against >= 0:
        go_to_war(world, par, record, week, new, against)


@rule
def review(world, par, record, key, week, p):
    """Decide once per month whether a cartel rises in place ``p``; places take turns by week."""
    if (week + p) % MONTH != 0:
        return
    u_rise, u_hostile, _, _ = four(key, RISE, week, np.uint64(p))
    if u_rise < chance(world, par, p):
        against = _largest(world, p) if u_hostile < par.rise_hostile else INDEPENDENT
        rise(world, par, record, key, week, p, against)
