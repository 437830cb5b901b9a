"""A sweep as a plain SLURM job array: a script, and a share of the batches for each task.

SLURM is the only scheduler, and Dask is not needed. Task i of n runs those of the batches i, i + n,
i + 2 n ... that are missing when it reaches them. Submit the script again to run what is missing.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from plazas.analysis.experiment import disk
from plazas.analysis.sweep import store, task
from plazas.analysis.sweep.clusters import Jobs
from plazas.analysis.sweep.engine import Progress, Report, Say, so_far

SCRIPT = "array.sbatch"
USUAL_TASKS = 100


def write_script(folder: Path, tasks: int | None, jobs: Jobs) -> Path:
    """Write the script of the job array into the folder of a sweep.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the sweep.
    tasks : int, optional
        Maximum number of jobs (default ``USUAL_TASKS``). There are never more jobs than batches.
    jobs : Jobs
        The resources of each job.

    Returns
    -------
    pathlib.Path
        The script.

    Raises
    ------
    StoreError
        If the folder holds no sweep or cannot be written.
    """
    folder = folder.resolve()
    batches = store.load_plan(folder).batches
    number = min(batches, USUAL_TASKS if tasks is None else tasks)
    logs = folder / store.LOGS
    said = {"partition": jobs.partition, "account": jobs.account, "time": jobs.walltime}
    directives = [
        f"--job-name=plazas-{folder.name}",
        f"--array=0-{number - 1}",
        "--cpus-per-task=1",
        f"--mem={jobs.memory.removesuffix('B')}",
        f"--output={logs}/task-%a.log",
        "--open-mode=append",
        *(f"--{key}={value}" for key, value in said.items() if value is not None),
    ]
    words = [sys.executable, "-m", "plazas.analysis.cli", "sweep", "--out", str(folder)]
    lines = [
        "#!/bin/bash",
        *(f'#SBATCH "{line}"' if " " in line else f"#SBATCH {line}" for line in directives),
        f'exec {shlex.join(words)} --tasks {number} --task-id "$SLURM_ARRAY_TASK_ID"',
    ]
    logs.mkdir(exist_ok=True)
    path = folder / SCRIPT
    disk.write_file(path, ("\n".join(lines) + "\n").encode())
    return path


def run_share(
    folder: Path,
    number: int,
    tasks: int,
    report: Report = lambda _: None,
    say: Say = lambda _: None,
) -> Progress:
    """Run what is missing of a task's share of the sweep in a folder, in this process.

    Parameters
    ----------
    folder
        The folder of the sweep.
    number
        The number of the task, from 0.
    tasks
        How many tasks there are.
    report
        Called after every finished batch.
    say
        Called with a line for whatever is wrong with the folder, before anything runs.

    Raises
    ------
    StoreError
        If the folder cannot be read or written, or there is no such task.
    """
    if not 0 <= number < tasks:
        raise store.StoreError(f"{folder}: task id must be between 0 and {tasks - 1}; got {number}")
    plan = task.plan_in(folder)
    progress, work = so_far(folder, plan, range(number, plan.batches, tasks), say)
    progress.workers = 1
    report(progress)
    for batch in sorted(work.batches):
        work.add(progress, task.run_batch(str(folder), batch, batch in work.again))
        report(progress)
    return progress
