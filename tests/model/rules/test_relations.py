"""Relations: hostility, who goes to war, and the monthly look at a pair."""

from __future__ import annotations

import math

import pytest
from pytest import approx

from plazas.model.calendar import ROUNDED_WEEKS_PER_YEAR
from plazas.model.draws import PAIR_WAR
from plazas.model.events import EventKind
from plazas.model.rules import relations
from plazas.model.world import ALLIED, AT_WAR, NEUTRAL

from .builder import KEY, at_war, country, empty_log, logged, parameters

PAR = {
    "hostility_war": 2.0, "hostility_neutral": 0.3, "hostility_allied": 0.1, "escalation": 2.0,
    "residual_hostility": 0.25, "alliances": 1.0, "war_onset": 0.1, "war_shift": 1.0,
    "war_end": 0.2, "recovery": 0.5, "betrayal": 0.4, "alliance_onset": 0.3,
    "export_revenue": 900.0, "racket_revenue": 100.0,
}  # fmt: skip
MONTH_IN_YEARS = 4 / ROUNDED_WEEKS_PER_YEAR


# --- war_hostility, stances ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("weariness", "hostility"),
    [
        (0.0, 2.0 * 0.25),  # a quarter at once
        (2.0, 2.0),  # the whole after the years in which it escalates
        (4.0, 2.0 * (0.25 + 0.75 * 2 * math.exp(-1))),
        (200.0, 2.0 * 0.25),
    ],
)
def test_a_war_escalates_and_burns_low(weariness, hostility) -> None:
    assert relations.war_hostility(weariness, parameters(**PAR)) == approx(hostility)


@pytest.mark.parametrize(
    ("stance", "alliances", "hostility", "becomes"),
    [
        (NEUTRAL, 1.0, 0.3, NEUTRAL),
        (ALLIED, 1.0, 0.1, ALLIED),
        (ALLIED, 0.0, 0.3, NEUTRAL),  # alliances are switched off
        (AT_WAR, 1.0, 2.0, AT_WAR),  # weary of two years: at its fiercest
    ],
)
def test_a_stance_sets_hostility_both_ways(stance, alliances, hostility, becomes) -> None:
    world = country([[60, 40]])
    world.relations.weariness[:] = 2.0
    par = parameters(**{**PAR, "alliances": alliances})
    relations.set_stance(world, par, 9, 0, 1, stance)
    for i, j in ((0, 1), (1, 0)):
        pair = world.relations[i, j]
        assert (pair.stance, pair.since) == (becomes, 9)
        assert pair.hostility == approx(hostility)


@pytest.mark.parametrize("years", [0.0, 1.5, 4.0])
def test_weariness_is_the_same_both_ways(years) -> None:
    world = country([[60, 40, 10]])
    world.relations.weariness[:] = 9.0
    relations.set_weariness(world, 0, 2, years)
    assert (world.relations[0, 2].weariness, world.relations[2, 0].weariness) == (years, years)
    assert world.relations[0, 1].weariness == 9.0


@pytest.mark.parametrize(("i", "j"), [(0, 1), (1, 0), (0, 2)])
def test_going_to_war_is_logged(i, j) -> None:
    world = country([[60, 40, 10]])
    record = empty_log(world)
    relations.go_to_war(world, parameters(**PAR), record, 3, i, j)
    assert world.relations[j, i].stance == AT_WAR
    assert world.relations[j, i].hostility == approx(2.0 * 0.25)
    columns = logged(record, "week", "kind", "place", "cartel", "other")
    assert columns == [(3, EventKind.WAR, -1, i, j)]


# --- onset ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("shift", "brutality", "power", "chance"),
    [
        (0.005, (0.5, 0.5), 1.0, 0.05),  # at the reference shift, by brutality
        (0.010, (0.5, 0.5), 1.0, 0.10),
        (0.010, (0.5, 0.5), 2.0, 0.20),
        (0.005, (1.0, 0.6), 1.0, 0.08),
        (0.0, (1.0, 1.0), 1.0, 0.0),
    ],
)
def test_wars_begin_where_power_shifts(shift, brutality, power, chance) -> None:
    world = country([[60, 40]])
    world.cartels.brutality[:2] = brutality
    world.relations.shift[:] = shift
    par = parameters(**{**PAR, "war_shift": power})
    assert relations.onset(world, par, 0, 1) == approx(chance)


# --- review_all ----------------------------------------------------------------------------
def reviewed(world, fix_draws, draws, week: int = 3, **changes: float):
    """Return the log after a look at all pairs; draws are for war, peace, alliance, leaving."""
    record = empty_log(world)
    fix_draws(relations, {PAIR_WAR: draws})
    relations.review_all(world, parameters(**{**PAR, **changes}), record, KEY, week)
    return logged(record, "kind", "cartel", "other")


