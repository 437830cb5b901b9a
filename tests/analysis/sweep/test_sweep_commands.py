"""The commands: what they print, and one line with exit code 2 for every mistake."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from small_sweep import SWEEP, planned, write_files
from typer.testing import CliRunner, Result

from plazas.analysis.cli import app as cli
from plazas.analysis.cli.sweep_screen import shown
from plazas.analysis.sweep import array, engine, start, status, store, task
from plazas.model.results import Results
from plazas.model.simulation import Simulation

EXAMPLE = Path(__file__).parents[3] / "examples" / "sweep.yaml"


def command(*words: str | Path | int) -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def mistake(*words: str | Path | int) -> str:
    found = command(*words)
    assert found.exit_code == 2, found.output
    assert found.stderr.count("\n") == 1
    assert found.stderr.startswith("plazas: ")
    return found.stderr


def test_an_array_is_written_and_its_tasks_run(sweep_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = command("sweep", sweep_file, "--out", out, "--array", "--tasks", 2, "--batch", 3)
    assert found.exit_code == 0, found.output
    assert str(out / array.SCRIPT) in found.stdout
    script = (out / array.SCRIPT).read_text()
    assert "#SBATCH --array=0-1\n" in script
    assert "--partition" not in script
    first = command("sweep", "--out", out, "--task-id", 0, "--tasks", 2)
    assert first.stdout == f"27 runs in {out}\n"
    half = command("status", out)
    assert "27 of 54 runs (50.0 %); 9 of 18 batches" in half.stdout
    assert command("sweep", "--out", out, "--task-id", 1, "--tasks", 2).exit_code == 0
    assert "54 of 54 runs (100.0 %); 18 of 18 batches" in command("status", out).stdout
    pytest.importorskip("duckdb")
    asked = command("query", out, "select count(*) n, count(distinct key) k from runs", "--csv")
    assert asked.stdout == "n,k\n54,54\n"
    assert "54" in command("query", out, "select count(*) n from runs").stdout


def test_the_script_asks_for_what_it_is_given(begun: Path) -> None:
    found = command(
        *("sweep", "--out", begun, "--resume", "--array", "--tasks", 500, "--walltime", "1:00:00"),
        *("--partition", "long", "--account", "thesis", "--memory", "3GB"),
    )
    assert found.exit_code == 0, found.output
    script = (begun / array.SCRIPT).read_text()
    for line in ("array=0-17", "time=1:00:00", "partition=long", "account=thesis", "mem=3G"):
        assert f"#SBATCH --{line}\n" in script
    assert "--tasks 18 --task-id" in script  # no task without a batch


def test_mistakes_are_one_line(sweep_file: Path, begun: Path, tmp_path: Path) -> None:
    assert "--out" in mistake("sweep", sweep_file)
    assert "SWEEP.yaml" in mistake("sweep", "--out", tmp_path / "new")
    assert "--tasks" in mistake("sweep", "--out", begun, "--task-id", 1)
    assert "task id must be between 0 and 1; got 2" in mistake(
        "sweep", "--out", begun, "--task-id", 2, "--tasks", 2
    )
    assert "--resume" in mistake("sweep", sweep_file, "--out", begun)
    assert "no such file" in mistake("sweep", tmp_path / "no.yaml", "--out", tmp_path / "new")
    assert "holds no sweep" in mistake("status", tmp_path)
    assert "holds no sweep" in mistake("query", tmp_path, "select 1")
    assert "holds no sweep" in mistake("sweep", "--out", tmp_path, "--resume")
    other = write_files(tmp_path, SWEEP.replace("seed: 5", "seed: 6"))
    assert "the seed" in mistake("sweep", other, "--out", begun, "--resume")
    wrong = write_files(tmp_path, SWEEP.replace("replicates", "replicats"))
    assert "'replicates'" in mistake("sweep", wrong, "--out", tmp_path / "new")


def test_a_word_that_is_no_cluster(begun: Path) -> None:
    pytest.importorskip("distributed")
    words = ("sweep", "--out", begun, "--resume", "--cluster")
    assert "did you mean 'slurm'?" in mistake(*words, "slurn")
    assert "allowed: slurm, tcp://HOST:PORT, tls://" in mistake(*words, "tcp:/here")


def test_without_dask_the_array_is_offered(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = mistake("sweep", "--out", begun, "--resume")
    assert "pip install 'plazas[cluster]'" in said
    assert "--array" in said


def test_an_array_needs_no_dask(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dask", "distributed", "dask_jobqueue"):
        monkeypatch.setitem(sys.modules, name, None)
    assert command("sweep", "--out", begun, "--resume", "--array").exit_code == 0
    assert command("sweep", "--out", begun, "--task-id", 0, "--tasks", 18).exit_code == 0


def test_an_interrupt_says_what_is_kept(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "run", stop)
    found = command("sweep", "--out", begun, "--resume")
    assert found.exit_code == 130
    assert found.stderr == (
        f"plazas: stopped; finished runs are kept in {begun}; continue with --resume\n"
    )


def test_failures_are_reported(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_one(simulation: Simulation) -> Results:
        raise ValueError(f"replicate {simulation.replicate} cannot be")

    monkeypatch.setattr(task, "run_one", run_one)
    found = command("sweep", "--out", begun, "--task-id", 0, "--tasks", 9)
    assert found.exit_code == 1
    assert "6 runs" in found.stdout
    assert "6 of them failed (see: plazas status" in found.stdout
    again = f"plazas sweep --out {begun} --resume"
    assert found.stderr == f"plazas: 6 runs failed; run them again with: {again}\n"
    lines = command("status", begun).stdout.splitlines()
    assert "6 failed" in lines[1]
    assert "failed 2 x ValueError: replicate 0 cannot be (first: plain, point 0, " in lines[-4]
    assert lines[-1] == f"run again what failed: {again}"


def test_the_pace_is_that_of_late() -> None:
    now = 10_000.0
    times = [100.0, now - 60, now - 40, now - 20]
    assert status._pace(times, [500, 10, 10, 10], now) == 20 / 40
    assert status._pace(times[:2], [500, 10], now) == 0.0
    assert status._pace([], [], now) == 0.0
    found = status.Status("x", 100, 40, 0, 10, 4, 4000, 0.5, 3.0, ())
    assert found.left == 120.0
    words = status.lines(found, Path("here"))
    assert words[-1] == "last batch 3 s ago; 30 runs a minute recently, 2 min left at this pace"


def test_batches_take_some_seconds() -> None:
    assert start.batch_size(100_000, 0.1) == 40
    assert start.batch_size(10_000_000, 0.1) == 1000  # files stay countable
    assert start.batch_size(200, 0.1) == 10  # few runs: a second each, for every core some
    assert start.batch_size(1000, 20.0) == 1
    assert start.batch_size(10_000_000, 60.0) == 10


def test_batches_are_planned_from_all_over_the_sweep(
    sweep_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine points, of which the last three take ten times as long as the others."""
    plan = planned(sweep_file)
    clock = [0.0]
    ran: list[tuple[float, float]] = []

    def run_one(simulation: Simulation) -> None:
        values = simulation.scenario.parameters
        ran.append((values.recruitment, values.hostility_war))
        clock[0] += 5.0 if values.recruitment == 0.004 else 0.5

    monkeypatch.setattr(task, "run_one", run_one)
    monkeypatch.setattr(time, "perf_counter", lambda: clock[0])
    seconds = task.warm_up(plan)
    assert len(set(ran)) >= 5
    assert {recruitment for recruitment, _ in ran} == {0.003, 0.0035, 0.004}
    slow = sum(recruitment == 0.004 for recruitment, _ in ran)
    assert seconds == pytest.approx((5.0 * slow + 0.5 * (len(ran) - slow)) / len(ran))
    assert 1.0 < seconds < 4.0  # the first run alone would say 0.5, the last one 5
    assert sorted(task.trial_runs(plan))[:: task.TRIALS - 1] == [0, 53]
    assert task.trial_runs(replace(plan, points=plan.points[:1], replicates=1)) in ([0, 1], [1, 0])


