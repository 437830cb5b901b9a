"""Docking to the Science model: published numbers, our mean-field model, and the weekly model.

There are two checks. The mean-field model (``plazas.model.mean_field``) must give the numbers that
Prieto-Curiel, Campedelli & Hope published. The weekly model, in its one-place limit, must equal the
mean-field model on average, within 2 % in every year. Both checks need the authors' network of 150
groups, which does not come with Plazas.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from plazas.analysis.experiment.workers import map_all
from plazas.analysis.patterns.findings import FAILS, PASSES
from plazas.analysis.patterns.trials import Array
from plazas.model import decode, mean_field
from plazas.model.calendar import SCIENCE_WEEKS_PER_YEAR
from plazas.model.docking import simulate
from plazas.model.errors import UserError
from plazas.model.mean_field import (
    DATASET,
    START_YEAR,
    Network,
    Rates,
    Trajectory,
)

FOLDER = "PLAZAS_SHARED_DATA"  # environment variable that may name the folder of the network
CLOSE = 0.02  # largest relative difference of the replicates' mean from the mean-field model
REPLICATES = 200
TURN = 2022  # year in which rates change
LAST = 2027
FITTED_YEARS = 10  # years for which the weekly model is run
BASE, MORE_ARRESTS, LESS_RECRUITMENT, BOTH = "baseline", "eta x2", "rho x0.5", "both"
FLOWS = {
    "recruits": "recruits",
    "arrests": "incapacitated",
    "killed_by_rivals": "killed",
    "left": "saturation",
}


class Published(NamedTuple):
    """A number of the Science paper: rates from 2022, year, series, value, and its last digit."""

    rates: str
    year: int
    series: str
    value: float
    digit: float = 1.0


#: Prieto-Curiel, Campedelli & Hope 2023, Science 381:1312, and the authors' code
PUBLISHED = (
    *(Published(BASE, 2012, s, v) for s, v in (
        ("members", 115_000), ("recruits", 291), ("incapacitated", 110), ("killed", 67),
        ("saturation", 28))),
    *(Published(BASE, 2016, s, v) for s, v in (
        ("members", 135_052), ("recruits", 341), ("incapacitated", 110), ("killed", 85),
        ("saturation", 39))),
    *(Published(BASE, 2022, s, v) for s, v in (
        ("members", 173_837), ("recruits", 439), ("incapacitated", 110), ("killed", 124),
        ("saturation", 64))),
    *(Published(rates, LAST, s, v) for rates, s, v in (
        (BASE, "members", 213_745), (BASE, "killed", 169),
        (MORE_ARRESTS, "members", 184_036), (MORE_ARRESTS, "killed", 126),
        (LESS_RECRUITMENT, "members", 156_683), (LESS_RECRUITMENT, "killed", 92))),
    *(Published(rates, LAST, "deaths since 2022", v, 100.0) for rates, v in (
        (BASE, 38_100), (MORE_ARRESTS, 32_600), (LESS_RECRUITMENT, 27_900), (BOTH, 23_700))),
)  # fmt: skip


class Line(NamedTuple):
    """A published number, and the number that the mean-field model gives."""

    published: Published
    simulated: float

    @property
    def passes(self) -> bool:
        """Return whether the simulated number rounds to the published one."""
        return abs(self.simulated - self.published.value) <= self.published.digit / 2.0


class Year(NamedTuple):
    """One series in one year: the mean-field model, and the mean of the weekly model."""

    year: int
    series: str
    expected: float
    mean: float

    @property
    def distance(self) -> float:
        """Return the difference of the mean from the expected value, as a share of it."""
        return self.mean / self.expected - 1.0

    @property
    def passes(self) -> bool:
        """Return whether the two models are close enough."""
        return abs(self.distance) <= CLOSE


@dataclass(frozen=True)
class Docking:
    """The result of both checks.

    Parameters
    ----------
    lines
        Published numbers and those of the mean-field model.
    years
        The mean-field model and the weekly model, by series and year.
    replicates
        How many replicates of the weekly model were run.
    groups
        How many groups the network has.
    """

    lines: tuple[Line, ...]
    years: tuple[Year, ...]
    replicates: int
    groups: int

    @property
    def worst(self) -> Year:
        """Return the year and series in which the two models differ most."""
        return max(self.years, key=lambda year: abs(year.distance))

    @property
    def against(self) -> tuple[float, float]:
        """Return the change of members killed per week in 2027 with arrests doubled from 2022.

        The first is relative to 2022, the second to 2027 without doubled arrests. Their signs
        differ.
        """
        killed = {
            (line.published.rates, line.published.year): line.simulated
            for line in self.lines
            if line.published.series == "killed"
        }
        doubled = killed[MORE_ARRESTS, LAST]
        return doubled / killed[BASE, TURN] - 1.0, doubled / killed[BASE, LAST] - 1.0

    @property
    def verdict(self) -> str:
        """Return ``PASSES`` if every number agrees, else ``FAILS``."""
        good = all(line.passes for line in self.lines) and all(y.passes for y in self.years)
        return PASSES if good else FAILS


def find_network(folder: Path | None) -> Network:
    """Return the network from a folder, or from the folder of the environment variable.

    Parameters
    ----------
    folder
        Where to look first, or None.

    Raises
    ------
    UserError
        If the network is in neither folder (the message says where to download it), or if its
        files are damaged.
    """
    named = os.environ.get(FOLDER)
    places = [place for place in (folder, Path(named) if named else None) if place is not None]
    missing: list[str] = []
    for place in places:
        try:
            return Network.read(place)
        except FileNotFoundError as error:
            missing.append(str(error.args[0]).split(" is missing")[0])
        except ValueError as error:
            raise UserError(str(error)) from error
    looked = f"; not found: {', '.join(missing)}" if missing else ""
    raise UserError(
        "--docking needs the network of 150 groups, which does not come with Plazas: download the "
        f"dataset of Prieto-Curiel et al. (2023) from Dryad, {DATASET}, put its files "
        "BACRIM2020_Nodes.csv, BACRIM2020_Rivals.csv and BACRIM2020_Alliances.csv in a folder, "
        f"and give that folder with --data or in the environment variable {FOLDER}{looked}"
    )


def dock(
    network: Network,
    replicates: int = REPLICATES,
    seed: int = 1,
    threads: int | None = None,
    years: int = FITTED_YEARS,
    tick: Callable[[int], None] | None = None,
) -> Docking:
    """Run both checks.

    Parameters
    ----------
    network
        The groups and their hostility.
    replicates, seed
        How many replicates of the weekly model to run, and the seed of their draws.
    threads
        How many replicates run at once; one per core if None.
    years
        For how many years from 2012 the weekly model is run.
    tick
        Called with 1 from a thread each time that a replicate finishes.
    """
    members, hostility = mean_field.initial_members(network), network.hostility()
    start = Rates()
    turned = {
        BASE: start,
        MORE_ARRESTS: replace(start, arrests=2.0 * start.arrests),
        LESS_RECRUITMENT: replace(start, recruitment=0.5 * start.recruitment),
    }
    turned[BOTH] = replace(turned[MORE_ARRESTS], recruitment=turned[LESS_RECRUITMENT].recruitment)
    weeks, turn = _week(LAST), _week(TURN)
    futures = {
        name: mean_field.solve(members, hostility, start, weeks, {turn: rates})
        for name, rates in turned.items()
    }
    lines = tuple(Line(wanted, _number(futures, wanted)) for wanted in PUBLISHED)
    run = _Run(members, hostility, start, SCIENCE_WEEKS_PER_YEAR * years + 1, seed, tick)
    weekly = map_all(lambda replicate, stop: run.weekly(replicate), range(replicates), threads)
    compared = tuple(_compared(futures[BASE], weekly, years))
    return Docking(lines, compared, replicates, len(members))


@dataclass(frozen=True, eq=False)
class _Run:
    """The settings with which replicates of the weekly model are run."""

    members: Array
    hostility: Array
    rates: Rates
    weeks: int
    seed: int
    tick: Callable[[int], None] | None

    def weekly(self, replicate: int) -> Mapping[str, Array]:
        """Return the national series of a replicate by name, (W,)."""
        record = simulate(
            self.members,
            self.hostility,
            self.rates,
            self.weeks,
            seed=self.seed,
            replicate=replicate,
        ).record
        if self.tick is not None:
            self.tick(1)
        return {name: decode.weekly(record, name).copy() for name in ("members", *FLOWS)}


def _week(year: int) -> int:
    return SCIENCE_WEEKS_PER_YEAR * (year - START_YEAR)


def _number(futures: Mapping[str, Trajectory], wanted: Published) -> float:
    """Return the number of the mean-field model for a published number."""
    run, week = futures[wanted.rates], _week(wanted.year)
    if wanted.series == "members":
        return float(run.total[week])
    if wanted.series.startswith("deaths"):
        # The published sums include the weekly values of both ends.
        return float(run.killed[_week(TURN) : week + 1].sum())
    flow = np.asarray(getattr(run, wanted.series))
    return float(flow[week])


def _compared(ode: Trajectory, weekly: Sequence[Mapping[str, Array]], years: int) -> list[Year]:
    """Compare the members at the start of every year, and the flows of every year."""
    compared = []
    for y in range(years + 1):
        week = SCIENCE_WEEKS_PER_YEAR * y
        mean = float(np.mean([run["members"][week] for run in weekly]))
        compared.append(Year(START_YEAR + y, "members", float(ode.total[week]), mean))
    for name, mean_field_name in FLOWS.items():
        flow = np.asarray(getattr(ode, mean_field_name))
        for y in range(years):
            span = slice(SCIENCE_WEEKS_PER_YEAR * y, SCIENCE_WEEKS_PER_YEAR * (y + 1))
            # The flow of a week is the mean of the flows at its two ends.
            ends = slice(span.start + 1, span.stop + 1)
            expected = float((flow[span].mean() + flow[ends].mean()) / 2.0)
            mean = float(np.mean([run[name][span].mean() for run in weekly]))
            compared.append(Year(START_YEAR + y, mean_field_name, expected, mean))
    return compared
