"""The EMA workbench drives the model: no name is dropped, and what is there is found."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("ema_workbench")
import ema_workbench
from ema_workbench import ScalarOutcome, SequentialEvaluator

from plazas.analysis.experiment.outcomes import outcomes, window_of
from plazas.analysis.experiment.run import run_all
from plazas.analysis.robustness import ema
from plazas.analysis.robustness.discovery import failure_box, regret, robust_search
from plazas.analysis.robustness.ema import EmaError
from plazas.model.levers import LeverError, Policy
from plazas.model.parameters import declarations, parameters
from plazas.model.scenario import Scenario, ScenarioError

Point: Any = getattr(ema_workbench, "Policy", None) or ema_workbench.Sample
World: Any = getattr(ema_workbench, "Scenario", None) or ema_workbench.Sample


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep the workbench from logging the errors that are wanted here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def base(small: Callable[..., Scenario]) -> Scenario:
    return small(120, name="base")


def build(base: Scenario, **more: Any) -> ema.PlazasModel:
    usual: dict[str, Any] = {
        "uncertainties": ["wage", "splits", "bribe_price"],
        "levers": {"arrests": (1.0, 8.0), "prevention": (0.0, 60.0)},
        "start_year": 2011,
        "prices": {"arrests": 2.0},
        "cartels": ["cjng"],
        "replicates": 2,
        "threads": 1,
    }
    return ema.model(base, **{**usual, **more})


def run(built: ema.PlazasModel, worlds: Any, policies: Any) -> tuple[pd.DataFrame, dict[str, Any]]:
    with SequentialEvaluator(built) as evaluator:
        experiments, found = evaluator.perform_experiments(worlds, policies)
    return experiments, found


def test_an_experiment_is_what_the_model_gives(base: Scenario) -> None:
    built = build(base)
    world = ema.world(built, "dear", wage=0.5)
    experiments, found = run(built, [world], [ema.policy(built, "raid", arrests=4.0)])
    changed = Scenario(**{**vars(base), "changes": {**base.changes, "wage": 0.5}})
    policy = Policy("arrests", 4.0, date(2011, 1, 1), base.stop, cost=6.0)
    raid = Scenario(**{**vars(changed), "policies": (policy,)})
    window = window_of((changed, raid))
    ends = [outcomes(e, window, ("cjng",))[0] for e in run_all([changed, raid], 2)]
    change = ends[1]["homicides_total"] - ends[0]["homicides_total"]
    assert found["homicides"][0] == ends[1]["homicides_total"].mean()
    assert found["homicides_change"][0] == change.mean()
    share = change.mean() / ends[0]["homicides_total"].mean()
    assert found["homicides_change_share"][0] == pytest.approx(share)
    assert found["homicides_change_error"][0] == pytest.approx(change.std() / 2**0.5)
    assert found["members"][0] == ends[1]["members"].mean()
    assert found["led_cjng"][0] == ends[1]["led_cjng"].mean()
    assert found["cost"][0] == pytest.approx(6.0 * (base.weeks - window.first))
    assert set(found) == {*ema.OUTCOMES, "led_cjng"}
    assert list(experiments["policy"]) == ["raid"]


def test_without_a_policy_it_is_the_baseline(base: Scenario) -> None:
    built = build(base)
    _, found = run(built, [ema.world(built, "as is")], 0)
    assert found["homicides"][0] > 0
    for name in ("homicides_change", "members_change", "cost"):
        assert found[name][0] == 0.0


def test_every_policy_is_run_even_where_two_have_one_name(base: Scenario) -> None:
    built = build(base)
    two = [ema.policy(built, "p", arrests=level) for level in (2.0, 8.0)]
    _, found = run(built, [ema.world(built, "w")], two)
    assert found["cost"][1] == pytest.approx(7 * found["cost"][0])
    assert found["members"][0] != found["members"][1]


def test_the_year_is_a_lever_and_the_window_is_the_same(base: Scenario) -> None:
    built = build(base, start_year=(2010, 2012))
    years = [ema.policy(built, str(y), arrests=8.0, start_year=y) for y in (2010, 2012)]
    _, found = run(built, [ema.world(built, "w")], years)
    assert found["cost"][0] > 5 * found["cost"][1] > 0
    assert abs(found["members_change"][0]) > abs(found["members_change"][1])
    with pytest.raises(EmaError, match="start_year 2013 is outside 2010 to 2012"):
        ema.policy(built, "late", arrests=2.0, start_year=2013)
    fixed = build(base)
    assert ema.START_YEAR not in {lever.name for lever in fixed.levers}


def test_worlds_cover_the_declared_ranges(base: Scenario) -> None:
    built = build(base, uncertainties=["wage", "bribe_price", "splits"], width=1.0)
    worlds = ema.worlds(built, 40, seed=3)
    table = pd.DataFrame([dict(world) for world in worlds])
    for name in table:
        about = declarations()[str(name)]
        assert table[name].min() >= about.low
        assert table[name].max() <= about.high
    assert set(table["splits"]) == {0.0, 1.0}
    assert table["bribe_price"].median() == pytest.approx(0.05, rel=0.3)  # even in logarithms
    again = pd.DataFrame([dict(world) for world in ema.worlds(built, 40, seed=3)])
    pd.testing.assert_frame_equal(table, again)
    assert not table.equals(pd.DataFrame([dict(w) for w in ema.worlds(built, 40, seed=4)]))
    for world in worlds:
        parameters(dict(world))


# --- names


def fails(built: ema.PlazasModel, worlds: Any, policies: Any) -> str:
    """Return the words with which experiments fail; the workbench's own error is no Exception."""
    with pytest.raises(BaseException, match=r"EmaError|LeverError|ParameterError") as found:
        run(built, worlds, policies)
    return str(found.value)


