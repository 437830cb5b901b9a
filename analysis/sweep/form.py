"""The form of a sweep file (SWEEP.yaml) and its strict reader.

A mistake gives one ScenarioFileError: file, line, entry, the bad word, the nearest right one.
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
POWERS_OF_TWO = (SOBOL, SALTELLI)  # designs that are balanced only then
DECLARED = "declared"  # stands for the whole range that the model declares
LINEAR, LOG = "linear", "log"
SWITCH = "switch"  # unit of a parameter that is either on or off
MOST_RUNS = 100_000_000
MOST_STEPS = 10_000
LIMIT = 2**32  # seeds are below


class DesignEntry(Strict):
    """How points are laid."""

    method: Text = Field(description=f"one of {', '.join(METHODS)}")
    points: int | None = Field(None, ge=1, description="how many points; a grid counts its own")
    seed: int = Field(1, ge=0, le=LIMIT - 1, description="keys the points")
    second_order: bool = Field(False, description="saltelli: whether pairs are varied together too")


class RangeEntry(Strict):
    """From where to where a parameter is varied."""

    low: FiniteFloat = Field(description="the least value")
    high: FiniteFloat = Field(description="the largest value")
    steps: int | None = Field(None, ge=2, le=MOST_STEPS, description="grid: how many values")
    scale: Text = Field(LINEAR, description="linear or log")


class SweepEntry(Strict):
    """A sweep: every point of a design in every scenario, so many replicates each."""

    title: Text = Field(description="one line that says what the sweep is for")
    scenarios: list[Text] = Field(
        min_length=1, description="the policies: shipped names or paths from this file"
    )
    replicates: int = Field(20, ge=1, le=1_000_000, description="of each point and scenario")
    seed: int = Field(1, ge=0, le=LIMIT - 1, description="keys every draw of every run")
    parameter_sets: Text | None = Field(
        None, description=f"a CSV file, or '{WORD}'; replicate r takes set r, over and over"
    )
    design: DesignEntry | None = Field(None, description="how points are laid; a grid if unsaid")
    parameters: dict[str, Any] = Field(
        {}, description="what is varied: a list of values, low and high, or 'declared'"
    )


@dataclass(frozen=True)
class Axis:
    """What one parameter takes: ``values`` on a grid, else anything from ``low`` to ``high``."""

    name: str
    values: tuple[float, ...] = ()
    low: float = math.nan
    high: float = math.nan
    log: bool = False


@dataclass(frozen=True)
class Design:
    """How points are laid; ``points`` is 0 for a grid, which counts its own."""

    method: str = GRID
    points: int = 0
    seed: int = 1
    second_order: bool = False


@dataclass(frozen=True)
class Sweep:
    """A sweep as its file says it, everything checked. ``sets`` are changes of parameters."""

    title: str
    scenarios: tuple[Scenario, ...]
    axes: tuple[Axis, ...]
    design: Design
    replicates: int
    seed: int
    sets: tuple[dict[str, float], ...]

    @property
    def points(self) -> int:
        """Return how many points the design has."""
        design, d = self.design, len(self.axes)
        if design.method == GRID:
            return math.prod(len(axis.values) for axis in self.axes)
        if design.method == SALTELLI:
            return design.points * (2 * d + 2 if design.second_order else d + 2)
        return design.points

    @property
    def runs(self) -> int:
        """Return how many runs the sweep has."""
        return self.points * len(self.scenarios) * self.replicates


def read(path: FilePath | str) -> Sweep:
    """Read a sweep file.

    Raises
    ------
    ScenarioFileError
        If the file, or a scenario that it names, has a mistake.
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


def _scenarios(document: Document, words: list[str], folder: FilePath) -> tuple[Scenario, ...]:
    result: list[Scenario] = []
    for i, word in enumerate(words):
        path: Path = ("scenarios", i)
        if is_path(word):
            if not (folder / word).is_file():
                raise document.error(path, f"there is no file {folder / word}")
            scenario = load_scenario(folder / word)
        else:
            try:
                scenario = load_scenario(word)
            except ScenarioFileError as error:
                raise document.error(path, no_scenario(word)) from error
        if scenario.name in [other.name for other in result]:
            raise document.error(path, f"{scenario.name!r} is already the name of another scenario")
        result.append(scenario)
    return tuple(result)


