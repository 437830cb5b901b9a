"""What the command ``plazas`` shows on a terminal: tables and progress."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from plazas.analysis import observed, words
from plazas.analysis.compare import Comparison
from plazas.analysis.ensemble import Ensemble
from plazas.analysis.intervals import Interval
from plazas.analysis.outcomes import cartel_names

WIDE = 150  # columns where output is not a terminal
YEARLY_HEADS = (
    "year",
    "homicides observed",
    "simulated, median",
    "90 % of replicates",
    "cartel members",
    "effective groups",
    "leads most (places, mean)",
)


def console(stderr: bool = False) -> Console:
    """Return a console; as wide as the tables need where there is no terminal."""
    found = Console(stderr=stderr, highlight=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=WIDE)


def progress_bar() -> Progress:
    """Return a progress bar on standard error with the time left."""
    screen = console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    )


def yearly_table(ensemble: Ensemble) -> Table:
    """Return the years of a run: homicides observed and simulated, members, who leads most."""
    table = Table(box=box.SIMPLE_HEAD, title=_heading(ensemble), title_justify="left")
    for head in YEARLY_HEADS:
        table.add_column(head, justify="left" if head.startswith("leads") else "right")
    if ensemble.scenario is None:
        raise ValueError("the table needs the scenario that was run")
    known = observed.homicides(ensemble.scenario)
    for year, frame in ensemble.yearly.groupby(level="year"):
        found = np.percentile(frame["homicides"], (5, 50, 95))
        table.add_row(
            str(year),
            words.number(float(known.get(year, math.nan))),
            words.number(found[1]),
            words.span(found[0], found[2]),
            words.number(float(frame["members"].median())),
            words.number(float(frame["effective_groups"].median()), 1),
            _leader(ensemble, int(str(year))),
        )
    return table


def _heading(ensemble: Ensemble) -> str:
    n = len(ensemble)
    title = f"{ensemble.name}: {ensemble.title}" if ensemble.title else ensemble.name
    return f"{title} ({n} replicate{'s' if n > 1 else ''}, seed {ensemble.seed})"


def _leader(ensemble: Ensemble, year: int) -> str:
    """Return who leads most places at the end of a year, over all replicates."""
    month = int(np.flatnonzero(ensemble.months.year == year)[-1])
    names = cartel_names(ensemble)
    led = {key: float(ensemble.led(key)[:, month].mean()) for key in names}
    best = max(led, key=lambda key: led[key])
    return f"{names[best]} ({words.number(led[best], 1)})" if led[best] > 0 else "–"


def outcome_table(comparison: Comparison, width: int) -> Table:
    """Return the outcomes of a comparison, a block an outcome and a row a scenario.

    Where the screen has less than :data:`WIDE` columns, the intervals of the levels are left out.
    """
    year = comparison.window.start_year
    table = Table(box=box.SIMPLE_HEAD, title=words.window_words(comparison), title_justify="left")
    names = 2 + max(len(label) for label in comparison.labels)
    table.add_column("mean and 95 % interval", overflow="fold", min_width=min(40, max(24, names)))
    columns = [("level", "level", False), ("from baseline", "difference", True)]
    columns.append((f"from {year}", "change", True))
    for head, name, _ in columns:
        table.add_column(head, justify="right", no_wrap=True)
        if name != "level" or width >= WIDE:
            table.add_column("", justify="right", no_wrap=True, style="dim")
    table.add_column("pairs", justify="right", no_wrap=True)
    for key, about in comparison.about.items():
        table.add_row(f"[bold]{about.label}[/bold] [dim]({about.unit})[/dim]")
        for label in comparison.labels:
            row = comparison.row(label, key)
            cells = []
            for _, name, sign in columns:
                found = words.found(comparison, label, key, name)
                mean, interval = _cells(found, about.decimals, sign)
                cells += [mean] if name == "level" and width < WIDE else [mean, interval]
            pairs = _pairs(float(row["correlation"]), float(row["variance_ratio"]))
            table.add_row(f"  {label}", *cells, pairs)
    _add_cost_of_lives(table, comparison, width)
    return table


def _add_cost_of_lives(table: Table, comparison: Comparison, width: int) -> None:
    table.add_row("[bold]Cost of a life saved[/bold] [dim](million USD)[/dim]")
    for label in comparison.policies:
        life = words.found(comparison, label, "cost_per_life", "level")
        mean, interval = _cells(life, words.life_decimals(life), False)
        table.add_row(f"  {label}", *([mean] if width < WIDE else [mean, interval]))


def _cells(found: Interval, decimals: int, sign: bool) -> tuple[str, str]:
    """Return a mean and its interval; bold where it is a difference that excludes zero."""
    text = words.number(found.mean, decimals, sign)
    if math.isnan(found.low):
        return text, ""
    if sign and not found.has_zero:
        text = f"[bold]{text}[/bold]"
    interval = words.span(found.low, found.high, decimals, sign)
    if found.skewed:
        interval += f", median {words.number(found.median, decimals, sign)}"
    return text, interval


def _pairs(correlation: float, ratio: float) -> str:
    if math.isnan(correlation):
        return "–"
    return f"{words.number(correlation, 2)} {'' if math.isinf(ratio) else f'×{ratio:.1f}'}".strip()


def csv_tables(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """Return the tables of a comparison for files: outcomes, each replicate's values, years."""
    yearly = pd.concat(
        {
            label: ensemble.yearly
            for label, ensemble in zip(comparison.labels, comparison.ensembles, strict=True)
        },
        names=["scenario"],
    )
    return {"outcomes": comparison.table, "replicates": comparison.values, "yearly": yearly}
