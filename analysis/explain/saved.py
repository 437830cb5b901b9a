"""One replicate of saved results, as seen from one place."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from plazas.analysis.experiment import store
from plazas.analysis.experiment.ensemble import Ensemble
from plazas.model.errors import UserError, unknown
from plazas.model.scenario import Scenario


class ExplainError(UserError):
    """What was asked for is not in the saved results; the message says what is."""


class Event(NamedTuple):
    """A row of the event log (``plazas.model.events.EventKind``); None where there is none.

    ``place`` is a code, ``cartel`` and ``other`` are keys; ``gang`` is an id or ``NO_GANG``.
    """

    date: pd.Timestamp
    kind: str
    place: str | None
    cartel: str | None
    other: str | None
    amount: int
    gang: int


@dataclass(frozen=True, eq=False)
class Saved:
    """A replicate and a place in it.

    ``months`` (M,) are the first days of the months; ``heads`` has the members at the beginning of
    each (a row a month, a column a cartel that was ever there); ``series`` the monthly series of
    the place (``plazas.model.record.PlaceMonth``); ``nation`` (M,) the homicides of the whole
    country. ``events`` is the log of the whole country, ``cartels`` a row for each cartel, by key.
    ``fronts`` are the months of the fronts of the place, as in an ensemble.
    """

    folder: Path
    scenario: Scenario
    seed: int
    replicate: int
    parameters: Mapping[str, float]  #: the parameter set of the replicate; empty where none was
    place: int
    months: pd.DatetimeIndex
    heads: pd.DataFrame
    series: pd.DataFrame
    nation: pd.Series[float]
    events: pd.DataFrame
    cartels: pd.DataFrame
    fronts: pd.DataFrame

    @property
    def code(self) -> str:
        """Return the code of the place."""
        return self.scenario.country.geography.codes[self.place]

    @property
    def name(self) -> str:
        """Return the name of the place."""
        return self.scenario.country.geography.names[self.place]

    @functools.cached_property
    def here(self) -> pd.DataFrame:
        """Return the events that were logged in the place."""
        return self.events[self.events["place"] == self.code]

    @functools.cached_property
    def shares(self) -> pd.DataFrame:
        """Return each cartel's share of the cartel members there, by month."""
        total = self.heads.sum(axis=1)
        return self.heads.div(total.where(total > 0, 1), axis=0)

    @functools.cached_property
    def contest(self) -> pd.Series[float]:
        """Return one less the Herfindahl index of the shares by month: 0 a monopoly."""
        there = self.heads.sum(axis=1) > 0
        return (1.0 - (self.shares**2).sum(axis=1)).where(there, 0.0)

    @functools.cached_property
    def full_years(self) -> tuple[int, ...]:
        """Return the calendar years of which every month was run."""
        years, months = np.unique(self.months.year.to_numpy(), return_counts=True)
        return tuple(years[months == 12].tolist())

    def at(self, day: date | pd.Timestamp) -> int:
        """Return the month (its number in ``months``) in which a day lies."""
        result = int(self.months.searchsorted(pd.Timestamp(day), side="right")) - 1
        return max(0, result)

    def members(self, cartel: str | None, month: int) -> int:
        """Return the members of a cartel there at the beginning of a month; 0 for none."""
        return int(self.heads[cartel].iloc[month]) if cartel in self.heads else 0

    def share(self, cartel: str | None, month: int) -> float:
        """Return the share of a cartel there at the beginning of a month; 0 for none."""
        return float(self.shares[cartel].iloc[month]) if cartel in self.heads else 0.0


