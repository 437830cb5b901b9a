"""11. Relations: alliances, betrayals, declared wars, and the stance that follows from fronts.

Each pair of cartels is reviewed once per month. Two cartels are at war while they have an active
front (``plazas.model.rules.fronts``) or have declared one, and become neutral when no front has
been active for ``war_memory`` weeks. Two cartels with a common enemy may ally; the smaller ally
leaves when it is nearly as strong as the larger one, or when both want the same places.
"""

from __future__ import annotations

from plazas.model.draws import PAIR_WAR, four
from plazas.model.events import EventKind
from plazas.model.jit import rule
from plazas.model.rules.expansion import worth
from plazas.model.rules.record import note
from plazas.model.structure import MONTH, YEAR
from plazas.model.world import ALLIED, AT_WAR, NEUTRAL


@rule
def set_stance(world, par, week, i, j, stance):
    """Set the stance of two cartels to each other, and the hostility that follows from it.

    At war they are as hostile as when neutral, except on their fronts.

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
    relations[i, j].stance = stance
    relations[j, i].stance = stance
    relations[i, j].hostility = hostility
    relations[j, i].hostility = hostility
    relations[i, j].since = week
    relations[j, i].since = week
    relations[i, j].declared = -1
    relations[j, i].declared = -1


@rule
def go_to_war(world, par, record, week, i, j):
    """Declare a war of cartel ``i`` against cartel ``j``, and log it.

    For ``war_declared`` weeks fronts open for certain where both are strong.
    """
    set_stance(world, par, week, i, j, AT_WAR)
    world.relations[i, j].declared = week + int(par.war_declared)
    world.relations[j, i].declared = week + int(par.war_declared)
    note(record, week, EventKind.WAR, -1, i, j, 0)


@rule
def _measure_overlap(world, par):
    """Set the overlap of the ground of each pair.

    It is the value that both hold in common, as a share of what the larger of them holds.
    """
    cartels, presence, relations = world.cartels, world.presence, world.relations
    living = world.nation[0].living
    for a in range(living):
        i = cartels[a].listed
        for b in range(a + 1):
            j = cartels[b].listed
            relations[i, j].overlap = 0.0
            relations[j, i].overlap = 0.0
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
    for a in range(living):
        i = cartels[a].listed
        for b in range(a):
            j = cartels[b].listed
            larger = max(relations[i, i].overlap, relations[j, j].overlap)
            ratio = min(1.0, relations[i, j].overlap / larger) if larger > 0.0 else 0.0
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
def _review(world, par, record, key, week, i, j):
    """Decide once whether a pair makes peace, allies, or breaks its alliance."""
    cartels, relations = world.cartels, world.relations
    overlap, stance = relations[i, j].overlap, relations[i, j].stance
    _, _, u_ally, u_leave = four(key, PAIR_WAR, week, cartels[i].id ^ cartels[j].id)
    if stance == AT_WAR:
        fights = relations[i, j].fronts > 0 or relations[i, j].declared >= week
        if not fights and week - relations[i, j].since > par.war_memory:
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
            relations[i, j].betrayed = 1
            relations[j, i].betrayed = 1
            note(record, week, EventKind.BETRAYAL, -1, leaver, other, 0)
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
