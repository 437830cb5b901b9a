"""4. New gangs form from the at-risk youth, old ones disband, and a large one divides.

New gangs are Poisson with mean ``formation`` per week and million at-risk youths, less where there
is little room or much prevention. A gang of more than ``division_size`` members divides in two
(Dunbar 1992).

The id of a gang holds place, week, kind and ordinal of its beginning. It does not depend on
anything else, so two policies that do not touch a place have the same new gangs there.
"""

from __future__ import annotations

import numpy as np

from plazas.model.draws import NEW_GANGS, NEW_SIZE, draw, four, poisson
from plazas.model.jit import rule
from plazas.model.structure import ID_KIND, ID_PLACE, ID_WEEK, SMALLEST
from plazas.model.world import CELL, DIVIDED, FORMED, FOUNDED, FREE, INDEPENDENT, LOCAL


@rule
def gang_id(place, week, kind, ordinal):
    """Return the id of a gang, from where, when and how it began.

    Parameters
    ----------
    place, week : int
        Row of the place, and week of the run; 16 bits each.
    kind : int
        FORMED, DIVIDED, CELL or INITIAL (``plazas.model.world``); 3 bits.
    ordinal : int
        Number of the gang among those of its kind in that place and week, from 0; 29 bits.

    Returns
    -------
    numpy.uint64
    """
    return (
        (np.uint64(place) << np.uint64(ID_PLACE))
        | (np.uint64(week) << np.uint64(ID_WEEK))
        | (np.uint64(kind) << np.uint64(ID_KIND))
        | np.uint64(ordinal)
    )


@rule
def _free_row(world):
    """Take a free gang row and return it: that of an ended gang, or a new one."""
    nation = world.nation[0]
    nation.gangs += 1
    if nation.reused < nation.free:
        nation.reused += 1
        return world.rolls[FREE, nation.reused - 1]
    if nation.gang_rows == len(world.gangs):
        raise RuntimeError("no free row for a gang")
    nation.gang_rows += 1
    return nation.gang_rows - 1


@rule
def _ordinal(place, kind):
    """Return the number of gangs of a kind that began in a place this week, and count one more."""
    if kind == FORMED:
        place.formed += 1
        return place.formed - 1
    if kind == DIVIDED:
        place.divided += 1
        return place.divided - 1
    place.cells += 1
    return place.cells - 1


@rule
def begin(world, week, kind, p, members, arms, allegiance, loyalty):
    """Enter a new gang.

    Parameters
    ----------
    world, week, p
        As in all rules.
    kind : int
        FORMED, DIVIDED or CELL.
    members : int
        Persons.
    arms, loyalty : float
        0 to 1.
    allegiance : int
        Row of its cartel, or ``INDEPENDENT``.

    Returns
    -------
    int
        Row of the gang.
    """
    row = _free_row(world)
    gang = world.gangs[row]
    gang.id = gang_id(p, week, kind, _ordinal(world.places[p], kind))
    gang.place = p
    gang.members = members
    gang.arms = arms
    gang.allegiance = allegiance
    gang.loyalty = loyalty
    gang.origin = FOUNDED if kind == CELL else LOCAL
    gang.founded = week
    gang.tie = INDEPENDENT
    gang.joins = allegiance
    gang.recruited = 0
    gang.left = 0
    gang.killed_by_rivals = 0
    gang.killed_by_forces = 0
    gang.arrested = 0
    return row


@rule
def form(world, par, key, week, p):
    """Form new local gangs in place ``p``."""
    place = world.places[p]
    expected = par.formation * place.at_risk / 1e6 * place.pull
    for _ in range(poisson(expected, draw(key, NEW_GANGS, week, np.uint64(p)))):
        entity = gang_id(p, week, FORMED, place.formed)
        u_size, u_arms, _, _ = four(key, NEW_SIZE, week, entity)
        size = new_size(par, u_size)
        begin(world, week, FORMED, p, size, new_arms(par, u_arms), INDEPENDENT, 0.0)
        world.nation[0].local_recruited += size


@rule
def new_size(par, u):
    """Return the members of a new local gang: uniform, with mean ``local_size``."""
    return SMALLEST + int(u * max(1.0, 2.0 * (par.local_size - SMALLEST)))


@rule
def new_arms(par, u):
    """Return the arms of a new local gang: uniform, with mean ``local_arms``, at most 1."""
    return min(1.0, par.local_arms * (0.5 + u))


@rule
def short_lived(par):
    """Return the chance that an unaffiliated gang disbands when it takes stock.

    It is the weekly chance ``disbanding`` over the ``stock_taking`` weeks since it last did so.
    """
    return 1.0 - (1.0 - par.disbanding) ** par.stock_taking


@rule
def divide(world, week, g):
    """Divide gang ``g``, which is too large, into two halves of the same arms and allegiance."""
    gang = world.gangs[g]
    half = gang.members // 2
    gang.members -= half
    row = begin(world, week, DIVIDED, gang.place, half, gang.arms, gang.allegiance, gang.loyalty)
    world.gangs[row].origin = gang.origin
    world.gangs[row].tie = gang.tie
