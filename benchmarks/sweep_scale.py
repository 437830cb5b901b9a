"""Measure sweeps: runs a minute, what the engine costs, bytes a run, and 100,000 runs summarised.

    python benchmarks/sweep_scale.py                # a few minutes, best on an idle machine
    python benchmarks/sweep_scale.py --quick        # a rough look
    python benchmarks/sweep_scale.py --json FILE    # the figures for other programs too

Runs are fifteen years of the shipped history with the calibrated sets of parameters, over points of
a Latin hypercube of others. The 100,000 runs are written by the writer of real sweeps from the
outcomes of real runs, each changed by up to 1 % so that no two are the same; that part measures
files and queries, not the model.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from plazas.analysis.experiment.run import cores
from plazas.analysis.sweep import design, engine, form, rows, start, store, task
from plazas.analysis.sweep.plan import Plan, plan_of

SWEEP = """\
title: What a sweep costs
scenarios: [historical, hugs-not-bullets]
replicates: 10
design: {method: latin-hypercube, points: POINTS}
parameters:
  lethality: declared
  other_guns: declared
  crossfire: declared
  prevention_elasticity: declared
  wage: declared
parameter_sets: calibrated
"""
TINY = """\
title: What a batch costs
scenarios: [tiny.yaml]
replicates: RUNS
"""
MANY = 100_000
QUESTIONS = {
    "mean and 90 % band of homicides by scenario": (
        "select scenario, avg(homicides), quantile_cont(homicides, [0.05, 0.95]) from runs "
        "group by all"
    ),
    "the same by scenario and year": (
        "select scenario, year, avg(homicides), quantile_cont(homicides, [0.05, 0.95]) from years "
        "group by all"
    ),
    "paired difference of two policies by point": (
        "select a.point, avg(b.homicides - a.homicides) from runs a join runs b "
        "on a.point = b.point and a.replicate = b.replicate and a.scenario = 'historical' "
        "and b.scenario = 'hugs-not-bullets' group by all"
    ),
}
#: what a fresh process runs to answer a question, printing seconds, those of its processors, and
#: the most memory in MB
_ASK = """\
import sys, time
began = time.perf_counter()
from plazas import read_sweep
kept = read_sweep(sys.argv[1])
{action}
with open("/proc/self/status") as about:  # not what the parent held before this program began
    peak = next(int(line.split()[1]) for line in about if line.startswith("VmHWM")) / 1024
print(time.perf_counter() - began, time.process_time(), peak)
"""


def planned(points: int, batch: int | None) -> Plan:
    """Return the plan of the measured sweep; ``batch`` None takes the default."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sweep.yaml"
        path.write_text(SWEEP.replace("POINTS", str(points)))
        sweep = form.read(path)
    trial = plan_of(sweep, design.points(sweep), 1)
    if batch is None:
        batch = start.batch_size(MANY, task.warm_up(trial))
    return plan_of(sweep, trial.points, batch)


@contextmanager
def timed(into: dict[str, float]) -> Iterator[None]:
    """Put seconds on the clock and of this process's processor into a dict."""
    clock, processor = time.perf_counter(), time.process_time()
    yield
    into["clock"] = time.perf_counter() - clock
    into["processor"] = time.process_time() - processor


def alone(plan: Plan, runs: int) -> dict[str, float]:
    """Return what runs take without files and without an engine, and what keeping them adds."""
    bare: dict[str, float] = {}
    keeping: dict[str, float] = {}
    with timed(bare):
        found = task.run_rows(plan, range(runs))
    with tempfile.TemporaryDirectory() as folder, timed(keeping):
        where = Path(folder) / "sweep"
        store.create(where, plan)
        for first in range(0, runs, plan.batch):
            part = found[first : first + plan.batch]
            store.write_batch(where, first // plan.batch, rows.table(plan, part))
        size = sum(path.stat().st_size for path in store.files(where))
    return {
        "clock": bare["clock"] / runs,
        "processor": bare["processor"] / runs,
        "keeping": keeping["clock"] / runs,
        "bytes": size / runs,
    }


def with_engine(plan: Plan, workers: int) -> dict[str, float]:
    """Return the pace of a sweep by the engine once its workers are there, and its overhead.

    The pace is that from the first finished batch to the last but ``workers``, when all are busy.
    """
    times: list[tuple[float, int, float]] = []

    def report(progress: engine.Progress) -> None:
        if not times or progress.done > times[-1][1]:
            times.append((time.perf_counter(), progress.done, progress.seconds))

    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) / "sweep"
        store.create(where, plan)
        began, processor = time.perf_counter(), time.process_time()
        engine.run(where, workers, report=report)
        processor = time.process_time() - processor
        whole = time.perf_counter() - began
    times = [each for each in times if each[1] > 0]
    steady = times[workers - 1 : len(times) - workers + 1]
    seconds = steady[-1][0] - steady[0][0]
    done = steady[-1][1] - steady[0][1]
    busy = (steady[-1][2] - steady[0][2]) / (workers * seconds)
    return {
        "pace": done / seconds,
        "busy": busy,
        "start": times[0][0] - began,
        "whole": whole,
        "driver": processor / plan.runs,
    }


