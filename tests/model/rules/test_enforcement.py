"""Enforcement: arrests and confrontations, operations against leaders, answers to pressure."""

from __future__ import annotations

import math

import pytest
from pytest import approx

from plazas.model.draws import ATTACK_OUTCOME, ESCAPE, OPERATION
from plazas.model.events import Custody, Fate
from plazas.model.rules import enforcement

from .builder import KEY, country, levers, parameters

#: 100 members: a capacity of 2 a week is a chance of 0.02; confrontations kill one in a hundred
ARRESTS = {
    "arrest_capacity": 2.0, "per_capita_arrests": 0.0, "corruption_discount": 0.5,
    "confrontation_deaths": 0.01,
}  # fmt: skip


# --- chances -------------------------------------------------------------------------------
def chances(world, policy: dict[str, float], against=None, **changes: float):
    """Return the chances of arrest and of death by the forces of the first cartel in place 0."""
    par = parameters(**{**ARRESTS, **changes})
    enforcement.chances(world, par, levers(world, against, **policy), 0, 0)
    return float(world.presence[0, 0].arrest), float(world.presence[0, 0].force)


@pytest.mark.parametrize(
    ("policy", "arrest", "death"),
    [
        ({}, 0.02, 0.01),
        ({"force": 2.0}, 0.04, 0.02),
        ({"arrests": 3.0}, 0.06, 0.01),
        ({"confrontation": 3.0}, 0.02, 0.03),
        ({"tolerance": 0.25}, 0.02 * 0.75, 0.01 * 0.75),
        ({"arrests": 0.0, "confrontation": 0.0}, 0.0, 0.0),
    ],
)
def test_levers_multiply_the_chances(policy, arrest, death) -> None:
    world = country([[60, 40]])
    assert chances(world, policy) == approx((arrest, death))
    assert world.places[0].crackdown == approx(arrest + death)  # the same for both


def test_corruption_takes_from_arrests_alone() -> None:
    world = country([[60, 40]])
    world.places[0].corruption = 0.4
    assert chances(world, {}) == approx((0.02 * (1 - 0.5 * 0.4), 0.01))


def test_a_crackdown_counts_each_cartel_by_its_share() -> None:
    world = country([[60, 40]])
    assert chances(world, {}, {("tolerance", 0): 1.0}) == (0.0, 0.0)
    assert world.places[0].crackdown == approx(0.4 * 0.03)


def test_focus_moves_arrests_to_the_most_violent() -> None:
    world = country([[60, 40]])
    world.nation[0].toll, world.cartels[0].toll = 10.0, 9.0
    # 9 / 60 a member against 10 / 100: 1.5 times; half of the arrests go by that
    assert chances(world, {"focus": 0.5})[0] == approx(0.02 * (0.5 + 0.5 * 1.5))


def test_a_fixed_share_is_arrested_in_the_alternative() -> None:
    world = country([[60, 40]])
    # 1,150 arrests a week are a hundredth of the 115,000 members of 2012
    assert chances(world, {}, arrest_capacity=1150.0, per_capita_arrests=1.0)[0] == approx(0.01)


def test_chances_together_are_never_above_one() -> None:
    world = country([[60, 40]])
    assert chances(world, {"arrests": 10.0, "force": 10.0}) == (1.0, 0.0)


# --- pressure ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arrests", "deaths", "pressure"),
    [
        ((0.02, 0.0), (0.01, 0.0), 0.03 * 60 / 100),
        ((0.02, 0.05), (0.01, 0.0), (0.03 * 60 + 0.05 * 40) / 100),
        ((0.0, 0.0), (0.0, 0.0), 0.0),
    ],
)
def test_pressure_is_the_chance_of_an_average_member(arrests, deaths, pressure) -> None:
    world = country([[60], [40]])
    world.presence.arrest[:, 0], world.presence.force[:, 0] = arrests, deaths
    enforcement.pressure(world, 0)
    assert world.cartels[0].pressure == approx(pressure)


