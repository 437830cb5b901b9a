"""Tasks on threads: in order, with errors gathered or raised, and an end on interrupt."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from plazas.analysis.experiment.workers import (
    Cancelled,
    Failure,
    Stop,
    map_replicates,
    map_tasks,
)
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation


def square(task: int, stop: Stop) -> int:
    return task * task


def picky(task: int, stop: Stop) -> int:
    if task == 2:
        raise ZeroDivisionError("two")
    return task


@pytest.mark.parametrize("threads", [1, 3])
def test_results_stand_in_the_order_of_the_tasks(threads: int) -> None:
    kept: dict[int, int] = {}
    results = map_tasks(square, iter(range(20)), threads, done=kept.__setitem__)
    assert results == [task * task for task in range(20)]
    assert kept == {task: task * task for task in range(20)}


def test_no_task_gives_no_result() -> None:
    assert map_tasks(square, [], 2) == []


def test_errors_are_gathered_in_their_places() -> None:
    results = map_tasks(picky, range(5), 2, gather=True)
    failure = results[2]
    assert isinstance(failure, Failure)
    assert (failure.task, str(failure.error)) == (2, "two")
    assert [*results[:2], *results[3:]] == [0, 1, 3, 4]


def test_the_first_error_ends_the_others() -> None:
    begun: list[int] = []

    def work(task: int, stop: Stop) -> int:
        begun.append(task)
        return picky(task, stop)

    with pytest.raises(ZeroDivisionError, match="two"):
        map_tasks(work, range(1000), 1)
    assert len(begun) < 10


def test_an_interrupt_ends_tasks_that_check_and_keeps_those_that_do_not() -> None:
    ready = threading.Barrier(3)
    kept: dict[str, str] = {}
    ended: list[str] = []
    polled = threading.Event()

    def work(task: str, stop: Stop) -> str:
        ready.wait(10)
        polled.wait(10)
        while task == "checks":
            try:
                stop.check()
            except Cancelled:
                ended.append(task)
                raise
        return "finished"

    def poll() -> None:
        ready.wait(10)
        polled.set()
        raise KeyboardInterrupt

    tasks = ["checks", "goes on"]
    with pytest.raises(KeyboardInterrupt):
        map_tasks(work, tasks, 2, done=kept.__setitem__, poll=poll, interval=0.01)
    assert ended == ["checks"]
    assert kept == {"goes on": "finished"}


def test_every_scenario_and_replicate_gets_a_fresh_simulation(plain: Scenario) -> None:
    weeks: list[int] = []

    def work(simulation: Simulation, advance: Any) -> tuple[int, int, int, int]:
        before = simulation.week
        advance(10)
        half = simulation.week
        advance(None)
        return simulation.replicate, before, half, simulation.week

    rows = map_replicates(work, [[plain], [plain]], (3, 5), threads=2, progress=weeks.append)
    expected = [(3, 0, 10, plain.weeks), (5, 0, 10, plain.weeks)]
    assert rows == [expected, expected]
    assert sum(weeks) == 4 * plain.weeks