def tiny_batches(batches: int) -> dict[str, float]:
    """Return how many batches a second the engine hands out when there is next to nothing in them.

    And the processor time of driver and scheduler for each: what limits the size of a cluster.
    """
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        (where / "tiny.yaml").write_text(
            "title: Tiny\nextends: classroom\nstop: 2010-01-09\n"
            "drop: [army, anvil-leader-captured]\n"
        )
        (where / "sweep.yaml").write_text(TINY.replace("RUNS", str(batches)))
        sweep = form.read(where / "sweep.yaml")
        found = with_engine(plan_of(sweep, design.points(sweep), 1), 1)
    return {"pace": found["pace"], "driver": found["driver"]}


def many(plan: Plan, folder: Path, real: list[rows.Row]) -> Plan:
    """Write 100,000 runs from the outcomes of real ones; return their plan."""
    per_point = len(plan.scenarios) * plan.replicates
    generator = np.random.default_rng(1)
    points = plan.points[generator.integers(len(plan.points), size=MANY // per_point)]
    plan = replace(plan, points=points, batch=1000)
    store.create(folder, plan)
    for batch in range(plan.batches):
        table = rows.table(plan, [_like(real, run, generator) for run in plan.runs_of(batch)])
        store.write_batch(folder, batch, table)
    return plan


def _like(real: list[rows.Row], run: int, generator: np.random.Generator) -> rows.Row:
    left = real[run % len(real)].left
    assert left is not None
    outcomes = left.outcomes * generator.uniform(0.99, 1.01, left.outcomes.shape)
    years = left.years * generator.uniform(0.99, 1.01, left.years.shape)
    changed = left._replace(outcomes=outcomes.astype(np.float32), years=years.astype(np.float32))
    return rows.Row(run, changed, None)


def asked(folder: Path, action: str) -> dict[str, float]:
    """Return time and most memory of a fresh process that does something with a sweep (Linux)."""
    words = [sys.executable, "-c", _ASK.format(action=action), str(folder)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    seconds, processor, peak = map(float, done.stdout.split()[-3:])
    return {"seconds": seconds, "processor": processor, "megabytes": peak}


def measure(quick: bool) -> dict[str, Any]:
    """Measure everything; return the figures."""
    runs = 60 if quick else 240
    plan = planned(12, None)
    found: dict[str, Any] = {"batch": plan.batch, "load before": os.getloadavg()[0]}
    found["alone"] = alone(plan, runs)
    for workers in sorted({1, min(2, cores())}):
        batches = (6 if quick else 20) * workers
        points = -(-batches * plan.batch // (len(plan.scenarios) * plan.replicates))
        found[f"engine, {workers}"] = with_engine(planned(points, plan.batch), workers)
    found["tiny batches"] = tiny_batches(300 if quick else 2000)
    real = task.run_rows(plan, range(40 if quick else 120))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "many"
        plan = many(plan, folder, real)
        found["many bytes"] = sum(path.stat().st_size for path in store.files(folder)) / plan.runs
        for name, sql in QUESTIONS.items():
            found[f"SQL: {name}"] = asked(folder, f"kept.sql({sql!r})")
        found["pandas: all runs"] = asked(
            folder, "kept.runs.groupby('scenario').mean(numeric_only=True)"
        )
        found["pandas: homicides by scenario and year"] = asked(
            folder, "kept.years.groupby(['scenario', 'year'], observed=True)['homicides'].mean()"
        )
        found["xarray: mean over replicates of everything"] = asked(
            folder, "kept.xarray().mean('replicate')"
        )
        found["status"] = asked(
            folder, "from plazas.analysis.sweep.status import status; status(kept.folder)"
        )
    found["load after"] = os.getloadavg()[0]
    return found


def table(found: dict[str, Any]) -> list[str]:
    """Return the figures as the rows of a table."""
    bare = found["alone"]
    lines = ["| what | measured |", "|---|---|"]

    def row(what: str, value: str) -> None:
        lines.append(f"| {what} | {value} |")

    row(
        "a run, no engine, nothing kept",
        f"{bare['clock']:.3f} s, processor {bare['processor']:.3f} s",
    )
    share = 100 * bare["keeping"] / bare["clock"]
    row(
        "keeping it: table, Parquet, to the disk", f"{1e3 * bare['keeping']:.2f} ms ({share:.1f} %)"
    )
    row("bytes kept of a run", f"{bare['bytes']:,.0f}")
    row("runs in a batch by default", f"{found['batch']}")
    one = found["engine, 1"]
    for name, each in found.items():
        if name.startswith("engine"):
            workers = int(name.split(", ")[1])
            row(
                f"runs a minute, {workers} worker{'s' * (workers > 1)}", f"{60 * each['pace']:,.0f}"
            )
            row("of a worker's time not spent on batches", f"{100 * (1 - each['busy']):.1f} %")
            row("from the start to the first batch", f"{each['start']:.1f} s")
            if workers > 1:
                efficiency = each["pace"] / (workers * one["pace"])
                row(f"efficiency of {workers} workers", f"{100 * efficiency:.0f} %")
    tiny = found["tiny batches"]
    row("batches of next to nothing, a second", f"{tiny['pace']:,.0f}")
    row("driver and scheduler, processor a batch", f"{1e3 * tiny['driver']:.1f} ms")
    row(f"bytes a run of {MANY:,}", f"{found['many bytes']:,.0f}")
    for name, each in found.items():
        if isinstance(each, dict) and "megabytes" in each:
            times = f"{each['seconds']:.1f} s (processor {each['processor']:.1f} s)"
            row(name, f"{times}, {each['megabytes']:,.0f} MB")
    return lines


def extrapolated(found: dict[str, Any], runs: int = 1_000_000, workers: int = 1000) -> list[str]:
    """Return what a large sweep comes to, each line with how it is computed from what was measured.

    Assumed: processors like this one, a file system that takes the files as they come, no queue.
    """
    run, tiny = found["alone"]["processor"] + found["alone"]["keeping"], found["tiny batches"]
    batch = start.batch_size(runs, run)
    batches = -(-runs // batch)
    waves = -(-batches // workers)
    compute = waves * batch * run
    rate = workers / (batch * run)
    size = found["alone"]["bytes"]
    lines = ["| what | computed as | comes to |", "|---|---|---|"]

    def row(*cells: str) -> None:
        lines.append(f"| {' | '.join(cells)} |")

    row("processor time", f"{runs:,} runs x {run:.3f} s", f"{runs * run / 3600:,.0f} core-hours")
    row("batches", f"{runs:,} runs / {batch} (at most {start.MOST_FILES:,} files)", f"{batches:,}")
    row("a batch", f"{batch} x {run:.3f} s", f"{batch * run:.0f} s")
    row(
        "time on the clock",
        f"{batches:,} / {workers:,} workers = {waves} waves, {batch * run:.0f} s each",
        f"{compute / 60:.1f} min, and the start",
    )
    row("batches a second to hand out", f"{workers:,} / {batch * run:.0f} s", f"{rate:.0f}")
    row(
        "of the driver's one processor",
        f"{rate:.0f} x {1e3 * tiny['driver']:.1f} ms a batch",
        f"{100 * rate * tiny['driver']:.0f} %",
    )
    row("on the disk", f"{runs:,} x {size:,.0f} bytes", f"{runs * size / 1e9:.2f} GB")
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer runs, rougher figures")
    parser.add_argument("--json", type=Path, help="write the figures to a file too")
    words = parser.parse_args()
    found = measure(words.quick)
    print("\n".join([*table(found), "", "A million runs on a thousand cores:", ""]))
    print("\n".join(extrapolated(found)))
    print(
        f"\n{MANY:,} runs: real outcomes, each changed by up to 1 %, written by the real writer. "
        f"{cores()} processors, load {found['load before']:.1f} before and "
        f"{found['load after']:.1f} after; Python {platform.python_version()}."
    )
    if words.json:
        words.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
