"""Fronts: where they open, how they are fought, and how they change, fall silent and end."""

from __future__ import annotations

import math

import pytest
from pytest import approx

from plazas.model.draws import FRONT_HEAT, FRONT_OPEN
from plazas.model.events import EventKind
from plazas.model.rules import fronts
from plazas.model.structure import FRONT_HASH
from plazas.model.world import ACTIVE, ALLIED, AT_WAR, FREE_FRONT, NEUTRAL, SILENT

from .builder import FRONTS, KEY, add_front, at_war, country, empty_log, logged, parameters

#: a standard normal variate of 1, from two draws
ONE = (math.exp(-0.5), 0.0)
#: half of the heat is kept in a month of four weeks
HALF_A_MONTH = 0.5 ** (52.18 / 4)
PAR = {
    "front_onset": 0.01, "front_present": 0.02, "front_ground": 0.12, "front_strong": 2.0,
    "front_elsewhere": 3.0, "front_next_door": 5.0, "front_betrayed": 7.0, "front_shift": 10.0,
    "pressed": 0.5, "pressure_reference": 0.01, "opportunism": 2.0, "show_of_force": 0.25,
    "home_ground": 1.0, "heirs_fight": 1.0, "hostility_war": 0.5, "hostility_neutral": 0.04,
    "front_worst": 1.0, "front_spread": 0.8, "front_persistence": HALF_A_MONTH,
    "front_silence": 0.04, "front_silence_deaths": 25.0, "front_lasts": 1.0, "front_memory": 8.0,
    "front_flare": 0.02, "front_flare_fades": 30.0, "front_flare_late": 0.001,
    "front_forgotten": 100.0, "bystanders": 1.0, "reported": 0.5,
}  # fmt: skip


def listed(world, place: int = 0) -> list[int]:
    """Return the rows of the fronts of a place, in the order of its list."""
    rows, f = [], int(world.places[place].front)
    while f >= 0:
        rows.append(f)
        f = int(world.fronts[f].next)
    return rows


def free(world) -> list[int]:
    """Return the free rows of fronts, in the order of their list."""
    rows, f = [], int(world.nation[0].front_free)
    while f >= 0:
        rows.append(f)
        f = int(world.fronts[f].next)
    return rows


# --- normal, entity ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("u", "v", "variate"),
    [
        (math.exp(-0.5), 0.0, 1.0),
        (math.exp(-2.0), 0.0, 2.0),
        (math.exp(-2.0), 0.5, -2.0),
        (math.exp(-2.0), 0.25, 0.0),
        (math.exp(-0.5), 1 / 6, 0.5),  # the cosine of 60 degrees
    ],
)
def test_two_draws_make_a_normal_variate(u, v, variate) -> None:
    assert fronts.normal(u, v) == approx(variate)


@pytest.mark.parametrize(
    ("i", "j", "p", "entity"),
    [
        (0, 1, 0, 1 ^ 2),  # the ids of cartels are 1, 2, 3
        (1, 0, 0, 1 ^ 2),
        (0, 2, 0, 1 ^ 3),
        (0, 1, 1, (1 ^ 2) + FRONT_HASH),
    ],
)
def test_the_draws_of_a_front_are_those_of_its_pair_and_place(i, j, p, entity) -> None:
    assert int(fronts.entity(country([[10, 10, 10], [0, 0, 0]]), i, j, p)) == entity


# --- between -------------------------------------------------------------------------------
def test_a_front_is_known_by_its_pair_and_place() -> None:
    world = country([[50, 30, 20], [50, 30, 20]])
    add_front(world, 0, 1)
    add_front(world, 1, 2, state=SILENT)
    add_front(world, 0, 1, place=1)
    assert [fronts.between(world, *pair, 0) for pair in ((0, 1), (1, 0), (1, 2))] == [0, 0, 1]
    assert fronts.between(world, 1, 0, 1) == 2
    assert fronts.between(world, 0, 2, 0) == -1
    assert fronts.between(world, 1, 2, 1) == -1


