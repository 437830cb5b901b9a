"""8. Fronts: war is between two cartels in a place.

A front opens in a place where two cartels have members. The monthly chance is

    front_onset  brutality  stakes  [both strong]  [the pair fights elsewhere, next door]
        [the pair were allies]  (1 + front_shift gain)  (1 + pressed weakness)

where ``gain`` is what one has gained beyond its expected share: power shifts there, or one enters
the ground of the other (Fearon 1995; Powell 2006; UCDP dyads by state, 1989-2018). Stakes are what
the place yields a head, to the power ``front_stakes``: more is fought over where more can be won
(Castillo, Mejia & Restrepo 2020). In a declared war a front opens, or flares up, for certain where
both are strong.

The logarithm of a front's intensity follows an autoregressive process. A front falls silent, the
sooner the fewer die on it, and flares up again, ever less often with time. It ends when one of the
two has ended, when a silent front has only one of them left, or after years of silence. Two
cartels are at war while they have an active front, and for half a year after the last.
"""

from __future__ import annotations

import math

import numpy as np

from plazas.model.draws import FRONT_HEAT, FRONT_OPEN, draw, four
from plazas.model.events import EventKind
from plazas.model.jit import rule
from plazas.model.rules.record import begin_month, note, note_front
from plazas.model.structure import FRONT_HASH, MONTH, MOST_WEAKNESS, YEAR
from plazas.model.world import ACTIVE, ALLIED, AT_WAR, FREE_FRONT, SILENT

_HASH = np.uint64(FRONT_HASH)


@rule
def normal(u, v):
    """Return a standard normal variate from two draws in (0, 1) (Box & Muller 1958)."""
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


@rule
def entity(world, i, j, p):
    """Return the entity of the draws of a front: its pair and its place."""
    pair = world.cartels[i].id ^ world.cartels[j].id
    return pair + np.uint64(p) * _HASH


@rule
def between(world, i, j, p):
    """Return the row of the front of ``i`` and ``j`` in place ``p``, -1 if there is none."""
    one, other = min(i, j), max(i, j)
    f = world.places[p].front
    while f >= 0:
        if world.fronts[f].one == one and world.fronts[f].other == other:
            return f
        f = world.fronts[f].next
    return -1


@rule
def _enter(world, par, week, i, j, p):
    """Enter a new front of two cartels in a place; return its row."""
    nation = world.nation[0]
    f = nation.front_free
    if f >= 0:
        nation.front_free = world.fronts[f].next
    else:
        f = nation.front_rows
        if f >= len(world.fronts):
            raise RuntimeError("no free row for a front")
        nation.front_rows += 1
    front = world.fronts[f]
    front.place = p
    front.one = min(i, j)
    front.other = max(i, j)
    front.opened = week
    front.held = 0
    front.now = 0.0
    front.deaths = 0.0
    front.month = 0.0
    front.recent = par.front_silence_deaths
    front.next = world.places[p].front
    world.places[p].front = f
    return f


@rule
def open_front(world, par, record, key, week, i, j, p):
    """Open a front of cartels ``i`` and ``j`` in place ``p``, or let a silent one flare up.

    Nothing happens where they fight already. The two are at war from now on.

    Returns
    -------
    int
        Row of the front.
    """
    f = between(world, i, j, p)
    kind = EventKind.FRONT_FLARES
    if f < 0:
        f = _enter(world, par, week, i, j, p)
        kind = EventKind.FRONT_OPENS
    front = world.fronts[f]
    if front.state == ACTIVE:
        return f
    # the heat of a week is that of its month's review, or of its opening, never both
    u, v, _, _ = four(key, FRONT_HEAT, week, entity(world, i, j, p) + np.uint64(1))
    front.heat = par.front_spread * normal(u, v)
    front.state = ACTIVE
    front.changed = week
    front.recent = max(front.recent, par.front_silence_deaths)
    _set_at_war(world, par, record, week, i, j)
    world.relations[i, j].fronts += 1
    world.relations[j, i].fronts += 1
    note(record, week, kind, p, i, j, 0)
    return f


@rule
def _set_at_war(world, par, record, week, i, j):
    """Set two cartels at war because they fight somewhere, and log it if they were not."""
    if world.relations[i, j].stance != AT_WAR:
        note(record, week, EventKind.WAR, -1, i, j, 0)
    for a, b in ((i, j), (j, i)):
        world.relations[a, b].stance = AT_WAR
        world.relations[a, b].hostility = par.hostility_neutral
        world.relations[a, b].since = week


