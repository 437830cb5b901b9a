"""Compiled and interpreted rules give the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from plazas.model.scenario import Event, Scenario
from plazas.model.simulation import Simulation
from plazas.model.world import difference, load, save

WEEKS = 12
CHANGES = {
    "members_2010": 60000.0,
    "local_gangs": 200.0,
    "leader_hunt": 0.05,
    "formation": 16.0,
    "expansion": 1.0,
    "cell_cost": 200.0,
    "hire_rate": 0.5,
    "independence": 3.0,
    "front_onset": 0.02,
    "front_silence": 0.2,
    "front_lasts": 0.0,
    "front_flare": 0.1,
    "answer_rate": 1.0,
    "attacks_hired": 0.5,
    "centre_attacks": 0.1,
    "ailing_weeks": 6.0,
}


def run(path: Path, seed: int = 1) -> Simulation:
    """Run a short scenario and leave its world and its record at ``path``."""
    start = date(2010, 1, 1)
    scenario = Scenario(
        start=start,
        stop=start + timedelta(weeks=WEEKS),
        changes=CHANGES,
        events=(
            Event("split", date(2010, 2, 1), "sinaloa"),
            Event("ill", date(2010, 1, 8), "sinaloa"),
            Event("ill", date(2010, 1, 8), "zetas"),
            Event("front_held", date(2010, 1, 15), "sinaloa", other="zetas", state="Jalisco"),
        ),
    )
    simulation = Simulation(scenario, seed)
    simulation.run()
    save(simulation.world, path / "world.npz")
    record = simulation.record
    parts = {
        "weekly": record.weekly,
        "events": record.events[: int(record.used[0])],
        "fronts": record.fronts[: int(record.used[1])],
    }
    np.savez(path / "record.npz", **{name: np.asarray(rows) for name, rows in parts.items()})
    return simulation


def fields_that_differ(a: Path, b: Path) -> list[str]:
    """Return the series and columns of the logs that differ by a bit between two folders."""
    mine, yours = np.load(a / "record.npz"), np.load(b / "record.npz")
    return [
        f"{part}.{name}"
        for part in ("weekly", "events", "fronts")
        for name in mine[part].dtype.names
        if mine[part][name].tobytes() != yours[part][name].tobytes()
    ]


@pytest.fixture(scope="module")
def interpreted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run in another process, without the compiler."""
    folder = tmp_path_factory.mktemp("interpreted")
    done = subprocess.run(
        [sys.executable, __file__, str(folder)],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "interpreted"
    return folder


def test_compiled_and_interpreted_rules_give_the_same_bits(interpreted, tmp_path) -> None:
    compiled = run(tmp_path)
    assert difference(compiled.world, load(interpreted / "world.npz")) is None
    assert fields_that_differ(tmp_path, interpreted) == []
    happened = set(compiled.results().events["kind"])
    assert {"absorbed", "cell", "hired", "split", "front_opens", "front_silent"} <= happened
    assert compiled.record.used[1] > 0


def test_another_seed_differs(interpreted, tmp_path) -> None:
    other = run(tmp_path, seed=2)
    assert difference(other.world, load(interpreted / "world.npz")) is not None
    assert "weekly.homicides" in fields_that_differ(tmp_path, interpreted)


if __name__ == "__main__":
    from plazas.model import week

    print("compiled" if hasattr(week.run, "py_func") else "interpreted")
    run(Path(sys.argv[1]))
