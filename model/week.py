"""The week: which rule runs when, and nothing else.

``open_week`` counts; then every place, cartel and gang acts, each on its own row, in any order;
``close_week`` settles what they decided. ``run`` is the fast scheduler over many weeks; the agents
of ``plazas.model.agents`` call the same three ``*_week`` rules for their own row.
"""

from __future__ import annotations

from plazas.model.draws import BY_FORCE, RECRUIT, binomial, draw, four, poisson
from plazas.model.jit import inlined, rule
from plazas.model.rules import (
    absorption,
    corruption,
    emergence,
    enforcement,
    expansion,
    formation,
    loyalty,
    markets,
    recruitment,
    relations,
    settle,
    totals,
    war,
)
from plazas.model.rules import record as log

RISES = 20  # more new cartels a week than ever rise from local gangs
DONE, MORE_GANGS, MORE_CARTELS, MORE_EVENTS = 0, 1, 2, 3


@rule
def open_week(world, par):  # type: ignore[no-untyped-def]
    """Count who stands where, and what each cartel's gangs can count on this week."""
    totals.count(world, par)
    for a in range(world.nation[0].living):
        cartel = world.cartels[world.cartels[a].listed]
        recruitment.prospects(cartel, par)  # 3
        cartel.pay = absorption.pay_worth(cartel, par)  # 5
        cartel.bond = loyalty.bond(cartel)  # 6
        cartel.armed = cartel.supplied  # 6


@rule
def place_week(world, par, levels, segment, p):  # type: ignore[no-untyped-def]
    """Let place ``p`` act: what it yields, how corrupt it is, what waits for its gangs."""
    markets.yields(world, par, levels, segment, p)  # 1
    corruption.relax(world, par, levels, segment, p)  # 2
    recruitment.programmes(world.places[p], par, levels, segment, p)  # 3
    enforcement.chances(world, par, levels, segment, p)  # 9, as chances
    war.hazards(world, par, p)  # 8, as chances
    absorption.offers(world, par, p)  # 5, as offers


@rule
def cartel_week(world, par, levels, segment, key, week, k):  # type: ignore[no-untyped-def]
    """Let cartel ``k`` act: its purse, its plans, its leader's luck, its answer to pressure."""
    markets.purse(world, par, k)  # 1
    expansion.decide(world, par, key, week, k)  # 7
    enforcement.pressure(world, k)  # 9
    enforcement.hunt(world, par, levels, segment, key, week, k)  # 9
    enforcement.answer(world, par, levels, segment, key, week, k)  # 9


@inlined
def gang_week(world, par, key, week, g):  # type: ignore[no-untyped-def]
    """Let gang ``g`` live its week."""
    gang = world.gangs[g]
    if gang.members == 0:
        return
    place = world.places[gang.place]
    if gang.allegiance >= 0:
        cartel = world.cartels[gang.allegiance]
        here = world.presence[gang.place, gang.allegiance]
        joining = recruitment.cell_recruits(gang, place, cartel)  # 3
        leaving = recruitment.cell_leaving(place, cartel)  # 3
        losses = live(gang, key, week, joining, leaving, here.hazard, here.arrest, here.force)
        gang.loyalty = loyalty.loyalty_after(gang, cartel, par, losses)  # 6
        gang.arms = loyalty.arms_after(gang.arms, place.guns, cartel.armed, par)  # 6
    else:
        joining = recruitment.local_recruits(gang, place, par)  # 3
        leaving = recruitment.local_leaving(gang, place, par)  # 3
        live(gang, key, week, joining, leaving, place.local_hazard, par.local_arrests, 0.0)
        gang.arms = loyalty.arms_after(gang.arms, place.local_guns, 1.0, par)  # 6
    gang.joins = gang.allegiance
    if absorption.takes_stock(gang, par, week):
        if formation.disbands(gang, par, key, week):  # 4
            gang.left += gang.members
            gang.members = 0
        else:
            gang.joins = absorption.choose(world, par, key, week, g)  # 5