@rule
def bitterness(one, other, par, p):
    """Return the factor on the deaths of a front on home ground and of a front between heirs."""
    ground = par.home_ground if one.home == p or other.home == p else 1.0
    return ground * par.heirs_fight if one.founder >= 0 and one.founder == other.founder else ground


@rule
def weakness(here, par):
    """Return how far the forces press a cartel beyond the reference, 0 to ``MOST_WEAKNESS``."""
    press = (here.arrest + here.force) / par.pressure_reference
    return min(MOST_WEAKNESS, max(0.0, press - 1.0))


@rule
def fierceness(one, other, cartel, rival, par):
    """Return the factor on the deaths of a front from the state of its two cartels.

    Rivals press a cartel that fights itself or that the forces press (Dell 2015; Calderon et al.
    2015; Osorio 2015), and those who contend for the succession of an ill leader show force.
    """
    strife = par.opportunism * (cartel.strife + rival.strife)
    pressed = par.pressed * (weakness(one, par) + weakness(other, par))
    shown = 0.0
    if cartel.ailing > 0:
        shown += par.show_of_force
    if rival.ailing > 0:
        shown += par.show_of_force
    return 1.0 + strife + pressed + shown


@rule
def fight(world, par, scale, p):
    """Add the hazards of the active fronts of place ``p`` to those of its cartels.

    Count the deaths of each front. Set also what each cartel fights there, and by how much and by
    whom it is outnumbered.

    Parameters
    ----------
    world, par, p
        As in all rules.
    scale : float
        Weekly deaths per member, at a hostility of 1 and a share and lethality of 1.

    Returns
    -------
    float
        How contested the place is: the sum over fronts of the product of both shares times
        hostility, which counts up to ``hostility_war``.
    """
    presence, contested = world.presence, 0.0
    f = world.places[p].front
    while f >= 0:
        front = world.fronts[f]
        front.now = 0.0
        one, other = presence[p, front.one], presence[p, front.other]
        if front.state == ACTIVE and one.members > 0 and other.members > 0:
            cartel, rival = world.cartels[front.one], world.cartels[front.other]
            hostility = par.hostility_war * math.exp(front.heat)
            hostility *= bitterness(cartel, rival, par, p) * world.places[p].stakes
            heat = scale * hostility * fierceness(one, other, cartel, rival, par)
            on_one = min(par.front_worst, heat * other.shots)
            on_other = min(par.front_worst, heat * one.shots)
            one.hazard += on_one
            other.hazard += on_other
            front.now = on_one * one.members + on_other * other.members
            front.deaths += front.now
            front.month += front.now
            one.fought += front.now
            other.fought += front.now
            _outnumber(one, other, front.other)
            _outnumber(other, one, front.one)
            contested += one.share * other.share * min(par.hostility_war, hostility)
        f = front.next
    return contested


@rule
def _outnumber(here, enemy, row):
    """Record the enemy that outnumbers a cartel in a place, if it does so more than others."""
    lead = enemy.share - here.share
    if lead > here.beaten:
        here.beaten = lead
        here.victor = row


@rule
def silence_chance(recent, par):
    """Return the weekly chance that a front of ``recent`` deaths a year falls silent."""
    return par.front_silence * (1.0 + recent / par.front_silence_deaths) ** -par.front_lasts


@rule
def flare_chance(weeks, par):
    """Return the weekly chance that a front that is silent for ``weeks`` weeks flares up."""
    return par.front_flare * math.exp(-weeks / par.front_flare_fades) + par.front_flare_late


@rule
def _fall_silent(world, record, week, front):
    """Let an active front fall silent."""
    i, j = front.one, front.other
    front.state = SILENT
    front.changed = week
    for a, b in ((i, j), (j, i)):
        world.relations[a, b].fronts -= 1
        world.relations[a, b].since = week
    note(record, week, EventKind.FRONT_SILENT, front.place, i, j, int(front.deaths))


@rule
def end(world, record, week, f):
    """End front ``f`` for good and free its row."""
    front = world.fronts[f]
    if front.state == ACTIVE:
        _fall_silent(world, record, week, front)
    place = world.places[front.place]
    begin_month(record, week, front)
    if front.month > 0.0:
        note_front(record, record.month[week], front)
    note(record, week, EventKind.FRONT_ENDS, front.place, front.one, front.other, int(front.deaths))
    if place.front == f:
        place.front = front.next
    else:
        q = place.front
        while world.fronts[q].next != f:
            q = world.fronts[q].next
        world.fronts[q].next = front.next
    front.state = FREE_FRONT
    front.next = world.nation[0].front_free
    world.nation[0].front_free = f


