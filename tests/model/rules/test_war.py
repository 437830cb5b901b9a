"""War: the chances that members of rival cartels in a place are killed."""

from __future__ import annotations

import math

import pytest
from pytest import approx

from plazas.model.rules import war
from plazas.model.world import SILENT

from .builder import add_front, country, hostile, parameters

#: 100 members in the nation: a scale of 0.1; arms at the reference, so that fire is the share
PAR = {
    "war_deaths": 0.001, "arms_reference": 0.5, "lethality": 2.0, "hostility_war": 2.0,
    "hostility_local": 0.5, "square_law": 0.0, "opportunism": 0.0, "advance": 0.0,
    "home_ground": 1.0, "heirs_fight": 1.0, "hire_deaths": 0.0, "strife_hostility": 0.0,
    "front_worst": 1.0, "pressed": 0.0, "show_of_force": 0.0,
}  # fmt: skip


def fight(world, **changes: float):
    """Set the hazards of place 0 and return the hazards of its first two cartels."""
    war.hazards(world, parameters(**{**PAR, **changes}), 0)
    return tuple(float(hazard) for hazard in world.presence.hazard[0, :2])


def two(hostility: float = 1.0):
    """Return a place shared 60 to 40 by two who are hostile but have no front."""
    world = country([[60, 40]])
    hostile(world, 0, 1, hostility)
    return world


# --- firepower, gained ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arms", "lethality", "power"),
    [(0.5, 2.0, 1.0), (1.0, 2.0, 4.0), (0.25, 1.0, 0.5), (1.0, 0.0, 1.0)],
)
def test_firepower_is_arms_against_the_reference_to_a_power(arms, lethality, power) -> None:
    here = country([[60]], arms=arms).presence[0, 0]
    par = parameters(arms_reference=0.5, lethality=lethality)
    assert war.firepower(here, par) == approx(power)


@pytest.mark.parametrize(
    ("share", "settled", "gain"), [(0.6, 0.5, 0.1), (0.5, 0.6, 0.0), (1.0, 0.0, 1.0)]
)
def test_what_is_gained_is_what_others_are_not_used_to(share, settled, gain) -> None:
    here = country([[60]]).presence[0, 0]
    here.share, here.settled = share, settled
    assert war.gained(here) == approx(gain)


# --- hazards -------------------------------------------------------------------------------
def test_each_falls_by_the_fire_of_the_other() -> None:
    world = two()
    # scale 0.1 x hostility 1 x the other's share
    assert fight(world) == approx((0.1 * 0.4, 0.1 * 0.6))
    place = world.places[0]
    # 4 x 0.6 x 0.4 x 1 against a hostility at war of 2
    assert place.friction == approx(4 * 0.24 / 2.0)
    # 0.1 x 0.5 x all fire x friction
    assert place.local_hazard == approx(0.1 * 0.5 * 1.0 * 0.48)


@pytest.mark.parametrize(("hostility", "friction"), [(1.0, 0.48), (0.5, 0.24), (0.0, 0.0)])
def test_local_gangs_die_where_cartels_contest_a_place(hostility, friction) -> None:
    """Not where two share it in peace."""
    world = two(hostility)
    fight(world)
    assert world.places[0].friction == approx(friction)
    assert world.places[0].local_hazard == approx(0.1 * 0.5 * friction)
    add_front(world, 0, 1)
    fight(world)  # two more of hostility, that of a war: 4 x 0.24 x (hostility + 2) / 2
    assert world.places[0].friction == approx(min(1.0, friction + 0.96))
    assert world.places[0].local_hazard == approx(0.1 * 0.5 * min(1.0, friction + 0.96))


def test_better_arms_kill_by_their_square() -> None:
    world = two()
    world.presence[0, 0].strength = 60 * 1.0  # twice the arms of the other: four times its fire
    assert fight(world) == approx((0.1 * 0.4, 0.1 * 0.6 * 4))


def test_a_monopoly_is_at_peace() -> None:
    world = country([[100, 0]])
    assert fight(world) == (0.0, 0.0)
    assert (world.places[0].friction, world.places[0].local_hazard) == (0.0, 0.0)


def test_two_equals_at_war_are_the_measure_of_friction() -> None:
    world = country([[50, 50]])
    add_front(world, 0, 1)
    assert fight(world) == approx((0.1 * 2 * 0.5, 0.1 * 2 * 0.5))
    assert world.places[0].friction == approx(1.0)


