"""``plazas calibrate``: fit the free parameters to 2010-2018, and choose sets that fit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plazas.analysis.cli.options import Seed
from plazas.model.errors import UserError

if TYPE_CHECKING:
    from plazas.analysis.calibration.choose import Chosen
    from plazas.analysis.calibration.study import Study

TRIALS = 2000
INTERRUPTED = 130


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(calibrate)


def calibrate(
    study: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="Where trials are kept (SQLite): the same command goes on where it was stopped.",
        ),
    ] = Path("calibration.sqlite"),
    trials: Annotated[
        int | None,
        typer.Option(
            help=f"How many the study shall have in all; {TRIALS} by default, any number if there "
            "is a limit of --minutes. 0 only chooses."
        ),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(help="Search no longer than this, then choose.")
    ] = None,
    replicates: Annotated[int, typer.Option(help="Of each trial.")] = 16,
    sets: Annotated[int, typer.Option(help="How many sets to choose.")] = 60,
    seed: Seed = 1,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file of sets (CSV), written whole or not at all."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Trials run at once, by default one a core.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace that file.")] = False,
) -> None:
    """Fit the free parameters (status calibrated) to what was observed in 2010-2018.

    The result is many sets that fit, each checked on replicates that the search did not use. Use
    them with --sets. Years after 2018 are never looked at.
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
        typer.echo(text, err=True)
        sys.exit(INTERRUPTED)
    if out is not None:
        show.write(out, opened, chosen)
    show.show(console(), opened, chosen)
    typer.echo(f"sets in {out}" if out is not None else "To keep these sets, add --out FILE.")


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
        tell = show.Teller(bar, limit, minutes)
        found = search(study, limit, minutes, threads, tell)
        typer.echo(show.progress_words(found._replace(left=None)), err=True)
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
    """Raise UserError for numbers that cannot be, or a file that would be lost."""
    least = {"--trials": (trials, 0), "--replicates": (replicates, 1), "--sets": (sets, 1)}
    for option, (number, low) in {**least, "--workers": (workers, 1)}.items():
        if number is not None and number < low:
            raise UserError(f"{option} must be {low} or more, not {number}")
    if minutes is not None and not minutes > 0.0:
        raise UserError(f"--minutes must be more than 0, not {minutes:g}")
    if out is None:
        return
    if out.is_dir():
        raise UserError(f"{out}: is a folder; name a file")
    if not out.absolute().parent.is_dir():
        raise UserError(f"{out}: there is no folder {out.parent}")
    if out.exists() and not force:
        raise UserError(f"{out}: exists already; use --force to replace it")
