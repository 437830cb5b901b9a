"""Small worlds for the tests of rules: a place, a cartel and a gang at a time.

Every test here runs the rules interpreted: the fixture in ``conftest.py`` replaces each compiled
rule by the Python function it was made from (numba keeps it as ``py_func``) while a test runs. So
nothing is compiled, and a test can fix the draws of a rule (see ``conftest.py``). A test calls a
rule through its module (``markets.purse``), for a name imported from the module stays compiled.

``country`` sets the totals that a week starts with. They are not backed by rows of gangs: a test
that needs rows enters them with ``add_gang``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from plazas.model.draws import make_key
from plazas.model.levers import LEVER_INDEX, LEVERS, Levels, baseline_levels
from plazas.model.parameters import Parameters, compiled
from plazas.model.record import Record, empty_record
from plazas.model.world import ACTIVE, AT_WAR, INDEPENDENT, World, empty_world

KEY = make_key(1)
SPARE = 3  # rows for cartels that begin during a test
FRONTS = 6  # rows for fronts


def parameters(**values: float) -> Any:
    """Return the default parameters with ``values``, whatever their ranges, as rules take them.

    A test sets every parameter that its numbers depend on, so that no new fit moves them.
    """
    return compiled(Parameters()._replace(**{name: float(x) for name, x in values.items()}))


def country(heads: Sequence[Sequence[int]], arms: float = 0.5, gangs: int = 20) -> World:
    """Return a world at the start of a week, after it has been counted.

    Parameters
    ----------
    heads
        Members by place (rows) and cartel (columns).
    arms
        Arms of every member, 0..1.
    gangs
        Room for so many rows of gangs; none is in use.

    Every place has 100,000 inhabitants, 10,000 youths at risk (the reference share of young men),
    a force of 1, no fronts and an equal part of the revenue, and is next to every other. Cartel
    ``k`` has id ``k + 1`` and is its own founder; all have their home in place 0, are neutral and
    lack nothing.
    """
    number, cartels = len(heads), len(heads[0])
    world = empty_world(number, cartels + SPARE, gangs, number * (number - 1), FRONTS)
    _set_places(world)
    _set_cartels(world, cartels)
    nation = world.nation[0]
    nation.living = nation.cartel_rows = cartels
    nation.population = world.places.population.sum()
    nation.front_free = -1
    nation.brutality = 0.5
    for p, row in enumerate(heads):
        place, total = world.places[p], sum(row)
        nation.members += total
        nation.guarded += total
        place.members = total
        for k, members in enumerate(row):
            if members == 0:
                continue
            here, cartel = world.presence[p, k], world.cartels[k]
            here.members = members
            here.strength = members * arms
            here.share = here.standing = here.settled = members / total
            world.presence[p, place.here].listed = k
            place.here += 1
            cartel.members += members
            cartel.strength += members * arms
            cartel.places += 1
            cartel.ground = max(cartel.ground, here.share)
    return world


def _set_places(world: World) -> None:
    places, number = world.places, len(world.places)
    places.population[:] = 100_000.0
    places.at_risk[:] = 10_000.0
    places.trafficking[:] = places.overseas[:] = places.racket[:] = 1.0 / number
    places.force[:] = places.room[:] = places.pull[:] = places.need[:] = 1.0
    places.stakes[:] = 1.0
    places.primary[:] = places.front[:] = -1
    first = 0
    for p in range(number):
        others = [q for q in range(number) if q != p]
        places[p].reach_first, places[p].reach_last = first, first + len(others)
        world.reach[first : first + len(others)] = others
        first += len(others)


def _set_cartels(world: World, number: int) -> None:
    cartels = world.cartels
    cartels.parent[:] = -1
    for name in ("cell_place", "hire_place", "bribe_place", "attack_place", "threat_place"):
        getattr(cartels, name)[:] = -1
    cartels.id[:number] = range(1, number + 1)
    cartels.founder[:number] = cartels.listed[:number] = range(number)
    for name in ("alive", "paid", "supplied", "prosperity"):
        getattr(cartels, name)[:number] = 1
    for name in ("brutality", "franchise", "cohesion"):
        getattr(cartels, name)[:number] = 0.5


def add_gang(
    world: World,
    place: int = 0,
    members: int = 20,
    cartel: int = INDEPENDENT,
    arms: float = 0.5,
    loyalty: float = 0.5,
    gang: int | None = None,
) -> Any:
    """Enter a gang and return its row, a view; ``gang`` is its id, by default its row plus 1."""
    row = int(world.nation[0].gang_rows)
    world.nation[0].gang_rows += 1
    world.nation[0].gangs += 1
    entered = world.gangs[row]
    entered.id = row + 1 if gang is None else gang
    entered.place, entered.members, entered.arms, entered.loyalty = place, members, arms, loyalty
    entered.allegiance = entered.joins = cartel
    entered.tie = INDEPENDENT
    return entered


def at_war(world: World, i: int, j: int, hostility: float = 1.0) -> None:
    """Set two cartels at war, with this hostility to one another."""
    for a, b in ((i, j), (j, i)):
        world.relations[a, b].stance = AT_WAR
        world.relations[a, b].hostility = hostility


def add_front(
    world: World,
    i: int,
    j: int,
    place: int = 0,
    heat: float = 0.0,
    state: int = ACTIVE,
    **more: float,
) -> Any:
    """Enter a front of cartels ``i`` and ``j`` and return its row, a view; ``more`` are fields.

    If it is active, the two are at war.
    """
    row = int(world.nation[0].front_rows)
    world.nation[0].front_rows += 1
    front = world.fronts[row]
    front.place, front.one, front.other = place, min(i, j), max(i, j)
    front.state, front.heat, front.next = state, heat, world.places[place].front
    world.places[place].front = row
    for name, value in more.items():
        setattr(front, name, value)
    if state == ACTIVE:
        for a, b in ((i, j), (j, i)):
            world.relations[a, b].stance = AT_WAR
            world.relations[a, b].fronts += 1
    return front


def hostile(world: World, i: int, j: int, hostility: float) -> None:
    """Set the hostility of two cartels and leave how they stand to each other."""
    world.relations[i, j].hostility = world.relations[j, i].hostility = hostility


def levers(
    world: World, against: dict[tuple[str, int], float] | None = None, **at: float
) -> Levels:
    """Return the levels of one week: levers by name, in every place.

    Parameters
    ----------
    world
        Its places and cartels are those of the table.
    against
        Levels aimed at a founder, by lever and founder.
    at
        Levels against everyone; a lever that is not named is at its baseline.
    """
    plain = baseline_levels(len(world.places))
    for name, value in at.items():
        plain.place[0, LEVER_INDEX[name], :] = value
    if not against:
        return plain
    aimed = np.full((1, len(LEVERS), len(world.places), len(world.cartels)), np.nan)
    for (name, founder), value in against.items():
        aimed[0, LEVER_INDEX[name], :, founder] = value
    return plain._replace(aimed=aimed)


def empty_log(world: World, weeks: int = 8, events: int = 20) -> Record:
    """Return the record of a run of months of four weeks, all in one year."""
    month = np.arange(weeks) // 4
    year = np.zeros(weeks, np.int64)
    return empty_record(month, year, len(world.places), len(world.cartels), events)


def logged(record: Record, *columns: str) -> list[tuple[int, ...]]:
    """Return columns of the events in the log, one tuple per event."""
    used = record.events[: int(record.used[0])]
    return [tuple(int(event[name]) for name in columns) for event in used]