# --- open_front ----------------------------------------------------------------------------
def opened(fix_draws, world, i: int = 1, j: int = 0, week: int = 3, **changes: float):
    """Return the row and the log after a front opens in place 0 with a variate of 1."""
    record = empty_log(world)
    fix_draws(fronts, {FRONT_HEAT: (*ONE, 0.0, 0.0)})
    par = parameters(**{**PAR, **changes})
    f = fronts.open_front(world, par, record, KEY, week, i, j, 0)
    return f, logged(record, "week", "kind", "place", "cartel", "other", "amount")


def test_a_new_front_begins_a_war(fix_draws) -> None:
    world = country([[60, 40]])
    f, events = opened(fix_draws, world)
    front = world.fronts[f]
    assert (front.place, front.one, front.other, front.state) == (0, 0, 1, ACTIVE)
    assert (front.opened, front.changed, front.held) == (3, 3, 0)
    assert (front.now, front.deaths, front.month, front.recent) == (0.0, 0.0, 0.0, 25.0)
    assert front.heat == approx(0.8)
    assert listed(world) == [f]
    for a, b in ((0, 1), (1, 0)):
        pair = world.relations[a, b]
        assert (pair.stance, pair.fronts, pair.since) == (AT_WAR, 1, 3)
        assert pair.hostility == approx(0.04)  # beside their fronts they are as neutral
    assert events == [
        (3, EventKind.WAR, -1, 1, 0, 0),
        (3, EventKind.FRONT_OPENS, 0, 1, 0, 0),
    ]


def test_a_second_front_of_two_at_war_begins_no_other_war(fix_draws) -> None:
    world = country([[60, 40], [60, 40]])
    add_front(world, 0, 1, place=1)
    _, events = opened(fix_draws, world)
    assert [event[1] for event in events] == [EventKind.FRONT_OPENS]
    assert world.relations[0, 1].fronts == world.relations[1, 0].fronts == 2


def test_where_they_fight_already_nothing_opens(fix_draws) -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1, heat=0.3, opened=1)
    f, events = opened(fix_draws, world)
    assert (f, events) == (0, [])
    assert (world.fronts[0].heat, world.fronts[0].opened) == (0.3, 1)
    assert world.relations[0, 1].fronts == 1


@pytest.mark.parametrize(("before", "recent"), [(5.0, 25.0), (400.0, 400.0)])
def test_a_silent_front_flares_up_in_its_row(fix_draws, before, recent) -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1, state=SILENT, opened=1, changed=2, deaths=7.0, recent=before)
    f, events = opened(fix_draws, world)
    front = world.fronts[0]
    assert f == 0
    assert (front.state, front.opened, front.changed, front.deaths) == (ACTIVE, 1, 3, 7.0)
    assert front.heat == approx(0.8)
    assert front.recent == recent  # remembered deaths keep it alive, at least as a new one
    assert [event[1] for event in events] == [EventKind.WAR, EventKind.FRONT_FLARES]


# --- lists of fronts -----------------------------------------------------------------------
def three(state: int = ACTIVE):
    """Return a place with fronts in rows 0 (0, 1), 1 (0, 2) and 2 (1, 2); its list is 2, 1, 0."""
    world = country([[50, 30, 20]])
    for i, j in ((0, 1), (0, 2), (1, 2)):
        add_front(world, i, j, state=state, deaths=10.0 * (i + j))
    return world


@pytest.mark.parametrize(
    ("f", "left"),
    [(2, [1, 0]), (1, [2, 0]), (0, [2, 1])],  # the first, the middle and the last of the list
)
def test_a_front_that_ends_leaves_the_list_of_its_place(f, left) -> None:
    world = three()
    record = empty_log(world)
    front = world.fronts[f]
    one, other, deaths = int(front.one), int(front.other), int(front.deaths)
    assert listed(world) == [2, 1, 0]
    fronts.end(world, record, 5, f)
    assert listed(world) == left
    assert free(world) == [f]
    assert world.fronts[f].state == FREE_FRONT
    assert fronts.between(world, one, other, 0) == -1
    assert world.relations[one, other].fronts == world.relations[other, one].fronts == 0
    # an active front falls silent as it ends; both name those who died since it opened
    assert logged(record, "kind", "place", "cartel", "other", "amount") == [
        (EventKind.FRONT_SILENT, 0, one, other, deaths),
        (EventKind.FRONT_ENDS, 0, one, other, deaths),
    ]


