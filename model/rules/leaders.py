"""10. Leaders fall: with a clear heir a cartel holds, without one it splits along its gangs.

The heir is clear if u heir_need < cohesion, with u uniform (Jones 2013). In a split each gang
follows the faction with a probability that its place draws, so heirs share their home ground and
fight over it (Calderon et al. 2015). Strife inside the cartel starts at 1, or lower with a clear
heir, and fades. Alliances end. Some gangs become independent. A cartel of fewer than
``smallest_split`` members dissolves instead.

An ill leader gives up after ``ailing_weeks``; until then those who contend for the succession show
force. A failed operation makes the cartel bolder and, by ``release_seen``, those that share its
ground, who read it as weakness of the state. An extradition angers the cartel (9).
"""

from __future__ import annotations

import numpy as np

from plazas.model.draws import FACTION, HEIR, LEAN, ORPHAN, cartel_id, draw, four
from plazas.model.events import Custody, EventKind, Fate, Heir
from plazas.model.jit import rule
from plazas.model.rules.record import note, note_gang
from plazas.model.rules.relations import go_to_war, set_stance
from plazas.model.structure import LEAST_STRIFE, YEAR
from plazas.model.world import AT_WAR, INDEPENDENT, NEUTRAL


@rule
def members_now(cartel):
    """Return the members of a cartel after the flows of the week so far."""
    gained = cartel.recruited + cartel.joined + cartel.split_in
    lost = cartel.killed_by_rivals + cartel.killed_by_forces + cartel.arrested + cartel.left
    return cartel.members + gained - lost - cartel.defected - cartel.split_out


@rule
def age(cartel, par):
    """Advance a cartel's leader, cohesion, boldness, strife, anger and threats by one week."""
    cartel.leader_age += 1.0 / YEAR
    cartel.boldness *= 1.0 - par.boldness_fades
    cartel.anger *= 1.0 - par.anger_fades
    cartel.threats *= 1.0 - par.threats_fade
    cartel.strife *= 1.0 - par.strife_fades
    if cartel.strife < LEAST_STRIFE:
        cartel.strife = 0.0
    rally(cartel, par.cohesion_recovery * (1.0 - cartel.cohesion))


@rule
def rally(cartel, gained):
    """Raise a cartel's cohesion by ``gained``, to at most 1."""
    cartel.cohesion = min(1.0, cartel.cohesion + gained)


@rule
def fall(world, par, record, key, week, k, heir):
    """Carry out what was decided for cartel ``k``'s leader and for its former leader in custody.

    Parameters
    ----------
    world, par, record, key, week, k
        As in all rules.
    heir : int
        A ``Heir``: whether the heir is clear, or ``Heir.DRAWN`` to leave it to chance.
    """
    cartel = world.cartels[k]
    if cartel.custody == Custody.EXTRADITED:
        cartel.anger = 1.0
        cartel.captive = 0
        note(record, week, EventKind.EXTRADITED, cartel.home, k, -1, 0)
    elif cartel.custody == Custody.ESCAPED:
        cartel.captive = 0
        rally(cartel, par.return_cohesion)
        note(record, week, EventKind.ESCAPED, cartel.home, k, -1, 0)
    if cartel.ailing > 0:
        cartel.ailing -= 1
        if cartel.ailing == 0 and (cartel.fate == Fate.NOTHING or cartel.fate == Fate.RELEASED):
            _succeed(world, par, record, key, week, k, cartel.heir)
    if cartel.fate == Fate.NOTHING:
        return
    if cartel.fate == Fate.RELEASED:
        cartel.boldness += 1.0
        rally(cartel, par.return_cohesion)
        _encourage(world, par, k)
        note(record, week, EventKind.RELEASED, cartel.home, k, -1, 0)
        return
    if cartel.fate == Fate.CAPTURED:
        cartel.captive = 1
        note(record, week, EventKind.CAPTURED, cartel.home, k, -1, 0)
    elif cartel.fate == Fate.KILLED:
        note(record, week, EventKind.KILLED, cartel.home, k, -1, 0)
    elif cartel.fate == Fate.ILL:
        note(record, week, EventKind.ILL, cartel.home, k, -1, 0)
        if cartel.ailing == 0:
            cartel.ailing = int(par.ailing_weeks)
            cartel.heir = heir
        elif heir != Heir.DRAWN:
            cartel.heir = heir
        if cartel.ailing > 0:
            return
    cartel.ailing = 0
    _succeed(world, par, record, key, week, k, heir)