def read(folder: Path | str, replicate: int | None = None) -> tuple[Ensemble, Scenario, int]:
    """Read saved results; return them, their scenario and the replicate (the first if None).

    Raises
    ------
    ResultError
        If the folder holds no results.
    ExplainError
        If it is a comparison, its scenario cannot be texts, or there is no such replicate.
    """
    folder = Path(folder)
    _refuse_comparison(folder)
    ensemble = store.read_results(folder)
    chosen = ensemble.replicates[0] if replicate is None else replicate
    if chosen not in ensemble.replicates:
        raise ExplainError(
            f"replicate {chosen} is not in {folder}; it has {_ranges(ensemble.replicates)}"
        )
    from plazas.scenarios.describe import from_resolved

    try:
        scenario = from_resolved(ensemble.provenance["scenario"])
    except (KeyError, TypeError, ValueError) as error:
        path = folder / store.PROVENANCE
        raise ExplainError(f"{path}: the scenario cannot be read from it ({error})") from error
    return ensemble, scenario, chosen


def seen_from(
    folder: Path | str, ensemble: Ensemble, scenario: Scenario, replicate: int, place: int
) -> Saved:
    """Return one replicate as seen from a place (its row in the geography)."""
    code = scenario.country.geography.codes[place]
    months = ensemble.months

    def of(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["replicate"] == replicate].drop(columns="replicate")

    places, presence, events = of(ensemble.places), of(ensemble.presence), of(ensemble.events)
    there = presence[presence["code"] == code]
    heads = there.pivot_table("members", "month", "cartel", "sum", 0, observed=True)
    heads = heads.reindex(months, fill_value=0)
    heads.columns = pd.Index([str(key) for key in heads.columns])
    nation = places.groupby("month", observed=True)["homicides"].sum().reindex(months)
    series = places[places["code"] == code].set_index("month").drop(columns=["code", "primary"])
    fronts = of(ensemble.fronts)
    fronts = fronts[fronts["code"] == code].drop(columns="code").reset_index(drop=True)
    sides = {name: _words(fronts[name]) for name in ("cartel", "other")}
    words = {name: _words(events[name]) for name in ("kind", "place", "cartel", "other")}
    return Saved(
        Path(folder),
        scenario,
        ensemble.seed,
        replicate,
        ensemble.sets[replicate % len(ensemble.sets)] if ensemble.sets else {},
        place,
        months,
        heads,
        series.astype(np.float64),
        nation.astype(np.float64),
        events.assign(**words).reset_index(drop=True),
        of(ensemble.cartels).assign(parent=lambda frame: _words(frame["parent"])).set_index("key"),
        fronts.assign(**sides),
    )


def between(events: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame:
    """Return the events from ``since`` up to ``until`` (not included)."""
    return events[(events["date"] >= since) & (events["date"] < until)]


def listed(events: pd.DataFrame) -> list[Event]:
    """Return rows of the log one by one, in their order."""
    return [Event(*row) for row in events[list(Event._fields)].itertuples(index=False, name=None)]


def check_cartel(saved: Saved, key: str) -> None:
    """Raise ExplainError, with the nearest right key, if no cartel of the run has that key."""
    if key not in saved.cartels.index:
        raise ExplainError(unknown("cartel", key, tuple(saved.cartels.index)))


def check_year(saved: Saved, year: int) -> None:
    """Raise ExplainError if a year was not run from its first month to its last."""
    years = saved.full_years
    if year not in years:
        has = f"has {years[0]} to {years[-1]}" if years else "has no whole year"
        raise ExplainError(f"year {year} was not run in full; {saved.folder} {has}")


def _words(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return categories as text, None where there is none."""
    return column.astype(object).where(column.notna(), None)


def _ranges(numbers: tuple[int, ...]) -> str:
    first, last = min(numbers), max(numbers)
    if len(numbers) == last - first + 1:
        return str(first) if first == last else f"{first} to {last}"
    return ", ".join(str(number) for number in numbers[:8]) + (" ..." if len(numbers) > 8 else "")


def _refuse_comparison(folder: Path) -> None:
    details = store.read_provenance(folder)
    if details.get("command") == "compare":
        inside = [str(folder / "results" / name) for name in details["scenarios"]]
        raise ExplainError(f"{folder}: is a comparison; name one of {', '.join(inside)}")
