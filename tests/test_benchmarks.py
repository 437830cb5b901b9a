"""What ``plazas bench`` measures against follows the same law; its speed is no test's business."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from benchmarks import bench
from plazas.model.draws import new_batch
from plazas.model.parameters import parameters
from plazas.model.record import WEEK_FLOWS
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation
from plazas.model.world import copied, difference

FOLDER = Path(__file__).parents[1] / "benchmarks"
PLAZAS, PLAIN = 150, 16  # runs of each
SMALL = {"members_2010": 60000.0, "local_gangs": 400.0, "leader_hunt": 0.02}
KINDS = ("split", "cell", "hired", "independent")
APART = 4.0  # standard errors between means; of 32 true ones, one passes it once in 500 tries


@pytest.fixture(scope="module")
def plain_mesa(monkeypatch_module: pytest.MonkeyPatch) -> ModuleType:
    """Return the module of the plain Mesa model."""
    monkeypatch_module.syspath_prepend(str(FOLDER))
    import plain_mesa

    return plain_mesa


@pytest.fixture(scope="module")
def hot_loop(monkeypatch_module: pytest.MonkeyPatch) -> ModuleType:
    """Return the module of the loop over gangs."""
    monkeypatch_module.syspath_prepend(str(FOLDER))
    import hot_loop

    return hot_loop


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    """Give a monkeypatch that lasts for the module."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


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
    rates = pd.Series(
        {
            "recruits a member": flows["recruits"] / weekly["members"].sum(),
            "left a member": flows["left"] / weekly["members"].sum(),
            "arrests a member": flows["arrests"] / weekly["members"].sum(),
            "killed a member exposed": flows["members_killed"] / exposed.sum(),
            "locals killed a member exposed": flows["locals_killed"] / exposed.sum(),
            "bystanders a death": flows["bystanders"] / flows["members_killed"],
            "absorbed a local member": flows["absorbed"] / weekly["local_members"].sum(),
        }
    )
    return pd.concat([flows, levels, counts, rates])


@functools.cache
def of_plazas() -> pd.DataFrame:
    """Return the outcomes of Plazas, a row a run."""
    runs = [Simulation(scenario(), seed=seed).run() for seed in range(PLAZAS)]
    return pd.DataFrame([outcomes(run.weekly, run.events["kind"]) for run in runs])


def of_plain(kind: type, year: Scenario) -> pd.DataFrame:
    """Return the outcomes of a plain Mesa model, a row a run."""
    rows = []
    for seed in range(PLAIN):
        model = kind(year, seed=10_000 + seed)
        for _ in range(year.weeks):
            model.step()
        kinds = pd.Series(model.weekly.tables["events"]["kind"])
        rows.append(outcomes(model.weekly.get_model_vars_dataframe(), kinds))
    return pd.DataFrame(rows)


def standard_errors_apart(plain: pd.DataFrame) -> pd.Series:
    """Return how many standard errors the means lie apart, outcome by outcome (Welch)."""
    plazas = of_plazas()
    error = np.sqrt(plazas.var() / len(plazas) + plain.var() / len(plain))
    return ((plain.mean() - plazas.mean()) / error).abs()


@pytest.mark.parametrize("kind", ["PlainMesa", "TunedMesa"])
def test_plain_mesa_follows_the_same_law(plain_mesa: ModuleType, kind: str) -> None:
    apart = standard_errors_apart(of_plain(getattr(plain_mesa, kind), scenario()))
    assert apart.max() < APART, apart.nlargest(3).to_string()
    assert len(apart) == 32 and apart.notna().all()


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
def test_a_wrong_rate_is_seen(plain_mesa: ModuleType, wrong: str, factor: float) -> None:
    rate = getattr(scenario().parameters, wrong) * factor
    apart = standard_errors_apart(of_plain(plain_mesa.TunedMesa, scenario(**{wrong: rate})))
    assert apart.max() > APART


def test_plain_mesa_keeps_every_member_in_view(plain_mesa: ModuleType) -> None:
    model = plain_mesa.PlainMesa(scenario(), seed=1)
    for _ in range(30):
        model.step()
    held = sum(gang.members for gang in model.agents if isinstance(gang, plain_mesa.Gang))
    model.open_week()
    assert held == model.members + sum(state.local_members for state in model.states)
    assert model.members == sum(cartel.members for cartel in model.living)


def test_the_loop_in_c_gives_the_same_gangs_to_the_bit(
    hot_loop: ModuleType, tmp_path: Path
) -> None:
    simulation = hot_loop.opened(Simulation(scenario(independence=5.0), seed=1), 20)
    try:
        library = hot_loop.compile_c(simulation.world, simulation.parameters, tmp_path)
    except hot_loop.NoCompilerError as error:
        pytest.skip(str(error))
    par, key, week = simulation.parameters, simulation.key, simulation.week
    rules, c, later = (copied(simulation.world) for _ in range(3))
    hot_loop.gang_weeks(rules, par, key, week, 30, new_batch())
    hot_loop.gang_weeks_c(library, c, par, key, week, 30)
    hot_loop.gang_weeks_c(library, later, par, key, week + 1, 30)
    assert difference(rules, c) is None
    for other in (later, simulation.world):
        assert (rules.gangs.members != other.gangs.members).any()
    assert (rules.gangs.joins != rules.gangs.allegiance).any()


def test_without_a_checkout_the_table_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "FOLDER", Path("/nowhere"))
    rows = [*bench.against_plain_mesa(1), *bench.against_c(1)]
    assert [row.verdict for row in rows] == [bench.NOT_MEASURED, bench.NOT_MEASURED]
    assert all("checkout" in row.note for row in rows)


def test_the_loop_without_a_compiler_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (row,) = bench.against_c(1)
    assert row.verdict == bench.NOT_MEASURED
    assert row.note == "no C compiler (gcc, cc or clang) on the path"


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
    for name in ("national", "against_plain_mesa", "against_c", "municipal"):
        monkeypatch.setattr(bench, name, lambda rounds, n=name: [bench.Row(n, rounds, "s", 3.0)])
    bench.main(quick=True, out=tmp_path / "speed.json")
    assert "at most 3 s" in capsys.readouterr().out
    written = json.loads((tmp_path / "speed.json").read_text("utf-8"))
    assert [row["measured"] for row in written["rows"]] == [2] * 4
    assert {row["verdict"] for row in written["rows"]} == {bench.REACHED}
    assert "processors" in written["machine"]["machine"]