def _design(document: Document, entry: SweepEntry) -> Design:
    said = entry.design
    if said is None:
        return Design()
    method: Path = ("design", "method")
    points: Path = ("design", "points")
    if said.method not in METHODS:
        raise document.error(method, unknown("design", said.method, METHODS))
    if said.second_order and said.method != SALTELLI:
        raise document.error(("design", "second_order"), f"only {SALTELLI} knows pairs")
    if said.method == GRID:
        for key in ("points", "seed"):
            if ("design", key) in document.lines:
                raise document.error(
                    ("design", key),
                    "is not allowed for a grid, which has every combination of its values",
                )
        return Design()
    if not entry.parameters:
        raise document.error(method, f"{said.method} needs 'parameters' to vary")
    if said.points is None:
        raise document.error(("design",), f"{said.method} needs 'points', how many there are")
    if said.method in POWERS_OF_TWO and said.points & (said.points - 1):
        below = 1 << (said.points.bit_length() - 1)
        raise document.error(
            points,
            f"{said.points} is not a power of two, which {said.method} needs; "
            f"use {below} or {2 * below}",
        )
    return Design(said.method, said.points, said.seed, said.second_order)


def _axis(document: Document, name: str, design: Design) -> Axis:
    path: Path = ("parameters", name)
    known = declarations()
    if name not in known:
        raise document.error(path, unknown_parameter(name, known))
    said = document.data["parameters"][name]
    if isinstance(said, list):
        if design.method != GRID:
            raise document.error(path, f"{design.method} takes low and high, not single values")
        return Axis(name, _values(document, name, said))
    if design.method != GRID and known[name].unit == SWITCH:
        raise document.error(
            path, "is a switch, on or off; put it into a scenario, or on a grid as [0, 1]"
        )
    if said == DECLARED:
        if design.method == GRID:
            raise document.error(path, "a grid takes a list of values, or low, high and steps")
        return Axis(name, (), known[name].low, known[name].high)
    if not isinstance(said, dict):
        form = "a list of values, low and high" + ("" if design.method == GRID else f", {DECLARED}")
        raise document.error(path, f"must be one of {form}; not {kind(said)}")
    return _range(document, name, filled_in(document, RangeEntry, path), design)


def _values(document: Document, name: str, said: list[Any]) -> tuple[float, ...]:
    path: Path = ("parameters", name)
    if not said:
        raise document.error(path, "is empty; give it values or leave it out")
    for i, value in enumerate(said):
        here = (*path, i)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise document.error(here, f"{kind(value)} is not a number")
        if not math.isfinite(value):
            raise document.error(here, f"{value} is not a finite number")
        if value in said[:i]:
            raise document.error(here, f"{value:g} is given twice")
        parameter(document, name, value, here)
    return tuple(float(value) for value in said)


def _range(document: Document, name: str, said: RangeEntry, design: Design) -> Axis:
    path: Path = ("parameters", name)
    for key in ("low", "high"):
        parameter(document, name, getattr(said, key), (*path, key))
    if said.low >= said.high:
        raise document.error((*path, "high"), f"{said.high:g} is not above low, {said.low:g}")
    if said.scale not in (LINEAR, LOG):
        raise document.error((*path, "scale"), unknown("scale", said.scale, (LINEAR, LOG)))
    log = said.scale == LOG
    if log and said.low <= 0:
        raise document.error((*path, "low"), f"must be above 0 for a log scale; got {said.low:g}")
    if design.method != GRID:
        if said.steps is not None:
            raise document.error((*path, "steps"), f"{design.method} has no steps, only a grid")
        return Axis(name, (), said.low, said.high, log)
    if said.steps is None:
        raise document.error(path, "a grid needs 'steps', how many values from low to high")
    return Axis(name, _steps(said.low, said.high, said.steps, log))


def _steps(low: float, high: float, steps: int, log: bool) -> tuple[float, ...]:
    """Return values at even distances, or at even ratios; the ends are exact."""
    shares = [i / (steps - 1) for i in range(steps)]
    inner = [low * (high / low) ** s if log else low + (high - low) * s for s in shares[1:-1]]
    return (low, *inner, high)


def _no_scenario_undone(
    document: Document, axes: Iterable[Axis], scenarios: tuple[Scenario, ...]
) -> None:
    """Check that the sweep does not overwrite the very parameter in which scenarios differ."""
    for axis in axes:
        first = scenarios[0]
        for other in scenarios[1:]:
            mine, yours = (getattr(s.parameters, axis.name) for s in (first, other))
            if mine != yours:
                raise document.error(
                    ("parameters", axis.name),
                    f"{first.name} ({mine:g}) and {other.name} ({yours:g}) differ in it, which "
                    "this would undo; leave out the one or the other",
                )


def _sets(document: Document, word: str | None, folder: FilePath) -> tuple[dict[str, float], ...]:
    if word is None:
        return ()
    try:
        return tuple(named(word if word == WORD else str(folder / word)))
    except UserError as error:
        raise document.error(("parameter_sets",), str(error)) from error
