"""What the map shows, month by month: who leads where, who fights whom, homicide rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plazas.analysis.experiment.ensemble import Ensemble
from plazas.model.calendar import DAYS_PER_YEAR
from plazas.model.scenario import Scenario

NOBODY = -1  # in place of a row of ``Cast``, where no cartel is
EMPTY = "#e0d9c9"  # colour of a place with no cartel
#: homicides per 100,000 inhabitants a year at which a colour begins, and the colours
RATE_STEPS = (0, 5, 10, 20, 30, 50, 75, 100, 150)
RATE_COLOURS = (
    *("#fdf3e1", "#fbe0b8", "#fdc587", "#fb9f5f", "#ee6f47", "#d6402f", "#ac1a26", "#77091f"),
    "#3b0516",
)
#: members killed on the fronts of a place in twelve months at which a colour begins
FRONT_STEPS = (0, 1, 10, 25, 50, 100, 200, 400)
FRONT_COLOURS = (
    *(EMPTY, "#dadaeb", "#bcbddc", "#9e9ac8", "#807dba", "#6a51a3", "#54278f", "#2d0a5e"),
)
MOVING = 12  # months over which homicide rates and the deaths of fronts are taken
SHOWN_DEATHS = 0.5  # from which a silent front is shown
#: how much white (positive) or black (negative) the colour of each further faction gets
TINTS = (0.45, -0.3, 0.65, -0.5)
#: scenarios: the baseline, then policies (Tol's bright palette, safe for colour-blind readers)
SCENARIO_COLOURS = ("#3d3d3d", "#4477AA", "#EE6677", "#228833", "#AA3377", "#66CCEE", "#CCBB44")


class Cast(NamedTuple):
    """The cartels of one replicate: key, name and colour of each."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    colours: tuple[str, ...]


class Fronts(NamedTuple):
    """N fronts by month, (N, M): members killed over twelve months, and where they are active.

    ``place``, ``one`` and ``other`` (N,) are rows of the geography and of the cast.
    """

    place: NDArray[np.intp]
    one: NDArray[np.intp]
    other: NDArray[np.intp]
    deaths: NDArray[np.float64]
    active: NDArray[np.bool_]

    def shown(self, month: int) -> list[list[int]]:
        """Return the fronts of a month: place, one, other, deaths, 1 if active; most deaths first.

        Silent fronts on which nobody was killed within twelve months are left out.
        """
        deaths, active = self.deaths[:, month], self.active[:, month]
        wanted = np.flatnonzero(active | (deaths >= SHOWN_DEATHS))
        order = wanted[np.argsort(-deaths[wanted], kind="stable")]
        columns = (
            self.place,
            self.one,
            self.other,
            np.rint(deaths).astype(int),
            active.astype(int),
        )
        return np.column_stack([column[order] for column in columns]).tolist()


class Layers(NamedTuple):
    """A replicate on the map, months by places (M, P).

    ``primary`` is a row of ``cast`` (NOBODY where there is none), ``share`` its share of the
    members there in percent, ``homicides`` the count over the last twelve months (or as many as
    there are), which ``years`` (M,) have as their length.
    """

    cast: Cast
    primary: NDArray[np.int16]
    share: NDArray[np.uint8]
    homicides: NDArray[np.int64]
    years: NDArray[np.float64]


def tinted(colour: str, number: int) -> str:
    """Return the colour of the ``number``-th faction (from 2) of a cartel: lighter or darker."""
    amount = TINTS[(number - 2) % len(TINTS)]
    towards = 255 if amount > 0 else 0
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part + (towards - part) * abs(amount)):02x}" for part in parts)


def cast_of(ensemble: Ensemble, replicate: int) -> Cast:
    """Return the cartels of a replicate; factions get a tint of their founder's colour."""
    rows = ensemble.cartels[ensemble.cartels["replicate"] == replicate]
    colours = [
        tinted(colour, int(key.split("/")[1])) if "/" in key else colour
        for key, colour in zip(rows["key"], rows["colour"], strict=True)
    ]
    return Cast(tuple(rows["key"]), tuple(rows["name"]), tuple(colours))


def typical_replicate(ensembles: Sequence[Ensemble]) -> int:
    """Return the replicate nearest the median of homicides in all scenarios together.

    One for all, so that the maps share their draws and differ by policy alone.
    """
    distance = np.zeros(len(ensembles[0]))
    for ensemble in ensembles:
        total = ensemble.series("homicides").sum(axis=1)
        distance += np.abs(total - np.median(total)) / max(1.0, float(total.std()))
    return ensembles[0].replicates[int(distance.argmin())]


