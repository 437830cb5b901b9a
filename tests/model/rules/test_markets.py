"""Markets: shares of a place's revenue, and the purse of a cartel."""

from __future__ import annotations

import math

import pytest
from pytest import approx

from plazas.model.rules import markets

from .builder import country, levers, parameters

#: 1,000 a week from trafficking and 100 from rackets in the country; a year has 52.18 weeks
MONEY = {
    "export_revenue": 52180.0, "racket_revenue": 5218.0, "logistic_contest": 0.0,
    "overseas_share": 0.0, "fear_rackets": 0.0,
}  # fmt: skip
#: war burns 0.4 of the revenue where friction is 1
CONTEST = {**MONEY, "decisiveness": 1.0, "war_cost": 0.4}


# --- prize ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("strength", "decisiveness", "weight"),
    [
        (30.0, 1.0, 30.0),  # the ratio form: strength itself
        (30.0, 2.0, 900.0),  # to the power of decisiveness
        (16.0, 0.5, 4.0),
        (0.0, 1.0, 1e-9),  # an unarmed cartel weighs next to nothing, not nothing
    ],
)
def test_a_prize_is_strength_to_a_power(strength, decisiveness, weight) -> None:
    par = parameters(logistic_contest=0.0, decisiveness=decisiveness)
    assert markets.prize(strength, 100.0, par) == approx(weight, rel=1e-6)


@pytest.mark.parametrize(("strength", "exponent"), [(30.0, 2.25), (10.0, 0.75), (0.0, 0.0)])
def test_a_logistic_prize_goes_by_the_share_of_strength(strength, exponent) -> None:
    # exp(2 x decisiveness x share) with 1.5 and a total of 40: 2 x 1.5 x 30 / 40 = 2.25
    par = parameters(logistic_contest=1.0, decisiveness=1.5)
    assert markets.prize(strength, 40.0, par) == approx(math.exp(exponent))


# --- yields --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("policy", "against", "revenue"),
    [
        # 0.2 burnt: 800 from trafficking go by strength 30 to 20, 80 from rackets by heads of 200
        ({}, {}, (800 * 0.6 + 80 * 60 / 200, 800 * 0.4 + 80 * 40 / 200)),
        ({"drug_revenue": 0.5}, {}, (400 * 0.6 + 24, 400 * 0.4 + 16)),
        ({"us_roundup": 0.25}, {}, (480 * 0.75 + 24, 320 * 0.75 + 16)),
        ({}, {("us_roundup", 1): 0.25}, (480 + 24, 320 * 0.75 + 16)),
    ],
)
def test_revenue_is_shared_by_strength_and_by_heads(policy, against, revenue) -> None:
    world = country([[60, 40]], arms=0.5)
    world.places[0].local_members = 100
    world.places[0].friction = 0.5
    par = parameters(**CONTEST)
    markets.yields(world, par, levers(world, against, **policy), 0, 0)
    assert tuple(world.presence.revenue[0, :2]) == approx(revenue)


@pytest.mark.parametrize(
    ("policy", "against", "american", "overseas"),
    [
        # of 1,000 a week a quarter is earned overseas; the place has 0.8 and 0.4 of the markets
        ({}, {}, (750 * 0.8 * 0.6, 750 * 0.8 * 0.4), (250 * 0.4 * 0.6, 250 * 0.4 * 0.4)),
        ({"drug_revenue": 0.5}, {}, (180.0, 120.0), (30.0, 20.0)),
        # arrests in the United States cut what is earned there alone
        ({"us_roundup": 0.25}, {}, (270.0, 180.0), (60.0, 40.0)),
        ({}, {("us_roundup", 1): 0.25}, (360.0, 180.0), (60.0, 40.0)),
    ],
)
def test_drugs_are_sold_in_two_markets(policy, against, american, overseas) -> None:
    world = country([[60, 40]], arms=0.5)
    place, here = world.places[0], world.presence[0]
    place.trafficking, place.overseas, place.racket = 0.8, 0.4, 0.0
    par = parameters(**{**CONTEST, "overseas_share": 0.25})
    markets.yields(world, par, levers(world, against, **policy), 0, 0)
    assert here.us_revenue[:2].tolist() == approx(list(american))
    assert here.overseas_revenue[:2].tolist() == approx(list(overseas))
    total = [a + b for a, b in zip(american, overseas, strict=True)]
    assert here.revenue[:2].tolist() == approx(total)


def test_war_burns_what_both_markets_yield() -> None:
    world = country([[60, 40]])
    place, here = world.places[0], world.presence[0]
    place.overseas, place.friction = 0.4, 0.5
    markets.yields(world, parameters(**{**CONTEST, "overseas_share": 0.25}), levers(world), 0, 0)
    # 0.2 are burnt
    assert here.us_revenue[:2].tolist() == approx([750 * 0.8 * 0.6, 750 * 0.8 * 0.4])
    assert here.overseas_revenue[:2].tolist() == approx([80 * 0.6, 80 * 0.4])


@pytest.mark.parametrize(
    ("brutality", "effect", "times"), [(0.0, 0.5, 1.0), (0.5, 0.5, 1.25), (1.0, 2.0, 3.0)]
)
def test_a_brutal_cartel_is_feared(brutality, effect, times) -> None:
    cartel = country([[10]]).cartels[0]
    cartel.brutality = brutality
    assert markets.feared(cartel, parameters(fear_rackets=effect)) == approx(times)


