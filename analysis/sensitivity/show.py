"""Show a sensitivity analysis: tables for a terminal, figures and files."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from rich import box
from rich.table import Table
from rich.text import Text

from plazas.analysis.experiment import csv_tables
from plazas.analysis.experiment.store import save_figure
from plazas.analysis.experiment.text import number, span
from plazas.analysis.report.figures import STYLE
from plazas.analysis.sensitivity.indices import (
    SHARE,
    SHOWN,
    above_chance,
    by_replicate,
    indices,
    noise,
    of,
    point_table,
    results,
)
from plazas.analysis.sensitivity.inputs import CHANCE, SensitivityError, range_text
from plazas.analysis.sensitivity.runs import FIGURE, INDICES, POINTS, Runs, Study
from plazas.model.errors import unknown
from plazas.model.parameters import declarations

ROWS = 12  # inputs that the table of an outcome shows, the largest
BARS = 10  # the same in a figure
PER_CENT = 100.0
ABOVE, BELOW, ALONE = "#1f4e79", "#a9b4bf", "#e08e45"


class Findings:
    """The indices of the complete blocks of a study.

    Attributes
    ----------
    values : pandas.DataFrame
        Outcomes and effects, one row per point and replicate.
    points : pandas.DataFrame
        Their means, one row per point.
    table : pandas.DataFrame
        The indices; see :func:`plazas.analysis.sensitivity.indices.indices`.
    noise : pandas.Series
        Share of the noise of replicates, by outcome.
    shipped : pandas.Series
        Outcomes and effects with the default parameters.
    """

    def __init__(self, runs: Runs) -> None:
        self.study = runs.study
        self.values = by_replicate(self.study, runs.whole_blocks())
        self.points = results(self.values)
        self.table = indices(self.study.design, self.points)
        self.noise = noise(self.values)
        self.shipped = _shipped(self.study)

    @property
    def blocks(self) -> int:
        """Return how many blocks are complete."""
        return len(self.points) // self.study.design.block


def _shipped(study: Study) -> pd.Series[float]:
    """Return the outcomes and effects with the default parameters."""
    rows = study.shipped.reset_index()
    rows.insert(0, "point", 0)
    return by_replicate(study, rows).mean()


def shown_outcomes(study: Study, wanted: Sequence[str] = ()) -> list[str]:
    """Return the names of the outcomes and effects to show.

    Parameters
    ----------
    study
        Names the outcomes and policies.
    wanted
        Names to show. If empty: homicides, members, places led by the largest cartel, and the
        effects of the policies on homicides.

    Raises
    ------
    SensitivityError
        If a name is unknown; the message suggests the nearest one.
    """
    plain = [name for name in study.outcomes if name != "cost"]
    effects = [f"{label}: {name}" for label in study.labels[1:] for name in (*plain, SHARE)]
    known = (*plain, *effects)
    for name in wanted:
        if name not in known:
            raise SensitivityError(unknown("outcome", name, known))
    if wanted:
        return list(wanted)
    leads = [f"led_{key}" for key in study.cartels[:1]]
    return ["homicides_total", "members", *leads, *(f"{k}: {SHARE}" for k in study.labels[1:])]


def above_chance_in(
    folder: Path, labels: Sequence[str], wanted: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the parameters above chance in an analysis that was written to a folder.

    Parameters
    ----------
    folder
        Folder of an earlier analysis.
    labels
        Names of the baseline and the policies.
    wanted
        Names of outcomes and effects; a parameter must be above chance in one of them. If empty:
        homicides, members and the effects of the policies on homicides.

    Raises
    ------
    SensitivityError
        If the folder has no analysis, if its table has a mistake or lacks an outcome, or if no
        parameter is above chance.
    """
    path = folder / INDICES
    if not path.exists():
        raise SensitivityError(f"{folder}: no finished analysis found (no {INDICES})")
    rules = {
        "outcome": csv_tables.text(),
        "input": csv_tables.one_of("parameter", (*declarations(), CHANCE)),
        "above_chance": csv_tables.one_of("answer", ("True", "False")),
    }
    once = csv_tables.Unique(["outcome", "input"])
    table = csv_tables.read(path, rules, unique=once, error=SensitivityError)
    table = table.set_index(["outcome", "input"])
    table["above_chance"] = table["above_chance"] == "True"
    known = tuple(str(name) for name in table.index.get_level_values("outcome").unique())
    outcomes = wanted or ("homicides_total", "members", *(f"{k}: {SHARE}" for k in labels[1:]))
    for name in outcomes:
        if name not in known:
            raise SensitivityError(f"{path}: {unknown('outcome', name, known)}")
    names = above_chance(table, list(outcomes))
    if not names:
        raise SensitivityError(f"{folder}: no parameter is above chance in this analysis")
    return names


