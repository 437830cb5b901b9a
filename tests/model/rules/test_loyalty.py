"""Loyalty and arms: what they drift towards, and how fast."""

from __future__ import annotations

import pytest
from pytest import approx

from plazas.model.rules import loyalty

from .builder import country, parameters

PAR = {
    "loyalty_losses": 2.0, "loyalty_beaten": 0.5, "loyalty_distance": 0.2, "loyalty_weak": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("paid", "cohesion", "bond"),
    [(1.0, 1.0, 1.0), (1.0, 0.5, 0.8), (0.5, 0.5, 0.4), (0.0, 1.0, 0.0)],
)
def test_the_bond_is_wages_and_cohesion(paid, cohesion, bond) -> None:
    cartel = country([[10]]).cartels[0]
    cartel.paid, cartel.cohesion = paid, cohesion
    assert loyalty.bond(cartel, parameters(loyalty_paid=0.6)) == approx(
        bond
    )  # paid x (0.6 + 0.4 cohesion)


@pytest.mark.parametrize(
    ("place", "beaten", "losses", "kept"),
    [
        (0, 0.0, 0.0, 0.8),  # at home
        (1, 0.0, 0.0, 0.8 - 0.2 * 0.75),  # away, with a franchise of 0.25
        (0, 0.4, 0.0, 0.8 - 0.5 * 0.4),
        (1, 0.4, 0.1, 0.8 - 0.2 * 0.75 - 0.5 * 0.4 - 2.0 * 0.1),
        (0, 0.0, 0.5, -0.2),  # below 0 it keeps none
    ],
)
def test_loyalty_is_lost_by_distance_defeat_and_losses(place, beaten, losses, kept) -> None:
    world = country([[10], [10]])
    cartel, here = world.cartels[0], world.presence[place, 0]
    cartel.bond, cartel.franchise, here.beaten = 0.8, 0.25, beaten
    assert loyalty.kept(cartel, here, parameters(**PAR), place, losses) == approx(kept)


@pytest.mark.parametrize(
    ("share", "kept"),
    [
        (0.0, 0.8 - 0.4),  # next to nothing of the place
        (0.05, 0.8 - 0.3),
        (0.1, 0.8 - 0.2),
        (0.2, 0.8),  # from this share on it is strong
        (0.9, 0.8),
    ],
)
def test_gangs_lose_heart_where_their_cartel_is_weak(share, kept) -> None:
    world = country([[10]])
    cartel, here = world.cartels[0], world.presence[0, 0]
    cartel.bond, here.share = 0.8, share
    par = parameters(**{**PAR, "loyalty_weak": 0.4, "front_ground": 0.2})
    assert loyalty.kept(cartel, here, par, 0, 0.0) == approx(kept)


@pytest.mark.parametrize(
    ("place", "armed", "kept", "rearming"),
    [(0, 1.0, 0.8, 0.05), (1, 1.0, 0.65, 0.05), (0, 0.4, 0.8, 0.02)],
)
def test_the_terms_of_a_place(place, armed, kept, rearming) -> None:
    world = country([[10], [10]])
    cartel, here = world.cartels[0], world.presence[place, 0]
    cartel.bond, cartel.franchise, cartel.armed = 0.8, 0.25, armed
    world.places[place].guns = 0.7
    par = parameters(rearming=0.05, **PAR)
    loyalty.terms(here, world.places[place], cartel, par, place)
    assert (here.kept, here.guns, here.rearming) == approx((kept, 0.7, rearming))


@pytest.mark.parametrize(
    ("before", "target", "weeks", "after"),
    [
        (0.5, 0.9, 1, 0.5 + 0.1 * 0.4),
        (0.5, 0.1, 4, 0.5 - 0.4 * 0.4),
        (0.1, -2.0, 4, 0.0),
        (0.9, 3.0, 4, 1.0),
    ],
)
def test_loyalty_drifts_and_stays_between_0_and_1(before, target, weeks, after) -> None:
    par = parameters(loyalty_speed=0.1)
    assert loyalty.loyalty_after(before, target, par, weeks) == approx(after)


@pytest.mark.parametrize(
    ("arms", "supply", "rearming", "weeks", "after"),
    [
        (0.2, 0.8, 0.05, 4, 0.2 + 0.2 * 0.6 - 4 * 0.01 * 0.2),
        (0.8, 0.2, 0.05, 4, 0.8 - 4 * 0.01 * 0.8),  # what exceeds the supply only wears out
        (0.2, 0.8, 0.5, 4, 0.2 + 0.6 - 4 * 0.01 * 0.2),  # no more than what it lacks
        (0.2, 0.8, 0.0, 13, 0.2 - 13 * 0.01 * 0.2),
    ],
)
def test_arms_climb_to_the_supply_and_wear_out(arms, supply, rearming, weeks, after) -> None:
    par = parameters(gun_decay=0.01)
    assert loyalty.arms_after(arms, supply, rearming, par, weeks) == approx(after)
