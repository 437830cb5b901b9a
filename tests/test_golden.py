"""Golden runs: an exact run of every shipped scenario, whose numbers are kept in ``tests/golden``.

A change of the model or of a scenario that moves a run shows here, number by number. The runs use
the compiled rules alone, so that they depend on no version of Python, Mesa or pandas. To keep them
short the country is reduced; one more run has the history in full size, for two years.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plazas import scenarios
from plazas.model.events import EventKind
from plazas.model.results import Results
from plazas.model.simulation import Simulation

FOLDER = Path(__file__).parent / "golden"
FULL_SIZE = "full-size-2010-2011"
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
SHOWN = 25  # moved numbers that a message names
HOW_TO_UPDATE = (
    "If they were meant to move: `make golden` (pytest --update-golden) writes the golden runs "
    "anew; say in CHANGELOG.md why they moved."
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
    """Compare a run with the golden one called ``name``, or write it anew."""
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


@pytest.mark.parametrize("name", scenarios.scenario_names())
def test_every_shipped_scenario_runs_as_it_did(name: str, update: bool) -> None:
    scenario = scenarios.load_scenario(name)
    scenario = replace(scenario, changes={**scenario.changes, **REDUCED})
    check(name, digest(Simulation(scenario, seed=1, replicate=0).run()), update)


def two_years(seed: int) -> Digest:
    """Return the digest of the history's first two years, at full size."""
    history = scenarios.load_scenario("historical")
    return digest(Simulation(history, seed).run(history.week_of(date(2012, 1, 1))))


def test_the_history_in_full_size_runs_as_it_did(update: bool) -> None:
    check(FULL_SIZE, two_years(seed=1), update)


def test_there_is_a_golden_run_for_each_scenario_and_no_other(update: bool) -> None:
    expected = {*scenarios.scenario_names(), FULL_SIZE}
    for path in FOLDER.glob("*.json"):
        if update and path.stem not in expected:
            path.unlink()
    assert {path.stem for path in FOLDER.glob("*.json")} == expected


def test_no_two_scenarios_run_alike() -> None:
    """A scenario whose policy or event did nothing would be the run of its baseline."""
    runs = {}
    for name in scenarios.scenario_names():
        runs[name] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        del runs[name]["scenario"]
    assert [pair for pair in combinations(runs, 2) if runs[pair[0]] == runs[pair[1]]] == []


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
