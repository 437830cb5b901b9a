"""Medians and bands over replicates, for charts: the middle 50 % and the middle 90 %."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from plazas.analysis.experiment.ensemble import Ensemble

LEVELS = (5, 25, 50, 75, 95)  # percentiles


def quantiles(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the percentiles of values (R, T) over replicates, (5, T)."""
    return np.percentile(values, LEVELS, axis=0)


def yearly_band(ensemble: Ensemble, column: str) -> dict[str, list[float]]:
    """Return a yearly series as a band, each year at its middle.

    A last year of which less than half was run is left out.
    """
    years, counts = np.unique(ensemble.weeks.year.to_numpy(), return_counts=True)
    years = years[counts >= 26]
    yearly = ensemble.yearly[column].unstack("year")[years].to_numpy()
    return _band(years + 0.5, quantiles(yearly), 0)


def monthly_band(ensemble: Ensemble, values: NDArray[Any]) -> dict[str, list[float]]:
    """Return monthly levels (R, M) as a band, each at the month's beginning."""
    months = ensemble.months
    return _band(months.year.to_numpy() + (months.month.to_numpy() - 1) / 12, quantiles(values), 1)


def cartel_band(ensemble: Ensemble, key: str) -> dict[str, list[float]]:
    """Return in how many places a cartel leads as a band."""
    return monthly_band(ensemble, ensemble.led(key))


def fastest_riser(ensembles: tuple[Ensemble, ...]) -> str | None:
    """Return the cartel of the start that gains most places over the baseline; None if none."""
    baseline = ensembles[0]
    led = {key: baseline.led(key) for key in baseline.founders}
    gains = {key: float(np.diff(of[:, [0, -1]]).mean()) for key, of in led.items()}
    best = max(gains, key=lambda key: gains[key])
    return best if gains[best] > 0 else None


def _band(x: NDArray[Any], found: NDArray[np.float64], decimals: int) -> dict[str, list[float]]:
    low90, low50, median, high50, high90 = found.round(decimals).tolist()
    rows = {"low90": low90, "low50": low50, "median": median, "high50": high50, "high90": high90}
    return {"x": x.astype(float).round(3).tolist(), **rows}
