"""The command ``plazas validate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plazas.analysis.cli.options import Force, Out, Seed, Threads, progress, say

REPLICATES = 100
DOCKING_REPLICATES = 200
FAILED = 1  # exit code with --strict where something fails

Patterns = Annotated[
    list[int] | None,
    typer.Option("--pattern", metavar="N", help="Only this pattern; repeat for more."),
]
Sets = Annotated[
    str,
    typer.Option(
        metavar="calibrated|default|PATH",
        help="Parameter sets; replicate r uses sets[r % len(sets)].",
    ),
]


def validate(
    pattern: Patterns = None,
    docking: Annotated[
        bool,
        typer.Option(
            "--docking",
            help="Dock to the Science model instead; with --pattern, do both.",
        ),
    ] = False,
    replicates: Annotated[
        int | None,
        typer.Option(
            help=f"Number of replicates (default {REPLICATES}; {DOCKING_REPLICATES} for docking)."
        ),
    ] = None,
    sets: Sets = "calibrated",
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder with tables of later years (compared as held out) and with the network "
            "for docking.",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help=f"Exit with code {FAILED} if anything fails.")
    ] = False,
    seed: Seed = 1,
    out: Out = None,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Compare every pattern with observation: accepted or failed.

    With --out, writes patterns.json, patterns.csv and a figure for each pattern and of all.
    """
    from plazas.analysis.cli.console import console
    from plazas.analysis.experiment.store import check_target
    from plazas.analysis.patterns import catalogue, tables, validation
    from plazas.analysis.patterns import docking as dock
    from plazas.analysis.patterns.trials import Trials

    wanted = catalogue.find(pattern or []) if pattern or not docking else []
    chosen = validation.sets_named(sets)
    known = validation.known_later(data) if wanted else None
    network = dock.find_network(data) if docking else None
    n = REPLICATES if replicates is None else replicates
    docked = 0
    if docking:
        docked = DOCKING_REPLICATES if replicates is None else replicates
    stop = validation.end_of_runs(known)
    if out is not None:
        check_target(out, force)
    with progress("validating") as (planned, step):
        trials = Trials(n, seed, chosen, threads=threads, stop=stop, tick=step)
        planned(validation.replicates_needed(wanted, n, docked))
        outcome = validation.findings_of(trials, wanted, known) if wanted else ()
        result = None
        if network is not None:
            result = dock.dock(network, docked, seed, threads, tick=step)
    notes = tuple(known.notes) if known is not None else ()
    whole = validation.Validation(outcome, notes, result)
    screen = console()
    if outcome:
        count = f"{len(chosen)} sets of parameters" if len(chosen) > 1 else "one set of parameters"
        heading = f"Patterns ({n} replicates, {count}, seed {seed})"
        screen.print(tables.table(outcome, heading))
        screen.print(tables.summary(outcome))
    for note in notes:
        screen.print(note, style="dim")
    if result is not None:
        for item in tables.docking_tables(result):
            screen.print(item)
        screen.print(tables.docking_words(result))
    if out is not None:
        details = {"command": "validate", "replicates": n, "seed": seed, "sets": sets}
        details |= {"parameter_sets": len(chosen) or 1}
        validation.write(whole, details, out, force)
        say(f"findings in {out}")
    if strict and whole.failing:
        raise typer.Exit(FAILED)
