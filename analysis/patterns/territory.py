"""Patterns of territory: who fights (2), who is present (3), Guanajuato (6), state rates (7)."""

from __future__ import annotations

import numpy as np
from scipy.stats import spearmanr

from plazas.analysis.patterns import observed
from plazas.analysis.patterns.findings import RANK, SHARE, Finding, Row, band, judged, row, single
from plazas.analysis.patterns.trials import RISER, Array, Runs, Trials

TINY = 1e-6  # tolerance for rounding
SAME = 1e-3  # relative difference that single precision leaves between sums of the same deaths
A_DEATH = 1.0  # deaths per year and state: with fewer, a state has no main fighter
MAIN_CLOSE = 4.0  # states
PRESENT = 0.1  # share of the members of cartels in a state with which a cartel is present
PRESENT_CLOSE = 3.0  # states
STEADY = 0.7  # least rank correlation of the medians with the years
EXPLOSION = 2.5  # times
OFTEN = 0.5  # of replicates
GUANAJUATO = "11"  # state code
CHALLENGER_YEARS = (2016, 2018)
LIKE = 0.5  # least rank correlation of rates by state
PERIODS = ((2013, 2014, 2015), (2016, 2017, 2018))


def main_fighter(runs: Runs, key: str = RISER) -> np.ndarray:
    """Return whether a cartel is the main fighting actor by replicate, year and place.

    The main actor has the most deaths in fights. The deaths of a fight count for both sides, as in
    UCDP's dyads, so two cartels can tie. With fewer than one death there is no main actor.

    Parameters
    ----------
    runs
        Replicates of a scenario.
    key
        Key of a cartel of the start.

    Returns
    -------
    numpy.ndarray of bool
        Shape (R, Y, P).
    """
    mine = runs.fought[:, :, :, runs.cartel(key)]
    return np.asarray((mine >= A_DEATH) & (mine >= (1.0 - SAME) * runs.most_fought))


def main_states(trials: Trials) -> Finding:
    """Pattern 2: states where CJNG is the main fighting actor.

    Measure: by year and state, members killed on fronts, counted for both sides.
    CJNG is the main actor where no cartel has more; a tie with its opponent counts, because UCDP's
    dyads give both sides the same deaths. Factions that left CJNG do not count as CJNG.
    Accepted: the median over replicates is within 4 states of UCDP's count in each year, and rises
    as an S: steadily (rank correlation with the years of 0.7 or more), and by more in the second
    half of the years than in the first.
    """
    known = observed.by_year(2, "cjng_main_states")["value"]
    years = known.index.to_numpy()
    runs = trials.baseline
    states = main_fighter(runs).sum(axis=2)[:, [runs.at(int(y)) for y in years]].astype(float)
    rows = [
        row(
            f"states {year}",
            "states",
            states[:, i],
            (max(0.0, v - MAIN_CLOSE), v + MAIN_CLOSE),
            (v, v),
        )
        for i, (year, v) in enumerate(known.items())
    ]
    medians = band(states)[1]
    rows += _s_curve(years, medians, known.to_numpy())
    return judged(2, rows, series={"years": years, "observed": known, "simulated": states})


def _s_curve(years: np.ndarray, medians: Array, truth: Array) -> list[Row]:
    half = len(years) // 2

    def speeding(x: Array) -> float:
        return float((x[-1] - x[half]) - (x[half - 1] - x[0]))

    accepted = (1e-9, np.inf)
    seen = speeding(truth)
    return [
        single(
            "medians rise steadily",
            RANK,
            spearman(years, medians),
            (STEADY, 1.0),
            (spearman(years, truth),) * 2,
        ),
        single(
            "rise of the later half less the earlier",
            "states",
            speeding(medians),
            accepted,
            (seen, seen),
        ),
    ]


def present(runs: Runs) -> Array:
    """Return in how many places CJNG is present by replicate and calendar year, (R, Y).

    CJNG is present where it has a tenth of the members of all cartels, on average over the months
    of the year.
    """
    share = runs.founders[:, :, :, runs.cartel(RISER)] / np.maximum(runs.members, 1)
    by_year = [
        (share[:, runs.in_years(int(y), int(y))].mean(axis=1) >= PRESENT - TINY).sum(axis=1)
        for y in runs.years
    ]
    return np.stack(by_year, axis=1).astype(float)


