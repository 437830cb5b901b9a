"""What the page reads of a run is what its results and its agents say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from plazas.analysis.dashboard import frames, panels, places, timeline, view, words
from plazas.analysis.dashboard.model import DashboardModel
from plazas.analysis.report import map_layers as layers
from plazas.model.events import EventKind
from plazas.model.model import CartelModel
from plazas.model.results import Results
from plazas.model.scenario import Event, Scenario
from plazas.model.simulation import Simulation

VALUES = {"double_incapacitation": True, "kingpin_strategy": True}
LATE = 270


@pytest.fixture(scope="module")
def model(make: type[DashboardModel]) -> DashboardModel:
    found = make(seed=2, **VALUES)
    found.run(LATE)
    return found


@pytest.fixture(scope="module")
def results(model: DashboardModel) -> Results:
    """Return the results of the same run, gone on to its end."""
    return Simulation(model.simulation.scenario, seed=2).run()


def test_territory_at_a_month_s_beginning(
    make: type[DashboardModel], model: DashboardModel, results: Results
) -> None:
    months = make.base.months()
    week = next(w for w in range(200, LATE) if months[w] != months[w - 1])
    early = make(seed=2, **VALUES)
    early.run(week)
    territory = view.territory_of(early)
    recorded = results.record.members[months[week]]
    rows = territory.members.shape[1]
    assert (territory.members == recorded[:, :rows]).all()
    assert recorded[:, rows:].sum() == 0
    assert (territory.leader == results.primary[months[week]]).all()
    share = recorded.max(axis=1) / np.maximum(1, recorded.sum(axis=1))
    assert territory.share == pytest.approx(share)
    assert (territory.contested == (share < 0.5)).all()
    assert (view.territory_of(model).members != 0).sum() > 0
    assert (view.territory_of(model).leader != territory.leader).any()


def test_rates_are_those_of_the_last_twelve_months(model: DashboardModel, results: Results) -> None:
    months = model.simulation.scenario.months()[:LATE]
    last = months[-1]
    homicides = results.places["homicides"].unstack("code")
    scenario = model.simulation.scenario
    # The month that is going on is in the results of a run that stops there, not of a whole one.
    until = Simulation(scenario, seed=2).run(LATE).places["homicides"].unstack("code")
    weeks = (months > last - 12).sum()
    people = scenario.country.geography.population
    expected = until.iloc[last - 11 : last + 1].sum() / (7 * weeks / 365.25) / people * 1e5
    assert view.rate_of(model) == pytest.approx(expected.to_numpy())
    assert homicides.iloc[:last].equals(until.iloc[:last])


def test_series(make: type[DashboardModel], model: DashboardModel, results: Results) -> None:
    series = view.series_of(model, view.territory_of(model))
    assert len(series.homicides) == len(series.members) == LATE
    weekly = results.weekly
    assert (series.members == weekly["members"].to_numpy()[1 : LATE + 1]).all()
    summed = weekly["homicides"].to_numpy()[LATE - 52 : LATE].sum()
    assert series.homicides[-1] == pytest.approx(summed * 365.25 / 364)
    assert series.homicides[0] == pytest.approx(weekly["homicides"].iloc[0] * 365.25 / 7)
    year = results.yearly["homicides"].loc[2012]
    last = make.base.week_of(make.base.start.replace(year=2013)) - 1
    assert series.homicides[last] == pytest.approx(year, rel=0.01)
    fresh = make()
    empty = view.series_of(fresh, view.territory_of(fresh))
    assert len(empty.homicides) == len(empty.members) == 0
    assert (view.rate_of(fresh) == 0.0).all()


def test_cartels_are_those_of_the_agents(model: DashboardModel) -> None:
    rows = view.standings_of(model, view.territory_of(model))
    agents = model.cartel_views
    assert {row.row for row in rows} == {k for k, agent in agents.items() if agent.members}
    assert [row.members for row in rows] == sorted((row.members for row in rows), reverse=True)
    for row in rows:
        agent = agents[row.row]
        assert row.members == agent.members
        assert row.treasury == agent.treasury / 1000.0
        assert row.present == len(agent.states)
        assert set(row.allies) == {other.row for other in agent.allies if other.members}
        assert set(row.enemies) == {other.row for other in agent.enemies if other.members}
    assert sum(row.led for row in rows) == (view.territory_of(model).leader >= 0).sum()


def test_fronts_are_those_of_the_agents_and_of_the_last_twelve_months(
    model: DashboardModel,
) -> None:
    rows = view.fronts_of(model)
    assert [row.deaths for row in rows] == sorted((row.deaths for row in rows), reverse=True)
    agents = {(f.place.row, f.one.row, f.other.row) for f in model.fronts if f.active}
    assert {row[:3] for row in rows if row.active} == agents
    assert all(row.active or row.deaths >= layers.SHOWN_DEATHS for row in rows)
    months = model.simulation.scenario.months()[:LATE]
    weeks = months > months[-1] - 12
    weekly = model.results().weekly["killed_on_fronts"].to_numpy()
    left_out = weekly[weeks].sum() - sum(row.deaths for row in rows)
    assert 0 <= left_out + 1e-6 < 0.02 * weekly[weeks].sum() + 1
    assert len(rows) > 5


def test_the_layer_of_fronts_shows_deaths_and_silence(model: DashboardModel) -> None:
    fronts = view.fronts_of(model)
    figure = frames.figures(model, frames.FRONTS, "en")[-1]
    names = list(model.simulation.scenario.country.geography.names)
    for p in range(len(names)):
        here = [front for front in fronts if front.place == p]
        deaths = sum(front.deaths for front in here)
        reached = [k for k, low in enumerate(layers.FRONT_STEPS) if deaths >= low]
        step = max(1, reached[-1]) if here else 0
        assert figure["fills"][p] == layers.FRONT_COLOURS[step], names[p]
        assert figure["hatched"][p] == (bool(here) and not any(f.active for f in here)), names[p]
        assert len(figure["fronts"][p]) == min(frames.MOST_FRONTS, len(here))
    deadliest = fronts[0]
    cast = view.cast_of(model)
    for language, verb in (("en", "and"), ("es", "y")):
        figure = frames.figures(model, frames.FRONTS, language)[-1]
        one, other, said = figure["fronts"][deadliest.place][0]
        assert (one, other) == (cast.colours[deadliest.one], cast.colours[deadliest.other])
        assert f" {verb} " in said and f"{deadliest.deaths:,.0f} " in said
    legend = frames.legend(model, frames.FRONTS, "es")
    assert [text for _, text in legend["scale"]][-1] == "400+"
    assert len(legend["scale"]) == len(layers.FRONT_STEPS) - 1
    assert frames.figures(model, frames.LEADERS, "en")[-1]["fronts"] == []


def test_a_place_lists_its_fronts(model: DashboardModel) -> None:
    deadliest = view.fronts_of(model)[0]
    said = panels.place(model, deadliest.place, "en")["fronts"]
    assert said[0] == frames.front_line(deadliest, view.cast_of(model), "en")
    quiet = set(range(32)) - {front.place for front in view.fronts_of(model)}
    for p in sorted(quiet)[:1]:
        assert panels.place(model, p, "en")["fronts"] == []


def test_gangs_of_a_state_are_those_of_the_agents(model: DashboardModel) -> None:
    p = int(view.territory_of(model).members.sum(axis=1).argmax())
    state = model.state_views[p]
    rows = places.gangs_of(model, p)
    gangs = list(state.gangs)
    assert sum(row.gangs for row in rows) == len([gang for gang in gangs if gang.members])
    assert rows[-1].cartel == -1
    for row in rows:
        mine = [g for g in gangs if (g.cartel.row if g.cartel else -1) == row.cartel]
        assert row.members == sum(gang.members for gang in mine)
        assert row.largest == max(gang.members for gang in mine)
        arms = sum(gang.members * gang.arms for gang in mine) / row.members
        assert row.arms == pytest.approx(arms)


def test_history_of_a_state_is_its_part_of_the_log(model: DashboardModel, results: Results) -> None:
    log = model.results().events
    codes = model.simulation.scenario.country.geography.codes
    keys = list(model.results().cartels["key"])
    reported = 0
    for p, code in enumerate(codes):
        here = log[log["place"] == code]
        for year in places.history_of(model, p):
            rows = here[here["date"].dt.year == year.year]
            assert [event.kind.name.lower() for event in reversed(year.events)] == [
                kind
                for kind in rows["kind"]
                if kind in {listed.name.lower() for listed in places.REPORTED}
            ]
            reported += len(year.events)
            for kind, counts in year.counts.items():
                mine = rows[rows["kind"] == kind.name.lower()]
                assert sum(counts.values()) == len(mine)
                assert counts == {
                    keys.index(key): number for key, number in mine["cartel"].value_counts().items()
                }
    assert reported > 20
    assert [year.year for year in places.history_of(model, 0)] == list(range(2015, 2009, -1))


def test_homicides_of_a_state_by_year(model: DashboardModel) -> None:
    monthly = model.results().places["homicides"]
    code = model.simulation.scenario.country.geography.codes[7]
    by_year = monthly.xs(code, level="code").groupby(lambda month: month.year).sum()
    found = {year.year: year.homicides for year in places.history_of(model, 7)}
    assert found == by_year.to_dict()


def test_events_of_the_time_line(model: DashboardModel) -> None:
    found = places.logged(model, (EventKind.CAPTURED, EventKind.SPLIT))
    log = model.results().events_of("captured", "split")
    assert len(found) == len(log) > 0
    assert [event.day for event in found] == [when.date() for when in log["date"]]


def test_factions_have_tints_of_their_founder(model: DashboardModel) -> None:
    cast, table = view.cast_of(model), model.results().cartels
    assert list(cast.keys) == list(table["key"])
    assert list(cast.names) == list(table["name"])
    colours = dict(zip(table["key"], table["colour"], strict=True))
    assert any("/" in key for key in cast.keys)
    for key, colour in zip(cast.keys, cast.colours, strict=True):
        root, _, number = key.partition("/")
        assert colour == (layers.tinted(colours[root], int(number)) if number else colours[key])


def test_the_cast_grows_with_the_run(make: type[DashboardModel], model: DashboardModel) -> None:
    early = make(seed=2, **VALUES)
    before = view.cast_of(early)
    early.run(LATE)
    assert len(view.cast_of(early).keys) > len(before.keys)
    assert view.cast_of(early) == view.cast_of(model)


def test_a_local_group_that_rises_has_its_name_in_both_languages(
    small: Callable[..., Scenario],
) -> None:
    rise = Event("rise", date(2010, 3, 5), "cjng", state="Guanajuato")
    model = CartelModel(small(20, {"local_gangs": 2000.0}, events=(rise,)), collect=False)
    model.run()
    cast = view.cast_of(model)
    (event,) = (e for e in places.logged(model, [EventKind.RISE]) if e.place == 10)
    key, name = cast.keys[event.cartel], cast.names[event.cartel]
    assert words.cartel(key, name, "en") == name == "Guanajuato, local group 1"
    assert words.cartel(key, name, "es") == "Guanajuato, grupo local 1"
    said = timeline.event_words(event, cast, "es")
    assert said.startswith("5 de marzo de 2010. Guanajuato, grupo local 1: surge")
    assert said.endswith("contra Cártel Jalisco Nueva Generación")


def test_runs_part_when_a_policy_begins(make: type[DashboardModel], model: DashboardModel) -> None:
    assert model.baseline is not None
    starts = [p.start for p in model.simulation.scenario.policies if p.layer > 0]
    assert view.first_difference(model.baseline, model) == model.first_day(
        model.base.week_of(min(starts))
    )
    early = make(**VALUES)
    assert early.baseline is not None
    assert view.first_difference(early.baseline, early) is None
    early.run(100)
    assert view.first_difference(early.baseline, early) is None


@pytest.mark.parametrize(
    ("rate", "step"), [(0.0, 0), (4.94, 0), (4.96, 1), (29.9, 3), (30.0, 4), (900.0, 8)]
)
def test_colours_of_rates(rate: float, step: int) -> None:
    assert frames.rate_colour(rate) == frames.RATE_COLOURS[step]
