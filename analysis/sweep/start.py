"""Begin a sweep, or check that the sweep in a folder is the one to continue."""

from __future__ import annotations

import math
from pathlib import Path

from plazas.analysis.sweep import design, form, store, task
from plazas.analysis.sweep.plan import Plan, plan_of

BATCH_SECONDS = 4.0  # length of a batch; the cost of distributing it is then negligible
LEAST_SECONDS = 1.0  # the same in a small sweep, which would have too few batches
SHARES = 32  # a sweep with fewer batches is small
MOST_FILES = 10_000  # maximum per sweep, unless runs take very long
SLOW_BATCH = 600.0  # seconds; no batch grows beyond this to limit the number of files


def begin(file: Path | None, folder: Path, resume: bool, batch: int | None = None) -> Plan:
    """Return the plan of a sweep: begin a new one, or continue the one in a folder.

    Parameters
    ----------
    file : pathlib.Path, optional
        SWEEP.yaml. None continues the sweep in the folder.
    folder : pathlib.Path
        The folder of the sweep.
    resume : bool
        Whether the folder may hold a sweep already. If it holds none, the sweep begins.
    batch : int, optional
        Runs per file. By default some runs from all over the design are timed, and a
        batch takes some seconds.

    Returns
    -------
    Plan
        The plan that the folder stores.

    Raises
    ------
    ScenarioFileError
        If the sweep file has a mistake.
    StoreError
        If the folder holds a sweep and ``resume`` is false, or if it holds another sweep than the
        file's.
    """
    begun = store.is_sweep(folder)
    if begun and not resume:
        raise store.StoreError(f"{folder}: already holds a sweep; continue it with --resume")
    if file is None:
        return task.plan_in(folder)
    sweep = form.read(file)
    if begun:
        kept = task.plan_in(folder)
        wanted = plan_of(sweep, kept.points, kept.batch)
        _same(folder, file, kept, wanted)
        return kept
    points = design.points(sweep)
    trial = plan_of(sweep, points, 1)
    seconds = task.warm_up(trial, 1 if batch else task.TRIALS)
    plan = plan_of(sweep, points, batch or batch_size(trial.runs, seconds))
    store.create(folder, plan)
    return plan


def _same(folder: Path, file: Path, kept: Plan, wanted: Plan) -> None:
    """Check that the sweep in a folder is the one of a file."""
    mine, yours = kept.parts(), wanted.parts()
    other = [part for part in mine if mine[part] != yours[part]]
    if other:
        raise store.StoreError(
            f"{folder}: holds another sweep than {file} ({', '.join(other)}); name a new folder, "
            "or leave out the file to continue the sweep in the folder"
        )


def batch_size(runs: int, seconds: float | None) -> int:
    """Return the number of runs per batch.

    Parameters
    ----------
    runs : int
        Runs of the whole sweep.
    seconds : float, optional
        Time of one run; None if it is unknown.

    Returns
    -------
    int
        At least 1.
    """
    item = max(seconds if seconds is not None else LEAST_SECONDS, 1e-4)
    some = math.ceil(BATCH_SECONDS / item)
    if runs < SHARES * some:
        some = max(math.ceil(LEAST_SECONDS / item), runs // SHARES)
    few_files = min(math.ceil(runs / MOST_FILES), math.ceil(SLOW_BATCH / item))
    return max(some, few_files)
