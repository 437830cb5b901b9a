"""The page's model is the model: the same weeks, bit for bit, as any other way to run them."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from plazas.analysis.dashboard.choices import ChoiceError, compose, settings_of
from plazas.analysis.dashboard.model import DashboardModel, model_params
from plazas.model.model import CartelModel
from plazas.model.simulation import Simulation
from plazas.model.world import difference

VALUES = {"double_incapacitation": True, "double_incapacitation_level": 3.0}


def test_both_runs_are_those_of_a_simulation(make: type[DashboardModel]) -> None:
    model = make(seed=3, **VALUES)
    for _ in range(3):
        model.step()
    model.run(200)
    assert model.baseline is not None
    assert model.week == model.baseline.week == 203
    scenario = compose(make.base, make.choices, settings_of(make.choices, VALUES))
    for run, expected in ((model, scenario), (model.baseline, make.base)):
        simulation = Simulation(expected, seed=3)
        results = simulation.run(203)
        assert difference(run.simulation.world, simulation.world) is None
        assert run.results().weekly.equals(results.weekly)
    other = Simulation(make.base, seed=4)
    other.run(203)
    assert difference(model.baseline.simulation.world, other.world) is not None
    assert difference(model.baseline.simulation.world, model.simulation.world) is not None


def test_a_step_is_the_step_of_agents(make: type[DashboardModel]) -> None:
    model, agents = make(seed=2), CartelModel(make.base, rng=2)
    for _ in range(3):
        model.step()
        agents.step()
    assert difference(model.simulation.world, agents.simulation.world) is None
    assert model.steps == 3
    assert len(model.agents) == len(agents.agents)


def test_nothing_on_is_one_run(make: type[DashboardModel]) -> None:
    model = make()
    assert model.baseline is None
    assert model.runs() == [model]
    switched = make(**VALUES)
    assert switched.runs() == [switched.baseline, switched]


def test_it_stops_at_the_end(make: type[DashboardModel]) -> None:
    model = make(**VALUES)
    model.run()
    assert model.baseline is not None
    assert model.week == model.baseline.week == make.base.weeks
    assert not model.running
    with pytest.raises(RuntimeError, match="has ended"):
        model.step()


def test_mesa_can_make_it_from_its_controls(make: type[DashboardModel]) -> None:
    params = model_params(make, seed=5)
    # Mesa gives a scenario of its own to a model that takes one, or any keyword.
    assert set(inspect.signature(make.__init__).parameters) == {"self", *params}
    values = {name: control["value"] for name, control in params.items()}
    model = make(**values)
    model.run(30)
    simulation = Simulation(make.base, seed=5)
    simulation.run(30)
    assert difference(model.simulation.world, simulation.world) is None
    for name, control in params.items():
        if control["type"] != "Checkbox":
            assert control["min"] <= control["value"] <= control["max"], name


def test_every_control_reaches_the_model(make: type[DashboardModel]) -> None:
    params = model_params(make)
    on = {choice.parameter: True for choice in make.choices}
    plain = {name: control["value"] for name, control in params.items()} | on
    scenario = make(**plain).simulation.scenario
    levels = scenario.policies
    assert len(levels) == len(make.base.policies) + sum(len(c.policies) for c in make.choices)
    for choice in make.choices:
        if choice.policies:
            word = f"{choice.parameter}_level"
            end = "max" if params[word]["value"] == params[word]["min"] else "min"
            changed = make(**(plain | {word: params[word][end]})).simulation.scenario
            assert changed.policies != levels, word


def test_mistakes(make: type[DashboardModel]) -> None:
    with pytest.raises(ChoiceError, match="did you mean 'lever_force'"):
        make(lever_forse=True)
    with pytest.raises(ChoiceError, match=r"seed must be a whole number; got 1\.5"):
        make(seed=1.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="seed"):
        make(seed=-1)


def test_homicides_move_with_a_policy(make: type[DashboardModel]) -> None:
    model = make(seed=1, **VALUES)
    model.run()
    assert model.baseline is not None
    parts = [np.asarray(run.simulation.record.weekly["arrests"]) for run in model.runs()]
    start = make.base.week_of(make.choices[0].policies[0].start)
    assert (parts[0][:start] == parts[1][:start]).all()
    assert parts[1][start:].sum() > 2.0 * parts[0][start:].sum()
