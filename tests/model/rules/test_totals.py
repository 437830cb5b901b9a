"""Totals: who stands where at the start of a week, and whose turn it is."""

from __future__ import annotations

import pytest
from pytest import approx

from plazas.model.rules import totals
from plazas.model.world import CELLS, FREE, INDEPENDENT, UNAFFILIATED

from .builder import add_gang, country, parameters


# --- count ---------------------------------------------------------------------------------
def counted(**values: float):
    """Return a counted world of two places, two cartels and five gangs, one of them ended."""
    world = country([[0, 0], [0, 0]])
    add_gang(world, place=0, members=30, cartel=0, arms=0.5)
    add_gang(world, place=0, members=10, cartel=1, arms=0.2)
    add_gang(world, place=1, members=60, cartel=1, arms=0.5)
    add_gang(world, place=1, members=0)
    add_gang(world, place=1, members=20, arms=0.1)
    world.places[1].force = 2.0
    world.cartels.brutality[:2] = 0.5, 0.9
    totals.count(world, parameters(next_door=0.5, **values))
    return world


def test_members_and_strength_are_summed_by_place_and_cartel() -> None:
    world = counted()
    here = world.presence
    assert here.members[:, :2].tolist() == [[30, 10], [0, 60]]
    assert here.strength[:, :2].tolist() == [[15.0, 2.0], [0.0, 30.0]]
    assert world.places.members.tolist() == [40, 60]
    assert world.cartels.members[:2].tolist() == [30, 70]
    assert world.cartels.strength[:2].tolist() == [15.0, 32.0]
    assert world.cartels.places[:2].tolist() == [1, 2]
    nation = world.nation[0]
    assert (nation.members, nation.guarded) == (100, 40 * 1.0 + 60 * 2.0)


def test_ground_is_the_largest_share_of_a_place() -> None:
    assert counted().cartels.ground[:2].tolist() == [0.75, 1.0]
    world = country([[10, 20]])  # what was counted before is forgotten
    totals.count(world, parameters())
    assert world.cartels.ground[:2].tolist() == [0.0, 0.0]


def test_brutality_is_a_mean_over_members() -> None:
    assert counted().nation[0].brutality == approx((30 * 0.5 + 70 * 0.9) / 100)
    world = country([[0]])
    totals.count(world, parameters())
    assert world.nation[0].brutality == 0.0


@pytest.mark.parametrize(
    ("contact", "left", "standing"),
    [
        (0.8, 0.72, 0.72),  # a tenth fades in a week; more than half of 0.75 next door
        (0.2, 0.18, 0.375),
        (0.0, 0.0, 0.375),
    ],
)
def test_a_contact_gives_standing_and_fades(contact, left, standing) -> None:
    world = country([[0, 0], [0, 0]])
    add_gang(world, place=0, members=30, cartel=0)
    add_gang(world, place=0, members=10, cartel=1)
    world.presence[1, 0].contact = contact
    totals.count(world, parameters(next_door=0.5, contact_fades=0.1))
    here = world.presence[1, 0]
    assert (here.contact, here.standing) == approx((left, standing))


def test_a_fight_of_last_week_is_forgotten() -> None:
    world = country([[10, 10]])
    world.presence.fought[0, :2] = world.presence.beaten[0, :2] = 0.5
    totals.count(world, parameters())
    assert world.presence.fought[0, :2].tolist() == [0.0, 0.0]
    assert world.presence.beaten[0, :2].tolist() == [0.0, 0.0]


def test_a_cartel_stands_next_door_by_half_its_share_there() -> None:
    here = counted().presence
    assert here.share[:, :2] == approx(here.share[:, :2] * 0 + [[0.75, 0.25], [0.0, 1.0]])
    # place 0: 1 has 0.25, and half of the whole of place 1; place 1: 0 has half of 0.75
    assert here.standing[0, :2].tolist() == [0.75, 0.5]
    assert here.standing[1, :2].tolist() == [0.375, 1.0]


def test_unaffiliated_gangs_are_counted_apart() -> None:
    place = counted().places[1]
    assert (place.local_members, place.local_gangs) == (20, 1)
    assert place.local_strength == approx(20 * 0.1)
    assert place.room == approx(1 - (60 + 20) / 10_000)


def test_a_row_without_members_is_free() -> None:
    world = counted()
    nation = world.nation[0]
    assert (nation.gangs, nation.free) == (4, 1)
    assert world.rolls[FREE, 0] == 3


def test_flows_are_forgotten_and_hired_gangs_attack_the_week_after() -> None:
    world = country([[10, 10]])
    world.cartels[0].killed_by_rivals = world.cartels[0].joined = world.places[
        0
    ].killed_by_rivals = 4
    world.presence[0, 1].hiring = 25
    totals.count(world, parameters())
    assert (
        world.cartels[0].killed_by_rivals,
        world.cartels[0].joined,
        world.places[0].killed_by_rivals,
    ) == (0, 0, 0)
    assert (world.presence[0, 1].hired, world.presence[0, 1].hiring) == (25, 0)


def test_a_crowded_place_has_no_room_and_a_dead_cartel_is_not_listed() -> None:
    world = country([[0, 0]])
    add_gang(world, members=30, cartel=1)
    world.places[0].at_risk = 20.0
    world.cartels[0].alive = 0
    totals.count(world, parameters())
    assert world.places[0].room == 0.0
    assert (world.nation[0].living, world.cartels[0].listed, world.presence[0, 0].listed) == (
        1,
        1,
        1,
    )


# --- has_turn ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("gang", "cartel", "weeks"),
    [
        (5, 0, [3, 7, 11]),  # 5 + week is a multiple of 4
        (5, INDEPENDENT, [8]),  # of 13
        # the parts of the id of place 1, week 2 are added: 1 x 2**48 + 2 x 2**32, then 1 x 2**16
        # + 2, then 1. Modulo 4 this is 2 + 1 + week
        (2**48 + 2 * 2**32, 0, [1, 5, 9]),
        # and modulo 13, where 2**48 = 1, 2**32 = 9 and 2**16 = 3: 1 + 18 + 3 + 2 + 1 = 25
        (2**48 + 2 * 2**32, INDEPENDENT, [1]),
    ],
)
def test_a_gang_has_its_turn_by_its_id(gang, cartel, weeks) -> None:
    world = country([[10]])
    entered = add_gang(world, cartel=cartel, gang=gang)
    assert [week for week in range(12) if totals.has_turn(entered, week)] == weeks


@pytest.mark.parametrize(
    ("week", "cells", "unaffiliated"), [(3, [0], []), (8, [], [1]), (0, [], [])]
)
def test_those_whose_turn_it_is_are_listed(week, cells, unaffiliated) -> None:
    world = country([[0]])
    add_gang(world, cartel=0, gang=5)
    add_gang(world, gang=5)
    world.nation[0].week = week
    totals.count(world, parameters())
    nation = world.nation[0]
    assert world.rolls[CELLS, : nation.cells].tolist() == cells
    assert world.rolls[UNAFFILIATED, : nation.unaffiliated].tolist() == unaffiliated