def test_runs_that_fail_are_not_timed(sweep_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(sweep_file)
    real = task.run_one

    def run_one(simulation: Simulation) -> Results:
        if simulation.scenario.parameters.recruitment < 0.004:
            raise ValueError("too few")
        return real(simulation)

    monkeypatch.setattr(task, "run_one", run_one)
    assert (task.warm_up(plan) or 0) > 0
    monkeypatch.setattr(task, "run_one", lambda _: 1 / 0)
    assert task.warm_up(plan) is None


def test_a_line_now_and_then_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 1.0, 20.0, 61.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    with shown("sweep") as report:
        report(engine.Progress(1000, done=400, workers=2))
        report(engine.Progress(1000, done=500, workers=2))
        report(engine.Progress(1000, done=700, failed=3, workers=2))
    assert capsys.readouterr().err == "sweep: 700 of 1,000 runs, 3 failed, 61 s left\n"


def test_help_loads_no_compiler_and_no_dask() -> None:
    import subprocess

    code = (
        "import sys\nfrom plazas.analysis.cli.app import app\n"
        "try: app(['sweep', '--help'])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not {'numba', 'pandas', 'dask', 'duckdb'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "--resume" in done.stdout


def test_the_example_is_a_sweep_of_a_sensible_size(tmp_path: Path) -> None:
    from plazas.analysis.sweep import form

    sweep = form.read(EXAMPLE)
    assert 100 <= sweep.runs <= 5000
    assert len(sweep.scenarios) > 1
    text = EXAMPLE.read_text()
    assert all(name in text for name in ("design", "parameters", "replicates"))


def test_the_manifest_says_where_a_sweep_comes_from(whole: Path) -> None:
    about = json.loads((whole / store.MANIFEST).read_text())
    assert {"version", "git", "date", "python", "libraries", "code"} <= set(about)
    assert about["runs"] == 54
    assert [each["name"] for each in about["scenarios"]] == ["plain", "raid"]
    points = pd.read_parquet(whole / store.POINTS)
    assert list(points.columns) == ["point", "recruitment", "hostility_war"]
