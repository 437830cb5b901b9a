"""What a run is judged by: one number an outcome and replicate, over the window of comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plazas.analysis.experiment.ensemble import Ensemble
from plazas.analysis.experiment.parameter_sets import under
from plazas.model.calendar import DAYS_PER_YEAR, WEEKS_IN_YEAR_WINDOW, per_year
from plazas.model.parameters import parameters
from plazas.model.scenario import Scenario, event_table, levels

MAIN_CARTELS = 6  # at most so many cartels get a row of their own
NOTABLE = 0.5  # mean number of places led, at the end or the start, that makes a cartel notable

#: who else may lead places: those that came after the start
LATER = {"factions": "factions born of splits", "local_groups": "local groups that rose"}

#: outcomes that sum a national series: key, series, label
FLOWS = (
    ("homicides", ("homicides",), "Homicides"),
    ("killed", ("killed_by_rivals", "killed_by_forces"), "Cartel members killed"),
    ("recruits", ("recruits",), "Recruits"),
    ("arrests", ("arrests",), "Arrests"),
    ("attacks", ("officials_attacked",), "Officials attacked"),
    ("threats", ("officials_threatened",), "Officials threatened"),
    ("patients", ("patients_killed",), "Patients killed in rehabilitation centres"),
)
#: flows that are not counted in persons, and small ones: unit and decimals
RARE = {"attacks": ("attacks", 1), "threats": ("threats", 1), "patients": ("persons", 1)}
#: outcomes that divide one sum of a national series by another: key, both series, label
SHARES = (
    ("on_fronts", "killed_on_fronts", "killed_by_rivals", "Share of killings by rivals on fronts"),
)
#: outcomes that read a national series in the last week: key, series, label, unit
LEVELS = (
    ("members", "members", "Cartel members at the end", "persons"),
    ("groups", "effective_groups", "Effective number of groups at the end", "groups"),
    ("fronts", "fronts", "Active fronts at the end", "fronts"),
    ("corruption", "corruption", "Corruption at the end", "0 to 1"),
    ("addiction", "addiction", "At-risk youths addicted at the end", "0 to 1"),
)
#: outcomes that read the revenue of cartels in the last month: key, column, label
MARKETS = (
    ("us_market", "us_revenue", "Largest share of the US drug market at the end"),
    ("overseas_market", "overseas_revenue", "Largest share of overseas drug markets at the end"),
)


@dataclass(frozen=True)
class Window:
    """The weeks that are compared: from the first difference in policy to the end of the run.

    ``start_year`` is the calendar year against which change is measured: the year before the first
    difference, or the first year of the run where no earlier one was run (``late_start``).
    ``differs`` is False where the scenarios never differ at all; the window is then the whole run.
    """

    first: int
    begins: date
    ends: date
    start_year: int
    late_start: bool
    differs: bool

    @property
    def years(self) -> float:
        """Return the length of the window in years."""
        return (self.ends - self.begins).days / DAYS_PER_YEAR


@dataclass(frozen=True)
class OutcomeSpec:
    """What an outcome is: label, unit, and how many decimals are worth showing."""

    label: str
    unit: str
    decimals: int


def first_difference(
    a: Scenario, b: Scenario, sets: Sequence[Mapping[str, float]] = ()
) -> int | None:
    """Return the first week in which two scenarios differ in policies, events or parameters.

    None where they never do. Both must have the same weeks and places. With ``sets`` of parameters
    beneath their own changes, they differ where they do so over any set.
    """
    if a.country is not b.country:
        return 0
    if any(
        parameters(under(sets, i, a.changes)) != parameters(under(sets, i, b.changes))
        for i in range(max(1, len(sets)))
    ):
        return 0
    mine, yours = levels(a), levels(b)
    weeks = []
    pairs, place = np.unique(np.stack([mine.segment, yours.segment]), axis=1, return_inverse=True)
    differ = np.array(
        [
            not np.array_equal(mine.place[i], yours.place[j])
            or not _same_aim(mine.aimed, yours.aimed, i, j)
            for i, j in pairs.T
        ]
    )
    weeks += list(np.flatnonzero(differ[place.reshape(-1)])[:1])
    weeks += list(np.flatnonzero(mine.cost != yours.cost)[:1])
    events = [{tuple(row) for row in event_table(s).tolist()} for s in (a, b)]
    weeks += [row[0] for row in events[0] ^ events[1]]
    return int(min(weeks)) if weeks else None


def _same_aim(a: NDArray[np.float64], b: NDArray[np.float64], i: int, j: int) -> bool:
    """Return whether the levels against single cartels agree; a table of no levers aims at none."""
    mine = a[i] if a.shape[1] else np.array(np.nan)
    yours = b[j] if b.shape[1] else np.array(np.nan)
    same = (mine == yours) | (np.isnan(mine) & np.isnan(yours))
    return bool(np.all(same))


def window_of(
    scenarios: tuple[Scenario, ...],
    start_year: int | None = None,
    sets: Sequence[Mapping[str, float]] = (),
) -> Window:
    """Return the window in which scenarios are compared with the first of them.

    ``sets`` are sets of parameters beneath their own changes.

    Raises
    ------
    ValueError
        If ``start_year`` is not a year of the run.
    """
    baseline = scenarios[0]
    result = [first_difference(baseline, other, sets) for other in scenarios[1:]]
    weeks = [week for week in result if week is not None]
    first = min(weeks) if weeks else 0
    begins = baseline.start + timedelta(weeks=first)
    year, late = begins.year - 1, False
    if year < baseline.start.year:
        year, late = baseline.start.year, True
    last = (baseline.start + timedelta(weeks=baseline.weeks - 1)).year
    if start_year is not None:
        if not baseline.start.year <= start_year <= last:
            raise ValueError(
                f"start year {start_year} is outside the run, {baseline.start.year} to {last}"
            )
        year, late = start_year, False
    ends = baseline.start + timedelta(weeks=baseline.weeks)
    return Window(first, begins, ends, year, late, bool(weeks))


def main_cartels(ensembles: tuple[Ensemble, ...]) -> tuple[str, ...]:
    """Return the cartels of the start that lead places at the end or led them at the start.

    Most at the end of the first ensemble first; at most :data:`MAIN_CARTELS`.
    """
    founders = list(ensembles[0].founders)
    led = {key: [e.led(key).mean(axis=0) for e in ensembles] for key in founders}
    notable = [k for k in founders if max(max(x[0], x[-1]) for x in led[k]) >= NOTABLE]
    notable.sort(key=lambda k: (-led[k][0][-1], -max(x[-1] for x in led[k])))
    return tuple(notable[:MAIN_CARTELS])


def outcome_specs(
    ensemble: Ensemble, cartels: tuple[str, ...], places: str
) -> dict[str, OutcomeSpec]:
    """Return every outcome in the order of the table, by key; ``places`` is what places are."""
    names = ensemble.founders
    table = {"homicides_total": OutcomeSpec("Homicides over the window", "persons", 0)}
    for key, _, label in FLOWS:
        table[key] = OutcomeSpec(f"{label} a year", "persons", 0)
        if key == "homicides":
            table["homicides_last"] = OutcomeSpec("Homicides in the last year", "persons", 0)
    for key, (unit, decimals) in RARE.items():
        table[key] = replace(table[key], unit=unit, decimals=decimals)
    for key, _, _, label in SHARES:
        table[key] = OutcomeSpec(label, "0 to 1", 3)
    for key, _, label, unit in LEVELS:
        table[key] = OutcomeSpec(label, unit, {"members": 0, "groups": 1, "fronts": 1}.get(key, 3))
    for key, _, label in MARKETS:
        table[key] = OutcomeSpec(label, "0 to 1", 3)
    for key in cartels:
        label = f"{places.capitalize()} led at the end: {names[key]}"
        table[f"led_{key}"] = OutcomeSpec(label, places, 1)
    for key, whose in LATER.items():
        table[f"led_{key}"] = OutcomeSpec(
            f"{places.capitalize()} led at the end: {whose}", places, 1
        )
    table["cost"] = OutcomeSpec("Cost of policies over the window", "million USD", 0)
    return table


def outcomes(
    ensemble: Ensemble, window: Window, cartels: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the outcomes of each replicate, and the same in the start year.

    Both have a row a replicate and a column an outcome. Outcomes that have no meaning in the start
    year (totals over the window, cost) are missing there.
    """
    year = ensemble.weeks.year.to_numpy() == window.start_year
    week = np.arange(len(ensemble.weeks))
    last = week >= len(week) - WEEKS_IN_YEAR_WINDOW
    inside = week >= window.first
    ends, starts = {}, {}
    total = ensemble.series("homicides")[:, inside].sum(axis=1)
    ends["homicides_total"] = total
    for key, names, _ in FLOWS:
        series = sum((ensemble.series(name) for name in names), np.zeros(1))
        starts[key] = _yearly(series, year)
        ends[key] = _yearly(series, inside)
        if key == "homicides":
            starts["homicides_last"] = starts[key]
            ends["homicides_last"] = _yearly(series, last)
    for key, part, whole, _ in SHARES:
        parts, wholes = ensemble.series(part), ensemble.series(whole)
        starts[key] = _share(parts[:, year], wholes[:, year])
        ends[key] = _share(parts[:, inside], wholes[:, inside])
    for key, name, _, _ in LEVELS:
        series = ensemble.series(name)
        starts[key], ends[key] = series[:, year].mean(axis=1), series[:, -1]
    months = ensemble.months.year.to_numpy() == window.start_year
    for key, column, _ in MARKETS:
        largest = _largest_share(ensemble, column)
        starts[key], ends[key] = largest[:, months].mean(axis=1), largest[:, -1]
    leaders = {key: ensemble.led(key) for key in cartels} | _led_later(ensemble)
    for key, led in leaders.items():
        starts[f"led_{key}"], ends[f"led_{key}"] = led[:, months].mean(axis=1), led[:, -1]
    ends["cost"] = ensemble.series("policy_cost")[:, inside].sum(axis=1) / 1000.0
    index = pd.Index(ensemble.replicates, name="replicate")
    end = pd.DataFrame(ends, index).astype(float)
    return end, pd.DataFrame(starts, index).reindex(columns=end.columns).astype(float)


