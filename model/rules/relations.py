"""11. Relations: alliances, betrayals, and wars that begin and tire.

Each pair of cartels is reviewed once per month. War onset rises with the rate of relative power
shift in shared places (preventive war; Fearon 1995; Powell 2006):

    chance = war_onset  brutality  (shift / SHIFT)^war_shift / (1 + weariness)^2

The hostility of a war rises for ``escalation`` years and then falls to ``residual_hostility``. A
war ends with a chance that grows with its length and falls with the ground both contest. Two
cartels with a common enemy may ally; the smaller ally leaves when it is nearly as strong as the
larger one, or when both want the same places.
"""

from __future__ import annotations

import math

from plazas.model.draws import PAIR_WAR, four
from plazas.model.events import EventKind
from plazas.model.jit import rule
from plazas.model.rules.expansion import worth
from plazas.model.rules.record import note
from plazas.model.rules.war import gained
from plazas.model.structure import MONTH, SHIFT, WEARINESS_EXPONENT, YEAR
from plazas.model.world import ALLIED, AT_WAR, NEUTRAL


@rule
def war_hostility(weariness, par):
    """Return the hostility S of two cartels at war.

    Parameters
    ----------
    weariness : float
        Years of war from which they have not recovered.
    par
        As in all rules.
    """
    years = weariness / par.escalation
    least = par.residual_hostility
    return par.hostility_war * (least + (1.0 - least) * years * math.exp(1.0 - years))


@rule
def set_stance(world, par, week, i, j, stance):
    """Set the stance of two cartels to each other, and the hostility that follows from it.

    Parameters
    ----------
    world, par, week
        As in all rules.
    i, j : int
        Rows of the cartels.
    stance : int
        ALLIED, NEUTRAL or AT_WAR. Without alliances (``alliances`` = 0) ALLIED becomes NEUTRAL.
    """
    relations = world.relations
    if stance == ALLIED and par.alliances <= 0.0:
        stance = NEUTRAL
    hostility = par.hostility_neutral
    if stance == ALLIED:
        hostility = par.hostility_allied
    elif stance == AT_WAR:
        hostility = war_hostility(relations[i, j].weariness, par)
    relations[i, j].stance = stance
    relations[j, i].stance = stance
    relations[i, j].hostility = hostility
    relations[j, i].hostility = hostility
    relations[i, j].since = week
    relations[j, i].since = week


@rule
def set_weariness(world, i, j, years):
    """Set the weariness of two cartels, in years of war."""
    world.relations[i, j].weariness = years
    world.relations[j, i].weariness = years


@rule
def go_to_war(world, par, record, week, i, j):
    """Start a war of cartel ``i`` against cartel ``j``, and log it."""
    set_stance(world, par, week, i, j, AT_WAR)
    note(record, week, EventKind.WAR, -1, i, j, 0)


@rule
def _measure_overlap(world, par):
    """Set the overlap of the ground of each pair and the shift of power between them.

    Overlap is the value that both hold in common, as a share of what the larger of them holds.
    Power shifts in a place by what one has gained over what the others expect, weighted by the
    share that the other has there to lose. Shift is a share of the nation's revenue.
    """
    cartels, presence, relations = world.cartels, world.presence, world.relations
    living = world.nation[0].living
    for a in range(living):
        i = cartels[a].listed
        for b in range(a + 1):
            j = cartels[b].listed
            relations[i, j].overlap = 0.0
            relations[j, i].overlap = 0.0
            relations[i, j].shift = 0.0
    nation = par.export_revenue + par.racket_revenue
    for p in range(len(world.places)):
        value = worth(world.places[p], par)
        for h in range(world.places[p].here):
            i = presence[p, h].listed
            one = presence[p, i]
            relations[i, i].overlap += value * one.share
            for other in range(h):
                j = presence[p, other].listed
                rival = presence[p, j]
                common = value * min(one.share, rival.share)
                relations[i, j].overlap += common
                relations[j, i].overlap += common
                moved = gained(one) * rival.share + gained(rival) * one.share
                relations[i, j].shift += value * moved
    for a in range(living):
        i = cartels[a].listed
        for b in range(a):
            j = cartels[b].listed
            larger = max(relations[i, i].overlap, relations[j, j].overlap)
            ratio = min(1.0, relations[i, j].overlap / larger) if larger > 0.0 else 0.0
            shift = relations[i, j].shift / nation
            relations[i, j].shift = shift
            relations[j, i].shift = shift
            relations[i, j].overlap = ratio
            relations[j, i].overlap = ratio


