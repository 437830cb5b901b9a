"""What was observed, to stand beside what is simulated."""

from __future__ import annotations

import pandas as pd

from plazas.model.geography import table
from plazas.model.scenario import Scenario


def homicides(scenario: Scenario) -> pd.Series[float]:
    """Return the homicides registered in Mexico in the calendar years that the run covers fully.

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
    last = scenario.stop.year
    if not scenario.country.name.startswith("Mexico"):
        return result[:0]
    return result[(result.index >= scenario.start.year) & (result.index < last)]