@rule
def _encourage(world, par, k):
    """Make the cartels that share ground with ``k`` bolder: they read its release as weakness."""
    for a in range(world.nation[0].living):
        j = world.cartels[a].listed
        if j != k and world.relations[k, j].overlap > 0.0:
            world.cartels[j].boldness += par.release_seen


@rule
def _succeed(world, par, record, key, week, k, heir):
    """Give cartel ``k`` a new leader; without a clear heir it splits or dissolves."""
    cartel = world.cartels[k]
    u_heir, u_age, _, _ = four(key, HEIR, week, cartel.id)
    clear = u_heir * par.heir_need < cartel.cohesion if heir == Heir.DRAWN else heir == Heir.CLEAR
    cartel.leader_age = par.heir_youngest + par.heir_span * u_age
    if clear:
        cartel.strife = max(cartel.strife, par.strife_with_heir * (1.0 - cartel.cohesion))
    else:
        cartel.strife = 1.0
        cartel.cohesion *= 1.0 - par.cohesion_fall
    if clear or par.splits <= 0.0:
        note(record, week, EventKind.SUCCESSION, cartel.home, k, -1, 0)
    elif members_now(cartel) < par.smallest_split:
        dissolve(world, record, week, k)
    else:
        split(world, par, record, key, week, k, 0)


@rule
def set_adrift(world, g):
    """Make gang ``g`` independent and record the cartel that it served as its tie."""
    gang = world.gangs[g]
    world.cartels[gang.allegiance].defected += gang.members
    world.nation[0].local_joined += gang.members
    gang.tie = gang.allegiance
    gang.allegiance = INDEPENDENT
    gang.joins = INDEPENDENT
    gang.loyalty = 0.0


@rule
def dissolve(world, record, week, k):
    """End cartel ``k``; its gangs become independent."""
    for g in range(world.nation[0].gang_rows):
        gang = world.gangs[g]
        if gang.allegiance == k and gang.members > 0:
            set_adrift(world, g)
            kind = EventKind.INDEPENDENT
            note_gang(record, week, kind, gang.place, k, -1, gang.members, gang.id)
    world.cartels[k].alive = 0
    note(record, week, EventKind.DISSOLVED, world.cartels[k].home, k, -1, 0)


@rule
def _is_orphaned(gang, par, key, week, faction):
    """Return whether a split sets a gang adrift."""
    return draw(key, ORPHAN, week, gang.id ^ faction.id) < par.orphaned


@rule
def _follows(world, par, key, week, k, gang, faction):
    """Return whether a gang of cartel ``k`` that is not set adrift follows a faction."""
    lean = _lean(world, par, key, week, k, gang.place)
    return draw(key, FACTION, week, gang.id ^ faction.id) < lean


@rule
def _has_followers(world, par, key, week, k, faction):
    """Return whether any gang of cartel ``k`` follows a faction."""
    for g in range(world.nation[0].gang_rows):
        gang = world.gangs[g]
        if gang.allegiance != k or gang.members == 0:
            continue
        if not _is_orphaned(gang, par, key, week, faction) and _follows(
            world, par, key, week, k, gang, faction
        ):
            return True
    return False


