"""Build the world of 1 January 2010, or of any start, from a geography and parameters."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plazas.model.draws import FRANCHISE, NEW_SIZE, Key, cartel_id, four
from plazas.model.geography import Geography, Start
from plazas.model.jit import rule
from plazas.model.levers import baseline_levels
from plazas.model.record import empty_record
from plazas.model.rules import corruption, enforcement, fronts, markets, recruitment, totals, war
from plazas.model.rules.formation import gang_id, new_arms, new_size
from plazas.model.rules.relations import set_stance
from plazas.model.structure import (
    AT_RISK_REFERENCE,
    BURN_IN_EVENTS,
    BURN_IN_WEEK,
    CELL_BIT,
    LOCAL_BIT,
    MOST_PLACES,
    SETTLING,
    SMALLEST,
    SPARE_CARTELS,
    SPARE_FRONTS,
    STARTING_CORRUPTION,
)
from plazas.model.world import (
    ALLIED,
    AT_WAR,
    FOUNDED,
    INDEPENDENT,
    INITIAL,
    LOCAL,
    World,
    empty_world,
)


def build(geography: Geography, start: Start, par: Any, key: Key) -> World:
    """Return the world before its first week.

    Parameters
    ----------
    geography : Geography
        P places.
    start : Start
        The cartels of the start, where they are and how they relate.
    par : numpy.record
        Parameters, as ``plazas.model.parameters.compiled`` gives them.
    key : Key
        Seed and replicate; they draw sizes and arms of the local gangs.

    Returns
    -------
    World

    Raises
    ------
    ValueError
        If a gang would be too small to exist or the geography has more than 65,535 places.
    """
    places = len(geography.codes)
    if places > MOST_PLACES:
        raise ValueError(f"{places} places are too many for the ids of gangs ({MOST_PLACES:,})")
    reach_start, reach = geography.reach()
    cells = _cells(start, par)
    locals_ = _local_numbers(geography, par)
    gangs = 3 * int(len(cells.place) + locals_.sum()) + 1000
    cartels = len(start.cartels) + SPARE_CARTELS
    world = empty_world(places, cartels, gangs, len(reach), SPARE_FRONTS + 8 * places)
    _set_places(world, geography, par, reach_start, reach)
    _set_cartels(world, start, par)
    if par.traits_drawn > 0.0:
        _draw_traits(world, par, key)
    _set_cells(world, cells, par)
    _set_locals(world, locals_, par, key, len(cells.place))
    _settle(world, par, baseline_levels(places), SETTLING)
    _set_fronts(world, start, par, key)
    return world


def _set_fronts(world: World, start: Start, par: Any, key: Key) -> None:
    """Bring the fronts of those at war to a stationary state, while nothing else changes.

    Otherwise every war of the start would flare up in the first weeks. The draws are those of weeks
    that no run reaches. No front opens between two that the start does not set at war: they count
    as allies while it lasts.
    """
    stance = world.relations.stance.copy()
    world.relations.stance[stance != AT_WAR] = ALLIED
    weeks = int(par.burn_in)
    month = np.zeros(BURN_IN_WEEK + weeks, np.int64)
    unread = empty_record(month, month, 1, 1, BURN_IN_EVENTS * (1 + weeks))
    since = world.relations.since.copy()
    _burn_in(world, par, unread, key, weeks)
    world.relations.stance[:] = stance
    rows = int(world.nation[0].front_rows)
    fronts = world.fronts[:rows]
    fronts.opened -= BURN_IN_WEEK + weeks
    fronts.changed -= BURN_IN_WEEK + weeks
    fronts.deaths = 0.0
    fronts.month = 0.0
    world.relations.since[:] = since
    world.relations.declared[:] = -1


@rule
def _burn_in(world, par, record, key, weeks):
    """Let ``weeks`` weeks pass on the fronts."""
    for n in range(weeks):
        week = BURN_IN_WEEK + n
        for p in range(len(world.places)):
            war.hazards(world, par, p)
        fronts.review_all(world, par, record, key, week)


def at_risk(geography: Geography, par: Any) -> np.ndarray:
    """Return the at-risk youths of each place, persons, (P,).

    They are a share of the young men, larger where poverty is above the mean.
    """
    men = geography.young_men
    mean = float((geography.poverty * men).sum() / men.sum())
    return np.asarray(men * par.at_risk_share * (geography.poverty / mean) ** par.poverty_effect)


def stakes(geography: Geography, par: Any) -> np.ndarray:
    """Return the factor of each place on the onset and the deaths of its fronts, (P,).

    It is what the place yields a head, relative to the nation, to the power ``front_stakes``.
    """
    american = (1.0 - par.overseas_share) * geography.trafficking
    drugs = par.export_revenue * (american + par.overseas_share * geography.overseas)
    yields = drugs + par.racket_revenue * geography.racket
    heads = geography.population / geography.population.sum()
    return np.asarray((yields / yields.sum() / heads) ** par.front_stakes)


def _set_places(
    world: World, geography: Geography, par: Any, reach_start: np.ndarray, reach: np.ndarray
) -> None:
    """Fill the rows of places from the geography."""
    places = world.places
    places.population[:] = geography.population
    world.nation[0].population = geography.population.sum()
    places.at_risk[:] = np.maximum(1.0, at_risk(geography, par))
    young = np.maximum(1.0, geography.young_men)
    places.need[:] = np.maximum(1.0, at_risk(geography, par)) / (young * AT_RISK_REFERENCE)
    for name in ("trafficking", "overseas", "racket", "background", "force"):
        getattr(places, name)[:] = getattr(geography, name)
    near = 1.0 - par.gun_distance * (1.0 - geography.gun_access)
    places.gun_supply[:] = (1.0 - par.other_guns) * near
    places.corruption[:] = STARTING_CORRUPTION
    places.reach_first[:] = reach_start[:-1]
    places.reach_last[:] = reach_start[1:]
    world.reach[:] = reach
    places.primary[:] = INDEPENDENT
    places.stakes[:] = stakes(geography, par)
    places.front[:] = -1
    world.nation[0].front_free = -1


def _set_cartels(world: World, start: Start, par: Any) -> None:
    """Fill the rows of cartels and their relations from the start."""
    cartels = world.cartels
    n = len(start.cartels)
    world.nation[0].cartel_rows = n
    cartels.parent[:] = -1
    for name in ("cell_place", "hire_place", "bribe_place", "attack_place", "threat_place"):
        getattr(cartels, name)[:] = -1
    cartels.id[:n] = [cartel_id(np.uint64(0), 0, k) for k in range(n)]
    cartels.founder[:n] = range(n)
    for name in ("alive", "paid", "supplied", "prosperity"):
        getattr(cartels, name)[:n] = 1
    for name in ("home", "brutality", "franchise", "cohesion", "leader_age"):
        getattr(cartels, name)[:n] = [getattr(row, name) for row in start.cartels]
    share = np.array([row.share for row in start.cartels])
    cartels.treasury[:n] = par.treasury_2010 * par.members_2010 * share
    _set_relations(world, par, start.relation.astype(np.int64), start.since)


@rule
def _draw_traits(world, par, key):
    """Draw franchise and brutality of every cartel of the start from the same range."""
    for k in range(world.nation[0].cartel_rows):
        cartel = world.cartels[k]
        u_franchise, u_brutality, _, _ = four(key, FRANCHISE, 0, cartel.id)
        cartel.franchise = par.franchise_least + par.franchise_span * u_franchise
        cartel.brutality = par.brutality_least + par.brutality_span * u_brutality


@rule
def _set_relations(world, par, relation, since):
    """Set the stance of each pair; ``since`` is in weeks, negative before the start.

    Those at war have declared it: their fronts open before the first week.
    """
    for i in range(len(relation)):
        for j in range(i):
            set_stance(world, par, since[i, j], i, j, relation[i, j])
            if relation[i, j] == AT_WAR:
                world.relations[i, j].declared = BURN_IN_WEEK + int(par.war_declared)
                world.relations[j, i].declared = BURN_IN_WEEK + int(par.war_declared)


class _Cells(NamedTuple):
    """Cells of the start, one per row; ``ordinal`` numbers those of a cartel in a place from 1."""

    place: NDArray[np.int64]
    cartel: NDArray[np.int64]
    members: NDArray[np.int64]
    ordinal: NDArray[np.int64]


def _cells(start: Start, par: Any) -> _Cells:
    """Return every cell, with sizes as near to ``cell_size`` as possible."""
    shares = np.array([row.share for row in start.cartels])
    heads = np.rint(par.members_2010 * start.presence * shares).astype(np.int64)
    place, cartel = np.nonzero(heads >= SMALLEST)
    heads = heads[place, cartel]
    number = np.maximum(1, np.rint(heads / par.cell_size)).astype(np.int64)
    which = np.repeat(np.arange(len(heads)), number)
    before = np.arange(len(which)) - np.repeat(np.cumsum(number) - number, number)
    members = (heads // number)[which] + (before < (heads % number)[which])
    return _Cells(place[which], cartel[which], members, before + 1)


def _set_cells(world: World, cells: _Cells, par: Any) -> None:
    """Fill the rows of the cartels' cells."""
    gangs = world.gangs
    place, cartel, members, _ = cells
    n = len(place)
    gangs.place[:n], gangs.allegiance[:n], gangs.members[:n] = place, cartel, members
    supply = np.minimum(1.0, par.other_guns + world.places.gun_supply[place])
    gangs.arms[:n] = supply * par.rearming / (par.rearming + par.gun_decay)
    gangs.loyalty[:n] = par.loyalty_2010
    gangs.origin[:n] = FOUNDED
    gangs.tie[:n] = INDEPENDENT
    gangs.joins[:n] = cartel
    _name_cells(world, cells)
    world.nation[0].gang_rows = n


