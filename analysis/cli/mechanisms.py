"""The command ``plazas mechanisms``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from plazas.analysis.cli.options import Force, Out, Seed, Threads, load_scenario, progress
from plazas.analysis.cli.validate import Sets
from plazas.model.errors import UserError

REPLICATES = 40


def mechanisms(
    replicates: Annotated[
        int, typer.Option(help="Pairs of runs for each row, with and without the mechanism.")
    ] = REPLICATES,
    rows: Annotated[
        list[str] | None,
        typer.Option(
            "--rows", metavar="NAMES", help="Only these rows, with commas between; may be repeated."
        ),
    ] = None,
    scenario: Annotated[
        str, typer.Option(help="A shipped name or a .yaml file; it must run from 2010 to 2018.")
    ] = "historical",
    sets: Sets = "calibrated",
    seed: Seed = 1,
    out: Out = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the rows as JSON instead of a table.")
    ] = False,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Switch each mechanism on and off: does it show?

    With --out, writes mechanisms.csv, mechanisms.json and a figure. No year after 2018 is run.
    """
    from plazas.analysis.cli.console import console
    from plazas.analysis.experiment.store import check_target
    from plazas.analysis.mechanisms import catalogue, experiment, show
    from plazas.analysis.patterns.validation import sets_named

    base = experiment.prepared(load_scenario(scenario))
    keys = [key.strip() for text in rows or [] for key in text.split(",") if key.strip()]
    if rows and not keys:
        raise UserError("--rows names no row; leave it out for all rows")
    chosen = catalogue.find(keys, base.country)
    taken = sets_named(sets)
    if out is not None:
        check_target(out, force)
    with progress("running experiments") as (planned, step):
        planned(experiment.weeks_needed(chosen, base, replicates))
        findings = experiment.run(chosen, base, replicates, seed, taken, threads, step)
    details = {"command": "mechanisms", "scenario": base.name, "replicates": replicates}
    details |= {"seed": seed, "sets": sets, "parameter_sets": len(taken) or 1}
    if out is not None:
        show.write(findings, details, out, force)
    if as_json:
        typer.echo(json.dumps(show.content(findings, details), ensure_ascii=False, indent=1))
        return
    screen = console()
    heading = f"Mechanisms in {base.name} ({replicates} replicates, seed {seed})"
    screen.print(show.terminal_table(findings, heading))
    if out is not None:
        typer.echo(f"findings in {out}")
    screen.print(show.summary(findings), soft_wrap=True)