def outcome_text(study: Study, outcome: str) -> tuple[str, str, int, float]:
    """Return label, unit, decimals and scale (a factor) for showing an outcome or effect."""
    label, _, name = outcome.rpartition(": ")
    if name == SHARE:
        return f"Effect of {label} on homicides", "% of the baseline", 1, PER_CENT
    spec = study.outcomes[name]
    heading = f"Effect of {label}: {spec.label}" if label else spec.label
    return heading, spec.unit, spec.decimals + 1 if spec.decimals else 0, 1.0


def outcome_table(findings: Findings, outcome: str) -> Table:
    """Return the indices of one outcome as a table: largest first, above chance in bold."""
    study = findings.study
    method = study.design.method
    label, unit, decimals, scale = outcome_text(study, outcome)
    values = findings.points[outcome] * scale
    title = f" ({unit})\nwith default parameters "
    title += f"{number(findings.shipped[outcome] * scale, decimals)}; mean over the points "
    title += f"{number(values.mean(), decimals)}, standard deviation "
    title += number(float(values.std()), decimals)
    if not np.isnan(findings.noise[outcome]):
        share = number(PER_CENT * findings.noise[outcome], 1)
        title += f"\nnoise of replicates: {share} % of the variance"
    heading = Text.assemble((label, "bold"), title)
    table = Table(box=box.SIMPLE_HEAD, title=heading, title_justify="left", title_style="")
    heads = {
        "morris": ("size (mu*)", "95 % interval", "mean (mu)", "sigma", "chance = 1"),
        "sobol": ("alone (S1)", "95 % interval", "total (ST)", "95 % interval"),
    }[method]
    table.add_column("parameter")
    table.add_column("range")
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    rows = of(findings.table, outcome)
    last = SHOWN[method][-1]
    if rows[last].isna().all():
        table.caption = "This outcome is constant."
        return table
    ranges = {parameter.name: range_text(parameter) for parameter in study.design.inputs}
    ranges[CHANCE] = "the random draws"
    chance = float(rows[last][CHANCE])
    rows = rows.sort_values(last, ascending=False)
    kept = rows[(np.arange(len(rows)) < ROWS) | (rows.index == CHANCE)]
    for name, row in kept.iterrows():
        cells = _cells(row, method, decimals, scale, chance)
        marked = Text(str(name), "bold" if row["above_chance"] else "")
        table.add_row(marked, ranges[str(name)], *cells)
    if len(rows) > len(kept):
        table.caption = f"{len(rows) - len(kept)} more have smaller indices"
        table.caption_justify = "left"
    return table


def _cells(
    row: pd.Series[Any], method: str, decimals: int, scale: float, chance: float
) -> list[str]:
    if method == "sobol":
        cells = []
        for name in SHOWN["sobol"]:
            cells.append(number(row[name], 2))
            cells.append(span(row[f"{name}_low"], row[f"{name}_high"], 2))
        return cells
    low, high = (row[f"mu_star_{end}"] * scale for end in ("low", "high"))
    return [
        number(row["mu_star"] * scale, decimals),
        span(low, high, decimals),
        number(row["mu"] * scale, decimals, sign=True),
        number(row["sigma"] * scale, decimals),
        f"×{row['mu_star'] / chance:.1f}" if chance > 0.0 else "",
    ]


