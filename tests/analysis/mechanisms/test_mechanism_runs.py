"""Runs of a small country: pairs share their draws, and measures agree with the tables."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from plazas.analysis.experiment.run import RunError
from plazas.analysis.mechanisms.agent_measures import largest_share
from plazas.analysis.mechanisms.catalogue import ROWS, find
from plazas.analysis.mechanisms.experiment import prepared, run, version, weeks_needed
from plazas.analysis.mechanisms.group_measures import at_war, poached_share, spread
from plazas.analysis.mechanisms.measures import (
    HOSTILE,
    answers,
    answers_contrast,
    flow,
    place_contrast,
    states_led,
    until,
)
from plazas.analysis.mechanisms.row import PLAIN, Change, Incident, arm
from plazas.analysis.mechanisms.seen import (
    BORDER,
    LARGEST,
    SECOND,
    STRONGHOLDS,
    Seen,
    strongholds,
    years,
)
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation
from plazas.scenarios import load_scenario

FEW = 5


@pytest.fixture(scope="module")
def base() -> Scenario:
    return prepared(load_scenario("classroom"))


@pytest.fixture(scope="module")
def seen(base: Scenario) -> Seen:
    simulation = Simulation(base, 3, 0)
    simulation.run()
    return Seen(simulation)


def test_two_rows(base: Scenario) -> None:
    rows = find(["protection", "guns"], base.country)
    ticks: list[int] = []
    findings = run(rows, base, FEW, seed=2, threads=2, progress=ticks.append)
    assert [f.row.key for f in findings] == ["protection", "guns"]
    assert sum(ticks) == weeks_needed(rows, base, FEW) == 3 * base.weeks * FEW
    assert all(f.pairs == FEW and f.effect.low <= f.effect.mean <= f.effect.high for f in findings)
    guns = findings[1]
    direct = []
    for changed in (guns.row.on, guns.row.off):
        assert changed is not None
        worlds = [Simulation(version(base, changed), 2, r) for r in range(FEW)]
        direct.append([flow("homicides", years(2013, 2018))(_seen(world)) for world in worlds])
    assert guns.with_it == pytest.approx(np.mean(direct[0]))
    assert guns.without == pytest.approx(np.mean(direct[1]))


def _seen(simulation: Simulation) -> Seen:
    simulation.run()
    return Seen(simulation)


def test_the_number_of_threads_changes_nothing(base: Scenario) -> None:
    rows = find(["guns"], base.country)
    one, two = (run(rows, base, 2, threads=threads) for threads in (1, 2))
    assert one[0].effect == two[0].effect
    assert run(rows, base, 2, seed=9)[0].effect != one[0].effect


def test_sets_vary_the_replicates_and_versions_override_them(base: Scenario) -> None:
    rows = find(["addiction"], base.country)
    sets = [{"addiction_effect": 3.0}, {"addiction_effect": 0.0}]
    off = rows[0].off
    assert off is not None
    assert dict(off.parameters) == {"addiction_effect": 0.0}
    strong, none = (run(rows, base, 2, sets=[values])[0] for values in sets)
    assert none.effect.mean == 0.0
    assert strong.effect.mean > 0.0
    assert strong.without == none.without


def test_a_pair_is_the_same_until_the_versions_differ(base: Scenario) -> None:
    later = date(2014, 1, 1)
    changed = version(base, arm({}, Change("southbound_guns", 0.0, start=later)))
    one, other = (Simulation(scenario, 1, 0) for scenario in (base, changed))
    weeks = base.week_of(later)
    series = [simulation.run().record.weekly.homicides for simulation in (one, other)]
    assert (series[0][:weeks] == series[1][:weeks]).all()
    assert (series[0][weeks:] != series[1][weeks:]).any()


def test_levers_are_aimed_and_override_the_scenario(base: Scenario) -> None:
    made = version(
        base,
        arm(
            {"wage": 0.4},
            Change("confrontation", 5.0, STRONGHOLDS),
            Change("us_roundup", 0.5, against=(LARGEST, SECOND)),
            Incident("ill", LARGEST, heir=False),
        ),
    )
    army, raid = made.policies[-2:]
    assert army.states == strongholds(base.country) == ("Northgate", "Dustplain")
    assert army.layer > max(policy.layer for policy in base.policies)
    assert raid.targets == ("lantern", "anvil")
    assert made.events[-1].cartel == "lantern"
    assert made.changes["wage"] == 0.4
    assert version(base, PLAIN) == base


def test_measures_agree_with_the_tables(seen: Seen) -> None:
    results = seen.results
    window = years(2012, 2014)
    weekly = results.weekly.loc["2012":"2014", "homicides"].sum()
    assert flow("homicides", window)(seen) == pytest.approx(weekly * 365.25 / 1096)
    events = results.events
    inside = events["date"].between("2012-01-01", "2014-12-31")
    hostile = inside & events["kind"].isin(["threat", "attack"])
    assert answers(HOSTILE, window)(seen) == pytest.approx(hostile.sum() * 365.25 / 1096)
    own = hostile & (events["cartel"] == "lantern")
    assert answers(HOSTILE, window, cartel=LARGEST)(seen) == pytest.approx(
        own.sum() * 365.25 / 1096
    )
    here, elsewhere = answers_contrast(HOSTILE, window, STRONGHOLDS)(seen)
    assert here == (hostile & events["place"].isin(["01", "04"])).sum()
    assert here + elsewhere == hostile.sum()
    joined = events[events["kind"] == "absorbed"]
    assert poached_share(until(2018))(seen) == pytest.approx(100.0 * joined["other"].notna().mean())
    assert states_led("ember")(seen) == results.states_led("ember").iloc[-1]
    largest = results.presence.query("month == month.max()").groupby("cartel")["members"].sum()
    led = results.states_led(str(largest.idxmax()))
    assert spread(seen) == (led.iloc[-1], led.iloc[0])


def test_a_contrast_splits_the_places(seen: Seen) -> None:
    here, elsewhere = place_contrast("homicides", years(2012, 2014), BORDER)(seen)
    places = seen.results.places
    inside = places.index.get_level_values("month").year.isin([2012, 2013, 2014])
    by_place = places["homicides"][inside].groupby("code").sum()
    assert here == pytest.approx(by_place[["01", "02", "03", "04"]].sum())
    assert elsewhere == pytest.approx(by_place[["05", "06", "07", "08"]].sum())


def test_fronts_and_markets(seen: Seen) -> None:
    window = years(2018, 2018)
    fronts = pd.DataFrame.from_records(np.asarray(seen.fronts))
    last_year = fronts[(fronts["month"] >= 96) & (fronts["active"] == 1)]
    pairs = {(int(row.one), int(row.other)) for row in last_year.itertuples()}
    keys = ["lantern", "anvil", "tide", "ember"]
    for i, one in enumerate(keys):
        for j in range(i):
            assert at_war(one, keys[j], window)(seen) == ((j, i) in pairs)
    revenue = seen.results.cartel_months.query("month >= '2018'").groupby("cartel")["us_revenue"]
    share = 100.0 * revenue.sum().max() / revenue.sum().sum()
    assert largest_share("us_revenue", window)(seen) == pytest.approx(share)


def test_every_row_gives_a_number_or_a_missing_one(base: Scenario, seen: Seen) -> None:
    rows = find([], base.country)
    assert len(rows) > 40
    for row in rows:
        values = np.atleast_1d(row.measure(seen))
        assert values.dtype == np.float64, row.key
        assert len(values) == (2 if row.how in ("contrast", "change") else 1), row.key
    assert {row.key for row in ROWS} > {row.key for row in rows}


@pytest.mark.parametrize(
    ("replicates", "seed", "threads"), [(0, 1, None), (1, -1, None), (1, 1, 0)]
)
def test_impossible_numbers(
    base: Scenario, replicates: int, seed: int, threads: int | None
) -> None:
    with pytest.raises(RunError):
        run(find(["guns"], base.country), base, replicates, seed, threads=threads)
