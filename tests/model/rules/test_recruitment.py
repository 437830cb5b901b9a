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
    par = parameters(prevention_elasticity=0.02)
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


@pytest.mark.parametrize(("rehabilitated", "leaving"), [(0.0, 0.003), (0.01, 0.013), (0.05, 0.053)])
def test_the_terms_of_a_place_join_cartel_and_programmes(rehabilitated, leaving) -> None:
    world = country([[100]])
    place, cartel, here = world.places[0], world.cartels[0], world.presence[0, 0]
    place.pull, place.rehabilitated = 0.4, rehabilitated
    cartel.appeal, cartel.leaving = 0.01, 0.003
    recruitment.terms(here, place, cartel)
    assert (here.appeal, here.pull, here.leaving) == approx((0.01, 0.4, leaving))


@pytest.mark.parametrize(
    ("appeal", "members", "pull", "recruits"),
    [(0.01, 30, 0.4, 0.12), (0.02, 50, 1.0, 1.0), (0.01, 30, 0.0, 0.0)],
)
def test_a_gang_of_a_cartel_recruits_by_its_members(appeal, members, pull, recruits) -> None:
    world = country([[100]])
    gang, here = add_gang(world, members=members, cartel=0), world.presence[0, 0]
    here.appeal, here.pull = appeal, pull
    assert recruitment.cell_recruits(gang, here) == approx(recruits)


@pytest.mark.parametrize(
    ("members", "pull", "recruits"), [(25, 0.4, 0.2), (10, 1.0, 0.2), (25, 0.0, 0.0)]
)
def test_a_local_gang_turns_over(members, pull, recruits) -> None:
    world = country([[100]])
    world.places[0].pull = pull
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
