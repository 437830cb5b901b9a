"""Emergence: when the gangs of a place federate, who joins, and against whom."""

from __future__ import annotations

import pytest
from pytest import approx

from plazas.model.draws import FEDERATE, RISE
from plazas.model.events import EventKind
from plazas.model.rules import emergence
from plazas.model.world import AT_WAR, INDEPENDENT, NEUTRAL

from .builder import KEY, add_gang, country, empty_log, logged, parameters

PAR = {
    "emergence": 0.5, "federates": 0.5, "smallest_rise": 30.0, "treasury_2010": 2.0,
    "rise_entry": 0.0, "rise_friction": 0.0, "rise_riches": 4.0, "rise_brutality_least": 0.4,
    "rise_brutality_span": 0.5, "heir_youngest": 35.0, "heir_span": 20.0, "war_declared": 10.0,
}  # fmt: skip


def contested(local_strength: float = 10.0):
    """Return a place contested 60 to 40 with 50 arms, and local gangs with 10."""
    world = country([[60, 40], [0, 0]])
    world.places[0].local_strength = local_strength
    return world


# --- chance --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("racket", "local_strength", "chance"),
    [
        # riches 0.5 / 0.5 = 1; arms 10 of 60; contest 1 - 0.36 - 0.16
        (0.5, 10.0, 0.5 * 1 * 10 / 60 * 0.48),
        (0.75, 10.0, 0.5 * 1.5 * 10 / 60 * 0.48),
        (9.0, 10.0, 0.5 * 4 * 10 / 60 * 0.48),  # riches past 4 tempt no more
        (0.5, 50.0, 0.5 * 1 * 50 / 100 * 0.48),
        (0.5, 0.0, 0.0),
    ],
)
def test_gangs_federate_by_riches_arms_and_contest(racket, local_strength, chance) -> None:
    world = contested(local_strength)
    world.places[0].racket = racket
    assert emergence.chance(world, parameters(**PAR), 0) == approx(chance)


@pytest.mark.parametrize(
    ("homes", "settled", "entry"),
    [
        ((1, 1), (0.6, 0.4), 0.0),  # nobody has gained
        ((1, 1), (0.5, 0.4), 0.1),  # a cartel from elsewhere has gained a tenth of the place
        ((0, 1), (0.5, 0.4), 0.0),  # one at home provokes nobody
        ((1, 1), (0.5, 0.1), 0.1 + 0.3),
        ((0, 1), (0.5, 0.1), 0.3),
        ((1, 1), (0.9, 0.9), 0.0),
    ],
)
def test_an_outsider_that_enters_provokes_a_rise(homes, settled, entry) -> None:
    world = contested()
    world.cartels.home[:2] = homes
    world.presence.settled[0, :2] = settled
    par = parameters(**{**PAR, "rise_entry": 5.0})
    assert emergence.chance(world, par, 0) == approx(0.5 * 10 / 60 * (0.48 + 5.0 * entry))


def test_an_outsider_may_provoke_a_rise_even_where_it_is_alone() -> None:
    world = country([[100, 0], [0, 0]])
    world.places[0].local_strength = 50.0
    world.cartels[0].home = 1
    world.presence[0, 0].settled = 0.8
    par = parameters(**{**PAR, "rise_entry": 5.0})
    assert emergence.chance(world, par, 0) == approx(0.5 * 50 / 100 * 5.0 * 0.2)


@pytest.mark.parametrize(("friction", "times"), [(0.0, 1.0), (0.25, 1.5), (1.0, 3.0)])
def test_gangs_federate_where_there_is_fighting(friction, times) -> None:
    world = contested()
    world.places[0].friction = friction
    par = parameters(**{**PAR, "rise_friction": 2.0})
    assert emergence.chance(world, par, 0) == approx(0.5 * 10 / 60 * 0.48 * times)


def test_they_do_not_under_a_monopoly_or_switched_off() -> None:
    world = country([[60, 0]])
    world.places[0].local_strength = 10.0
    assert emergence.chance(world, parameters(**PAR), 0) == 0.0
    assert emergence.chance(contested(), parameters(**{**PAR, "emergence": 0.0}), 0) == 0.0


