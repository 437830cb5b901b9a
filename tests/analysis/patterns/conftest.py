"""Runs whose every figure is chosen, so that a measure can be checked against a known answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from plazas.analysis.patterns import observed
from plazas.analysis.patterns.trials import FRONT_YEAR, Runs, Trials, history
from plazas.model.record import SERIES

REPLICATES = 3


@pytest.fixture(scope="session")
def blank() -> Callable[..., Runs]:
    """Return ``blank(**arrays)``: runs in which nothing happens but what is given."""
    scenario = history()
    months = int(scenario.months()[-1]) + 1
    geography, start = scenario.country.geography, scenario.country.start
    p, k = len(geography), len(start.cartels)
    shape = (REPLICATES, months, p)

    no_fronts = np.empty(REPLICATES, object)
    no_fronts[:] = [np.zeros(0, FRONT_YEAR) for _ in range(REPLICATES)]

    def make(**arrays: Any) -> Runs:
        years = months // 12
        fields: dict[str, Any] = {
            "weekly": np.zeros((REPLICATES, scenario.weeks, len(SERIES))),
            "homicides": np.zeros(shape),
            "members": np.full(shape, 100, np.int32),
            "founders": np.zeros((*shape, k), np.int32),
            "largest": np.full(shape, 0.5),
            "home": np.zeros(shape),
            "leader": np.full(shape, -1, np.int16),
            "fought": np.zeros((REPLICATES, years, p, k)),
            "most_fought": np.zeros((REPLICATES, years, p)),
            "fronts": no_fronts,
            "joins": np.zeros((REPLICATES, 3), np.int64),
        }
        return Runs(scenario, **{**fields, **arrays})

    return make


@pytest.fixture
def of(blank: Callable[..., Runs]) -> Callable[..., Trials]:
    """Return ``of(runs)``: trials whose history has been run already."""

    def make(runs: Runs) -> Trials:
        trials = Trials(REPLICATES)
        trials.__dict__["baseline"] = runs
        return trials

    return make


@pytest.fixture(scope="session")
def weekly(blank: Callable[..., Runs]) -> Callable[..., np.ndarray]:
    """Return ``weekly(series=by_year, ...)``: national series with so much of each in a year.

    A flow is spread evenly over the weeks of its year, so that its yearly total is what was given;
    a level (``members``, ``cartels``) stands at what was given.
    """
    runs = blank()

    def make(**series: dict[int, float]) -> np.ndarray:
        national = np.zeros_like(runs.weekly)
        for name, by_year in series.items():
            for year, total in by_year.items():
                weeks = runs.year_of_week == year
                level = name in ("members", "cartels")
                share = 1.0 if level else weeks.sum() * runs.whole[runs.at(year)]
                national[:, weeks, SERIES.index(name)] = total / share
        return national

    return make


@pytest.fixture(scope="session")
def homicides_as_observed() -> dict[int, float]:
    """Return the homicides that were observed, by year."""
    return {int(k): float(v) for k, v in observed.by_year(1, "homicides")["value"].items()}
