"""Run a batch of a sweep and keep its rows: what a worker does, whoever hands out the work."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from plazas.analysis.sweep import rows, store, verify
from plazas.analysis.sweep.plan import Plan, code_digest
from plazas.model.results import Results
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation

TRIALS = 12  # runs that are timed to plan the batches
LONGEST_TRIAL = 20.0  # seconds


class Done(NamedTuple):
    """A finished batch: how many runs it holds, how many of them failed, and what it took."""

    batch: int
    runs: int
    failed: int
    seconds: float  #: of this process; 0 where nothing of the batch was missing


def run_batch(folder: str, batch: int, again: bool = False) -> Done:
    """Run what is missing of a batch of the sweep in a folder, and keep it.

    A batch whose file is damaged runs again. A run that fails is a row with its error.

    Parameters
    ----------
    folder
        The folder of the sweep.
    batch
        The number of the batch.
    again
        Whether runs that failed before run again; the others of the batch are kept.

    Raises
    ------
    StoreError
        If the folder cannot be read or written from here, or its sweep was begun by another
        version of the model.
    """
    where = Path(folder)
    plan = plan_in(where)
    standing = Standing.of(where, plan, batch)
    wanted = standing.missing(again)
    began = time.perf_counter()
    return standing.keep(run_rows(plan, wanted), began)


@dataclass(frozen=True)
class Standing:
    """What there is of a batch before it runs: its rows, or none where its file cannot be used."""

    folder: Path
    plan: Plan
    batch: int
    table: pa.Table | None
    damaged: bool

    @classmethod
    def of(cls, folder: Path, plan: Plan, batch: int) -> Standing:
        """Return what there is of a batch in a folder."""
        try:
            return cls(folder, plan, batch, verify.kept(folder, plan, batch), False)
        except verify.BatchError:
            return cls(folder, plan, batch, None, True)

    def missing(self, again: bool) -> list[int]:
        """Return the numbers of the runs to run; those that failed only if ``again``."""
        runs = self.plan.runs_of(self.batch)
        if self.table is None:
            return [*runs]
        failed = self.table["error"].is_valid().to_pylist()
        return [run for run, wrong in zip(runs, failed, strict=True) if wrong and again]

    def keep(self, new: Sequence[rows.Row], began: float) -> Done:
        """Write the batch, rows that ran now in place of those there were; return what it holds."""
        table = self.table
        if new:
            ran = rows.table(self.plan, new)
            table = ran if table is None else verify.merged(table, ran)
            replace = self.damaged or self.table is not None
            store.write_batch(self.folder, self.batch, table, replace)
        seconds = time.perf_counter() - began if new else 0.0
        failed = 0 if table is None else table.num_rows - table["error"].null_count
        return Done(self.batch, len(self.plan.runs_of(self.batch)), failed, seconds)


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


def warm_up(plan: Plan, trials: int = TRIALS) -> float | None:
    """Run some runs from all over the plan; return the mean of their seconds.

    Runs differ in length from point to point, so one of them says little about the others. No
    further one begins when those before took ``LONGEST_TRIAL`` seconds. A week of the first one
    compiles the rules where no machine code is kept yet, so that workers find it.

    Parameters
    ----------
    plan
        The plan of a sweep.
    trials
        How many runs to run at most.

    Returns
    -------
    float or None
        None where all these runs fail; their rows will then hold the errors.
    """
    seconds: list[float] = []
    for number in trial_runs(plan, trials):
        point, which, replicate = plan.run(number)
        try:
            scenario = plan.scenario(point, which, replicate)
            if not seconds:
                Simulation(scenario, plan.seed, replicate).run(1)
            began = time.perf_counter()
            run_one(Simulation(scenario, plan.seed, replicate))
        except Exception:
            continue
        seconds.append(time.perf_counter() - began)
        if sum(seconds) > LONGEST_TRIAL:
            break
    return sum(seconds) / len(seconds) if seconds else None


def trial_runs(plan: Plan, trials: int = TRIALS) -> list[int]:
    """Return the numbers of runs spread evenly over the plan, at most ``trials``, mixed."""
    number = min(trials, plan.runs)
    last = plan.runs - 1
    result = [last * i // max(1, number - 1) for i in range(number)]
    random.Random(1).shuffle(result)  # so that those that fit into the time are spread too
    return result
