"""``plazas calibrate``: fit the free parameters to 2010-2018, and choose sets that fit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plazas.analysis.cli.options import Seed, say
from plazas.analysis.cli.terminal import interrupted_code
from plazas.model.errors import UserError

if TYPE_CHECKING:
    from plazas.analysis.calibration.choose import Chosen
    from plazas.analysis.calibration.study import Study

TRIALS = 2000


def calibrate(
    study: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="Trials database (SQLite); the same command continues a stopped search.",
        ),
    ] = Path("calibration.sqlite"),
    trials: Annotated[
        int | None,
        typer.Option(
            help=f"Total number of trials (default {TRIALS}; no limit with --minutes). 0 only "
            "chooses sets."
        ),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(help="Longest search in minutes; then choose sets.")
    ] = None,
    replicates: Annotated[int, typer.Option(help="Replicates per trial.")] = 16,
    sets: Annotated[int, typer.Option(help="Number of sets to choose.")] = 60,
    seed: Seed = 1,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File for the sets (CSV)."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Trials run at once (default: one per core).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file of --out.")] = False,
) -> None:
    """Fit the calibrated parameters to 2010-2018.

    Gives many parameter sets that fit, checked on replicates that the search did not use. Use them
    with --sets. The fit does not use any year after 2018.
    """
    _check(trials, minutes, replicates, sets, workers, out, force)
    limit = TRIALS if trials is None and minutes is None else trials
    from plazas.analysis.calibration import show
    from plazas.analysis.calibration.study import Study
    from plazas.analysis.cli.console import console

    opened = Study(study, replicates, seed)
    try:
        chosen = _search_and_choose(opened, limit, minutes, sets, workers)
    except KeyboardInterrupt:
        kept = len(opened.trials())
        text = f"plazas: stopped; {kept:,} trials are in {study}, and the same command goes on"
        say(text, err=True)
        sys.exit(interrupted_code())
    if out is not None:
        show.write(out, opened, chosen)
    show.show(console(), opened, chosen)
    say(f"sets in {out}" if out is not None else "To keep these sets, add --out FILE.")


def _search_and_choose(
    study: Study, limit: int | None, minutes: float | None, sets: int, workers: int | None
) -> Chosen:
    from plazas.analysis.calibration import show
    from plazas.analysis.calibration.choose import choose
    from plazas.analysis.calibration.search import search
    from plazas.analysis.cli.console import progress_bar
    from plazas.analysis.experiment.run import cores

    threads = cores() if workers is None else workers
    with progress_bar() as bar:
        tell = show.ProgressDisplay(bar, limit, minutes)
        result = search(study, limit, minutes, threads, tell)
        say(show.progress_text(result._replace(left=None)), err=True)
        task = bar.add_task("choosing", total=None)
        return choose(
            study,
            sets,
            threads,
            lambda done: bar.update(task, advance=done),
            lambda total: bar.update(task, total=total),
        )


def _check(
    trials: int | None,
    minutes: float | None,
    replicates: int,
    sets: int,
    workers: int | None,
    out: Path | None,
    force: bool,
) -> None:
    """Raise UserError for a number out of range, or a file that would be overwritten."""
    least = {"--trials": (trials, 0), "--replicates": (replicates, 1), "--sets": (sets, 1)}
    for option, (number, low) in {**least, "--workers": (workers, 1)}.items():
        if number is not None and number < low:
            raise UserError(f"{option} must be {low} or more; got {number}")
    if minutes is not None and not minutes > 0.0:
        raise UserError(f"--minutes must be more than 0; got {minutes:g}")
    if out is None:
        return
    if out.is_dir():
        raise UserError(f"{out}: is a folder; name a file")
    if not out.absolute().parent.is_dir():
        raise UserError(f"{out}: there is no folder {out.parent}")
    if out.exists() and not force:
        raise UserError(f"{out}: exists already; use --force to replace it")
    if out.exists() and not _has_sets(out):
        raise UserError(f"{out}: was not written by 'plazas calibrate'; name another file")


def _has_sets(path: Path) -> bool:
    """Return whether a file begins like those that the command writes."""
    from plazas.analysis.calibration.show import FIRST_WORDS

    with path.open("rb") as stream:
        return stream.readline().startswith(f"# {FIRST_WORDS}".encode())
