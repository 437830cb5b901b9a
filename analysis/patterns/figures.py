"""A figure for each pattern, and one of all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from plazas.analysis.patterns import drawing
from plazas.analysis.patterns.drawing import (
    ACCEPTED,
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
from plazas.analysis.patterns.findings import Finding
from plazas.analysis.patterns.overview import overview
from plazas.analysis.patterns.tables import title

ENDINGS = ("png", "svg")
LAST = 2018.5  # up to where years are shown: what lies later is not judged
LEAST_SHOWN = 0.1  # change that an axis reaches to on both sides
Draw = Callable[[Finding], Figure]


def write_figures(findings: Sequence[Finding], folder: Path) -> list[Path]:
    """Write every figure as PNG and SVG into a folder that exists; return the files."""
    import matplotlib as mpl

    written = []
    with mpl.rc_context(drawing.STYLE):  # type: ignore[arg-type]
        for name, figure in figures(findings):
            for ending in ENDINGS:
                path = folder / f"{name}.{ending}"
                # Without a date, the same findings give the same files.
                stamp = {"Date": None} if ending == "svg" else None
                figure.savefig(path, dpi=170, bbox_inches="tight", metadata=stamp)
                written.append(path)
    return written


def figures(findings: Sequence[Finding]) -> Iterator[tuple[str, Figure]]:
    """Yield the figures of findings with their names."""
    yield "overview", overview(findings)
    for finding in findings:
        name = f"pattern-{finding.pattern:02d}"
        if finding.held_out:
            yield f"{name}-held-out", _later(finding)
        else:
            yield name, FIGURES[finding.pattern](finding)


def _homicides(finding: Finding) -> Figure:
    figure, axes = sheet(title(finding), finding)
    s = finding.series
    fan(axes, s["years"], s["simulated"])
    seen(axes, s["years"], s["observed"])
    by_year(axes, "homicides a year")
    legend(figure, axes)
    return figure


def _main_states(finding: Finding) -> Figure:
    figure, axes = sheet(title(finding), finding)
    s = finding.series
    rows = [row for row in finding.rows if row.unit == "states" and row.quantity[-4:].isdigit()]
    for i, row in enumerate(rows):
        year = float(row.quantity[-4:])
        allowed_at(axes, year, *row.accepted, "" if i else "accepted")
    fan(axes, s["years"], s["simulated"])
    seen(axes, s["years"], np.asarray(s["observed"]), "observed (UCDP)")
    by_year(axes, "states")
    legend(figure, axes)
    return figure


def _present(finding: Finding) -> Figure:
    figure, axes = sheet(title(finding), finding)
    s = finding.series
    years = np.asarray(s["years"])
    shown = years <= LAST
    for i, row in enumerate(finding.rows):
        year = float(row.quantity[-4:])
        allowed_at(axes, year, *row.accepted, "" if i else "accepted")
        seen_range(axes, year, *row.observed, "" if i else "band of sources")
    fan(axes, years[shown], s["simulated"][:, shown])
    by_year(axes, "states")
    legend(figure, axes)
    return figure


def _members(finding: Finding) -> Figure:
    figure, axes = sheet(title(finding), finding)
    s = finding.series
    years = np.asarray(s["years"])
    shown = years <= LAST
    for i, row in enumerate(finding.rows):
        allowed_at(axes, float(row.quantity[-4:]), *row.accepted, "" if i else "accepted")
    fan(axes, years[shown], s["simulated"][:, shown])
    seen(axes, s["known"].index, s["known"].to_numpy(), "published")
    by_year(axes, "members of cartels")
    legend(figure, axes)
    return figure


def _flows(finding: Finding) -> Figure:
    figure, axes = sheet(title(finding), finding, 3)
    s = finding.series
    years = np.asarray(s["years"])
    shown = years <= LAST
    names = {"recruits": "recruits", "arrests": "arrests", "killed_by_rivals": "members killed"}
    for each, (key, label) in zip(axes, names.items(), strict=True):
        fan(each, years[shown], s[key][:, shown])
        by_year(each, "persons a week")
        each.set_title(label)
        for row in finding.rows:
            if not row.quantity.startswith(label):
                continue
            if row.quantity[-4:].isdigit() and "mean" not in row.quantity:
                allowed_at(each, float(row.quantity[-4:]), *row.accepted, "accepted")
                seen(each, [float(row.quantity[-4:])], [row.observed[0]], "published")
            else:
                allowed(each, *row.accepted)
                for value in row.observed:
                    each.axhline(value, color="black", lw=1.0, ls=":", label="published")
    legend(figure, *axes)
    return figure


def _guanajuato(finding: Finding) -> Figure:
    figure, (left, right) = sheet(title(finding), finding, 2)
    s = finding.series
    years = np.asarray(s["years"])
    shown = years <= LAST
    fan(left, years[shown], s["simulated"][:, shown])
    known = s["observed"]
    known = known[known.index >= years[0]]
    seen(left, known.index, known.to_numpy())
    by_year(left, "homicides a year")
    both = np.asarray(s["both"], bool)
    ratio = np.asarray(s["ratio"])
    edges = np.linspace(0.0, max(4.0, float(ratio.max()) + 0.25), 25)
    labels = ("with a challenger, 2.5 or more", "others")
    right.hist([ratio[both], ratio[~both]], edges, stacked=True, color=[ACCEPTED, SIMULATED],
               label=labels)  # fmt: skip
    right.axvline(2.5, color="black", lw=1.0, ls="--", label="2.5, the least")
    right.set_xlabel("homicides of 2018 over those of 2015")
    right.set_ylabel("replicates")
    legend(figure, left, right)
    return figure


def _rates(finding: Finding) -> Figure:
    s = finding.series
    periods = [key for key in s if key != "names"]
    figure, axes = sheet(title(finding), finding, max(2, len(periods)))
    for each, key, row in zip(axes, periods, _judged(finding), strict=False):
        _scatter(each, s["names"], *s[key])
        each.set_title(f"{key}: rank correlation {row.median:.2f}")
    for each in axes[len(periods) :]:
        each.set_visible(False)
    return figure


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
    axes.set_xlabel("observed, per 100,000 a year")
    axes.set_ylabel("model, mean of replicates")


def _fall(finding: Finding) -> Figure:
    figure, axes = sheet(title(finding), finding, 2)
    s = finding.series
    for each, key, label in zip(
        axes, ("home", "elsewhere"), ("home state", "other states of the group"), strict=True
    ):
        fan(each, s["months"], s[key], label="median and 90 % of pairs")
        each.axhline(0.0, color="black", lw=0.8)
        row = next((r for r in _judged(finding) if key in r.quantity), None)
        if row is not None and np.isfinite(row.accepted).all():
            span = (0.0, 6.0) if "6 months" in row.quantity else (12.0, 24.0)
            each.fill_between(span, *row.accepted, color=ACCEPTED, alpha=0.3, lw=0,
                              label="accepted median")  # fmt: skip
        each.set_title(label)
        low, high = each.get_ylim()
        each.set_ylim(min(low, -LEAST_SHOWN), max(high, LEAST_SHOWN))
        each.set_xlabel("months after the fall")
        percent(each.yaxis)
    axes[0].set_ylabel("change of homicides")
    legend(figure, *axes)
    return figure


def _split(finding: Finding) -> Figure:
    figure, axes = sheet(title(finding), finding)
    s = finding.series
    labels = ("with the split", "without it")
    spreads(axes, [s["with"], s["without"]], labels, [SIMULATED, NEUTRAL])
    axes.set_xlabel("highest yearly homicides of three years after over the year before")
    allowed(axes, *finding.rows[0].accepted, "observed and accepted", across="x")
    legend(figure, axes)
    return figure


def _won(finding: Finding) -> Figure:
    figure, axes = sheet(title(finding), finding)
    spreads(axes, [finding.series["changes"]], ["wars won"])
    axes.set_xlim(-1.0, 0.5)
    axes.set_xlabel("change of homicides from the peak to the fourth or fifth year after")
    percent(axes.xaxis)
    allowed(axes, *finding.rows[0].accepted, "observed and accepted", across="x")
    legend(figure, axes)
    return figure


def _equal(finding: Finding) -> Figure:
    figure, (left, right) = sheet(title(finding), finding, 2)
    s = finding.series
    killed = np.asarray(s["killed"]).T
    published = {
        int(row.quantity.split()[1]): row.observed[0]
        for row in finding.rows
        if row.quantity.startswith("killed,") and np.isfinite(row.observed[0])
    }
    for each, x, label in (
        (left, s["groups"], "number of equal groups"),
        (right, s["one"], "1 − HHI"),
    ):
        fan(each, x, killed)
        each.set_xlabel(label)
        each.set_ylim(bottom=0)
    at = [list(s["groups"]).index(n) for n in published]
    seen(left, [*published], [*published.values()], "published")
    seen(right, np.asarray(s["one"])[at], [*published.values()], "published")
    left.set_xscale("log")
    left.set_xticks([1, 2, 5, 10, 20, 50], labels=["1", "2", "5", "10", "20", "50"])
    left.set_ylabel("members killed a week")
    legend(figure, left, right)
    return figure


def _groups(finding: Finding) -> Figure:
    figure, axes = sheet(title(finding), finding)
    s = finding.series
    fan(axes, s["years"], s["hunted"], OTHER, "leaders hunted, as it happened")
    fan(axes, s["years"], s["spared"], SIMULATED, "no leader hunted")
    by_year(axes, "cartels with members")
    legend(figure, axes)
    return figure


def _absorption(finding: Finding) -> Figure:
    figure, axes = sheet(title(finding), finding)
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
    legend(figure, axes)
    return figure


def _guns(finding: Finding) -> Figure:
    figure, axes = sheet(title(finding), finding)
    s = finding.series
    labels = ("nation", "third nearest to guns", "third farthest")
    spreads(
        axes, [s[key] for key in ("nation", "near", "far")], labels, [NEUTRAL, OTHER, SIMULATED]
    )
    axes.axvline(0.0, color="black", lw=0.8)
    axes.set_xlabel("change of homicides 2013-18 where the flow stops in 2013")
    percent(axes.xaxis)
    return figure


def _programme(finding: Finding) -> Figure:
    figure, axes = sheet(title(finding), finding)
    s = finding.series
    fan(axes, s["elasticities"], np.asarray(s["effects"]).T)
    axes.axhline(0.0, color="black", lw=0.8)
    axes.set_xlabel("assumed elasticity of recruitment, per USD a youth and week")
    axes.set_ylabel("change of homicides 2013-18")
    percent(axes.yaxis)
    note = "data do not fix the elasticity: the whole range stands"
    axes.text(0.02, 0.05, note, ha="left", va="bottom", transform=axes.transAxes, color=NEUTRAL)
    return figure


def _later(finding: Finding) -> Figure:
    """Draw a pattern on held-out years."""
    if finding.pattern == 7:
        return _rates(finding)
    figure, axes = sheet(title(finding), finding)
    s = finding.series
    rows = [row for row in finding.rows if row.judged and row.quantity[-4:].isdigit()]
    rows = [row for row in rows if row.unit == "states"]
    for i, row in enumerate(rows):
        year = float(row.quantity[-4:])
        allowed_at(axes, year, *row.accepted, "" if i else "accepted")
    fan(axes, s["years"], s["simulated"])
    seen(axes, s["years"], s["observed"])
    by_year(axes, "homicides a year" if finding.pattern == 1 else "states")
    legend(figure, axes)
    return figure


def _judged(finding: Finding) -> list[Any]:
    return [row for row in finding.rows if row.judged]


FIGURES: dict[int, Draw] = {
    1: _homicides,
    2: _main_states,
    3: _present,
    4: _members,
    5: _flows,
    6: _guanajuato,
    7: _rates,
    8: _fall,
    9: _fall,
    10: _split,
    11: _won,
    12: _equal,
    13: _groups,
    14: _absorption,
    15: _guns,
    16: _programme,
}
