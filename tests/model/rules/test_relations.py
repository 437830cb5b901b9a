"""Relations: stances, declared wars, and the monthly look at a pair."""

from __future__ import annotations

import pytest
from pytest import approx

from plazas.model.calendar import ROUNDED_WEEKS_PER_YEAR
from plazas.model.draws import PAIR_WAR
from plazas.model.events import EventKind
from plazas.model.rules import fronts, relations
from plazas.model.world import ALLIED, AT_WAR, FREE_FRONT, NEUTRAL

from .builder import KEY, add_front, at_war, country, empty_log, logged, parameters

PAR = {
    "hostility_neutral": 0.3, "hostility_allied": 0.1, "alliances": 1.0, "war_declared": 10.0,
    "war_memory": 26.0, "betrayal": 0.4, "alliance_onset": 0.3, "export_revenue": 900.0,
    "racket_revenue": 100.0,
}  # fmt: skip
MONTH_IN_YEARS = 4 / ROUNDED_WEEKS_PER_YEAR


# --- stances -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("stance", "alliances", "hostility", "becomes"),
    [
        (NEUTRAL, 1.0, 0.3, NEUTRAL),
        (ALLIED, 1.0, 0.1, ALLIED),
        (ALLIED, 0.0, 0.3, NEUTRAL),  # alliances are switched off
        (AT_WAR, 1.0, 0.3, AT_WAR),  # they are more hostile on their fronts alone
    ],
)
def test_a_stance_sets_hostility_both_ways(stance, alliances, hostility, becomes) -> None:
    world = country([[60, 40]])
    world.relations.declared[:] = 20
    par = parameters(**{**PAR, "alliances": alliances})
    relations.set_stance(world, par, 9, 0, 1, stance)
    for i, j in ((0, 1), (1, 0)):
        pair = world.relations[i, j]
        assert (pair.stance, pair.since, pair.declared) == (becomes, 9, -1)
        assert pair.hostility == approx(hostility)


@pytest.mark.parametrize(("i", "j"), [(0, 1), (1, 0), (0, 2)])
def test_going_to_war_is_declared_and_logged(i, j) -> None:
    world = country([[60, 40, 10]])
    record = empty_log(world)
    relations.go_to_war(world, parameters(**PAR), record, 3, i, j)
    for a, b in ((i, j), (j, i)):
        pair = world.relations[a, b]
        assert (pair.stance, pair.since, pair.declared) == (AT_WAR, 3, 3 + 10)
        assert pair.hostility == approx(0.3)
    # fronts open in their places when these are reviewed
    assert world.relations[i, j].fronts == 0
    columns = logged(record, "week", "kind", "place", "cartel", "other")
    assert columns == [(3, EventKind.WAR, -1, i, j)]


# --- review_all ----------------------------------------------------------------------------
def reviewed(world, fix_draws, u_ally: float = 0.99, u_leave: float = 0.99, week: int = 3, **more):
    """Return the log after a look at all pairs; the draws are for an alliance and for leaving."""
    record = empty_log(world)
    fix_draws(relations, {PAIR_WAR: (0.0, 0.0, u_ally, u_leave)})
    relations.review_all(world, parameters(**{**PAR, **more}), record, KEY, week)
    return logged(record, "kind", "cartel", "other")


def test_overlap_is_the_ground_that_both_want(fix_draws) -> None:
    world = country([[60, 40], [100, 0]])
    reviewed(world, fix_draws)
    # two places worth 500: 0.4 x 500 in common; the larger has 0.6 x 500 + 500
    assert world.relations[0, 1].overlap == approx(0.4 / 1.6)
    assert world.relations[1, 0].overlap == approx(0.4 / 1.6)


def test_others_get_used_to_a_share_by_a_thirteenth_a_month(fix_draws) -> None:
    world = country([[60, 40], [100, 0]])
    world.presence[0, 0].settled, world.presence[1, 0].settled = 0.5, 0.0
    world.presence[1, 1].settled = 0.2  # where it has no members any more
    reviewed(world, fix_draws)
    settled = world.presence.settled
    assert settled[0, 0] == approx(0.5 + MONTH_IN_YEARS * 0.1)
    assert settled[1, :2].tolist() == approx([MONTH_IN_YEARS, 0.2 * (1 - MONTH_IN_YEARS)])


