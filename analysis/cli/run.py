"""The command ``plazas run``: one scenario."""

from __future__ import annotations

from typing import Annotated

import typer

from plazas.analysis.cli.options import (
    Force,
    Name,
    Out,
    Seed,
    Sets,
    Threads,
    enough_replicates,
    load_scenario,
    load_sets,
    progress,
    say,
)


def run_scenario(
    scenario: Name,
    replicates: Annotated[
        int | None,
        typer.Option(
            help="Number of replicates (default: that of the scenario, but at least one per "
            "parameter set)."
        ),
    ] = None,
    sets: Sets = None,
    seed: Seed = 1,
    out: Out = None,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Run one scenario; print its years next to the observed ones.

    With --out, writes the weekly and monthly series and the events (Parquet), and provenance.json.
    """
    wanted = load_scenario(scenario)
    from plazas.analysis.experiment import store
    from plazas.analysis.experiment.run import run

    parameter_sets = load_sets(sets)
    n = enough_replicates(replicates, wanted.replicates, parameter_sets)
    if out is not None:
        store.check_target(out, force)
    with progress(wanted.name) as (planned, step):
        planned(n * wanted.weeks)
        ensemble = run(wanted, n, seed, threads, step, sets=parameter_sets)
    from plazas.analysis.cli.console import console, yearly_table

    console().print(yearly_table(ensemble))
    if out is not None:
        with store.whole(out, force, checked=True) as part:
            store.write(ensemble, part)
        say(f"results in {out}")
