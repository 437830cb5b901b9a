"""One rule, two schedulers: the order of agents, threads, processes and cuts change no bit."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from plazas.model import week as schedule
from plazas.model.agents import Cartel, Gang, State
from plazas.model.draws import RECRUIT, four, make_key
from plazas.model.levers import Policy
from plazas.model.model import CartelModel
from plazas.model.rules.formation import gang_id
from plazas.model.scenario import Event, Scenario
from plazas.model.simulation import Simulation
from plazas.model.world import (
    CELL,
    DIVIDED,
    FORMED,
    INDEPENDENT,
    INITIAL,
    World,
    copied,
    difference,
    load,
    save,
)

WEEKS = 48
#: most of a year in which everything happens that can, to gangs as few as will do
BUSY = {
    "leader_hunt": 0.05,
    "heir_need": 2.0,
    "formation": 6.0,
    "local_gangs": 100.0,
    "cell_size": 140.0,
    "expansion": 1.0,
    "cell_cost": 200.0,
    "hire_rate": 0.5,
    "front_onset": 0.02,
    "front_silence": 0.2,
    "front_lasts": 0.0,
    "front_flare": 0.1,
    "front_forgotten": 26.0,
    "war_memory": 4.0,
    "ailing_weeks": 8.0,
    "attacks_hired": 0.5,
    "centre_attacks": 0.1,
    "giving_up": 0.2,
    "answer_rate": 1.0,
    "alliance_onset": 0.3,
    "independence": 2.0,
    "division_size": 150.0,
}
HAPPENS = {
    "absorbed", "cell", "hired", "split", "war", "peace", "attack", "captured", "flip", "ill",
    "front_opens", "front_silent", "front_flares", "front_ends", "threat", "centre_attack",
}  # fmt: skip


@pytest.fixture(scope="module")
def busy(small: Callable[..., Scenario]) -> Scenario:
    day, end = date(2010, 3, 1), date(2010, 11, 1)
    return small(
        WEEKS,
        BUSY,
        policies=(
            Policy("arrests", 3.0, day, end, targets=("zetas",)),
            Policy("prevention", 20.0, day, end, states=("Jalisco", "Sonora")),
        ),
        events=(
            Event("captured", date(2010, 4, 1), "sinaloa", heir=False),
            Event("war", date(2010, 5, 1), "cjng", other="sinaloa"),
            Event("split", date(2010, 6, 1), "gulf"),
            Event("ill", date(2010, 3, 1), "tijuana"),
            Event("front_held", date(2010, 4, 1), "cjng", other="zetas", state="Jalisco"),
            Event("front_ends", date(2010, 9, 1), "cjng", other="zetas", state="Jalisco"),
        ),
    )


@pytest.fixture(scope="module")
def fast(busy: Scenario) -> Simulation:
    simulation = Simulation(busy)
    simulation.run()
    return simulation


def assert_same(a: Simulation, b: Simulation) -> None:
    assert difference(a.world, b.world) is None
    for name, mine, yours in zip(a.record._fields, a.record, b.record, strict=True):
        assert mine.tobytes() == yours.tobytes(), name


def run(scenario: Scenario, seed: int, replicate: int) -> World:
    """Return the world at the end of a run, in whichever thread or process."""
    simulation = Simulation(scenario, seed, replicate)
    simulation.run()
    return simulation.world


# --- agents --------------------------------------------------------------------------------
def shuffled(model: CartelModel) -> None:
    model.step()


def backwards(model: CartelModel) -> None:
    for agent in reversed(list(model.agents)):
        agent.step()
    model.close_week()


def gangs_first(model: CartelModel) -> None:
    for kind in (Gang, Cartel, State):
        model.agents_by_type[kind].shuffle_do("step")
    model.close_week()


def some_by_hand(model: CartelModel) -> None:
    for kind in (Cartel, Gang):
        for agent in list(model.agents_by_type[kind])[::5]:
            agent.step()
            agent.step()  # a second step in the same week changes nothing
    model.step()


def both_schedulers(model: CartelModel) -> None:
    model.step()
    model.run(min(3, WEEKS - model.week))


def test_everything_happens_in_the_run_that_is_compared(fast: Simulation) -> None:
    assert set(fast.results().events["kind"]) >= HAPPENS
    kinds = fast.world.gangs["id"] >> np.uint64(29) & np.uint64(7)
    assert set(kinds[fast.world.gangs["members"] > 0].tolist()) == {FORMED, DIVIDED, CELL, INITIAL}


@pytest.mark.parametrize("week", [shuffled, backwards, gangs_first, some_by_hand, both_schedulers])
def test_agents_in_any_order_give_the_world_of_the_kernel(busy, fast, week) -> None:
    model = CartelModel(busy)
    while model.running:
        week(model)
    assert_same(model.simulation, fast)


def test_another_seed_or_replicate_gives_another_world(busy, fast) -> None:
    assert difference(run(busy, 2, 0), fast.world) is not None
    assert difference(run(busy, 1, 1), fast.world) is not None


def test_gangs_that_act_before_their_places_would_be_seen(busy) -> None:
    """The comparison has teeth: rules that ran on last week's places would fail it."""
    simulation = Simulation(busy)
    simulation.run(20)
    s = simulation
    week, segment = s.week, s.levels.segment[s.week]
    worlds = []
    for early in (False, True, False):
        world = copied(s.world)
        schedule.open_week(world, s.parameters)
        for stage in ("gangs", "places") if early else ("places", "gangs"):
            if stage == "places":
                for p in range(len(world.places)):
                    schedule.place_week(world, s.parameters, s.levels, segment, p)
            else:
                for g in range(int(world.nation[0].gang_rows)):
                    schedule.gang_week(world, s.parameters, s.key, week, g)
        worlds.append(world)
    assert difference(worlds[0], worlds[1]) is not None
    assert difference(worlds[0], worlds[2]) is None


