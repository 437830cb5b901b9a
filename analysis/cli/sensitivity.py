"""``plazas sensitivity``: which parameters change results and effects of policies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plazas.analysis.cli.options import (
    Force,
    Names,
    Seed,
    Threads,
    load_scenario,
    progress,
    say,
)
from plazas.analysis.cli.terminal import interrupted_code

if TYPE_CHECKING:
    from plazas.analysis.sensitivity.runs import Runs

SIZES = {"morris": 10, "sobol": 64}


def sensitivity(
    scenarios: Names,
    method: Annotated[
        str,
        typer.Option(help="morris (screening: many parameters) or sobol (shares of variance)."),
    ] = "morris",
    size: Annotated[
        int | None,
        typer.Option(
            help="Number of Morris trajectories (default 10), or of Sobol' base samples (a power "
            "of two; default 64)."
        ),
    ] = None,
    replicates: Annotated[
        int, typer.Option(help="Replicates per scenario and point; two or more show the noise.")
    ] = 2,
    parameter: Annotated[
        list[str] | None, typer.Option(help="Vary this parameter; repeat for more.")
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(help="Vary all parameters of this status: measured, calibrated or assumed."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Vary every parameter.")] = False,
    screened: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FOLDER",
            help="Vary the parameters above noise in an earlier analysis (its --out).",
        ),
    ] = None,
    width: Annotated[
        float,
        typer.Option(help="Share of the range between the default and each end to vary (0 to 1)."),
    ] = 1.0,
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            help="Show this outcome (members) or effect ('both: members'); repeat for more. The "
            "files hold all."
        ),
    ] = None,
    seed: Seed = 1,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for tables, figure and finished points; the same command continues "
            "a stopped analysis."
        ),
    ] = None,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Show which parameters change the results.

    The same for the effects of policies; noise is shown next to both. By default varies, over their
    declared ranges, the calibrated parameters and the assumed ones that the policies depend on.
    """
    wanted = [load_scenario(name) for name in scenarios]
    from plazas.analysis.sensitivity import inputs, runs, show
    from plazas.analysis.sensitivity.design import design

    if screened is not None:
        names = show.above_chance_in(screened, [item.name for item in wanted], outcome or ())
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
    say(show.plan_text(study, len(kept)), err=True)
    stopped = False
    try:
        with progress("points") as (planned, step):
            runs.run_points(kept, threads, step, planned)
    except KeyboardInterrupt:
        stopped = True
    _report(kept, shown, out, stopped)


def _report(kept: Runs, shown: list[str], out: Path | None, stopped: bool) -> None:
    """Show and write the results of the finished points; exit here after Ctrl-C."""
    from plazas.analysis.cli.console import console
    from plazas.analysis.sensitivity import show

    study = kept.study
    if kept.blocks >= 2:
        findings = show.Findings(kept)
        screen = console()
        for name in shown:
            screen.print(show.outcome_table(findings, name))
        screen.print(show.reading_text(study.design.method))
        if findings.blocks < study.design.blocks:
            screen.print(f"From {findings.blocks} of {study.design.blocks} blocks of points.")
        if out is not None:
            show.write(findings, shown, out)
            say(f"results in {out}")
    if stopped:
        where = "nothing was written"
        if out is not None:
            where = f"they are in {out}; run the same command to continue"
        done = f"{len(kept):,} of {len(study.design):,} points were done"
        say(f"plazas: stopped; {done}; {where}", err=True)
        sys.exit(interrupted_code())
