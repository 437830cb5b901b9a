"""The forest plot: the effect of every row with its interval, in the expected direction."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from plazas.analysis.mechanisms.verdict import NOT, OPPOSITE, SHOWS, TOO_FEW, VERDICTS, Finding

# Okabe & Ito 2008, safe for colour-blind readers; the marks differ too
COLOURS = {SHOWS: "#009E73", NOT: "#777777", OPPOSITE: "#D55E00", TOO_FEW: "#E69F00"}
MARKS = {SHOWS: "o", NOT: "s", OPPOSITE: "D", TOO_FEW: "^"}
LINE, MARGIN = 0.24, 1.3  # inches
FAR = 300.0  # an effect so many times the smallest that counts is drawn at the edge


def forest(findings: Sequence[Finding]) -> Figure:
    """Return a forest plot.

    Units differ, so an effect is drawn in multiples of the smallest effect that counts. The
    expected direction is to the right. The axis is linear up to one such effect, then logarithmic.

    Parameters
    ----------
    findings
        What to draw, from the top.
    """
    n = len(findings)
    figure = Figure(figsize=(7.6, MARGIN + LINE * n), layout="constrained")
    axes = figure.add_subplot()
    axes.axvline(0.0, color="black", lw=0.8)
    axes.axvline(1.0, color="black", lw=0.8, ls=(0, (4, 3)))
    for y, finding in enumerate(findings):
        colour = COLOURS[finding.verdict]
        mean, low, high = scaled(finding)
        if math.isnan(mean):
            axes.text(0.0, y, " no value", va="center", fontsize=7, color=colour)
            continue
        if not math.isnan(low):
            axes.plot([low, high], [y, y], color=colour, lw=1.6)
        axes.plot([mean], [y], MARKS[finding.verdict], color=colour, ms=4.5)
    axes.set_xscale("symlog", linthresh=1.0, linscale=1.0)
    axes.set_xlim(-FAR * 1.2, FAR * 1.2)
    axes.set_xticks([-100, -10, -1, 0, 1, 10, 100])
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}".replace("-", "−"))
    axes.set_ylim(n - 0.4, -0.6)
    axes.set_yticks(range(n), [finding.row.title for finding in findings], fontsize=7.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(
        "effect in the expected direction,\nin multiples of the smallest that counts (dashed line)"
    )
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.grid(axis="x", color="#dddddd", lw=0.5)
    axes.set_axisbelow(True)
    present = [verdict for verdict in VERDICTS if any(f.verdict == verdict for f in findings)]
    handles = [
        Line2D([], [], color=COLOURS[v], marker=MARKS[v], lw=1.6, ms=4.5, label=v) for v in present
    ]
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False)
    return figure


def scaled(finding: Finding) -> tuple[float, float, float]:
    """Return mean, low and high of an effect in multiples of the smallest that counts.

    The sign is positive in the expected direction; values past ``FAR`` are cut.
    """
    factor = finding.row.sign / finding.row.least
    effect = finding.effect
    mean, *ends = (
        math.nan if math.isnan(value) else max(-FAR, min(FAR, factor * value))
        for value in (effect.mean, effect.low, effect.high)
    )
    low, high = ends if math.isnan(ends[0]) else sorted(ends)
    return mean, low, high