def test_no_pressure_on_nobody() -> None:
    world = country([[0, 60]])
    world.presence[0, 0].arrest = 0.5  # left from an earlier week
    enforcement.pressure(world, 0)
    assert world.cartels[0].pressure == 0.0


# --- hunt ----------------------------------------------------------------------------------
#: a cartel of 40 of 100 is twice as prominent as one of a tenth
HUNT = {
    "leader_hunt": 0.1, "corruption_discount": 0.5, "operation_force": 60.0, "leader_killed": 0.3,
    "illness": 0.01, "extradition": 0.02, "escape": 0.04,
}  # fmt: skip


def hunted(
    fix_draws, operation, custody=(0.99, 0.99, 0.0, 0.0), policy=None, corruption=0.0, **more
):
    """Return the cartel of 40 after a hunt with these draws; its leader is 60."""
    world = country([[40, 60]])
    cartel = world.cartels[0]
    cartel.leader_age = 60.0
    for name, value in more.items():
        setattr(cartel, name, value)
    world.places[0].corruption = corruption
    fix_draws(enforcement, {OPERATION: operation, ESCAPE: custody})
    given = levers(world, **(policy or {}))
    enforcement.hunt(world, parameters(**HUNT), given, 0, KEY, 1, 0)
    return cartel


@pytest.mark.parametrize(
    ("u_outcome", "u_killed", "fate"),
    [
        # force of 60 against a strength at home of 40 x 0.5: success with 60 / 80
        (0.74, 0.31, Fate.CAPTURED),
        (0.74, 0.29, Fate.KILLED),
        (0.76, 0.29, Fate.RELEASED),
    ],
)
def test_an_operation_is_a_contest_of_force_and_strength(
    fix_draws, u_outcome, u_killed, fate
) -> None:
    assert hunted(fix_draws, (0.0, u_outcome, u_killed, 0.99)).fate == fate


@pytest.mark.parametrize(
    ("policy", "corruption", "chance"),
    [
        ({}, 0.0, 0.2),  # 0.1, twice as prominent
        ({"kingpin": 3.0}, 0.0, 0.6),
        ({"tolerance": 0.5}, 0.0, 0.1),
        ({"force": 0.5}, 0.0, 0.1),
        ({"force": 2.0}, 0.0, 0.2),  # more force does not hunt more often
        ({}, 0.4, 0.2 * 0.8),
    ],
)
def test_how_often_a_leader_is_hunted(fix_draws, policy, corruption, chance) -> None:
    for u, fate in ((chance - 0.001, Fate.CAPTURED), (chance + 0.001, Fate.NOTHING)):
        cartel = hunted(fix_draws, (u, 0.0, 0.99, 0.99), policy=policy, corruption=corruption)
        assert cartel.fate == fate


@pytest.mark.parametrize(("age", "chance"), [(60.0, 0.01), (70.0, 0.01 * math.exp(0.9))])
def test_illness_comes_with_age(fix_draws, age, chance) -> None:
    for u, fate in ((0.999 * chance, Fate.ILL), (1.001 * chance, Fate.NOTHING)):
        assert hunted(fix_draws, (0.99, 0.0, 0.0, u), leader_age=age).fate == fate


@pytest.mark.parametrize(
    ("captive", "u_escape", "u_extradited", "policy", "custody"),
    [
        (1, 0.99, 0.019, {}, Custody.EXTRADITED),
        (1, 0.99, 0.021, {}, Custody.NOTHING),
        (1, 0.99, 0.059, {"extradition": 3.0}, Custody.EXTRADITED),
        (1, 0.059, 0.99, {}, Custody.ESCAPED),  # 0.04 x (1 + corruption of 0.5)
        (1, 0.061, 0.99, {}, Custody.NOTHING),
        (0, 0.0, 0.0, {}, Custody.NOTHING),  # nobody is held
    ],
)
def test_a_captive_is_extradited_or_escapes(
    fix_draws, captive, u_escape, u_extradited, policy, custody
) -> None:
    draws = (u_escape, u_extradited, 0.0, 0.0)
    cartel = hunted(
        fix_draws, (0.99, 0.0, 0.0, 0.99), draws, policy, corruption=0.5, captive=captive
    )
    assert cartel.custody == custody