@rule
def make_peace(world, record, week, i, j):
    """Let every front of cartels ``i`` and ``j`` fall silent, held or not."""
    for p in range(len(world.places)):
        f = between(world, i, j, p)
        if f >= 0 and world.fronts[f].state == ACTIVE:
            world.fronts[f].held = 0
            _fall_silent(world, record, week, world.fronts[f])


@rule
def _cool(front, par, u, v):
    """Advance the intensity of an active front by one month."""
    yearly = YEAR * front.now * (1.0 + par.bystanders) * par.reported
    front.recent += (yearly - front.recent) * MONTH / par.front_memory
    kept = par.front_persistence ** (MONTH / YEAR)
    front.heat = kept * front.heat + par.front_spread * math.sqrt(1.0 - kept * kept) * normal(u, v)


@rule
def _is_declared(world, par, week, i, j, p):
    """Return whether a declared war makes two cartels fight in place ``p``: both are strong."""
    weaker = min(world.presence[p, i].share, world.presence[p, j].share)
    return world.relations[i, j].declared >= week and weaker >= par.front_ground


@rule
def _review(world, par, record, key, week, f):
    """Let a month pass on front ``f``: it changes, falls silent, flares up or ends."""
    front = world.fronts[f]
    i, j, p = front.one, front.other, front.place
    gone = world.presence[p, i].members == 0 or world.presence[p, j].members == 0
    if world.cartels[i].alive == 0 or world.cartels[j].alive == 0:
        end(world, record, week, f)
        return
    if gone and front.state == SILENT:
        end(world, record, week, f)
        return
    u, v, u_silence, u_flare = four(key, FRONT_HEAT, week, entity(world, i, j, p))
    if front.state == ACTIVE:
        _cool(front, par, u, v)
        tired = u_silence < MONTH * silence_chance(front.recent, par)
        if gone or (tired and front.held == 0):
            _fall_silent(world, record, week, front)
        return
    weeks = week - front.changed
    allied = world.relations[i, j].stance == ALLIED
    again = u_flare < MONTH * flare_chance(weeks, par) and not allied
    if again or _is_declared(world, par, week, i, j, p):
        open_front(world, par, record, key, week, i, j, p)
    elif weeks > par.front_forgotten:
        end(world, record, week, f)


@rule
def next_door(world, i, j, p):
    """Return whether cartels ``i`` and ``j`` fight in a place within reach of ``p``."""
    for r in range(world.places[p].reach_first, world.places[p].reach_last):
        f = between(world, i, j, world.reach[r])
        if f >= 0 and world.fronts[f].state == ACTIVE:
            return True
    return False


@rule
def opening(world, par, week, i, j, p):
    """Return the monthly chance that two cartels with members in place ``p`` open a front there."""
    one, other, relation = world.presence[p, i], world.presence[p, j], world.relations[i, j]
    weaker = min(one.share, other.share)
    if relation.stance == ALLIED or weaker < par.front_present:
        return 0.0
    if _is_declared(world, par, week, i, j, p):
        return 1.0
    odds = par.front_onset * 0.5 * (world.cartels[i].brutality + world.cartels[j].brutality)
    odds *= world.places[p].stakes
    if weaker >= par.front_ground:
        odds *= par.front_strong
    if relation.betrayed == 1:
        odds *= par.front_betrayed
    if relation.fronts > 0:
        odds *= par.front_elsewhere
        if next_door(world, i, j, p):
            odds *= par.front_next_door
    gain = max(0.0, one.share - one.settled) + max(0.0, other.share - other.settled)
    odds *= 1.0 + par.front_shift * gain
    return min(1.0, odds * (1.0 + par.pressed * (weakness(one, par) + weakness(other, par))))


@rule
def _review_place(world, par, record, key, week, p):
    """Let a month pass on the fronts of place ``p``, then open new ones."""
    place = world.places[p]
    f = place.front
    while f >= 0:
        following = world.fronts[f].next
        _review(world, par, record, key, week, f)
        f = following
    for h in range(place.here):
        i = world.presence[p, h].listed
        for r in range(h):
            j = world.presence[p, r].listed
            if world.cartels[i].alive == 0 or world.cartels[j].alive == 0:
                continue
            odds = opening(world, par, week, i, j, p)
            if odds <= 0.0 or between(world, i, j, p) >= 0:
                continue
            if draw(key, FRONT_OPEN, week, entity(world, i, j, p)) < odds:
                open_front(world, par, record, key, week, i, j, p)


@rule
def review_all(world, par, record, key, week):
    """Review the fronts of each place once a month, by turns."""
    for p in range(len(world.places)):
        if (week + p) % MONTH == 0:
            _review_place(world, par, record, key, week, p)
