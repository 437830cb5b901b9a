"""Figures for papers: homicides as a fan, maps of who leads, members by cartel."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.path import Path as Outline
from matplotlib.ticker import MaxNLocator

from plazas.analysis.experiment import observed
from plazas.analysis.experiment.compare import Comparison
from plazas.analysis.experiment.ensemble import Ensemble
from plazas.analysis.report.bands import yearly_band
from plazas.analysis.report.geometry import Drawing, draw
from plazas.analysis.report.map_layers import (
    EMPTY,
    NOBODY,
    SCENARIO_COLOURS,
    Layers,
    layers_of,
    typical_replicate,
)
from plazas.model.record import WEEK_FLOWS
from plazas.scenarios import from_resolved

ENDINGS = ("png", "svg", "pdf")
MAP_YEARS = (2010, 2014, 2018, 2022)
STYLE: dict[str, Any] = {
    "text.parse_math": False,  # a dollar in a title is a dollar
    "font.size": 9,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "hatch.linewidth": 0.5,
    "axes.titlesize": 10,
}
OBSERVED = "observed"  #: in legends
LARGEST = 8  # cartels that get a line of their own


def write_figures(comparison: Comparison, folder: Path | str) -> list[Path]:
    """Write every figure as PNG, SVG and PDF into a folder that exists; return the files."""
    import matplotlib as mpl

    folder = Path(folder)
    written = []
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        for name, figure in figures(comparison):
            for ending in ENDINGS:
                path = folder / f"{name}.{ending}"
                # Without a date, the same results give the same files.
                stamp = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(ending)
                figure.savefig(path, dpi=200, bbox_inches="tight", metadata=stamp)
                written.append(path)
    return written


def figures(comparison: Comparison) -> Iterator[tuple[str, Figure]]:
    """Yield the figures of a comparison with their names."""
    yield "homicides", homicides(comparison)
    yield "maps", maps(comparison)
    yield "members", members(comparison)


def homicides(comparison: Comparison) -> Figure:
    """Return homicides a year: medians, middle 50 % and 90 % of replicates, what was observed."""
    figure = Figure(figsize=(6.6, 3.6), layout="constrained")
    axes = figure.add_subplot()
    for i, (label, ensemble) in enumerate(
        zip(comparison.labels, comparison.ensembles, strict=True)
    ):
        dash = "--" if i == 0 else "-"
        _fan(axes, ensemble, "homicides", _scenario_colour(i), dash, label)
    known = observed.homicides(comparison.scenarios[0])
    if len(known):
        axes.plot(known.index, known.to_numpy(), "o", mfc="white", mec="black", label=OBSERVED)
    if comparison.window.differs:
        begins = comparison.window.begins
        axes.axvline(begins.year + begins.timetuple().tm_yday / 366 - 0.5, color="grey", lw=0.8)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("homicides a year")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    lines = axes.get_lines()[: len(comparison.labels)]
    others = [line for line in axes.get_lines() if line.get_label() == OBSERVED]
    names = [f"scenario {i}" for i in range(len(lines))]
    legend = figure.legend(
        [*lines, *others],
        [*names, *(OBSERVED for _ in others)],
        loc="outside lower center",
        ncols=2,
        frameon=False,
        fontsize=8,
    )
    # Set here, since a legend leaves out labels that begin with an underscore.
    for text, label in zip(legend.get_texts(), comparison.labels, strict=False):
        text.set_text(comparison.title(label))
    _plain(axes)
    return figure


def maps(comparison: Comparison) -> Figure:
    """Return maps of the primary cartel, a row a scenario and a column a year, each in July.

    They show the replicate nearest the median of homicides; hatched where the leader has less than
    half of the members.
    """
    geography = comparison.scenarios[0].country.geography
    drawing = draw(geography)
    months = comparison.ensembles[0].months
    shown = [(y, m) for y in MAP_YEARS for m in np.flatnonzero(months.year == y)[-6:][:1]]
    if not shown:
        shown = [(int(months.year[-1]), len(months) - 1)]
    rows = len(comparison.labels)
    size = (2.5 * len(shown), 2.5 * rows * drawing.height / drawing.width + 0.9)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(rows, len(shown), squeeze=False)
    leading: dict[str, tuple[str, str]] = {}
    replicate = typical_replicate(comparison.ensembles)
    for i, label in enumerate(comparison.labels):
        layers = layers_of(comparison.ensembles[i], comparison.scenarios[i], replicate)
        for j, (year, month) in enumerate(shown):
            leading |= _leaders(grid[i, j], drawing, layers, month)
            if i == 0:
                grid[i, j].set_title(str(year))
        # In the sea to the south-west; it must not push the columns apart.
        name = textwrap.fill(comparison.title(label), 18)
        at = {"transform": grid[i, 0].transAxes, "va": "bottom", "fontsize": 7}
        grid[i, 0].text(0.0, 0.02, name, **at).set_in_layout(False)
    handles = [_patch(colour, name) for _, (name, colour) in sorted(leading.items())]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize=7)
    return figure


def members(comparison: Comparison) -> Figure:
    """Return median members by cartel through time, its factions counted with it."""
    rows = len(comparison.labels)
    figure = Figure(figsize=(3.3 * rows, 3.4), layout="constrained")
    grid = figure.subplots(1, rows, squeeze=False, sharey=True)
    ensemble = comparison.ensembles[0]
    names = ensemble.founders
    cast = ensemble.cartels[ensemble.cartels["replicate"] == ensemble.replicates[0]]
    colour_of = dict(zip(cast["key"], cast["colour"], strict=True))
    medians = [_members_by_founder(e, tuple(names)) for e in comparison.ensembles]
    most = {key: max(float(result[key].max()) for result in medians) for key in names}
    largest = sorted(names, key=lambda key: -most[key])[:LARGEST]
    years = ensemble.months.year.to_numpy() + (ensemble.months.month.to_numpy() - 1) / 12
    for i, result in enumerate(medians):
        axes = grid[0, i]
        for key in largest:
            axes.plot(years, result[key], color=colour_of[key], lw=1.4, label=names[key])
        axes.set_title(textwrap.fill(comparison.title(comparison.labels[i]), 30))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        _plain(axes)
    grid[0, 0].set_ylabel("members, factions included")
    grid[0, 0].set_ylim(bottom=0)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False, fontsize=7)
    return figure


UNITS = {"spending": "thousand USD", "policy_cost": "thousand USD", "treasury": "thousand USD"}


def series(ensemble: Ensemble, column: str) -> Figure:
    """Return a national series of one ensemble by year.

    Parameters
    ----------
    ensemble
        Replicates of one scenario.
    column
        A series of `plazas.model.record.Week`: flows are summed to years, levels are averaged.

    Returns
    -------
    matplotlib.figure.Figure
        The median and the middle 50 % and 90 % of replicates; observed homicides as dots.
    """
    import matplotlib as mpl

    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=(6.6, 3.6), layout="constrained")
        axes = figure.add_subplot()
        _fan(axes, ensemble, column, _scenario_colour(0), "-", "median; bands: 50 % and 90 %")
        if column == "homicides" and ensemble.scenario is not None:
            known = observed.homicides(ensemble.scenario)
            if len(known):
                axes.plot(
                    known.index, known.to_numpy(), "o", mfc="white", mec="black", label=OBSERVED
                )
        words = column.replace("_", " ")
        unit = UNITS.get(column)
        axes.set_ylabel(
            (f"{words} per year" if column in WEEK_FLOWS else words) + (f", {unit}" if unit else "")
        )
        axes.set_xlabel("year")
        axes.set_title(
            f"{ensemble.title or ensemble.name} ({len(ensemble)} simulated replicates)", wrap=True
        )
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
        axes.legend(frameon=False, fontsize=8)
        _plain(axes)
    return figure


def leaders(ensemble: Ensemble, year: int) -> Figure:
    """Return a map of who leads each place in July of a year, in the most typical replicate.

    Parameters
    ----------
    ensemble
        Replicates of one scenario.
    year
        A year of the run; the last month before July's end where the run stops earlier.

    Returns
    -------
    matplotlib.figure.Figure
        Places in the colour of the cartel with most members, hatched where it has less than half.
    """
    import matplotlib as mpl

    scenario = ensemble.scenario or from_resolved(ensemble.provenance["scenario"])
    drawing = draw(scenario.country.geography)
    month = int(np.flatnonzero(ensemble.months.year == year)[-6:][0])
    replicate = typical_replicate((ensemble,))
    layers = layers_of(ensemble, scenario, replicate)
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        figure = Figure(
            figsize=(6.6, 6.6 * drawing.height / drawing.width + 1.2), layout="constrained"
        )
        axes = figure.add_subplot()
        leading = _leaders(axes, drawing, layers, month)
        axes.set_title(
            f"{ensemble.title or ensemble.name}: who leads, "
            f"{ensemble.months[month]:%B %Y}, replicate {ensemble.replicates.index(replicate) + 1} "
            f"of {len(ensemble)}",
            wrap=True,
        )
        handles = [_patch(colour, name) for name, colour in leading.values()]
        handles.append(_patch(EMPTY, "no cartel"))
        contested = _patch("#999999", "hatched: less than half of the members")
        contested.set(hatch="/////////", edgecolor="white")
        handles.append(contested)
        figure.legend(
            handles=handles, loc="outside lower center", ncols=3, frameon=False, fontsize=8
        )
    return figure


def _leaders(axes: Any, drawing: Drawing, layers: Layers, month: int) -> dict[str, tuple[str, str]]:
    """Colour a map by who leads in a month; return names and colours by key, in order of keys."""
    primary, share = layers.primary[month], layers.share[month]
    colours = [EMPTY if k == NOBODY else layers.cast.colours[k] for k in primary]
    _map(axes, drawing, colours, share < 50)
    rows = sorted({int(k) for k in primary if k != NOBODY}, key=lambda k: layers.cast.keys[k])
    return {layers.cast.keys[k]: (layers.cast.names[k], layers.cast.colours[k]) for k in rows}


def _fan(axes: Any, ensemble: Ensemble, column: str, colour: str, dash: str, label: str) -> None:
    """Draw a yearly series: the median and the middle 50 % and 90 % of replicates."""
    band = yearly_band(ensemble, column)
    years = np.array(band["x"]) - 0.5
    for low, high, depth in (("low90", "high90", 0.12), ("low50", "high50", 0.2)):
        axes.fill_between(years, band[low], band[high], color=colour, alpha=depth, lw=0)
    axes.plot(years, band["median"], dash, color=colour, lw=1.6, label=label)


def _members_by_founder(ensemble: Any, founders: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return the median over replicates of members of a founder's line, (M,) each."""
    frame = ensemble.cartel_months
    line = [key.split("/")[0] for key in frame["cartel"].cat.categories]
    others = len(founders)  # a last row for cartels that rose during a run
    rows = [founders.index(key) if key in founders else others for key in line]
    row = np.array(rows)[frame["cartel"].cat.codes]
    month = ensemble.months.get_indexer(frame["month"])
    replicate = np.searchsorted(ensemble.replicates, frame["replicate"])
    total = np.zeros((len(ensemble), len(ensemble.months), len(founders) + 1))
    np.add.at(total, (replicate, month, row), frame["members"].to_numpy())
    return dict(zip(founders, np.median(total, axis=0).T[:others], strict=True))


def _map(axes: Any, drawing: Drawing, colours: list[str], hatched: np.ndarray) -> None:
    outlines = [_outline(rings) for rings in drawing.rings]
    axes.add_collection(
        PathCollection(outlines, facecolors=colours, edgecolors="white", linewidths=0.4)
    )
    contested = [outline for outline, flag in zip(outlines, hatched, strict=True) if flag]
    if contested:
        over = PathCollection(contested, facecolors="none", edgecolors="white", linewidths=0.3)
        over.set_hatch("/////////")
        axes.add_collection(over)
    axes.set_xlim(0, drawing.width)
    axes.set_ylim(drawing.height, 0)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _outline(rings: tuple[np.ndarray, ...]) -> Outline:
    return Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))


def _patch(colour: str, name: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(facecolor=colour, label=name)


def _scenario_colour(i: int) -> str:
    return SCENARIO_COLOURS[0 if i == 0 else 1 + (i - 1) % (len(SCENARIO_COLOURS) - 1)]


def _plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#dddddd", lw=0.5)
    axes.set_axisbelow(True)