def test_pairs_are_looked_at_in_the_last_of_four_weeks(fix_draws) -> None:
    world = country([[60, 40]])
    at_war(world, 0, 1)
    world.relations.since[:] = -100
    for week in (0, 1, 2, 4):
        assert reviewed(world, fix_draws, week=week) == []
    assert world.relations[0, 1].overlap == 0.0
    assert reviewed(world, fix_draws, week=7) == [(EventKind.PEACE, 1, 0)]


@pytest.mark.parametrize(
    ("since", "declared", "active", "peace"),
    [
        (-24, -1, 0, True),  # more than 26 weeks without a front
        (-23, -1, 0, False),
        (-900, -1, 1, False),  # a war lasts as long as its fronts
        (-900, -1, 7, False),
        (-24, 3, 0, False),  # the declaration lasts to the end of this week
        (-24, 2, 0, True),
    ],
)
def test_a_war_ends_half_a_year_after_its_last_front(
    fix_draws, since, declared, active, peace
) -> None:
    world = country([[50, 50]])
    at_war(world, 0, 1, hostility=0.3)
    for a, b in ((0, 1), (1, 0)):
        pair = world.relations[a, b]
        pair.since, pair.declared, pair.fronts = since, declared, active
    events = reviewed(world, fix_draws)
    assert events == ([(EventKind.PEACE, 1, 0)] if peace else [])
    for a, b in ((0, 1), (1, 0)):
        pair = world.relations[a, b]
        assert (pair.stance, pair.since) == ((NEUTRAL, 3) if peace else (AT_WAR, since))


def test_a_war_outlasts_its_last_front_by_months(fix_draws) -> None:
    """The stance follows the fronts: it is at war with the first and neutral after the last."""
    world = country([[50, 50]])
    par, record = parameters(**PAR), empty_log(world, weeks=40)
    front = add_front(world, 0, 1)
    fronts.end(world, record, 2, 0)
    assert front.state == FREE_FRONT
    fix_draws(relations, {PAIR_WAR: (0.0, 0.0, 0.99, 0.99)})
    at_war_in = []
    for week in range(3, 40):
        relations.review_all(world, par, record, KEY, week)
        if world.relations[0, 1].stance == AT_WAR:
            at_war_in.append(week)
    assert at_war_in == list(range(3, 31))  # week 31 is the first review after week 2 + 26


@pytest.mark.parametrize(("u_leave", "leaves"), [(0.32, True), (0.34, False)])
def test_the_smaller_leaves_an_alliance_as_it_grows_equal(fix_draws, u_leave, leaves) -> None:
    world = country([[60, 0], [0, 50]])
    relations.set_stance(world, parameters(**PAR), 0, 0, 1, ALLIED)
    events = reviewed(world, fix_draws, u_leave=u_leave)
    # 0.4 x 50 / 60 = 0.333, and no ground in common
    assert events == ([(EventKind.BETRAYAL, 1, 0)] if leaves else [])
    for a, b in ((0, 1), (1, 0)):
        pair = world.relations[a, b]
        assert pair.stance == (NEUTRAL if leaves else ALLIED)
        assert pair.betrayed == int(leaves)  # former allies fight more: fronts.opening
        assert pair.hostility == approx(0.3 if leaves else 0.1)


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
    events = reviewed(world, fix_draws, u_ally=u_ally, alliances=alliances)
    assert events == ([(EventKind.ALLIANCE, 1, 0)] if allied else [])


@pytest.mark.parametrize("ended", [0, 1])
def test_a_cartel_that_ended_this_week_is_not_looked_at(fix_draws, ended) -> None:
    world = country([[50, 50]])
    at_war(world, 0, 1)
    world.relations.since[:] = -100
    world.cartels[ended].alive = 0
    assert reviewed(world, fix_draws) == []