def test_overlap_is_the_ground_that_both_want(fix_draws) -> None:
    world = country([[60, 40], [100, 0]])
    reviewed(world, fix_draws, (0.99, 0.99, 0.99, 0.99))
    # two places worth 500: 0.4 x 500 in common; the larger has 0.6 x 500 + 500
    assert world.relations[0, 1].overlap == approx(0.4 / 1.6)
    assert world.relations[1, 0].overlap == approx(0.4 / 1.6)


def test_power_shifts_by_what_one_gains_where_the_other_stands(fix_draws) -> None:
    world = country([[60, 40], [100, 0]])
    world.presence[0, 0].settled, world.presence[1, 0].settled = 0.5, 0.0
    reviewed(world, fix_draws, (0.99, 0.99, 0.99, 0.99))
    # 0.1 gained times 0.4 to lose, in half of the nation; where it is alone nobody loses
    assert world.relations[0, 1].shift == approx(0.1 * 0.4 / 2)
    # and a month later they are used to a thirteenth of it
    assert world.presence[0, 0].settled == approx(0.5 + MONTH_IN_YEARS * 0.1)


@pytest.mark.parametrize(
    ("week", "u_war", "weariness", "war"),
    [
        # 0.04 of the nation shifts (0.1 x 0.4): 0.1 x 0.5 x 0.04 / 0.005 = 0.4
        (3, 0.39, 0.0, True),
        (3, 0.41, 0.0, False),
        (2, 0.0, 0.0, False),  # pairs are looked at in the last of four weeks
        (3, 0.11, 1.0, False),  # weary of a year, 0.962 after a month: 0.4 / 1.962**2 = 0.104
        (3, 0.10, 1.0, True),
    ],
)
def test_a_shift_begins_a_war_unless_both_are_weary(fix_draws, week, u_war, weariness, war) -> None:
    world = country([[60, 40]])
    world.presence[0, 0].settled = 0.5
    world.relations.weariness[:] = weariness
    events = reviewed(world, fix_draws, (u_war, 0.99, 0.99, 0.99), week)
    assert events == ([(EventKind.WAR, 1, 0)] if war else [])


@pytest.mark.parametrize(("u_peace", "peace"), [(0.20, True), (0.21, False)])
def test_a_war_ends_by_its_years_and_the_ground_left(fix_draws, u_peace, peace) -> None:
    world = country([[50, 50]])
    at_war(world, 0, 1)
    relations.set_weariness(world, 0, 1, 2.0)
    events = reviewed(world, fix_draws, (0.99, u_peace, 0.99, 0.99))
    # 0.2 x (2 + 4 / 52.18) x (1.5 - 1) = 0.208
    assert events == ([(EventKind.PEACE, 1, 0)] if peace else [])
    years = 2 + MONTH_IN_YEARS
    assert world.relations[0, 1].weariness == approx(years)
    at_it = 2.0 * (0.25 + 0.75 * years / 2 * math.exp(1 - years / 2))
    assert world.relations[0, 1].hostility == approx(0.3 if peace else at_it)


def test_those_who_are_not_at_war_recover(fix_draws) -> None:
    world = country([[60, 40]])
    relations.set_weariness(world, 0, 1, 2.0)
    reviewed(world, fix_draws, (0.99, 0.99, 0.99, 0.99))
    assert world.relations[0, 1].weariness == approx(2.0 * (1 - 0.5 * MONTH_IN_YEARS))


@pytest.mark.parametrize(("u_leave", "leaves"), [(0.32, True), (0.34, False)])
def test_the_smaller_leaves_an_alliance_as_it_grows_equal(fix_draws, u_leave, leaves) -> None:
    world = country([[60, 0], [0, 50]])
    relations.set_stance(world, parameters(**PAR), 0, 0, 1, ALLIED)
    events = reviewed(world, fix_draws, (0.99, 0.99, 0.99, u_leave))
    # 0.4 x 50 / 60 = 0.333, and no ground in common
    assert events == ([(EventKind.BETRAYAL, 1, 0)] if leaves else [])


@pytest.mark.parametrize(
    ("u_ally", "enemy", "alliances", "allied"),
    [
        (0.29, True, 1.0, True),
        (0.31, True, 1.0, False),
        (0.29, False, 1.0, False),  # without a common enemy there is nothing to ally for
        (0.0, True, 0.0, False),
    ],
)
def test_two_with_a_common_enemy_ally(fix_draws, u_ally, enemy, alliances, allied) -> None:
    world = country([[60, 0, 0], [0, 50, 0], [0, 0, 40]])
    if enemy:
        at_war(world, 0, 2)
        at_war(world, 1, 2)
    events = reviewed(world, fix_draws, (0.99, 0.99, u_ally, 0.99), alliances=alliances)
    assert events == ([(EventKind.ALLIANCE, 1, 0)] if allied else [])