def test_the_chance_is_never_above_one() -> None:
    assert emergence.chance(contested(), parameters(**{**PAR, "emergence": 100.0}), 0) == 1.0


# --- rise ----------------------------------------------------------------------------------
def with_gangs(world):
    """Enter four gangs: two of the place, one of a cartel, one elsewhere; return the world."""
    add_gang(world, place=0, members=30)
    add_gang(world, place=0, members=12)
    add_gang(world, place=0, members=50, cartel=0)
    add_gang(world, place=1, members=40)
    return world


def rises(fix_draws, against: int = INDEPENDENT, follows=lambda gang: 0.0, **changes: float):
    """Return the world and the log after a rise in place 0 in week 2."""
    world = with_gangs(contested())
    record = empty_log(world)
    fix_draws(emergence, {FEDERATE: follows, RISE: (0.0, 0.0, 0.6, 0.25)})
    emergence.rise(world, parameters(**{**PAR, **changes}), record, KEY, 2, 0, against)
    return world, record


def test_the_unaffiliated_gangs_of_the_place_become_a_cartel(fix_draws) -> None:
    world, record = rises(fix_draws)
    assert [int(gang.allegiance) for gang in world.gangs[:4]] == [2, 2, 0, INDEPENDENT]
    assert [int(gang.joins) for gang in world.gangs[:2]] == [2, 2]
    new = world.cartels[2]
    assert (new.alive, new.home, new.founder, new.parent, new.founded) == (1, 0, -1, -1, 2)
    assert (new.joined, world.nation[0].local_defected) == (42, 42)
    assert new.treasury == approx(2.0 * 42)
    assert new.brutality == approx(0.4 + 0.5 * 0.6)
    assert new.leader_age == approx(35 + 20 * 0.25)
    assert (world.relations[2, 0].stance, world.relations[1, 2].stance) == (NEUTRAL, NEUTRAL)
    columns = logged(record, "kind", "place", "cartel", "other", "amount")
    assert columns == [(EventKind.RISE, 0, 2, -1, 42)]


def test_some_rise_against_an_outsider(fix_draws) -> None:
    world, record = rises(fix_draws, against=1)
    assert (world.relations[2, 0].stance, world.relations[2, 1].stance) == (NEUTRAL, AT_WAR)
    assert world.relations.declared[2, :2].tolist() == [
        -1,
        2 + 10,
    ]  # it fights where both are strong
    assert logged(record, "kind", "cartel", "other") == [
        (EventKind.RISE, 2, 1),
        (EventKind.WAR, 2, 1),
    ]


def test_a_gang_federates_by_its_own_draw(fix_draws) -> None:
    world, _ = rises(fix_draws, follows=lambda gang: 0.49 if gang == 1 else 0.51)
    assert [int(gang.allegiance) for gang in world.gangs[:2]] == [2, INDEPENDENT]
    assert world.cartels[2].joined == 30


def test_too_few_do_not_rise(fix_draws) -> None:
    world, record = rises(fix_draws, smallest_rise=43.0)
    assert world.nation[0].cartel_rows == 2
    assert [int(gang.allegiance) for gang in world.gangs[:2]] == [INDEPENDENT] * 2
    assert logged(record, "kind") == []


# --- review --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("week", "u_rise", "u_hostile", "events"),
    [
        # the chance is 0.5 x 10 / 60 x 0.48 = 0.04; 0.3 of them rise against the largest
        (4, 0.039, 0.31, [(EventKind.RISE, -1)]),
        (4, 0.039, 0.29, [(EventKind.RISE, 0), (EventKind.WAR, 0)]),
        (4, 0.041, 0.29, []),
        (5, 0.0, 0.0, []),  # place 0 is looked at in every fourth week
    ],
)
def test_a_place_is_looked_at_once_a_month(fix_draws, week, u_rise, u_hostile, events) -> None:
    world = with_gangs(contested())
    record = empty_log(world)
    fix_draws(emergence, {FEDERATE: 0.0, RISE: (u_rise, u_hostile, 0.5, 0.5)})
    par = parameters(rise_hostile=0.3, **PAR)
    emergence.review(world, par, record, KEY, week, 0)
    assert logged(record, "kind", "other") == events
