"""The Science model: cartels of Mexico as one system of ordinary differential equations.

In words: every week a cartel recruits in proportion to its members; the State takes a fixed number
of persons, shared among cartels in proportion to size; rivals kill each other in proportion to the
product of their sizes and to their hostility; and members leave a cartel as the square of its size
(dropping out, breaking away). With C_i the members of cartel i and C their total,

    dC_i/dt = rho C_i - eta C_i / C - theta C_i sum_j S_ij C_j - omega C_i^2

Here it is the reference that the agent-based model must equal in expectation when it is reduced to
one place with frozen membership ("docking"). One thing is added, without effect on any published
number: once fewer than ``eta`` members are left, arrests are at the rate of those left per week,
so that the last cartel vanishes smoothly instead of falling below zero.

Source: R. Prieto-Curiel, G. M. Campedelli, A. Hope, "Reducing cartel recruitment is the only way
to lower violence in Mexico", Science 381, 1312-1316 (2023), doi:10.1126/science.adh2888. The
network of 150 groups is theirs and is not shipped: doi:10.5061/dryad.zw3r228d7.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

Array = NDArray[np.float64]

START_YEAR = 2012
DATASET = "doi:10.5061/dryad.zw3r228d7"


@dataclass(frozen=True, kw_only=True)
class Rates:
    """The four rates of the model, at the values the authors fitted to Mexico, 2012-2022.

    A rate that is negative or not finite raises ValueError.

    Source: Science 381:1312 and the authors' code, github.com/rafaelprietocuriel/Recruitment.
    """

    recruitment: float = 2.527474e-3  # rho, recruits per member and week
    arrests: float = 110.0  # eta, persons incapacitated per week in the whole country
    lethality: float = 1.549231e-8  # theta, deaths per member, rival, week and unit of hostility
    saturation: float = 4e-8  # omega, members lost per squared member of a cartel and week

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 <= value < np.inf:
                raise ValueError(f"{name} must be finite and not negative, got {value}")


@dataclass(frozen=True, eq=False)
class Network:
    """Who fights and who helps whom, as recorded: often one direction of a pair is missing.

    The two matrices are (n, n) weights, row Node and column RNode of the authors' files.
    """

    names: tuple[str, ...]
    rivalry: Array
    alliance: Array

    @classmethod
    def read(cls, folder: Path | str) -> Network:
        """Read the authors' files, [prietocuriel_]BACRIM2020_{Nodes,Rivals,Alliances}.csv.

        Raises:
            FileNotFoundError: a file is missing; the message says where to download it.
            ValueError: a column, group or weight cannot be read; the message names file and line.
        """
        folder = Path(folder)
        names: dict[str, str] = {}
        for where, row in _rows(folder, "Nodes", ("Node", "Group")):
            if row["Node"] in names:
                raise ValueError(f"{where}: group {row['Node']!r} is listed twice")
            names[row["Node"]] = row["Group"]
        rivalry = _weights(folder, "Rivals", list(names))
        return cls(tuple(names.values()), rivalry, _weights(folder, "Alliances", list(names)))

    def hostility(self) -> Array:
        """(n, n) hostility S_ij = (R_ij + 1) / (A_i + 1) of j's attack on i, zero on the diagonal.

        R is the rivalry and A_i the sum of the alliances of i, both taken in the direction that
        is recorded with the larger weight. Groups without any record are hostile too, at 1.
        """
        allies = _both_ways(self.alliance).sum(axis=1)
        hostility = (_both_ways(self.rivalry) + 1) / (allies[:, np.newaxis] + 1)
        np.fill_diagonal(hostility, 0)
        return hostility

    def strength(self) -> Array:
        """(n,) sum of all rivalries and alliances of a group, which ranks the groups by size."""
        return (_both_ways(self.rivalry) + _both_ways(self.alliance)).sum(axis=1)


@dataclass(frozen=True, eq=False)
class Trajectory:
    """What happened, at the weeks 0, 1, ..., T. The flows are national, in persons per week.

    A flow at a week is the one of the rates in force from that week on.
    """

    weeks: NDArray[np.int64]  # (T+1,) since the start
    members: Array  # (T+1, n)
    recruits: Array  # (T+1,), as all that follow
    incapacitated: Array
    killed: Array
    saturation: Array
    deaths: Array  # persons killed since week 0, the integral of ``killed``

    @property
    def total(self) -> Array:
        """(T+1,) members of all cartels."""
        return self.members.sum(axis=1)


def equal(n: int, hostility: float, total: float = 115_000) -> tuple[Array, Array]:
    """Members (n,) and hostility (n, n) of n equal cartels, each as hostile to every other."""
    return np.full(n, total / n), hostility * (1 - np.eye(n))


def initial_members(network: Network, total: float = 115_000) -> Array:
    """(n,) members of each group in 2012, in the network's order: total shared as 1 / rank.

    Groups are ranked by strength, ties in the order of the file. The authors draw a Poisson number
    about these means; the means themselves are used here.
    """
    share = np.empty(len(network.names))
    share[np.argsort(-network.strength(), kind="stable")] = 1 / np.arange(1, share.size + 1)
    return total * share / share.sum()


def solve(
    members: Array,
    hostility: Array,
    rates: Rates,
    weeks: int,
    changes: Mapping[int, Rates] | None = None,
) -> Trajectory:
    """Integrate the model for a number of weeks.

    Args:
        members: (n,) members at week 0.
        hostility: (n, n) S_ij, zero on the diagonal.
        rates: the rates from week 0.
        weeks: length of the run, at least 1.
        changes: rates in force from a week on, 0 <= week < weeks; the solver restarts there.

    Raises:
        ValueError: shapes that disagree, a value out of range, or a change outside the run.
        RuntimeError: the solver failed.
    """
    members, hostility = np.asarray(members, float), np.asarray(hostility, float)
    _check(members, hostility, weeks)
    schedule = {0: rates, **(changes or {})}
    if outside := [week for week in schedule if not 0 <= week < weeks]:
        raise ValueError(f"changes at weeks {outside} fall outside the run, 0 to {weeks - 1}")

    states = np.empty((weeks + 1, members.size + 1))  # members of each cartel, then deaths so far
    states[0] = [*members, 0]
    national = np.empty((weeks + 1, 4))
    for start, stop in pairwise([*sorted(schedule), weeks]):
        rates = schedule[start]
        states[start : stop + 1] = _integrate(states[start], hostility, rates, start, stop)
        for week in range(start, stop + 1):  # the next piece, if any, redoes its first week
            national[week] = _flows(states[week, :-1], hostility, rates).sum(axis=1)
    recruits, arrested, killed, left = national.T
    sizes, deaths = states[:, :-1], states[:, -1]
    return Trajectory(np.arange(weeks + 1), sizes, recruits, arrested, killed, left, deaths)


def _flows(members: Array, hostility: Array, rates: Rates) -> Array:
    """(4, n) persons per week recruited, incapacitated, killed and lost to saturation."""
    total = members.sum()
    risk = 1.0 if total <= rates.arrests else rates.arrests / total
    danger = rates.lethality * (hostility @ members)
    item = np.broadcast_arrays(rates.recruitment, risk, danger, rates.saturation * members)
    return members * np.array(item)


def _integrate(state: Array, hostility: Array, rates: Rates, start: int, stop: int) -> Array:
    """(stop - start + 1, n + 1) states at each week, under constant rates."""

    def slope(_week: float, state: Array) -> Array:
        recruits, incapacitated, killed, saturation = _flows(state[:-1], hostility, rates)
        return np.append(recruits - incapacitated - killed - saturation, killed.sum())

    span = np.arange(start, stop + 1)
    run = solve_ivp(slope, (start, stop), state, "DOP853", t_eval=span, rtol=1e-10, atol=1e-8)
    if not run.success:
        raise RuntimeError(f"weeks {start} to {stop} could not be integrated: {run.message}")
    return np.maximum(run.y.T, 0)  # as all vanish, the solver undershoots zero by its tolerance


def _check(members: Array, hostility: Array, weeks: int) -> None:
    shapes = f"members {members.shape} and hostility {hostility.shape}"
    if members.ndim != 1 or hostility.shape != (members.size, members.size):
        raise ValueError(f"{shapes} must be (n,) and (n, n)")
    if not all((a >= 0).all() and (a < np.inf).all() for a in (members, hostility)):
        raise ValueError(f"{shapes} must be finite and not negative")
    if hostility.diagonal().any():
        raise ValueError("hostility must be zero on its diagonal: no cartel fights itself")
    if weeks < 1:
        raise ValueError(f"weeks must be at least 1, got {weeks}")


def _both_ways(weights: Array) -> Array:
    return np.maximum(weights, weights.T)


def _rows(folder: Path, kind: str, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows of one of the authors' files, each with its place for messages."""
    name = f"BACRIM2020_{kind}.csv"
    path = next((p for p in (folder / f"prietocuriel_{name}", folder / name) if p.is_file()), None)
    if path is None:
        raise FileNotFoundError(
            f"{folder / name} is missing. Download the network of Prieto-Curiel et al. (2023) "
            f"from Dryad, {DATASET}, and put its three BACRIM2020_*.csv files in {folder}."
        )
    with path.open(encoding="utf-8-sig", newline="") as file:  # the files start with a BOM
        reader = csv.DictReader(file, restval="")
        if missing := set(columns).difference(reader.fieldnames or ()):
            raise ValueError(f"{path}, line 1: no column {', '.join(sorted(missing))}")
        for row in reader:
            yield f"{path}, line {reader.line_num}", row


def _weights(folder: Path, kind: str, codes: list[str]) -> Array:
    """(n, n) weights of the pairs in one file, as recorded: row Node, column RNode."""
    weights = np.zeros((len(codes), len(codes)))
    for where, row in _rows(folder, kind, ("Node", "RNode", "weight")):
        try:
            pair = codes.index(row["Node"]), codes.index(row["RNode"])
            weight = float(row["weight"])
        except ValueError as error:
            raise ValueError(f"{where}: unknown group or weight, {error}") from None
        if not 0 < weight < np.inf or pair[0] == pair[1] or weights[pair]:
            raise ValueError(f"{where}: a pair is two groups, listed once, with a weight above 0")
        weights[pair] = weight
    return weights
