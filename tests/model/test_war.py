"""Wars: the beaten leave a place to the winner, and a shift of power begins a war."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from plazas.model import week as schedule
from plazas.model.parameters import parameters
from plazas.model.rules.relations import onset, war_hostility
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation
from plazas.model.structure import SHIFT
from plazas.model.world import AT_WAR, NEUTRAL

Small = Callable[..., Scenario]
#: nothing that would begin or end a war, or break a cartel
STILL = {
    "war_onset": 0.0, "war_end": 0.0, "alliances": 0.0, "leader_hunt": 0.0, "illness": 0.0,
    "splits": 0.0, "emergence": 0.0, "expansion": 0.0,
    # and utilities that no fit moves
    "disloyal": 0.3, "utility_loyalty": 12.0, "independence": 10.0, "hostility_war": 2.0,
}  # fmt: skip


def two(scenario: Scenario) -> tuple[int, int]:
    """Return the rows of two cartels that stand in the same place."""
    keys = [row.key for row in scenario.country.start.cartels]
    return keys.index("sinaloa"), keys.index("tijuana")


def at(scenario: Scenario, stance: int, seed: int = 1) -> Simulation:
    """Return a run that begins with one war, or with none, and all else neutral."""
    run = Simulation(scenario, seed)
    i, j = two(scenario)
    run.world.relations.stance[...] = NEUTRAL
    run.world.relations.hostility[...] = run.parameters.hostility_neutral
    for a, b in ((i, j), (j, i)):
        run.world.relations.stance[a, b] = stance
        run.world.relations.hostility[a, b] = run.parameters.hostility_war
    return run


@pytest.mark.parametrize("stance", [AT_WAR, NEUTRAL])
def test_beaten_is_by_how_much_the_strongest_enemy_at_war_exceeds(
    small: Small, stance: int
) -> None:
    run = at(small(4, STILL), stance)
    run.run(1)
    schedule.open_week(run.world, run.parameters)
    for p in range(len(run.world.places)):
        schedule.place_week(run.world, run.parameters, run.levels, run.levels.segment[1], p)
    i, j = two(run.scenario)
    here = run.world.presence
    both = (here.members[:, i] > 0) & (here.members[:, j] > 0)
    assert both.any()
    gap = np.where(both & (stance == AT_WAR), here.share[:, i] - here.share[:, j], 0.0)
    np.testing.assert_allclose(here.beaten[:, j], np.maximum(0.0, gap))
    np.testing.assert_allclose(here.beaten[:, i], np.maximum(0.0, -gap))
    others = np.delete(np.arange(here.shape[1]), (i, j))
    assert (here.beaten[:, others] == 0.0).all()


def test_the_beaten_leave_and_the_winner_has_the_place(small: Small) -> None:
    """And only those at war: among neutrals the same parameter changes nothing."""

    def end(stance: int, beaten: float, seed: int) -> np.ndarray:
        run = at(small(208, {**STILL, "loyalty_beaten": beaten}), stance, seed)
        run.run()
        return np.array(run.world.presence.members[:, two(run.scenario)])

    before = after = 0
    for seed in range(1, 13):
        lost = end(AT_WAR, 0.0, seed), end(AT_WAR, 4.0, seed)
        contested = lost[0].min(axis=1) > 0
        assert contested.any()
        before += int(lost[0][contested].min(axis=1).sum())
        after += int(lost[1][contested].min(axis=1).sum())
    assert after < 0.5 * before
    np.testing.assert_array_equal(end(NEUTRAL, 0.0, 1), end(NEUTRAL, 4.0, 1))


@pytest.mark.parametrize("elasticity", [0.2, 1.0, 3.0])
def test_onset_is_as_declared_at_the_declared_shift_and_grows_by_an_elasticity(
    small: Small, elasticity: float
) -> None:
    run = Simulation(small(4, {**STILL, "war_onset": 0.2, "war_shift": elasticity}))
    i, j = two(run.scenario)
    brutality = run.world.cartels.brutality[[i, j]].mean()
    for times in (0.0, 0.1, 1.0, 2.0):
        run.world.relations.shift[i, j] = times * SHIFT
        chance = onset(run.world, run.parameters, i, j)
        assert chance == pytest.approx(0.2 * brutality * times**elasticity)


def test_a_pair_goes_to_war_because_one_has_grown(small: Small) -> None:
    """The same shares begin no war where both are used to them."""
    begun = {}
    for used in (True, False):
        run = at(small(4, {**STILL, "war_onset": 0.2, "war_shift": 0.2}), NEUTRAL)
        i, j = two(run.scenario)
        here = run.world.presence
        both = (here.share[:, i] > 0.0) & (here.share[:, j] > 0.0)
        here.settled[...] = here.share
        if not used:
            here.settled[both, i] = 0.0
        run.run()
        begun[used] = run.world.relations.shift[i, j]
        np.testing.assert_array_equal(run.world.relations.shift, run.world.relations.shift.T)
    assert both.any()
    assert begun[False] > 10.0 * begun[True]


def test_others_grow_used_to_a_share_within_some_years(small: Small) -> None:
    run = at(small(4, STILL), NEUTRAL)
    run.world.presence.settled[...] = 0.0
    run.run()
    here = run.world.presence
    assert here.settled.any()
    np.testing.assert_allclose(here.settled, 4 / 52.18 * here.share)


def test_rivals_fight_harder_where_one_gains_ground(small: Small) -> None:
    """And as hard as before where neither does."""
    hazard = {}
    for advance in (0.0, 10.0):
        for gained in (0.0, 0.1):
            run = at(small(4, {**STILL, "advance": advance}), AT_WAR)
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


def test_a_war_is_fiercest_after_its_escalation_and_burns_down_to_embers() -> None:
    par = parameters({"hostility_war": 2.0, "escalation": 1.5, "residual_hostility": 0.2})
    years = np.linspace(0.0, 20.0, 2001)
    found = np.array([war_hostility(w, par) for w in years])
    assert years[found.argmax()] == 1.5
    assert found.max() == pytest.approx(2.0)
    assert found[0] == pytest.approx(0.4)
    assert found[-1] == pytest.approx(0.4, rel=0.01)