# --- answer --------------------------------------------------------------------------------
#: 0.1 x brutality 0.5 x twice as prominent, at the reference of pressure: 0.1
ANSWER = {"answer_rate": 0.1, "pressure_reference": 0.02, "bribe": 30.0, "attack_success": 0.6}


def answered(fix_draws, u_answer, u_where=0.0, outcome=(0.99, 0.99), policy=None, **more):
    """Return the world after the cartel of 40, in two places, answered with these draws."""
    world = country([[30, 60], [10, 0]])
    cartel = world.cartels[0]
    cartel.pressure, cartel.treasury = 0.02, 50.0
    world.places.corruption[:] = 0.5
    for name, value in more.items():
        setattr(cartel, name, value)
    fix_draws(
        enforcement, {ESCAPE: (0.0, 0.0, u_answer, u_where), ATTACK_OUTCOME: (*outcome, 0.0, 0.0)}
    )
    given = levers(world, **(policy or {}))
    enforcement.answer(world, parameters(**ANSWER), given, 0, KEY, 1, 0)
    return world


@pytest.mark.parametrize(
    ("more", "chance"),
    [
        ({}, 0.1),
        ({"brutality": 1.0}, 0.2),
        ({"boldness": 1.0}, 0.2),
        ({"pressure": 0.04}, 0.2),
        ({"pressure": 0.5}, 0.4),  # past four times the reference it does not answer more often
        ({"pressure": 0.0}, 0.0),
    ],
)
def test_how_often_a_cartel_answers_pressure(fix_draws, more, chance) -> None:
    # with members 40 of 100: sqrt(0.4 / 0.1) = 2
    assert answered(fix_draws, chance + 0.001, **more).cartels[0].attack_place == -1
    if chance > 0:
        assert answered(fix_draws, chance - 0.001, **more).cartels[0].attack_place == 0


@pytest.mark.parametrize(("u_where", "place"), [(0.0, 0), (0.74, 0), (0.76, 1)])
def test_it_answers_where_its_members_are(fix_draws, u_where, place) -> None:
    assert answered(fix_draws, 0.0, u_where).cartels[0].attack_place == place


@pytest.mark.parametrize(
    ("u_bribe", "treasury", "policy", "bribed"),
    [
        (0.49, 50.0, {}, True),  # officials are cheap where corruption is: 0.5
        (0.51, 50.0, {}, False),
        (0.49, 29.0, {}, False),  # it cannot pay
        (0.26, 50.0, {"anti_corruption": 0.5}, False),
        (0.24, 50.0, {"anti_corruption": 0.5}, True),
    ],
)
def test_it_bribes_where_corruption_makes_that_cheap(
    fix_draws, u_bribe, treasury, policy, bribed
) -> None:
    world = answered(fix_draws, 0.0, outcome=(0.99, u_bribe), policy=policy, treasury=treasury)
    cartel = world.cartels[0]
    assert (cartel.bribe_place, cartel.attack_place) == ((0, -1) if bribed else (-1, 0))
    assert cartel.spending == (30.0 if bribed else 0.0)
    assert cartel.treasury == treasury - cartel.spending


@pytest.mark.parametrize(
    ("u_outcome", "policy", "kills"),
    [(0.59, {}, 1), (0.61, {}, 0), (0.31, {"protection": 0.5}, 0), (0.29, {"protection": 0.5}, 1)],
)
def test_an_attack_kills_unless_it_is_foiled(fix_draws, u_outcome, policy, kills) -> None:
    world = answered(fix_draws, 0.0, outcome=(u_outcome, 0.99), policy=policy)
    assert (world.cartels[0].attack_place, world.cartels[0].attack_kills) == (0, kills)
