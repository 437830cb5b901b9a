"""Begin a sweep, or make sure that the one in a folder is the one to go on with."""

from __future__ import annotations

import math
from pathlib import Path

from plazas.analysis.sweep import design, form, store, task
from plazas.analysis.sweep.plan import Plan, plan_of

BATCH_SECONDS = 4.0  # of a batch, so that the work of handing it out does not count
LEAST_SECONDS = 1.0  # the same in a sweep so small that there would be few batches
SHARES = 32  # batches below which a sweep is small
MOST_FILES = 10_000  # of a sweep, unless runs take very long
SLOW_BATCH = 600.0  # seconds that no batch should take for the sake of fewer files


def begin(file: Path | None, folder: Path, resume: bool, batch: int | None = None) -> Plan:
    """Return the plan of the sweep in a folder, begun here unless ``resume``.

    ``file`` is SWEEP.yaml; None (only to go on) takes the folder's word. ``batch`` is how many runs
    a file holds; None measures a run and takes some seconds of them. Going on with a folder that
    holds nothing begins.

    Raises
    ------
    ScenarioFileError
        If the sweep file has a mistake.
    StoreError
        If the folder holds a sweep and ``resume`` is not set, or holds another one than the file's.
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
    seconds = task.warm_up(trial)
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
    """Return how many runs a batch has, from how long a run takes (None is unknown)."""
    item = max(seconds if seconds is not None else LEAST_SECONDS, 1e-4)
    some = math.ceil(BATCH_SECONDS / item)
    if runs < SHARES * some:
        some = max(math.ceil(LEAST_SECONDS / item), runs // SHARES)
    few_files = min(math.ceil(runs / MOST_FILES), math.ceil(SLOW_BATCH / item))
    return max(some, few_files)