@rule
def _name_cells(world, cells):
    """Set the ids of cells, numbered by cartel: an id does not depend on other cartels."""
    for g in range(len(cells.place)):
        ordinal = (cells.cartel[g] << CELL_BIT) | cells.ordinal[g]
        world.gangs[g].id = gang_id(cells.place[g], 0, INITIAL, ordinal)


def _local_numbers(geography: Geography, par: Any) -> np.ndarray:
    """Return the local gangs of each place, (P,), by at-risk youths (largest remainders)."""
    pool = at_risk(geography, par)
    exact = par.local_gangs * pool / pool.sum()
    numbers = np.floor(exact).astype(np.int64)
    rest = round(par.local_gangs) - int(numbers.sum())
    numbers[np.argsort(numbers - exact, kind="stable")[:rest]] += 1
    return numbers


def _set_locals(world: World, numbers: np.ndarray, par: Any, key: Key, first: int) -> None:
    """Fill the rows of local gangs, from row ``first``."""
    gangs = world.gangs
    last = first + int(numbers.sum())
    place = np.repeat(np.arange(len(numbers)), numbers)
    ordinal = np.concatenate([np.arange(n) for n in numbers]) if len(place) else place
    gangs.place[first:last] = place
    gangs.allegiance[first:] = INDEPENDENT
    gangs.joins[first:] = INDEPENDENT
    gangs.tie[first:] = INDEPENDENT
    gangs.origin[first:last] = LOCAL
    _size_locals(world, par, key, first, ordinal)
    world.nation[0].gang_rows = last
    world.nation[0].gangs = last


