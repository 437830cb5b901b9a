"""Expansion: what a place is worth, where a cartel sends a cell or hires a gang, and the cell."""

from __future__ import annotations

import pytest
from pytest import approx

from plazas.model.draws import EXPAND
from plazas.model.rules import expansion
from plazas.model.world import CELL, CELLS

from .builder import KEY, add_gang, at_war, country, parameters

#: a cell costs 100; with a purse of twice that one is founded for certain, and none is hired
CELLS_ONLY = {
    "cell_cost": 100.0, "expansion": 1.0, "foothold": 0.1, "hire_rate": 0.0, "founders": 10.0,
    "export_revenue": 600.0, "racket_revenue": 300.0, "full_coffers": 2.0,
}  # fmt: skip
HIRES_ONLY = {
    "expansion": 0.0, "cell_cost": 100.0, "hire_cost": 20.0, "hire_rate": 0.5, "hire_contact": 0.2,
}  # fmt: skip


@pytest.mark.parametrize(
    ("trafficking", "overseas", "racket", "worth"),
    [
        (1.0, 0.0, 0.0, 0.75 * 600.0),  # drugs sold in the United States
        (0.0, 1.0, 0.0, 0.25 * 600.0),  # and overseas, a quarter of all
        (0.0, 0.0, 1.0, 300.0),
        (0.5, 0.1, 0.25, 225.0 + 15.0 + 75.0),
        (0.0, 0.0, 0.0, 0.0),
    ],
)
def test_a_place_is_worth_what_it_yields_in_a_year(trafficking, overseas, racket, worth) -> None:
    place = country([[10]]).places[0]
    place.trafficking, place.overseas, place.racket = trafficking, overseas, racket
    par = parameters(overseas_share=0.25, **CELLS_ONLY)
    assert expansion.worth(place, par) == approx(worth)


# --- decide --------------------------------------------------------------------------------
def spread(treasury: float):
    """Return a world of three places: cartel 0 holds the first and stands next door to the rest."""
    world = country([[60, 0], [0, 30], [0, 30]])
    world.cartels[0].treasury = treasury
    world.presence.standing[1:, 0] = 0.5
    return world


@pytest.mark.parametrize(
    ("treasury", "u_cell", "founds"),
    [
        (200.0, 0.99, True),  # the whole will: half of 200 / 100
        (100.0, 0.49, True),
        (100.0, 0.51, False),  # the will is 0.5
        (99.0, 0.0, False),  # it cannot pay
    ],
)
def test_the_will_to_found_a_cell_rises_with_the_purse(fix_draws, treasury, u_cell, founds) -> None:
    world = spread(treasury)
    fix_draws(expansion, {EXPAND: (u_cell, 0.1, 0.9, 0.9)})
    expansion.decide(world, parameters(**CELLS_ONLY), KEY, 1, 0)
    assert world.cartels[0].cell_place == (1 if founds else -1)
    assert world.cartels[0].hire_place == -1
    assert world.cartels[0].treasury == treasury  # paid when it is founded


@pytest.mark.parametrize(
    ("friction", "u_where", "place"),
    [
        (0.0, 0.49, 1),  # two places of equal worth
        (0.0, 0.51, 2),
        (1.0, 0.66, 1),  # friction of 1 halves the gain: 2/3 to 1/3
        (1.0, 0.67, 2),
    ],
)
def test_a_cell_goes_by_worth_and_away_from_friction(fix_draws, friction, u_where, place) -> None:
    world = spread(200.0)
    world.places[2].friction = friction
    fix_draws(expansion, {EXPAND: (0.0, u_where, 0.9, 0.9)})
    expansion.decide(world, parameters(**CELLS_ONLY), KEY, 1, 0)
    assert world.cartels[0].cell_place == place


def test_no_cell_goes_where_a_cartel_has_a_foothold_or_is_out_of_reach(fix_draws) -> None:
    world = spread(200.0)
    world.presence[1, 0].share = 0.1
    world.presence[2, 0].standing = 0.0
    fix_draws(expansion, {EXPAND: (0.0, 0.5, 0.9, 0.9)})
    expansion.decide(world, parameters(**CELLS_ONLY), KEY, 1, 0)
    assert world.cartels[0].cell_place == -1