def plan_text(study: Study, done: int) -> str:
    """Return one line on what an analysis runs, and how many points are done."""
    design = study.design
    blocks = {"morris": "trajectories", "sobol": "base samples"}[design.method]
    runs = len(design) * len(study.labels) * design.replicates
    line = f"{design.method}: {_many(len(design.inputs), 'parameter')} and chance, "
    line += f"{design.blocks} {blocks}"
    line += f": {len(design):,} points × {_many(len(study.labels), 'scenario')} × "
    line += f"{_many(design.replicates, 'replicate')} = {runs:,} runs"
    return f"{line}; {done:,} points are done" if done else line


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def reading_text(method: str) -> str:
    """Return how to read the table of a method, in one or two lines."""
    if method == "morris":
        return (
            "Effect of moving a parameter over its range: mean size mu*, mean mu, standard "
            "deviation sigma. Bold: the 95 % interval of mu* is above the effect of chance."
        )
    return (
        "S1: share of the variance due to the parameter alone; ST: including its interactions. "
        "Bold: the 95 % interval of ST is above the ST of chance."
    )


def figure(findings: Findings, outcomes: Sequence[str]) -> Figure:
    """Return one panel per outcome: the largest inputs with intervals, and chance (dashed)."""
    columns = min(3, len(outcomes))
    lines = -(-len(outcomes) // columns)
    drawn = Figure(figsize=(3.9 * columns, 3.2 * lines + 0.5), layout="constrained")
    panels = drawn.subplots(lines, columns, squeeze=False)
    for axes in panels.flat[len(outcomes) :]:
        axes.set_visible(False)
    for axes, outcome in zip(panels.flat, outcomes, strict=False):
        _panel(axes, findings, outcome)
    return drawn


def _panel(axes: Axes, findings: Findings, outcome: str) -> None:
    method = findings.study.design.method
    label, unit, _, scale = outcome_text(findings.study, outcome)
    scale = 1.0 if method == "sobol" else scale
    last = SHOWN[method][-1]
    rows = of(findings.table, outcome).sort_values(last, ascending=False)
    chance = float(rows[last][CHANCE]) * scale
    rows = rows[rows.index != CHANCE][:BARS][::-1]
    at = np.arange(len(rows))
    colours = [ABOVE if above else BELOW for above in rows["above_chance"]]
    axes.barh(at, rows[last] * scale, color=colours, height=0.7)
    ends = np.abs(np.stack([rows[f"{last}_{end}"] - rows[last] for end in ("low", "high")]))
    axes.errorbar(rows[last] * scale, at, xerr=ends * scale, fmt="none", ecolor="black", lw=0.8)
    if method == "sobol":
        axes.plot(rows["S1"], at, "D", color=ALONE, ms=4)
    axes.axvline(chance, color="black", lw=0.9, ls="--")
    axes.set_yticks(at, [str(name).replace("_", " ") for name in rows.index])
    axes.set_title(textwrap.fill(label, 44), fontsize=9)
    axes.set_xlabel(
        "share of the variance: total (bar), alone (diamond)"
        if method == "sobol"
        else f"mean size of the effect over the range ({unit})"
    )
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.xaxis.set_major_locator(MaxNLocator(4))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def write(findings: Findings, outcomes: Sequence[str], folder: Path) -> None:
    """Write indices, points and the figure into a folder that exists."""
    table = findings.table.copy()
    table["noise"] = findings.noise.reindex(table.index.get_level_values("outcome")).to_numpy()
    table.to_csv(folder / INDICES)
    point_table(findings.study, findings.points).to_csv(folder / POINTS)
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        save_figure(figure(findings, outcomes), folder / FIGURE)
