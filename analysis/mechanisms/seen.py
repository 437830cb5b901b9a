"""One finished run as the measures read it: windows of time, groups of places, roles of cartels.

Letters in shapes: W weeks, M months, P places, K cartel rows, F cartels of the start.
"""

from __future__ import annotations

import functools
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plazas.model import decode
from plazas.model.calendar import DAYS_PER_YEAR
from plazas.model.events import EventKind
from plazas.model.geography import states
from plazas.model.results import Results
from plazas.model.scenario import Country, cartel_row, place_rows
from plazas.model.simulation import Simulation
from plazas.model.world import Rows

Array = NDArray[np.float64]
Window = tuple[date, date]  #: from the first day up to, not including, the second

# groups of places
ALL = "all places"
STRONGHOLDS = "strongholds"  #: the quarter of the states with most members of cartels at the start
BORDER = "border"  #: the half of the places with most access to guns from abroad
POOR = "poor"  #: the poorer half of the places
# roles of cartels; any other word is a key
LARGEST, SECOND = "largest", "second"  #: at the start


def years(first: int, last: int) -> Window:
    """Return the window of the calendar years ``first`` to ``last``, both included."""
    return date(first, 1, 1), date(last + 1, 1, 1)


def cartel_of(country: Country, role: str) -> int:
    """Return the row of a cartel of the start by role or key.

    Raises
    ------
    ScenarioError
        If no cartel has that key.
    """
    if role not in (LARGEST, SECOND):
        return cartel_row(country, role)
    order = np.argsort([-cartel.share for cartel in country.start.cartels], kind="stable")
    return int(order[0 if role == LARGEST else 1])


def strongholds(country: Country) -> tuple[str, ...]:
    """Return the names of the quarter of the states with most members of cartels at the start."""
    geography, start = country.geography, country.start
    names = states().names if geography.name == "municipalities" else geography.names
    members = start.presence @ np.array([cartel.share for cartel in start.cartels])
    by_state = np.bincount(geography.state, members, len(names))
    order = np.argsort(-by_state, kind="stable")[: max(1, len(names) // 4)]
    return tuple(names[i] for i in sorted(order))


def upper_half(values: Any) -> NDArray[np.bool_]:
    """Return which values are in the upper half; of equal ones the first (N,).

    Examples
    --------
    >>> upper_half([1.0, 4.0, 2.0, 3.0]).tolist()
    [False, True, False, True]
    """
    order = np.argsort(-np.asarray(values, float), kind="stable")
    chosen = np.zeros(len(order), bool)
    chosen[order[: len(order) // 2]] = True
    return chosen


class Seen:
    """A finished run, read.

    Parameters
    ----------
    simulation
        The run; it has reached its end.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.results: Results = simulation.results()
        self.country: Country = self.results.scenario.country
        self.record = self.results.record
        rows = int(simulation.world.nation[0].cartel_rows)
        cartels = simulation.world.cartels[:rows]
        self.founders = len(self.country.start.cartels)
        #: (F,) scores with which the cartels of the start began
        self.franchise: Array = np.array(cartels.franchise[: self.founders], float)
        self.brutality: Array = np.array(cartels.brutality[: self.founders], float)
        #: (K,) cartel of the start from which each descends, -1 where it rose from local gangs
        self.founder_of: NDArray[np.int64] = np.array(cartels.founder, np.int64)
        #: (M, P, K) members at the beginning of each month
        self.members: NDArray[np.int32] = decode.members(self.record)[:, :, :rows]

    @functools.cached_property
    def week_days(self) -> NDArray[np.datetime64]:
        """Return the first day of every week, (W,)."""
        return self.results.scenario.dates()

    @functools.cached_property
    def month_days(self) -> NDArray[np.datetime64]:
        """Return the first day of every month, (M,)."""
        return self.results.months.to_numpy().astype("datetime64[D]")

    def cartel(self, role: str) -> int:
        """Return the row of a cartel of the start by role (``LARGEST``, ``SECOND``) or key."""
        return cartel_of(self.country, role)

    def places(self, group: str) -> NDArray[np.bool_]:
        """Return which places are in a group, (P,)."""
        geography = self.country.geography
        if group == BORDER:
            return upper_half(geography.gun_access)
        if group == POOR:
            return upper_half(geography.poverty)
        chosen = np.zeros(len(geography.codes), bool)
        if group == ALL:
            chosen[:] = True
        else:
            names = strongholds(self.country) if group == STRONGHOLDS else (group,)
            chosen[place_rows(self.country, names)] = True
        return chosen

    def weeks_in(self, window: Window) -> NDArray[np.bool_]:
        """Return which weeks begin in a window, (W,)."""
        return _inside(self.week_days, window)

    def months_in(self, window: Window) -> NDArray[np.bool_]:
        """Return which months begin in a window, (M,)."""
        return _inside(self.month_days, window)

    def a_year(self, total: float, window: Window) -> float:
        """Return a total of a window as a yearly mean."""
        return total * DAYS_PER_YEAR / (window[1] - window[0]).days

    def flow(self, name: str, window: Window) -> float:
        """Return a national flow in a window, as a yearly mean."""
        weekly = decode.weekly(self.record, name)
        return self.a_year(float(weekly[self.weeks_in(window)].sum()), window)

    def level(self, name: str, window: Window) -> float:
        """Return the mean of a national level in a window."""
        return float(decode.weekly(self.record, name)[self.weeks_in(window)].mean())

    def place_series(self, name: str) -> Array:
        """Return a series of places by month, (M, P)."""
        return np.asarray(decode.place_table(self.record)[name], float)

    def by_place(self, name: str, window: Window) -> Array:
        """Return the sum of a series of places over the months of a window, (P,)."""
        return np.asarray(self.place_series(name)[self.months_in(window)].sum(axis=0))

    def events(self, window: Window, *kinds: EventKind) -> Rows:
        """Return the logged events of some kinds in a window."""
        log = decode.log(self.record)
        wanted = self.weeks_in(window)[log["week"]] & np.isin(log["kind"], kinds)
        return log[wanted].view(np.recarray)

    def months_of(self, log: Rows) -> NDArray[np.int64]:
        """Return the month of each event, counted from 0."""
        return decode.months_of_weeks(self.record, log["week"])

    @property
    def fronts(self) -> Rows:
        """Return the months of fronts, records of ``plazas.model.record.FrontMonth``."""
        return decode.fronts(self.record).view(np.recarray)

    def lines(self, month: int) -> Array:
        """Return the members of each cartel of the start and its factions in a month, (F,)."""
        heads = self.members[month].sum(axis=0).astype(float)
        known = self.founder_of >= 0
        return np.asarray(np.bincount(self.founder_of[known], heads[known], self.founders), float)

    def led(self, month: int) -> NDArray[np.int64]:
        """Return the number of places where each cartel has the most members, (K,)."""
        leaders = decode.leaders(self.members[month])
        counts = np.bincount(leaders[leaders >= 0], minlength=self.members.shape[2])
        return np.asarray(counts, np.int64)


def _inside(days: NDArray[np.datetime64], window: Window) -> NDArray[np.bool_]:
    first, last = (np.datetime64(day, "D") for day in window)
    return np.asarray((days >= first) & (days < last))