def test_a_gang_is_hired_against_the_enemy(fix_draws) -> None:
    world = spread(50.0)
    at_war(world, 0, 1)
    world.places[2].local_members, world.places[2].local_gangs = 50, 2
    fix_draws(expansion, {EXPAND: (0.9, 0.5, 0.49, 0.5)})
    expansion.decide(world, parameters(**HIRES_ONLY), KEY, 1, 0)
    cartel = world.cartels[0]
    assert cartel.hire_place == 2  # there are no gangs to hire in place 1
    assert world.presence[2, 1].hiring == 25  # of the mean size
    assert (cartel.treasury, cartel.spending) == (30.0, 20.0)
    assert world.presence.contact[:, 0].tolist() == [0.0, 0.0, 0.2]


@pytest.mark.parametrize(("before", "after"), [(0.0, 0.2), (0.1, 0.2), (0.3, 0.3)])
def test_a_hired_gang_is_a_contact(fix_draws, before, after) -> None:
    world = spread(50.0)
    at_war(world, 0, 1)
    world.places[2].local_members, world.places[2].local_gangs = 50, 2
    world.presence[2, 0].contact = before
    fix_draws(expansion, {EXPAND: (0.9, 0.5, 0.49, 0.5)})
    expansion.decide(world, parameters(**HIRES_ONLY), KEY, 1, 0)
    assert world.presence[2, 0].contact == after


def test_a_contact_is_a_way_in(fix_draws) -> None:
    """With standing from a hired gang a cartel may send a cell where it could not before."""
    world = country([[60, 0], [0, 30]])
    world.cartels[0].treasury = 200.0
    fix_draws(expansion, {EXPAND: (0.0, 0.5, 0.9, 0.9)})
    expansion.decide(world, parameters(**CELLS_ONLY), KEY, 1, 0)
    assert world.cartels[0].cell_place == -1
    world.presence[1, 0].standing = 0.2
    expansion.decide(world, parameters(**CELLS_ONLY), KEY, 1, 0)
    assert world.cartels[0].cell_place == 1


@pytest.mark.parametrize(
    ("war", "treasury", "u_hire"), [(False, 50.0, 0.0), (True, 19.0, 0.0), (True, 50.0, 0.51)]
)
def test_nobody_is_hired_in_peace_without_money_or_by_chance(
    fix_draws, war, treasury, u_hire
) -> None:
    world = spread(treasury)
    if war:
        at_war(world, 0, 1)
    world.places[2].local_members, world.places[2].local_gangs = 50, 2
    fix_draws(expansion, {EXPAND: (0.9, 0.5, u_hire, 0.5)})
    expansion.decide(world, parameters(**HIRES_ONLY), KEY, 1, 0)
    assert world.cartels[0].hire_place == -1
    assert world.cartels[0].treasury == treasury


# --- found ---------------------------------------------------------------------------------
def ready(sizes: tuple[int, ...], treasury: float = 150.0, home: int = 0):
    """Return a world whose cartel 0 has gangs of these sizes at home and founds a cell in 1."""
    world = country([[60], [0], [0]])
    for row, members in enumerate(sizes):
        add_gang(world, place=home, members=members, cartel=0, arms=0.3, loyalty=0.7)
        world.rolls[CELLS, row] = row
    world.nation[0].cells = len(sizes)
    world.cartels[0].treasury, world.cartels[0].cell_place = treasury, 1
    return world


def test_the_founders_leave_the_largest_gang() -> None:
    world = ready((30, 50, 40))
    assert expansion.found(world, parameters(**CELLS_ONLY), 7, 0) == 10
    assert [int(gang.members) for gang in world.gangs[:4]] == [30, 40, 40, 10]
    cell = world.gangs[3]
    assert (cell.place, cell.allegiance, cell.arms, cell.loyalty) == (1, 0, 0.3, 0.7)
    assert cell.id == 1 * 2**48 + 7 * 2**32 + CELL * 2**29
    assert (world.cartels[0].treasury, world.cartels[0].spending) == (50.0, 100.0)


@pytest.mark.parametrize(("members", "size"), [(19, 0), (20, 10)])
def test_a_gang_sends_founders_when_as_many_stay(members, size) -> None:
    world = ready((members,))
    assert expansion.found(world, parameters(**CELLS_ONLY), 7, 0) == size
    assert world.gangs[0].members == members - size


def test_no_cell_without_money() -> None:
    world = ready((50,), treasury=99.0)
    assert expansion.found(world, parameters(**CELLS_ONLY), 7, 0) == 0
    assert world.cartels[0].treasury == 99.0


def test_founders_come_from_next_door_only() -> None:
    world = ready((50,), home=2)
    world.places[1].reach_last = world.places[1].reach_first + 1  # next to place 0 alone
    assert expansion.found(world, parameters(**CELLS_ONLY), 7, 0) == 0