def test_a_silent_front_that_ends_is_no_longer_counted() -> None:
    world = three(SILENT)
    record = empty_log(world)
    fronts.end(world, record, 5, 1)
    assert world.relations[0, 2].fronts == 0
    assert logged(record, "kind") == [(EventKind.FRONT_ENDS,)]


def test_rows_of_ended_fronts_are_used_again(fix_draws) -> None:
    world = three()
    record = empty_log(world)
    for f in (1, 0):
        fronts.end(world, record, 5, f)
    assert free(world) == [0, 1]
    world.fronts[0].held = 1  # of a front that a scenario held
    f, _ = opened(fix_draws, world, 2, 0)
    assert (f, listed(world), free(world)) == (0, [0, 2], [1])
    front = world.fronts[0]
    assert (front.one, front.other, front.held) == (0, 2, 0)
    assert (front.now, front.deaths, front.month) == (0.0, 0.0, 0.0)
    assert opened(fix_draws, world, 0, 1)[0] == 1
    assert (listed(world), free(world)) == ([1, 0, 2], [])
    assert world.nation[0].front_rows == 3


def test_a_full_table_of_fronts_is_refused(fix_draws) -> None:
    world = country([[60, 40]])
    world.nation[0].front_rows = FRONTS
    with pytest.raises(RuntimeError, match="no free row for a front"):
        opened(fix_draws, world)


# --- bitterness, weakness, fierceness ------------------------------------------------------
@pytest.mark.parametrize(
    ("homes", "founders", "factor"),
    [
        ((1, 1), (0, 1), 1.0),
        ((0, 1), (0, 1), 2.0),  # in place 0, the home of one of them
        ((1, 0), (0, 1), 2.0),
        ((0, 0), (0, 1), 2.0),
        ((1, 1), (0, 0), 3.0),  # heirs of one cartel
        ((0, 1), (0, 0), 6.0),
        ((1, 1), (-1, -1), 1.0),  # two that rose from local gangs have no founder in common
    ],
)
def test_fronts_are_bitter_at_home_and_among_heirs(homes, founders, factor) -> None:
    world = country([[60, 40], [60, 40]])
    one, other = world.cartels[0], world.cartels[1]
    one.home, other.home = homes
    one.founder, other.founder = founders
    par = parameters(**{**PAR, "home_ground": 2.0, "heirs_fight": 3.0})
    assert fronts.bitterness(one, other, par, 0) == approx(factor)


@pytest.mark.parametrize(
    ("arrest", "force", "weak"),
    [
        (0.0, 0.0, 0.0),
        (0.006, 0.004, 0.0),  # at the reference
        (0.015, 0.005, 1.0),
        (0.03, 0.01, 3.0),
        (0.5, 0.5, 3.0),  # no more than that
    ],
)
def test_a_cartel_is_weak_where_the_forces_press_it(arrest, force, weak) -> None:
    here = country([[60]]).presence[0, 0]
    here.arrest, here.force = arrest, force
    assert fronts.weakness(here, parameters(**PAR)) == approx(weak)


@pytest.mark.parametrize(
    ("strife", "ailing", "arrest", "factor"),
    [
        ((0.0, 0.0), (0, 0), (0.0, 0.0), 1.0),
        ((0.5, 0.25), (0, 0), (0.0, 0.0), 1.0 + 2.0 * 0.75),
        ((0.0, 0.0), (9, 0), (0.0, 0.0), 1.0 + 0.25),  # however long the leader will be ill
        ((0.0, 0.0), (9, 1), (0.0, 0.0), 1.0 + 0.5),
        ((0.0, 0.0), (0, 0), (0.02, 0.03), 1.0 + 0.5 * (1 + 2)),
        ((0.5, 0.0), (1, 0), (0.02, 0.0), 1.0 + 1.0 + 0.25 + 0.5),
    ],
)
def test_a_front_is_fierce_where_one_is_divided_ill_or_pressed(
    strife, ailing, arrest, factor
) -> None:
    world = country([[60, 40]])
    world.cartels.strife[:2], world.cartels.ailing[:2] = strife, ailing
    world.presence.arrest[0, :2] = arrest
    here, cartels, par = world.presence[0], world.cartels, parameters(**PAR)
    fierce = fronts.fierceness(here[0], here[1], cartels[0], cartels[1], par)
    assert fierce == approx(factor)


