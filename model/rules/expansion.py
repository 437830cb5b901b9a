"""7. Expansion by own cells, and guns for hire.

A cartel with money founds a cell next door, or at the other end of a route, where its share is
below ``foothold``. It chooses a place with probability proportional to revenue / (1 + friction).
Where it has no members and an enemy has, it may hire a local gang for one attack in the next week.
A hired gang is a contact: it gives the cartel some standing there for a time, and so a way in.
Both decisions use totals of the start of the week; cells are entered when the week closes.
"""

from __future__ import annotations

from plazas.model.draws import EXPAND, four
from plazas.model.jit import rule
from plazas.model.rules.formation import begin
from plazas.model.structure import SOURCE_SIZE
from plazas.model.world import AT_WAR, CELL, CELLS


@rule
def worth(place, par):
    """Return the yearly revenue of a place at peace, in thousand USD."""
    american = (1.0 - par.overseas_share) * place.trafficking
    exports = par.export_revenue * (american + par.overseas_share * place.overseas)
    return exports + par.racket_revenue * place.racket


@rule
def _cell_gain(world, par, k, p):
    """Return the revenue that cartel ``k`` expects from a cell in place ``p``, thousand USD a year.

    It is 0 where the cartel has no standing, or has a share of ``foothold`` or more already.
    """
    here = world.presence[p, k]
    if here.standing <= 0.0 or here.share >= par.foothold:
        return 0.0
    return worth(world.places[p], par) / (1.0 + world.places[p].friction)


@rule
def _hire_gain(world, k, p):
    """Return the enemies that a gang hired in place ``p`` could attack for cartel ``k``, persons.

    It is 0 where the cartel has members or no standing, and where no unaffiliated gang lives.
    """
    place, here = world.places[p], world.presence[p, k]
    if here.members > 0 or here.standing <= 0.0 or place.local_gangs == 0:
        return 0
    enemies = 0
    for h in range(place.here):
        j = world.presence[p, h].listed
        if world.relations[k, j].stance == AT_WAR:
            enemies += world.presence[p, j].members
    return enemies


@rule
def _pick_cell(world, par, k, u):
    """Return the place for a cell of cartel ``k``, drawn by expected gain; -1 for none."""
    total = 0.0
    for p in range(len(world.places)):
        total += _cell_gain(world, par, k, p)
    left = u * total
    for p in range(len(world.places)):
        gain = _cell_gain(world, par, k, p)
        left -= gain
        if gain > 0.0 and left < 0.0:
            return p
    return -1


@rule
def _pick_target(world, k, u):
    """Return the place for a hired attack by cartel ``k``, by enemies there; -1 for none."""
    total = 0
    for p in range(len(world.places)):
        total += _hire_gain(world, k, p)
    left = u * total
    for p in range(len(world.places)):
        gain = _hire_gain(world, k, p)
        left -= gain
        if gain > 0 and left < 0.0:
            return p
    return -1


@rule
def _hire(world, par, k, p):
    """Hire a local gang of place ``p`` against the largest enemy there, for next week."""
    place, presence, cartel = world.places[p], world.presence, world.cartels[k]
    largest = -1
    for h in range(place.here):
        j = presence[p, h].listed
        if world.relations[k, j].stance == AT_WAR and (
            largest < 0 or presence[p, j].members > presence[p, largest].members
        ):
            largest = j
    presence[p, largest].hiring += place.local_members // place.local_gangs
    presence[p, k].contact = max(presence[p, k].contact, par.hire_contact)
    cartel.hire_place = p
    cartel.treasury -= par.hire_cost
    cartel.spending += par.hire_cost


@rule
def decide(world, par, key, week, k):
    """Decide where cartel ``k`` founds a cell and where it hires a gang this week.

    Set ``cell_place`` and ``hire_place`` of the cartel, -1 for nowhere.
    """
    cartel = world.cartels[k]
    u_cell, u_where, u_hire, u_target = four(key, EXPAND, week, cartel.id)
    cartel.cell_place = -1
    cartel.hire_place = -1
    will = par.expansion * min(1.0, cartel.treasury / (par.full_coffers * par.cell_cost))
    if cartel.treasury >= par.cell_cost and u_cell < will:
        cartel.cell_place = _pick_cell(world, par, k, u_where)
    if cartel.treasury >= par.hire_cost and u_hire < par.hire_rate:
        p = _pick_target(world, k, u_target)
        if p >= 0:
            _hire(world, par, k, p)


@rule
def _within_reach(world, p, q):
    """Return whether place ``q`` is next to ``p`` or at the other end of a route."""
    for r in range(world.places[p].reach_first, world.places[p].reach_last):
        if world.reach[r] == q:
            return True
    return False


@rule
def found(world, par, week, k):
    """Enter the cell that cartel ``k`` decided on.

    The founders leave the largest of the cartel's gangs within reach that has its turn this week.

    Returns
    -------
    int
        Members of the cell; 0 if no such gang is large enough or the money is short.
    """
    gangs, cartel = world.gangs, world.cartels[k]
    p = cartel.cell_place
    size = int(par.founders)
    source, most = -1, SOURCE_SIZE * size - 1
    for i in range(world.nation[0].cells):
        g = world.rolls[CELLS, i]
        gang = gangs[g]
        # Size comes first: few gangs pass this test, so the processor predicts it well.
        if gang.members > most and gang.allegiance == k and _within_reach(world, p, gang.place):
            source, most = g, gang.members
    if source < 0 or cartel.treasury < par.cell_cost:
        return 0
    cartel.treasury -= par.cell_cost
    cartel.spending += par.cell_cost
    gangs[source].members -= size
    begin(world, week, CELL, p, size, gangs[source].arms, k, gangs[source].loyalty)
    return size
