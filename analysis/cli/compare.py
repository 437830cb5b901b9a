"""The command ``plazas compare``: policies against a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plazas.analysis.cli.options import (
    Force,
    Names,
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

if TYPE_CHECKING:
    from plazas.analysis.experiment.compare import Comparison

REPLICATES = 20


def compare_scenarios(
    scenarios: Names,
    replicates: Annotated[
        int | None,
        typer.Option(
            help=f"Replicates per scenario (default {REPLICATES}, but at least one per parameter "
            "set). With --until-width, the number to start with."
        ),
    ] = None,
    sets: Sets = None,
    until_width: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Add replicates until the 95 % interval of each difference in homicides is "
            "narrower than this share of the baseline's homicides (0 to 1; for example 0.02).",
        ),
    ] = None,
    cap: Annotated[int, typer.Option(help="Most replicates with --until-width.")] = 400,
    start_year: Annotated[
        int | None,
        typer.Option(
            help="Year from which change is measured (default: the last year before the scenarios "
            "differ)."
        ),
    ] = None,
    seed: Seed = 1,
    out: Out = None,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Compare policies with a baseline on the same random draws.

    Prints every outcome with its 95 % interval, and a verdict for each policy. With --out, writes
    report.html (maps that play through time), figures, tables (CSV) and the results.
    """
    wanted = [load_scenario(name) for name in scenarios]
    from rich.text import Text

    from plazas.analysis.cli.console import console, outcome_table
    from plazas.analysis.experiment.compare import compare
    from plazas.analysis.experiment.store import check_target
    from plazas.analysis.report import verdicts

    if out is not None:
        check_target(out, force)
    parameter_sets = load_sets(sets)
    n = enough_replicates(replicates, REPLICATES, parameter_sets)
    with progress("comparing") as (planned, step):
        comparison = compare(
            wanted, n, seed, until_width, start_year, threads, cap, step, planned, parameter_sets
        )
    screen = console()
    screen.print(outcome_table(comparison, screen.width))
    for label, text in verdicts.verdicts(comparison).items():
        screen.print(Text.assemble((label, "bold"), ": ", text))
    screen.print(f"\n{comparison.stopping}. {verdicts.chance_words(comparison)}")
    if out is None:
        screen.print("For maps that play through time and figures, add --out FOLDER.")
    else:
        _write(comparison, out, force)
        say(f"report in {out / 'report.html'}")


def _write(comparison: Comparison, out: Path, force: bool) -> None:
    """Write tables, results, figures and report: the tables first, if the disk is nearly full."""
    from plazas.analysis.cli.console import csv_tables
    from plazas.analysis.experiment import store
    from plazas.analysis.report.figures import write_figures
    from plazas.analysis.report.report import write_report

    with store.whole(out, force, checked=True) as part:
        for name in ("figures", "tables", "results"):
            (part / name).mkdir()
        for name, frame in csv_tables(comparison).items():
            frame.to_csv(part / "tables" / f"{name}.csv")
        for label, ensemble in zip(comparison.labels, comparison.ensembles, strict=True):
            folder = part / "results" / label
            folder.mkdir()
            store.write(ensemble, folder)
        write_report(comparison, part / "report.html")
        write_figures(comparison, part / "figures")
        details = store.machine() | {"command": "compare", "scenarios": list(comparison.labels)}
        details |= {"parameter_sets": [dict(values) for values in comparison.ensembles[0].sets]}
        store.write_json(details | {"stopping": str(comparison.stopping)}, part / store.PROVENANCE)