def weeks_in_months(scenario: Scenario) -> NDArray[np.int64]:
    """Return how many weeks begin in each month of a run, (M,)."""
    return np.bincount(scenario.months())


def moving_homicides(
    homicides: NDArray[np.int64], weeks: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the homicides of the last twelve months, and how many years these months are.

    Parameters
    ----------
    homicides
        Homicides by month and place, (M, P).
    weeks
        How many weeks begin in each month, (M,).

    Returns
    -------
    counts
        Homicides of the twelve months up to each month, (M, P). The first months have fewer.
    years
        Length of that time in years, (M,).
    """
    passed = np.vstack([np.zeros_like(homicides[:1]), homicides.cumsum(axis=0)])
    counted = np.concatenate([[0], weeks.cumsum()])
    last = np.arange(1, len(weeks) + 1)
    first = np.maximum(0, last - MOVING)
    years = (counted[last] - counted[first]) * 7.0 / DAYS_PER_YEAR
    return passed[last] - passed[first], years


def moving_rate(
    homicides: NDArray[np.int64], weeks: NDArray[np.int64], population: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return homicides per 100,000 inhabitants a year over the last twelve months, (M, P).

    ``homicides`` (M, P) and ``weeks`` (M,) are as in :func:`moving_homicides`. The population (P,)
    is that of 2010, as in the model.
    """
    counts, years = moving_homicides(homicides, weeks)
    return counts / years[:, None] / np.maximum(population, 1.0) * 1e5


def layers_of(ensemble: Ensemble, scenario: Scenario, replicate: int) -> Layers:
    """Return what the map shows of one replicate."""
    cast = cast_of(ensemble, replicate)
    r = ensemble.replicates.index(replicate)
    row_of = {key: row for row, key in enumerate(cast.keys)}
    rows = np.array([*(row_of.get(key, NOBODY) for key in ensemble.keys), NOBODY], np.int16)
    counts = ensemble.place_series("homicides")[r]
    homicides, years = moving_homicides(counts, weeks_in_months(scenario))
    return Layers(
        cast,
        rows[ensemble.place_series("primary")[r]],
        np.rint(100.0 * ensemble.place_series("share")[r]).astype(np.uint8),
        homicides,
        years,
    )


def fronts_of(ensemble: Ensemble, replicate: int) -> Fronts:
    """Return the fronts of a replicate; two that one pair opened in a place in turn are one."""
    rows = ensemble.fronts[ensemble.fronts["replicate"] == replicate]
    row_of = {key: row for row, key in enumerate(cast_of(ensemble, replicate).keys)}
    table = pd.DataFrame(
        {
            "place": rows["code"].cat.codes.to_numpy(),
            "one": [row_of[key] for key in rows["cartel"]],
            "other": [row_of[key] for key in rows["other"]],
        }
    )
    fronts, at = np.unique(table.to_numpy(np.intp).reshape(-1, 3), axis=0, return_inverse=True)
    month = ensemble.months.get_indexer(pd.Index(rows["month"]))
    monthly = np.zeros((len(fronts), len(ensemble.months)))
    active = np.zeros(monthly.shape, bool)
    np.add.at(monthly, (at.reshape(-1), month), rows["deaths"].to_numpy(np.float64))
    np.logical_or.at(active, (at.reshape(-1), month), rows["active"].to_numpy())
    passed = np.hstack([np.zeros((len(fronts), 1)), monthly.cumsum(axis=1)])
    last = np.arange(1, len(ensemble.months) + 1)
    deaths = passed[:, last] - passed[:, np.maximum(0, last - MOVING)]
    return Fronts(fronts[:, 0], fronts[:, 1], fronts[:, 2], deaths, active)


def led_share(ensemble: Ensemble, founders: tuple[str, ...]) -> NDArray[np.uint8]:
    """Return in how many percent of the replicates a founder or its factions lead, (F, M, P)."""
    line = [key.split("/")[0] for key in ensemble.keys]
    rows = np.array([*(founders.index(k) if k in founders else NOBODY for k in line), NOBODY])
    leads = rows[ensemble.place_series("primary")]
    shares = [100.0 * (leads == row).mean(axis=0) for row in range(len(founders))]
    return np.rint(np.stack(shares)).astype(np.uint8)
