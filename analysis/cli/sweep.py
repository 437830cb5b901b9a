"""The commands ``sweep``, ``status`` and ``query``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plazas.model.errors import UserError

if TYPE_CHECKING:
    from plazas.analysis.sweep.clusters import Jobs
    from plazas.analysis.sweep.engine import Progress

INTERRUPTED = 130

Folder = Annotated[Path, typer.Argument(help="The folder of a sweep.")]


class SweepError(UserError):
    """Words of the command that do not go together."""


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("sweep")(sweep)
    app.command("status")(status)
    app.command("query")(query)


def sweep(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="SWEEP.yaml", help="What to vary, in which scenarios, how often."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder that keeps the rows, a file a finished batch.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the sweep in that folder.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes here, by default one a core; the most jobs on SLURM."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="'slurm', or the address of a Dask scheduler such as tcp://HOST:8786."),
    ] = None,
    array: Annotated[
        bool, typer.Option("--array", help="Write a SLURM job array instead of running.")
    ] = False,
    tasks: Annotated[
        int | None, typer.Option(min=1, help="How many jobs the array has, by default 100.")
    ] = None,
    task_id: Annotated[
        int | None, typer.Option(min=0, help="Run this job's share here; --tasks says of how many.")
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Runs in a file, by default some seconds of them.")
    ] = None,
    cores: Annotated[int, typer.Option(min=1, help="SLURM: of each job of --cluster.")] = 1,
    memory: Annotated[str, typer.Option(help="SLURM: of each job.")] = "2GB",
    walltime: Annotated[str | None, typer.Option(help="SLURM: of each job.")] = None,
    partition: Annotated[str | None, typer.Option(help="SLURM: where jobs run.")] = None,
    account: Annotated[str | None, typer.Option(help="SLURM: who pays.")] = None,
) -> None:
    """Run parameters x policies x replicates; stop and go on at any time.

    Finished batches are kept whatever happens, and --resume runs only what is missing. See 'plazas
    status' for how far it is and 'plazas query' for what it says.
    """
    if out is None:
        raise SweepError("a sweep needs a folder for its rows: --out FOLDER")
    if file is None and not resume and task_id is None:
        raise SweepError("name a SWEEP.yaml, or go on with the sweep in --out with --resume")
    if task_id is not None and tasks is None:
        raise SweepError("--task-id needs --tasks, how many tasks there are")
    from plazas.analysis.sweep import array as arrays
    from plazas.analysis.sweep.clusters import Jobs
    from plazas.analysis.sweep.start import begin

    jobs = Jobs(cores, memory, walltime, partition, account)
    if task_id is None:
        begin(file, out, resume, batch)
    if array and task_id is None:
        script = arrays.write_script(out, tasks, jobs)
        typer.echo(f"submit it with: sbatch {script}")
        return
    try:
        done = _run(out, workers, cluster, jobs, task_id, tasks)
    except KeyboardInterrupt:
        typer.echo(f"plazas: stopped; {out} keeps what is finished, --resume goes on", err=True)
        sys.exit(INTERRUPTED)
    failed = f", {done.failed:,} of them failed (see: plazas status {out})" if done.failed else ""
    typer.echo(f"{done.done:,} runs in {out}{failed}")


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
            return arrays.run_share(out, task_id, tasks, report)
        return engine.run(out, workers, cluster, jobs, report)


def status(folder: Folder) -> None:
    """Show how far a sweep is, its pace, and what failed."""
    from plazas.analysis.sweep.status import lines
    from plazas.analysis.sweep.status import status as status_of

    for line in lines(status_of(folder), folder):
        typer.echo(line)


def query(
    folder: Folder,
    sql: Annotated[
        str,
        typer.Argument(
            metavar="SQL",
            help="Over runs (a row a run) and years (a row a run and year).",
        ),
    ],
    csv: Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")] = False,
) -> None:
    """Ask a sweep a question in SQL, finished or not.

    Such as: plazas query DIR "select scenario, avg(homicides) from runs group by all"
    """
    from plazas.analysis.sweep.query import open_sweep

    answer = open_sweep(folder).sql(sql)
    typer.echo(answer.to_csv(index=False) if csv else answer.to_string(index=False), nl=not csv)
