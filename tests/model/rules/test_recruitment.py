"""Recruitment: who joins a gang and who leaves it, as expected numbers and chances."""

from __future__ import annotations

import math

import pytest
from pytest import approx

from plazas.model.rules import recruitment

from .builder import add_gang, country, levers, parameters


@pytest.mark.parametrize(
    ("spent", "left"), [(0.0, 1.0), (50.0, math.exp(-1)), (100.0, math.exp(-2))]
)
def test_prevention_leaves_less_recruitment_the_more_is_spent(spent, left) -> None:
    assert recruitment.prevented(parameters(prevention_elasticity=0.02), spent) == approx(left)


@pytest.mark.parametrize(
    ("policy", "pull", "rehabilitated"),
    [
        ({}, 0.4, 0.0),
        ({"prevention": 50.0}, 0.4 * math.exp(-1), 0.0),
        ({"rehabilitation": 0.01}, 0.4, 0.01),
    ],
)
def test_programmes_act_on_the_room_that_is_left(policy, pull, rehabilitated) -> None:
    world = country([[10]])
    place = world.places[0]
    place.room = 0.4
    par = parameters(prevention_elasticity=0.02, addiction_effect=0.0)
    recruitment.programmes(place, par, levers(world, **policy), 0, 0)
    assert (place.pull, place.rehabilitated) == approx((pull, rehabilitated))


@pytest.mark.parametrize(
    ("prosperity", "paid", "appeal", "leaving"),
    [
        (1.0, 1.0, 0.01, 1e-4),  # 1e-6 x 100 members leave, nobody for want of wages
        (1.44, 0.75, 0.01 * 1.2, 1e-4 + 0.02 * 0.25),
        (9.0, 0.0, 0.01 * math.sqrt(3.0), 1e-4 + 0.02),  # past 3 riches tempt no more
        (0.0, 1.0, 0.01 * math.sqrt(0.1), 1e-4),  # and below 0.1 poverty deters no more
    ],
)
def test_a_cartel_recruits_by_its_riches_and_is_left_by_its_size(
    prosperity, paid, appeal, leaving
) -> None:
    cartel = country([[100]]).cartels[0]
    cartel.prosperity, cartel.paid = prosperity, paid
    par = parameters(recruitment=0.01, prosperity_effect=0.5, saturation=1e-6, desertion=0.02)
    recruitment.prospects(cartel, par)
    assert (cartel.appeal, cartel.leaving) == approx((appeal, leaving))


@pytest.mark.parametrize(
    ("need", "elasticity", "addiction", "effect", "pool"),
    [
        (1.0, 0.5, 0.0, 0.5, 1.0),  # at the reference, and nobody is addicted
        (4.0, 0.5, 0.0, 0.5, 2.0),
        (0.25, 0.5, 0.0, 0.5, 0.5),
        (4.0, 0.0, 0.0, 0.5, 1.0),  # need does not count
        (1.0, 0.5, 0.4, 0.5, 1.2),
        (4.0, 0.5, 1.0, 0.5, 3.0),
        (0.0, 0.0, 1.0, 0.5, 1.5),  # without a power of 0
    ],
)
def test_need_and_addiction_widen_the_pool(need, elasticity, addiction, effect, pool) -> None:
    place = country([[10]]).places[0]
    place.need, place.addiction = need, addiction
    par = parameters(need_effect=elasticity, addiction_effect=effect)
    assert recruitment.pool(place, par) == approx(pool)


def test_the_pool_and_the_room_multiply_recruitment() -> None:
    world = country([[10]])
    place = world.places[0]
    place.room, place.need, place.addiction = 0.4, 4.0, 0.4
    par = parameters(prevention_elasticity=0.02, need_effect=0.5, addiction_effect=0.5)
    recruitment.programmes(place, par, levers(world, prevention=50.0), 0, 0)
    assert place.pull == approx(0.4 * math.exp(-1) * 2.0 * 1.2)  # the addiction of the week before


#: 100 heads of 10,000 youths: a hundredth
ADDICTION = {"addiction_half": 0.03, "addiction_speed": 0.1}


@pytest.mark.parametrize(
    ("members", "local", "before", "level"),
    [
        (100, 0, 0.0, 0.25),  # 0.01 / (0.01 + 0.03)
        (0, 300, 0.0, 0.5),  # unaffiliated gangs sell drugs as well
        (100, 200, 0.5, 0.5),
        (0, 0, 0.5, 0.0),
    ],
)
def test_addiction_follows_the_presence_of_gangs(members, local, before, level) -> None:
    world = country([[members]])
    place = world.places[0]
    place.local_members, place.addiction = local, before
    recruitment.programmes(place, parameters(**ADDICTION), levers(world), 0, 0)
    assert place.addiction == approx(before + 0.1 * (level - before))


