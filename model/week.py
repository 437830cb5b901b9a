"""The week: which rule runs when, and nothing else.

``open_week`` counts; then every place, cartel and gang acts, each on its own row, in any order;
``close_week`` settles what they decided. ``run`` is the fast scheduler over many weeks; the agents
of ``plazas.model.agents`` call the same three ``*_week`` rules for their own row.
"""

from __future__ import annotations

from enum import IntEnum

from plazas.model.draws import (
    ALLEGIANCE,
    BLOCK,
    BY_FORCE,
    RECRUIT,
    binomial,
    draw,
    drawn,
    four,
    four_each,
    none,
    poisson,
)
from plazas.model.jit import inlined, rule
from plazas.model.rules import (
    absorption,
    corruption,
    emergence,
    enforcement,
    expansion,
    formation,
    fronts,
    loyalty,
    markets,
    recruitment,
    relations,
    settle,
    totals,
    war,
)
from plazas.model.rules import record as log
from plazas.model.structure import (
    DEADLIEST_WEEK,
    FEW_DEATHS,
    MOST_GANGS,
    QUARTER,
    RISES,
    TURN,
)
from plazas.model.world import CELLS, INDEPENDENT, OVERSIZED, UNAFFILIATED


class Need(IntEnum):
    """What must grow before the next week can run: an answer of :func:`room_needed`."""

    NOTHING = 0
    MORE_GANGS = 1
    MORE_CARTELS = 2
    MORE_EVENTS = 3
    MORE_FRONTS = 4
    FEWER_DEATHS = 5  #: nothing can: in the last week more died than can be true
    FEWER_GANGS = 6  #: nothing can: there are more gangs than a run may have


@rule
def open_week(world, par):
    """Count who is where, and set what gangs can expect of their cartels this week."""
    nation = world.nation[0]
    totals.count(world, par)
    nation.short_lived = formation.short_lived(par)  # 4
    absorption.set_weights(nation, par)  # 5
    for a in range(nation.living):
        cartel = world.cartels[world.cartels[a].listed]
        recruitment.prospects(cartel, par)  # 3
        cartel.pay = absorption.pay_worth(cartel, par)  # 5
        cartel.bond = loyalty.bond(cartel, par)  # 6
        cartel.armed = cartel.supplied  # 6


@rule
def place_week(world, par, levels, segment, p):
    """Advance place ``p`` by one week: revenue, corruption, and the terms for its gangs."""
    war.hazards(world, par, p)  # 8, as chances
    markets.yields(world, par, levels, segment, p)  # 1
    corruption.relax(world, par, levels, segment, p)  # 2
    recruitment.programmes(world.places[p], par, levels, segment, p)  # 3
    enforcement.chances(world, par, levels, segment, p)  # 9, as chances
    absorption.offers(world, par, p)  # 5, as offers
    for h in range(world.places[p].here):
        cell_terms(world, par, p, world.presence[p, h].listed)


@rule
def cell_terms(world, par, p, k):
    """Set the terms of the week for all gangs of cartel ``k`` in place ``p``."""
    here, place, cartel = world.presence[p, k], world.places[p], world.cartels[k]
    recruitment.terms(here, place, cartel)  # 3
    loyalty.terms(here, place, cartel, par, p)  # 6


@rule
def cartel_week(world, par, levels, segment, key, week, k):
    """Advance cartel ``k`` by one week: purse, plans, fate of its leader, answer to pressure."""
    markets.purse(world, par, k)  # 1
    expansion.decide(world, par, key, week, k)  # 7
    enforcement.pressure(world, k)  # 9
    enforcement.hunt(world, par, levels, segment, key, week, k)  # 9
    enforcement.answer(world, par, levels, segment, key, week, k)  # 9


@inlined
def cell_turn(world, par, key, week, g, draws):
    """Advance gang ``g`` of a cartel by one turn of ``TURN`` weeks.

    Parameters
    ----------
    world, par, key, week, g
        As in all rules (``plazas.model.rules``).
    draws : tuple of float
        Its four draws in (0, 1): recruits, leaving, deaths by rivals, arrests and deaths by forces.
    """
    gang = world.gangs[g]
    here = world.presence[gang.place, gang.allegiance]
    joining = TURN * recruitment.cell_recruits(gang, here)  # 3
    leaving = TURN * here.leaving  # 3
    hazard = min(1.0, TURN * here.hazard)  # 8
    taking = TURN * (here.arrest + here.force)  # 9
    kept = here.kept
    if not uneventful(gang, draws, joining, leaving, hazard, taking):
        lost = live(gang, key, week, draws, joining, leaving, hazard, taking, TURN * here.force)
        place, cartel = world.places[gang.place], world.cartels[gang.allegiance]
        settle.add_cell_flows(gang, place, cartel)
        kept = loyalty.kept(cartel, here, par, gang.place, lost / TURN)
    gang.loyalty = loyalty.loyalty_after(gang.loyalty, kept, par, TURN)  # 6
    gang.arms = loyalty.arms_after(gang.arms, here.guns, here.rearming, par, TURN)  # 6
    gang.joins = gang.allegiance
    if absorption.takes_stock(gang, par, week, TURN):
        gang.joins = absorption.choose(world, par, g, draw(key, ALLEGIANCE, week, gang.id))  # 5


