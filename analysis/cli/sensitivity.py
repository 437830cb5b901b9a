"""``plazas sensitivity``: what results and effects of policies hang on, beside chance."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plazas.analysis.cli.options import Force, Names, Seed, Threads, load_scenario, progress

if TYPE_CHECKING:
    from plazas.analysis.sensitivity.runs import Runs

SIZES = {"morris": 10, "sobol": 64}
INTERRUPTED = 130


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(sensitivity)


def sensitivity(
    scenarios: Names,
    method: Annotated[
        str,
        typer.Option(help="morris (screening: many parameters) or sobol (shares of variance)."),
    ] = "morris",
    size: Annotated[
        int | None,
        typer.Option(
            help="Trajectories of Morris (10 by default), or base samples of Sobol' (a power of "
            "two, 64 by default)."
        ),
    ] = None,
    replicates: Annotated[
        int, typer.Option(help="Of each scenario at each point; two or more show the noise.")
    ] = 2,
    parameter: Annotated[
        list[str] | None, typer.Option(help="Vary this parameter; may be given again.")
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(help="Vary those that are measured, calibrated or assumed; likewise."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Vary every parameter.")] = False,
    screened: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FOLDER",
            help="Vary what stood above chance in an earlier analysis (--out).",
        ),
    ] = None,
    width: Annotated[
        float,
        typer.Option(help="How far of the way from its default to each end a parameter goes."),
    ] = 1.0,
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            help="Show this outcome (members), or effect ('both: members'); may be given again. "
            "All are in the files."
        ),
    ] = None,
    seed: Seed = 1,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for tables and figure, and for each point as it is done: the same command "
            "goes on where it was stopped."
        ),
    ] = None,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Show which parameters results and policies' effects hang on, beside chance.

    By default varies the calibrated parameters and the assumed ones that the policies rest on, each
    over its declared range.
    """
    wanted = [load_scenario(name) for name in scenarios]
    from plazas.analysis.sensitivity import inputs, runs, show
    from plazas.analysis.sensitivity.design import design

    if screened is not None:
        names = show.standing_out(screened, [each.name for each in wanted], outcome or ())
    else:
        names = inputs.chosen(wanted, parameter or (), status or (), everything)
    varied = tuple(inputs.input_of(name, width) for name in names)
    points = design(
        method, varied, SIZES.get(method, 0) if size is None else size, seed, replicates
    )
    if out is not None:
        runs.check_folder(out, force)
    study = runs.study_of(wanted, points, threads)
    shown = show.shown_outcomes(study, outcome or ())
    kept = runs.Runs(study) if out is None else runs.opened(out, study, force)
    typer.echo(show.plan_words(study, len(kept)), err=True)
    stopped = False
    try:
        with progress("points") as (planned, step):
            runs.run_points(kept, threads, step, planned)
    except KeyboardInterrupt:
        stopped = True
    _tell(kept, shown, out, stopped)


def _tell(kept: Runs, shown: list[str], out: Path | None, stopped: bool) -> None:
    """Show and write what the finished points say; end here if the run was stopped."""
    from plazas.analysis.cli.console import console
    from plazas.analysis.sensitivity import show

    study = kept.study
    if kept.blocks >= 2:
        findings = show.Findings(kept)
        screen = console()
        for name in shown:
            screen.print(show.outcome_table(findings, name))
        screen.print(show.reading_words(study.design.method))
        if findings.blocks < study.design.blocks:
            screen.print(f"From {findings.blocks} of {study.design.blocks} blocks of points.")
        if out is not None:
            show.write(findings, shown, out)
            typer.echo(f"results in {out}")
    if stopped:
        where = "nothing was written" if out is None else f"they are in {out}, and the same "
        where += "" if out is None else "command goes on from there"
        done = f"{len(kept):,} of {len(study.design):,} points were done"
        typer.echo(f"plazas: stopped; {done}; {where}", err=True)
        sys.exit(INTERRUPTED)