@rule
def _grow_used(world):
    """Move the share that the others expect of each cartel one month towards its share."""
    for p in range(len(world.places)):
        for a in range(world.nation[0].living):
            here = world.presence[p, world.cartels[a].listed]
            here.settled += MONTH / YEAR * (here.share - here.settled)


@rule
def _common_enemy(world, i, j):
    """Return whether a living cartel is at war with both ``i`` and ``j``."""
    relations, cartels = world.relations, world.cartels
    for a in range(world.nation[0].living):
        h = cartels[a].listed
        if relations[i, h].stance == AT_WAR and relations[j, h].stance == AT_WAR:
            return True
    return False


@rule
def _grow_weary(world, par, i, j):
    """Advance the weariness of a pair by one month and return it, in years of war."""
    weariness = world.relations[i, j].weariness
    if world.relations[i, j].stance == AT_WAR:
        weariness += MONTH / YEAR
        world.relations[i, j].hostility = war_hostility(weariness, par)
        world.relations[j, i].hostility = war_hostility(weariness, par)
    else:
        weariness *= 1.0 - par.recovery * MONTH / YEAR
    set_weariness(world, i, j, weariness)
    return weariness


@rule
def onset(world, par, i, j):
    """Return the monthly chance that cartels ``i`` and ``j``, if not weary, go to war."""
    brutality = 0.5 * (world.cartels[i].brutality + world.cartels[j].brutality)
    return par.war_onset * brutality * (world.relations[i, j].shift / SHIFT) ** par.war_shift


@rule
def _review(world, par, record, key, week, i, j):
    """Decide once whether a pair makes war or peace, allies, or breaks its alliance."""
    cartels, relations = world.cartels, world.relations
    overlap, stance = relations[i, j].overlap, relations[i, j].stance
    weariness = _grow_weary(world, par, i, j)
    u_war, u_peace, u_ally, u_leave = four(key, PAIR_WAR, week, cartels[i].id ^ cartels[j].id)
    if stance == AT_WAR:
        if u_peace < par.war_end * weariness * (par.war_end_uncontested - overlap):
            set_stance(world, par, week, i, j, NEUTRAL)
            note(record, week, EventKind.PEACE, -1, i, j, 0)
    elif stance == ALLIED:
        large = max(cartels[i].members, cartels[j].members)
        small = min(cartels[i].members, cartels[j].members)
        leaver = i if cartels[i].members == small else j
        parity = small / large if large > 0 else 0.0
        if u_leave < par.betrayal * min(1.0, parity + overlap):
            other = j if leaver == i else i
            set_stance(world, par, week, i, j, NEUTRAL)
            note(record, week, EventKind.BETRAYAL, -1, leaver, other, 0)
    elif u_war < onset(world, par, i, j) / (1.0 + weariness) ** WEARINESS_EXPONENT:
        go_to_war(world, par, record, week, i, j)
    elif u_ally < par.alliance_onset * par.alliances * (1.0 - overlap) and _common_enemy(
        world, i, j
    ):
        set_stance(world, par, week, i, j, ALLIED)
        note(record, week, EventKind.ALLIANCE, -1, i, j, 0)


@rule
def review_all(world, par, record, key, week):
    """Review every pair of living cartels, once per month."""
    if week % MONTH != MONTH - 1:
        return
    _measure_overlap(world, par)
    _grow_used(world)
    cartels = world.cartels
    for a in range(world.nation[0].living):
        i = cartels[a].listed
        for b in range(a):
            j = cartels[b].listed
            if cartels[i].alive == 1 and cartels[j].alive == 1:
                _review(world, par, record, key, week, i, j)