def _yearly(series: NDArray[np.float64], weeks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the flow of some weeks by year, (R,)."""
    return per_year(np.asarray(series[:, weeks].mean(axis=1)))


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum over weeks of one series as a share of that of another, (R,); 0 of nothing."""
    total = whole.sum(axis=1)
    return np.asarray(part.sum(axis=1) / np.where(total > 0.0, total, 1.0))


def _largest_share(ensemble: Ensemble, column: str) -> NDArray[np.float64]:
    """Return the largest cartel's share of a monthly column of cartels, (R, M); 0 where it is 0."""
    groups = ensemble.cartel_months.groupby(["replicate", "month"], observed=True)[column]
    index = pd.MultiIndex.from_product([ensemble.replicates, ensemble.months])
    total = groups.sum().reindex(index, fill_value=0.0)
    share = (groups.max().reindex(index, fill_value=0.0) / total.where(total > 0, 1.0)).to_numpy()
    return np.asarray(share, np.float64).reshape(len(ensemble), -1)


def _led_later(ensemble: Ensemble) -> dict[str, NDArray[np.int64]]:
    """Return in how many places the primary cartel came after the start, (R, M), by ``LATER``."""
    split = np.array(["/" in key for key in ensemble.keys])
    rose = ~split & ~np.isin(ensemble.keys, list(ensemble.founders))
    primary = ensemble.place_series("primary")
    # The last stands for no cartel, whose row is -1.
    result = (np.append(which, False)[primary].sum(axis=2) for which in (split, rose))
    return dict(zip(LATER, result, strict=True))
