"""Corruption: it moves towards what bribes buy, and takes from enforcement."""

from __future__ import annotations

import pytest
from pytest import approx

from plazas.model.rules import corruption

from .builder import country, levers, parameters

#: a tenth of the revenue in bribes; a capacity of 0.1 a thousand inhabitants and week
PAR = {
    "bribe_share": 0.1, "bribe_price": 0.1, "corruption_speed": 0.1, "pressure_reference": 0.02,
}  # fmt: skip


def after(revenue: float, crackdown: float, **policy: float) -> float:
    """Return the corruption of a place at 0.2, after a week in which two cartels took revenue."""
    world = country([[60, 40]])
    world.places[0].corruption = 0.2
    world.places[0].crackdown = crackdown
    world.presence.revenue[0, :2] = 0.75 * revenue, 0.25 * revenue
    corruption.relax(world, parameters(**PAR), levers(world, **policy), 0, 0)
    return float(world.places[0].corruption)


@pytest.mark.parametrize(
    ("crackdown", "policy", "bought"),
    [
        (0.02, {}, 10 / (10 + 10)),  # at the reference: bribes of 10 against a capacity of 10
        (0.0, {}, 5 / (5 + 10)),  # no crackdown: half the bribes
        (0.04, {}, 15 / (15 + 10)),
        (0.2, {}, 20 / (20 + 10)),  # never more than twice the bribes
        (0.02, {"anti_corruption": 0.5}, 5 / (5 + 10)),
        (0.02, {"force": 2.0}, 10 / (10 + 20)),
    ],
)
def test_corruption_moves_a_tenth_of_the_way_to_what_bribes_buy(crackdown, policy, bought) -> None:
    assert after(100.0, crackdown, **policy) == approx(0.2 + 0.1 * (bought - 0.2))


@pytest.mark.parametrize(("revenue", "policy"), [(0.0, {}), (100.0, {"anti_corruption": 1.0})])
def test_without_bribes_corruption_fades(revenue, policy) -> None:
    assert after(revenue, 0.02, **policy) == approx(0.2 - 0.1 * 0.2)


def test_without_any_force_a_bribe_buys_everything() -> None:
    assert after(100.0, 0.02, force=0.0) == approx(0.2 + 0.1 * (1.0 - 0.2))


@pytest.mark.parametrize(("level", "left"), [(0.0, 1.0), (0.25, 0.8), (1.0, 0.2)])
def test_honesty_is_what_corruption_leaves_of_enforcement(level, left) -> None:
    world = country([[10]])
    world.places[0].corruption = level
    par = parameters(corruption_discount=0.8)
    assert corruption.honesty(world.places[0], par) == approx(left)
