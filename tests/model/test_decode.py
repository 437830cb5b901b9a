"""A run's record is decoded once: arrays, frames and the dataset agree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plazas.model import decode
from plazas.model.calendar import per_year, whole_year_scale, years_of, years_of_months
from plazas.model.record import SERIES, Record
from plazas.model.results import Results
from plazas.model.simulation import Simulation
from plazas.scenarios.classroom import classroom

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def results() -> Results:
    from plazas.model.scenario import Scenario

    scenario = Scenario(name="small", start=date(2010, 3, 1), stop=date(2012, 6, 1))
    return Simulation(replace(scenario, country=classroom()), 3).run()


def test_a_whole_year_counts_every_day() -> None:
    scale = whole_year_scale([2011, 2012, 2013, 2014], [52, 52, 51, 50])
    expected = [365 / 7 / 52, 366 / 7 / 52, 365 / 7 / 51, 1.0]
    np.testing.assert_allclose(scale, expected, rtol=1e-15)
    assert per_year(14.0) == 730.5


def test_years_of_a_run() -> None:
    years = years_of(date(2010, 3, 1), 60)
    assert years.years.tolist() == [2010, 2011]
    assert (years.starts.tolist(), years.weeks.tolist()) == ([0, 44], [44, 16])
    assert years_of_months(date(2010, 11, 1), 4).tolist() == [2010, 2010, 2011, 2011]


def test_years_by_arrays_are_those_by_frames(results: Results) -> None:
    years = years_of(results.scenario.start, results.scenario.weeks)
    totals = decode.yearly(decode.series(results.record), years)
    assert results.yearly.index.tolist() == years.years.tolist()
    np.testing.assert_allclose(totals, results.yearly[list(SERIES)], rtol=1e-12)


def test_leaders_and_shares() -> None:
    members = np.array([[[2, 6, 0], [0, 0, 0]], [[3, 3, 0], [0, 0, 9]]])
    assert decode.leaders(members).tolist() == [[1, -1], [0, 2]]
    np.testing.assert_allclose(decode.shares(members)[0], [[0.25, 0.75, 0], [0, 0, 0]])


def test_rows_are_those_of_the_frames(results: Results) -> None:
    record, months = results.record, len(results.months)
    assert months == decode.months_begun(record, results.weeks_run) == 27
    assert decode.months_begun(record, 0) == decode.years_begun(record, 0) == 0
    keys = results.cartels["key"].to_numpy()
    there = decode.presence(record, months)
    assert list(keys[there.cartel]) == list(results.presence["cartel"])
    assert there.members.sum() == record.members.sum() > 0
    assert len(decode.log(record)) == len(results.events) > 0


def test_fronts_are_those_of_the_log_and_their_deaths_those_of_the_weeks(results) -> None:
    fronts, months = results.fronts, len(results.months)
    assert list(fronts.columns) == [
        "month", "code", "cartel", "other", "opened", "active", "deaths",
    ]  # fmt: skip
    assert fronts["month"].is_monotonic_increasing
    assert (fronts["deaths"] >= 0).all()
    assert (fronts["active"] | (fronts["deaths"] > 0)).all()
    assert not fronts.duplicated(["month", "code", "cartel", "other", "opened"]).any()
    weekly = results.weekly["killed_on_fronts"]
    assert fronts["deaths"].sum() == pytest.approx(weekly.sum())
    assert weekly.sum() > 0
    last = results.months[-1]
    assert fronts.loc[fronts["month"] == last, "active"].sum() == results.weekly["fronts"].iloc[-1]
    opened = results.events_of("front_opens")
    logged = {(row.date, row.place, row.cartel, row.other) for row in opened.itertuples()}
    logged |= {(row.date, row.place, row.other, row.cartel) for row in opened.itertuples()}
    start = np.datetime64(results.scenario.start)
    in_the_run = fronts[fronts["opened"] >= start]
    rows = in_the_run[["opened", "code", "cartel", "other"]].itertuples(index=False, name=None)
    assert set(rows) <= logged
    active, deaths = decode.front_totals(results.record, months)
    by_place = fronts.groupby(["month", "code"])["deaths"].sum()
    code = results.scenario.country.geography.codes[0]
    for m in (0, 7, months - 1):
        month = results.months[m]
        assert deaths[m, 0] == pytest.approx(by_place.get((month, code), 0.0))
    assert active.sum() == fronts["active"].sum() > 0


def test_deaths_of_fronts_are_those_of_the_fights_of_both_sides(results: Results) -> None:
    fronts = results.fronts
    both = [
        fronts.rename(columns={side: "who"})[["month", "code", "who", "deaths"]]
        for side in ("cartel", "other")
    ]
    sides = pd.concat(both)
    sides["year"] = sides["month"].dt.year
    total = sides.groupby(["year", "code", "who"])["deaths"].sum()
    fought = results.fought.set_index(["year", "code", "cartel"])["deaths"].sort_index()
    total = total[total > 0].sort_index()
    assert list(fought.index) == list(total.index)
    np.testing.assert_allclose(fought, total, rtol=1e-4)


def test_the_dataset_holds_the_record(results: Results) -> None:
    pytest.importorskip("xarray")
    cube = results.xarray()
    code = results.scenario.country.geography.codes[1]
    np.testing.assert_array_equal(cube["homicides"], results.weekly["homicides"])
    monthly = results.places.xs(code, level="code")
    np.testing.assert_array_equal(cube["place_homicides"].sel(code=code), monthly["homicides"])
    heads = cube["presence"].sel(code=code).sum("cartel")
    np.testing.assert_array_equal(heads, monthly["members"])
    active, deaths = decode.front_totals(results.record, len(results.months))
    np.testing.assert_array_equal(cube["place_fronts"].sel(code=code), active[:, 1])
    np.testing.assert_array_equal(cube["place_front_deaths"].sel(code=code), deaths[:, 1])
    named = monthly["primary"].fillna("")
    assert cube["place_primary"].sel(code=code).values.tolist() == named.tolist()


def test_weeks_and_months_of_the_record(results: Results) -> None:
    """The run starts on Monday 1 March 2010: five weeks begin in March, four in April."""
    record = results.record
    assert [decode.month_of(record, week) for week in (0, 4, 5, 8, 9)] == [0, 0, 1, 1, 2]
    assert decode.months_of_weeks(record, np.array([4, 9])).tolist() == [0, 2]
    assert [decode.weeks_before(record, month) for month in (0, 1, 2)] == [0, 5, 9]
    assert decode.weeks_before(record, 999) == results.weeks_run
    assert decode.weeks_by_month(record, 7).tolist() == [5, 2]


def test_series_and_tables_are_those_of_the_frames(results: Results) -> None:
    record, months = results.record, len(results.months)
    homicides = decode.weekly(record, "homicides")
    np.testing.assert_array_equal(homicides, results.weekly["homicides"])
    np.testing.assert_array_equal(decode.weekly(record, "homicides", 7), homicides[:7])
    table = decode.place_table(record, months)
    np.testing.assert_array_equal(table["arrests"].reshape(-1), results.places["arrests"])
    weeks = decode.week_table(record, 7)
    np.testing.assert_array_equal(weeks["members"], results.weekly["members"][:7])
    years = decode.years_begun(record, results.weeks_run)
    deaths = decode.deaths_in_fights(record, years)
    assert deaths[deaths > 0].tolist() == results.fought["deaths"].tolist() != []


def direct_reads(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the field where a source reads an array of a record by itself."""
    if "record" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute) or node.attr not in Record._fields:
            continue
        owner = node.value
        if getattr(owner, "id", getattr(owner, "attr", "")) == "record":
            yield node.lineno, node.attr


def test_only_decode_reads_the_arrays_of_a_record() -> None:
    """Frames and analyses use plazas.model.decode; nothing else knows the layout of a record."""
    assert list(direct_reads("a = run.record.places\nb = record.weekly[0]")) == [
        (1, "places"),
        (2, "weekly"),
    ]
    paths = [ROOT / "model" / "results.py", *sorted((ROOT / "analysis").rglob("*.py"))]
    assert len(paths) > 50
    direct = {str(path): list(direct_reads(path.read_text("utf-8"))) for path in paths}
    assert not {path: reads for path, reads in direct.items() if reads}