# --- fight ---------------------------------------------------------------------------------
def fought(world, **changes: float) -> float:
    """Return how contested place 0 is; each cartel's fire is its share, and the scale is 0.1."""
    world.presence.shots[0] = world.presence.share[0]
    return fronts.fight(world, parameters(**{**PAR, **changes}), 0.1, 0)


@pytest.mark.parametrize(
    ("heat", "changes", "hazards", "contested"),
    [
        # a hostility of 0.5: 0.1 x 0.5 x the other's fire
        (0.0, {}, (0.02, 0.03), 0.24 * 0.5),
        (math.log(2), {}, (0.04, 0.06), 0.24 * 0.5),  # contested counts up to hostility_war
        (-math.log(2), {}, (0.01, 0.015), 0.24 * 0.25),
        (math.log(2), {"front_worst": 0.05}, (0.04, 0.05), 0.24 * 0.5),  # at most so many die
        (0.0, {"home_ground": 3.0}, (0.06, 0.09), 0.24 * 0.5),
    ],
)
def test_each_side_of_a_front_falls_by_the_fire_of_the_other(
    heat, changes, hazards, contested
) -> None:
    world = country([[60, 40]])
    front = add_front(world, 1, 0, heat=heat, deaths=5.0, month=2.0)
    world.presence.hazard[0, :2] = 0.001, 0.002  # from elsewhere
    assert fought(world, **changes) == approx(contested)
    here = world.presence[0]
    assert here.hazard[:2].tolist() == approx([0.001 + hazards[0], 0.002 + hazards[1]])
    now = 60 * hazards[0] + 40 * hazards[1]
    assert front.now == approx(now)
    assert here.fought[:2].tolist() == approx([now, now])
    assert (front.deaths, front.month) == approx((5.0 + now, 2.0 + now))
    assert here.beaten[:2].tolist() == approx([0.0, 0.2])
    assert here.victor[1] == 0


@pytest.mark.parametrize(("stakes", "contested"), [(0.5, 0.24 * 0.25), (2.0, 0.24 * 0.5)])
def test_more_die_where_more_can_be_won(stakes, contested) -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1)
    world.places[0].stakes = stakes
    assert fought(world) == approx(contested)
    assert world.presence.hazard[0, :2].tolist() == approx([0.02 * stakes, 0.03 * stakes])


def test_a_front_is_fiercer_while_one_side_is_divided() -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1)
    world.cartels[1].strife = 0.5
    fought(world)
    assert world.presence.hazard[0, :2].tolist() == approx([0.02 * 2, 0.03 * 2])


@pytest.mark.parametrize(
    ("state", "heads"), [(SILENT, (60, 40)), (ACTIVE, (100, 0)), (ACTIVE, (0, 100))]
)
def test_nobody_dies_on_a_silent_front_or_where_one_side_is_gone(state, heads) -> None:
    world = country([list(heads)])
    front = add_front(world, 0, 1, state=state, now=3.0, deaths=5.0)
    assert fought(world) == 0.0
    assert (front.now, front.deaths) == (0.0, 5.0)
    for name in ("hazard", "fought", "beaten"):
        assert world.presence[name][0, :2].tolist() == [0.0, 0.0]


