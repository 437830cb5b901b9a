"""Absorption: what an offer is worth, who makes one, and what a gang chooses."""

from __future__ import annotations

import math

import pytest
from pytest import approx

from plazas.model.rules import absorption
from plazas.model.world import INDEPENDENT

from .builder import add_gang, country, parameters

#: an offer is worth nothing but what a test adds
PLAIN = {
    "utility_pay": 0.0, "utility_arms": 0.0, "utility_strength": 0.0, "utility_fear": 0.0,
    "utility_franchise": 0.0, "utility_risk": 0.0, "utility_loyalty": 0.0, "utility_tie": 0.0,
    "utility_winner": 0.0,
    "independence": 0.0, "absorption": 2.0, "visibility": 1.0, "least_standing": 0.05,
    "courting_purse": 100.0,
}  # fmt: skip


# --- set_weights, pay_worth ---------------------------------------------------------------------
@pytest.mark.parametrize(("independence", "tie"), [(0.0, 0.0), (2.0, 1.0), (-1.0, 3.0)])
def test_independence_and_an_old_tie_weigh_by_their_exponential(independence, tie) -> None:
    nation = country([[10]]).nation[0]
    absorption.set_weights(nation, parameters(independence=independence, utility_tie=tie))
    assert (nation.alone, nation.old_friend) == approx((math.exp(independence), math.exp(tie)))


@pytest.mark.parametrize(
    ("prosperity", "paid", "worth"),
    [
        (1.0, 1.0, 0.0),  # at the reference
        (2.0, 1.0, 3.0 * math.log(2)),
        (2.0, 0.5, 1.5 * math.log(2)),  # half the wages paid
        (9.0, 1.0, 3.0 * math.log(5)),  # past 5 riches count no more
        (0.01, 1.0, -3.0 * math.log(5)),  # nor does poverty below 1/5
    ],
)
def test_pay_is_worth_the_logarithm_of_prosperity(prosperity, paid, worth) -> None:
    cartel = country([[10]]).cartels[0]
    cartel.prosperity, cartel.paid = prosperity, paid
    assert absorption.pay_worth(cartel, parameters(utility_pay=3.0)) == approx(worth)


# --- utility -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "worth"),
    [
        ({}, 0.7),  # the pay
        ({"utility_arms": 2.0}, 0.7 + 2.0 * 0.8),
        ({"utility_strength": 2.0}, 0.7 + 2.0 * 0.6),
        ({"utility_fear": 2.0}, 0.7 + 2.0 * 0.5 * 0.6),  # brutality times share
        ({"utility_franchise": 2.0}, 0.7 + 2.0 * 0.25),
        ({"utility_risk": 10.0}, 0.7 - 10.0 * (0.02 + 0.03)),
    ],
)
def test_an_offer_is_worth_the_sum_of_its_parts(changes, worth) -> None:
    world = country([[60, 40]])
    place, here, cartel = world.places[0], world.presence[0, 0], world.cartels[0]
    place.guns, cartel.pay, cartel.brutality, cartel.franchise = 0.8, 0.7, 0.5, 0.25
    here.arrest, here.force = 0.02, 0.03
    par = parameters(**{**PLAIN, **changes})
    assert absorption.utility(place, here, cartel, par) == approx(worth)


def test_one_from_next_door_is_judged_by_the_crackdown_of_the_place() -> None:
    world = country([[0, 40]])
    world.places[0].crackdown = 0.04
    par = parameters(**{**PLAIN, "utility_risk": 10.0})
    worth = absorption.utility(world.places[0], world.presence[0, 0], world.cartels[0], par)
    assert worth == approx(-0.4)


# --- offers --------------------------------------------------------------------------------
def test_an_offer_weighs_will_standing_and_worth() -> None:
    world = country([[75, 25]])
    world.cartels.treasury[:2] = 100.0, 50.0
    world.cartels.pay[:2] = math.log(3), 0.0
    absorption.offers(world, parameters(**PLAIN), 0)
    # 2 x 1 x 0.75 x 3 and 2 x 0.5 x 0.25 x 1
    assert world.presence.offer[0, :2].tolist() == approx([4.5, 0.25])
    assert world.places[0].offers == approx(4.75)


