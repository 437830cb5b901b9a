"""The runs that patterns are measured on: the same whatever the threads, cut or branched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from plazas.analysis.experiment.run import RunError
from plazas.analysis.patterns.trials import Trials, branch, cut, history, track
from plazas.model.scenario import Event
from plazas.model.simulation import Simulation
from plazas.model.world import difference

STOP = date(2012, 1, 1)
SMALL = {"members_2010": 60000.0, "local_gangs": 200.0}


def test_a_cut_history_is_the_beginning_of_the_whole() -> None:
    whole, short = (Simulation(replace(history(stop), changes=SMALL), 3) for stop in
                    (date(2013, 1, 1), STOP))  # fmt: skip
    short.run()
    whole.run(short.scenario.weeks)
    assert difference(short.world, whole.world) is None
    assert short.scenario.weeks == 104
    assert cut(history(), date(2030, 1, 1)).stop == history().stop


def test_a_branch_goes_on_alike_until_its_event() -> None:
    scenario = replace(history(STOP), changes=SMALL)
    trunk = Simulation(scenario, 1)
    trunk.run(40)
    twin = branch(trunk)
    other = branch(trunk, Event("captured", date(2011, 3, 1), "sinaloa", heir=False))
    trunk.run(20)
    twin.run(20)
    other.run(20)
    assert difference(trunk.world, twin.world) is None
    assert difference(trunk.world, other.world) is None  # 2011-02-26: the day before
    trunk.run(5)
    other.run(5)
    assert difference(trunk.world, other.world) is not None
    assert twin.week == 60  # going on with one leaves the others alone


def test_yearly_figures_are_those_of_the_results() -> None:
    simulation = Simulation(replace(history(STOP), changes=SMALL), 2)
    results = simulation.run()
    runs = track(simulation)
    assert list(runs.years) == list(results.yearly.index) == [2010, 2011]
    for name in ("homicides", "recruits"):
        assert runs.flow(name)[0] == pytest.approx(results.yearly[name].to_numpy())
    assert runs.level("members")[0] == pytest.approx(results.yearly["members"].to_numpy())
    assert runs.place_years.sum(axis=2)[0] == pytest.approx(runs.flow("homicides")[0])
    assert list(runs.led("cjng")[0]) == list(results.states_led("cjng"))
    assert runs.largest.max() <= 1.0
    assert (runs.home <= runs.largest).all()
    assert runs.most_fought.min() >= 0.0
    assert (runs.fought.max(axis=3) <= runs.most_fought).all()
    assert runs.fought.any()


def test_fronts_and_joins_are_those_of_the_results() -> None:
    simulation = Simulation(replace(history(STOP), changes={**SMALL, "reported": 0.5}), 2)
    results = simulation.run()
    runs = track(simulation)
    (fronts,) = runs.fronts
    frame = results.fronts
    bystanders = float(simulation.parameters.bystanders)
    by_year = frame.groupby(frame["month"].dt.year)["deaths"].sum()
    for year, deaths in by_year.items():
        reported = fronts["reported"][fronts["year"] == year].sum()
        assert reported == pytest.approx(0.5 * (1.0 + bystanders) * deaths)
    assert by_year.min() > 0
    joined = results.events_of("absorbed")
    joins, changes, losing = runs.joins[0].tolist()
    assert (joins, changes) == (len(joined), joined["other"].notna().sum())
    assert 0 <= losing <= changes < joins


def test_replicates_take_their_sets_and_changes_lie_over_all() -> None:
    sets = [{"recruitment": 2.5e-3}, {"recruitment": 4.0e-3}]
    scenario = replace(history(STOP), changes=SMALL)
    alone = [Trials(3, 5, sets, threads=n).runs(scenario) for n in (1, 2)]
    assert np.array_equal(alone[0].homicides, alone[1].homicides)
    recruits = alone[0].flow("recruits").sum(axis=1)
    assert recruits[1] > 1.2 * recruits[0]
    assert recruits[2] < 0.8 * recruits[1]
    over = Trials(3, 5, sets, {"recruitment": 2.5e-3}).runs(scenario)
    assert np.array_equal(over.homicides[0], alone[0].homicides[0])
    assert over.flow("recruits").sum(axis=1)[1] < 0.8 * recruits[1]


def test_ticks_count_replicates_and_results_are_made_once() -> None:
    ticks: list[int] = []
    trials = Trials(2, threads=1, tick=ticks.append)
    scenario = replace(history(date(2010, 3, 1)), changes=SMALL)
    found = [trials.once("short", lambda t: t.runs(scenario)) for _ in range(2)]
    assert found[0] is found[1]
    assert sum(ticks) == 2


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(RunError, match="replicates must be 1 or more, not 0"):
        Trials(0)
    with pytest.raises(RunError, match="threads must be 1 or more, not 0"):
        Trials(1, threads=0)
    with pytest.raises(RunError, match="seed must be a whole number from 0"):
        Trials(1, seed=-1)
