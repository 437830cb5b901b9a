"""What the command ``plazas`` shows on a terminal: tables and progress."""

from __future__ import annotations

import math
import textwrap
from typing import Any

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
from rich.text import Text

from plazas.analysis.experiment import observed
from plazas.analysis.experiment.compare import Comparison
from plazas.analysis.experiment.ensemble import Ensemble
from plazas.analysis.experiment.intervals import Interval
from plazas.analysis.experiment.text import number, span, times
from plazas.analysis.report import verdicts
from plazas.model.errors import printable

WIDE = 150  # columns where output is not a terminal
LABEL = 30  # columns of an outcome's name before it folds
#: which of the table's intervals are shown, and the worth of pairing, most first
DETAIL = (
    frozenset({"level", "difference", "change", "pairs"}),
    frozenset({"difference", "change", "pairs"}),
    frozenset({"difference", "pairs"}),
    frozenset({"difference"}),
    frozenset[str](),
)
YEARLY_HEADS = (
    "year",
    "homicides observed",
    "simulated, median",
    "90 % of replicates",
    "cartel members",
    "effective groups",
    "leads most (places, mean)",
)


class Screen(Console):
    """A console that shows every text as written.

    Brackets and colons are no markup here, and a character on which a terminal would act is shown
    as an escape. Where a text has a style, it is a `rich.text.Text`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a text of a table, a title or a line, with escapes where they are needed."""
        return super().render_str("\n".join(map(printable, text.split("\n"))), **options)


def console(stderr: bool = False) -> Console:
    """Return a console; without a terminal it is as wide as the tables need."""
    screen = Screen(stderr=stderr)
    return screen if screen.is_terminal else Screen(stderr=stderr, width=WIDE)


def progress_bar() -> Progress:
    """Return a progress bar on standard error with the time left."""
    screen = console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
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
        low, middle, high = np.percentile(frame["homicides"], (5, 50, 95))
        table.add_row(
            str(year),
            number(float(known.get(year, math.nan))),
            number(middle),
            span(low, high),
            number(float(frame["members"].median())),
            number(float(frame["effective_groups"].median()), 1),
            _leader(ensemble, int(str(year))),
        )
    return table


def _heading(ensemble: Ensemble) -> str:
    n = len(ensemble)
    title = f"{ensemble.name}: {ensemble.title}" if ensemble.title else ensemble.name
    sets = f", {ensemble.sets_taken} of {len(ensemble.sets)} sets of parameters"
    n_and_seed = f"{n} replicate{'s' if n > 1 else ''}, seed {ensemble.seed}"
    return f"{title} ({n_and_seed}{sets if ensemble.sets else ''})"


def _leader(ensemble: Ensemble, year: int) -> str:
    """Return who leads most places at the end of a year, over all replicates."""
    month = int(np.flatnonzero(ensemble.months.year == year)[-1])
    names = ensemble.founders
    led = {key: float(ensemble.led(key)[:, month].mean()) for key in names}
    best = max(led, key=lambda key: led[key])
    return f"{names[best]} ({number(led[best], 1)})" if led[best] > 0 else "–"


def outcome_table(comparison: Comparison, width: int) -> Table:
    """Return the outcomes of a comparison, one block per outcome, one row per scenario.

    It shows as many intervals as fit into ``width`` columns, so that no label is cut.
    """
    ruler = Screen(width=10_000)
    tables = (_outcomes(comparison, shown) for shown in DETAIL)
    for table in tables:
        if ruler.measure(table).maximum <= width:
            return table
    return table


def _outcomes(comparison: Comparison, shown: frozenset[str]) -> Table:
    year = comparison.window.start_year
    table = Table(
        box=box.SIMPLE_HEAD, title=verdicts.window_words(comparison), title_justify="left"
    )
    table.add_column("mean and 95 % interval", no_wrap=True)
    columns = [("level", "level", False), ("from baseline", "difference", True)]
    columns.append((f"from {year}", "change", True))
    for head, name, _ in columns:
        table.add_column(head, justify="right", no_wrap=True)
        if name in shown:
            table.add_column("", justify="right", no_wrap=True, style="dim")
    if "pairs" in shown:
        table.add_column("pairs", justify="right", no_wrap=True)
        table.caption = "pairs: correlation of paired replicates, and how many times as many "
        table.caption += "unpaired ones would say as much"
        table.caption_justify = "left"
    for key, outcome in comparison.outcomes.items():
        for line in _block(outcome.label, outcome.unit):
            table.add_row(line)
        for label in comparison.labels:
            row = comparison.row(label, key)
            cells: list[str | Text] = []
            for _, name, sign in columns:
                interval = comparison.interval(label, key, name)
                cells += _cells(interval, outcome.decimals, sign)[: 1 + (name in shown)]
            if "pairs" in shown:
                cells.append(_pairs(float(row["correlation"]), float(row["variance_ratio"])))
            table.add_row(f"  {label}", *cells)
    for line in _block("Cost of a life saved", "million USD"):
        table.add_row(line)
    for label in comparison.policies:
        life = comparison.interval(label, "cost_per_life", "level")
        table.add_row(
            f"  {label}",
            *_cells(life, verdicts.life_decimals(life), False)[: 1 + ("level" in shown)],
        )
    return table


def _block(label: str, unit: str) -> list[Text]:
    """Return the heading of an outcome, folded where it is long."""
    lines = textwrap.wrap(label, LABEL)
    if len(lines[-1]) + len(unit) + 3 > LABEL:
        lines.append("")
    *bold, last = lines
    end = Text.assemble((f"{last} " if last else "", "bold"), (f"({unit})", "dim"))
    return [*(Text(line, "bold") for line in bold), end]


def _cells(interval: Interval, decimals: int, sign: bool) -> tuple[str | Text, str]:
    """Return a mean and its interval; bold where it is a difference that excludes zero."""
    text = number(interval.mean, decimals, sign)
    if math.isnan(interval.low):
        return text, ""
    shown = Text(text, "bold" if sign and not interval.has_zero else "")
    return shown, span(interval.low, interval.high, decimals, sign)


def _pairs(correlation: float, ratio: float) -> str:
    if math.isnan(correlation):
        return "–"
    return f"{number(correlation, 2)} {times(ratio)}"


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