def test_a_cartel_on_two_fronts_is_beaten_by_the_stronger() -> None:
    world = country([[30, 50, 20]])
    add_front(world, 2, 1)
    add_front(world, 2, 0)
    contested = fought(world)
    here = world.presence[0]
    # by 0.5 - 0.2 from one and 0.3 - 0.2 from the other; these two do not fight each other
    assert here.beaten[:3].tolist() == approx([0.0, 0.0, 0.3])
    assert here.victor[2] == 1
    assert here.hazard[:3].tolist() == approx([0.05 * 0.2, 0.05 * 0.2, 0.05 * (0.3 + 0.5)])
    one, other = 30 * 0.01 + 20 * 0.015, 50 * 0.01 + 20 * 0.025
    assert here.fought[:3].tolist() == approx([one, other, one + other])
    assert contested == approx(0.5 * (0.3 * 0.2 + 0.5 * 0.2))


# --- silence_chance, flare_chance ----------------------------------------------------------
@pytest.mark.parametrize(
    ("recent", "lasts", "chance"),
    [(0.0, 1.0, 0.04), (25.0, 1.0, 0.02), (75.0, 1.0, 0.01), (75.0, 0.5, 0.02), (75.0, 0.0, 0.04)],
)
def test_a_front_falls_silent_the_sooner_the_fewer_die(recent, lasts, chance) -> None:
    par = parameters(**{**PAR, "front_lasts": lasts})
    assert fronts.silence_chance(recent, par) == approx(chance)


@pytest.mark.parametrize(
    ("weeks", "chance"),
    [(0, 0.021), (30, 0.02 / math.e + 0.001), (10_000, 0.001)],
)
def test_a_silent_front_flares_up_ever_less_often(weeks, chance) -> None:
    assert fronts.flare_chance(weeks, parameters(**PAR)) == approx(chance)


# --- next_door -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "pair", "state", "near"),
    [
        (1, (0, 1), ACTIVE, True),
        (1, (0, 1), SILENT, False),
        (1, (0, 2), ACTIVE, False),
        (2, (0, 1), ACTIVE, False),  # out of reach
        (0, (0, 1), ACTIVE, False),  # a place is not its own neighbour
    ],
)
def test_next_door_is_where_the_pair_fights_within_reach(place, pair, state, near) -> None:
    world = country([[50, 30, 20], [50, 30, 20], [50, 30, 20]])
    world.places[0].reach_last = world.places[0].reach_first + 1  # next to place 1 alone
    add_front(world, *pair, place=place, state=state)
    assert fronts.next_door(world, 0, 1, 0) is near


# --- opening -------------------------------------------------------------------------------
def chance(world, week: int = 4, **changes: float) -> float:
    """Return the chance that cartels 0 and 1 open a front in place 0 in a week."""
    return fronts.opening(world, parameters(**{**PAR, **changes}), week, 0, 1, 0)


@pytest.mark.parametrize(
    ("heads", "brutality", "expected"),
    [
        ((90, 10), (0.5, 0.5), 0.01 * 0.5),
        ((90, 10), (1.0, 0.6), 0.01 * 0.8),  # by the mean of both
        ((90, 10), (0.0, 0.0), 0.0),
        ((60, 40), (0.5, 0.5), 0.01 * 0.5 * 2),  # both strong
        ((88, 12), (0.5, 0.5), 0.01 * 0.5 * 2),
        ((89, 11), (0.5, 0.5), 0.01 * 0.5),
        ((98, 2), (0.5, 0.5), 0.01 * 0.5),
        ((99, 1), (0.5, 0.5), 0.0),  # too few to open a front
        ((1, 99), (0.5, 0.5), 0.0),
    ],
)
def test_fronts_open_by_brutality_and_ground(heads, brutality, expected) -> None:
    world = country([list(heads)])
    world.cartels.brutality[:2] = brutality
    assert chance(world) == approx(expected)


@pytest.mark.parametrize(
    ("elsewhere", "state", "times"),
    [
        ([], ACTIVE, 1),
        ([2], ACTIVE, 3),
        ([1], ACTIVE, 3 * 5),
        ([1, 2], ACTIVE, 15),
        ([1], SILENT, 1),
    ],
)
def test_fronts_spread_where_the_pair_fights_already(elsewhere, state, times) -> None:
    world = country([[90, 10]] * 3)
    world.places[0].reach_last = world.places[0].reach_first + 1  # next to place 1 alone
    for place in elsewhere:
        add_front(world, 0, 1, place=place, state=state)
    assert chance(world) == approx(0.005 * times)