@inlined
def local_turn(world, par, key, week, g, draws):
    """Advance unaffiliated gang ``g`` by one turn of ``QUARTER`` weeks; see :func:`cell_turn`."""
    gang = world.gangs[g]
    place = world.places[gang.place]
    joining = QUARTER * recruitment.local_recruits(gang, place, par)  # 3
    leaving = QUARTER * recruitment.local_leaving(gang, place, par)  # 3
    hazard = min(1.0, QUARTER * place.local_hazard)  # 8
    taking = QUARTER * par.local_arrests  # 9
    if not uneventful(gang, draws, joining, leaving, hazard, taking):
        live(gang, key, week, draws, joining, leaving, hazard, taking, 0.0)
        settle.add_local_flows(gang, place, world.nation[0])
    gang.arms = loyalty.arms_after(gang.arms, place.local_guns, par.rearming, par, QUARTER)  # 6
    gang.joins = INDEPENDENT
    if absorption.takes_stock(gang, par, week, QUARTER):
        u_choice, u_disband, _, _ = four(key, ALLEGIANCE, week, gang.id)
        if u_disband < world.nation[0].short_lived:  # 4
            gang.left += gang.members
            world.nation[0].local_left += gang.members
            gang.members = 0
        else:
            gang.joins = absorption.choose(world, par, g, u_choice)  # 5


@inlined
def uneventful(gang, draws, joining, leaving, hazard, taking):
    """Clear a gang's flows; return whether its draws leave all of them at 0.

    Parameters are those of :func:`live`.
    """
    gang.recruited = 0
    gang.left = 0
    gang.killed_by_rivals = 0
    gang.killed_by_forces = 0
    gang.arrested = 0
    u_recruit, u_leave, u_killed, u_taken = draws
    heads = gang.members
    return (
        none(joining, u_recruit)
        and none(heads * leaving, u_leave)
        and none(heads * hazard, u_killed)
        and none(heads * taking, u_taken)
    )


@rule
def live(gang, key, week, draws, joining, leaving, hazard, taking, force):
    """Draw a gang's recruits and losses in its turn.

    Parameters
    ----------
    gang, key, week
        As in all rules.
    draws : tuple of float
        Its four draws in (0, 1): recruits, leaving, deaths by rivals, arrests and deaths by forces.
    joining : float
        Expected recruits in the turn.
    leaving, hazard, taking, force : float
        Chances per member and turn: to leave, to be killed by rivals, to be arrested or killed by
        the forces, and to be killed by the forces.

    Returns
    -------
    float
        Share of the gang killed or arrested in the turn.
    """
    before = gang.members
    u_recruit, u_leave, u_killed, u_taken = draws
    gang.recruited = poisson(joining, u_recruit)
    gang.killed_by_rivals = binomial(before, hazard, u_killed)
    taken = binomial(before - gang.killed_by_rivals, taking, u_taken)
    if taken > 0 and force > 0.0:
        by_force = draw(key, BY_FORCE, week, gang.id)
        gang.killed_by_forces = binomial(taken, force / taking, by_force)
    gang.arrested = taken - gang.killed_by_forces
    gang.left = binomial(before - gang.killed_by_rivals - taken, min(1.0, leaving), u_leave)
    gang.members = before + gang.recruited - gang.killed_by_rivals - taken - gang.left
    return (gang.killed_by_rivals + taken) / before


@rule
def gang_week(world, par, key, week, g):
    """Advance gang ``g`` by one turn, if its turn begins this week."""
    gang = world.gangs[g]
    if gang.members == 0 or not totals.has_turn(gang, week):
        return
    draws = four(key, RECRUIT, week, gang.id)
    if gang.allegiance >= 0:
        cell_turn(world, par, key, week, g, draws)
    else:
        local_turn(world, par, key, week, g, draws)


@rule
def gangs_week(world, par, key, week, batch):
    """Advance every gang whose turn begins this week, with the result of :func:`gang_week`.

    Draws are made in blocks. The gangs of cartels act first and the others after them: a processor
    works faster on gangs of one kind in sequence.
    """
    nation = world.nation[0]
    for first in range(0, nation.cells, BLOCK):
        n = draw_together(world, key, week, batch, CELLS, first, nation.cells)
        cells_week(world, par, key, week, batch, first, n)
    for first in range(0, nation.unaffiliated, BLOCK):
        n = draw_together(world, key, week, batch, UNAFFILIATED, first, nation.unaffiliated)
        locals_week(world, par, key, week, batch, first, n)


