"""What ``import plazas as pz`` gives: run, compare and read back, with figures and short prints.

A scenario is a shipped name, the path of a YAML file, or a `Scenario`, wherever one is taken.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from plazas.analysis.experiment import compare as comparing
from plazas.analysis.experiment import parameter_sets, store
from plazas.analysis.experiment import run as running
from plazas.analysis.experiment.compare import Comparison
from plazas.analysis.experiment.ensemble import Ensemble
from plazas.analysis.experiment.text import number, span
from plazas.analysis.report import verdicts
from plazas.model.errors import UserError, allowed
from plazas.model.record import SERIES
from plazas.scenarios import as_scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from plazas.model.scenario import Scenario

#: outcomes that a summary shows first, where a comparison has them
FIRST_OUTCOMES = 5


class Runs(Ensemble):
    """The replicates of one scenario, as `Ensemble`, with figures.

    Examples
    --------
    >>> import plazas as pz
    >>> runs = pz.run("classroom", replicates=2)
    >>> runs
    <2 replicates of 'classroom': 2010-01-01 to 2019-12-20, seed 1>
    >>> figure = runs.plot()
    >>> figure.axes[0].get_ylabel()
    'homicides per year'
    """

    def __repr__(self) -> str:
        return (
            f"<{len(self)} replicate{'s' * (len(self) != 1)} of {self.name!r}: "
            f"{self.weeks[0]:%Y-%m-%d} to {self.weeks[-1]:%Y-%m-%d}, seed {self.seed}>"
        )

    def _repr_html_(self) -> str:
        table = self.yearly.groupby("year")[["homicides", "members", "cartels"]].median()
        return (
            f"<p><b>{html.escape(self.title or self.name)}</b>: {len(self)} replicates, medians "
            f"per year</p>{table.round(0).astype(int).to_html()}"
        )

    def plot(self, series: str = "homicides") -> Figure:
        """Draw a national series per year: the median and the middle 50 % and 90 % of replicates.

        Parameters
        ----------
        series : str
            A column of `weekly`: ``"homicides"`` (persons per year), ``"members"`` (persons) or
            ``"arrests"`` (persons per year).

        Returns
        -------
        matplotlib.figure.Figure
            With title, axes and units. Observed homicides are dots where there are any.

        Raises
        ------
        UserError
            If there is no such series.

        Examples
        --------
        >>> import plazas as pz
        >>> figure = pz.run("classroom", replicates=2).plot("members")
        """
        from plazas.analysis.report import figures  # matplotlib is heavy

        if series not in SERIES:
            raise UserError(f"unknown series {series!r}; {allowed(SERIES)}")
        return figures.series(self, series)

    def map(self, year: int | None = None) -> Figure:
        """Draw who leads each place in July of a year, in the most typical replicate.

        Parameters
        ----------
        year : int, optional
            A simulated year; the last one if None.

        Returns
        -------
        matplotlib.figure.Figure
            Places in the colour of the cartel with most members; hatched where it has less than
            half of them.

        Raises
        ------
        UserError
            If the year is not simulated, or the runs were read from a folder whose scenario cannot
            be rebuilt.

        Examples
        --------
        >>> import plazas as pz
        >>> figure = pz.run("classroom", replicates=2).map(2018)
        """
        from plazas.analysis.report import figures  # matplotlib is heavy

        years = sorted(set(self.months.year.tolist()))
        if year is not None and year not in years:
            raise UserError(f"year {year} is not simulated; allowed: {years[0]} to {years[-1]}")
        return figures.leaders(self, years[-1] if year is None else year)


@dataclass(frozen=True)
class Summary:
    """What a comparison says: verdicts first, then the main outcomes.

    ``verdicts`` maps each policy to its verdict; ``table`` has a row for each outcome and scenario.
    Printing it shows both.
    """

    verdicts: Mapping[str, str]
    table: pd.DataFrame
    note: str

    def __str__(self) -> str:
        lines = [f"{label}: {text}" for label, text in self.verdicts.items()]
        return "\n".join([*lines, "", self.table.to_string(), "", self.note])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = [
            f"<p><b>{html.escape(label)}</b>: {html.escape(text)}</p>"
            for label, text in self.verdicts.items()
        ]
        return "".join([*lines, self.table.to_html(), f"<p>{html.escape(self.note)}</p>"])


class Compared(Comparison):
    """Policies beside a baseline on shared draws, as `Comparison`, with a summary.

    Examples
    --------
    >>> import plazas as pz
    >>> compared = pz.compare("classroom", "classroom", replicates=2)
    >>> compared
    <'classroom' against 'classroom (2)', 2 replicates each>
    """

    def __repr__(self) -> str:
        policies = ", ".join(repr(label) for label in self.labels[1:])
        return f"<{self.labels[0]!r} against {policies}, {self.replicates} replicates each>"

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def summary(self, every: bool = False) -> Summary:
        """Return the verdict of each policy and the main outcomes.

        Parameters
        ----------
        every : bool
            All outcomes instead of the first five.

        Returns
        -------
        Summary
            Prints the verdicts, then level and difference from the baseline, each as mean and 95 %
            interval.

        Examples
        --------
        >>> import plazas as pz
        >>> summary = pz.compare("classroom", "classroom", replicates=2).summary()
        >>> summary.verdicts["classroom (2)"].startswith("Exactly as many homicides")
        True
        """
        outcomes = list(self.outcomes.items())
        rows: dict[tuple[str, str], dict[str, str]] = {}
        for key, outcome in outcomes if every else outcomes[:FIRST_OUTCOMES]:
            for label in self.labels:
                cells = {}
                for head, name in (("level", "level"), ("from baseline", "difference")):
                    value = self.interval(label, key, name)
                    sign = name == "difference"
                    cells[head] = number(value.mean, outcome.decimals, sign)
                    cells[f"{head}, 95 %"] = span(value.low, value.high, outcome.decimals, sign)
                rows[f"{outcome.label} ({outcome.unit})", label] = cells
        table = pd.DataFrame.from_dict(rows, orient="index")
        table.index = pd.MultiIndex.from_tuples(rows, names=["outcome", "scenario"])
        note = f"{self.stopping}. {verdicts.chance_words(self)}"
        return Summary(verdicts.verdicts(self), table, note)

    def write_report(self, path: Path | str) -> Path:
        """Write the HTML report, with maps that play; return its path.

        Parameters
        ----------
        path : str or pathlib.Path
            The file to write.

        Returns
        -------
        pathlib.Path
            The same path.

        Examples
        --------
        >>> import tempfile
        >>> import plazas as pz
        >>> compared = pz.compare("classroom", "classroom", replicates=2)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     compared.write_report(folder + "/report.html").name
        'report.html'
        """
        from plazas.analysis.report.report import write_report

        return write_report(self, path)


def run(
    scenario: str | Path | Scenario,
    replicates: int | None = None,
    seed: int = 1,
    *,
    sets: str | Sequence[Mapping[str, float]] | None = None,
    threads: int | None = None,
    progress: running.Progress | None = None,
) -> Runs:
    """Run replicates of a scenario.

    Parameters
    ----------
    scenario : str, pathlib.Path or Scenario
        A shipped name (see `scenario_names`), the path of a YAML file, or a scenario.
    replicates : int, optional
        How many; by default the number that the scenario names.
    seed : int
        Keys every random draw, from 0 to 2**32 - 1. The same seed gives the same results.
    sets : str or sequence of mappings, optional
        Parameter sets: ``"calibrated"``, the path of a CSV file, or one mapping per set.
        Replicate r uses ``sets[r % len(sets)]``; the scenario's own changes override it.
    threads : int, optional
        Replicates that run at once; one per core by default. Results do not depend on it.
    progress : callable, optional
        Called with the number of weeks just run, from the threads.

    Returns
    -------
    Runs
        Weekly national series, monthly series of places and cartels, and events, as pandas frames.

    Raises
    ------
    UserError
        If there is no such scenario, or a number is out of range.

    Examples
    --------
    >>> import plazas as pz
    >>> runs = pz.run("classroom", replicates=2)
    >>> sorted(runs.yearly.index.names)
    ['replicate', 'year']
    """
    wanted = as_scenario(scenario)
    n = wanted.replicates if replicates is None else replicates
    return _as(Runs, running.run(wanted, n, seed, threads, progress, sets=_sets(sets)))


def compare(
    *scenarios: str | Path | Scenario,
    replicates: int = 20,
    seed: int = 1,
    until_width: float | None = None,
    start_year: int | None = None,
    sets: str | Sequence[Mapping[str, float]] | None = None,
    threads: int | None = None,
) -> Compared:
    """Compare policies with a baseline on shared draws.

    Parameters
    ----------
    *scenarios : str, pathlib.Path or Scenario
        The baseline first, then one or more others.
    replicates : int
        How many of each scenario; with ``until_width``, how many to start with.
    seed : int
        Keys every random draw, from 0 to 2**32 - 1.
    until_width : float, optional
        Add replicates until the 95 % interval of every difference in homicides is no wider than
        this share of the baseline's homicides.
    start_year : int, optional
        Year from which change is measured; by default the last one before the scenarios differ.
    sets : str or sequence of mappings, optional
        Parameter sets, as in `run`.
    threads : int, optional
        Replicates that run at once; one per core by default.

    Returns
    -------
    Compared
        With ``summary()``, ``table`` (pandas), ``ensembles`` and ``write_report(path)``.

    Raises
    ------
    UserError
        If there are fewer than two scenarios, or they cover different weeks or places.

    Examples
    --------
    >>> import plazas as pz
    >>> compared = pz.compare("classroom", "classroom", replicates=2)
    >>> compared.policies
    ('classroom (2)',)
    """
    wanted = [as_scenario(one) for one in scenarios]
    return _as(
        Compared,
        comparing.compare(
            wanted,
            replicates,
            seed,
            until_width,
            start_year,
            threads,
            sets=_sets(sets),
        ),
    )


def read_results(folder: Path | str) -> Runs:
    """Read the results that ``plazas run --out`` or `save` wrote.

    Parameters
    ----------
    folder : str or pathlib.Path
        A results folder.

    Returns
    -------
    Runs
        As from `run`; ``provenance`` says how they were made.

    Raises
    ------
    UserError
        If the folder holds no results, or results that cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> import plazas as pz
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pz.save(pz.run("classroom", replicates=2), folder + "/results")
    ...     len(pz.read_results(folder + "/results"))
    2
    """
    return _as(Runs, store.read_results(folder))


def levers() -> pd.DataFrame:
    """Return every lever that a policy can change.

    Returns
    -------
    pandas.DataFrame
        Indexed by name: unit, baseline, low, high, by_cartel, meaning.

    Examples
    --------
    >>> import plazas as pz
    >>> pz.levers().loc["arrests", "unit"]
    'times'
    """
    from plazas.model.levers import LEVERS

    return pd.DataFrame(LEVERS).set_index("name")


def parameters() -> pd.DataFrame:
    """Return every parameter of the model.

    Returns
    -------
    pandas.DataFrame
        Indexed by name: value (the default), unit, low, high, source, status, meaning.

    Examples
    --------
    >>> import plazas as pz
    >>> float(pz.parameters().loc["wage", "value"])
    0.35
    """
    from plazas.model.parameters import declarations, defaults

    table = pd.DataFrame(declarations().values(), index=pd.Index(declarations(), name="name"))
    table.insert(0, "value", np.array([*defaults().values()]))
    return table


def _sets(
    sets: str | Sequence[Mapping[str, float]] | None,
) -> Sequence[Mapping[str, float]] | None:
    return parameter_sets.named(sets) if isinstance(sets, str) else sets


def _as(kind: type, plain: Any) -> Any:
    """Return the same results as an object of a class that adds methods only."""
    return kind(**{field.name: getattr(plain, field.name) for field in fields(plain)})
