"""Patterns of the nation: homicides (1), members (4) and weekly flows (5)."""

from __future__ import annotations

import numpy as np

from plazas.analysis.patterns import observed
from plazas.analysis.patterns.findings import (
    CHANGE,
    SHARE,
    Finding,
    Row,
    around,
    band,
    judged,
    row,
    single,
)
from plazas.analysis.patterns.trials import Array, Trials
from plazas.model.calendar import WEEKS_PER_YEAR

CLOSE = 0.15  # of the mean: the largest error of homicides, and of members
FLOW_CLOSE = 0.25
TROUGH = (2013.0, 2015.0)
PEAK = 2018.0  # "after 2017"
FLOW_YEARS = (2012, 2018)


def homicides(trials: Trials) -> Finding:
    """Pattern 1: homicides a year, 2010-2018.

    Measure: the median over replicates of the homicides of each calendar year. All homicides count:
    members, gang members, bystanders, officials, and homicides without a link to organised crime.
    Accepted: the root mean square error of that median is at most 15 % of the mean of the observed
    years; its lowest year is in 2013-15 and its highest is 2018. The depth of the trough is
    reported but not judged.
    """
    known = observed.by_year(1, "homicides")["value"]
    years = known.index.to_numpy()
    simulated = _of_years(trials, trials.baseline.flow("homicides"), years)
    truth = known.to_numpy()
    middle = band(simulated)[1]
    rows: list[Row] = []
    for i, year in enumerate(years):
        seen = (truth[i], truth[i])
        rows.append(
            row(f"homicides {year}", "a year", simulated[:, i], observed=seen, judged=False)
        )
    errors = np.sqrt(((simulated - truth) ** 2).mean(axis=1)) / truth.mean()
    rms = float(np.sqrt(((middle - truth) ** 2).mean()) / truth.mean())
    rows.append(single("error of the median (RMS)", SHARE, rms, (0.0, CLOSE)))
    rows.append(row("error of one replicate (RMS)", SHARE, errors, judged=False))
    lowest, highest = float(years[middle.argmin()]), float(years[middle.argmax()])
    rows.append(single("lowest year of the median", "year", lowest, TROUGH, (2014.0, 2014.0)))
    rows.append(single("highest year of the median", "year", highest, (PEAK, PEAK), (PEAK, PEAK)))
    rows.append(_fall(years, simulated, truth))
    return judged(1, rows, series={"years": years, "observed": truth, "simulated": simulated})


def _fall(years: np.ndarray, simulated: Array, truth: Array) -> Row:
    """Return the change of homicides from 2011 to the lowest year of 2013-15 (not judged)."""
    first = int(np.flatnonzero(years == 2011)[0])
    low = (years >= TROUGH[0]) & (years <= TROUGH[1])
    fall = simulated[:, low].min(axis=1) / simulated[:, first] - 1.0
    seen = float(truth[low].min() / truth[first] - 1.0)
    return row("change from 2011 to the trough", CHANGE, fall, observed=(seen, seen), judged=False)


def members(trials: Trials) -> Finding:
    """Pattern 4: members of all cartels.

    Measure: the yearly mean of members of all cartels, without unaffiliated gangs. Accepted: the
    median over replicates is within 15 % of the published figure in each published year.
    """
    known = observed.by_year(4, "members")["value"]
    years = known.index.to_numpy()
    simulated = _of_years(trials, trials.baseline.level("members"), years)
    rows = [
        row(f"members {year}", "persons", simulated[:, i], around(v, CLOSE), (v, v))
        for i, (year, v) in enumerate(known.items())
    ]
    series = {"years": trials.baseline.years, "simulated": trials.baseline.level("members")}
    return judged(4, rows, series={**series, "known": known})


def flows(trials: Trials) -> Finding:
    """Pattern 5: weekly flows of members.

    Measure: recruits and arrests per week, mean of 2012-2018; members killed by rivals per week in
    2012 and in 2018 (the deaths that the Science model counts). Accepted: the median over
    replicates is within 25 % of the published figure, or of the nearer end of its range.
    """
    runs, (first, last) = trials.baseline, FLOW_YEARS
    span = np.arange(first, last + 1)
    rows: list[Row] = []
    series: dict[str, object] = {"years": runs.years}
    low, high = observed.span(5, "recruits_week")
    arrests = observed.by_year(5, "arrests_week")["value"].loc[first:last].mean()
    for name, seen in (("recruits", (low, high)), ("arrests", (arrests, arrests))):
        week = _of_years(trials, runs.flow(name), span).mean(axis=1) / WEEKS_PER_YEAR
        accepted = (seen[0] * (1.0 - FLOW_CLOSE), seen[1] * (1.0 + FLOW_CLOSE))
        rows.append(row(f"{name}, mean of {first}-{last}", "a week", week, accepted, seen))
    killed = observed.by_year(5, "killed_week")["value"]
    for year, value in killed.items():
        week = (
            _of_years(trials, runs.flow("killed_by_rivals"), np.array([year]))[:, 0]
            / WEEKS_PER_YEAR
        )
        accepted = around(float(value), FLOW_CLOSE)
        rows.append(row(f"members killed {year}", "a week", week, accepted, (value, value)))
    for name in ("recruits", "arrests", "killed_by_rivals"):
        series[name] = runs.flow(name) / WEEKS_PER_YEAR
    return judged(5, rows, series=series)


def _of_years(trials: Trials, values: Array, years: np.ndarray) -> Array:
    """Return the columns of some calendar years of values (R, Y)."""
    return values[:, [trials.baseline.at(int(year)) for year in years]]
