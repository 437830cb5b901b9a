"""Comparisons: what is compared with what, over which weeks, and the arithmetic of the table."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from plazas.analysis.experiment.compare import (
    CompareError,
    Comparison,
    Stopping,
    compare,
    outcome_table,
)
from plazas.analysis.experiment.outcomes import OutcomeSpec, first_difference, window_of
from plazas.analysis.report import verdicts
from plazas.analysis.report.bands import fastest_riser
from plazas.model.levers import Policy
from plazas.model.scenario import Event, Scenario
from plazas.model.simulation import Simulation

WEEK_OF_PARTING = 74  # that of 3 June 2011, the first on or after the policy's date


def test_a_scenario_does_not_differ_from_itself(plain: Scenario) -> None:
    found = compare([plain, plain], replicates=3)
    assert found.labels == ("plain", "plain (2)")
    assert not found.window.differs
    rows = found.table.loc["plain (2)"].drop(index="cost_per_life")
    for column in ("difference", "difference_low", "difference_high", "difference_median"):
        assert (rows[column] == 0.0).all()
    assert rows.loc["homicides_total", "correlation"] == pytest.approx(1.0)
    assert rows.loc["homicides_total", "variance_ratio"] == math.inf
    assert verdicts.effect(found, "plain (2)") == "none"
    assert "Exactly as many homicides" in verdicts.verdict(found, "plain (2)")


def test_a_policy_does_differ(compared: Comparison) -> None:
    row = compared.row("arrests", "arrests")
    assert row["difference_low"] > 0.0
    assert compared.row("arrests", "cost")["difference"] == 2.0 * (130 - WEEK_OF_PARTING)


def test_nothing_differs_before_the_window(compared: Comparison) -> None:
    for ensemble in compared.ensembles[1:]:
        mine, base = ensemble.series("homicides"), compared.ensembles[0].series("homicides")
        np.testing.assert_array_equal(mine[:, :WEEK_OF_PARTING], base[:, :WEEK_OF_PARTING])
        assert (mine[:, WEEK_OF_PARTING:] != base[:, WEEK_OF_PARTING:]).any()


def test_window_begins_with_the_first_difference_of_any(compared: Comparison) -> None:
    window = compared.window
    assert (window.first, window.begins) == (WEEK_OF_PARTING, date(2011, 6, 3))
    assert (window.start_year, window.late_start, window.differs) == (2010, False, True)
    assert window.years == pytest.approx((130 - WEEK_OF_PARTING) * 7 / 365.25)


def test_outcomes_are_those_of_the_simulation(compared: Comparison, arrests: Scenario) -> None:
    results = Simulation(arrests, 3, 2).run()
    weekly = results.weekly
    inside = weekly[weekly.index >= "2011-06-03"]
    of_2010 = weekly[weekly.index.year == 2010]
    value = compared.values.loc[("arrests", 2)]
    assert value["homicides_total"] == inside["homicides"].sum()
    assert value["homicides"] == pytest.approx(inside["homicides"].mean() * 365.25 / 7)
    killed = inside["killed_by_rivals"] + inside["killed_by_forces"]
    assert value["killed"] == pytest.approx(killed.mean() * 365.25 / 7)
    assert value["homicides_last"] == pytest.approx(weekly["homicides"][-52:].mean() * 365.25 / 7)
    assert value["members"] == weekly["members"].iloc[-1]
    assert value["corruption"] == weekly["corruption"].iloc[-1]
    assert value["cost"] == pytest.approx(inside["policy_cost"].sum() / 1000.0)
    assert value["led_sinaloa"] == results.states_led("sinaloa").iloc[-1]
    factions = [key for key in results.cartels["key"] if "/" in key]
    assert value["led_factions"] == sum(results.states_led(k).iloc[-1] for k in factions)
    row = compared.row("arrests", "members")
    starts = [Simulation(arrests, 3, r).run().weekly["members"] for r in range(4)]
    means = [s[s.index.year == 2010].mean() for s in starts]
    assert row["start_level"] == pytest.approx(np.mean(means))
    assert means[2] == pytest.approx(of_2010["members"].mean())


def test_cartels_that_rose_are_counted_apart(small: Callable[..., Scenario]) -> None:
    """Also where one leads a place at the end, of whom there is nothing in the first replicate."""
    rises = Event("rise", date(2010, 3, 1), "cjng", state="Jalisco")
    masses = {"smallest_rise": 20.0, "federates": 1.0, "local_gangs": 9000.0}
    plain = small(20, masses, name="plain")
    found = compare([plain, small(20, masses, name="rises", events=(rises,))], replicates=2)
    ensemble = found.ensembles[1]
    rose = ensemble.events.loc[ensemble.events["kind"] == "rise", "cartel"]
    assert set(rose) <= set(ensemble.keys)
    assert not set(rose) & set(ensemble.founders)
    assert set(ensemble.founders) == {row.key for row in plain.country.start.cartels}
    led = sum(ensemble.led(key)[:, -1] for key in set(rose))
    assert led.min() >= 1
    np.testing.assert_array_equal(found.values.loc["rises", "led_local_groups"], led)
    assert (found.values.loc["plain", "led_local_groups"] == 0).all()
    assert (found.values["led_factions"] == 0).all()
    places = ensemble.places.copy()  # even where it takes every place, it is none of the start
    places.loc[places["month"] == places["month"].max(), "primary"] = rose.iloc[0]
    assert fastest_riser((dataclasses.replace(ensemble, places=places),)) is None


def test_table_by_hand() -> None:
    """Two outcomes, four replicates, every cell worked out on paper."""
    base = pd.DataFrame({"homicides_total": [10.0, 20.0, 30.0, 40.0], "cost": [0.0] * 4})
    policy = pd.DataFrame({"homicides_total": [9.0, 18.0, 27.0, 34.0], "cost": [6.0] * 4})
    start = pd.DataFrame({"homicides_total": [5.0, 5.0, 5.0, 5.0], "cost": [math.nan] * 4})
    about = {
        "homicides_total": OutcomeSpec("H", "persons", 0),
        "cost": OutcomeSpec("C", "million USD", 0),
    }
    table = outcome_table({"a": (base, start), "b": (policy, start)}, about)
    row = table.loc[("b", "homicides_total")]
    assert row["level"] == 22.0
    assert row["difference"] == -3.0
    half = 3.182446 * math.sqrt(14.0 / 3.0) / 2.0  # of -1, -2, -3, -6
    assert row["difference_low"] == pytest.approx(-3.0 - half, rel=1e-6)
    assert row["difference_high"] == pytest.approx(-3.0 + half, rel=1e-6)
    assert row["difference_median"] == -2.5
    assert row["difference_share"] == pytest.approx(-3.0 / 25.0)
    assert row["change"] == 17.0
    assert row["start_level"] == 5.0
    assert row["variance_ratio"] == pytest.approx((500.0 / 3 + 354.0 / 3) / (14.0 / 3))
    assert row["replicates"] == 4
    assert math.isnan(table.loc[("a", "homicides_total"), "difference"])
    assert math.isnan(table.loc[("b", "cost"), "change"])
    # The interval of lives saved reaches below zero: no cost of a life is given.
    assert math.isnan(table.loc[("b", "cost_per_life"), "level"])
    certain = policy.assign(homicides_total=[7.0, 17.0, 27.0, 37.0])
    table = outcome_table({"a": (base, start), "b": (certain, start)}, about)
    assert table.loc[("b", "cost_per_life"), "level"] == 2.0


def change(scenario: Scenario, **more: Any) -> Scenario:
    return dataclasses.replace(scenario, **more)


def test_first_difference_of_every_kind(plain: Scenario) -> None:
    stop = plain.stop
    base = change(plain, policies=(Policy("arrests", 2.0, date(2010, 6, 4), stop),))
    assert first_difference(base, base) is None
    # 4 June 2010 is the first day of week 22.
    assert first_difference(plain, base) == 22
    relabelled = Policy("arrests", 2.0, date(2010, 6, 4), stop, label="other words", source="x")
    assert first_difference(base, change(base, policies=(relabelled,))) is None
    dearer = dataclasses.replace(base.policies[0], cost=1.0)
    assert first_difference(base, change(base, policies=(dearer,))) == 22
    aimed = Policy("kingpin", 3.0, date(2010, 3, 5), stop, targets=("cjng",))
    assert first_difference(base, change(base, policies=(*base.policies, aimed))) == 9
    placed = Policy("arrests", 3.0, date(2010, 2, 5), date(2010, 3, 5), states=("14",))
    assert first_difference(base, change(base, policies=(*base.policies, placed))) == 5
    no_change = Policy("arrests", 1.0, date(2010, 2, 5), date(2010, 3, 5))
    assert first_difference(base, change(base, policies=(*base.policies, no_change))) is None
    event = Event("captured", date(2010, 4, 2), "sinaloa")
    assert first_difference(base, change(base, events=(event,))) == 13
    assert first_difference(base, change(base, changes={**base.changes, "wage": 0.4})) == 0


def test_start_year_where_no_year_lies_before(plain: Scenario) -> None:
    early = change(plain, policies=(Policy("arrests", 2.0, date(2010, 6, 4), plain.stop),))
    window = window_of((plain, early))
    assert (window.start_year, window.late_start) == (2010, True)
    assert window_of((plain, early), 2011).start_year == 2011
    with pytest.raises(ValueError, match="start year 2013 is outside the run, 2010 to 2012"):
        window_of((plain, early), 2013)


def test_until_width_adds_replicates(
    plain: Scenario, arrests: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plazas.analysis.experiment.compare.LEAST_BATCH", 2)
    wide = compare([plain, arrests], replicates=3)
    target = 0.9 * wide.stopping.width
    found = compare([plain, arrests], replicates=3, until_width=target)
    assert found.stopping.reached
    assert found.stopping.width <= target < wide.stopping.width
    assert found.replicates == found.stopping.replicates > 3
    assert f"{found.replicates} replicates reached" in str(found.stopping)
    # Replicates added in batches are those of one run.
    once = compare([plain, arrests], replicates=found.replicates)
    pd.testing.assert_frame_equal(found.values, once.values)


def test_until_width_stops_at_the_cap(plain: Scenario, arrests: Scenario) -> None:
    planned: list[int] = []
    found = compare([plain, arrests], 2, until_width=1e-6, cap=5, planned=planned.append)
    assert found.replicates == 5
    assert not found.stopping.reached
    assert str(found.stopping).startswith(
        "stopped at the cap of 5 replicates short of the 0.0001 %"
    )
    assert planned == [4 * 130, 10 * 130]


def test_one_replicate_concludes_nothing(plain: Scenario, arrests: Scenario) -> None:
    found = compare([plain, arrests], replicates=1)
    assert math.isnan(found.row("arrests", "homicides_total")["difference_low"])
    assert "nothing can be concluded" in verdicts.verdict(found, "arrests")
    assert str(found.stopping) == "1 replicate: no interval can be given"
    assert Stopping(1, math.inf, 0.1).reached is False


MISTAKES: list[tuple[Callable[[Scenario], Any], str]] = [
    (lambda s: compare([s]), "name two scenarios or more"),
    (
        lambda s: compare([s, change(s, name="longer", stop=date(2013, 1, 1))]),
        "longer runs from 2010-01-01 to 2013-01-01 but plain from",
    ),
    (lambda s: compare([s, s], until_width=2.0), "width must be a share between 0 and 1"),
    (lambda s: compare([s, s], until_width=0.1, cap=3), "the cap of 3 replicates is below"),
    (lambda s: compare([s, s], start_year=1999), "start year 1999 is outside the run"),
]


@pytest.mark.parametrize(("call", "message"), MISTAKES)
def test_what_cannot_be_compared(
    plain: Scenario, call: Callable[[Scenario], Any], message: str
) -> None:
    with pytest.raises(CompareError, match=message):
        call(plain)


def test_places_must_agree(plain: Scenario) -> None:
    from plazas.scenarios import load_scenario

    other = change(load_scenario("classroom"), stop=plain.stop, policies=(), events=())
    with pytest.raises(CompareError, match="classroom has other places than plain"):
        compare([plain, other])
