"""What is kept of a run is what the run's own results say, and its key names all it depends on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_sweep import SWEEP, planned, write_files

from plazas.analysis.experiment import outcomes
from plazas.analysis.experiment.run import run
from plazas.analysis.sweep import query, rows, task
from plazas.analysis.sweep.plan import Plan
from plazas.model.parameters import declarations
from plazas.model.record import SERIES
from plazas.model.results import Results
from plazas.model.simulation import Simulation


@pytest.fixture(scope="module")
def plan(sweep_file: Path) -> Plan:
    return planned(sweep_file)


@pytest.fixture(scope="module")
def results(plan: Plan) -> Results:
    return Simulation(plan.scenario(4, 1, 2), plan.seed, 2).run()


def test_years_are_those_of_the_results(results: Results) -> None:
    left = rows.left_behind(results)
    assert left.first_year == 2010
    for j, name in enumerate(SERIES):
        np.testing.assert_allclose(left.years[:, j], results.yearly[name], rtol=1e-6)


def test_a_part_of_a_year_is_not_scaled(plan: Plan) -> None:
    scenario = replace(plan.scenarios[0], start=date(2010, 3, 1), stop=date(2011, 5, 1))
    found = Simulation(scenario, 1, 0).run()
    left = rows.left_behind(found)
    np.testing.assert_allclose(left.years[:, 0], found.yearly["homicides"], rtol=1e-6)


def test_led_are_the_places_led_in_december(results: Results) -> None:
    left = rows.left_behind(results)
    keys = [row.key for row in results.scenario.country.start.cartels]
    assert left.led.shape == (2, len(keys) + 2)
    for k, key in enumerate(keys):
        led = results.states_led(key)
        decembers = led[led.index.month == 12]
        assert left.led[:, k].tolist() == decembers.tolist()
        assert left.led_last[k] == led.iloc[-1]
    assert left.led.sum() > 0


def test_who_leads_is_who_has_most_members() -> None:
    """Three places: two cartels of the start, a faction of the first, and a local group."""
    december = [[5, 4, 0, 0], [1, 2, 3, 0], [0, 0, 0, 0]]
    next_december = [[0, 0, 0, 9], [0, 1, 2, 0], [0, 7, 0, 0]]
    members = np.array([december, next_december], np.int32)
    led = rows.led_in(members, np.array([-1, -1, 0, -1]), founders=2)
    assert led.tolist() == [[1, 0, 1, 0], [0, 1, 1, 1]]


def test_outcomes_are_those_of_a_comparison(results: Results, plan: Plan) -> None:
    ensemble = run(plan.scenario(4, 1, 2), 1, plan.seed, threads=1, first=2)
    window = outcomes.window_of((results.scenario,))
    wanted, _ = outcomes.outcomes(ensemble, window, ())
    left = dict(zip(rows.OUTCOMES, rows.left_behind(results).outcomes.tolist(), strict=True))
    for name in rows.OUTCOMES:
        assert left[name] == pytest.approx(wanted[name].iloc[0], rel=1e-6), name
    assert left["cost"] > 0


def test_no_parameter_has_the_name_of_another_column(plan: Plan) -> None:
    taken = set(rows.schema(replace(plan, names=(), points=plan.points[:, :0])).names)
    assert not taken & set(declarations())
    assert taken >= {*rows.IDENTITY, *rows.OUTCOMES, *rows.LATER, "error", "years"}


def test_two_countries_share_a_table(tmp_path: Path) -> None:
    """A cartel that a country does not have is missing there, not leading nothing."""
    (tmp_path / "short.yaml").write_text("title: x\ncountry: mexico\nstop: 2010-02-01\n")
    text = "title: x\nscenarios: [plain.yaml, short.yaml]\nreplicates: 1\n"
    mixed = planned(write_files(tmp_path, text))
    table = rows.table(mixed, task.run_rows(mixed, range(mixed.runs))).to_pandas()
    table = table.set_index("scenario")
    assert pd.isna(table.loc["plain", "led_cjng"])
    assert table.loc["short", "led_cjng"] >= 0
    assert pd.isna(table.loc["short", "led_lantern"])
    assert len(table.loc["short", "years"]) == 1


def test_replicates_take_the_parameter_sets_in_turn(tmp_path: Path) -> None:
    (tmp_path / "sets.csv").write_text("signing,recruitment\n4,0.0025\n3,0.0035\n")
    text = SWEEP.replace("seed: 5", "seed: 5\nparameter_sets: sets.csv")
    plan = planned(write_files(tmp_path, text))
    assert [plan.set_of(r) for r in range(3)] == [0, 1, 0]
    assert [plan.scenario(0, 0, r).parameters.signing for r in range(3)] == [4, 3, 4]
    # The point overrides the set.
    assert {plan.scenario(0, 0, r).parameters.recruitment for r in range(3)} == {0.003}
    table = rows.table(plan, task.run_rows(plan, range(3)))
    assert table["set"].to_pylist() == [0, 1, 0]


def test_keys_are_unique_and_name_all_a_run_depends_on(plan: Plan, sweep_file: Path) -> None:
    runs = [plan.run(i) for i in range(plan.runs)]
    keys = [plan.key(*run) for run in runs]
    assert len(set(keys)) == plan.runs
    again = planned(sweep_file, batch=7)
    assert keys == [again.key(*run) for run in runs]
    other_points = plan.points.copy()
    other_points[0, 0] = np.nextafter(other_points[0, 0], 1)
    changed = {
        "code": replace(plan, code="another"),
        "seed": replace(plan, seed=6),
        "points": replace(plan, points=other_points),
        "sets": replace(plan, sets=({"signing": 4.0},)),
        "scenario": replace(
            plan, scenarios=(replace(plan.scenarios[0], stop=date(2011, 12, 1)), plan.scenarios[1])
        ),
    }
    for what, other in changed.items():
        assert other.key(0, 0, 0) != keys[0], what
    retitled = replace(plan.scenarios[0], title="Another title", story="Another", sources=("new",))
    assert replace(plan, scenarios=(retitled, plan.scenarios[1])).key(0, 0, 0) == keys[0]


def test_the_policy_of_a_scenario_is_in_the_key(plan: Plan) -> None:
    policy = plan.scenarios[1].policies[0]
    other = replace(plan.scenarios[1], policies=(replace(policy, level=4.0),))
    relabelled = replace(plan.scenarios[1], policies=(replace(policy, source="a paper"),))
    key = plan.key(0, 1, 0)
    assert replace(plan, scenarios=(plan.scenarios[0], other)).key(0, 1, 0) != key
    assert replace(plan, scenarios=(plan.scenarios[0], relabelled)).key(0, 1, 0) == key


def test_runs_are_those_of_the_model(whole: Path, plan: Plan) -> None:
    """The rows of a finished sweep are what its runs give when run apart."""
    kept = query.read_sweep(whole)
    assert len(kept.runs) == plan.runs
    for _, row in kept.runs.iloc[[0, 7, 53]].iterrows():
        scenario = [s.name for s in plan.scenarios].index(row["scenario"])
        run = (row["point"], scenario, row["replicate"])
        found = Simulation(plan.scenario(*run), plan.seed, row["replicate"]).run()
        assert row["homicides_total"] == found.weekly["homicides"].sum()
        assert row["key"] == plan.key(*run)
        assert row["recruitment"] == plan.points[row["point"], 0]
    assert kept.runs["homicides_total"].nunique() > plan.runs / 2


def test_a_run_that_fails_is_a_row(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    real = task.run_one

    def run_one(simulation: Simulation) -> Results:
        if simulation.replicate == 1:
            raise RuntimeError("no free row\nfor an event")
        return real(simulation)

    monkeypatch.setattr(task, "run_one", run_one)
    found = rows.table(plan, task.run_rows(plan, range(3))).to_pandas()
    assert found["error"].tolist()[1] == "RuntimeError: no free row for an event"
    assert found["error"].isna().tolist() == [True, False, True]
    assert found["homicides"].isna().tolist() == [False, True, False]
    assert found["led_lantern"].isna().tolist() == [False, True, False]
    assert found["years"].isna().tolist() == [False, True, False]
    assert found["key"].tolist() == [plan.key(*plan.run(i)) for i in range(3)]
