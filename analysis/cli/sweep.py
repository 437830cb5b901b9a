"""The commands ``sweep``, ``status`` and ``query``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plazas.analysis.cli.options import one_line, say
from plazas.analysis.cli.terminal import interrupted_code
from plazas.model.errors import PlazasError, UserError

if TYPE_CHECKING:
    from plazas.analysis.sweep.clusters import Jobs
    from plazas.analysis.sweep.engine import Progress


Folder = Annotated[Path, typer.Argument(help="The folder of a sweep.")]


class SweepError(UserError):
    """Options of the command that are missing or do not fit together."""


class FailedRunsError(PlazasError):
    """Some runs of a sweep failed; the others are kept."""


def _say(note: str) -> None:
    """Print a note, which stops nothing, on standard error."""
    say(f"plazas: note: {one_line(note)}", err=True)


def sweep(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="SWEEP.yaml", help="The parameters to vary, the scenarios and the replicates."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the rows; one file per finished batch.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the sweep in the folder.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, help="Processes on this machine (default: one per core); on SLURM, most jobs."
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="'slurm', or the address of a Dask scheduler, such as tcp://HOST:8786."),
    ] = None,
    array: Annotated[
        bool, typer.Option("--array", help="Write a SLURM job array instead of running.")
    ] = False,
    tasks: Annotated[
        int | None, typer.Option(min=1, help="Number of jobs in the array (default 100).")
    ] = None,
    task_id: Annotated[
        int | None, typer.Option(min=0, help="Run the share of this job here; needs --tasks.")
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Runs per file (default: some seconds of runs).")
    ] = None,
    cores: Annotated[int, typer.Option(min=1, help="SLURM: cores per job of --cluster.")] = 1,
    memory: Annotated[str, typer.Option(help="SLURM: memory per job.")] = "2GB",
    walltime: Annotated[
        str | None, typer.Option(help="SLURM: time limit per job, such as 4:00:00.")
    ] = None,
    partition: Annotated[str | None, typer.Option(help="SLURM: partition of the jobs.")] = None,
    account: Annotated[str | None, typer.Option(help="SLURM: account of the jobs.")] = None,
) -> None:
    """Run parameters x policies x replicates; can be resumed.

    Finished batches are always kept. --resume runs the missing and damaged ones, and the runs that
    failed. 'plazas status' shows the progress and 'plazas query' the results.
    """
    if out is None:
        raise SweepError("a sweep needs a folder for its rows: add --out FOLDER")
    if file is None and not resume and task_id is None:
        raise SweepError("name a SWEEP.yaml, or add --resume to continue the sweep in --out")
    if task_id is not None and tasks is None:
        raise SweepError("--task-id needs --tasks, the number of tasks")
    from plazas.analysis.sweep import array as arrays
    from plazas.analysis.sweep.clusters import Jobs
    from plazas.analysis.sweep.start import begin

    jobs = Jobs(cores, memory, walltime, partition, account)
    if task_id is None:
        begin(file, out, resume, batch)
    if array and task_id is None:
        script = arrays.write_script(out, tasks, jobs)
        say(f"submit it with: sbatch {script}")
        return
    try:
        done = _run(out, workers, cluster, jobs, task_id, tasks)
    except KeyboardInterrupt:
        say(f"plazas: stopped; finished runs are kept in {out}; continue with --resume", err=True)
        sys.exit(interrupted_code())
    failed = f", {done.failed:,} of them failed (see: plazas status {out})" if done.failed else ""
    say(f"{done.done:,} runs in {out}{failed}")
    if done.failed:
        raise FailedRunsError(
            f"{done.failed:,} runs failed; run them again with: plazas sweep --out {out} --resume"
        )


def _run(
    out: Path,
    workers: int | None,
    cluster: str | None,
    jobs: Jobs,
    task_id: int | None,
    tasks: int | None,
) -> Progress:
    from plazas.analysis.cli.sweep_screen import shown
    from plazas.analysis.sweep import array as arrays
    from plazas.analysis.sweep import engine

    with shown(out.name if task_id is None else f"task {task_id}") as report:
        if task_id is not None and tasks is not None:
            return arrays.run_share(out, task_id, tasks, report, _say)
        return engine.run(out, workers, cluster, jobs, report, _say)


def status(folder: Folder) -> None:
    """Show the progress of a sweep, its pace and its failures."""
    from plazas.analysis.sweep.status import lines
    from plazas.analysis.sweep.status import status as status_of

    for line in lines(status_of(folder), folder):
        say(line)


def query(
    folder: Folder,
    sql: Annotated[
        str,
        typer.Argument(
            metavar="SQL",
            help="A query over runs (one row per run) and years (one row per run and year).",
        ),
    ],
    csv: Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")] = False,
) -> None:
    """Query a sweep in SQL, finished or not.

    Example: plazas query DIR "select scenario, avg(homicides) from runs group by all"
    """
    from plazas.analysis.sweep.query import opened

    kept = opened(folder)
    for note in kept.contents.notes():
        _say(note)
    answer = kept.sql(sql)
    if csv:
        typer.echo(answer.to_csv(index=False), nl=False)
    else:
        say(answer.to_string(index=False))
