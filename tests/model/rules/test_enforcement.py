"""Enforcement: arrests and confrontations, operations against leaders, answers to pressure."""

from __future__ import annotations

import math

import pytest
from pytest import approx

from plazas.model.draws import ATTACK_OUTCOME, ESCAPE, HIRED_ATTACK, OPERATION
from plazas.model.events import Custody, Fate
from plazas.model.rules import enforcement

from .builder import KEY, country, levers, parameters

#: 100 members: a capacity of 2 a week is a chance of 0.02; confrontations kill one in a hundred
ARRESTS = {
    "arrest_capacity": 2.0, "per_capita_arrests": 0.0, "corruption_discount": 0.5,
    "confrontation_deaths": 0.01, "notoriety": 0.0, "silence": 0.0, "fear_effect": 0.0,
    "threats_fade": 0.1,
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


@pytest.mark.parametrize(
    ("fear", "effect", "times"),
    [(0.0, 0.4, 1.0), (0.5, 0.4, 0.8), (1.0, 0.4, 0.6), (1.0, 1.0, 0.0)],
)
def test_officials_who_are_afraid_arrest_fewer(fear, effect, times) -> None:
    world = country([[60, 40]])
    world.places[0].fear = fear
    assert chances(world, {}, fear_effect=effect) == approx((0.02 * times, 0.01))
    assert world.places[0].fear == approx(0.9 * fear)  # it fades


@pytest.mark.parametrize(
    ("brutality", "notoriety", "silence", "times"),
    [
        # the average member is in a cartel of 0.5; the first cartel has 0.6 of the place
        (0.5, 0.5, 0.0, 1.0),
        (1.0, 0.5, 0.0, 1.25),  # it draws the state's attention
        (0.0, 0.5, 0.0, 0.75),
        (0.0, 3.0, 0.0, 0.0),  # not below 0
        (0.5, 0.0, 0.4, 1.0 - 0.4 * 0.5 * 0.6),  # nobody denounces it
        (1.0, 0.0, 0.4, 1.0 - 0.4 * 0.6),
        (1.0, 0.5, 0.4, 1.25 * 0.76),
    ],
)
def test_brutality_draws_arrests_and_silences_witnesses(
    brutality, notoriety, silence, times
) -> None:
    world = country([[60, 40]])
    world.cartels[0].brutality = brutality
    found = chances(world, {}, notoriety=notoriety, silence=silence)
    assert found == approx((0.02 * times, 0.01))


def test_fear_silences_where_a_cartel_rules() -> None:
    world = country([[90, 10]])
    chances(world, {}, silence=1.0)
    assert world.presence.arrest[0, :2].tolist() == approx([0.02 * 0.55, 0.02 * 0.95])


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
    "illness": 0.01, "extradition": 0.02, "escape": 0.04, "ageing": 0.09,
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


def test_one_who_is_ill_does_not_fall_ill_again(fix_draws) -> None:
    assert hunted(fix_draws, (0.99, 0.0, 0.0, 0.0), ailing=5).fate == Fate.NOTHING
    assert hunted(fix_draws, (0.99, 0.0, 0.0, 0.0), ailing=0).fate == Fate.ILL
    # but he may be captured
    assert hunted(fix_draws, (0.0, 0.0, 0.99, 0.0), ailing=5).fate == Fate.CAPTURED


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
ANSWER = {
    "answer_rate": 0.1, "pressure_reference": 0.02, "answer_most": 4.0, "bribe": 30.0,
    "attack_success": 0.6, "attacks_hired": 0.2, "hire_cost": 20.0, "hire_contact": 0.2,
    "deterrence": 0.7, "anger_effect": 5.0, "show_of_force": 0.5,
}  # fmt: skip
#: what it would draw for a bribe, a hired attack, a threat, and to be deterred: none of them
BRIBE, HIRED, THREAT, DETERRED = 0.99, 0.99, 0.0, 0.99


def answered(
    fix_draws, u_answer=0.0, u_where=0.0, u_bribe=BRIBE, u_outcome=0.99, u_hired=HIRED,
    u_target=0.0, u_threat=THREAT, u_deterred=DETERRED, policy=None, struck=(0.02, 0.02),
    hire=False, **more,
):  # fmt: skip
    """Return the world after the cartel of 40, in two of four places, answered with these draws.

    It has threatened once, so that by its draw it attacks. In the last two places a gang can be
    hired if ``hire``; ``struck`` are the chances of arrest of its members.
    """
    world = country([[30, 60], [10, 0], [0, 0], [0, 0]])
    cartel = world.cartels[0]
    cartel.treasury, cartel.threats = 50.0, 1.0
    world.presence.arrest[:2, 0] = struck
    cartel.pressure = (30 * struck[0] + 10 * struck[1]) / 40
    world.places.corruption[:] = 0.5
    if hire:
        world.presence.standing[2:, 0] = 0.3
        world.places.local_gangs[2:] = 1
    for name, value in more.items():
        setattr(cartel, name, value)
    fix_draws(
        enforcement,
        {
            ESCAPE: (0.0, 0.0, u_answer, u_where),
            ATTACK_OUTCOME: (u_outcome, u_bribe, 0.0, 0.0),
            HIRED_ATTACK: (u_hired, u_target, u_threat, u_deterred),
        },
    )
    given = levers(world, **(policy or {}))
    enforcement.answer(world, parameters(**ANSWER), given, 0, KEY, 1, 0)
    return world


def means(world) -> tuple[int, int, int]:
    """Return where the cartel bribes, threatens and attacks, -1 for nowhere."""
    cartel = world.cartels[0]
    return int(cartel.bribe_place), int(cartel.threat_place), int(cartel.attack_place)


@pytest.mark.parametrize(
    ("more", "chance"),
    [
        ({}, 0.1),
        ({"brutality": 1.0}, 0.2),
        ({"boldness": 1.0}, 0.2),
        ({"pressure": 0.04}, 0.2),
        ({"pressure": 0.5}, 0.4),  # past four times the reference it does not answer more often
        ({"pressure": 0.0}, 0.0),
        ({"anger": 0.5}, 0.1 * 3.5),  # after an extradition: 1 + 5 x 0.5
        ({"ailing": 9}, 0.15),  # contenders show force while the leader is ill
        ({"ailing": 1, "boldness": 1.0}, 0.3),
    ],
)
def test_how_often_a_cartel_answers_pressure(fix_draws, more, chance) -> None:
    # with members 40 of 100: sqrt(0.4 / 0.1) = 2
    assert means(answered(fix_draws, chance + 0.001, **more)) == (-1, -1, -1)
    if chance > 0:
        assert means(answered(fix_draws, chance - 0.001, **more)) == (-1, -1, 0)


@pytest.mark.parametrize(
    ("struck", "u_where", "place"),
    [
        ((0.02, 0.02), 0.0, 0),
        ((0.02, 0.02), 0.74, 0),  # 30 of its 40 members are there
        ((0.02, 0.02), 0.76, 1),
        # a crackdown in the second place: 0.01 x 30 are taken in the first, 0.05 x 10 there
        ((0.01, 0.05), 0.37, 0),
        ((0.01, 0.05), 0.38, 1),
        ((0.0, 0.08), 0.0, 1),
        ((0.03, 0.0), 0.999, 0),
    ],
)
def test_it_answers_where_it_is_struck(fix_draws, struck, u_where, place) -> None:
    assert means(answered(fix_draws, 0.0, u_where, struck=struck))[2] == place


def test_deaths_by_the_forces_are_blows_too(fix_draws) -> None:
    world = country([[30, 60], [10, 0]])
    cartel = world.cartels[0]
    world.presence.force[:2, 0] = 0.01, 0.05
    cartel.pressure, cartel.threats = 0.02, 1.0
    draws = {
        ESCAPE: (0.0, 0.0, 0.0, 0.38), ATTACK_OUTCOME: (0.99,) * 4,
        HIRED_ATTACK: (HIRED, 0.0, THREAT, DETERRED),
    }  # fmt: skip
    fix_draws(enforcement, draws)
    enforcement.answer(world, parameters(**ANSWER), levers(world), 0, KEY, 1, 0)
    assert means(world) == (-1, -1, 1)


@pytest.mark.parametrize(
    ("u_bribe", "treasury", "policy", "anger", "bribed"),
    [
        (0.49, 50.0, {}, 0.0, True),  # officials are cheap where corruption is: 0.5
        (0.51, 50.0, {}, 0.0, False),
        (0.49, 29.0, {}, 0.0, False),  # it cannot pay
        (0.26, 50.0, {"anti_corruption": 0.5}, 0.0, False),
        (0.24, 50.0, {"anti_corruption": 0.5}, 0.0, True),
        (0.26, 50.0, {}, 0.5, False),  # angry, it wants revenge
        (0.24, 50.0, {}, 0.5, True),
        (0.0, 50.0, {}, 1.0, False),
    ],
)
def test_it_bribes_where_corruption_makes_that_cheap(
    fix_draws, u_bribe, treasury, policy, anger, bribed
) -> None:
    world = answered(fix_draws, u_bribe=u_bribe, policy=policy, treasury=treasury, anger=anger)
    cartel = world.cartels[0]
    assert means(world) == ((0, -1, -1) if bribed else (-1, -1, 0))
    assert cartel.spending == (30.0 if bribed else 0.0)
    assert cartel.treasury == treasury - cartel.spending


@pytest.mark.parametrize(
    ("threats", "u_threat", "threatens"),
    [
        (0.0, 0.0, True),  # it never attacks before it has threatened
        (1.0, 0.51, True),
        (1.0, 0.49, False),
        (3.0, 0.76, True),
        (3.0, 0.74, False),  # 3 / (1 + 3)
    ],
)
def test_it_threatens_before_it_attacks(fix_draws, threats, u_threat, threatens) -> None:
    world = answered(fix_draws, threats=threats, u_threat=u_threat)
    assert means(world) == ((-1, 0, -1) if threatens else (-1, -1, 0))
    assert world.cartels[0].threats == threats + (1.0 if threatens else 0.0)


def test_the_ladder_is_bribe_threat_attack(fix_draws) -> None:
    """The same cartel with the same draws climbs it as it runs out of cheaper means."""
    draws = {"u_bribe": 0.4, "u_threat": 0.4}
    assert means(answered(fix_draws, **draws)) == (0, -1, -1)
    assert means(answered(fix_draws, treasury=0.0, threats=0.0, **draws)) == (-1, 0, -1)
    assert means(answered(fix_draws, treasury=0.0, threats=1.0, **draws)) == (-1, -1, 0)


@pytest.mark.parametrize(
    ("u_outcome", "policy", "kills"),
    [(0.59, {}, 1), (0.61, {}, 0), (0.31, {"protection": 0.5}, 0), (0.29, {"protection": 0.5}, 1)],
)
def test_an_attack_kills_unless_it_is_foiled(fix_draws, u_outcome, policy, kills) -> None:
    world = answered(fix_draws, u_outcome=u_outcome, policy=policy)
    assert (world.cartels[0].attack_place, world.cartels[0].attack_kills) == (0, kills)
    assert world.cartels[0].attack_hired == 0


@pytest.mark.parametrize(
    ("protection", "u_deterred", "attacks"),
    [
        (0.0, 0.0, True),
        (0.5, 0.34, False),  # 0.7 x 0.5: an attack that would fail is given up
        (0.5, 0.36, True),
        (1.0, 0.69, False),
        (1.0, 0.71, True),
    ],
)
def test_protection_deters_attacks(fix_draws, protection, u_deterred, attacks) -> None:
    world = answered(fix_draws, u_deterred=u_deterred, policy={"protection": protection})
    assert means(world) == (-1, -1, 0 if attacks else -1)


def test_protection_deters_no_threat(fix_draws) -> None:
    world = answered(fix_draws, threats=0.0, u_deterred=0.0, policy={"protection": 1.0})
    assert means(world) == (-1, 0, -1)


# --- answer: hired attackers -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("u_hired", "treasury", "hire", "place"),
    [
        (0.19, 50.0, True, 2),  # a fifth of the answers are hired, where it has no members
        (0.21, 50.0, True, 0),
        (0.19, 19.0, True, 0),  # it cannot pay
        (0.19, 50.0, False, 0),  # nobody is for hire within its reach
    ],
)
def test_a_hired_gang_attacks_where_the_cartel_has_no_members(
    fix_draws, u_hired, treasury, hire, place
) -> None:
    world = answered(fix_draws, u_hired=u_hired, treasury=treasury, hire=hire)
    cartel, hired = world.cartels[0], place == 2
    assert means(world) == (-1, -1, place)
    assert cartel.attack_hired == int(hired)
    assert cartel.spending == (20.0 if hired else 0.0)
    assert cartel.treasury == treasury - cartel.spending
    assert world.presence.contact[:, 0].tolist() == [0.0, 0.0, 0.2 if hired else 0.0, 0.0]