def test_the_feared_take_more_rackets_from_the_rest() -> None:
    world = country([[60, 40]], arms=0.5)
    world.places[0].local_members, world.places[0].trafficking = 100, 0.0
    world.cartels.brutality[:2] = 1.0, 0.5
    par = parameters(**{**CONTEST, "fear_rackets": 0.5})
    markets.yields(world, par, levers(world), 0, 0)
    # 60 x 1.5 = 90, 40 x 1.25 = 50 and 100 of local gangs: of 240
    assert world.presence.revenue[0, :2].tolist() == approx([100 * 90 / 240, 100 * 50 / 240])


def test_two_unarmed_cartels_share_trafficking_equally() -> None:
    world = country([[60, 40]], arms=0.0)
    markets.yields(world, parameters(**CONTEST), levers(world), 0, 0)
    # 1,000 by halves; 100 by heads
    assert tuple(world.presence.revenue[0, :2]) == approx((500 + 60, 500 + 40))


@pytest.mark.parametrize(
    ("flow", "guns", "local_guns"),
    [
        (1.0, 0.2 + 0.6, 0.4 * 1.0),
        (0.5, 0.2 + 0.3, 0.4 * (0.2 + 0.8 * 0.5)),
        (0.0, 0.2, 0.4 * 0.2),
        (3.0, 1.0, 1.0),  # never more than 1: 0.2 + 1.8, and 0.4 x 2.6
    ],
)
def test_guns_follow_the_flow_south(flow, guns, local_guns) -> None:
    world = country([[60, 40]])
    world.places[0].gun_supply = 0.6
    par = parameters(other_guns=0.2, local_arms=0.4, **CONTEST)
    markets.yields(world, par, levers(world, southbound_guns=flow), 0, 0)
    assert world.places[0].guns == approx(guns)
    assert world.places[0].local_guns == approx(local_guns)


# --- purse ---------------------------------------------------------------------------------
#: 100 members cost 10 a week and should bring 25
PURSE = {
    "wage": 0.1, "bribe_share": 0.2, "retained": 0.5, "revenue_reference": 0.25,
    "gun_decay": 0.01, "rearming": 0.1, "gun_price": 2.0,
}  # fmt: skip


def rich(treasury: float, revenue: tuple[float, float], guns: float = 0.5):
    """Return a world in which cartel 0 has 60 members in one place and 40 in another."""
    world = country([[60], [40]], arms=0.5)
    world.cartels[0].treasury = treasury
    world.presence.revenue[:, 0] = revenue
    world.places.guns[:] = guns
    return world


def test_a_profit_is_kept_in_part_and_pays_for_guns() -> None:
    world = rich(100.0, (30.0, 20.0))
    markets.purse(world, parameters(**PURSE), 0)
    cartel = world.cartels[0]
    assert cartel.revenue == approx(50.0)
    assert cartel.prosperity == approx(50.0 / (0.25 * 100))
    assert cartel.paid == 1.0
    # profit 50 x 0.8 - 10 = 30, half of it kept; 0.01 of 50 guns wear out, at 2 each
    assert cartel.spending == approx(1.0)
    assert cartel.treasury == approx(100.0 + 15.0 - 1.0)
    assert cartel.supplied == 1.0


def test_what_each_market_brings_is_summed_where_a_cartel_has_members() -> None:
    world = rich(100.0, (30.0, 20.0))
    world.presence.us_revenue[:, 0] = 15.0, 8.0
    world.presence.overseas_revenue[:, 0] = 5.0, 2.0
    world.presence[1, 0].members = 0  # left from an earlier week
    markets.purse(world, parameters(**PURSE), 0)
    cartel = world.cartels[0]
    assert (cartel.revenue, cartel.us_revenue, cartel.overseas_revenue) == (30.0, 15.0, 5.0)


def test_a_loss_is_paid_from_the_treasury() -> None:
    world = rich(100.0, (4.0, 0.0))
    markets.purse(world, parameters(**PURSE), 0)
    # 4 x 0.8 - 10 = -6.8, and 1 for guns
    assert world.cartels[0].treasury == approx(100.0 - 6.8 - 1.0)
    assert world.cartels[0].paid == 1.0


def test_an_empty_purse_pays_a_part_of_the_wages_and_no_guns() -> None:
    world = rich(0.0, (3.0, 1.0))
    markets.purse(world, parameters(**PURSE), 0)
    assert world.cartels[0].paid == approx(4.0 / 10.0)
    assert world.cartels[0].treasury == 0.0
    assert world.cartels[0].supplied == 0.0


def test_a_cartel_that_lacks_guns_buys_a_part_of_them() -> None:
    world = rich(100.0, (30.0, 20.0), guns=0.8)
    markets.purse(world, parameters(**PURSE), 0)
    # it lacks 0.8 x 100 - 50 = 30: 0.01 x 50 + 0.1 x 30 = 3.5, at 2 each
    assert world.cartels[0].spending == approx(7.0)
    assert world.cartels[0].treasury == approx(115.0 - 7.0)


def test_guns_that_cost_more_than_it_has_are_supplied_in_part() -> None:
    world = rich(100.0, (30.0, 20.0))
    markets.purse(world, parameters(**{**PURSE, "gun_price": 460.0}), 0)
    # 0.5 guns at 460 cost 230, and it has 115
    assert world.cartels[0].supplied == approx(0.5)
    assert world.cartels[0].treasury == approx(0.0)


def test_a_cartel_without_members_owes_nothing() -> None:
    world = country([[0, 60]])
    markets.purse(world, parameters(**PURSE), 0)
    cartel = world.cartels[0]
    assert (cartel.paid, cartel.supplied, cartel.treasury) == (1.0, 1.0, 0.0)
