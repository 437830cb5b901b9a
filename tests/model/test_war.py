"""Wars: the beaten leave a place to the winner, and what is at stake begins a war."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from plazas.model import week as schedule
from plazas.model.rules.record import EventKind
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation
from plazas.model.world import AT_WAR, NEUTRAL

Small = Callable[..., Scenario]
#: nothing that would begin or end a war, or break a cartel
STILL = {
    "war_onset": 0.0, "war_end": 0.0, "alliances": 0.0, "leader_hunt": 0.0, "illness": 0.0,
    "splits": 0.0, "emergence": 0.0, "expansion": 0.0,
    # and tastes that no fit moves
    "disloyal": 0.3, "taste_loyalty": 12.0, "independence": 10.0, "hostility_war": 2.0,
}  # fmt: skip


def two(scenario: Scenario) -> tuple[int, int]:
    """Return the rows of two cartels that stand in the same place."""
    keys = [row.key for row in scenario.country.start.cartels]
    return keys.index("sinaloa"), keys.index("tijuana")


def at(scenario: Scenario, stance: int) -> Simulation:
    """Return a run that begins with one war, or with none, and all else neutral."""
    run = Simulation(scenario)
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
    ends = {}
    for stance in (AT_WAR, NEUTRAL):
        for beaten in (0.0, 4.0):
            run = at(small(150, {**STILL, "loyalty_beaten": beaten}), stance)
            run.run()
            ends[stance, beaten] = run.world.presence.members[:, two(run.scenario)].copy()
    lost = ends[AT_WAR, 0.0], ends[AT_WAR, 4.0]
    contested = lost[0].min(axis=1) > 0
    assert contested.any()
    before, after = (x[contested].min(axis=1).sum() for x in lost)
    assert after < 0.5 * before
    np.testing.assert_array_equal(ends[NEUTRAL, 0.0], ends[NEUTRAL, 4.0])


def test_more_at_stake_begins_wars_sooner(small: Small) -> None:
    """Where less than a twentieth of the revenue is at stake, an elasticity makes wars rarer."""
    found = {}
    for elasticity in (0.5, 1.0, 3.0):
        changes = {**STILL, "war_onset": 0.2, "war_stakes": elasticity}
        run = Simulation(small(60, changes))
        run.run()
        log = run.record.events[: int(run.record.used[0])]
        wars = log[log["kind"] == EventKind.WAR]
        found[elasticity] = {(int(event.cartel), int(event.other)) for event in wars}
    assert len(found[0.5]) > len(found[1.0]) > len(found[3.0])
