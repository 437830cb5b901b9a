"""Elements that the figures of patterns share: fans, spreads, accepted ranges, verdicts."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import ArrayLike

from plazas.analysis.patterns.findings import FAILS, PASSES, Finding, band
from plazas.analysis.patterns.trials import Array

STYLE: dict[str, Any] = {
    "text.parse_math": False,  # a dollar in a title is a dollar
    "font.size": 9,
    "svg.fonttype": "none",
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 8,
}
# Okabe & Ito 2008, safe for colour-blind readers
SIMULATED, OTHER, ACCEPTED, FAILING, NEUTRAL = (
    *("#0072B2", "#E69F00", "#009E73", "#D55E00"),
    "#777777",
)
COLOURS = {PASSES: ACCEPTED, FAILS: FAILING}
ENDINGS = ("png", "svg")
FAINT, RANGE_SHADE = 0.22, 0.13
SIZE = (6.4, 3.6)


def sheet(title: str, finding: Finding, columns: int = 1) -> tuple[Figure, Any]:
    """Return a figure with title and verdict above, and its axes.

    Parameters
    ----------
    title
        Title of the pattern.
    finding
        Gives the number and the verdict.
    columns
        How many panels; with more than one, the axes are an array.
    """
    width = SIZE[0] if columns == 1 else 3.1 * columns
    figure = Figure(figsize=(width, SIZE[1]), layout="constrained")
    axes = figure.subplots(1, columns)
    number = f"{finding.pattern}. {title}"
    wrapped = textwrap.fill(number, int(12 * width))
    figure.suptitle(wrapped, x=0.01, ha="left", fontsize=11, weight="bold")
    colour = COLOURS.get(finding.verdict, NEUTRAL)
    at: dict[str, Any] = {"ha": "right", "va": "top", "fontsize": 10, "weight": "bold"}
    figure.text(0.99, 0.985, finding.verdict, color=colour, **at)
    for panel in np.atleast_1d(axes):
        plain(panel)
    return figure, axes


def plain(axes: Any) -> None:
    """Remove the frame lines that are not needed, and draw a light grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e2e2e2", lw=0.6)
    axes.set_axisbelow(True)


def by_year(axes: Any, label: str) -> None:
    """Format axes for a count, from zero, by year."""
    narrow = axes.figure.axes[0] is not axes.figure.axes[-1]
    axes.xaxis.set_major_locator(MaxNLocator(4 if narrow else 10, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(7, integer=True))
    axes.yaxis.set_major_formatter(lambda y, _: f"{y:,.0f}")
    axes.set_ylim(bottom=0)
    axes.set_ylabel(label)


def percent(axis: Any) -> None:
    """Show shares as percentages."""
    axis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def fan(axes: Any, x: Array, values: Array, colour: str = SIMULATED, label: str = "model") -> None:
    """Draw the median and the 90 % band of values (R, X)."""
    if not len(values):
        return
    low, middle, high = band(values)
    axes.fill_between(x, low, high, color=colour, alpha=FAINT, lw=0)
    axes.plot(x, middle, color=colour, lw=1.8, label=label)


def seen(axes: Any, x: ArrayLike, values: ArrayLike, label: str = "observed") -> None:
    """Draw what was observed."""
    axes.plot(x, values, "o", mfc="white", mec="black", ms=5, zorder=4, label=label)


def seen_range(axes: Any, x: float, low: float, high: float, label: str = "") -> None:
    """Draw an observed range as a bar with ends."""
    style = {"color": "black", "lw": 1.3, "zorder": 4}
    axes.plot([x, x], [low, high], marker="_", ms=8, label=label or None, **style)


def allowed(axes: Any, low: float, high: float, label: str = "accepted", across: str = "y") -> None:
    """Shade an accepted range of the axis ``across``; an open end reaches the edge."""
    ends = axes.get_ylim() if across == "y" else axes.get_xlim()
    low = low if np.isfinite(low) else ends[0]
    high = high if np.isfinite(high) else ends[1]
    shade = axes.axhspan if across == "y" else axes.axvspan
    shade(low, high, color=ACCEPTED, alpha=RANGE_SHADE, lw=0, zorder=0, label=label)
    limits = axes.set_ylim if across == "y" else axes.set_xlim
    limits(min(ends[0], low), max(ends[1], high))


def allowed_at(axes: Any, x: float, low: float, high: float, label: str = "") -> None:
    """Shade an accepted range at one year."""
    axes.fill_between(
        [x - 0.35, x + 0.35], low, high, color=ACCEPTED, alpha=0.3, lw=0, label=label or None
    )


def spreads(axes: Any, values: Sequence[Array], labels: Sequence[str], colour: Any = None) -> None:
    """Draw one row per label: each value as a dot, the 90 % band as a bar, the median as a line."""
    axes.grid(axis="y", lw=0)
    axes.grid(axis="x", color="#e2e2e2", lw=0.6)
    colours = colour or [SIMULATED] * len(values)
    for i, replicates in enumerate(values):
        y = len(values) - 1 - i
        known = replicates[np.isfinite(replicates)]
        if not len(known):
            axes.text(0.02, y, "none found", transform=axes.get_yaxis_transform(), va="center")
            continue
        # Spread by the golden ratio, not at random: the same values give the same picture.
        jitter = ((np.arange(len(known)) * 0.618034) % 1.0 - 0.5) * 0.5
        axes.plot(known, y + jitter, ".", color=colours[i], alpha=0.25, ms=4, mew=0)
        low, middle, high = band(known)
        axes.plot([low, high], [y, y], color=colours[i], lw=3.5, alpha=0.55)
        axes.plot([middle, middle], [y - 0.3, y + 0.3], color=colours[i], lw=2.4)
    axes.set_yticks(range(len(values)), list(labels)[::-1])
    axes.set_ylim(-0.6, len(values) - 0.4)


def legend(figure: Figure, *axes: Any) -> None:
    """Draw one legend below the panels, with each label once."""
    entries: dict[str, Any] = {}
    for panel in axes:
        handles, labels = panel.get_legend_handles_labels()
        entries |= dict(zip(labels, handles, strict=True))
    if entries:
        figure.legend(
            [*entries.values()], [*entries], loc="outside lower center", ncols=min(4, len(entries))
        )
