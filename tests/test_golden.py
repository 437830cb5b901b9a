"""Golden runs: a few exact runs, whose numbers are kept in ``tests/golden``.

A change of the model that moves a run shows here, number by number; where a rule went wrong the
tests in ``tests/model/rules`` show. Together the runs have every kind of event, every lever and
every kind of dated event (``tests/golden/README.md`` says which has what). They use the compiled
rules alone, so that they depend on no version of Python, Mesa or pandas. To keep them short the
country is reduced; one has the history in full size, for two years.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plazas import scenarios
from plazas.model.events import EventKind
from plazas.model.levers import LEVERS, Policy
from plazas.model.results import Results
from plazas.model.scenario import Event, Scenario
from plazas.model.simulation import Simulation

FOLDER = Path(__file__).parent / "golden"
FULL_SIZE = "full-size-2010-2011"
EVERY_LEVER = "every-lever"
SHIPPED = ("classroom", "historical", "hugs-not-bullets", "sinaloa-alliance-holds")
#: from 2013 to the end: level of every lever, with the states or the cartels it is aimed at
LEVELS: dict[str, tuple[float, dict[str, Any]]] = {
    "arrests": (1.5, {"targets": ("zetas", "cjng")}),
    "confrontation": (0.7, {"states": ("Tamaulipas",)}),
    "kingpin": (2.0, {"targets": ("gulf",)}),
    "prevention": (4.0, {"states": ("Jalisco", "Guanajuato"), "cost": 1.5}),
    "rehabilitation": (0.002, {}),
    "southbound_guns": (0.7, {}),
    "anti_corruption": (0.3, {"states": ("Michoacán", "Sinaloa")}),
    "us_roundup": (0.2, {"targets": ("sinaloa",)}),
    "extradition": (3.0, {}),
    "protection": (0.4, {}),
    "tolerance": (0.3, {"targets": ("la_familia",)}),
    "focus": (0.5, {}),
    "drug_revenue": (0.9, {}),
    "force": (1.2, {"states": ("Chihuahua",)}),
}
#: half the members, a tenth of the local gangs, and of those that form
REDUCED = {"members_2010": 60000.0, "local_gangs": 200.0, "formation": 0.4}
FLOWS = (
    "homicides",
    "recruits",
    "arrests",
    "killed_by_forces",
    "officials_killed",
    "left",
    "absorbed",
)
STOCKS = ("members", "local_members", "cartels")  # in the last week of the year
MEANS = ("corruption", "treasury", "policy_cost")
GOLDEN = (*SHIPPED, EVERY_LEVER, FULL_SIZE)
SHOWN = 25  # moved numbers that a message names
HOW_TO_UPDATE = (
    "If they were meant to move: `make golden` (pytest --update-golden) writes the golden runs "
    "again; say in CHANGELOG.md why they moved."
)

Digest = dict[str, Any]


def digest(results: Results) -> Digest:
    """Return the numbers of a run that are kept: whole ones exact, others to six digits."""
    record, scenario = results.record, results.scenario
    weekly = record.weekly[: results.weeks_run]
    year = scenario.dates()[: results.weeks_run].astype("datetime64[Y]").astype(int) + 1970
    keys = [str(key) for key in results.cartels["key"]]
    kinds = record.events["kind"][: int(record.used[0])]
    at_end = record.members[len(results.months) - 1].sum(axis=0)
    primary: dict[str, list[str]] = {}
    for state, k in zip(scenario.country.geography.names, results.primary[-1], strict=True):
        primary.setdefault(keys[k] if k >= 0 else "none", []).append(state)
    return {
        "scenario": scenario.name,
        "seed": results.seed,
        "replicate": results.replicate,
        "weeks": results.weeks_run,
        "years": {str(y): _year(weekly[year == y]) for y in np.unique(year)},
        "members_last_month": {keys[k]: int(at_end[k]) for k in np.flatnonzero(at_end)},
        "primary_last_month": {key: primary[key] for key in sorted(primary)},
        "events": {kind.name.lower(): int((kinds == kind).sum()) for kind in EventKind},
    }


def _year(weeks: np.ndarray) -> dict[str, float]:
    """Return the row of a year; a year is 52 or 53 weeks, not scaled."""
    row: dict[str, float] = {name: int(weeks[name].sum()) for name in FLOWS}
    row |= {name: int(weeks[name][-1]) for name in STOCKS}
    return row | {name: float(f"{math.fsum(weeks[name]) / len(weeks):.6g}") for name in MEANS}


def text(numbers: Digest) -> str:
    """Return the digest as JSON with a line for each year, cartel and kind of event."""
    lines = []
    for name, value in numbers.items():
        if isinstance(value, dict):
            rows = (f"    {json.dumps(k)}: {_dump(v)}" for k, v in value.items())
            lines.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(rows) + "\n  }")
        else:
            lines.append(f"  {json.dumps(name)}: {_dump(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def flat(numbers: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every number of a digest with its path (``years.2014.homicides``)."""
    if isinstance(numbers, dict):
        for name, value in numbers.items():
            yield from flat(value, f"{path}.{name}" if path else name)
    else:
        yield path, numbers