@pytest.mark.parametrize("stakes", [0.0, 0.5, 3.0])
def test_fronts_open_where_more_can_be_won(stakes) -> None:
    world = country([[90, 10]])
    world.places[0].stakes = stakes
    assert chance(world) == approx(0.005 * stakes)


def test_those_who_were_allies_fight_more() -> None:
    world = country([[90, 10]])
    world.relations.betrayed[:2, :2] = 1
    assert chance(world) == approx(0.005 * 7)


@pytest.mark.parametrize(
    ("settled", "times"),
    [
        ((0.9, 0.1), 1.0),
        ((0.8, 0.1), 2.0),  # the first has gained a tenth: 1 + 10 x 0.1
        ((0.9, 0.05), 1.5),  # the second entered
        ((0.8, 0.05), 2.5),
        ((1.0, 0.2), 1.0),  # to lose ground opens none
    ],
)
def test_fronts_open_where_power_shifts(settled, times) -> None:
    world = country([[90, 10]])
    world.presence.settled[0, :2] = settled
    assert chance(world) == approx(0.005 * times)


@pytest.mark.parametrize(
    ("arrest", "times"), [((0.01, 0.0), 1.0), ((0.03, 0.0), 2.0), ((0.02, 0.02), 2.0)]
)
def test_rivals_attack_the_one_that_the_forces_press(arrest, times) -> None:
    world = country([[90, 10]])
    world.presence.arrest[0, :2] = arrest
    assert chance(world) == approx(0.005 * times)


def test_allies_never_open_a_front() -> None:
    world = country([[60, 40]])
    for a, b in ((0, 1), (1, 0)):
        world.relations[a, b].stance, world.relations[a, b].declared = ALLIED, 99
    assert chance(world, front_onset=1000.0) == 0.0


@pytest.mark.parametrize(
    ("heads", "declared", "expected"),
    [
        ((60, 40), 4, 1.0),  # certain in the last week of the declaration too
        ((60, 40), 3, 0.01),
        ((90, 10), 4, 0.005),  # only where both are strong
        ((60, 40), -1, 0.01),
    ],
)
def test_a_declared_war_opens_fronts_for_certain(heads, declared, expected) -> None:
    world = country([list(heads)])
    at_war(world, 0, 1)
    world.relations.declared[:2, :2] = declared
    assert chance(world) == approx(expected)


def test_no_chance_of_a_front_is_above_one() -> None:
    assert chance(country([[60, 40]]), front_onset=1000.0) == 1.0


# --- make_peace ----------------------------------------------------------------------------
def test_peace_silences_every_front_of_the_two_held_or_not() -> None:
    world = country([[50, 30, 20], [50, 30, 20], [50, 30, 20]])
    add_front(world, 0, 1, deaths=12.9, held=1)
    add_front(world, 0, 2)
    add_front(world, 1, 0, place=1)
    add_front(world, 0, 1, place=2, state=SILENT, changed=1)
    record = empty_log(world)
    fronts.make_peace(world, record, 5, 1, 0)
    assert world.fronts.state[:4].tolist() == [SILENT, ACTIVE, SILENT, SILENT]
    assert world.fronts.changed[:4].tolist() == [5, 0, 5, 1]
    assert world.fronts.held[0] == 0
    assert (world.relations[0, 1].fronts, world.relations[1, 0].fronts) == (0, 0)
    assert (world.relations[0, 1].since, world.relations[1, 0].since) == (5, 5)
    assert world.relations[0, 2].fronts == 1
    assert logged(record, "kind", "place", "cartel", "other", "amount") == [
        (EventKind.FRONT_SILENT, 0, 0, 1, 12),
        (EventKind.FRONT_SILENT, 1, 0, 1, 0),
    ]


