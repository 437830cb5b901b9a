"""Patterns of fronts, of groups that end and of gangs that change, on runs with known answers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from plazas.analysis.patterns import fronts
from plazas.analysis.patterns.findings import FAILS, PASSES
from plazas.analysis.patterns.trials import FRONT_YEAR, Runs, Trials

Blank = Callable[..., Runs]
Of = Callable[..., Trials]
YEARS = fronts.YEARS
REPLICATES = 3


def fronts_of(*replicates: list[tuple[int, int, int, int, float]]) -> np.ndarray:
    """Return fronts by replicate, each a year, a place, two cartel rows and reported deaths."""
    found = np.empty(len(replicates), object)
    for r, rows_ in enumerate(replicates):
        found[r] = np.array(rows_, FRONT_YEAR)
    return found


def cases(*rows: tuple[int, int, int, int, float]) -> dict[str, list[bool]]:
    """Return the cases of fronts with so many reported deaths that chance does not matter."""
    (table,) = fronts_of(list(rows))
    near = np.zeros((32, 32), bool)
    near[0, 1] = near[1, 0] = True
    return fronts._lasting(table, near, np.random.default_rng(1))


def test_a_front_is_classed_by_its_size_and_by_its_silence() -> None:
    deaths = {2010: 50.0, 2011: 2000.0, 2012: 200.0, 2016: 60.0}
    found = cases(*((year, 3, 0, 1, n) for year, n in deaths.items()))
    assert found["again_25_to_100"] == [True, False]  # 2010; 2016
    assert found["again_over_400"] == [True]
    assert found["again_100_to_400"] == [False]
    assert found["flares_1"] == [False, False]  # 2014; 2018
    assert found["flares_2"] == [False]  # 2015
    assert found["flares_3"] == [True]  # 2016
    assert found["again_under_25"] == []


def test_a_new_front_is_elsewhere_or_next_door_to_one_of_the_same_pair() -> None:
    found = cases(
        (2010, 0, 4, 5, 900.0),  # there from the first year: not new
        (2011, 1, 4, 5, 900.0),  # new, the pair fights next door
        (2012, 9, 4, 5, 900.0),  # new, the pair fights elsewhere, not next door
        (2013, 0, 4, 6, 900.0),  # new, this pair fights nowhere else
        (2014, 2, 4, 6, 2000.0),  # new, elsewhere: place 0 in 2013
    )
    assert sorted(found["elsewhere"]) == [False, True, True, True]
    assert sorted(found["next_door"]) == [False, False, True]


def test_a_small_front_is_not_new() -> None:
    assert cases((2012, 0, 4, 5, 0.0), (2013, 0, 4, 5, 0.0))["elsewhere"] == []


def test_reported_deaths_scatter_around_what_is_expected() -> None:
    (table,) = fronts_of([(2012, p, 0, 1, 40.0) for p in range(400)])
    tracks = fronts._reported(table, np.random.default_rng(3))
    counts = np.array([deaths.sum() for deaths in tracks.values()])
    assert counts.mean() == pytest.approx(40.0, abs=4 * np.sqrt(40.0 / 400))
    assert counts.std() > 4.0


@pytest.mark.parametrize(("share", "change", "verdict"), [(0.8, -0.3, PASSES), (0.5, -0.3, FAILS),
                                                          (0.8, -0.1, FAILS)])  # fmt: skip
def test_war_must_kill_most_and_homicides_must_follow(
    blank: Blank, of: Of, weekly: Callable, monkeypatch, share, change, verdict
) -> None:
    killed = dict.fromkeys(YEARS, 1000.0)
    on_fronts = dict.fromkeys(YEARS, 1000.0 * share)
    series = weekly(killed_by_rivals=killed, killed_on_fronts=on_fronts)
    homicides = np.full_like(blank().homicides, 10.0)
    seen = []

    def runs(_: Trials, scenario) -> Runs:
        seen.append(scenario.changes["front_onset"])
        return blank(homicides=homicides * (1.0 + change))

    monkeypatch.setattr(Trials, "runs", runs)
    found = fronts.war_kills(of(blank(weekly=series, homicides=homicides)))
    assert found.verdict == verdict
    assert seen == [0.0]
    assert [row.median for row in found.rows[:-1]] == pytest.approx([share] * 9)
    assert found.rows[-1].median == pytest.approx(change)


@pytest.mark.parametrize(("gone", "verdict"), [(1, FAILS), (2, PASSES), (6, PASSES), (7, FAILS)])
def test_some_of_the_nine_largest_must_be_gone(blank: Blank, of: Of, gone, verdict) -> None:
    founders = blank().founders.copy()
    founders[:, :, 0, :9] = 1000 - np.arange(9)
    founders[:, 100:, 0, :gone] = 3  # below a hundredth of all members
    members = blank().members.copy()
    members[:, :, 0] = 9000
    found = fronts.groups_end(of(blank(founders=founders, members=members)))
    assert found.rows[0].median == gone
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("joins", "verdict"),
    [((100, 10, 6), PASSES), ((100, 2, 2), FAILS), ((100, 30, 20), FAILS), ((100, 10, 4), FAILS)],
)
def test_gangs_change_sides_where_a_front_is_being_lost(blank: Blank, of: Of, joins, verdict):
    found = fronts.gangs_change(of(blank(joins=np.array([joins] * REPLICATES))))
    assert found.verdict == verdict
    assert found.rows[0].median == pytest.approx(joins[1] / joins[0])
    assert found.rows[1].median == pytest.approx(joins[2] / joins[1])


def test_lasting_fronts_have_a_row_for_every_published_interval(blank: Blank, of: Of) -> None:
    rows = [(year, p, 0, 1, 60.0) for p in range(20) for year in (2010, 2011)]
    found = fronts.fronts_last(of(blank(fronts=fronts_of(*[rows] * REPLICATES))))
    judged = {row.quantity: row for row in found.rows if row.judged}
    assert len(judged) == 7 and len(found.rows) == 9
    assert judged["fights next year, 25 to 100 deaths"].median == pytest.approx(0.5)
    assert judged["fights next year, 25 to 100 deaths"].accepted == (0.35, 0.55)
    assert judged["fights again, silent years: 1"].median == 0.0
    assert found.verdict == FAILS