@pytest.mark.parametrize(
    ("population", "force", "u_target", "place"),
    [
        (100_000.0, 1.0, 0.49, 2),  # officials of both places weigh the same
        (100_000.0, 1.0, 0.51, 3),
        (300_000.0, 1.0, 0.24, 2),
        (300_000.0, 1.0, 0.26, 3),
        (100_000.0, 3.0, 0.24, 2),
        (100_000.0, 3.0, 0.26, 3),
    ],
)
def test_a_hired_gang_attacks_where_officials_of_weight_sit(
    fix_draws, population, force, u_target, place
) -> None:
    world = country([[30, 60], [10, 0], [0, 0], [0, 0]])
    world.presence.standing[2:, 0] = 0.3
    world.places.local_gangs[2:] = 1
    world.places[3].population, world.places[3].force = population, force
    world.cartels[0].pressure, world.cartels[0].treasury = 0.02, 50.0
    draws = {
        ESCAPE: (0.0, 0.0, 0.0, 0.0), ATTACK_OUTCOME: (0.99,) * 4,
        HIRED_ATTACK: (0.0, u_target, THREAT, DETERRED),
    }  # fmt: skip
    fix_draws(enforcement, draws)
    enforcement.answer(world, parameters(**ANSWER), levers(world), 0, KEY, 1, 0)
    assert means(world) == (-1, -1, place)


def test_a_hired_attack_needs_no_threat_and_can_be_deterred(fix_draws) -> None:
    more = {"u_hired": 0.0, "hire": True, "threats": 0.0, "u_threat": 0.99}
    assert means(answered(fix_draws, **more)) == (-1, -1, 2)
    world = answered(fix_draws, u_deterred=0.34, policy={"protection": 0.5}, **more)
    assert means(world) == (-1, -1, -1)
    assert (world.cartels[0].attack_hired, world.cartels[0].spending) == (0, 0.0)
    assert world.presence.contact[2, 0] == 0.0


def test_answers_of_last_week_are_forgotten(fix_draws) -> None:
    old = {"bribe_place": 1, "threat_place": 1, "attack_place": 1, "attack_kills": 1}
    world = answered(fix_draws, 0.99, attack_hired=1, **old)
    assert means(world) == (-1, -1, -1)
    assert (world.cartels[0].attack_kills, world.cartels[0].attack_hired) == (0, 0)