def present_states(trials: Trials) -> Finding:
    """Pattern 3: states where CJNG is present.

    Measure: states where CJNG has at least a tenth of the members of all cartels, on average over
    the months of the year. Published lists use different thresholds for presence, and their counts
    differ by a factor of two. Accepted: in each year the median over replicates is inside the band
    of the sources, widened by 3 states on each side.
    """
    known = observed.by_year(3, "cjng_present_states")
    runs = trials.baseline
    by_year = present(runs)
    rows = []
    for year, seen in known.iterrows():
        low, high = float(seen["low"]), float(seen["high"])
        accepted = (max(0.0, low - PRESENT_CLOSE), high + PRESENT_CLOSE)
        values = by_year[:, runs.at(int(str(year)))]
        rows.append(row(f"states {year}", "states", values, accepted, (low, high)))
    return judged(3, rows, series={"years": runs.years, "simulated": by_year, "known": known})


def guanajuato(trials: Trials) -> Finding:
    """Pattern 6: Guanajuato changes from a peaceful state to the deadliest.

    Measure: homicides of 2018 over those of 2015, and whether a local challenger is present: a
    cartel based in the state, with a tenth of the members there in some month of 2016-18, while
    other cartels also have a tenth. Accepted: 2.5 times as many or more, with a challenger, in at
    least half of the replicates. The ratio and the challenger are also reported separately.
    """
    runs = trials.baseline
    p = runs.scenario.country.geography.codes.index(GUANAJUATO)
    homicides = runs.place_years[:, :, p]
    ratio = homicides[:, runs.at(2018)] / np.maximum(1.0, homicides[:, runs.at(2015)])
    home = runs.home[:, runs.in_years(*CHALLENGER_YEARS), p]
    challenged = ((home >= PRESENT) & (home <= 1.0 - PRESENT)).any(axis=1)
    both = (ratio >= EXPLOSION) & challenged
    known = observed.by_year(6, "guanajuato_homicides").to_dict("index")
    low, high = (float(known[2018][side] / known[2015]["value"]) for side in ("low", "high"))
    rows = [
        single("replicates with both", SHARE, both.mean(), (OFTEN, 1.0)),
        row("homicides 2018 over 2015", "times", ratio, (EXPLOSION, np.inf), (low, high), False),
        single("replicates with a challenger", SHARE, challenged.mean(), judged=False),
        single("replicates that explode", SHARE, (ratio >= EXPLOSION).mean(), judged=False),
    ]
    series = {"years": runs.years, "simulated": homicides, "ratio": ratio, "both": both}
    return judged(
        6, rows, series={**series, "observed": observed.state_homicides().loc[GUANAJUATO]}
    )


def rates(trials: Trials) -> Finding:
    """Pattern 7: homicide rates by state.

    Measure: homicides per 100,000 inhabitants of 2010 and year, mean of 2013-15 and of 2016-18,
    for INEGI and for the mean of the replicates. Accepted: Spearman's rank correlation over the 32
    states is 0.5 or more in both periods. That of single replicates is reported, not judged.
    """
    runs = trials.baseline
    people = runs.scenario.country.geography.population
    rows: list[Row] = []
    series: dict[str, object] = {"names": runs.scenario.country.geography.abbreviations}
    for years in PERIODS:
        columns = [runs.at(y) for y in years]
        by_replicate = 1e5 * runs.place_years[:, columns].mean(axis=1) / people
        seen = observed.state_rates(years)
        label = f"{years[0]}-{years[-1] % 100}"
        rank = spearman(seen, by_replicate.mean(axis=0))
        rows.append(single(f"rates {label}, mean of replicates", RANK, rank, (LIKE, 1.0)))
        alone = [spearman(seen, one) for one in by_replicate]
        rows.append(row(f"rates {label}, one replicate", RANK, alone, judged=False))
        series[label] = (seen, by_replicate.mean(axis=0))
    return judged(7, rows, series=series)


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Return Spearman's rank correlation; 0 where one side is constant."""
    if np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return 0.0
    return float(spearmanr(a, b).statistic)
