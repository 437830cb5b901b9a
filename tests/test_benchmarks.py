"""The plain Mesa twin follows the rules of the model, and the table of ``make bench`` is right."""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import bench, plain_mesa
from plazas.model.parameters import parameters
from plazas.model.record import WEEK_FLOWS
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation

ROOT = Path(__file__).parents[1]
PLAZAS, PLAIN = 150, 16  # runs of each
SMALL = {"members_2010": 60000.0, "local_gangs": 400.0, "leader_hunt": 0.02}
KINDS = (
    "split", "cell", "hired", "independent", "bribe", "front_opens", "front_silent", "front_flares",
    "front_ends",
)  # fmt: skip
APART = 4.0  # standard errors between means; of 32 true ones, one passes it once in 500 tries


def scenario(**changes: float) -> Scenario:
    """Return a year of all states with some 1,000 gangs, leaders hunted so that cartels split."""
    return Scenario(stop=date(2011, 1, 1), changes={**SMALL, **changes})


def outcomes(weekly: pd.DataFrame, events: pd.Series) -> pd.Series:
    """Return a year's flows, the levels of its last week, some events, and rates.

    Rates vary less from run to run than the flows they are made of, so they show smaller faults.
    """
    flows = weekly[[name for name in WEEK_FLOWS if name != "policy_cost"]].sum()
    levels = weekly.drop(columns=list(WEEK_FLOWS)).iloc[-1]
    counts = pd.Series({kind: (events == kind).sum() for kind in KINDS})
    exposed = weekly["friction"] * weekly["members"]
    killed = flows["killed_by_rivals"] + flows["local_killed"]
    rates = pd.Series(
        {
            "recruits a member": flows["recruits"] / weekly["members"].sum(),
            "left a member": flows["left"] / weekly["members"].sum(),
            "arrests a member": flows["arrests"] / weekly["members"].sum(),
            "killed a member exposed": flows["killed_by_rivals"] / exposed.sum(),
            "locals killed a member exposed": flows["local_killed"] / exposed.sum(),
            "killed on fronts a member killed": flows["killed_on_fronts"] / killed,
            "bystanders a death": flows["bystanders"] / flows["killed_by_rivals"],
            "absorbed a local member": flows["absorbed"] / weekly["local_members"].sum(),
        }
    )
    return pd.concat([flows, levels, counts, rates])


@functools.cache
def of_plazas() -> pd.DataFrame:
    """Return the outcomes of Plazas, one row per run."""
    runs = [Simulation(scenario(), seed=seed).run() for seed in range(PLAZAS)]
    return pd.DataFrame([outcomes(run.weekly, run.events["kind"]) for run in runs])


def year_of_plain(kind: str, year: Scenario, seed: int) -> pd.Series:
    """Return the outcomes of a run of a plain Mesa model, in whichever process."""
    model = getattr(plain_mesa, kind)(year, seed=seed)
    for _ in range(year.weeks):
        model.step()
    kinds = pd.Series(model.weekly.tables["events"]["kind"])
    return outcomes(model.weekly.get_model_vars_dataframe(), kinds)


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Return a process per processor: plain Mesa takes seconds a run, and holds the interpreter."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(PLAIN, os.cpu_count() or 1), mp_context=fresh) as pool:
        yield pool


def of_plain(processes: ProcessPoolExecutor, kind: str, year: Scenario) -> pd.DataFrame:
    """Return the outcomes of a plain Mesa model, one row per run."""
    run = functools.partial(year_of_plain, kind, year)
    return pd.DataFrame(list(processes.map(run, range(10_000, 10_000 + PLAIN))))


def standard_errors_apart(plain: pd.DataFrame) -> pd.Series:
    """Return how many standard errors the means lie apart, outcome by outcome (Welch)."""
    plazas = of_plazas()
    error = np.sqrt(plazas.var() / len(plazas) + plain.var() / len(plain))
    return ((plain.mean() - plazas.mean()) / error).abs()


@pytest.mark.parametrize("kind", ["PlainMesa", "TunedMesa"])
def test_plain_mesa_follows_the_same_law(processes: ProcessPoolExecutor, kind: str) -> None:
    apart = standard_errors_apart(of_plain(processes, kind, scenario()))
    assert apart.max() < APART, apart.nlargest(3).to_string()
    assert len(apart) == 43 and apart.notna().all()


@pytest.mark.parametrize(
    ("wrong", "factor"),
    [
        ("recruitment", 1.05),
        ("war_deaths", 1.2),
        ("arrest_capacity", 1.1),
        ("independence", 0.9),
        ("disbanding", 3.0),
    ],
)
def test_a_wrong_rate_is_seen(processes: ProcessPoolExecutor, wrong: str, factor: float) -> None:
    rate = getattr(scenario().parameters, wrong) * factor
    apart = standard_errors_apart(of_plain(processes, "TunedMesa", scenario(**{wrong: rate})))
    assert apart.max() > APART


def test_plain_mesa_keeps_every_member_in_view() -> None:
    model = plain_mesa.PlainMesa(scenario(), seed=1)
    for _ in range(30):
        model.step()
    held = sum(gang.members for gang in model.agents if isinstance(gang, plain_mesa.Gang))
    model.open_week()
    assert held == model.members + sum(state.local_members for state in model.states)
    assert model.members == sum(cartel.members for cartel in model.living)


def test_the_small_world_has_the_gangs_it_promises() -> None:
    assert Simulation(bench.small_world()).world.nation[0].gang_rows == bench.GANGS


def test_verdicts() -> None:
    assert bench.Row("", 61.0, "times", 60.0, more_is_better=True).verdict == bench.REACHED
    assert bench.Row("", 59.0, "times", 60.0, more_is_better=True).verdict == bench.MISSED
    assert bench.Row("", 0.2, "s", 0.25).verdict == bench.REACHED
    assert bench.Row("", 0.3, "s", 0.25).verdict == bench.MISSED
    assert bench.Row("", 0.3, "s").verdict == ""


def test_the_gangs_of_the_municipalities_can_be_run() -> None:
    for name, value in bench.MANY.items():
        assert getattr(parameters(bench.MANY), name) == value


def test_the_table_is_printed_and_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("national", "against_plain_mesa", "municipal"):
        monkeypatch.setattr(bench, name, lambda rounds, n=name: [bench.Row(n, rounds, "s", 3.0)])
    bench.main(["--quick", "--json", str(tmp_path / "speed.json")])
    assert "at most 3 s" in capsys.readouterr().out
    written = json.loads((tmp_path / "speed.json").read_text("utf-8"))
    assert [row["measured"] for row in written["rows"]] == [2] * 3
    assert {row["verdict"] for row in written["rows"]} == {bench.REACHED}
    assert "processors" in written["machine"]["machine"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--quik"], "unrecognized arguments: --quik"),
        (["--json", "no/such/folder/x.json"], "there is no folder no/such/folder"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(words: list[str], says: str) -> None:
    command = [sys.executable, "-m", "benchmarks.bench", *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.splitlines()[-1].endswith(says)
    assert "Traceback" not in ended.stderr