@rule
def cells_week(world, par, key, week, batch, first, n):
    """Advance ``n`` gangs of cartels, from entry ``first`` of their list, by a batch's draws.

    It is a function of its own: inside the one that draws, the loop would lack registers.
    """
    for i in range(n):
        cell_turn(world, par, key, week, world.rolls[CELLS, first + i], drawn(batch, i))


@rule
def locals_week(world, par, key, week, batch, first, n):
    """Advance ``n`` unaffiliated gangs, from entry ``first`` of their list, by a batch's draws."""
    for i in range(n):
        local_turn(world, par, key, week, world.rolls[UNAFFILIATED, first + i], drawn(batch, i))


@inlined
def draw_together(world, key, week, batch, kind, first, end):
    """Draw for a block of gangs of one list, entries ``first`` to ``end``; return their number."""
    n = min(BLOCK, end - first)
    for i in range(n):
        batch.entities[i] = world.gangs[world.rolls[kind, first + i]].id
    four_each(key, RECRUIT, week, batch, n)
    return n


@rule
def close_week(world, par, levels, events, record, key, week):
    """Settle the week: flows, deaths, allegiances, births, leaders, relations; then record it."""
    settle.deaths(world, par, record, key, week)  # 8
    settle.gangs(world, par, record, week)  # 5
    for p in range(len(world.places)):
        formation.form(world, par, key, week, p)  # 4
    for n in range(world.nation[0].oversized):
        formation.divide(world, week, world.rolls[OVERSIZED, n])  # 4
    settle.cells(world, par, record, week)  # 7
    settle.leaders(world, par, events, record, key, week)  # 9, 10
    for p in range(len(world.places)):
        emergence.review(world, par, record, key, week, p)  # 10
    fronts.review_all(world, par, record, key, week)  # 8
    relations.review_all(world, par, record, key, week)  # 11
    log.enter(world, record, levels, week)  # 12
    world.nation[0].week = week + 1


@rule
def _too_deadly(world):
    """Return whether more people of some place were killed last week than a run may kill."""
    for p in range(len(world.places)):
        place = world.places[p]
        killed = place.killed_by_rivals + place.killed_by_forces + place.bystanders
        if killed > DEADLIEST_WEEK * place.population + FEW_DEATHS:
            return True
    return False


@rule
def room_needed(world, par, record):
    """Return what must grow before the next week can run, a :class:`Need`.

    The bounds are generous. If a week still exceeds them, it stops with an error.
    """
    nation = world.nation[0]
    if _too_deadly(world):
        return Need.FEWER_DEATHS
    if nation.gangs > MOST_GANGS:
        return Need.FEWER_GANGS
    births = 0.0
    for p in range(len(world.places)):
        births += par.formation * world.places[p].at_risk / 1e6
    cartels = nation.cartel_rows
    turns = nation.gangs // 3  # an upper bound of the gangs that have a turn and may divide
    if nation.gangs + turns + cartels + int(3.0 * births) + 100 > len(world.gangs):
        return Need.MORE_GANGS
    recorded = record.members.shape[2]  # smaller after a saved world was loaded into this run
    room = len(world.cartels)  # for half of those alive to split in one week
    if cartels + nation.living // 2 + RISES > room or recorded < room:
        return Need.MORE_CARTELS
    meetings = 0  # of two cartels in a place: the most fronts there can be
    for p in range(len(world.places)):
        meetings += world.places[p].here * (world.places[p].here - 1) // 2
    if nation.front_rows + meetings + 100 > len(world.fronts):
        return Need.MORE_FRONTS
    alive = nation.living
    busy = nation.gang_rows // 4 + len(world.places) + 8 * cartels + alive * alive // 2 + 500
    busy += 2 * (nation.front_rows + meetings)
    if max(record.used[0], record.used[1]) + busy > len(record.events):
        return Need.MORE_EVENTS
    return Need.NOTHING


@rule
def run(world, par, levels, events, record, key, until, batch):
    """Run weeks until week ``until`` begins, or until something must grow.

    Returns
    -------
    int
        A :class:`Need`; ``Need.NOTHING`` when week ``until`` is reached.
    """
    while world.nation[0].week < until:
        need = room_needed(world, par, record)
        if need != Need.NOTHING:
            return need
        week = world.nation[0].week
        segment = levels.segment[week]
        open_week(world, par)
        for p in range(len(world.places)):
            place_week(world, par, levels, segment, p)
        for a in range(world.nation[0].living):
            cartel_week(world, par, levels, segment, key, week, world.cartels[a].listed)
        gangs_week(world, par, key, week, batch)
        close_week(world, par, levels, events, record, key, week)
    return Need.NOTHING