# --- review_all: a month on a front --------------------------------------------------------
def reviewed(
    fix_draws, world, u_silence: float = 0.99, u_flare: float = 0.99, u_open: float = 0.99,
    week: int = 4, **changes: float,
):  # fmt: skip
    """Return the log after a review of week 4, the turn of place 0, with a variate of 1."""
    record = empty_log(world, weeks=12)
    fix_draws(fronts, {FRONT_HEAT: (*ONE, u_silence, u_flare), FRONT_OPEN: u_open})
    fronts.review_all(world, parameters(**{**PAR, **changes}), record, KEY, week)
    return logged(record, "kind", "place", "cartel", "other")


def test_the_heat_of_a_front_moves_towards_the_usual_and_by_chance(fix_draws) -> None:
    world = country([[60, 40]])
    front = add_front(world, 0, 1, heat=1.2, now=1.0, recent=10.0)
    assert reviewed(fix_draws, world) == []
    # half is kept; the rest of the variance is new: 0.8 x sqrt(1 - 0.25) x 1
    assert front.heat == approx(0.6 + 0.8 * math.sqrt(0.75))
    # one member a week, as many bystanders, half of them in the news: 52.18 a year; 4 of 8 weeks
    assert front.recent == approx(10.0 + (52.18 - 10.0) * 0.5)


@pytest.mark.parametrize("recent", [0.0, 50.0])
@pytest.mark.parametrize("below", [True, False])
def test_an_active_front_falls_silent_by_chance(fix_draws, recent, below) -> None:
    world = country([[60, 40]])
    front = add_front(world, 0, 1, recent=recent, deaths=33.7)
    # nobody dies now, so half of the deaths are remembered: 0.16 a month, or half of that with 25
    month = 4 * 0.04 / (1.0 + 0.5 * recent / 25.0)
    u = month - 0.001 if below else month + 0.001
    events = reviewed(fix_draws, world, u_silence=u)
    assert events == ([(EventKind.FRONT_SILENT, 0, 0, 1)] if below else [])
    assert front.state == (SILENT if below else ACTIVE)
    assert front.changed == (4 if below else 0)
    for a, b in ((0, 1), (1, 0)):
        assert world.relations[a, b].fronts == (0 if below else 1)
        assert world.relations[a, b].since == (4 if below else 0)
        assert world.relations[a, b].stance == AT_WAR  # still, for some months


def test_a_held_front_does_not_fall_silent_while_both_are_there(fix_draws) -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1, held=1)
    assert reviewed(fix_draws, world, u_silence=0.0) == []
    assert world.fronts[0].state == ACTIVE


@pytest.mark.parametrize("held", [0, 1])
def test_a_front_falls_silent_where_one_side_is_gone_and_then_ends(fix_draws, held) -> None:
    world = country([[100, 0], [50, 50]])
    add_front(world, 0, 1, held=held)
    assert reviewed(fix_draws, world) == [(EventKind.FRONT_SILENT, 0, 0, 1)]
    # what a silent front draws no longer matters
    assert reviewed(fix_draws, world, u_flare=0.0, week=8) == [(EventKind.FRONT_ENDS, 0, 0, 1)]
    assert (listed(world), free(world)) == ([], [0])


@pytest.mark.parametrize("state", [ACTIVE, SILENT])
def test_a_front_ends_when_one_of_the_two_has_ended(fix_draws, state) -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1, state=state)
    world.cartels[1].alive = 0
    ends = [(EventKind.FRONT_ENDS, 0, 0, 1)]
    silent = [(EventKind.FRONT_SILENT, 0, 0, 1)] if state == ACTIVE else []
    assert reviewed(fix_draws, world) == silent + ends
    assert listed(world) == []
    assert world.relations[0, 1].fronts == 0


@pytest.mark.parametrize("below", [True, False])
def test_a_silent_front_flares_up_by_chance(fix_draws, below) -> None:
    world = country([[60, 40]])
    front = add_front(world, 0, 1, state=SILENT, changed=-26)
    u = 4 * (0.02 * math.exp(-1.0) + 0.001) + (-1e-4 if below else 1e-4)  # silent for 30 weeks
    flares = [(EventKind.WAR, -1, 0, 1), (EventKind.FRONT_FLARES, 0, 0, 1)]
    assert reviewed(fix_draws, world, u_flare=u) == (flares if below else [])
    assert front.state == (ACTIVE if below else SILENT)
    assert world.relations[1, 0].fronts == int(below)


