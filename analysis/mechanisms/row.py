"""What one experiment is: two versions of a scenario, a measure, and what is expected of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from plazas.analysis.mechanisms.seen import ALL, Seen

STOP = date(2019, 1, 1)  #: the first day that no experiment runs: later years are held out
POLICY_START = date(2013, 1, 1)  #: when a policy begins, as in the shipped scenarios
EVENT_DAY = date(2012, 3, 1)  #: when a dated event happens; the history has none of its cartel near

#: how the values of both versions become an effect
DIFFERENCE = "difference"  #: with the mechanism minus without it
PERCENT = "percent"  #: the same as a percentage of the mean without it
CHANGE = "change"  #: end minus start of one version; the measure gives both, (end, start)
CONTRAST = "contrast"  #: such a percentage here minus that elsewhere; the measure gives both

RUNS = "% of runs"  #: the unit of a share of runs; by default most of them must

#: the smallest effect that counts where the expectation does not give its size, by unit
LEAST = {
    "%": 2.0,
    "points": 2.0,
    RUNS: 50.0,
    "states": 1.0,
    "groups": 0.5,
    "a year": 1.0,
}

#: a number of one finished run; a contrast and a change give two; NaN where there is none
Measure = Callable[[Seen], Any]


class Change(NamedTuple):
    """A lever of one version: level, dates, where (a group of ``Seen.places``) and against whom.

    ``against`` has roles of cartels (see ``Seen.cartel``); empty means all.
    """

    lever: str
    level: float
    where: str = ALL
    against: tuple[str, ...] = ()
    start: date = POLICY_START
    stop: date = STOP


class Incident(NamedTuple):
    """A dated event of one version; ``cartel`` is a role (see ``Seen.cartel``)."""

    kind: str
    cartel: str
    heir: bool | None = None
    on: date = EVENT_DAY


@dataclass(frozen=True)
class Arm:
    """One version of the scenario: parameters, levers and events that differ from it.

    Parameters
    ----------
    parameters
        Changed parameters, as pairs of name and value.
    changes, incidents
        Levers and dated events that are added; a lever overrides that of the scenario.
    """

    parameters: tuple[tuple[str, float], ...] = ()
    changes: tuple[Change, ...] = ()
    incidents: tuple[Incident, ...] = ()


def arm(parameters: Mapping[str, float] | None = None, *added: Change | Incident) -> Arm:
    """Return a version of the scenario with changed parameters, levers and events.

    Examples
    --------
    >>> arm({"absorption": 0.0}).parameters
    (('absorption', 0.0),)
    """
    return Arm(
        tuple((parameters or {}).items()),
        tuple(item for item in added if isinstance(item, Change)),
        tuple(item for item in added if isinstance(item, Incident)),
    )


PLAIN = Arm()  #: the scenario as it is


@dataclass(frozen=True)
class Row:
    """One experiment: what is expected, and how it is measured.

    Parameters
    ----------
    key, title
        A short word for the command, and a title.
    expected, source
        What is expected, in one sentence, and where that comes from.
    quantity, unit
        What is measured, and the unit of the effect; one of ``LEAST``.
    measure
        The measure of one run.
    on, off
        The versions with and without the mechanism. Without ``off`` the effect is the value of
        ``on`` minus ``reference``.
    sign
        1 if the effect is expected to be positive, -1 if negative.
    how
        ``DIFFERENCE``, ``PERCENT``, ``CHANGE`` or ``CONTRAST``.
    size
        The smallest effect that counts, without sign; None takes that of the unit in ``LEAST``.
    reference
        See ``off``.
    cartels, states
        Keys of cartels and names of states that the scenario's country must have.
    note
        What is printed beside the row and not tested.
    """

    key: str
    title: str
    expected: str
    source: str
    quantity: str
    unit: str
    measure: Measure = field(repr=False)
    on: Arm = PLAIN
    off: Arm | None = None
    sign: int = 1
    how: str = DIFFERENCE
    size: float | None = None
    reference: float = 0.0
    cartels: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    note: str = ""

    @property
    def least(self) -> float:
        """Return the smallest effect that counts, without sign, in the unit of the row."""
        return LEAST[self.unit] if self.size is None else self.size

    @property
    def arms(self) -> tuple[Arm, ...]:
        """Return the versions of the scenario that the row compares."""
        return (self.on,) if self.off is None else (self.on, self.off)
