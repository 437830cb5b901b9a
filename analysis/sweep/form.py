"""Schema and strict reader of a sweep file (SWEEP.yaml).

A mistake raises a ScenarioFileError with file, line, entry, the wrong word and the nearest right
word.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import Field, FiniteFloat

from plazas.analysis.experiment.parameter_sets import WORD, named
from plazas.model.errors import UserError, unknown
from plazas.model.parameters import declarations, unknown_parameter
from plazas.model.scenario import Scenario
from plazas.scenarios import load_scenario
from plazas.scenarios.checks import parameter
from plazas.scenarios.errors import Path, ScenarioFileError
from plazas.scenarios.reader import is_path, no_scenario
from plazas.scenarios.strict import Strict, Text, filled_in
from plazas.scenarios.text import Document, kind, read_file

GRID, HYPERCUBE, SOBOL, SALTELLI = "grid", "latin-hypercube", "sobol", "saltelli"
METHODS = (GRID, HYPERCUBE, SOBOL, SALTELLI)
POWERS_OF_TWO = (SOBOL, SALTELLI)  # these designs are balanced only for a power of two
DECLARED = "declared"  # the whole range that the model declares
LINEAR, LOG = "linear", "log"
SWITCH = "switch"  # unit of a parameter that is on or off
MOST_RUNS = 100_000_000
MOST_STEPS = 10_000
LIMIT = 2**32  # every seed is below this number


class DesignEntry(Strict):
    """The entry `design` of a sweep file: how to choose the points."""

    method: Text = Field(description=f"one of {', '.join(METHODS)}")
    points: int | None = Field(None, ge=1, description="number of points; not allowed for a grid")
    seed: int = Field(1, ge=0, le=LIMIT - 1, description="seed of the points")
    second_order: bool = Field(False, description="saltelli: also points for second-order indices")


class RangeEntry(Strict):
    """The range of one parameter in a sweep file."""

    low: FiniteFloat = Field(description="the smallest value")
    high: FiniteFloat = Field(description="the largest value")
    steps: int | None = Field(None, ge=2, le=MOST_STEPS, description="grid: number of values")
    scale: Text = Field(LINEAR, description="linear or log")


class SweepEntry(Strict):
    """A sweep file: every point of a design in every scenario, with a number of replicates."""

    title: Text = Field(description="the purpose of the sweep, in one line")
    scenarios: list[Text] = Field(
        min_length=1, description="the policies: shipped names or paths from this file"
    )
    replicates: int = Field(20, ge=1, le=1_000_000, description="replicates per point and scenario")
    seed: int = Field(1, ge=0, le=LIMIT - 1, description="seed of every random draw")
    parameter_sets: Text | None = Field(
        None, description=f"a CSV file, or '{WORD}'; replicate r uses sets[r % len(sets)]"
    )
    design: DesignEntry | None = Field(None, description="how to choose the points (default: grid)")
    parameters: dict[str, Any] = Field(
        {}, description="varied parameters: a list of values, low and high, or 'declared'"
    )


@dataclass(frozen=True)
class Axis:
    """The values of one varied parameter.

    Parameters
    ----------
    name : str
        A parameter of the model.
    values : tuple of float
        The values on a grid; empty for other designs.
    low, high : float
        The range of other designs, in the unit of the parameter; NaN on a grid.
    log : bool
        Whether points are even on a logarithmic scale.
    """

    name: str
    values: tuple[float, ...] = ()
    low: float = math.nan
    high: float = math.nan
    log: bool = False


@dataclass(frozen=True)
class Design:
    """How to choose the points of a sweep.

    Parameters
    ----------
    method : str
        One of ``METHODS``.
    points : int
        Number of points, or of base points for Saltelli's scheme; 0 for a grid, whose values give
        the number.
    seed : int
        Seed of the points, from 0 to ``LIMIT`` - 1.
    second_order : bool
        Whether Saltelli's scheme has points for second-order indices.
    """

    method: str = GRID
    points: int = 0
    seed: int = 1
    second_order: bool = False


@dataclass(frozen=True)
class Sweep:
    """The validated content of a sweep file.

    Parameters
    ----------
    title : str
        The purpose of the sweep.
    scenarios : tuple of Scenario
        The resolved scenarios, in the order of the file.
    axes : tuple of Axis
        The varied parameters, in the order of the file.
    design : Design
        How to choose the points.
    replicates : int
        Replicates per point and scenario.
    seed : int
        Seed of every random draw.
    sets : tuple of dict
        Parameter sets: values by parameter name; empty for none.
    """

    title: str
    scenarios: tuple[Scenario, ...]
    axes: tuple[Axis, ...]
    design: Design
    replicates: int
    seed: int
    sets: tuple[dict[str, float], ...]

    @property
    def points(self) -> int:
        """Number of points of the design."""
        design, d = self.design, len(self.axes)
        if design.method == GRID:
            return math.prod(len(axis.values) for axis in self.axes)
        if design.method == SALTELLI:
            return design.points * (2 * d + 2 if design.second_order else d + 2)
        return design.points

    @property
    def runs(self) -> int:
        """Number of runs: points times scenarios times replicates."""
        return self.points * len(self.scenarios) * self.replicates


def read(path: FilePath | str) -> Sweep:
    """Read and check a sweep file.

    Parameters
    ----------
    path : pathlib.Path or str
        The file SWEEP.yaml. Paths in it are relative to its folder.

    Returns
    -------
    Sweep
        The content of the file.

    Raises
    ------
    ScenarioFileError
        If the file does not exist, or if the file or one of its scenarios has a mistake.
    """
    path = FilePath(path)
    if not path.exists():
        raise ScenarioFileError(str(path), None, (), "there is no such file")
    document = read_file(path)
    entry = filled_in(document, SweepEntry)
    scenarios = _scenarios(document, entry.scenarios, path.parent)
    design = _design(document, entry)
    axes = tuple(_axis(document, name, design) for name in entry.parameters)
    _no_scenario_undone(document, axes, scenarios)
    sets = _sets(document, entry.parameter_sets, path.parent)
    sweep = Sweep(entry.title, scenarios, axes, design, entry.replicates, entry.seed, sets)
    if sweep.runs > MOST_RUNS:
        raise document.error(
            ("design",) if entry.design else ("parameters",),
            f"{sweep.points:,} points in {len(scenarios)} scenarios, {entry.replicates:,} "
            f"replicates each, are {sweep.runs:,} runs; the most is {MOST_RUNS:,}",
        )
    return sweep


def _scenarios(document: Document, names: list[str], folder: FilePath) -> tuple[Scenario, ...]:
    result: list[Scenario] = []
    for i, name in enumerate(names):
        path: Path = ("scenarios", i)
        if is_path(name):
            if not (folder / name).is_file():
                raise document.error(path, f"there is no file {folder / name}")
            scenario = load_scenario(folder / name)
        else:
            try:
                scenario = load_scenario(name)
            except ScenarioFileError as error:
                raise document.error(path, no_scenario(name)) from error
        if scenario.name in [other.name for other in result]:
            raise document.error(path, f"{scenario.name!r} is already the name of another scenario")
        result.append(scenario)
    return tuple(result)


def _design(document: Document, entry: SweepEntry) -> Design:
    wanted = entry.design
    if wanted is None:
        return Design()
    method: Path = ("design", "method")
    points: Path = ("design", "points")
    if wanted.method not in METHODS:
        raise document.error(method, unknown("design", wanted.method, METHODS))
    if wanted.second_order and wanted.method != SALTELLI:
        raise document.error(("design", "second_order"), f"is allowed only for {SALTELLI}")
    if wanted.method == GRID:
        for key in ("points", "seed"):
            if ("design", key) in document.lines:
                raise document.error(
                    ("design", key),
                    "is not allowed for a grid, which has every combination of its values",
                )
        return Design()
    if not entry.parameters:
        raise document.error(method, f"{wanted.method} needs 'parameters' to vary")
    if wanted.points is None:
        raise document.error(("design",), f"{wanted.method} needs 'points', the number of points")
    if wanted.method in POWERS_OF_TWO and wanted.points & (wanted.points - 1):
        below = 1 << (wanted.points.bit_length() - 1)
        raise document.error(
            points,
            f"{wanted.points} is not a power of two, which {wanted.method} needs; "
            f"use {below} or {2 * below}",
        )
    return Design(wanted.method, wanted.points, wanted.seed, wanted.second_order)


def _axis(document: Document, name: str, design: Design) -> Axis:
    path: Path = ("parameters", name)
    known = declarations()
    if name not in known:
        raise document.error(path, unknown_parameter(name, known))
    value = document.data["parameters"][name]
    if isinstance(value, list):
        if design.method != GRID:
            raise document.error(path, f"{design.method} takes low and high, not single values")
        return Axis(name, _values(document, name, value))
    if design.method != GRID and known[name].unit == SWITCH:
        raise document.error(
            path, "is a switch, on or off; set it in a scenario, or use a grid with [0, 1]"
        )
    if value == DECLARED:
        if design.method == GRID:
            raise document.error(path, "a grid takes a list of values, or low, high and steps")
        return Axis(name, (), known[name].low, known[name].high)
    if not isinstance(value, dict):
        form = "a list of values, low and high" + ("" if design.method == GRID else f", {DECLARED}")
        raise document.error(path, f"must be one of {form}; not {kind(value)}")
    return _range(document, name, filled_in(document, RangeEntry, path), design)


def _values(document: Document, name: str, values: list[Any]) -> tuple[float, ...]:
    path: Path = ("parameters", name)
    if not values:
        raise document.error(path, "is empty; add values or remove it")
    for i, value in enumerate(values):
        here = (*path, i)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise document.error(here, f"{kind(value)} is not a number")
        if not math.isfinite(value):
            raise document.error(here, f"{value} is not a finite number")
        if value in values[:i]:
            raise document.error(here, f"{value:g} is given twice")
        parameter(document, name, value, here)
    return tuple(float(value) for value in values)


def _range(document: Document, name: str, wanted: RangeEntry, design: Design) -> Axis:
    path: Path = ("parameters", name)
    for key in ("low", "high"):
        parameter(document, name, getattr(wanted, key), (*path, key))
    if wanted.low >= wanted.high:
        raise document.error((*path, "high"), f"{wanted.high:g} is not above low, {wanted.low:g}")
    if wanted.scale not in (LINEAR, LOG):
        raise document.error((*path, "scale"), unknown("scale", wanted.scale, (LINEAR, LOG)))
    log = wanted.scale == LOG
    if log and wanted.low <= 0:
        raise document.error((*path, "low"), f"must be above 0 for a log scale; got {wanted.low:g}")
    if design.method != GRID:
        if wanted.steps is not None:
            raise document.error(
                (*path, "steps"), f"is allowed only for a grid; {design.method} has no steps"
            )
        return Axis(name, (), wanted.low, wanted.high, log)
    if wanted.steps is None:
        raise document.error(path, "a grid needs 'steps', the number of values from low to high")
    return Axis(name, _steps(wanted.low, wanted.high, wanted.steps, log))


def _steps(low: float, high: float, steps: int, log: bool) -> tuple[float, ...]:
    """Return evenly spaced values on a linear or logarithmic scale, with exact end points."""
    shares = [i / (steps - 1) for i in range(steps)]
    inner = [low * (high / low) ** s if log else low + (high - low) * s for s in shares[1:-1]]
    return (low, *inner, high)


def _no_scenario_undone(
    document: Document, axes: Iterable[Axis], scenarios: tuple[Scenario, ...]
) -> None:
    """Check that the sweep does not vary a parameter in which scenarios differ."""
    for axis in axes:
        first = scenarios[0]
        for other in scenarios[1:]:
            mine, yours = (getattr(s.parameters, axis.name) for s in (first, other))
            if mine != yours:
                raise document.error(
                    ("parameters", axis.name),
                    f"{first.name} ({mine:g}) and {other.name} ({yours:g}) differ in this "
                    "parameter, and the sweep would undo the difference; remove the parameter or "
                    "one of the scenarios",
                )


def _sets(document: Document, word: str | None, folder: FilePath) -> tuple[dict[str, float], ...]:
    if word is None:
        return ()
    try:
        return tuple(named(word if word == WORD else str(folder / word)))
    except UserError as error:
        raise document.error(("parameter_sets",), str(error)) from error
