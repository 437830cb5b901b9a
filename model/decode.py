"""Decode the record of a run: arrays in, arrays out, no frame.

Everything that reads a :class:`~plazas.model.record.Record` uses these functions.
:class:`~plazas.model.results.Results` makes pandas frames or an xarray dataset of them. Sweeps and
the dashboard, which must be fast, use the arrays. W weeks, M months, Y calendar years, P places,
K cartel rows. A row of -1 is "no place" or "no cartel".
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plazas.model.calendar import Years
from plazas.model.record import SERIES, WEEK_FLOWS, Record

_IS_FLOW = np.array([name in WEEK_FLOWS for name in SERIES])


class Presence(NamedTuple):
    """N combinations of a month, a place and a cartel that has members there then."""

    month: NDArray[np.intp]  #: (N,) from 0
    place: NDArray[np.intp]  #: (N,) rows of the geography
    cartel: NDArray[np.intp]  #: (N,) cartel rows
    members: NDArray[np.int32]  #: (N,) persons
    share: NDArray[np.float64]  #: (N,) of the members of all cartels there, 0 to 1


class CartelMonths(NamedTuple):
    """N combinations of a month and a cartel that has members then."""

    month: NDArray[np.intp]  #: (N,) from 0
    cartel: NDArray[np.intp]  #: (N,) cartel rows
    members: NDArray[np.int64]  #: (N,) persons
    levels: NDArray[Any]  #: (N,) records of ``plazas.model.record.CartelMonth``


class Fights(NamedTuple):
    """N combinations of a year, a place and a cartel that fought an enemy at war there."""

    year: NDArray[np.intp]  #: (N,) from 0
    place: NDArray[np.intp]  #: (N,) rows of the geography
    cartel: NDArray[np.intp]  #: (N,) cartel rows
    deaths: NDArray[np.float32]  #: (N,) expected in its fights, both sides


def log(record: Record) -> NDArray[Any]:
    """Return the event log so far, a structured array of ``plazas.model.record.EventRecord``."""
    return record.events[: int(record.used[0])].view(np.ndarray)


def series(record: Record, weeks: int | None = None) -> NDArray[np.float64]:
    """Return the national series of the first ``weeks`` weeks, (W, S), in the order of ``SERIES``.

    It is a view of the record, not a copy.
    """
    return np.asarray(record.weekly[:weeks]).view(np.float64).reshape(-1, len(SERIES))


def months_begun(record: Record, weeks: int) -> int:
    """Return the number of months that have begun after ``weeks`` weeks."""
    return int(record.month[weeks - 1]) + 1 if weeks else 0


def years_begun(record: Record, weeks: int) -> int:
    """Return the number of calendar years that have begun after ``weeks`` weeks."""
    return int(record.year[weeks - 1]) + 1 if weeks else 0


def yearly(weekly: NDArray[np.float64], years: Years) -> NDArray[np.float64]:
    """Return national series by calendar year, (Y, S).

    Flows are summed and scaled to the days of the year where all of it was run; levels are means.

    Parameters
    ----------
    weekly
        National series, (W, S), as :func:`series` gives them.
    years
        The years of these weeks, as :func:`plazas.model.calendar.years_of` gives them.
    """
    sums = np.add.reduceat(weekly, years.starts, axis=0)
    return np.asarray(sums * np.where(_IS_FLOW, years.scale[:, None], 1.0 / years.weeks[:, None]))


def leaders(members: NDArray[Any]) -> NDArray[np.int64]:
    """Return the cartel row with most members, -1 where there is none.

    Parameters
    ----------
    members
        Members by cartel, (..., K). The lowest row wins a tie.

    Returns
    -------
    numpy.ndarray
        Cartel rows, (...).

    Examples
    --------
    >>> import numpy as np
    >>> leaders(np.array([[3, 5], [0, 0]])).tolist()
    [1, -1]
    """
    return np.where(members.max(axis=-1) > 0, members.argmax(axis=-1), -1)


def shares(members: NDArray[Any]) -> NDArray[np.float64]:
    """Return each cartel's share of the members in a place, (..., K); 0 where there are none."""
    return np.asarray(members / np.maximum(members.sum(axis=-1), 1)[..., None])


def presence(record: Record, months: int) -> Presence:
    """Return who had members where in the first ``months`` months, in the order of months."""
    members = record.members[:months]
    m, p, k = np.nonzero(members)
    heads = members[m, p, k]
    return Presence(m, p, k, heads, heads / members.sum(axis=2)[m, p])


def cartel_months(record: Record, months: int) -> CartelMonths:
    """Return the living cartels of the first ``months`` months, in the order of months."""
    members = record.members[:months].sum(axis=1)
    m, k = np.nonzero(members)
    return CartelMonths(m, k, members[m, k], np.asarray(record.cartels[m, k]))


def fights(record: Record, years: int) -> Fights:
    """Return who fought where in the first ``years`` calendar years, in the order of years."""
    deaths = record.fought[:years]
    y, p, k = np.nonzero(deaths)
    return Fights(y, p, k, deaths[y, p, k])
