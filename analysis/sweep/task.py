"""Run a batch of a sweep and keep its rows: what a worker does, whoever hands out the work."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from plazas.analysis.sweep import rows, store
from plazas.analysis.sweep.plan import Plan, code_digest
from plazas.model.results import Results
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation


class Done(NamedTuple):
    """A finished batch: how many runs it holds, how many of them failed, and what it took."""

    batch: int
    runs: int
    failed: int
    seconds: float  #: of this process; 0 where the batch was finished already


def run_batch(folder: str, batch: int) -> Done:
    """Run a batch of the sweep in a folder and write its file, unless it is there already.

    A run that fails is a row with its error.

    Raises
    ------
    StoreError
        If the folder cannot be read or written from here, or its sweep was begun by another
        version of the model.
    """
    where = Path(folder)
    plan = plan_in(where)
    path = store.batch_path(where, batch)
    if path.exists():
        return Done(batch, *store.failures(path), 0.0)
    began = time.perf_counter()
    result = run_rows(plan, plan.runs_of(batch))
    store.write_batch(where, batch, rows.table(plan, result))
    failed = sum(row.error is not None for row in result)
    return Done(batch, len(result), failed, time.perf_counter() - began)


def run_some(folder: str, runs: Sequence[int]) -> list[rows.Row]:
    """Return the rows of some runs of the sweep in a folder, writing nothing."""
    return run_rows(plan_in(Path(folder)), runs)


def plan_in(folder: Path) -> Plan:
    """Return the plan of the sweep in a folder, if this is the model that it was begun with."""
    plan = store.load_plan(folder)
    if plan.code != code_digest():
        raise store.StoreError(
            f"{folder}: was begun with another version of the model ({plan.code}) than that on "
            f"{socket.gethostname()} ({code_digest()}); use that version, or start again in a "
            "new folder"
        )
    return plan


def run_rows(plan: Plan, runs: Iterable[int]) -> list[rows.Row]:
    """Run some runs of a plan, one after the other, and return their rows."""
    result = []
    scenario: Scenario | None = None
    last: tuple[int, int, int | None] | None = None
    for number in runs:
        point, which, replicate = plan.run(number)
        same = (point, which, plan.set_of(replicate))
        try:
            if scenario is None or same != last:
                scenario, last = plan.scenario(point, which, replicate), same
            left = rows.left_behind(run_one(Simulation(scenario, plan.seed, replicate)))
            result.append(rows.Row(number, left, None))
        except Exception as error:
            result.append(rows.Row(number, None, said(error)))
    return result


def run_one(simulation: Simulation) -> Results:
    """Run a simulation to its end."""
    return simulation.run()


def said(error: BaseException) -> str:
    """Return an error as one line for a row."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text[: rows.LONGEST_ERROR]


def warm_up(plan: Plan) -> float | None:
    """Run the plan's first run for a week and then whole; return the seconds of the whole one.

    The week compiles the rules where no machine code is kept yet, so that workers find it. None
    where that run fails, whose row then holds the error.
    """
    try:
        scenario = plan.scenario(0, 0, 0)
        Simulation(scenario, plan.seed, 0).run(1)
        began = time.perf_counter()
        run_one(Simulation(scenario, plan.seed, 0))
    except Exception:
        return None
    return time.perf_counter() - began