@pytest.mark.parametrize(
    ("rehabilitation", "patients", "after", "returning"),
    [
        # 120 heads: a tenth of the patients leave, and half of these are recruited again
        (0.0, 60.0, 54.0, 3.0 / 120),
        (0.05, 60.0, 60.0, 3.0 / 120),  # 6 members enter, 6 patients leave
        (0.05, 0.0, 6.0, 0.0),
    ],
)
def test_those_who_leave_a_programme_may_be_recruited_again(
    rehabilitation, patients, after, returning
) -> None:
    world = country([[100]])
    place = world.places[0]
    place.local_members, place.patients = 20, patients
    par = parameters(treatment=10.0, relapse=0.5, **ADDICTION)
    recruitment.programmes(place, par, levers(world, rehabilitation=rehabilitation), 0, 0)
    assert (place.patients, place.returning) == approx((after, returning))


def test_prevention_reaches_those_who_leave_a_programme() -> None:
    world = country([[100]])
    place = world.places[0]
    place.patients = 60.0
    par = parameters(treatment=10.0, relapse=0.5, prevention_elasticity=0.02, **ADDICTION)
    recruitment.programmes(place, par, levers(world, prevention=50.0), 0, 0)
    assert place.returning == approx(3.0 / 100 * math.exp(-1))


def test_nobody_returns_to_a_place_without_gangs() -> None:
    world = country([[0]])
    place = world.places[0]
    place.patients = 60.0
    recruitment.programmes(place, parameters(treatment=10.0, **ADDICTION), levers(world), 0, 0)
    assert (place.returning, place.patients) == approx((0.0, 54.0))


@pytest.mark.parametrize(
    ("friction", "policy", "exposed"),
    [
        # 300 patients of the programme, and a tenth of 0.2 x 10,000 in private centres
        (1.0, {}, 0.02 * 500 / 1000),
        (0.25, {}, 0.25 * 0.01),
        (0.0, {}, 0.0),  # only where groups contest the place
        (1.0, {"protection": 0.75}, 0.25 * 0.01),
        (1.0, {"protection": 1.0}, 0.0),
    ],
)
def test_rehabilitation_centres_are_exposed_where_a_place_is_contested(
    friction, policy, exposed
) -> None:
    world = country([[100]])
    place = world.places[0]
    place.patients, place.addiction, place.friction = 400.0, 0.2, friction
    par = parameters(treatment=4.0, centres=0.1, centre_attacks=0.02, **ADDICTION)
    recruitment.programmes(place, par, levers(world, **policy), 0, 0)
    assert place.exposed == approx(exposed)


def test_no_chance_of_an_attack_on_a_centre_is_above_one() -> None:
    world = country([[100]])
    place = world.places[0]
    place.patients, place.friction = 1e6, 1.0
    recruitment.programmes(place, parameters(centre_attacks=0.1), levers(world), 0, 0)
    assert place.exposed == 1.0


@pytest.mark.parametrize(
    ("rehabilitated", "returning", "appeal", "leaving"),
    [
        (0.0, 0.0, 0.01 * 0.4, 0.003),
        (0.01, 0.0, 0.01 * 0.4, 0.013),
        (0.05, 0.002, 0.01 * 0.4 + 0.002, 0.053),
    ],
)
def test_the_terms_of_a_place_join_cartel_and_programmes(
    rehabilitated, returning, appeal, leaving
) -> None:
    world = country([[100]])
    place, cartel, here = world.places[0], world.cartels[0], world.presence[0, 0]
    place.pull, place.rehabilitated, place.returning = 0.4, rehabilitated, returning
    cartel.appeal, cartel.leaving = 0.01, 0.003
    recruitment.terms(here, place, cartel)
    assert (here.appeal, here.leaving) == approx((appeal, leaving))


@pytest.mark.parametrize(
    ("appeal", "members", "recruits"), [(0.004, 30, 0.12), (0.02, 50, 1.0), (0.0, 30, 0.0)]
)
def test_a_gang_of_a_cartel_recruits_by_its_members(appeal, members, recruits) -> None:
    world = country([[100]])
    gang, here = add_gang(world, members=members, cartel=0), world.presence[0, 0]
    here.appeal = appeal
    assert recruitment.cell_recruits(gang, here) == approx(recruits)


@pytest.mark.parametrize(
    ("members", "pull", "returning", "recruits"),
    [(25, 0.4, 0.0, 0.2), (10, 1.0, 0.0, 0.2), (25, 0.0, 0.0, 0.0), (25, 0.4, 0.01, 0.45)],
)
def test_a_local_gang_turns_over(members, pull, returning, recruits) -> None:
    world = country([[100]])
    world.places[0].pull, world.places[0].returning = pull, returning
    par = parameters(local_turnover=0.02)
    gang = add_gang(world, members=members)
    assert recruitment.local_recruits(gang, world.places[0], par) == approx(recruits)


@pytest.mark.parametrize(
    ("members", "rehabilitated", "chance"),
    [
        (20, 0.0, 0.02),  # at its usual size as many leave as join
        (40, 0.0, 0.04),
        (10, 0.005, 0.015),
    ],
)
def test_a_local_gang_is_left_the_more_the_larger_it_is(members, rehabilitated, chance) -> None:
    world = country([[100]])
    world.places[0].rehabilitated = rehabilitated
    par = parameters(local_turnover=0.02, local_size=20.0)
    gang = add_gang(world, members=members)
    assert recruitment.local_leaving(gang, world.places[0], par) == approx(chance)
