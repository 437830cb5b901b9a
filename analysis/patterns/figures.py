"""A figure for each pattern, and one of all.

A painter draws one finding on its panels. :func:`draw` makes the panels with title and verdict
before, and the legend after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from plazas.analysis.experiment.store import save_figure
from plazas.analysis.patterns import drawing
from plazas.analysis.patterns.drawing import (
    ACCEPTED,
    ENDINGS,
    NEUTRAL,
    OTHER,
    SIMULATED,
    allowed,
    allowed_at,
    by_year,
    fan,
    legend,
    percent,
    seen,
    seen_range,
    sheet,
    spreads,
)
from plazas.analysis.patterns.findings import Finding, Row
from plazas.analysis.patterns.overview import overview
from plazas.analysis.patterns.tables import title

LAST = 2018.5  # the last year that is shown; later years are not judged
LEAST_SHOWN = 0.1  # change that an axis reaches at least, on both sides


def write_figures(findings: Sequence[Finding], folder: Path) -> list[Path]:
    """Write every figure as PNG and SVG into a folder that exists.

    Parameters
    ----------
    findings
        What to draw.
    folder
        Where to write.

    Returns
    -------
    list of Path
        The files.
    """
    written = []
    with mpl.rc_context(drawing.STYLE):  # type: ignore[arg-type]
        for name, figure in figures(findings):
            written += save_figure(figure, folder / name, ENDINGS, dpi=170)
    return written


def figures(findings: Sequence[Finding]) -> Iterator[tuple[str, Figure]]:
    """Yield the names and figures of findings: first the overview, then one per finding."""
    yield "overview", overview(findings)
    for finding in findings:
        ending = "-held-out" if finding.held_out else ""
        yield f"pattern-{finding.pattern:02d}{ending}", draw(finding)


def draw(finding: Finding) -> Figure:
    """Return the figure of one finding."""
    painter = (HELD_OUT if finding.held_out else PAINTERS)[finding.pattern]
    figure, axes = sheet(title(finding), finding, painter.panels)
    painter.paint(axes, finding)
    legend(figure, *np.atleast_1d(axes))
    return figure


def _homicides(axes: Any, finding: Finding) -> None:
    s = finding.series
    fan(axes, s["years"], s["simulated"])
    seen(axes, s["years"], s["observed"])
    by_year(axes, "homicides per year")


def _main_states(axes: Any, finding: Finding) -> None:
    s = finding.series
    rows = [row for row in _judged(finding) if row.unit == "states" and row.quantity[-4:].isdigit()]
    _accepted_by_year(axes, rows)
    fan(axes, s["years"], s["simulated"])
    source = "observed" if finding.held_out else "observed (UCDP)"
    seen(axes, s["years"], np.asarray(s["observed"]), source)
    by_year(axes, "states")


def _present(axes: Any, finding: Finding) -> None:
    _accepted_by_year(axes, finding.rows)
    for i, row in enumerate(finding.rows):
        seen_range(axes, _year(row), *row.observed, "" if i else "band of sources")
    _fan_of_years(axes, finding, "simulated")
    by_year(axes, "states")


def _members(axes: Any, finding: Finding) -> None:
    known = finding.series["known"]
    _accepted_by_year(axes, finding.rows)
    _fan_of_years(axes, finding, "simulated")
    seen(axes, known.index, known.to_numpy(), "published")
    by_year(axes, "members of cartels")


def _flows(axes: Any, finding: Finding) -> None:
    names = {"recruits": "recruits", "arrests": "arrests", "killed_by_rivals": "members killed"}
    for panel, (key, label) in zip(axes, names.items(), strict=True):
        _fan_of_years(panel, finding, key)
        by_year(panel, "persons per week")
        panel.set_title(label)
        for row in finding.rows:
            if not row.quantity.startswith(label):
                continue
            if "mean" not in row.quantity:
                allowed_at(panel, _year(row), *row.accepted, "accepted")
                seen(panel, [_year(row)], [row.observed[0]], "published")
            else:
                allowed(panel, *row.accepted)
                for value in row.observed:
                    panel.axhline(value, color="black", lw=1.0, ls=":", label="published")


def _guanajuato(axes: Any, finding: Finding) -> None:
    left, right = axes
    s = finding.series
    years = np.asarray(s["years"])
    shown = years <= LAST
    fan(left, years[shown], s["simulated"][:, shown])
    known = s["observed"]
    known = known[known.index >= years[0]]
    seen(left, known.index, known.to_numpy())
    by_year(left, "homicides per year")
    both = np.asarray(s["both"], bool)
    ratio = np.asarray(s["ratio"])
    edges = np.linspace(0.0, max(4.0, float(ratio.max()) + 0.25), 25)
    labels = ("with a challenger, 2.5 or more", "others")
    right.hist([ratio[both], ratio[~both]], edges, stacked=True, color=[ACCEPTED, SIMULATED],
               label=labels)  # fmt: skip
    right.axvline(2.5, color="black", lw=1.0, ls="--", label="at least 2.5")
    right.set_xlabel("homicides of 2018 over those of 2015")
    right.set_ylabel("replicates")


def _rates(axes: Any, finding: Finding) -> None:
    s = finding.series
    periods = [key for key in s if key != "names"]
    for panel, key, row in zip(axes, periods, _judged(finding), strict=False):
        _scatter(panel, s["names"], *s[key])
        panel.set_title(f"{key}: rank correlation {row.median:.2f}")
    for panel in axes[len(periods) :]:
        panel.set_visible(False)


def _scatter(axes: Any, names: Sequence[str], observed: np.ndarray, model: np.ndarray) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.plot(observed, model, ".", color=SIMULATED, alpha=0.0)
    for x, y, name in zip(observed, model, names, strict=True):
        axes.text(x, y, name, fontsize=6, ha="center", va="center", color=SIMULATED)
    ends = [min(observed.min(), model.min()) * 0.8, max(observed.max(), model.max()) * 1.2]
    axes.plot(ends, ends, color="#aaaaaa", lw=0.8, zorder=0)
    axes.set_xlim(ends)
    axes.set_ylim(ends)
    axes.set_aspect("equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda v, _: f"{v:g}")
        axis.set_minor_formatter("")
    axes.set_xlabel("observed, per 100,000 per year")
    axes.set_ylabel("model, mean of replicates")


def _fall(axes: Any, finding: Finding) -> None:
    s = finding.series
    for panel, key, label in zip(
        axes, ("home", "elsewhere"), ("home state", "other states of the group"), strict=True
    ):
        fan(panel, s["months"], s[key], label="median and 90 % of pairs")
        panel.axhline(0.0, color="black", lw=0.8)
        row = next((r for r in _judged(finding) if key in r.quantity), None)
        if row is not None and np.isfinite(row.accepted).all():
            span = (0.0, 6.0) if "6 months" in row.quantity else (12.0, 24.0)
            panel.fill_between(span, *row.accepted, color=ACCEPTED, alpha=0.3, lw=0,
                              label="accepted median")  # fmt: skip
        panel.set_title(label)
        low, high = panel.get_ylim()
        panel.set_ylim(min(low, -LEAST_SHOWN), max(high, LEAST_SHOWN))
        panel.set_xlabel("months after the fall")
        percent(panel.yaxis)
    axes[0].set_ylabel("change of homicides")


def _split(axes: Any, finding: Finding) -> None:
    s = finding.series
    labels = ("with the split", "without it")
    spreads(axes, [s["with"], s["without"]], labels, [SIMULATED, NEUTRAL])
    axes.set_xlabel("highest yearly homicides of three years after over the year before")
    allowed(axes, *finding.rows[0].accepted, "observed and accepted", across="x")


def _won(axes: Any, finding: Finding) -> None:
    spreads(axes, [finding.series["changes"]], ["wars won"])
    axes.set_xlim(-1.0, 0.5)
    axes.set_xlabel("change of homicides from the peak to the fourth or fifth year after")
    percent(axes.xaxis)
    allowed(axes, *finding.rows[0].accepted, "observed and accepted", across="x")


def _equal(axes: Any, finding: Finding) -> None:
    left, right = axes
    s = finding.series
    killed = np.asarray(s["killed"]).T
    published = {
        int(row.quantity.split()[1]): row.observed[0]
        for row in finding.rows
        if row.quantity.startswith("killed,") and np.isfinite(row.observed[0])
    }
    for panel, x, label in (
        (left, s["groups"], "number of equal groups"),
        (right, s["one"], "1 − HHI"),
    ):
        fan(panel, x, killed)
        panel.set_xlabel(label)
        panel.set_ylim(bottom=0)
    at = [list(s["groups"]).index(n) for n in published]
    seen(left, [*published], [*published.values()], "published")
    seen(right, np.asarray(s["one"])[at], [*published.values()], "published")
    left.set_xscale("log")
    left.set_xticks([1, 2, 5, 10, 20, 50], labels=["1", "2", "5", "10", "20", "50"])
    left.set_ylabel("members killed per week")


def _groups(axes: Any, finding: Finding) -> None:
    s = finding.series
    fan(axes, s["years"], s["hunted"], OTHER, "leaders hunted (history)")
    fan(axes, s["years"], s["spared"], SIMULATED, "no leader hunted")
    by_year(axes, "cartels with members")


def _absorption(axes: Any, finding: Finding) -> None:
    s = finding.series
    top = int(max(s["on"].max(), s["off"].max())) + 1
    edges = np.arange(-0.5, top + 1.0)
    for key, colour, label in (
        ("on", OTHER, "with absorption"),
        ("off", SIMULATED, "without"),
    ):
        axes.hist(s[key], edges, color=colour, alpha=0.65, label=label)
    axes.axvline(7.5, color="black", lw=1.0, ls="--", label="below 8 states")
    axes.set_xlabel("most states led by CJNG in 2018-20")
    axes.set_ylabel("replicates")


def _guns(axes: Any, finding: Finding) -> None:
    s = finding.series
    labels = ("nation", "third nearest to guns", "third farthest")
    spreads(
        axes, [s[key] for key in ("nation", "near", "far")], labels, [NEUTRAL, OTHER, SIMULATED]
    )
    axes.axvline(0.0, color="black", lw=0.8)
    axes.set_xlabel("change of homicides 2013-18 where the flow stops in 2013")
    percent(axes.xaxis)


def _programme(axes: Any, finding: Finding) -> None:
    s = finding.series
    fan(axes, s["elasticities"], np.asarray(s["effects"]).T, label="")
    axes.axhline(0.0, color="black", lw=0.8)
    axes.set_xlabel("assumed elasticity of recruitment, per USD per youth and week")
    axes.set_ylabel("change of homicides 2013-18")
    percent(axes.yaxis)
    note = "data do not fix the elasticity, so the result is the whole range"
    axes.text(0.02, 0.05, note, ha="left", va="bottom", transform=axes.transAxes, color=NEUTRAL)


def _war(axes: Any, finding: Finding) -> None:
    s = finding.series
    fan(axes, s["years"], s["share"])
    allowed(axes, *finding.rows[0].accepted, "accepted")
    by_year(axes, "share of killings between cartels on fronts")
    percent(axes.yaxis)


def _lasting(axes: Any, finding: Finding) -> None:
    s = finding.series
    spreads(axes, s["values"], s["labels"])
    top = len(finding.rows) - 1
    for i, row in enumerate(finding.rows):
        low, high = row.observed
        style = {"color": "black", "lw": 1.3, "marker": "|", "zorder": 4}
        y = [top - i + 0.4] * 2
        axes.plot([low, high], y, label="" if i else "observed, 90 % interval", **style)
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel("share")
    percent(axes.xaxis)


def _gone(axes: Any, finding: Finding) -> None:
    gone = finding.series["gone"]
    edges = np.arange(-0.5, 10.0)
    axes.hist(gone, edges, color=SIMULATED, alpha=0.65, label="replicates")
    allowed(axes, *finding.rows[0].accepted, "accepted median", across="x")
    axes.set_xlabel("of nine groups of 2010, gone by 2018")
    axes.set_ylabel("replicates")


def _sides(axes: Any, finding: Finding) -> None:
    s = finding.series
    spreads(axes, [s["changed"], s["lost"]], ("from another cartel", "of these, losing a front"))
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel("share of joins")
    allowed(axes, *finding.rows[0].accepted, "accepted, from another cartel", across="x")
    percent(axes.xaxis)


def _judged(finding: Finding) -> list[Row]:
    return [row for row in finding.rows if row.judged]


def _year(row: Row) -> float:
    """Return the year at the end of the name of a row."""
    return float(row.quantity[-4:])


def _accepted_by_year(axes: Any, rows: Sequence[Row]) -> None:
    """Shade the accepted range of each year."""
    for i, row in enumerate(rows):
        allowed_at(axes, _year(row), *row.accepted, "" if i else "accepted")


def _fan_of_years(axes: Any, finding: Finding, name: str) -> None:
    """Draw a series of all years of the runs, up to the last year that is judged."""
    years = np.asarray(finding.series["years"])
    shown = years <= LAST
    fan(axes, years[shown], finding.series[name][:, shown])


class Painter(NamedTuple):
    """Draws a finding on its panels: ``paint(axes, finding)``, an array of axes if several."""

    paint: Callable[[Any, Finding], None]
    panels: int = 1


PAINTERS = {
    1: Painter(_homicides),
    2: Painter(_main_states),
    3: Painter(_present),
    4: Painter(_members),
    5: Painter(_flows, 3),
    6: Painter(_guanajuato, 2),
    7: Painter(_rates, 2),
    8: Painter(_fall, 2),
    9: Painter(_fall, 2),
    10: Painter(_split),
    11: Painter(_won),
    12: Painter(_equal, 2),
    13: Painter(_groups),
    14: Painter(_absorption),
    15: Painter(_guns),
    16: Painter(_programme),
    17: Painter(_war),
    18: Painter(_lasting),
    20: Painter(_gone),
    21: Painter(_sides),
}
HELD_OUT = {**PAINTERS, 3: Painter(_main_states)}  # both have a figure and a range for each year
