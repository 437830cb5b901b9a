"""The Science model: cartels of Mexico as one system of ordinary differential equations.

Every week a cartel recruits in proportion to its members. The state incapacitates a fixed number of
persons, shared among cartels in proportion to size. Rivals kill each other in proportion to the
product of their sizes and to their hostility. Members leave a cartel as the square of its size
(dropping out, breaking away). With C_i the members of cartel i and C their total,

    dC_i/dt = rho C_i - eta C_i / C - theta C_i sum_j S_ij C_j - omega C_i^2

The agent-based model must equal this one in expectation when it is reduced to one place with
frozen membership ("docking"). One thing is added, which changes no published number: once fewer
than ``eta`` members are left, arrests are those left per week, so that the last cartel vanishes
smoothly and does not fall below zero.

Source: R. Prieto-Curiel, G. M. Campedelli, A. Hope, "Reducing cartel recruitment is the only way
to lower violence in Mexico", Science 381, 1312-1316 (2023), doi:10.1126/science.adh2888. Their
network of 150 groups is not shipped: doi:10.5061/dryad.zw3r228d7.
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
    """The four rates of the model, with the values that the authors fitted to Mexico, 2012-2022.

    Source: Science 381:1312 and the authors' code, github.com/rafaelprietocuriel/Recruitment.

    Parameters
    ----------
    recruitment : float
        rho, recruits per member and week.
    arrests : float
        eta, persons incapacitated per week in the whole country.
    lethality : float
        theta, deaths per member, rival, week and unit of hostility.
    saturation : float
        omega, members lost per squared member of a cartel and week.

    Raises
    ------
    ValueError
        If a rate is negative or not finite.
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

    Parameters
    ----------
    names : tuple of str
        The n groups.
    rivalry, alliance : numpy.ndarray
        (n, n) Weights, row Node and column RNode of the authors' files.
    """

    names: tuple[str, ...]
    rivalry: Array
    alliance: Array

    @classmethod
    def read(cls, folder: Path | str) -> Network:
        """Read the authors' files, [prietocuriel_]BACRIM2020_{Nodes,Rivals,Alliances}.csv.

        Parameters
        ----------
        folder : pathlib.Path or str
            Where the files are.

        Returns
        -------
        Network

        Raises
        ------
        FileNotFoundError
            If a file is missing; the message says where to download it.
        ValueError
            If a column, group or weight cannot be read; the message names file and line.
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
        """Return the hostility of each group's attack on each other one, zero on the diagonal.

        S_ij = (R_ij + 1) / (A_i + 1), with R the rivalry and A_i the sum of the alliances of i.
        Both are taken in the direction that is recorded with the larger weight. Groups without any
        record are hostile too, at 1.

        Returns
        -------
        numpy.ndarray
            (n, n) S_ij of j's attack on i.
        """
        allies = _both_ways(self.alliance).sum(axis=1)
        hostility = (_both_ways(self.rivalry) + 1) / (allies[:, np.newaxis] + 1)
        np.fill_diagonal(hostility, 0)
        return hostility

    def strength(self) -> Array:
        """Return the sum of each group's rivalries and alliances, (n,), which ranks the groups."""
        return (_both_ways(self.rivalry) + _both_ways(self.alliance)).sum(axis=1)


@dataclass(frozen=True, eq=False)
class Trajectory:
    """What happened, at the weeks 0, 1, ..., T.

    Flows are national, in persons per week; a flow at a week is that of the rates from that week
    on.

    Parameters
    ----------
    weeks : numpy.ndarray of int64
        (T+1,) Since the start.
    members : numpy.ndarray
        (T+1, n) Persons.
    recruits, incapacitated, killed, saturation : numpy.ndarray
        (T+1,) Flows.
    deaths : numpy.ndarray
        (T+1,) Persons killed since week 0, the integral of ``killed``.
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
        """Return the members of all cartels, (T+1,)."""
        return self.members.sum(axis=1)


def equal(n: int, hostility: float, total: float = 115_000) -> tuple[Array, Array]:
    """Return n equal cartels, each equally hostile to every other one.

    Parameters
    ----------
    n : int
        Number of cartels.
    hostility : float
        S between any two.
    total : float
        Members of all, persons.

    Returns
    -------
    members : numpy.ndarray
        (n,) Persons.
    hostility : numpy.ndarray
        (n, n) S, zero on the diagonal.
    """
    return np.full(n, total / n), hostility * (1 - np.eye(n))


def initial_members(network: Network, total: float = 115_000) -> Array:
    """Return the members of each group in 2012: the total shared in proportion to 1 / rank.

    Groups are ranked by strength; ties keep the order of the file. The authors draw a Poisson
    number with these means; the means themselves are used here.

    Parameters
    ----------
    network : Network
        n groups.
    total : float
        Members of all, persons.

    Returns
    -------
    numpy.ndarray
        (n,) Persons, in the order of the network.
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

    Parameters
    ----------
    members : numpy.ndarray
        (n,) Members at week 0.
    hostility : numpy.ndarray
        (n, n) S_ij, zero on the diagonal.
    rates : Rates
        Rates from week 0.
    weeks : int
        Length of the run, at least 1.
    changes : mapping of int to Rates, optional
        Rates in force from a week on, 0 <= week < weeks; the solver restarts there.

    Returns
    -------
    Trajectory

    Raises
    ------
    ValueError
        If shapes disagree, a value is out of range, or a change is outside the run.
    RuntimeError
        If the solver fails.
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
    """Return persons per week recruited, incapacitated, killed and lost to saturation, (4, n)."""
    total = members.sum()
    risk = 1.0 if total <= rates.arrests else rates.arrests / total
    danger = rates.lethality * (hostility @ members)
    item = np.broadcast_arrays(rates.recruitment, risk, danger, rates.saturation * members)
    return members * np.array(item)


def _integrate(state: Array, hostility: Array, rates: Rates, start: int, stop: int) -> Array:
    """Return the states at each week under constant rates, (stop - start + 1, n + 1)."""

    def slope(_week: float, state: Array) -> Array:
        recruits, incapacitated, killed, saturation = _flows(state[:-1], hostility, rates)
        return np.append(recruits - incapacitated - killed - saturation, killed.sum())

    span = np.arange(start, stop + 1)
    run = solve_ivp(slope, (start, stop), state, "DOP853", t_eval=span, rtol=1e-10, atol=1e-8)
    if not run.success:
        raise RuntimeError(f"weeks {start} to {stop} could not be integrated: {run.message}")
    return np.maximum(run.y.T, 0)  # as all vanish, the solver undershoots zero by its tolerance


def _check(members: Array, hostility: Array, weeks: int) -> None:
    """Raise ValueError if shapes disagree or a value is out of range."""
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
    """Return, for each pair, the larger of the weights of its two directions."""
    return np.maximum(weights, weights.T)


def _rows(folder: Path, kind: str, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of one of the authors' files, each with its file and line for messages."""
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
    """Return the weights of the pairs in one file, as recorded, (n, n): row Node, column RNode."""
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