@pytest.mark.parametrize(
    ("changes", "heirs", "fiercer"),
    [
        ({"home_ground": 2.0}, False, 2.0),  # both live here
        ({"heirs_fight": 3.0}, False, 1.0),
        ({"heirs_fight": 3.0}, True, 3.0),
        ({"home_ground": 2.0, "heirs_fight": 3.0}, True, 6.0),
    ],
)
def test_fronts_are_fiercer_at_home_and_among_heirs(changes, heirs, fiercer) -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1, heat=-math.log(2))  # half of the hostility at war: 1
    if heirs:
        world.cartels[1].founder = 0
    assert fight(world, **changes) == approx((0.04 * fiercer, 0.06 * fiercer))
    # expected deaths: 60 x 0.04 + 40 x 0.06, noted by both; the smaller is beaten by 0.6 - 0.4
    assert world.presence.fought[0, :2].tolist() == approx([4.8 * fiercer] * 2)
    assert world.presence.beaten[0, :2].tolist() == approx([0.0, 0.2])


def test_a_front_adds_to_the_hostility_of_neighbours() -> None:
    world = two(hostility=0.5)
    add_front(world, 0, 1, heat=-math.log(2))
    # 0.5 as neighbours and 1 on the front; only the deaths on the front count as fought
    assert fight(world) == approx((0.1 * 1.5 * 0.4, 0.1 * 1.5 * 0.6))
    assert world.presence.fought[0, :2].tolist() == approx([4.8] * 2)
    assert world.places[0].friction == approx(4 * 0.24 * 1.5 / 2.0)


def test_only_the_deaths_of_one_front_are_limited() -> None:
    world = two(hostility=0.5)
    add_front(world, 0, 1, heat=-math.log(2))
    assert fight(world, front_worst=0.01) == approx((0.02 + 0.01, 0.03 + 0.01))


def test_a_silent_front_leaves_the_hostility_of_neighbours() -> None:
    world = two(hostility=0.5)
    add_front(world, 0, 1, state=SILENT)
    assert fight(world) == approx((0.02, 0.03))


def test_rivals_who_have_no_front_note_no_fight() -> None:
    world = two()
    fight(world, home_ground=2.0)
    assert world.presence.fought[0, :2].tolist() == [0.0, 0.0]
    assert world.presence.beaten[0, :2].tolist() == [0.0, 0.0]


def test_ground_that_changes_hands_is_fought_over() -> None:
    world = two()
    world.presence[0, 0].settled = 0.5  # it has gained 0.1
    assert fight(world, advance=5.0) == approx((0.04 * 1.5, 0.06 * 1.5))


def test_a_front_is_as_fierce_whoever_gains() -> None:
    """A shift of power opens fronts (`fronts.opening`); it does not count twice."""
    world = country([[60, 40]])
    add_front(world, 0, 1, heat=-math.log(2))
    world.presence[0, 0].settled = 0.5
    assert fight(world, advance=5.0) == approx((0.04, 0.06))


@pytest.mark.parametrize(("home", "part"), [(0, 1.0), (1, 0.25)])
def test_a_cartel_in_strife_fights_itself_most_at_home_and_is_pressed(home, part) -> None:
    world = country([[60, 40], [0, 0]])
    hostile(world, 0, 1, 1.0)
    world.cartels[0].strife, world.cartels[0].home = 0.5, home
    changes = {"strife_hostility": 4.0, "strife_elsewhere": 0.25, "opportunism": 2.0}
    # rivals: 1 + 2 x 0.5 times; itself: 0.1 x 0.5 x 4 x its share
    assert fight(world, **changes) == approx((0.04 * 2 + 0.1 * 2.0 * part * 0.6, 0.06 * 2))


def test_hired_gangs_kill_besides() -> None:
    world = two(hostility=0.0)
    world.presence[0, 1].hired = 25
    assert fight(world, hire_deaths=0.02) == approx((0.0, 0.02 * 25 / 40))


def test_aimed_fire_falls_in_proportion_to_the_enemies_alone() -> None:
    # each shot finds one of the others: 0.4 x 0.5 / (1 - 0.4) and 0.6 x 0.5 / (1 - 0.6)
    assert fight(two(), square_law=1.0) == approx((0.1 * 0.4 * 0.5 / 0.6, 0.1 * 0.6 * 0.5 / 0.4))


@pytest.mark.parametrize("square_law", [0.0, 1.0])
def test_both_laws_agree_where_two_are_equal(square_law) -> None:
    world = country([[50, 50]])
    hostile(world, 0, 1, 1.0)
    assert fight(world, square_law=square_law) == approx((0.1 * 0.5, 0.1 * 0.5))


def test_no_chance_is_above_one() -> None:
    assert fight(two(hostility=50.0)) == (1.0, 1.0)
    world = two(hostility=9.0)
    add_front(world, 0, 1)
    assert fight(world, front_worst=0.9) == approx((0.1 * 9.0 * 0.4 + 0.08, 0.54 + 0.12))
    assert fight(world, home_ground=20.0) == (1.0, 1.0)