@rule
def _size_locals(world, par, key, first, ordinal):
    """Draw size and arms of each local gang, and set its id."""
    for i in range(len(ordinal)):
        gang = world.gangs[first + i]
        gang.id = gang_id(gang.place, 0, INITIAL, (1 << LOCAL_BIT) | ordinal[i])
        u_size, u_arms, _, _ = four(key, NEW_SIZE, 0, gang.id)
        gang.members = new_size(par, u_size)
        gang.arms = new_arms(par, u_arms)


@rule
def _settle(world, par, levels, weeks):
    """Bring corruption and addiction to their levels without policies.

    Set also the expected shares to the present ones, and the primary cartel of each place.
    """
    totals.count(world, par)
    for p in range(len(world.places)):
        place = world.places[p]
        war.hazards(world, par, p)
        for _ in range(weeks):
            markets.yields(world, par, levels, 0, p)
            corruption.relax(world, par, levels, 0, p)
            enforcement.chances(world, par, levels, 0, p)
            recruitment.programmes(place, par, levels, 0, p)
        most = 0
        for h in range(place.here):
            k = world.presence[p, h].listed
            world.presence[p, k].settled = world.presence[p, k].share
            if world.presence[p, k].members > most:
                most = world.presence[p, k].members
                place.primary = k