@pytest.mark.parametrize(("visibility", "seen"), [(1.0, 0.25), (2.0, 0.0625), (0.5, 0.5)])
def test_a_small_cartel_is_seen_by_a_power_of_its_standing(visibility, seen) -> None:
    world = country([[75, 25]])
    world.cartels.treasury[:2] = 500.0
    absorption.offers(world, parameters(**{**PLAIN, "visibility": visibility}), 0)
    assert world.presence[0, 1].offer == approx(2.0 * seen)


@pytest.mark.parametrize(("treasury", "standing"), [(0.0, 0.5), (100.0, 0.04)])
def test_no_offer_without_money_or_standing(treasury, standing) -> None:
    world = country([[100, 0]])
    world.cartels.treasury[:2] = 100.0, treasury
    world.presence[0, 1].standing = standing
    world.presence[0, 1].offer = 9.0  # of the week before
    absorption.offers(world, parameters(**PLAIN), 0)
    assert world.presence[0, 1].offer == 0.0
    assert world.places[0].offers == approx(2.0)


# --- takes_stock ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cartel", "loyalty", "week", "weeks", "takes"),
    [
        (INDEPENDENT, 0.0, 8, 1, True),  # id 5 + 8 is a multiple of 13
        (INDEPENDENT, 0.0, 7, 1, False),
        (INDEPENDENT, 0.0, 10, 4, True),  # 5 + 10 = 13 + 2: two weeks late, of four
        (INDEPENDENT, 0.0, 12, 4, False),
        (0, 0.29, 8, 1, True),
        (0, 0.30, 8, 1, False),  # a loyal gang of a cartel does not look around
    ],
)
def test_a_gang_takes_stock_once_a_quarter(cartel, loyalty, week, weeks, takes) -> None:
    gang = add_gang(country([[10]]), cartel=cartel, loyalty=loyalty, gang=5)
    par = parameters(stock_taking=13, disloyal=0.3)
    assert absorption.takes_stock(gang, par, week, weeks) == takes


# --- choose --------------------------------------------------------------------------------
def market(cartel: int, tie: int = INDEPENDENT, loyalty: float = 0.0, old_friend: float = 1.0):
    """Return a place with offers of 2 and 5, independence at 3, and one gang."""
    world = country([[60, 40]])
    world.presence.offer[0, :2] = 2.0, 5.0
    world.places[0].offers = 7.0
    world.nation[0].alone, world.nation[0].old_friend = 3.0, old_friend
    add_gang(world, cartel=cartel, loyalty=loyalty).tie = tie
    return world


@pytest.mark.parametrize(
    ("u", "choice"),
    [(0.29, INDEPENDENT), (0.31, 0), (0.49, 0), (0.51, 1), (0.99, 1)],  # of 3 + 2 + 5
)
def test_an_unaffiliated_gang_chooses_by_weight(u, choice) -> None:
    par = parameters(**PLAIN)
    assert absorption.choose(market(INDEPENDENT), par, 0, u) == choice


@pytest.mark.parametrize(
    ("u", "choice"),
    # loyalty ln 2 lifts its own cartel from 2 to 4: of 3 + 4 + 5, own comes second
    [(0.24, INDEPENDENT), (0.26, 0), (0.58, 0), (0.59, 1)],
)
def test_a_gang_of_a_cartel_weighs_its_loyalty(u, choice) -> None:
    par = parameters(**{**PLAIN, "utility_loyalty": math.log(2)})
    assert absorption.choose(market(0, loyalty=1.0), par, 0, u) == choice


