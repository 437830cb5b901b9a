"""What a policy can change: the levers, their units and ranges, and dated changes of them.

A policy sets one lever to a level from ``start`` up to, not including, ``stop``. Without a policy
a lever is at its baseline, where it changes nothing. Policies of one layer that overlap on the same
lever, place and cartel are rejected unless they agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plazas.model.errors import UserError, unknown


class Lever(NamedTuple):
    """One thing that a policy can change: unit, baseline level, range, and what it does."""

    name: str
    unit: str
    baseline: float
    low: float
    high: float
    by_cartel: bool
    meaning: str


LEVERS: tuple[Lever, ...] = (
    Lever("arrests", "times", 1.0, 0.0, 10.0, True, "arrest capacity"),
    Lever(
        "confrontation",
        "times",
        1.0,
        0.0,
        10.0,
        True,
        "armed confrontation sought by the forces (1: as in 2011)",
    ),
    Lever("kingpin", "times", 1.0, 0.0, 20.0, True, "operations against leaders"),
    Lever(
        "prevention",
        "USD per at-risk youth per week",
        0.0,
        0.0,
        200.0,
        False,
        "spending that keeps youths from being recruited",
    ),
    Lever(
        "rehabilitation",
        "chance per week",
        0.0,
        0.0,
        0.05,
        False,
        "members who leave through a programme",
    ),
    Lever("southbound_guns", "times", 1.0, 0.0, 3.0, False, "guns flowing south"),
    Lever("anti_corruption", "share", 0.0, 0.0, 1.0, False, "bribes that fail to buy anything"),
    Lever(
        "us_roundup",
        "share",
        0.0,
        0.0,
        1.0,
        True,
        "trafficking revenue cut by arrests in the United States",
    ),
    Lever("extradition", "times", 1.0, 0.0, 50.0, True, "extradition of captured leaders"),
    Lever("protection", "share", 0.0, 0.0, 1.0, False, "attacks on officials foiled"),
    Lever(
        "tolerance", "share", 0.0, 0.0, 1.0, True, "enforcement withheld (truce, or let one win)"
    ),
    Lever(
        "focus",
        "share",
        0.0,
        0.0,
        1.0,
        False,
        "arrests aimed at the most violent group rather than in proportion to size",
    ),
    Lever("drug_revenue", "times", 1.0, 0.0, 5.0, False, "drug export revenue"),
    Lever("force", "times", 1.0, 0.0, 10.0, False, "security force deployed"),
)
LEVER_INDEX = {lever.name: i for i, lever in enumerate(LEVERS)}


def _row(name: str) -> np.int64:
    """Return the row of a lever in the level table, as numpy's integer for compiled rules."""
    return np.int64(LEVER_INDEX[name])


ARRESTS = _row("arrests")
CONFRONTATION = _row("confrontation")
KINGPIN = _row("kingpin")
PREVENTION = _row("prevention")
REHABILITATION = _row("rehabilitation")
SOUTHBOUND_GUNS = _row("southbound_guns")
ANTI_CORRUPTION = _row("anti_corruption")
US_ROUNDUP = _row("us_roundup")
EXTRADITION_LEVER = _row("extradition")
PROTECTION = _row("protection")
TOLERANCE = _row("tolerance")
FOCUS = _row("focus")
DRUG_REVENUE = _row("drug_revenue")
FORCE = _row("force")


class LeverError(UserError):
    """A policy that names no lever, leaves its range, or contradicts another.

    ``reason`` says what is wrong and what is allowed; ``field`` names the part of the policy
    (``"level"``); ``pair`` holds a policy and the earlier one that it contradicts.
    """

    def __init__(
        self,
        reason: str,
        field: str = "lever",
        policy: Policy | None = None,
        contradicts: Policy | None = None,
    ) -> None:
        self.reason, self.field = reason, field
        self.pair = (policy, contradicts) if policy and contradicts else None
        where = f"{policy.lever}: {field}: " if policy else ""
        super().__init__(where + reason)


@dataclass(frozen=True)
class Policy:
    """A dated change of one lever, in force on [start, stop).

    Parameters
    ----------
    lever : str
        Name of the lever (see ``plazas.levers()``).
    level : float
        Its level, in the unit of the lever.
    start, stop : datetime.date
        First day, and first day on which it no longer holds.
    states, targets : tuple of str
        Names of states and keys of cartels; empty means all.
    cost : float
        Million USD per week while in force.
    layer : int
        Where policies overlap, the highest layer holds: a scenario's own policies override those
        of the scenario it extends.
    label, source : str
        A name and a source for people.

    Raises
    ------
    LeverError
        If the lever is unknown, the level is outside its range, the dates are reversed, the cost is
        negative, or the lever cannot be aimed at cartels.

    Examples
    --------
    >>> from datetime import date
    >>> import plazas as pz
    >>> pz.Policy("arrests", 2.0, date(2013, 1, 1), date(2015, 1, 1)).level
    2.0
    """

    lever: str
    level: float
    start: date
    stop: date
    states: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    cost: float = 0.0
    layer: int = 0
    label: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        lever = find_lever(self.lever)
        if not lever.low <= self.level <= lever.high:
            raise LeverError(
                f"{self.level:g} is outside {lever.low:g} to {lever.high:g} {lever.unit} "
                f"({lever.name}: {lever.meaning})",
                "level",
                self,
            )
        if self.targets and not lever.by_cartel:
            aimed = ", ".join(other.name for other in LEVERS if other.by_cartel)
            raise LeverError(
                f"{lever.name} cannot be aimed at cartels; these can: {aimed}", "targets", self
            )
        if self.start >= self.stop:
            raise LeverError(f"{self.stop} is not after the start, {self.start}", "stop", self)
        if self.cost < 0:
            raise LeverError(f"{self.cost:g} is negative; the least is 0", "cost", self)


def find_lever(name: str) -> Lever:
    """Return a lever.

    Parameters
    ----------
    name : str
        Its name.

    Returns
    -------
    Lever

    Raises
    ------
    LeverError
        If there is no such lever; the message names the nearest.
    """
    if name not in LEVER_INDEX:
        raise LeverError(unknown("lever", name, LEVER_INDEX))
    return LEVERS[LEVER_INDEX[name]]


class Levels(NamedTuple):
    """The level of every lever through a run, constant within each of S segments of weeks.

    Parameters
    ----------
    segment : numpy.ndarray of int64
        (W,) Segment of each week.
    place : numpy.ndarray
        (S, L, P) Levels by place.
    aimed : numpy.ndarray
        (S, L, P, C) Levels against each founding cartel, NaN where no policy aims at it. Its L is 0
        where no policy aims at any cartel. Factions inherit the aim at their founder.
    cost : numpy.ndarray
        (W,) Thousand USD a week.
    """

    segment: NDArray[np.int64]
    place: NDArray[np.float64]
    aimed: NDArray[np.float64]
    cost: NDArray[np.float64]


def baseline_levels(places: int) -> Levels:
    """Return one week with every lever at its baseline.

    Parameters
    ----------
    places : int
        Number of places.

    Returns
    -------
    Levels
    """
    place = np.repeat([[lever.baseline] for lever in LEVERS], places, axis=1)
    return Levels(
        segment=np.zeros(1, np.int64),
        place=place[None],
        aimed=np.full((1, 0, 0, 0), np.nan),
        cost=np.zeros(1),
    )
