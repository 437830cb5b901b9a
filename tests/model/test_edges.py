"""Corners that once gave a wrong result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from plazas.model.calendar import WHOLE_YEAR
from plazas.model.events import IN_A_STATE
from plazas.model.levers import Policy
from plazas.model.scenario import Event, EventError, Scenario, ScenarioError
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


DAY = date(2012, 3, 1)


@pytest.mark.parametrize(
    ("first", "last", "decides"),
    [
        (("captured", "zetas", ""), ("killed", "zetas", ""), "changes the leader of 'zetas'"),
        (("escaped", "zetas", ""), ("extradited", "zetas", ""), "changes the leader of 'zetas'"),
        (("war", "zetas", "gulf"), ("peace", "gulf", "zetas"), "decides between 'zetas' and"),
        (("front_held", "zetas", "gulf"), ("alliance", "zetas", "gulf"), "lets 'zetas' and 'gulf'"),
        (("front_opens", "cjng", "gulf"), ("front_ends", "gulf", "cjng"), "front of 'cjng' and"),
    ],
)
def test_two_events_of_a_week_that_contradict_each_other_are_refused(first, last, decides) -> None:
    def event(on: date, kind: str, cartel: str, other: str) -> Event:
        return Event(kind, on, cartel, other, state="Colima" if kind in IN_A_STATE else "")

    one, two = event(DAY, *first), event(DAY + timedelta(days=1), *last)
    with pytest.raises(EventError, match=decides) as caught:
        Scenario(events=(one, two))
    assert caught.value.pair == (one, two)
    assert str(caught.value).endswith("remove one or move it by a week")
    later = replace(two, on=DAY + timedelta(days=2))  # the next week begins after DAY + 1
    assert len(Scenario(events=(one, later)).events) == 2


@pytest.mark.parametrize(
    "two",
    [
        (Event("front_opens", DAY, "cjng", "gulf", state="Colima"),
         Event("front_ends", DAY, "cjng", "gulf", state="Jalisco")),
        (Event("front_opens", DAY, "cjng", "gulf", state="Colima"),
         Event("front_opens", DAY, "cjng", "zetas", state="Colima")),
        (Event("war", DAY, "cjng", "gulf"),
         Event("front_held", DAY, "cjng", "gulf", state="Colima")),
        (Event("captured", DAY, "zetas"), Event("extradited", DAY, "zetas")),
        (Event("split", DAY, "zetas"), Event("split", DAY, "zetas")),
    ],
)  # fmt: skip
def test_two_events_of_a_week_that_agree_are_allowed(two) -> None:
    assert Scenario(events=two).events == two


def test_a_cartel_does_not_fight_itself() -> None:
    with pytest.raises(ScenarioError, match="'cjng' is the first cartel too"):
        Event("front_opens", DAY, "cjng", "cjng", state="Colima")


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
