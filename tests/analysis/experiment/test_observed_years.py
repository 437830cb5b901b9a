"""Observed homicides stand only beside years that are simulated whole."""

from __future__ import annotations

from datetime import date

import pytest

from plazas.analysis.experiment import observed
from plazas.model.scenario import Scenario


@pytest.mark.parametrize(
    ("start", "stop", "years"),
    [
        (date(2012, 12, 1), date(2014, 1, 1), [2013]),
        (date(2010, 1, 1), date(2012, 7, 1), [2010, 2011]),
        (date(2010, 2, 1), date(2012, 1, 1), [2011]),
        (date(2011, 3, 1), date(2011, 11, 1), []),
        (date(2010, 1, 1), date(2012, 1, 1), [2010, 2011]),
        (date(2010, 1, 4), date(2011, 12, 31), [2010, 2011]),  # all but a few days
    ],
)
def test_years_at_either_end(start: date, stop: date, years: list[int]) -> None:
    assert observed.homicides(Scenario(start=start, stop=stop)).index.tolist() == years
