"""Tables, figures and files of policies over many sets of parameters, and over variants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from rich import box
from rich.table import Table

from plazas.analysis.experiment import store
from plazas.analysis.experiment.text import day, number, span
from plazas.analysis.report.figures import STYLE
from plazas.analysis.robustness.regret import REPLICATES, Runs, ranking
from plazas.analysis.robustness.variants import FEWER, MORE, NONE, UNCLEAR, Verdicts

COLOURS = {FEWER: "#0072b2", MORE: "#d55e00", UNCLEAR: "#888888", NONE: "#888888"}
VERDICTS = {
    FEWER: "fewer homicides",
    MORE: "more homicides",
    UNCLEAR: "no clear effect",
    NONE: "no effect at all",
}


def ranking_table(runs: Runs, enough: float) -> Table:
    """Return the ranking of policies as a table for a terminal."""
    title = (
        f"Policies over {_sets(runs)}, least maximal regret first "
        f"({runs.replicates} replicates each, seed {runs.seed})"
    )
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    heads = (
        ("policy", "left"),
        ("homicides", "right"),
        (f"95 % over {runs.over}", "right"),
        ("helps in", "right"),
        (f"saves {100 * enough:g} % in", "right"),
        ("regret: mean", "right"),
        ("90 %", "right"),
        ("maximum", "right"),
        ("million USD", "right"),
    )
    for head, side in heads:
        table.add_column(head, justify="left" if side == "left" else "right")
    for name, row in ranking(runs, enough).iterrows():
        is_baseline = name == runs.baseline
        effect = ("–", "") if is_baseline else _effect(row)
        shares = ("–", "–") if is_baseline else (_share(row["helps"]), _share(row["satisfies"]))
        regret = [number(row[f"regret_{key}"]) for key in ("mean", "90", "max")]
        label = f"{name} (baseline)" if is_baseline else str(name)
        table.add_row(label, *effect, *shares, *regret, number(row["cost"], sign=True))
    return table


def ranking_text(runs: Runs, enough: float) -> str:
    """Return how to read the ranking."""
    text = (
        f"Regret: homicides minus those of the best policy, by {runs.over}, over "
        f"{runs.window.years:.1f} years from {day(runs.window.begins)}; the baseline counts as a "
        f"policy. Helps in: {runs.over} with fewer homicides than in the baseline. Saves in: "
        f"{runs.over} with at least {100 * enough:g} % fewer. Cost: minus that of the baseline."
    )
    if runs.over == REPLICATES:
        text += " A single set shows no uncertainty of parameters."
    return text


def verdicts_table(verdicts: Verdicts) -> Table:
    """Return the verdict on each policy, and in how many variants it holds."""
    n = len(verdicts.variants)
    runs = verdicts.runs[verdicts.variants[0].name]
    title = (
        f"Policies under {n} variants of the rules, each over {_sets(runs)} "
        f"({runs.replicates} replicates, seed {runs.seed})"
    )
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    over = f"95 % over {runs.over}"
    for head in ("policy", "verdict", "effect", over, "holds in", "but not with"):
        table.add_column(head, justify="right" if head in ("effect", over) else "left")
    for policy in verdicts.policies:
        row = verdicts.row(policy, verdicts.variants[0].name)
        but = [
            f"{name} ({' '.join(_effect(verdicts.row(policy, name)))})"
            for name in verdicts.differing(policy)
        ]
        holds = f"{verdicts.holds(policy)} of {n} variants"
        table.add_row(
            policy, VERDICTS[verdicts.kind(policy)], *_effect(row), holds, "; ".join(but) or "–"
        )
    return table


def levels_text(verdicts: Verdicts) -> str:
    """Return a sentence on the homicides of the baseline in each variant."""
    levels = verdicts.table.groupby("variant", sort=False)["homicides"].first()
    parts = [f"{name} {number(float(value))}" for name, value in levels.items()]
    return (
        "Homicides per year of the baseline in each variant (the parameters were fitted without "
        f"variants): {'; '.join(parts)}."
    )


def write_ranking(
    runs: Runs, enough: float, out: Path, force: bool, metadata: dict[str, Any]
) -> None:
    """Write ranking.csv, sets.csv, the figure and the provenance to a folder: all, or none."""
    with store.whole(out, force) as part:
        ranking(runs, enough).to_csv(part / "ranking.csv")
        by_set = pd.concat({"homicides": runs.homicides, "cost": runs.cost}, names=["quantity"])
        by_set.to_csv(part / "sets.csv")
        _save(ranking_figure(runs, enough), part / "robust")
        store.write_json(store.machine() | metadata, part / store.PROVENANCE)


def write_verdicts(verdicts: Verdicts, out: Path, force: bool, metadata: dict[str, Any]) -> None:
    """Write variants.csv, sets.csv, the figure and the provenance to a folder: all, or none."""
    with store.whole(out, force) as part:
        table = verdicts.table.copy()
        table["holds_in"] = [verdicts.holds(str(policy)) for policy, _ in table.index]
        table.to_csv(part / "variants.csv")
        by_set = {name: runs.homicides for name, runs in verdicts.runs.items()}
        pd.concat(by_set, names=["variant"]).to_csv(part / "sets.csv")
        _save(verdicts_figure(verdicts), part / "variants")
        store.write_json(store.machine() | metadata, part / store.PROVENANCE)


def ranking_figure(runs: Runs, enough: float) -> Figure:
    """Return a figure of effects and regret by set, one row per policy, the best on top."""
    names = [str(name) for name in ranking(runs, enough).index][::-1]
    figure = Figure(figsize=(7.4, 1.2 + 0.27 * len(names)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for y, name in enumerate(names):
        if name != runs.baseline:
            away = 100.0 * runs.effects[name].to_numpy()
            _strip(left, y, away, COLOURS[FEWER])
        _strip(right, y, runs.regret[name].to_numpy() / 1000.0, COLOURS[MORE])
    left.axvline(0.0, color="black", lw=0.8)
    left.axvline(-100.0 * enough, color="grey", lw=0.8, ls=":")
    left.set_yticks(range(len(names)), names)
    left.set_xlabel("homicides against the baseline, %")
    right.set_xlabel("regret, thousand homicides")
    right.set_xlim(left=0.0)
    left.set_title(f"{len(runs.homicides)} {runs.over}, median, 5-95 %", loc="left")
    right.set_title("least maximal regret on top", loc="left")
    for axes in (left, right):
        _plain(axes)
    return figure


def verdicts_figure(verdicts: Verdicts) -> Figure:
    """Return a figure of the effect of each policy, with its interval, in every variant."""
    policies = list(verdicts.policies)[::-1]
    names = [variant.name for variant in verdicts.variants]
    figure = Figure(figsize=(7.4, 1.4 + 0.42 * len(policies)), layout="constrained")
    axes = figure.add_subplot()
    offsets = np.linspace(0.36, -0.36, len(names))
    for y, policy in enumerate(policies):
        for name, offset in zip(names, offsets, strict=True):
            row = verdicts.row(policy, name)
            ends = [100.0 * row["effect_low"], 100.0 * row["effect_high"]]
            colour = COLOURS[str(row["kind"])]
            first = name == names[0]
            axes.plot(ends, [y + offset] * 2, color=colour, lw=1.0)
            size, face = (5.0, colour) if first else (3.0, "white")
            axes.plot(100.0 * row["effect"], y + offset, "o", ms=size, color=colour, mfc=face)
        if y:
            axes.axhline(y - 0.5, color="#eeeeee", lw=0.8)
    axes.axvline(0.0, color="black", lw=0.8)
    labels = [f"{p}\nholds in {verdicts.holds(p)} of {len(names)}" for p in policies]
    axes.set_yticks(range(len(policies)), labels, fontsize=7)
    axes.set_ylim(-0.6, len(policies) - 0.4)
    over = verdicts.runs[names[0]].over
    axes.set_xlabel(f"homicides against the baseline, %: mean and 95 % over {over}")
    axes.set_title("From top to bottom: " + ", ".join(names), fontsize=7, loc="left", wrap=True)
    _plain(axes)
    return figure


def _effect(row: pd.Series[Any]) -> tuple[str, str]:
    """Return an effect and its interval as percentages."""
    mean = f"{number(100.0 * row['effect'], 1, sign=True)} %"
    return mean, span(100.0 * row["effect_low"], 100.0 * row["effect_high"], 1, sign=True)


def _sets(runs: Runs) -> str:
    return f"{runs.sets} sets of parameters" if runs.sets > 1 else "a single set of parameters"


def _share(value: float) -> str:
    return f"{100.0 * value:.0f} %"


def _strip(axes: Any, y: float, values: np.ndarray, colour: str) -> None:
    """Draw each value as a stroke, and their median and 90 % band."""
    low, middle, high = np.percentile(values, (5.0, 50.0, 95.0))
    axes.plot(values, np.full(len(values), y), "|", color=colour, alpha=0.35, ms=6)
    axes.plot([low, high], [y, y], color=colour, lw=1.6)
    axes.plot(middle, y, "o", color=colour, ms=4, clip_on=False, zorder=3)


def _save(figure: Figure, stem: Path) -> None:
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        store.save_figure(figure, stem)


def _plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x", color="#dddddd", lw=0.5)
    axes.set_axisbelow(True)
