"""Wars: fronts begin where power shifts, the beaten leave or join the winner, and places calm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from plazas.model import week as schedule
from plazas.model.events import EventKind
from plazas.model.rules import fronts
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation
from plazas.model.structure import MONTH, YEAR
from plazas.model.world import ACTIVE, AT_WAR, NEUTRAL

Small = Callable[..., Scenario]
#: nothing that would begin or end a front, or break a cartel
STILL = {
    "burn_in": 0.0, "front_onset": 0.0, "front_silence": 0.0, "front_flare": 0.0,
    "front_flare_late": 0.0, "front_spread": 0.0, "alliances": 0.0, "leader_hunt": 0.0,
    "illness": 0.0, "splits": 0.0, "giving_up": 0.0, "emergence": 0.0, "expansion": 0.0,
    "hire_rate": 0.0,
    # and strengths that no fit moves
    "disloyal": 0.3, "utility_loyalty": 12.0, "independence": 10.0, "hostility_war": 2.0,
    "hostility_neutral": 0.1, "loyalty_beaten": 0.0, "loyalty_weak": 0.0, "utility_winner": 0.0,
}  # fmt: skip


def two(scenario: Scenario) -> tuple[int, int]:
    """Return the rows of two cartels that have members in the same places."""
    keys = [row.key for row in scenario.country.start.cartels]
    return keys.index("sinaloa"), keys.index("tijuana")


def shared(run: Simulation) -> np.ndarray:
    """Return the places in which both have members."""
    i, j = two(run.scenario)
    here = run.world.presence
    return np.flatnonzero((here.members[:, i] > 0) & (here.members[:, j] > 0))


def at(scenario: Scenario, war: bool, seed: int = 1) -> Simulation:
    """Return a run that begins with a front in each shared place of the two, or with none."""
    run = Simulation(scenario, seed)
    i, j = two(run.scenario)
    world, par = run.world, run.parameters
    world.relations.stance[...] = NEUTRAL
    world.relations.hostility[...] = par.hostility_neutral
    assert world.nation[0].front_rows == 0
    for p in shared(run) if war else ():
        fronts.open_front(world, par, run.record, run.key, 0, i, j, int(p))
    return run


def opened_week(run: Simulation, segment: int = 0) -> np.ndarray:
    """Open the next week, let its places act, and return the presence of all cartels."""
    schedule.open_week(run.world, run.parameters)
    for p in range(len(run.world.places)):
        schedule.place_week(run.world, run.parameters, run.levels, segment, p)
    return run.world.presence


# --- winning and losing --------------------------------------------------------------------
@pytest.mark.parametrize("war", [True, False])
def test_beaten_is_by_how_much_the_strongest_enemy_on_a_front_exceeds(
    small: Small, war: bool
) -> None:
    run = at(small(4, STILL), war)
    run.run(1)
    i, j = two(run.scenario)
    here = opened_week(run)
    both = (here.members[:, i] > 0) & (here.members[:, j] > 0)
    assert both.any()
    gap = np.where(both & war, here.share[:, i] - here.share[:, j], 0.0)
    np.testing.assert_allclose(here.beaten[:, j], np.maximum(0.0, gap))
    np.testing.assert_allclose(here.beaten[:, i], np.maximum(0.0, -gap))
    assert (here.victor[here.beaten[:, j] > 0.0, j] == i).all()
    others = np.delete(np.arange(here.shape[1]), (i, j))
    assert (here.beaten[:, others] == 0.0).all()


def weaker_after(small: Small, war: bool, changes: dict[str, float], seed: int) -> int:
    """Return how many the weaker has after four years, in places where one was far weaker.

    No local gang joins them, so that only those who leave count.
    """
    run = at(small(208, {**STILL, "absorption": 0.0, **changes}), war, seed)
    i, j = two(run.scenario)
    share = run.world.presence.share[:, [i, j]]
    clear = (share.min(axis=1) > 0.0) & (np.abs(share[:, 0] - share[:, 1]) >= 0.12)
    assert clear.sum() >= 5
    run.run()
    return int(run.world.presence.members[clear][:, [i, j]].min(axis=1).sum())


def test_the_beaten_leave_and_the_winner_has_the_place(small: Small) -> None:
    """And only those on a front: among neutrals the same parameter changes nothing."""
    before, after = (
        sum(weaker_after(small, True, {"loyalty_beaten": beaten}, seed) for seed in (1, 2, 3))
        for beaten in (0.0, 4.0)
    )
    assert before > 1000
    assert after < 0.05 * before
    neutral = [weaker_after(small, False, {"loyalty_beaten": x}, 1) for x in (0.0, 4.0)]
    assert neutral[0] == neutral[1] > 0


def poached(small: Small, war: bool, winner: float, seed: int) -> int:
    """Return the members who went over from one of the two to the other within four years."""
    changes = {**STILL, "loyalty_beaten": 4.0, "utility_loyalty": 2.0, "utility_winner": winner}
    run = at(small(208, changes), war, seed)
    run.run()
    i, j = two(run.scenario)
    events = run.record.events[: int(run.record.used[0])]
    moved = events["kind"] == EventKind.ABSORBED
    between = ((events["cartel"] == i) & (events["other"] == j)) | (
        (events["cartel"] == j) & (events["other"] == i)
    )
    return int(events["amount"][moved & between].sum())


def test_the_winner_of_a_front_poaches_the_gangs_of_the_beaten(small: Small) -> None:
    plain, more = (sum(poached(small, True, w, seed) for seed in (1, 2, 3)) for w in (0.0, 20.0))
    assert more > 1.5 * plain
    assert poached(small, False, 0.0, 1) == poached(small, False, 20.0, 1)  # nobody is beaten


def test_more_die_in_a_place_with_a_front(small: Small) -> None:
    hazards = []
    for war in (False, True):
        run = at(small(4, STILL), war)
        i, j = two(run.scenario)
        hazards.append(opened_week(run).hazard[:, [i, j]].copy())
        places = shared(run)
    elsewhere = np.setdiff1d(np.arange(len(hazards[0])), places)
    np.testing.assert_array_equal(hazards[0][elsewhere], hazards[1][elsewhere])
    assert (hazards[1][places] > hazards[0][places]).all()


# --- onset ---------------------------------------------------------------------------------
def test_a_front_opens_because_one_has_grown(small: Small) -> None:
    """The same shares open few fronts where both are used to them."""
    opened = {}
    for used in (True, False):
        opened[used] = 0
        for seed in range(1, 13):
            changes = {**STILL, "front_onset": 0.005, "front_shift": 50.0, "front_spread": 0.0}
            run = at(small(4, changes), False, seed)
            i, j = two(run.scenario)
            here = run.world.presence
            here.settled[...] = here.share
            if not used:
                here.settled[shared(run), i] = 0.0
            run.run()
            opened[used] += int(run.world.relations.fronts[i, j])
    assert opened[False] > 4 * max(1, opened[True])


def test_a_declared_war_opens_fronts_in_the_places_where_both_are_strong(small: Small) -> None:
    run = at(small(8, {**STILL, "front_ground": 0.1}), False)
    i, j = two(run.scenario)
    strong = run.world.presence.share[:, [i, j]].min(axis=1) >= 0.11
    weak = run.world.presence.share[:, [i, j]].min(axis=1) < 0.09
    assert strong.any() and weak.any()
    for a, b in ((i, j), (j, i)):
        run.world.relations[a, b].declared = 6
    run.run()
    fights = np.array([fronts.between(run.world, i, j, p) >= 0 for p in range(len(strong))])
    assert fights[strong].all()
    assert not fights[weak].any()
    assert run.world.relations[i, j].stance == AT_WAR


def test_others_grow_used_to_a_share_within_some_years(small: Small) -> None:
    run = at(small(4, STILL), False)
    run.world.presence.settled[...] = 0.0
    run.run()
    here = run.world.presence
    assert here.settled.any()
    np.testing.assert_allclose(here.settled, MONTH / YEAR * here.share)


def test_neighbours_fight_harder_where_one_gains_ground(small: Small) -> None:
    """And as hard as before where neither does."""
    hazard = {}
    for advance in (0.0, 10.0):
        for gained in (0.0, 0.1):
            run = at(small(4, {**STILL, "advance": advance}), False)
            i, j = two(run.scenario)
            schedule.open_week(run.world, run.parameters)
            run.world.presence.settled[...] = run.world.presence.share
            run.world.presence.settled[:, i] -= gained
            for p in range(len(run.world.places)):
                schedule.place_week(run.world, run.parameters, run.levels, 0, p)
            hazard[advance, gained] = run.world.presence.hazard[:, j].copy()
    both = hazard[0.0, 0.0] > 0.0
    assert both.any()
    np.testing.assert_array_equal(hazard[10.0, 0.0], hazard[0.0, 0.0])
    np.testing.assert_array_equal(hazard[0.0, 0.1], hazard[0.0, 0.0])
    assert (hazard[10.0, 0.1][both] > hazard[0.0, 0.0][both]).all()
    assert (hazard[10.0, 0.1][both] <= 2.0 * hazard[0.0, 0.0][both] * (1.0 + 1e-12)).all()


# --- how fronts change ---------------------------------------------------------------------
def test_the_heat_of_a_front_keeps_its_spread_and_its_memory(small: Small) -> None:
    """An AR(1) process: standard deviation ``front_spread``, and what is declared after a year."""
    run = at(small(4, {**STILL, "front_spread": 1.2, "front_persistence": 0.6}), True)
    world, par, count = run.world, run.parameters, int(run.world.nation[0].front_rows)
    assert count >= 4
    heats = []
    for week in range(60_000):
        fronts.review_all(world, par, run.record, run.key, week)
        if week % MONTH == MONTH - 1:  # each place has had its turn
            heats.append(world.fronts.heat[:count].copy())
    heat = np.array(heats)
    assert (world.fronts.state[:count] == ACTIVE).all()
    year = round(YEAR / MONTH)
    later = [np.corrcoef(heat[:-year, f], heat[year:, f])[0, 1] for f in range(count)]
    assert np.mean(later) == pytest.approx(0.6, abs=0.03)
    assert heat.std(axis=0).mean() == pytest.approx(1.2, rel=0.04)
    assert heat.mean() == pytest.approx(0.0, abs=0.1)


def test_fronts_last_longer_the_more_die_on_them(small: Small) -> None:
    changes = {**STILL, "front_silence": 0.03, "front_silence_deaths": 25.0, "front_lasts": 0.85}
    left = []
    for now in (0.0, 2.0, 20.0):
        active = 0
        for seed in range(1, 13):
            run = at(small(4, changes), True, seed)
            rows = int(run.world.nation[0].front_rows)
            for week in range(104):
                run.world.fronts.now[:rows] = now
                fronts.review_all(run.world, run.parameters, run.record, run.key, week)
            active += int((run.world.fronts.state[:rows] == ACTIVE).sum())
        left.append(active)
    assert left[0] < left[1] < left[2]


def test_a_front_without_deaths_is_silent_by_the_declared_chance(small: Small) -> None:
    """0.03 a week with no deaths: 0.12 a month, so that 0.88 to the 13 are left after a year."""
    changes = {**STILL, "front_silence": 0.03, "front_lasts": 0.0}
    active = rows = 0
    for seed in range(1, 101):
        run = at(small(4, changes), True, seed)
        rows += int(run.world.nation[0].front_rows)
        for week in range(52):
            fronts.review_all(run.world, run.parameters, run.record, run.key, week)
        active += int((run.world.fronts.state == ACTIVE).sum())
    expected = rows * (1.0 - 4 * 0.03) ** 13
    assert abs(active - expected) < 4.0 * np.sqrt(expected)