def test_allies_let_a_silent_front_rest(fix_draws) -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1, state=SILENT)
    world.relations.stance[:2, :2] = ALLIED
    assert reviewed(fix_draws, world, u_flare=0.0) == []


@pytest.mark.parametrize(
    ("heads", "declared", "flares"),
    [((60, 40), 4, True), ((60, 40), 3, False), ((90, 10), 4, False)],
)
def test_a_declared_war_reaches_a_silent_front(fix_draws, heads, declared, flares) -> None:
    world = country([list(heads)])
    add_front(world, 0, 1, state=SILENT)
    at_war(world, 0, 1)
    world.relations.declared[:2, :2] = declared
    events = reviewed(fix_draws, world)
    assert events == ([(EventKind.FRONT_FLARES, 0, 0, 1)] if flares else [])


@pytest.mark.parametrize(("changed", "ends"), [(-96, False), (-97, True)])
def test_a_front_that_was_silent_for_long_is_forgotten(fix_draws, changed, ends) -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1, state=SILENT, changed=changed)
    # it ends after more than 100 weeks; whether a new one opens at once is another draw
    assert reviewed(fix_draws, world) == ([(EventKind.FRONT_ENDS, 0, 0, 1)] if ends else [])


def test_a_front_that_ends_within_a_month_leaves_its_deaths_in_the_record() -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1, opened=2, month=6.5)
    record = empty_log(world)
    fronts.end(world, record, 5, 0)  # in the second month
    row = record.fronts[0]
    assert record.used[1] == 1
    assert (row.month, row.place, row.one, row.other, row.opened) == (1, 0, 0, 1, 2)
    assert (row.active, row.deaths) == (0, 6.5)


def test_a_front_that_ends_without_deaths_since_its_last_entry_leaves_none() -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1, state=SILENT)
    record = empty_log(world)
    fronts.end(world, record, 5, 0)
    assert record.used[1] == 0


# --- review_all: new fronts, turns ---------------------------------------------------------
@pytest.mark.parametrize(("u", "opens"), [(0.0099, True), (0.0101, False)])
def test_a_front_opens_by_its_own_draw(fix_draws, u, opens) -> None:
    world = country([[60, 40]])
    events = reviewed(fix_draws, world, u_open=u)
    expected = [(EventKind.WAR, -1, 1, 0), (EventKind.FRONT_OPENS, 0, 1, 0)]
    assert events == (expected if opens else [])
    assert listed(world) == ([0] if opens else [])


@pytest.mark.parametrize("state", [ACTIVE, SILENT])
def test_no_second_front_opens_where_the_two_have_one(fix_draws, state) -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1, state=state)
    assert reviewed(fix_draws, world, u_open=0.0) == []
    assert listed(world) == [0]


def test_every_pair_of_a_place_draws_for_itself(fix_draws) -> None:
    world = country([[40, 30, 30]])
    drawn = {1 ^ 2: 0.99, 1 ^ 3: 0.0, 2 ^ 3: 0.99}
    events = reviewed(fix_draws, world, u_open=drawn.__getitem__)
    assert events == [(EventKind.WAR, -1, 2, 0), (EventKind.FRONT_OPENS, 0, 2, 0)]


def test_a_cartel_that_has_ended_this_week_opens_no_front(fix_draws) -> None:
    world = country([[60, 40]])
    world.cartels[0].alive = 0
    assert reviewed(fix_draws, world, u_open=0.0) == []


@pytest.mark.parametrize(
    ("week", "places"), [(0, [0]), (1, []), (2, []), (3, [1]), (4, [0]), (5, []), (7, [1])]
)
def test_places_take_turns_each_once_in_four_weeks(fix_draws, week, places) -> None:
    world = country([[60, 40], [60, 40]])
    world.relations.stance[:2, :2] = NEUTRAL
    events = reviewed(fix_draws, world, u_open=0.0, week=week)
    opens = [place for kind, place, _, _ in events if kind == EventKind.FRONT_OPENS]
    assert opens == places