def moved(kept: Digest, found: Digest) -> str:
    """Return what moved from the kept digest to the found one, a line a number; '' if nothing."""
    old, new = dict(flat(kept)), dict(flat(found))
    lines = [
        f"  {path}: {old.get(path, 'not there')} -> {new.get(path, 'gone')}"
        for path in [*old, *(path for path in new if path not in old)]
        if old.get(path) != new.get(path)
    ]
    more = [f"  and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join(lines[:SHOWN] + more)


def check(name: str, found: Digest, update: bool) -> None:
    """Compare a run with the golden one called ``name``, or write it again."""
    path = FOLDER / f"{name}.json"
    if update:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text(found), encoding="utf-8")
        return
    if not path.is_file():
        pytest.fail(f"{path.name} is missing: `make golden` writes it.", pytrace=False)
    lines = moved(json.loads(path.read_text(encoding="utf-8")), found)
    if lines:
        pytest.fail(f"{path.name}: numbers moved.\n{lines}\n{HOW_TO_UPDATE}", pytrace=False)


@pytest.fixture(scope="module")
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


def every_lever() -> Scenario:
    """Return the history with a policy for every lever, and dated events that it lacks."""
    history = scenarios.load_scenario("historical")
    start = date(2013, 1, 1)
    policies = tuple(
        Policy(lever, level, start, history.stop, layer=1, **aim)
        for lever, (level, aim) in LEVELS.items()
    )
    events = (
        Event("war", date(2014, 3, 1), "cjng", other="zetas"),
        Event("alliance", date(2015, 3, 1), "gulf", other="sinaloa"),
        Event("ill", date(2016, 3, 1), "juarez"),
        Event("rise", date(2017, 10, 2), "cjng", state="11"),
        Event("front_opens", date(2011, 3, 1), "juarez", other="gulf", state="08"),
        Event("front_held", date(2012, 3, 1), "sinaloa", other="zetas", state="25"),
        Event("front_ends", date(2016, 6, 1), "sinaloa", other="zetas", state="25"),
    )
    return replace(
        history,
        name=EVERY_LEVER,
        policies=(*history.policies, *policies),
        events=tuple(sorted((*history.events, *events), key=lambda event: event.on)),
    )


def scenario_of(name: str) -> Scenario:
    """Return the scenario of a golden run, in the size in which it ships."""
    if name == EVERY_LEVER:
        return every_lever()
    return scenarios.load_scenario("historical" if name == FULL_SIZE else name)


@functools.cache
def reduced(name: str) -> Digest:
    """Return the digest of a run of a scenario in the reduced country."""
    scenario = scenario_of(name)
    own = scenario.changes
    smaller = {key: value for key, value in REDUCED.items() if own.get(key) != 0.0}  # 0 stays 0
    scenario = replace(scenario, changes={**own, **smaller})
    return digest(Simulation(scenario, seed=1, replicate=0).run())