def test_an_unknown_name_is_an_error_and_not_the_baseline(base: Scenario) -> None:
    built = build(base)
    right = [ema.policy(built, "p", arrests=2.0)]
    assert "did you mean 'arrests'?" in fails(built, 1, [Point("p", arests=2.0)])
    assert "did you mean 'wage'?" in fails(built, [World("w", wages=0.5)], right)
    built.outcomes = [ScalarOutcome("homicide")]
    assert "unknown outcome 'homicide'" in fails(built, 1, right)


def test_a_value_out_of_range_is_an_error(base: Scenario) -> None:
    built = build(base)
    assert "outside" in fails(built, 1, [Point("p", arrests=99.0)])
    assert "outside" in fails(built, [World("w", wage=99.0)], [Point("p", arrests=2.0)])
    with pytest.raises(LeverError, match="outside"):
        ema.policy(built, "p", arrests=99.0)
    with pytest.raises(EmaError, match="did you mean 'arrests'"):
        ema.policy(built, "p", arests=2.0)
    with pytest.raises(EmaError, match="did you mean 'wage'"):
        ema.world(built, "w", wages=0.5)


MISTAKES: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "uncertainty": ({"uncertainties": ["wages"]}, ValueError, "did you mean 'wage'"),
    "lever": ({"levers": ["arests"]}, LeverError, "did you mean 'arrests'"),
    "range": ({"levers": {"arrests": (0.0, 99.0)}}, EmaError, "not a range inside 0 to 10 times"),
    "turned round": ({"levers": {"arrests": (3.0, 1.0)}}, EmaError, "not a range"),
    "price": ({"prices": {"force": 1.0}}, EmaError, "unknown lever in prices 'force'"),
    "objective": ({"objectives": ["homicide"]}, EmaError, "unknown outcome 'homicide'"),
    "cartel": ({"cartels": ["cjgn"]}, ScenarioError, "did you mean 'cjng'"),
    "year": ({"start_year": 2031}, EmaError, "outside the run, 2010 to"),
    "replicates": ({"replicates": 0}, EmaError, "1 or more"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_model_names_the_right_word(base: Scenario, mistake: str) -> None:
    more, kind, words = MISTAKES[mistake]
    with pytest.raises(kind, match=words):
        build(base, **more)


def test_an_experiment_can_be_sent_to_another_process(base: Scenario) -> None:
    built = build(base, replicates=1)
    here = built.function(replicates=1, seed=1, wage=0.3, arrests=2.0)
    there = pickle.loads(pickle.dumps(built.function))(replicates=1, seed=1, wage=0.3, arrests=2.0)
    assert dict(here) == pytest.approx(dict(there), nan_ok=True)


# --- what experiments say


def test_prim_finds_the_corner_in_which_a_policy_fails() -> None:
    rng = np.random.default_rng(5)
    worlds = pd.DataFrame(rng.random((400, 3)), columns=["a", "b", "c"])
    corner = ((worlds["a"] < 0.4) & (worlds["b"] > 0.5)).to_numpy()
    box, fit = failure_box(worlds, corner, ["a", "b", "c"], least_density=0.9)
    assert set(box.index) >= {"a", "b"}
    assert box.loc["a", "high"] == pytest.approx(0.4, abs=0.08)
    assert box.loc["b", "low"] == pytest.approx(0.5, abs=0.08)
    assert fit["density"] >= 0.9
    assert fit["coverage"] > 0.7
    by_chance = rng.random(400) < 0.2
    _, none = failure_box(worlds, by_chance, ["a", "b", "c"], least_density=0.9)
    assert none["density"] < 0.9
    for failed in (corner | True, corner & False):
        with pytest.raises(EmaError, match="PRIM needs both kinds"):
            failure_box(worlds, failed, ["a"])
    with pytest.raises(EmaError, match="did you mean 'a'"):
        failure_box(worlds, corner, ["aa"])


def test_regret_is_what_the_best_policy_would_have_saved() -> None:
    experiments = pd.DataFrame(
        {"scenario": ["w", "v", "w", "v"], "policy": ["p", "p", "q", "q"], "wage": 0.3}
    )
    found = regret(experiments, {"homicides": np.array([10.0, 30.0, 14.0, 20.0])}, "homicides")
    assert found.loc["w"].to_dict() == {"p": 0.0, "q": 4.0}
    assert found.loc["v"].to_dict() == {"p": 10.0, "q": 0.0}


def test_a_robust_search_judges_each_policy_over_all_worlds(small: Callable[..., Scenario]) -> None:
    base = small(60, name="base")
    built = ema.model(
        base,
        ["prevention_elasticity"],
        {"prevention": (0.0, 60.0)},
        prices={"prevention": 0.1},
        replicates=1,
        threads=1,
    )
    worlds = [ema.world(built, str(e), prevention_elasticity=e) for e in (0.0, 0.1)]
    aims = {"worst": ("members_change", np.max), "mean": ("members_change", np.mean)}
    aims |= {"cost": ("cost", np.mean)}
    found = robust_search(built, worlds, aims, [50.0, 50.0, 5.0], 24, population=8)
    assert list(found.columns) == ["prevention", "worst", "mean", "cost"]
    assert (found["worst"] == 0.0).all()  # in one world prevention does nothing
    row = found.sort_values("prevention").iloc[-1]
    assert row["mean"] < -100.0
    two = [built.function(replicates=1, seed=1, **w, prevention=row["prevention"]) for w in worlds]
    assert row["mean"] == pytest.approx(np.mean([each["members_change"] for each in two]))
    assert row["cost"] == pytest.approx(np.mean([each["cost"] for each in two]))
    again = robust_search(built, worlds, aims, [50.0, 50.0, 5.0], 24, population=8)
    pd.testing.assert_frame_equal(found, again)
    with pytest.raises(EmaError, match="unknown outcome 'costs'"):
        robust_search(built, worlds, {"cost": ("costs", np.mean)}, [1.0], 4)
    with pytest.raises(EmaError, match="equally many; got 1 and 2"):
        robust_search(built, worlds, {"cost": ("cost", np.mean)}, [1.0, 2.0], 4)