# --- threads, processes, cuts --------------------------------------------------------------
def assert_all_same(worlds: list[World], others: Iterable[World]) -> None:
    assert [difference(*pair) for pair in zip(worlds, others, strict=True)] == [None] * len(worlds)


def test_threads_and_processes_change_nothing(small) -> None:
    scenario = small(30, BUSY)
    replicates = range(6)
    alone = [run(scenario, 7, r) for r in replicates]
    jobs = [scenario] * 6, [7] * 6, replicates
    with ThreadPoolExecutor(4) as threads:
        assert_all_same(alone, threads.map(run, *jobs))
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=fresh) as processes:
        assert_all_same(alone, processes.map(run, *jobs))
    assert difference(alone[0], alone[1]) is not None


@pytest.mark.parametrize("cut", [1, 23, WEEKS - 1])
def test_a_run_cut_in_two_is_the_run(busy, fast, cut, tmp_path: Path) -> None:
    simulation = Simulation(busy)
    simulation.run(cut)
    save(simulation.world, tmp_path / "world.npz")
    simulation.run()
    assert_same(simulation, fast)

    resumed = Simulation(busy)
    resumed.world = load(tmp_path / "world.npz")
    assert resumed.week == cut
    resumed.run()
    assert difference(resumed.world, fast.world) is None
    later = slice(cut, WEEKS)
    assert resumed.record.weekly[later].tobytes() == fast.record.weekly[later].tobytes()

    other = Simulation(busy, seed=2)
    other.world = load(tmp_path / "world.npz")
    other.run()
    assert difference(other.world, fast.world) is not None


# --- one more gang -------------------------------------------------------------------------
def with_one_more_gang(scenario: Scenario, place: int) -> Simulation:
    """Return a run whose start has one more local gang of twenty in a place."""
    simulation = Simulation(scenario)
    world = simulation.world
    row = int(world.nation[0].gang_rows)
    gang = world.gangs[row]
    gang.id = gang_id(place, 0, FORMED, 1 << 20)
    gang.place, gang.members, gang.arms = place, 20, 0.1
    gang.allegiance = gang.joins = gang.tie = INDEPENDENT
    world.nation[0].gang_rows = row + 1
    return simulation


def formed_elsewhere(simulation: Simulation, place: int) -> set[int]:
    """Return the ids of the gangs, living or ended, that formed during the run elsewhere."""
    table = np.asarray(simulation.world.gangs[: simulation.world.nation[0].gang_rows])
    kind = (table["id"] >> np.uint64(29)) & np.uint64(7)
    born = (table["founded"] > 0) & (kind == FORMED) & (table["place"] != place)
    return set(table["id"][born].tolist())


def test_one_more_gang_changes_nobody_elses_draws(small) -> None:
    scenario = small(26, {"formation": 16.0, "disbanding": 0.0})
    place = scenario.country.geography.index("Yucatán")
    plain, more = Simulation(scenario), with_one_more_gang(scenario, place)
    rows = int(plain.world.nation[0].gang_rows)
    key = make_key(1, 0)
    for g in range(0, rows, 7):
        mine, theirs = (four(key, RECRUIT, 9, s.world.gangs[g].id) for s in (plain, more))
        assert mine == theirs
    plain.run(1)
    more.run(1)
    a, b = (np.asarray(s.world.gangs[:rows]) for s in (plain, more))
    for name in ("id", "recruited", "left", "killed_by_rivals", "killed_by_forces", "arrested"):
        elsewhere = a["place"] != place
        assert np.array_equal(a[name][elsewhere], b[name][elsewhere]), name
    plain.run()
    more.run()
    assert more.world.gangs[rows].id == gang_id(place, 0, FORMED, 1 << 20)
    born = formed_elsewhere(plain, place)
    assert len(born) > 50
    assert formed_elsewhere(more, place) == born
    other = Simulation(scenario, seed=2)
    other.run()
    assert formed_elsewhere(other, place) != born


def test_a_copied_world_shares_nothing(fast: Simulation) -> None:
    copy = copied(fast.world)
    assert difference(copy, fast.world) is None
    copy.gangs.members[0] += 1
    assert difference(copy, fast.world) == "gangs.members"
