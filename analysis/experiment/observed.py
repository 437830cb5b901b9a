"""What was observed, to stand beside what is simulated."""

from __future__ import annotations

import pandas as pd

from plazas.model.calendar import WHOLE_YEAR, years_of
from plazas.model.geography import table
from plazas.model.scenario import Scenario


def homicides(scenario: Scenario) -> pd.Series[float]:
    """Return the homicides registered in Mexico in the calendar years that are simulated whole.

    A year is simulated whole if the run covers all but a few days of it, so that its simulated
    homicides are scaled to the year (`plazas.model.calendar.whole_year_scale`).
    Indexed by year; empty where nothing was observed (later years are held out, or another
    country). Source: INEGI, see model/data/README.md.

    Raises
    ------
    DataError
        If the table is missing or damaged.
    """
    known = table("national.csv", numbers=("year", "homicides"))
    result = pd.Series(
        known["homicides"].to_numpy(float), known["year"].astype(int), name="observed"
    )
    if not scenario.country.name.startswith("Mexico"):
        return result[:0]
    run = years_of(scenario.start, scenario.weeks)
    return result[result.index.isin(run.years[run.weeks >= WHOLE_YEAR])]