@pytest.mark.parametrize("name", [*SHIPPED, EVERY_LEVER])
def test_a_scenario_runs_as_it_did(name: str, update: bool) -> None:
    check(name, reduced(name), update)


def two_years(seed: int) -> Digest:
    """Return the digest of the history's first two years, at full size."""
    history = scenarios.load_scenario("historical")
    return digest(Simulation(history, seed).run(history.week_of(date(2012, 1, 1))))


def test_the_history_in_full_size_runs_as_it_did(update: bool) -> None:
    check(FULL_SIZE, two_years(seed=1), update)


def test_there_are_these_golden_runs_and_no_other(update: bool) -> None:
    for path in FOLDER.glob("*.json"):
        if update and path.stem not in GOLDEN:
            path.unlink()
    assert {path.stem for path in FOLDER.glob("*.json")} == set(GOLDEN)


def test_no_two_scenarios_run_alike() -> None:
    """A scenario whose policy or event did nothing would be the run of its baseline."""
    runs = {name: {**reduced(name), "scenario": ""} for name in scenarios.scenario_names()}
    assert [pair for pair in combinations(runs, 2) if runs[pair[0]] == runs[pair[1]]] == []


# --- what they cover -------------------------------------------------------------------------
def kinds_of_events(names: Iterable[str]) -> set[str]:
    """Return the kinds of events that happen in some of these golden runs."""
    kept = (json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in names)
    return {kind for run in kept for kind, number in run["events"].items() if number}


def contents(scenario: Scenario) -> set[str]:
    """Return the levers of a scenario, how each is aimed, and its kinds of dated events."""
    levers = {policy.lever for policy in scenario.policies}
    at_cartels = {f"{policy.lever} at cartels" for policy in scenario.policies if policy.targets}
    in_states = {f"{policy.lever} in states" for policy in scenario.policies if policy.states}
    dated = {f"{event.kind}, heir {event.heir}" for event in scenario.events}
    return levers | at_cartels | in_states | dated


def shipped_contents() -> set[str]:
    """Return what is in any shipped scenario."""
    return {
        word
        for name in scenarios.scenario_names()
        for word in contents(scenarios.load_scenario(name))
    }


def test_golden_runs_have_every_kind_of_event() -> None:
    assert kinds_of_events(GOLDEN) == {kind.name.lower() for kind in EventKind}


def test_golden_runs_have_every_lever_and_what_any_shipped_scenario_has() -> None:
    covered = {word for name in GOLDEN for word in contents(scenario_of(name))}
    assert shipped_contents() - covered == set()
    assert {lever.name for lever in LEVERS} <= covered


def test_without_one_golden_run_something_would_be_missing() -> None:
    """A control: the checks above name what a missing run leaves uncovered."""
    assert "ill" not in kinds_of_events([FULL_SIZE, "historical"])
    covered = {word for name in SHIPPED for word in contents(scenario_of(name))}
    assert {"tolerance", "focus", "force"} <= shipped_contents() - covered


# --- controls: the comparison sees a number that moved ---------------------------------------
def test_another_seed_is_another_run() -> None:
    lines = moved(two_years(seed=1), two_years(seed=2)).splitlines()
    assert len(lines) == SHOWN + 1
    assert any("years.2011.homicides" in line for line in lines)


def test_the_message_says_what_moved_and_how_to_update() -> None:
    found = json.loads((FOLDER / f"{FULL_SIZE}.json").read_text(encoding="utf-8"))
    check(FULL_SIZE, found, update=False)
    was = found["years"]["2011"]["arrests"]
    found["years"]["2011"]["arrests"] += 1
    del found["events"]["split"]
    with pytest.raises(pytest.fail.Exception) as failure:
        check(FULL_SIZE, found, update=False)
    message = str(failure.value)
    assert f"years.2011.arrests: {was} -> {was + 1}\n" in message
    assert "events.split" in message
    assert "gone" in message
    assert "years.2011.homicides" not in message
    assert "make golden" in message
    assert "CHANGELOG.md" in message


def test_what_is_written_is_read_back_to_the_bit() -> None:
    numbers = two_years(seed=1)
    assert json.loads(text(numbers)) == numbers
