"""The Mesa side: agents are views of rows, made when asked for and kept up to date."""

from __future__ import annotations

import copy
from datetime import date

import mesa
import numpy as np
import pytest

from plazas.model.agents import Cartel, Gang, Government, State
from plazas.model.geography import UnknownPlaceError
from plazas.model.levers import LeverError, Policy
from plazas.model.model import CartelModel
from plazas.model.scenario import Event, Scenario
from plazas.model.simulation import Simulation
from plazas.model.world import AT_WAR, INFLOWS, OUTFLOWS, copied, difference

WEEKS = 12


@pytest.fixture
def model(small) -> CartelModel:
    prevention = Policy("prevention", 20.0, date(2010, 1, 1), date(2010, 2, 5), states=("Jalisco",))
    tolerance = Policy("tolerance", 0.5, date(2010, 1, 1), date(2010, 3, 1), targets=("gulf",))
    return CartelModel(small(WEEKS, {"formation": 16.0}, policies=(prevention, tolerance)))


def living_ids(model: CartelModel) -> set[int]:
    gangs = model.simulation.world.gangs
    return set(gangs["id"][gangs["members"] > 0].tolist())


def heads(model: CartelModel) -> int:
    return sum(cartel.members for cartel in model.cartel_views.values())


def test_a_model_that_only_runs_fast_makes_no_agent(model, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("an agent was made")

    monkeypatch.setattr(mesa.Agent, "__init__", refuse)
    results = model.run()
    assert results.weeks_run == WEEKS
    assert len(model.datacollector.get_model_vars_dataframe()) == WEEKS
    with pytest.raises(AssertionError, match="an agent was made"):
        len(model.agents)


def test_there_is_an_agent_for_every_row(model) -> None:
    assert {kind: len(model.agents_by_type[kind]) for kind in model.agent_types} == {
        Government: 1,
        State: 32,
        Cartel: 11,
        Gang: len(living_ids(model)),
    }
    jalisco = model.agents.select(lambda a: isinstance(a, State) and a.name == "Jalisco")
    assert list(jalisco) == [model.state("jal")]
    assert sum(model.agents_by_type[Gang].get("members")) == int(
        model.simulation.world.gangs["members"].sum()
    )


def test_views_follow_the_world_by_the_ids_of_gangs(small) -> None:
    short_lived = {"local_size": 10.0, "local_turnover": 0.05, "formation": 16.0}
    model = CartelModel(small(80, short_lived))
    before = {gang.id: gang for gang in model.agents_by_type[Gang]}
    model.run(79)
    model.step()
    after = {gang.id: gang for gang in model.agents_by_type[Gang]}
    assert set(after) == living_ids(model)
    assert set(before) - set(after)
    assert set(after) - set(before)
    assert all(after[name] is gang for name, gang in before.items() if name in after)
    rows = {gang.row for gang in after.values()}
    taken = [gang for name, gang in before.items() if name not in after and gang.row in rows]
    assert taken, "no row has been used again: the test compares nothing"
    assert taken[0].ended
    assert repr(taken[0]) == f"<Gang {taken[0].id:#x}, ended>"
    with pytest.raises(RuntimeError, match="has ended"):
        _ = taken[0].members
    week = copied(model.simulation.world)
    taken[0].step()
    taken[0].remove()
    assert difference(week, model.simulation.world) is None


def test_properties_read_and_write_the_rows(model) -> None:
    world = model.simulation.world
    gang = next(iter(model.cartel("cjng").gangs))
    cjng, zetas, sonora = model.cartel("cjng"), model.cartel("zetas"), model.state("Sonora")
    gang.members, gang.arms, gang.place, gang.cartel = 77, 0.25, sonora, zetas
    row = world.gangs[gang.row]
    assert (row.members, row.arms, row.place, row.allegiance) == (77, 0.25, sonora.row, zetas.row)
    assert row.tie == cjng.row
    assert gang in zetas.gangs
    assert gang in sonora.gangs
    assert gang not in cjng.gangs
    world.gangs.loyalty[gang.row] = 0.5
    assert gang.loyalty == 0.5
    gang.cartel = None
    assert gang.cartel is None
    assert row.allegiance == -1
    sonora.corruption = 0.9
    zetas.home = sonora
    assert world.places.corruption[sonora.row] == 0.9
    assert world.cartels.home[zetas.row] == sonora.row
    model.run(1)  # the tables may have moved: views follow
    assert gang.recruited == model.simulation.world.gangs.recruited[gang.row]


@pytest.mark.parametrize(
    ("who", "field", "value", "error"),
    [
        ("gang", "arms", 1.5, r"Gang.arms: 1.5 is outside 0..1"),
        ("gang", "members", 0, r"Gang.members: 0 is outside 1..inf"),
        ("state", "corruption", -0.1, r"State.corruption: -0.1 is outside 0..1"),
        ("cartel", "treasury", float("nan"), r"Cartel.treasury: nan is outside 0..inf"),
        ("cartel", "killed_by_rivals", 3, r"Cartel.killed_by_rivals is counted again every week"),
    ],
)
def test_what_cannot_be_written_says_so(model, who, field, value, error) -> None:
    agents = {
        "gang": next(iter(model.agents_by_type[Gang])),
        "state": model.state("Sonora"),
        "cartel": model.cartel("cjng"),
    }
    world = copied(model.simulation.world)
    with pytest.raises((ValueError, AttributeError), match=error):
        setattr(agents[who], field, value)
    assert difference(world, model.simulation.world) is None


def test_fronts_are_who_fights_whom_where_since_when_and_how_many_died(small) -> None:
    attack = Event("front_held", date(2010, 1, 15), "cjng", "zetas", state="Colima")
    model = CartelModel(small(WEEKS, {"front_onset": 0.0}, events=(attack,)))
    before = {(f.place.name, f.one.key, f.other.key) for f in model.fronts}
    assert ("Colima", "zetas", "cjng") not in before
    model.run(WEEKS)
    colima, zetas, cjng = model.state("Colima"), model.cartel("zetas"), model.cartel("cjng")
    (front,) = (f for f in colima.fronts if {f.one, f.other} == {zetas, cjng})
    assert (front.opened, front.since, front.held) == (date(2010, 1, 15),) * 2 + (True,)
    assert front in model.fronts and front in zetas.fronts and front in cjng.fronts
    assert not any(f.one is zetas and f.other is cjng for f in model.state("Sonora").fronts)
    deaths = [f.deaths for f in model.fronts]
    assert deaths == sorted(deaths, reverse=True)
    assert sum(deaths) > 0
    of_cjng = {(f.place, f.one, f.other) for f in cjng.fronts}
    assert of_cjng == {(f.place, f.one, f.other) for f in model.fronts if cjng in (f.one, f.other)}
    results = model.results()
    frame = results.fronts.query("code == '06' and cartel == 'zetas' and other == 'cjng'")
    assert front.deaths == pytest.approx(frame["deaths"].sum(), rel=0.5)
    enemies = {f.other if f.one is cjng else f.one for f in cjng.fronts if f.active}
    assert enemies <= set(cjng.enemies)
    shown = repr(front)
    assert "Colima" in shown and "since 2010-01-15" in shown


def test_homicides_of_a_state_are_those_of_the_record(small) -> None:
    model = CartelModel(small(WEEKS, {"centres": 0.5, "centre_attacks": 0.1}))
    model.run(WEEKS)
    last = model.results().weekly.iloc[-1]
    assert sum(state.homicides for state in model.state_views) == last["homicides"]
    assert sum(state.patients_killed for state in model.state_views) == last["patients_killed"]


def test_who_is_where_and_with_whom(model) -> None:
    model.run(6)
    world = model.simulation.world
    cjng = model.cartel("cjng")
    assert heads(model) == sum(state.members for state in model.state_views)
    assert cjng.members == sum(gang.members for gang in cjng.gangs)
    assert model.cartel("sinaloa") in cjng.allies
    at_war = np.flatnonzero(world.relations["stance"][cjng.row] == AT_WAR).tolist()
    assert {enemy.row for enemy in cjng.enemies} == {k for k in at_war if k in model.cartel_views}
    assert cjng.enemies
    assert all(cjng in enemy.enemies for enemy in cjng.enemies)
    assert cjng not in cjng.allies + cjng.enemies
    assert cjng.home.name == "Jalisco"
    assert cjng.home in cjng.states
    jalisco = model.state("14")
    assert jalisco.primary is model.cartel_views[int(world.places.primary[jalisco.row])]
    assert jalisco.cartels == [c for c in model.cartel_views.values() if jalisco in c.states]
    there = sum(gang.members for gang in jalisco.gangs)
    assert there == jalisco.members + jalisco.local_members
    total = sum(state.homicides for state in model.state_views)
    assert total == model.results().weekly["homicides"].iloc[-1]
    assert cjng.founded == date(2010, 1, 1)
    assert cjng.parent is None


def test_a_faction_is_an_agent_and_the_cartel_that_ended_none(small) -> None:
    split = Event("split", date(2010, 1, 15), "zetas")
    end = Event("killed", date(2010, 1, 15), "tijuana_breakaway", heir=False)
    model = CartelModel(small(WEEKS, {"smallest_split": 2000.0}, events=(split, end)))
    gone = model.cartel("tijuana_breakaway")
    model.run(4)
    faction = model.cartel("zetas/2")
    assert faction.parent is model.cartel("zetas")
    assert faction.founded == date(2010, 1, 15)
    assert repr(faction).startswith("<Cartel zetas/2: ")
    assert gone not in model.agents
    with pytest.raises(ValueError, match=r"unknown living cartel 'tijuana_breakaway'; allowed: s"):
        model.cartel("tijuana_breakaway")


def test_an_agent_that_is_removed_ends_its_gang(model) -> None:
    model.run(2)
    gang = max(model.cartel("sinaloa").gangs, key=lambda g: g.recruited)
    assert gang.recruited > 0  # a flow of its last turn that must not be counted again
    before, lost = heads(model), gang.members
    gang.remove()
    assert gang.ended
    assert gang not in model.agents
    assert heads(model) == before - lost
    model.step()
    cartels = model.simulation.world.cartels
    gained = sum(int(cartels[name].sum()) for name in INFLOWS)
    gained -= sum(int(cartels[name].sum()) for name in OUTFLOWS)
    assert model.simulation.record.weekly[2].members == before - lost
    assert heads(model) == before - lost + gained


# --- the week ------------------------------------------------------------------------------
def test_agents_stepped_by_hand_open_the_week_and_close_week_ends_it(model) -> None:
    twin = Simulation(model.simulation.scenario)
    gang = next(iter(model.agents_by_type[Gang]))
    gang.step()
    once = copied(model.simulation.world)
    gang.step()
    model.state("Sonora").step()  # has acted: gangs wait for every place
    model.government.step()
    model.open_week()
    assert difference(once, model.simulation.world) is None
    assert model.week == 0
    model.cartel("cjng").step()
    assert difference(once, model.simulation.world) is not None
    model.close_week()
    twin.run(1)
    assert model.week == 1
    assert difference(twin.world, model.simulation.world) is None


def test_an_open_week_is_the_first_of_a_fast_run(model) -> None:
    twin = Simulation(model.simulation.scenario)
    model.state("Sonora").step()
    model.run(0)
    assert model.week == 0
    model.run(3)
    twin.run(3)
    assert model.week == 3
    assert difference(twin.world, model.simulation.world) is None
    with pytest.raises(ValueError, match="10 weeks asked for, 9 are left"):
        model.run(10)
    assert model.date == date(2010, 1, 22)


def test_a_step_past_the_end_is_an_error_every_time(model) -> None:
    model.run(WEEKS - 1)
    assert model.running
    model.step()
    assert not model.running
    for _ in range(2):
        with pytest.raises(RuntimeError, match=r"scenario 'plain' has ended: all its 12 weeks"):
            model.step()
    with pytest.raises(RuntimeError, match="has ended"):
        model.state("Sonora").step()
    assert model.week == WEEKS


def test_run_model_stops_at_the_end(small) -> None:
    model = CartelModel(small(3))
    model.run_model()
    assert model.week == 3


def test_the_collector_has_a_row_for_every_week(model, small) -> None:
    model.run(2)
    model.step()
    model.run(3)
    frame = model.datacollector.get_model_vars_dataframe()
    weekly = model.results().weekly
    assert len(frame) == 6
    assert list(frame["date"]) == [day.date() for day in weekly.index]
    for name in weekly.columns:
        assert list(frame[name]) == list(weekly[name]), name
    silent = CartelModel(small(3), collect=False)
    silent.step()
    assert silent.datacollector.get_model_vars_dataframe().empty


def test_nothing_random_comes_from_mesa(model) -> None:
    twin = CartelModel(model.simulation.scenario)
    twin.reset_rng(99)
    twin.random.seed(99)
    state = model.random.getstate()
    model.run(3)
    assert model.random.getstate() == state
    for _ in range(3):
        twin.step()
    assert difference(model.simulation.world, twin.simulation.world) is None


def test_a_copied_model_goes_its_own_way(model) -> None:
    model.step()
    other = copy.deepcopy(model)
    other.step()
    assert (model.week, other.week) == (1, 2)
    assert all(agent.model is other for agent in other.agents)
    model.step()
    assert difference(model.simulation.world, other.simulation.world) is None


def test_the_levels_that_the_government_acts_at(model) -> None:
    jalisco, sonora = model.state("Jalisco"), model.state("Sonora")
    level = model.government.level
    assert (level("prevention", jalisco), level("prevention", sonora)) == (20.0, 0.0)
    assert level("tolerance", sonora, model.cartel("gulf")) == 0.5
    assert level("tolerance", sonora, model.cartel("zetas")) == level("tolerance", sonora) == 0.0
    with pytest.raises(LeverError, match="did you mean 'tolerance'"):
        level("tolerence", sonora)
    model.run(5)
    assert level("prevention", jalisco) == 0.0
    model.run()
    assert level("tolerance", sonora, model.cartel("gulf")) == 0.0


def test_errors_of_users(model) -> None:
    with pytest.raises(UnknownPlaceError, match="did you mean 'Jalisco'"):
        model.state("Jalisko")
    with pytest.raises(ValueError, match="unknown living cartel 'cjg'; did you mean 'cjng'"):
        model.cartel("cjg")
    with pytest.raises(TypeError, match="scenario must be a plazas Scenario, not dict"):
        CartelModel({"start": 2010})  # type: ignore[arg-type]
    for rng in (-1, 2**32, 1.5, None):
        with pytest.raises(ValueError, match=r"whole number|in 0"):
            CartelModel(model.simulation.scenario, rng=rng)  # type: ignore[arg-type]


def test_agents_read_well(model) -> None:
    texts = {repr(agent) for agent in model.agents}
    assert "<Government in week 0>" in texts
    cjng = model.cartel("cjng")
    assert f"<Cartel cjng: {cjng.members} members, home Jalisco>" in texts
    gang = next(iter(cjng.gangs))
    assert repr(gang) == (f"<Gang {gang.id:#x} in {gang.place.name}: {gang.members} members, cjng>")
    local = next(iter(model.agents_by_type[Gang].select(lambda g: g.cartel is None)))
    assert repr(local).endswith("members, unaffiliated>")
    assert not local.is_cell
    assert gang.is_cell
    sonora = model.state("Sonora")
    assert sonora.primary is not None
    assert repr(sonora) == (
        f"<State Sonora: {sonora.members} members of cartels, led by {sonora.primary.key}>"
    )


def test_the_default_is_mexico_from_2010() -> None:
    model = CartelModel()
    assert model.simulation.scenario == Scenario()
    assert model.simulation.scenario.weeks == 782
    assert model.date == date(2010, 1, 1)
    assert np.isclose(sum(s.members for s in model.state_views), 109000, rtol=0.02)
