"""9. Enforcement: arrests, confrontations, operations against leaders, and how cartels answer.

A state without corruption arrests eta persons per week (``arrest_capacity``), shared in proportion
to members and force (Prieto-Curiel et al. 2023). A structural alternative arrests a share of the
members instead. Corruption and tolerance reduce arrests; focus moves them to the most violent
cartel. Confrontations kill on both sides. An operation against a leader succeeds with probability
F / (F + S): F is the force of the state, S the armed strength of the cartel at home. If it fails,
the leader is released and the cartel grows bolder. A cartel under pressure bribes an official with
the probability that corruption gives; otherwise it threatens one, and later attacks, where it is
struck (Trejo & Ley 2020). Threats and attacks frighten officials, which lowers enforcement there.
"""

from __future__ import annotations

import math

from plazas.model.draws import ATTACK_OUTCOME, ESCAPE, HIRED_ATTACK, OPERATION, four
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
def _notice(world, par, here, k):
    """Return the weight of cartel ``k`` in arrests from its brutality.

    Brutality above that of the average member draws enforcement (``notoriety``), but where the
    cartel rules, fear keeps people from denouncing it (``silence``).
    """
    brutality = world.cartels[k].brutality
    drawn = max(0.0, 1.0 + par.notoriety * (brutality - world.nation[0].brutality))
    return drawn * (1.0 - par.silence * brutality * here.share)


@rule
def chances(world, par, levels, segment, p):
    """Set the weekly chances of arrest and of death by the forces of members in place ``p``."""
    place = world.places[p]
    force = place.force * levels.place[segment, FORCE, p]
    share = levels.place[segment, FOCUS, p]
    guarded = MEMBERS_2012 if par.per_capita_arrests > 0.0 else world.nation[0].guarded
    capacity = par.arrest_capacity / guarded if guarded > 0.0 else 0.0
    capacity *= force * honesty(place, par) * (1.0 - par.fear_effect * place.fear)
    place.fear *= 1.0 - par.threats_fade
    place.crackdown = 0.0
    for h in range(place.here):
        k = world.presence[p, h].listed
        here, founder = world.presence[p, k], world.cartels[k].founder
        pursued = 1.0 - level(levels, segment, TOLERANCE, p, founder)
        sought = pursued * level(levels, segment, ARRESTS, p, founder)
        sought *= _focus(world, share, k) * _notice(world, par, here, k)
        here.arrest = min(1.0, capacity * sought)
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
    elif cartel.ailing == 0:
        older = cartel.leader_age - AGE_REFERENCE
        if u_ill < par.illness * math.exp(par.ageing * older):
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
    """Decide whether cartel ``k`` answers the pressure on it: by a bribe, a threat or an attack.

    The place is drawn by how many of its members the forces take there: it answers where it is
    struck. The cartel uses the cheapest means first: it bribes an official with the probability
    that corruption gives, if it has the money; otherwise it threatens one, and the more it has
    threatened, the more likely it attacks. Some attacks are made by a hired gang, in a place where
    the cartel has no members. Protection deters attacks, because they fail.
    """
    cartel = world.cartels[k]
    cartel.bribe_place = -1
    cartel.attack_place = -1
    cartel.attack_kills = 0
    cartel.attack_hired = 0
    cartel.threat_place = -1
    _, _, u_answer, u_where = four(key, ESCAPE, week, cartel.id)
    chance = par.answer_rate * cartel.brutality * (1.0 + cartel.boldness)
    chance *= 1.0 + par.anger_effect * cartel.anger
    if cartel.ailing > 0:
        chance *= 1.0 + par.show_of_force
    chance *= min(par.answer_most, cartel.pressure / par.pressure_reference)
    chance *= _prominence(world, k)
    if u_answer >= chance:
        return
    p = _where_struck(world, k, u_where)
    u_outcome, u_bribe, _, _ = four(key, ATTACK_OUTCOME, week, cartel.id)
    u_hired, u_target, u_threat, u_deterred = four(key, HIRED_ATTACK, week, cartel.id)
    honest = 1.0 - levels.place[segment, ANTI_CORRUPTION, p]
    honest *= 1.0 - min(1.0, cartel.anger)  # it wants revenge, not a favour
    if u_bribe < world.places[p].corruption * honest and cartel.treasury >= par.bribe:
        cartel.bribe_place = p
        cartel.treasury -= par.bribe
        cartel.spending += par.bribe
        return
    hired = u_hired < par.attacks_hired and cartel.treasury >= par.hire_cost
    target = _where_hired(world, k, u_target) if hired else -1
    if target >= 0:
        p = target
    elif u_threat >= cartel.threats / (1.0 + cartel.threats):
        cartel.threat_place = p
        cartel.threats += 1.0
        return
    if u_deterred < par.deterrence * levels.place[segment, PROTECTION, p]:
        return
    if target >= 0:
        cartel.attack_hired = 1
        cartel.treasury -= par.hire_cost
        cartel.spending += par.hire_cost
        world.presence[p, k].contact = max(world.presence[p, k].contact, par.hire_contact)
    cartel.attack_place = p
    if u_outcome < par.attack_success * (1.0 - levels.place[segment, PROTECTION, p]):
        cartel.attack_kills = 1


@rule
def _where_struck(world, k, u):
    """Return the place where cartel ``k`` answers, drawn by the members that the forces take.

    Parameters
    ----------
    world, k
        As in all rules.
    u : float
        A draw in (0, 1).

    Returns
    -------
    int
        Row of a place; that of its home where it loses none.
    """
    left = u * world.cartels[k].pressure * world.cartels[k].members
    last = world.cartels[k].home
    for p in range(len(world.places)):
        here = world.presence[p, k]
        if here.members > 0:
            last = p
            left -= here.members * (here.arrest + here.force)
            if left < 0.0:
                return p
    return last


@rule
def _where_hired(world, k, u):
    """Return the place where a hired gang attacks an official for cartel ``k``; -1 for none.

    It is a place within reach where the cartel has no members and an unaffiliated gang lives, drawn
    by population times force: officials of weight sit there.
    """
    total = 0.0
    for p in range(len(world.places)):
        total += _officials(world, k, p)
    left = u * total
    for p in range(len(world.places)):
        weight = _officials(world, k, p)
        left -= weight
        if weight > 0.0 and left < 0.0:
            return p
    return -1


@rule
def _officials(world, k, p):
    """Return the weight of place ``p`` as the target of an attack by a gang hired by ``k``."""
    place, here = world.places[p], world.presence[p, k]
    if here.members > 0 or here.standing <= 0.0 or place.local_gangs == 0:
        return 0.0
    return place.population * place.force
