"""The command ``plazas ablate``."""

from __future__ import annotations

from typing import Annotated

import typer

from plazas.analysis.cli.options import Force, Out, Seed, Threads, progress, say
from plazas.analysis.cli.validate import Patterns, Sets

REPLICATES = 30


def ablate(
    mechanism: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Switch off only this mechanism; repeat for more."),
    ] = None,
    pattern: Patterns = None,
    replicates: Annotated[
        int, typer.Option(help="Replicates with and without each mechanism.")
    ] = REPLICATES,
    sets: Sets = "calibrated",
    seed: Seed = 1,
    out: Out = None,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Switch each mechanism off in turn: which patterns fail?

    With --out, writes ablation.csv, ablation.json and a figure.
    """
    from plazas.analysis.cli.console import console
    from plazas.analysis.experiment.store import check_target
    from plazas.analysis.patterns import ablation, catalogue, validation

    without = ablation.find(mechanism or [])
    patterns = ablation.testable(catalogue.find(pattern or []))
    chosen = validation.sets_named(sets)
    if out is not None:
        check_target(out, force)
    with progress("ablating") as (planned, step):
        planned(ablation.replicates_needed(patterns, without, replicates))
        result = ablation.ablate(without, patterns, replicates, seed, chosen, threads, step)
    screen = console()
    heading = f"Patterns without each mechanism ({replicates} replicates, seed {seed})"
    screen.print(ablation.terminal_table(result, heading))
    for line in result.summary():
        screen.print(line)
    if out is not None:
        details = {"command": "ablate", "replicates": replicates, "seed": seed, "sets": sets}
        details |= {"parameter_sets": len(chosen) or 1}
        ablation.write(result, details, out, force)
        say(f"ablation in {out}")