@inlined
def live(gang, key, week, joining, leaving, hazard, arrest, force):  # type: ignore[no-untyped-def]
    """Draw a gang's recruits and losses; return the share of it killed or taken."""
    before = gang.members
    u_recruit, u_leave, u_killed, u_taken = four(key, RECRUIT, week, gang.id)
    gang.recruited = poisson(joining, u_recruit)
    gang.killed = binomial(before, hazard, u_killed)
    taken = binomial(before - gang.killed, arrest + force, u_taken)
    gang.killed_by_force = 0
    if taken > 0 and force > 0.0:
        by_force = draw(key, BY_FORCE, week, gang.id)
        gang.killed_by_force = binomial(taken, force / (arrest + force), by_force)
    gang.arrested = taken - gang.killed_by_force
    gang.left = binomial(before - gang.killed - taken, min(1.0, leaving), u_leave)
    gang.members = before + gang.recruited - gang.killed - taken - gang.left
    return (gang.killed + taken) / before


@rule
def close_week(world, par, levels, events, record, key, week):  # type: ignore[no-untyped-def]
    """Settle the week: flows, deaths, allegiances, births, leaders, relations; then record it."""
    standing = world.nation[0].gang_rows
    settle.flows(world, standing)
    settle.deaths(world, par, key, week)  # 8
    settle.allegiances(world, par, record, week, standing)  # 5
    world.nation[0].first_free = 0
    for p in range(len(world.places)):
        formation.form(world, par, key, week, p)  # 4
    for g in range(standing):
        formation.divide(world, par, week, g)  # 4
    settle.cells(world, par, record, week)  # 7
    settle.leaders(world, par, events, record, key, week)  # 9, 10
    for p in range(len(world.places)):
        emergence.review(world, par, record, key, week, p)  # 10
    relations.review_all(world, par, record, key, week)  # 11
    log.enter(world, record, levels, week)  # 12
    world.nation[0].week = week + 1


@rule
def room_needed(world, par, record):  # type: ignore[no-untyped-def]
    """Return what must grow before the next week can run: DONE when nothing must.

    The bounds are generous; should a week overrun them all the same it stops with an error.
    """
    nation = world.nation[0]
    used, large = 0, 0
    for g in range(nation.gang_rows):
        if world.gangs[g].members > 0:
            used += 1
            large += world.gangs[g].members > 0.7 * par.division_size
    births = 0.0
    for p in range(len(world.places)):
        births += par.formation * world.places[p].at_risk / 1e6
    cartels = nation.cartel_rows
    if used + large + cartels + int(3.0 * births) + 100 > len(world.gangs):
        return MORE_GANGS
    if 2 * cartels + RISES > len(world.cartels):
        return MORE_CARTELS
    alive = nation.living
    busy = nation.gang_rows // 4 + len(world.places) + 8 * cartels + alive * alive // 2 + 500
    if record.used[0] + busy > len(record.events):
        return MORE_EVENTS
    return DONE


@rule
def one_week(world, par, levels, events, record, key):  # type: ignore[no-untyped-def]
    """Run one week over all rows."""
    week = world.nation[0].week
    segment = levels.segment[week]
    open_week(world, par)
    for p in range(len(world.places)):
        place_week(world, par, levels, segment, p)
    for a in range(world.nation[0].living):
        cartel_week(world, par, levels, segment, key, week, world.cartels[a].listed)
    for g in range(world.nation[0].gang_rows):
        gang_week(world, par, key, week, g)
    close_week(world, par, levels, events, record, key, week)


@rule
def run(world, par, levels, events, record, key, until):  # type: ignore[no-untyped-def]
    """Run weeks until week ``until`` begins, or until something must grow; return which."""
    while world.nation[0].week < until:
        need = room_needed(world, par, record)
        if need != DONE:
            return need
        one_week(world, par, levels, events, record, key)
    return DONE
