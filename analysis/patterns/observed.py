"""Observed figures of 2010-2018 by pattern, with their sources.

Most are in ``model/data/patterns.csv``. Yearly figures of the nation and of the states are read
from ``national.csv`` and ``homicides.csv``, so that no figure is kept in two tables. Later years
are held out; :mod:`plazas.analysis.patterns.later` reads them from a folder of the user.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from plazas.model.geography import DataError, states, table

COLUMNS = ("pattern", "quantity", "year", "low", "value", "high", "unit", "source")
FIRST_YEAR, LAST_YEAR = 2010, 2018
SCIENCE = "Prieto-Curiel, Campedelli & Hope 2023, Science 381:1312"
#: patterns whose figures are columns of national.csv: pattern, column, quantity, unit, source
NATIONAL = (
    (1, "homicides", "homicides", "homicides a year", "INEGI, registered"),
    (2, "cjng_main_states", "cjng_main_states", "states", "UCDP Georeferenced Event Dataset 24.1"),
    (4, "members", "members", "persons", SCIENCE),
    (5, "killed_week", "killed_week", "persons a week", SCIENCE),
    (5, "arrests_week", "arrests_week", "persons a week", SCIENCE),
)


@functools.cache
def figures() -> pd.DataFrame:
    """Return every observed figure.

    Returns
    -------
    pandas.DataFrame
        One row per figure: ``pattern``, ``quantity``, ``year``, ``low``, ``value``, ``high``,
        ``unit``, ``source``. ``year`` is missing for a figure without a year. ``low`` and ``high``
        equal the value where sources agree, and are missing on an open side. ``value`` is the
        middle of the range where no single figure is published, missing where a side is open.

    Raises
    ------
    DataError
        If a table is missing or damaged, or contains a held-out year.
    """
    own = table("patterns.csv", ("quantity", "unit", "source"), ("pattern",))
    for column in ("year", "low", "value", "high"):
        own[column] = pd.to_numeric(own[column], errors="coerce")
    rows = pd.concat([own[list(COLUMNS)], *_national()], ignore_index=True)
    if (rows["year"] > LAST_YEAR).any():
        raise DataError(f"patterns.csv: column 'year': years after {LAST_YEAR} are held out")
    rows["pattern"] = rows["pattern"].astype(int)
    for side in ("low", "high"):
        rows[side] = rows[side].fillna(rows["value"])
    rows["value"] = rows["value"].fillna((rows["low"] + rows["high"]) / 2)
    return rows.sort_values(["pattern", "quantity", "year"], ignore_index=True)


def of(pattern: int, quantity: str) -> pd.DataFrame:
    """Return the figures of one quantity of a pattern, in order of year.

    Parameters
    ----------
    pattern, quantity
        Number of the pattern, and name of the quantity in ``figures()``.

    Raises
    ------
    KeyError
        If there is no such figure.
    """
    all_of_them = figures()
    mine = all_of_them["pattern"].eq(pattern) & all_of_them["quantity"].eq(quantity)
    if not mine.any():
        raise KeyError(f"pattern {pattern} has no observed {quantity!r}")
    return all_of_them[mine].reset_index(drop=True)


def by_year(pattern: int, quantity: str) -> pd.DataFrame:
    """Return low, value and high of a quantity, indexed by year; arguments as :func:`of`."""
    rows = of(pattern, quantity)
    return rows.set_index(rows["year"].astype(int))[["low", "value", "high"]]


def span(pattern: int, quantity: str) -> tuple[float, float]:
    """Return the observed range (low, high) of a quantity without years; see :func:`of`."""
    row = of(pattern, quantity).iloc[0]
    return float(row["low"]), float(row["high"])


@functools.cache
def state_homicides() -> pd.DataFrame:
    """Return homicides per year (deaths), 2007-2018, from homicides.csv.

    Returns
    -------
    pandas.DataFrame
        One row per state code, in the order of ``states()``, and one column per year.
    """
    raw = table("homicides.csv", ("code",), ("year", "homicides"))
    wide = raw.pivot(index="code", columns="year", values="homicides")
    wide.columns = wide.columns.astype(int)
    return wide.reindex(list(states().codes))


def state_rates(years: tuple[int, ...]) -> np.ndarray:
    """Return homicides per 100,000 inhabitants (of 2010) and year, mean of some years, (32,)."""
    mean = state_homicides()[list(years)].mean(axis=1).to_numpy()
    return 1e5 * mean / states().population


def _national() -> list[pd.DataFrame]:
    t = table("national.csv", (), ("year",))
    t = t[t["year"].between(FIRST_YEAR, LAST_YEAR)]
    parts = []
    for pattern, column, quantity, unit, source in NATIONAL:
        known = t[t[column].notna()]
        values = known[column].astype(float)
        parts.append(
            pd.DataFrame(
                {
                    "pattern": pattern,
                    "quantity": quantity,
                    "year": known["year"],
                    "low": values,
                    "value": values,
                    "high": values,
                    "unit": unit,
                    "source": source,
                }
            )
        )
    return parts