@pytest.mark.parametrize(
    ("u", "choice"),
    [(0.14, INDEPENDENT), (0.16, 0), (0.24, 0), (0.26, 1)],  # of 3 + 2 + 5 x 3
)
def test_the_cartel_it_served_before_weighs_more(u, choice) -> None:
    par = parameters(**PLAIN)
    assert absorption.choose(market(INDEPENDENT, tie=1, old_friend=3.0), par, 0, u) == choice


@pytest.mark.parametrize(("u", "choice"), [(0.33, INDEPENDENT), (0.34, 0), (0.44, 0), (0.45, 1)])
def test_a_cartel_that_makes_no_offer_still_holds_its_gangs(u, choice) -> None:
    world = market(0)
    world.presence[0, 0].offer = 0.0
    world.places[0].offers = 5.0
    # its own counts as 1: of 3 + 1 + 5
    assert absorption.choose(world, parameters(**PLAIN), 0, u) == choice


# --- choose: the winner of a front poaches ---------------------------------------------------
def beaten(by: float = 0.2, tie: int = INDEPENDENT, old_friend: float = 1.0, cartel: int = 0):
    """Return the market in which cartel 1 beats cartel 0, whose gang chooses."""
    world = market(cartel, tie=tie, old_friend=old_friend)
    world.presence[0, 0].beaten, world.presence[0, 0].victor = by, 1
    return world


#: 0.2 ahead doubles the weight of the winner's offer, from 5 to 10
WINNER = {**PLAIN, "utility_winner": 5 * math.log(2)}


@pytest.mark.parametrize(
    ("u", "choice"),
    [(0.19, INDEPENDENT), (0.21, 0), (0.33, 0), (0.34, 1), (0.99, 1)],  # of 3 + 2 + 10
)
def test_the_winner_of_a_front_poaches_gangs(u, choice) -> None:
    assert absorption.choose(beaten(), parameters(**WINNER), 0, u) == choice


@pytest.mark.parametrize(
    ("u", "choice"),
    [(0.29, INDEPENDENT), (0.31, 0), (0.49, 0), (0.51, 1)],  # of 3 + 2 + 5, as before
)
@pytest.mark.parametrize(("by", "cartel"), [(0.0, 0), (0.2, INDEPENDENT)])
def test_only_the_gangs_of_the_beaten_are_poached(u, choice, by, cartel) -> None:
    world = beaten(by, cartel=cartel)
    assert absorption.choose(world, parameters(**WINNER), 0, u) == choice


@pytest.mark.parametrize(("u", "choice"), [(0.19, INDEPENDENT), (0.33, 0), (0.34, 1)])
def test_a_former_tie_to_the_winner_does_not_count_twice(u, choice) -> None:
    world = beaten(tie=1, old_friend=3.0)
    assert absorption.choose(world, parameters(**WINNER), 0, u) == choice


@pytest.mark.parametrize(
    ("u", "choice"),
    # 3 + 2 + 10 and a third cartel's 1, three times for an old friend: of 18
    [(0.16, INDEPENDENT), (0.17, 0), (0.27, 0), (0.28, 1), (0.83, 1), (0.84, 2)],
)
def test_winner_and_former_tie_both_attract(u, choice) -> None:
    world = country([[50, 30, 20]])
    world.presence.offer[0, :3] = 2.0, 5.0, 1.0
    world.places[0].offers = 8.0
    world.nation[0].alone, world.nation[0].old_friend = 3.0, 3.0
    add_gang(world, cartel=0, loyalty=0.0).tie = 2
    world.presence[0, 0].beaten, world.presence[0, 0].victor = 0.2, 1
    assert absorption.choose(world, parameters(**WINNER), 0, u) == choice


def test_a_winner_without_an_offer_takes_nobody() -> None:
    world = beaten()
    world.presence[0, 1].offer = 0.0
    world.places[0].offers = 2.0
    # of 3 + 2
    choices = [absorption.choose(world, parameters(**WINNER), 0, u) for u in (0.59, 0.61, 0.99)]
    assert choices == [INDEPENDENT, 0, 0]
