"""Corners that once gave a wrong result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from plazas.model.calendar import WHOLE_YEAR
from plazas.model.levers import Policy
from plazas.model.scenario import Event, Scenario, ScenarioError
from plazas.model.simulation import Simulation
from plazas.model.structure import TURN

Small = Callable[..., Scenario]


def test_without_any_force_nobody_is_arrested(small: Small) -> None:
    simulation = Simulation(small(4))
    simulation.world.places.force[:] = 0.0
    weekly = simulation.run().weekly
    assert weekly["arrests"].sum() == 0
    assert weekly["members"].min() > 0


def test_no_force_deployed_sends_no_operation(small: Small) -> None:
    plain = small(110, {"leader_hunt": 0.05})
    hunted = Policy("kingpin", 20.0, plain.start, plain.stop)
    none = Policy("force", 0.0, plain.start, plain.stop)
    scenario = replace(plain, policies=(hunted,))
    kinds = ("released", "captured", "killed")
    assert len(Simulation(scenario).run().events_of(*kinds)) > 0
    without = replace(scenario, policies=(hunted, none))
    assert len(Simulation(without).run().events_of(*kinds)) == 0


def test_two_splits_in_a_week_are_two_factions(small: Small) -> None:
    on = date(2010, 1, 15)
    events = tuple(Event("split", on, "sinaloa", label=label) for label in ("a", "b"))
    simulation = Simulation(small(8, {"splits": 1.0}, events=events))
    results = simulation.run()
    splits = results.events_of("split")
    assert len(splits) == 2
    assert (splits["amount"] > 0).all()
    rows = int(simulation.world.nation[0].cartel_rows)
    assert len(set(simulation.world.cartels.id[:rows])) == rows


def test_a_split_that_nobody_follows_founds_nothing_and_costs_nothing(small: Small) -> None:
    event = Event("split", date(2010, 1, 15), "sinaloa")
    alone, control = (
        Simulation(small(3, {"orphaned": 1.0}, events=events)) for events in ((event,), ())
    )
    assert alone.run().events_of("split").empty
    control.run()
    row = [row.key for row in control.scenario.country.start.cartels].index("sinaloa")
    assert control.world.cartels[row].treasury > 0
    assert alone.world.cartels[row].treasury == control.world.cartels[row].treasury


def test_results_stay_as_they_were_when_the_run_goes_on(small: Small) -> None:
    simulation = Simulation(small(80))
    early = simulation.run(20)
    simulation.run()
    assert early.events["date"].max() <= early.weekly.index[-1]
    assert early.places["homicides"].sum() == early.weekly["homicides"].sum()
    assert len(simulation.results().events) > len(early.events)


def test_a_part_of_a_year_is_not_stretched(small: Small) -> None:
    results = Simulation(small(60)).run()
    weekly = results.weekly["homicides"]
    parts = weekly.groupby(pd.DatetimeIndex(weekly.index).year).agg(["sum", "size"])
    yearly = results.yearly["homicides"]
    assert parts.loc[2010, "size"] >= WHOLE_YEAR > parts.loc[2011, "size"]
    assert yearly[2011] == parts.loc[2011, "sum"]
    stretched = parts.loc[2010, "sum"] * 365 / 7 / parts.loc[2010, "size"]
    assert np.isclose(yearly[2010], stretched)


def test_an_event_in_no_whole_week_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no whole week"):
        Scenario(events=(Event("captured", date(2024, 12, 30), "cjng"),))


def test_a_run_longer_than_ids_can_hold_is_refused() -> None:
    with pytest.raises(ScenarioError, match="too many"):
        Scenario(stop=date(3300, 1, 1))


def test_a_policy_overruled_everywhere_costs_nothing(small: Small) -> None:
    start, stop = date(2010, 1, 1), date(2010, 1, 29)
    lower = Policy("arrests", 2.0, start, stop, cost=1.0)
    upper = Policy("arrests", 3.0, start, stop, cost=5.0, layer=1)
    part = Policy("arrests", 3.0, start, stop, states=("Jalisco",), cost=5.0, layer=1)
    weekly = Simulation(small(4, policies=(lower, upper))).run().weekly
    assert set(weekly["policy_cost"]) == {5000.0}
    weekly = Simulation(small(4, policies=(lower, part))).run().weekly
    assert set(weekly["policy_cost"]) == {6000.0}


def test_corruption_settles_before_any_policy(small: Small) -> None:
    policy = Policy("anti_corruption", 1.0, date(2010, 1, 1), date(2010, 1, 29))
    plain = Simulation(small(4)).world.places.corruption
    assert np.array_equal(Simulation(small(4, policies=(policy,))).world.places.corruption, plain)


def test_a_start_of_gangs_all_past_their_size_finds_room(small: Small) -> None:
    many = {"members_2010": 120000.0, "division_size": 60.0}
    simulation = Simulation(small(TURN, many))
    before = int(simulation.world.nation[0].gangs)
    divided = 0
    for _ in range(TURN):
        simulation.run(1)
        divided += int(simulation.world.places.divided.sum())
    assert divided > 1000
    assert int(simulation.world.nation[0].gangs) > 1.7 * before
