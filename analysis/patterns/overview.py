"""One figure of all patterns: every judged value relative to its accepted range."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from plazas.analysis.patterns import text
from plazas.analysis.patterns.drawing import ACCEPTED, COLOURS, FAILING, NEUTRAL, RANGE_SHADE
from plazas.analysis.patterns.findings import RANK, SHARE, YES_NO, Finding, Row
from plazas.analysis.patterns.tables import summary, title

EDGE = 3.0  # a value farther out is drawn at the edge, as an arrow
LINE, GAP = 0.19, 0.16  # inches
BOUNDED = (SHARE, RANK)  # units that cannot exceed one


def overview(findings: Sequence[Finding]) -> Figure:
    """Return one figure of all findings; the accepted range of each value is the band -1 to 1.

    An open range starts at its bound; one unit then stands for the size of the bound.
    """
    height = sum(LINE * (1 + len(_judged(f))) + GAP for f in findings) + 0.9
    figure = Figure(figsize=(9.0, height), layout="constrained")
    axes = figure.add_subplot()
    axes.axvspan(-1.0, 1.0, color=ACCEPTED, alpha=RANGE_SHADE, lw=0)
    y = 0.0
    for finding in findings:
        colour = COLOURS.get(finding.verdict, NEUTRAL)
        head: dict[str, Any] = {
            "va": "center",
            "transform": axes.get_yaxis_transform(),
            "fontsize": 8.5,
        }
        number = f"{finding.pattern}. {title(finding)}"
        axes.text(-0.62, y, number, ha="left", weight="bold", **head)
        axes.text(1.02, y, finding.verdict, ha="left", weight="bold", color=colour, **head)
        y += LINE
        for row in _judged(finding):
            _line(axes, row, y)
            y += LINE
        y += GAP
    axes.set_ylim(y, -LINE)
    axes.set_clip_on(False)
    axes.set_xlim(-EDGE - 0.2, EDGE + 0.2)
    axes.set_xticks([-1, 1], labels=["least", "most"])
    axes.set_xlabel("accepted")
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    at: dict[str, Any] = {"ha": "left", "transform": axes.get_yaxis_transform()}
    axes.text(-0.62, -4.6 * LINE, summary(findings), weight="bold", **at)
    legend = (
        "Dots are medians, bars 90 % of replicates. The band is the accepted range of each value."
    )
    axes.text(-0.62, -3.0 * LINE, legend, fontsize=8, color=NEUTRAL, **at)
    return figure


def _judged(finding: Finding) -> list[Row]:
    return [row for row in finding.rows if row.judged]


def _line(axes: Any, row: Row, y: float) -> None:
    """Draw one row: its name and value, and its median and band, scaled to the accepted range."""
    at: dict[str, Any] = {"va": "center", "transform": axes.get_yaxis_transform(), "fontsize": 7}
    axes.text(-0.60, y, row.quantity, ha="left", color="#333333", **at)
    axes.text(-0.02, y, text.simulated(row), ha="right", color="#333333", **at)
    colour = ACCEPTED if row.inside else FAILING
    middle = _scaled(row, row.median)
    if math.isnan(middle):
        axes.text(0.0, y, "none found", ha="center", va="center", fontsize=7, color=FAILING)
        return
    if not math.isnan(row.low):
        low, high = (np.clip(_scaled(row, v), -EDGE, EDGE) for v in (row.low, row.high))
        axes.plot([low, high], [y, y], color=colour, lw=2.2, alpha=0.45)
    marker = "o" if abs(middle) <= EDGE else (">" if middle > 0 else "<")
    axes.plot(np.clip(middle, -EDGE, EDGE), y, marker, color=colour, ms=4.5, clip_on=False)


def _scaled(row: Row, value: float) -> float:
    """Return a value on the scale on which the accepted range reaches from -1 to 1."""
    low, high = row.accepted
    if row.unit == YES_NO or low == high:
        return 0.0 if value == low else math.copysign(EDGE, value - low)
    if math.isinf(high):
        return -1.0 + (value - low) / max(abs(low), 0.05)
    if math.isinf(low):
        return 1.0 + (value - high) / max(abs(high), 0.05)
    if row.unit in BOUNDED and high == 1.0:
        return -1.0 + 2.0 * (value - low) / (1.0 - low)
    return (2.0 * value - low - high) / (high - low)
