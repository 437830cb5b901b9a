"""A run that leaves the range in which the model means anything stops with an error."""

from __future__ import annotations

import pytest

from plazas.model.errors import RunStoppedError
from plazas.model.model import CartelModel
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation
from plazas.model.structure import DEADLIEST_WEEK, FEW_DEATHS, MOST_GANGS
from plazas.model.week import Need, room_needed


def need(run: Simulation) -> int:
    """Return what the run needs before its next week."""
    return int(room_needed(run.world, run.parameters, run.record))


def test_a_usual_run_may_go_on() -> None:
    """The history needs nothing in its first year."""
    run = Simulation(Scenario(), seed=1)
    run.run(52)
    assert need(run) == Need.NOTHING


def test_a_run_that_kills_too_many_stops() -> None:
    """A place may lose a share of its people and a few more in a week, and not one person more."""
    run = Simulation(Scenario(), seed=1)
    run.run(1)
    most = int(DEADLIEST_WEEK * run.world.places.population[5] + FEW_DEATHS)
    run.world.places.killed_by_rivals[5] = most
    run.world.places.bystanders[5] = 0
    run.world.places.killed_by_forces[5] = 0
    assert need(run) == Need.NOTHING
    run.world.places.bystanders[5] = 1
    assert need(run) == Need.FEWER_DEATHS
    words = r"week 0: .* people were killed in Colima, more than 1%"
    with pytest.raises(RunStoppedError, match=words):
        run.run(1)


def test_a_run_of_too_many_gangs_stops() -> None:
    """The limit itself is allowed."""
    run = Simulation(Scenario(), seed=1)
    run.run(1)
    run.world.nation[0].gangs = MOST_GANGS + 1
    assert need(run) == Need.FEWER_GANGS
    with pytest.raises(RunStoppedError, match=f"more than a run may have .{MOST_GANGS:,}"):
        run.run(1)


def test_the_agents_stop_too() -> None:
    """Mesa's scheduler raises the same error."""
    model = CartelModel(Scenario(), rng=1)
    model.simulation.world.places.bystanders[0] = 10**7
    with pytest.raises(RunStoppedError):
        model.step()
