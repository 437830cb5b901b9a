"""Held-out years: read strictly from made-up tables, and judged by the measures of the patterns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from plazas.analysis.patterns import heldout, later
from plazas.analysis.patterns.findings import FAILS, PASSES, Finding
from plazas.analysis.patterns.trials import Runs, Trials
from plazas.analysis.patterns.validation import end_of_runs, known_later
from plazas.model.geography import states

Blank = Callable[..., Runs]
Of = Callable[[Runs], Trials]
CODES = states().codes
YEARS = (2019, 2020)

# All figures below are made up.
NATIONAL = """\
# made up
year,inegi_registered,inegi_source,inegi_occurrence_gargiulo
2018,1,"before, not read",
2019,40000,made up,39000
2020,,made up,41000
"""
FIGHTS = """\
year,cve_ent,state,actor,events,deaths_in_dyads
2018,14,Jalisco,Jalisco Cartel New Generation,9,90
2019,14,Jalisco,Jalisco Cartel New Generation,9,90
2019,14,Jalisco,Another,9,90
2019,11,Guanajuato,Jalisco Cartel New Generation,9,90
2019,11,Guanajuato,Another,9,91
2019,06,Colima,Jalisco Cartel New Generation,1,0
2019,00,(state unknown),Jalisco Cartel New Generation,1,5
"""
PRESENCE = """\
date,source,group,cve_ent,state,source_total_states,completeness,url
2018-03,A,CJNG,14,Jalisco,1,full list,x
2019-03,A,CJNG,14,Jalisco,2,full list,x
2019-03,A,CJNG,06,Colima,2,"full list (of two)",x
2019-03,A,Other,11,Guanajuato,1,full list,x
2019-06,B,CJNG,14,Jalisco,22,partial,x
"""


def by_state(years: tuple[int, ...], series: str, first: float = 100.0) -> str:
    head = "cve_ent,state,year,series,homicides\n"
    lines = (f"{c},x,{y},{series},{first + i}\n" for y in years for i, c in enumerate(CODES))
    return head + "".join(lines)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "homicides_national_made_up.csv").write_text(NATIONAL)
    (tmp_path / later.BY_STATE).write_text(by_state((2018, 2019), "INEGI_occurrence"))
    (tmp_path / later.FIGHTS).write_text(FIGHTS)
    (tmp_path / later.PRESENCE).write_text(PRESENCE)
    return tmp_path


def test_every_table_is_read_from_2019_on(folder: Path) -> None:
    found = later.read(folder)
    assert found.years == [2019, 2020]
    assert found.national == {2019: 40000.0, 2020: 41000.0}  # registered first, else occurred
    assert list(found.by_state) == [2019]
    assert found.by_state[2019][4] == 104.0
    assert found.main == {2019: {CODES.index("14")}}  # ties count, no deaths do not
    assert found.present == {2019: [2]}
    assert found.notes == []


def test_victims_fill_the_years_that_are_missing(folder: Path) -> None:
    head = "cve_ent,state,year,homicidio_doloso_victims,feminicidio_victims\n"
    lines = [f"{c},x,{y},7,{'' if c == '01' else 2}\n" for y in (2019, 2020) for c in CODES]
    (folder / "sesnsp_victims.csv").write_text(head + "".join(lines))
    found = later.read(folder)
    assert found.by_state[2019][4] == 104.0
    assert list(found.by_state[2020][:2]) == [7.0, 9.0]


def test_the_first_whole_series_of_a_year_is_taken(folder: Path) -> None:
    whole = by_state((2019,), "SESNSP_doloso_feminicide", 500.0)
    part = by_state((2019, 2020), "INEGI_occurrence").rsplit("\n", 2)[0]  # the last state lacks
    (folder / later.BY_STATE).write_text(part + "\n" + whole.split("\n", 1)[1])
    found = later.read(folder)
    assert found.by_state[2019][0] == 100.0
    assert 2020 not in found.by_state
    assert found.notes == [f"{later.BY_STATE}: no series has all states in 2020; left out"]


def test_years_after_the_run_are_left_out_and_reported(folder: Path) -> None:
    found = later.read(folder).until(2019)
    assert found.years == [2019]
    assert found.notes == ["the runs end with 2019; left out: 2020"]
    assert end_of_runs(None).year == end_of_runs(found).year == 2021


MISTAKES = {
    "no number": (
        "homicides_national_made_up.csv",
        "40000",
        "many",
        "line 4",
        "'many' is not a number of persons; allowed: 0 or more",
    ),
    "negative": ("homicides_national_made_up.csv", "40000", "-1", "line 4", "0 or more"),
    "not finite": ("homicides_national_made_up.csv", "40000", "inf", "line 4", "0 or more"),
    "no year": (
        "homicides_national_made_up.csv",
        "2019,4",
        "19,4",
        "line 4",
        "'19' is not a year; allowed: 1900 to 2100",
    ),
    "twice": (
        "homicides_national_made_up.csv",
        "2020,",
        "2019,",
        "line 5",
        "year '2019' is repeated; allowed: once",
    ),
    "no column": (later.FIGHTS, "actor,", "who,", "line 1", "no column 'actor'"),
    "cells": (later.FIGHTS, "Another,9,91", "Another,91", "line 6", "5 cells; allowed: 6"),
    "a state": (
        later.FIGHTS,
        "2019,11",
        "2019,33",
        "line 5",
        "'33' is not a state code; allowed: 01 to 32",
    ),
    "two digits": (
        later.FIGHTS,
        "2019,06",
        "2019,6",
        "line 7",
        "'6' is not a state code; allowed: 01 to 32",
    ),
    "an actor twice": (
        later.FIGHTS,
        "Another,9,90",
        "Jalisco Cartel New Generation,9,90",
        "line 4",
        "Generation' is repeated; allowed: once",
    ),
    "a date": (
        later.PRESENCE,
        "2019-06",
        "June",
        "line 6",
        "'June' is not a date; an example: 2018-03",
    ),
    "a series": (
        later.BY_STATE,
        "2019,INEGI_occurrence",
        "2019,INEGI_occurence",
        "line 34",
        "did you mean 'INEGI_occurrence'?",
    ),
    "a state twice": (
        later.BY_STATE,
        "02,x,2019",
        "01,x,2019",
        "line 35",
        "year '2019', cve_ent '01', series 'INEGI_occurrence' is repeated",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_names_file_line_and_word(folder: Path, case: str) -> None:
    name, right, wrong, line, words = MISTAKES[case]
    path = folder / name
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong, 1))
    with pytest.raises(later.LaterDataError) as error:
        later.read(folder)
    for word in (str(path), line, words):
        assert word in str(error.value)


def test_a_folder_without_tables(tmp_path: Path) -> None:
    with pytest.raises(later.LaterDataError, match="no table found; expected one or more of homi"):
        known_later(tmp_path)
    with pytest.raises(later.LaterDataError, match="there is no such folder"):
        known_later(tmp_path / "nowhere")
    (tmp_path / "BACRIM2020_Nodes.csv").write_text("Node,Group\n")
    assert known_later(tmp_path) is None  # a folder for docking alone
    assert known_later(None) is None


def one(findings: list[Finding], pattern: int) -> Finding:
    found = next(f for f in findings if f.pattern == pattern)
    assert found.held_out
    return found


@pytest.fixture
def judged(blank: Blank, of: Of, weekly: Callable[..., np.ndarray]) -> Callable[..., list[Finding]]:
    """Return ``judged(known, homicides)``: findings for runs with chosen homicides."""

    def make(known: later.Later, homicides: dict[int, float]) -> list[Finding]:
        runs = blank()
        fought = np.zeros_like(runs.fought)
        fought[:, runs.at(2019), :8, runs.cartel("cjng")] = 5.0
        by_place = np.zeros_like(runs.homicides)
        by_place[:] = np.arange(1.0, 33.0) * runs.scenario.country.geography.population
        series = weekly(homicides=homicides)
        series *= np.array([0.99, 1.0, 1.01])[:, None, None]
        most = fought.max(axis=3)
        return heldout.judge(
            of(blank(weekly=series, fought=fought, most_fought=most, homicides=by_place)), known
        )

    return make


KNOWN = {2019: 40000.0, 2020: 41000.0}


def test_homicides_of_later_years(judged: Callable[..., list[Finding]]) -> None:
    right = one(judged(later.Later(national=KNOWN), {2018: 39000.0, **KNOWN}), 1)
    assert right.verdict == PASSES
    assert next(r.median for r in right.rows if "inside" in r.quantity) == 1.0
    low = {year: 0.8 * x for year, x in KNOWN.items()}
    assert one(judged(later.Later(national=KNOWN), {2018: 30000.0, **low}), 1).verdict == FAILS
    falling = one(judged(later.Later(national=KNOWN), {2018: 42000.0, **KNOWN}), 1)
    assert falling.verdict == FAILS  # near, but the other way
    assert [r.quantity for r in falling.rows if r.counts_against] == ["direction from 2018 to 2020"]


def test_territory_of_later_years(judged: Callable[..., list[Finding]]) -> None:
    known = later.Later(main={2019: set(range(10))}, present={2019: [2, 3]})
    found = judged(known, {2018: 1.0})
    assert one(found, 2).verdict == PASSES  # eight states, ten observed
    assert next(r.median for r in one(found, 2).rows if "right" in r.quantity) == 30 / 32
    assert one(found, 3).verdict == PASSES  # none, two or three named, three accepted
    known = later.Later(main={2019: set(range(13))}, present={2019: [4]})
    found = judged(known, {2018: 1.0})
    assert one(found, 2).verdict == one(found, 3).verdict == FAILS


def test_rates_of_later_years(judged: Callable[..., list[Finding]]) -> None:
    people = states().population
    rising = {year: np.arange(1.0, 33.0) * people for year in YEARS}
    assert one(judged(later.Later(by_state=rising), {2018: 1.0}), 7).verdict == PASSES
    falling = {year: np.arange(33.0, 1.0, -1.0) * people for year in YEARS}
    assert one(judged(later.Later(by_state=falling), {2018: 1.0}), 7).verdict == FAILS


def test_only_what_is_known_is_judged(judged: Callable[..., list[Finding]]) -> None:
    assert judged(later.Later(), {2018: 1.0}) == []
    found = judged(later.Later(national=KNOWN), {2018: 1.0})
    assert [f.pattern for f in found] == [1]
