"""Docking to the Science model: published numbers, our mean-field model, and the weekly model.

Two checks. The mean-field model (``plazas.model.mean_field``) must give what Prieto-Curiel,
Campedelli & Hope published; and the weekly model, in its one-place limit, must equal the mean-field
model on average, within 2 % in every year. Both need the authors' network of 150 groups, which is
not shipped.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from plazas.analysis.experiment.run import cores
from plazas.analysis.patterns.findings import FAILS, PASSES
from plazas.analysis.patterns.trials import Array
from plazas.model import mean_field
from plazas.model.docking import simulate
from plazas.model.errors import UserError
from plazas.model.mean_field import (
    DATASET,
    START_YEAR,
    WEEKS_PER_YEAR,
    Network,
    Rates,
    Trajectory,
)

FOLDER = "PLAZAS_SHARED_DATA"  # environment variable that may name the folder of the network
CLOSE = 0.02  # of the mean-field model, mean of the replicates, in every year
REPLICATES = 200
TURN = 2022  # year in which rates change
LAST = 2027
FITTED_YEARS = 10  # of the weekly model
BASE, MORE_ARRESTS, LESS_RECRUITMENT, BOTH = "baseline", "eta x2", "rho x0.5", "both"
FLOWS = {
    "recruits": "recruits",
    "arrests": "incapacitated",
    "killed_by_rivals": "killed",
    "left": "saturation",
}


class Published(NamedTuple):
    """A number of the Science paper: rates from 2022 on, year, series, value, its last digit."""

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
    """A published number beside that of the mean-field model."""

    published: Published
    found: float

    @property
    def passes(self) -> bool:
        """Return whether what is found rounds to the published number."""
        return abs(self.found - self.published.value) <= self.published.digit / 2.0


class Year(NamedTuple):
    """A year of one series: the mean-field model, the mean of the weekly model, their distance."""

    year: int
    series: str
    expected: float
    mean: float

    @property
    def distance(self) -> float:
        """Return how far the mean is from the expected value, as a share of it."""
        return self.mean / self.expected - 1.0

    @property
    def passes(self) -> bool:
        """Return whether they are as close as they must be."""
        return abs(self.distance) <= CLOSE


@dataclass(frozen=True)
class Docking:
    """Both checks."""

    lines: tuple[Line, ...]
    years: tuple[Year, ...]
    replicates: int
    groups: int

    @property
    def worst(self) -> Year:
        """Return the year and series in which the weekly model is farthest."""
        return max(self.years, key=lambda each: abs(each.distance))

    @property
    def against(self) -> tuple[float, float]:
        """Return members killed a week in 2027 with arrests doubled from 2022 on, as a change.

        First from 2022, then from the same year without it: the sign is not the same.
        """
        killed = {
            (line.published.rates, line.published.year): line.found
            for line in self.lines
            if line.published.series == "killed"
        }
        doubled = killed[MORE_ARRESTS, LAST]
        return doubled / killed[BASE, TURN] - 1.0, doubled / killed[BASE, LAST] - 1.0

    @property
    def verdict(self) -> str:
        """Return PASSES when every number agrees, else FAILS."""
        good = all(line.passes for line in self.lines) and all(y.passes for y in self.years)
        return PASSES if good else FAILS


def find_network(folder: Path | None) -> Network:
    """Return the network from a folder, or from that of the environment variable.

    Raises
    ------
    UserError
        If it is in neither, with where to download it; or if its files are damaged.
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
        "--docking needs the network of 150 groups, which is not shipped: download the dataset of "
        f"Prieto-Curiel et al. (2023) from Dryad, {DATASET}, put its files "
        "BACRIM2020_Nodes.csv, BACRIM2020_Rivals.csv and BACRIM2020_Alliances.csv in a folder, "
        f"and name it with --data or in the environment variable {FOLDER}{looked}"
    )


def dock(
    network: Network,
    replicates: int = REPLICATES,
    seed: int = 1,
    threads: int | None = None,
    years: int = FITTED_YEARS,
    tick: Callable[[int], None] | None = None,
) -> Docking:
    """Make both checks; ``tick`` is told of every finished replicate, from the threads.

    ``years`` is how many of 2012-2022 the weekly model is followed.
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
    lines = tuple(Line(each, _number(futures, each)) for each in PUBLISHED)
    run = _Run(members, hostility, start, WEEKS_PER_YEAR * years + 1, seed, tick)
    with ThreadPoolExecutor(cores() if threads is None else threads, "docking") as pool:
        try:
            weekly = list(pool.map(run.weekly, range(replicates)))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    compared = tuple(_compared(futures[BASE], weekly, years))
    return Docking(lines, compared, replicates, len(members))


@dataclass(frozen=True, eq=False)
class _Run:
    """How a replicate of the weekly model is run."""

    members: Array
    hostility: Array
    rates: Rates
    weeks: int
    seed: int
    tick: Callable[[int], None] | None

    def weekly(self, replicate: int) -> Mapping[str, Array]:
        """Return the national series of a replicate, by name, (W,)."""
        found = simulate(
            self.members,
            self.hostility,
            self.rates,
            self.weeks,
            seed=self.seed,
            replicate=replicate,
        ).record.weekly
        if self.tick is not None:
            self.tick(1)
        return {name: np.array(found[name]) for name in ("members", *FLOWS)}


def _week(year: int) -> int:
    return WEEKS_PER_YEAR * (year - START_YEAR)


def _number(futures: Mapping[str, Trajectory], wanted: Published) -> float:
    """Return what the mean-field model gives for a published number."""
    run, week = futures[wanted.rates], _week(wanted.year)
    if wanted.series == "members":
        return float(run.total[week])
    if wanted.series.startswith("deaths"):
        # Published are sums of weekly readings, both ends counted.
        return float(run.killed[_week(TURN) : week + 1].sum())
    flow = np.asarray(getattr(run, wanted.series))
    return float(flow[week])


def _compared(ode: Trajectory, weekly: Sequence[Mapping[str, Array]], years: int) -> list[Year]:
    """Compare members at the beginning of every year, and the flows of every year."""
    found = []
    for y in range(years + 1):
        week = WEEKS_PER_YEAR * y
        mean = float(np.mean([run["members"][week] for run in weekly]))
        found.append(Year(START_YEAR + y, "members", float(ode.total[week]), mean))
    for name, there in FLOWS.items():
        flow = np.asarray(getattr(ode, there))
        for y in range(years):
            span = slice(WEEKS_PER_YEAR * y, WEEKS_PER_YEAR * (y + 1))
            # The flow of a week, not that at its beginning: the mean of both ends.
            ends = slice(span.start + 1, span.stop + 1)
            expected = float((flow[span].mean() + flow[ends].mean()) / 2.0)
            mean = float(np.mean([run[name][span].mean() for run in weekly]))
            found.append(Year(START_YEAR + y, there, expected, mean))
    return found