@rule
def split(world, par, record, key, week, k, ordinal):
    """Let a faction break away from cartel ``k`` with some of its gangs and part of its treasury.

    Nothing happens if no gang follows the faction.

    Parameters
    ----------
    world, par, record, key, week, k
        As in all rules.
    ordinal : int
        Number of the split among those of this cartel in this week, so that their draws differ.
    """
    new = _found_faction(world, par, key, week, k, ordinal)
    faction = world.cartels[new]
    if not _has_followers(world, par, key, week, k, faction):
        world.cartels[k].treasury += faction.treasury
        world.cartels[k].toll += faction.toll
        faction.treasury = 0.0
        faction.toll = 0.0
        faction.alive = 0
        return
    largest = 0
    for g in range(world.nation[0].gang_rows):
        gang = world.gangs[g]
        if gang.allegiance != k or gang.members == 0:
            continue
        if _is_orphaned(gang, par, key, week, faction):
            set_adrift(world, g)
        elif _follows(world, par, key, week, k, gang, faction):
            gang.allegiance = new
            gang.joins = new
            world.cartels[k].split_out += gang.members
            faction.split_in += gang.members
            if gang.members > largest:
                largest = gang.members
                faction.home = gang.place
    for p in range(len(world.places)):  # rivals expect nothing of the faction yet
        world.presence[p, k].settled *= 1.0 - _lean(world, par, key, week, k, p)
    note(record, week, EventKind.SPLIT, faction.home, k, new, faction.split_in)
    _break_relations(world, par, record, key, week, k, new)


@rule
def _lean(world, par, key, week, k, p):
    """Return the chance that a gang of place ``p`` follows the faction; it differs by place."""
    u = draw(key, LEAN, week, world.cartels[k].id ^ np.uint64(p))
    return min(1.0, 2.0 * par.split_share * u)


@rule
def enter(world, entity, week, home, founder, parent):
    """Enter a new cartel with its id, home and descent; the caller sets the rest.

    Parameters
    ----------
    world, week
        As in all rules.
    entity : numpy.uint64
        Its id (``plazas.model.draws.cartel_id``).
    home : int
        Row of its home.
    founder, parent : int
        Rows of the cartel of the start from which it descends and of the one it split from; -1 for
        none.

    Returns
    -------
    int
        Row of the cartel.
    """
    nation = world.nation[0]
    new = nation.cartel_rows
    if new >= len(world.cartels):
        raise RuntimeError("no free row for a cartel")
    nation.cartel_rows += 1
    cartel = world.cartels[new]
    cartel.id = entity
    cartel.alive = 1
    cartel.home = home
    cartel.founder = founder
    cartel.parent = parent
    cartel.founded = week
    cartel.cell_place = -1
    cartel.hire_place = -1
    cartel.bribe_place = -1
    cartel.attack_place = -1
    cartel.threat_place = -1
    return new


@rule
def _found_faction(world, par, key, week, k, ordinal):
    """Enter the faction that breaks from cartel ``k``; return its row."""
    parent = world.cartels[k]
    _, _, _, u = four(key, HEIR, week, parent.id)
    entity = cartel_id(parent.id, week, ordinal)
    new = enter(world, entity, week, parent.home, parent.founder, k)
    faction = world.cartels[new]
    spread = par.brutality_spread * (u - 0.5)
    faction.brutality = min(1.0, max(0.0, parent.brutality + spread))
    faction.franchise = parent.franchise
    faction.cohesion = parent.cohesion
    faction.strife = parent.strife
    faction.leader_age = par.heir_youngest + par.heir_span * u
    faction.treasury = par.split_share * parent.treasury
    parent.treasury -= faction.treasury
    faction.toll = par.split_share * parent.toll
    parent.toll -= faction.toll
    faction.prosperity = parent.prosperity
    faction.paid = parent.paid
    faction.supplied = parent.supplied
    return new


@rule
def _break_relations(world, par, record, key, week, k, new):
    """Set the relations of a split: alliances end, enemies are shared, and the heirs may fight."""
    relations = world.relations
    _, _, u_hostile, _ = four(key, HEIR, week, world.cartels[k].id)
    for j in range(new):
        if world.cartels[j].alive == 0:
            set_stance(world, par, week, new, j, NEUTRAL)
            continue
        if j == k:
            stance = AT_WAR if u_hostile < par.split_hostile else NEUTRAL
        else:
            stance = AT_WAR if relations[k, j].stance == AT_WAR else NEUTRAL
            set_stance(world, par, week, k, j, stance)
        if stance == AT_WAR:
            go_to_war(world, par, record, week, new, j)
        else:
            set_stance(world, par, week, new, j, stance)
