"""Each measure against runs with a known answer: what it accepts, and a control that it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from plazas.analysis.patterns import (
    groups,
    leaders,
    national,
    observed,
    policies,
    splits,
    territory,
)
from plazas.analysis.patterns.findings import FAILS, PASSES, Finding, judged, row, single
from plazas.analysis.patterns.trials import Runs, Trials
from plazas.model.calendar import WEEKS_PER_YEAR

Blank = Callable[..., Runs]
Of = Callable[[Runs], Trials]
Weekly = Callable[..., np.ndarray]
GUANAJUATO = 10  # its row
FIGHTS = {2011: 1, 2012: 3, 2013: 1, 2014: 4, 2015: 5, 2016: 5, 2017: 5, 2018: 15}


def value(finding: Finding, quantity: str) -> float:
    return next(row.median for row in finding.rows if row.quantity == quantity)


def test_a_finding_needs_a_row_to_judge() -> None:
    good, bad = single("x", "", 1.0, (0.0, 2.0)), single("x", "", 3.0, (0.0, 2.0))
    unjudged = bad._replace(judged=False)
    assert judged(1, [good, unjudged]).verdict == PASSES
    assert judged(1, [good, bad]).verdict == FAILS
    assert judged(1, [unjudged]).verdict == FAILS
    missing = row("x", "", [np.nan, np.nan], (0.0, 2.0))
    assert judged(1, [missing]).verdict == FAILS


def test_homicides(
    blank: Blank, of: Of, weekly: Weekly, homicides_as_observed: dict[int, float]
) -> None:
    same = national.homicides(of(blank(weekly=weekly(homicides=homicides_as_observed))))
    assert same.verdict == PASSES
    assert value(same, "error of the median (RMS)") == pytest.approx(0.0, abs=1e-9)
    mean = float(np.mean([*homicides_as_observed.values()]))
    flat = {year: mean * (1.0 + 1e-6 * year) for year in homicides_as_observed}
    assert national.homicides(of(blank(weekly=weekly(homicides=flat)))).verdict == FAILS
    high = {year: 1.2 * x for year, x in homicides_as_observed.items()}
    found = national.homicides(of(blank(weekly=weekly(homicides=high))))
    assert found.verdict == FAILS  # the shape is right, the size is not
    assert value(found, "error of the median (RMS)") == pytest.approx(0.2, abs=0.02)


def test_members(blank: Blank, of: Of, weekly: Weekly) -> None:
    known = observed.by_year(4, "members")["value"].to_dict()
    for factor, verdict in ((1.0, PASSES), (1.14, PASSES), (1.16, FAILS)):
        runs = blank(weekly=weekly(members={y: factor * x for y, x in known.items()}))
        assert national.members(of(runs)).verdict == verdict, factor


def test_flows(blank: Blank, of: Of, weekly: Weekly) -> None:
    years = range(2012, 2019)

    def runs(recruits: float, killed_2018: float) -> Runs:
        week = WEEKS_PER_YEAR
        return blank(
            weekly=weekly(
                recruits=dict.fromkeys(years, recruits * week),
                arrests=dict.fromkeys(years, 110.0 * week),
                killed_by_rivals={2012: 67.0 * week, 2018: killed_2018 * week},
            )
        )

    assert national.flows(of(runs(360.0, 97.0))).verdict == PASSES
    assert national.flows(of(runs(480.0, 97.0))).verdict == FAILS
    assert national.flows(of(runs(360.0, 67.0))).verdict == FAILS


def fighting(blank: Blank, states: dict[int, int], ahead: float = 0.0) -> Runs:
    """Return runs where CJNG and a rival have as many deaths in so many states, or more by some."""
    runs = blank()
    mine, most = np.zeros_like(runs.fought), np.zeros_like(runs.most_fought)
    for year, n in states.items():
        mine[:, runs.at(year), :n, runs.cartel("cjng")] = 50.0
        most[:, runs.at(year), :n] = 50.0 + ahead
    return blank(fought=mine, most_fought=most)


def test_main_states(blank: Blank, of: Of) -> None:
    same = territory.main_states(of(fighting(blank, FIGHTS)))
    assert same.verdict == PASSES
    assert value(same, "states 2018") == 15
    behind = territory.main_states(of(fighting(blank, FIGHTS, ahead=1.0)))
    assert value(behind, "states 2018") == 0
    line = {year: 1 + 2 * i for i, year in enumerate(FIGHTS)}
    assert territory.main_states(of(fighting(blank, line))).verdict == FAILS
    early = FIGHTS | {2014: 14}
    assert territory.main_states(of(fighting(blank, early))).verdict == FAILS


def test_nobody_is_main_without_a_death(blank: Blank) -> None:
    assert not territory.main_fighter(blank()).any()


def present(blank: Blank, states: dict[int, int], share: float) -> Runs:
    runs = blank()
    founders = np.zeros_like(runs.founders)
    for year, n in states.items():
        founders[:, runs.in_years(year, year), :n, runs.cartel("cjng")] = int(100 * share)
    return blank(founders=founders)


def test_present_states(blank: Blank, of: Of) -> None:
    known = {2010: 3, 2012: 5, 2015: 8, 2017: 17, 2018: 20}
    assert territory.present_states(of(present(blank, known, 0.10))).verdict == PASSES
    assert territory.present_states(of(present(blank, known, 0.09))).verdict == FAILS
    many = known | {2015: 14}
    assert territory.present_states(of(present(blank, many, 0.5))).verdict == FAILS


@pytest.mark.parametrize(
    ("ratio", "challenger", "verdict"),
    [(3.0, 0.3, PASSES), (2.0, 0.3, FAILS), (3.0, 0.0, FAILS), (3.0, 1.0, FAILS)],
)
def test_guanajuato(blank: Blank, of: Of, ratio: float, challenger: float, verdict: str) -> None:
    runs = blank()
    homicides, home = np.ones_like(runs.homicides), np.zeros_like(runs.home)
    homicides[:, runs.in_years(2018, 2018), GUANAJUATO] = ratio
    home[:, runs.in_years(2017, 2017), GUANAJUATO] = challenger
    assert runs.scenario.country.geography.names[GUANAJUATO] == "Guanajuato"
    found = territory.guanajuato(of(blank(homicides=homicides, home=home)))
    assert found.verdict == verdict


def test_rates(blank: Blank, of: Of) -> None:
    runs = blank()
    people = runs.scenario.country.geography.population
    homicides = np.zeros_like(runs.homicides)
    for years in territory.PERIODS:
        months = runs.in_years(years[0], years[-1])
        homicides[:, months] = observed.state_rates(years) * people
    found = territory.rates(of(blank(homicides=homicides)))
    assert found.verdict == PASSES
    assert found.rows[0].median == pytest.approx(1.0)
    upside_down = blank(homicides=homicides.max() - homicides)
    assert territory.rates(of(upside_down)).verdict == FAILS


def falls(home: float, elsewhere: float, later: float = 1.0) -> leaders.Falls:
    """Return falls with given factors on homicides in the first year, and in the second."""
    cases = len(leaders.CASES)
    without = np.full((3, cases, 2, leaders.MONTHS), 100.0)
    with_it = np.full((3, cases, 2, 2, leaders.MONTHS), 100.0 * later)
    with_it[:, :, leaders.NO_HEIR, leaders.HOME, :12] = 100.0 * home
    with_it[:, :, leaders.NO_HEIR, leaders.ELSEWHERE, :12] = 100.0 * elsewhere
    with_it[0, 0] = without[0, 0] = np.nan  # a cartel that was gone
    return leaders.Falls(with_it, without)


@pytest.mark.parametrize(
    ("home", "elsewhere", "verdict"),
    [(1.5, 1.2, PASSES), (1.2, 1.2, FAILS), (2.0, 1.2, FAILS), (1.5, 1.0, FAILS)],
)
def test_without_heir(of: Of, blank: Blank, home: float, elsewhere: float, verdict: str) -> None:
    trials = of(blank())
    trials.once("falls", lambda _: falls(home, elsewhere))
    found = leaders.without_heir(trials)
    assert found.verdict == verdict
    assert value(found, "at home, 6 months") == pytest.approx(home - 1.0)
    assert found.note.startswith(f"{3 * len(leaders.CASES) - 1} pairs")


@pytest.mark.parametrize(("later", "verdict"), [(1.0, PASSES), (1.05, FAILS), (1.5, FAILS)])
def test_with_heir(of: Of, blank: Blank, later: float, verdict: str) -> None:
    """A rise that all pairs share is lasting, however small: the band does not include zero."""
    trials = of(blank())
    trials.once("falls", lambda _: falls(1.5, 1.2, later))
    assert leaders.with_heir(trials).verdict == verdict


def test_no_leader_of_a_case_falls_beside_it(blank: Blank) -> None:
    """The cases were chosen by the history alone: half a year before, a year after."""
    events = blank().scenario.events
    for case in leaders.CASES:
        for event in events:
            fell = event.cartel == case.cartel and event.kind in ("captured", "killed")
            days = (event.on - case.on).days
            assert not (fell and -182 < days < 365), (case, event.on)


@pytest.mark.parametrize(
    ("change", "share", "verdict"),
    [(-0.7, 0.9, PASSES), (-0.3, 0.9, FAILS), (-0.7, 0.7, FAILS)],
)
def test_consolidation(blank: Blank, of: Of, change: float, share: float, verdict: str) -> None:
    runs = blank()
    homicides, largest = np.full_like(runs.homicides, 10.0), np.full_like(runs.largest, 0.9)
    war, after = runs.in_years(2012, 2012), runs.in_years(2016, 2017)
    homicides[:, war, 7] = 100.0
    homicides[:, after, 7] = 100.0 * (1.0 + change)
    largest[:, war, 7], largest[:, after, 7] = 0.4, share
    found = splits.consolidation(of(blank(homicides=homicides, largest=largest)))
    assert found.verdict == verdict
    assert value(found, "wars per replicate") == 1.0
    peaceful = splits.consolidation(of(blank(homicides=np.full_like(homicides, 10.0))))
    assert peaceful.verdict == FAILS


def test_equal_groups_and_what_is_no_curve(of: Of, blank: Blank) -> None:
    found = groups.equal_groups(of(blank()))
    assert found.verdict == PASSES, found.rows
    n = np.array(groups.EQUAL, float)
    assert groups.concave(1.0 - 1.0 / n)
    assert not groups.concave(n)  # a straight line does not slow down
    assert not groups.concave(n**2)
    assert not groups.concave(-n)
    assert groups.explained(1.0 - 1.0 / n, n) < 0.9


@pytest.mark.parametrize(
    ("hunted", "spared", "verdict"), [(25, 12, PASSES), (25, 20, FAILS), (13, 11, FAILS)]
)
def test_number_of_groups(
    blank: Blank, of: Of, weekly: Weekly, hunted: int, spared: int, verdict: str
) -> None:
    def runs(last: int) -> Runs:
        return blank(weekly=weekly(cartels={2010: 11, 2015: last, 2018: last}))

    trials = of(runs(hunted))
    trials.once("spared", lambda _: runs(spared))
    assert groups.number_of_groups(trials).verdict == verdict


@pytest.mark.parametrize(
    ("with_it", "without", "verdict"), [(15, 3, PASSES), (15, 9, FAILS), (5, 3, FAILS)]
)
def test_no_absorption(
    blank: Blank,
    of: Of,
    monkeypatch: pytest.MonkeyPatch,
    with_it: int,
    without: int,
    verdict: str,
) -> None:
    """Small without absorption proves nothing where it is as small with it."""

    def led(states: int) -> Runs:
        runs = blank()
        leader = runs.leader.copy()
        leader[:, runs.month(date(2019, 5, 1)), :states] = runs.cartel("cjng")
        return blank(leader=leader)

    monkeypatch.setattr(Trials, "runs", lambda self, scenario: led(without))
    assert policies.no_absorption(of(led(with_it))).verdict == verdict


@pytest.mark.parametrize(
    ("near", "far", "verdict"), [(0.7, 0.8, PASSES), (0.8, 0.7, FAILS), (1.1, 1.2, FAILS)]
)
def test_guns(
    blank: Blank,
    of: Of,
    monkeypatch: pytest.MonkeyPatch,
    near: float,
    far: float,
    verdict: str,
) -> None:
    runs = blank()
    access = runs.scenario.country.geography.gun_access
    before = np.full_like(runs.homicides, 10.0)
    factor = np.where(access >= np.quantile(access, policies.NEAR), near, far)
    monkeypatch.setattr(Trials, "runs", lambda self, scenario: blank(homicides=before * factor))
    assert policies.guns(of(blank(homicides=before))).verdict == verdict


def test_a_programme_is_a_range_and_needs_its_elasticity(
    blank: Blank, of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = np.full_like(blank().homicides, 10.0)
    effect = 1.0

    def runs(_: Trials, scenario: object) -> Runs:
        elasticity = scenario.changes["prevention_elasticity"]  # type: ignore[attr-defined]
        return blank(homicides=before * (1.0 - effect * elasticity))

    monkeypatch.setattr(Trials, "runs", runs)
    trials = of(blank(homicides=before))
    found = policies.social_programme(trials)
    assert found.verdict == "a range"
    assert "Sumano & Reyes" in found.note
    effect = 0.0
    assert policies.social_programme(trials).verdict == FAILS
