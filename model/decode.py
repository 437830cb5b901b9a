"""Decode the record of a run: arrays in, arrays out, no frame.

Everything outside the rules that reads a :class:`~plazas.model.record.Record` uses these functions.
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
    """N combinations of a year, a place and a cartel that fought on a front there."""

    year: NDArray[np.intp]  #: (N,) from 0
    place: NDArray[np.intp]  #: (N,) rows of the geography
    cartel: NDArray[np.intp]  #: (N,) cartel rows
    deaths: NDArray[np.float32]  #: (N,) members expected to be killed on its fronts, both sides


def log(record: Record) -> NDArray[Any]:
    """Return the event log so far, a structured array of ``plazas.model.record.EventRecord``."""
    return record.events[: int(record.used[0])].view(np.ndarray)


def fronts(record: Record) -> NDArray[Any]:
    """Return the months of fronts so far, (N,), records of ``plazas.model.record.FrontMonth``.

    A month of a front is there where members were killed on it or it was active at the month's
    end. Months are in their order; the month that is running is not there yet.
    """
    return record.fronts[: int(record.used[1])].view(np.ndarray)


def front_totals(record: Record, months: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the fronts of places by month.

    Parameters
    ----------
    record
        The record of a run.
    months
        How many months.

    Returns
    -------
    active
        Fronts that were active at the month's end, (M, P).
    deaths
        Members expected to be killed on fronts in the month, both sides, (M, P).
    """
    rows = fronts(record)
    shape = (months, members(record).shape[1])
    active, deaths = np.zeros(shape, np.int64), np.zeros(shape)
    np.add.at(active, (rows["month"], rows["place"]), rows["active"])
    np.add.at(deaths, (rows["month"], rows["place"]), rows["deaths"])
    return active, deaths


def series(record: Record, weeks: int | None = None) -> NDArray[np.float64]:
    """Return the national series of the first ``weeks`` weeks, (W, S), in the order of ``SERIES``.

    It is a view of the record, not a copy.
    """
    return np.asarray(record.weekly[:weeks]).view(np.float64).reshape(-1, len(SERIES))


def weekly(record: Record, name: str, weeks: int | None = None) -> NDArray[np.float64]:
    """Return one national series of the first ``weeks`` weeks, (W,); it is a view of the record.

    Parameters
    ----------
    record
        The record of a run.
    name
        One of ``SERIES``.
    weeks
        How many weeks; all of the record if None.
    """
    return series(record, weeks)[:, SERIES.index(name)]


def week_table(record: Record, weeks: int) -> NDArray[Any]:
    """Return the first ``weeks`` weeks, (W,), as records of ``plazas.model.record.Week``."""
    return np.asarray(record.weekly[:weeks])


def month_of(record: Record, week: int) -> int:
    """Return the month, from 0, in which a week begins."""
    return int(record.month[week])


def months_of_weeks(record: Record, weeks: NDArray[Any]) -> NDArray[np.int64]:
    """Return the months, from 0, in which weeks begin; the shape is that of ``weeks``."""
    return np.asarray(record.month[weeks])


def weeks_before(record: Record, month: int) -> int:
    """Return how many weeks begin before a month; all of the run if it ends before that month."""
    return int((record.month < month).sum())


def weeks_by_month(record: Record, weeks: int) -> NDArray[np.intp]:
    """Return how many of the first ``weeks`` weeks begin in each month so far, (M,)."""
    return np.bincount(record.month[:weeks])


def months_begun(record: Record, weeks: int) -> int:
    """Return the number of months that have begun after ``weeks`` weeks."""
    return int(record.month[weeks - 1]) + 1 if weeks else 0


def years_begun(record: Record, weeks: int) -> int:
    """Return the number of calendar years that have begun after ``weeks`` weeks."""
    return int(record.year[weeks - 1]) + 1 if weeks else 0


def yearly(national: NDArray[np.float64], years: Years) -> NDArray[np.float64]:
    """Return national series by calendar year, (Y, S).

    Flows are summed and scaled to the days of the year where all of it was run; levels are means.

    Parameters
    ----------
    national
        National series, (W, S), as :func:`series` gives them.
    years
        The years of these weeks, as :func:`plazas.model.calendar.years_of` gives them.
    """
    sums = np.add.reduceat(national, years.starts, axis=0)
    return np.asarray(sums * np.where(_IS_FLOW, years.scale[:, None], 1.0 / years.weeks[:, None]))


def members(record: Record, months: int | None = None) -> NDArray[np.int32]:
    """Return the members of every cartel at the beginning of the first ``months`` months.

    Parameters
    ----------
    record
        The record of a run.
    months
        How many months; all of the record if None.

    Returns
    -------
    numpy.ndarray
        Persons, (M, P, K); a view of the record, not a copy.
    """
    return record.members[:months]


def place_table(record: Record, months: int | None = None) -> NDArray[Any]:
    """Return the first ``months`` months, (M, P), as records of ``plazas.model.record.PlaceMonth``.

    It is a view of the record, not a copy.
    """
    return np.asarray(record.places[:months])


def deaths_in_fights(record: Record, years: int | None = None) -> NDArray[np.float32]:
    """Return the deaths expected in each cartel's fights with enemies at war, (Y, P, K)."""
    return record.fought[:years]


def leaders(heads: NDArray[Any]) -> NDArray[np.int64]:
    """Return the cartel row with most members, -1 where there is none.

    Parameters
    ----------
    heads
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
    return np.where(heads.max(axis=-1) > 0, heads.argmax(axis=-1), -1)


def shares(heads: NDArray[Any]) -> NDArray[np.float64]:
    """Return each cartel's share of the members in a place, (..., K); 0 where there are none."""
    return np.asarray(heads / np.maximum(heads.sum(axis=-1), 1)[..., None])


def presence(record: Record, months: int) -> Presence:
    """Return who had members where in the first ``months`` months, in the order of months."""
    everyone = members(record, months)
    m, p, k = np.nonzero(everyone)
    heads = everyone[m, p, k]
    return Presence(m, p, k, heads, heads / everyone.sum(axis=2)[m, p])


def cartel_months(record: Record, months: int) -> CartelMonths:
    """Return the living cartels of the first ``months`` months, in the order of months."""
    heads = members(record, months).sum(axis=1)
    m, k = np.nonzero(heads)
    return CartelMonths(m, k, heads[m, k], np.asarray(record.cartels[m, k]))


def fights(record: Record, years: int) -> Fights:
    """Return who fought where in the first ``years`` calendar years, in the order of years."""
    deaths = deaths_in_fights(record, years)
    y, p, k = np.nonzero(deaths)
    return Fights(y, p, k, deaths[y, p, k])
