"""Judge the model on years that no parameter was fitted to, with the measures of the patterns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plazas.analysis.patterns import national, observed, territory
from plazas.analysis.patterns.findings import (
    RANK,
    SHARE,
    YES_NO,
    Finding,
    Row,
    band,
    judged,
    row,
    single,
)
from plazas.analysis.patterns.later import Later
from plazas.analysis.patterns.trials import Array, Trials

ENOUGH = 3  # with fewer years the error of a series carries a warning


def judge(trials: Trials, known: Later) -> list[Finding]:
    """Return the findings of the held-out years.

    Parameters
    ----------
    trials
        How replicates are run; they must cover the years that are known.
    known
        Observed figures of later years.

    Returns
    -------
    list of Finding
        One per pattern with observed figures, each with ``held_out`` set.
    """
    parts = (
        (known.national, _homicides),
        (known.main, _main_states),
        (known.present, _present),
        (known.by_state, _rates),
    )
    return [replace(make(trials, known), held_out=True) for part, make in parts if part]


def _homicides(trials: Trials, known: Later) -> Finding:
    """Judge homicides per year as pattern 1, and the direction from 2018 to the last year.

    The share of years in which the 90 % band includes the observed figure is not judged.
    """
    years = np.array(sorted(known.national))
    truth = np.array([known.national[int(y)] for y in years])
    runs = trials.baseline
    flow = runs.flow("homicides")
    simulated = flow[:, [runs.at(int(y)) for y in years]]
    low, middle, high = band(simulated)
    rows = _by_year("homicides", "a year", years, simulated, truth)
    rms = float(np.sqrt(((middle - truth) ** 2).mean()) / truth.mean())
    rows.append(single("error of the median (RMS)", SHARE, rms, (0.0, national.CLOSE), judged=True))
    covered = float(((truth >= low) & (truth <= high)).mean())
    rows.append(single("years inside the 90 % band", SHARE, covered, judged=False))
    last = observed.LAST_YEAR
    past = float(observed.by_year(1, "homicides")["value"].to_dict()[last])
    began = float(np.median(flow[:, runs.at(last)]))
    same = np.sign(middle[-1] - began) == np.sign(truth[-1] - past)
    rows.append(single(f"direction from {last} to {years[-1]}", YES_NO, float(same), (1.0, 1.0)))
    series = {"years": years, "observed": truth, "simulated": simulated}
    return judged(1, rows, _few(years), series)


def _main_states(trials: Trials, known: Later) -> Finding:
    """Judge where CJNG is the main fighting actor as pattern 2, each year.

    The share of states for which most replicates agree with the observation is not judged.
    """
    runs = trials.baseline
    years = np.array(sorted(known.main))
    main = territory.main_fighter(runs)[:, [runs.at(int(y)) for y in years]]
    states = main.sum(axis=2).astype(float)
    truth = np.array([float(len(known.main[int(y)])) for y in years])
    rows = _by_year("states", "states", years, states, truth, territory.MAIN_CLOSE)
    mostly = main.mean(axis=0) > 0.5
    for i, year in enumerate(years):
        seen = np.isin(np.arange(mostly.shape[1]), list(known.main[int(year)]))
        agreed = float((mostly[i] == seen).mean())
        rows.append(single(f"states right {year}", SHARE, agreed, judged=False))
    return judged(2, rows, series={"years": years, "observed": truth, "simulated": states})


def _present(trials: Trials, known: Later) -> Finding:
    """Judge in how many states CJNG is present as pattern 3, each year with a full list."""
    runs = trials.baseline
    present = territory.present(runs)
    years = np.array(sorted(known.present))
    rows = []
    for year in years:
        low, high = float(min(known.present[year])), float(max(known.present[year]))
        accepted = (max(0.0, low - territory.PRESENT_CLOSE), high + territory.PRESENT_CLOSE)
        values = present[:, runs.at(int(year))]
        rows.append(row(f"states {year}", "states", values, accepted, (low, high)))
    simulated = present[:, [runs.at(int(y)) for y in years]]
    truth = np.array([np.mean(known.present[int(y)]) for y in years])
    return judged(3, rows, series={"years": years, "observed": truth, "simulated": simulated})


def _rates(trials: Trials, known: Later) -> Finding:
    """Judge homicide rates by state as pattern 7, over all held-out years and in each of them."""
    runs = trials.baseline
    people = runs.scenario.country.geography.population
    years = sorted(known.by_state)
    columns = [runs.at(y) for y in years]
    mean = 1e5 * runs.place_years[:, columns].mean(axis=0) / people
    truth = np.array([1e5 * known.by_state[y] / people for y in years])
    label = f"{years[0]}-{years[-1]}"
    whole = territory.spearman(truth.mean(axis=0), mean.mean(axis=0))
    rows = [single(f"rates {label}, mean of replicates", RANK, whole, (territory.LIKE, 1.0))]
    for i, year in enumerate(years):
        rank = territory.spearman(truth[i], mean[i])
        rows.append(single(f"rates {year}", RANK, rank, judged=False))
    names = runs.scenario.country.geography.abbreviations
    return judged(7, rows, series={"names": names, label: (truth.mean(axis=0), mean.mean(axis=0))})


def _by_year(
    what: str,
    unit: str,
    years: np.ndarray,
    simulated: Array,
    truth: Array,
    close: float | None = None,
) -> list[Row]:
    """Return one row per year; rows are judged if ``close`` says how near the median must be."""
    rows = []
    for i, year in enumerate(years):
        seen = (truth[i], truth[i])
        name = f"{what} {year}"
        if close is None:
            rows.append(row(name, unit, simulated[:, i], observed=seen, judged=False))
        else:
            accepted = (max(0.0, truth[i] - close), truth[i] + close)
            rows.append(row(name, unit, simulated[:, i], accepted, seen))
    return rows


def _few(years: np.ndarray) -> str:
    return f"only {len(years)} years: read the error with care" if len(years) < ENOUGH else ""
