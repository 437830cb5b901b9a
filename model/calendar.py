"""The length of a year, a quarter and a month, and the calendar years of a run's weeks.

The only place where a flow by week becomes a flow by year.
"""

from __future__ import annotations

import calendar
import functools
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

DAYS_PER_WEEK = 7
DAYS_PER_YEAR = 365.25
WEEKS_PER_YEAR = DAYS_PER_YEAR / DAYS_PER_WEEK
YEARS_PER_WEEK = DAYS_PER_WEEK / DAYS_PER_YEAR
ROUNDED_WEEKS_PER_YEAR = 52.18  # the year of the rules: the fit and the golden runs depend on it
SCIENCE_WEEKS_PER_YEAR = 52  # the year of the Science model: 520 weeks are 2012 to 2022
WEEKS_IN_YEAR_WINDOW = 52  # whole weeks of a window of a year, such as the last year of a run
WEEKS_PER_QUARTER = 13
WEEKS_PER_MONTH = 4  # of the rules; months of the record are calendar months
WHOLE_YEAR = 51  # weeks that begin in a year of which all but a few days were run

Number = TypeVar("Number", float, NDArray[np.float64])


def per_year(per_week: Number) -> Number:
    """Return a mean flow by week as the flow of a year of 365.25 days.

    Parameters
    ----------
    per_week
        Mean flow, persons a week (or any unit a week); a number or an array of any shape.

    Examples
    --------
    >>> per_year(7.0)
    365.25
    """
    return per_week * DAYS_PER_YEAR / DAYS_PER_WEEK


def whole_year_scale(years: Iterable[int], weeks: ArrayLike) -> NDArray[np.float64]:
    """Return what the sum of a year's weeks is multiplied by to count every day of the year.

    51 to 53 weeks begin in a year that is run as a whole. The sum over a part of a year stays as it
    is: its scale is 1.

    Parameters
    ----------
    years
        Calendar years, (Y,).
    weeks
        How many weeks of the run begin in each of them, (Y,).

    Returns
    -------
    numpy.ndarray
        Scale of each year, (Y,).

    Examples
    --------
    >>> whole_year_scale([2012, 2013], [52, 20]).round(4).tolist()
    [1.0055, 1.0]
    """
    count = np.asarray(weeks)
    days = np.array([366 if calendar.isleap(int(year)) else 365 for year in years])
    return np.where(count >= WHOLE_YEAR, days / 7.0 / count, 1.0)


class Years(NamedTuple):
    """The Y calendar years in which the weeks of a run begin."""

    years: NDArray[np.int64]  #: (Y,) calendar years
    starts: NDArray[np.intp]  #: (Y,) the first week of each
    weeks: NDArray[np.int64]  #: (Y,) how many weeks begin in each
    scale: NDArray[np.float64]  #: (Y,) see :func:`whole_year_scale`


def years_of_weeks(start: date, weeks: int) -> NDArray[np.int64]:
    """Return the calendar year in which each week of a run begins, (W,)."""
    days = np.datetime64(start, "D") + DAYS_PER_WEEK * np.arange(weeks)
    return days.astype("datetime64[Y]").astype(np.int64) + 1970


def years_of_months(start: date, months: int) -> NDArray[np.int64]:
    """Return the calendar year of each month of a run, (M,)."""
    return start.year + (start.month - 1 + np.arange(months)) // 12


@functools.lru_cache(64)
def years_of(start: date, weeks: int) -> Years:
    """Return the calendar years of a run of so many weeks; the arrays are shared, do not write.

    Examples
    --------
    >>> from datetime import date
    >>> years_of(date(2010, 1, 1), 60).weeks.tolist()
    [53, 7]
    """
    year = years_of_weeks(start, weeks)
    starts = np.flatnonzero(np.diff(year, prepend=year[0] - 1))
    count = np.diff(starts, append=weeks)
    years = year[starts]
    return Years(years, starts, count, whole_year_scale(years.tolist(), count))
