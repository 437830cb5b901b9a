"""9. Enforcement: arrests, confrontations, operations against leaders, and how cartels answer.

A state without corruption arrests eta persons per week (``arrest_capacity``), shared in proportion
to members and force (Prieto-Curiel et al. 2023). A structural alternative arrests a share of the
members instead. Corruption and tolerance reduce arrests; focus moves them to the most violent
cartel. Confrontations kill on both sides. An operation against a leader succeeds with probability
F / (F + S): F is the force of the state, S the armed strength of the cartel at home. If it fails,
the leader is released and the cartel grows bolder. A cartel under pressure bribes an official with
the probability that corruption gives, and attacks one otherwise.
"""

from __future__ import annotations

import math

from plazas.model.draws import ATTACK_OUTCOME, ESCAPE, OPERATION, four
from plazas.model.events import Custody, Fate
from plazas.model.jit import rule
from plazas.model.levers import (
    ANTI_CORRUPTION,
    ARRESTS,
    CONFRONTATION,
    EXTRADITION_LEVER,
    FOCUS,
    FORCE,
    KINGPIN,
    PROTECTION,
    TOLERANCE,
)
from plazas.model.rules.corruption import honesty
from plazas.model.rules.levels import level
from plazas.model.structure import AGE_REFERENCE, MEMBERS_2012, PROMINENT


@rule
def _focus(world, share, k):
    """Return the weight of cartel ``k`` in arrests; above 1 if it is more violent than average.

    ``1 - share + share  (toll_k / C_k) / (toll / N)``, with ``share`` the level of the lever focus.
    """
    nation, cartel = world.nation[0], world.cartels[k]
    if share <= 0.0 or nation.toll <= 0.0 or cartel.members == 0:
        return 1.0
    violence = (cartel.toll / cartel.members) / (nation.toll / nation.members)
    return 1.0 - share + share * violence


@rule
def chances(world, par, levels, segment, p):
    """Set the weekly chances of arrest and of death by the forces of members in place ``p``."""
    place = world.places[p]
    force = place.force * levels.place[segment, FORCE, p]
    share = levels.place[segment, FOCUS, p]
    guarded = MEMBERS_2012 if par.per_capita_arrests > 0.0 else world.nation[0].guarded
    capacity = par.arrest_capacity / guarded if guarded > 0.0 else 0.0
    capacity *= force * honesty(place, par)
    place.crackdown = 0.0
    for h in range(place.here):
        k = world.presence[p, h].listed
        here, founder = world.presence[p, k], world.cartels[k].founder
        pursued = 1.0 - level(levels, segment, TOLERANCE, p, founder)
        sought = pursued * level(levels, segment, ARRESTS, p, founder)
        here.arrest = min(1.0, capacity * sought * _focus(world, share, k))
        fought = pursued * level(levels, segment, CONFRONTATION, p, founder)
        here.force = min(1.0 - here.arrest, par.confrontation_deaths * force * fought)
        place.crackdown += here.share * (here.arrest + here.force)


@rule
def _prominence(world, k):
    """Return how much attention the state pays to cartel ``k``: sqrt(C_k / (PROMINENT N))."""
    return math.sqrt(world.cartels[k].members / (PROMINENT * max(1, world.nation[0].members)))


@rule
def pressure(world, k):
    """Set the mean weekly chance of arrest or death by the forces of cartel ``k``'s members."""
    total = 0.0
    for p in range(len(world.places)):
        here = world.presence[p, k]
        if here.members > 0:
            total += here.members * (here.arrest + here.force)
    world.cartels[k].pressure = total / max(1, world.cartels[k].members)


@rule
def hunt(world, par, levels, segment, key, week, k):
    """Decide this week's fate of cartel ``k``'s leader, and of its former leader in custody.

    Set ``fate`` and ``custody`` of the cartel; ``leaders.fall`` carries them out.
    """
    cartel = world.cartels[k]
    p, founder = cartel.home, cartel.founder
    home = world.places[p]
    u_operation, u_outcome, u_killed, u_ill = four(key, OPERATION, week, cartel.id)
    chance = par.leader_hunt * level(levels, segment, KINGPIN, p, founder)
    chance *= _prominence(world, k) * honesty(home, par)
    chance *= 1.0 - level(levels, segment, TOLERANCE, p, founder)
    deployed = levels.place[segment, FORCE, p]
    chance *= min(1.0, deployed)  # no force, no operation; more force only helps it succeed
    cartel.fate = Fate.NOTHING
    if u_operation < chance:
        force = par.operation_force * home.force * deployed
        if u_outcome * (force + world.presence[p, k].strength) >= force:
            cartel.fate = Fate.RELEASED
        elif u_killed < par.leader_killed:
            cartel.fate = Fate.KILLED
        else:
            cartel.fate = Fate.CAPTURED
    elif u_ill < par.illness * math.exp(par.ageing * (cartel.leader_age - AGE_REFERENCE)):
        cartel.fate = Fate.ILL
    cartel.custody = Custody.NOTHING
    if cartel.captive == 1:
        u_escape, u_extradited, _, _ = four(key, ESCAPE, week, cartel.id)
        if u_extradited < par.extradition * level(levels, segment, EXTRADITION_LEVER, p, founder):
            cartel.custody = Custody.EXTRADITED
        elif u_escape < par.escape * (1.0 + home.corruption):
            cartel.custody = Custody.ESCAPED


@rule
def answer(world, par, levels, segment, key, week, k):
    """Decide whether cartel ``k`` answers the pressure on it, by a bribe or by an attack.

    The place is that of one of its members, drawn at random. The cartel bribes an official with
    the probability that corruption gives, if it has the money. Otherwise it attacks one, who may
    die.
    """
    cartel = world.cartels[k]
    cartel.bribe_place = -1
    cartel.attack_place = -1
    cartel.attack_kills = 0
    _, _, u_answer, u_where = four(key, ESCAPE, week, cartel.id)
    chance = par.answer_rate * cartel.brutality * (1.0 + cartel.boldness)
    chance *= min(par.answer_most, cartel.pressure / par.pressure_reference)
    chance *= _prominence(world, k)
    if u_answer >= chance:
        return
    p = _somewhere(world, k, u_where)
    u_outcome, u_bribe, _, _ = four(key, ATTACK_OUTCOME, week, cartel.id)
    honest = 1.0 - levels.place[segment, ANTI_CORRUPTION, p]
    if u_bribe < world.places[p].corruption * honest and cartel.treasury >= par.bribe:
        cartel.bribe_place = p
        cartel.treasury -= par.bribe
        cartel.spending += par.bribe
        return
    cartel.attack_place = p
    if u_outcome < par.attack_success * (1.0 - levels.place[segment, PROTECTION, p]):
        cartel.attack_kills = 1


@rule
def _somewhere(world, k, u):
    """Return the place of a random member of cartel ``k``, by draw ``u``."""
    left = u * world.cartels[k].members
    last = world.cartels[k].home
    for p in range(len(world.places)):
        m = world.presence[p, k].members
        if m > 0:
            last = p
            left -= m
            if left < 0.0:
                return p
    return last
