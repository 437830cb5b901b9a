"""Measure how fast the model runs here, and against a plain Mesa version: ``make bench``.

    python -m benchmarks.bench                # a minute or two, best on an idle machine
    python -m benchmarks.bench --quick        # fewer turns
    python -m benchmarks.bench --json FILE    # writes the table too

The versions take turns in one process, and the best turn of each counts: other work on the machine
can only make a turn slower. One thread is measured in processor time, two threads in time on the
clock.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import plain_mesa
from plazas.model.errors import UserError
from plazas.model.scenario import Scenario, mexico
from plazas.model.simulation import Simulation
from plazas.scenarios import load_scenario

ROOT = Path(__file__).resolve().parents[1]
GANGS = 1500  # gangs at the start, against plain Mesa
MANY_GANGS = 102_000  # and on the municipalities: some 100,000 after a year
YEAR = 52  # weeks
REACHED, MISSED, NOT_MEASURED = "reached", "missed", "not measured"
#: keeps the number of local gangs on the municipalities nearly constant: small and long-lived
MANY = {"formation": 16.0, "disbanding": 0.0005, "local_size": 20.0}


@dataclass(frozen=True)
class Row:
    """A line of the table: what was measured, in which unit, against which target."""

    what: str
    measured: float | None = None
    unit: str = ""
    target: float | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        """Return whether the target is reached; empty where there is none."""
        if self.measured is None:
            return NOT_MEASURED
        if self.target is None:
            return ""
        gap = self.measured - self.target
        return REACHED if (gap >= 0.0 if self.more_is_better else gap <= 0.0) else MISSED


def measure(quick: bool = False, out: Path | None = None) -> None:
    """Measure, print the table and, where asked, write it as JSON.

    Parameters
    ----------
    quick
        Take two turns instead of six.
    out
        The JSON file to write; None writes none.

    Raises
    ------
    UserError
        If the folder of ``out`` does not exist.
    """
    if out is not None and not out.parent.is_dir():
        raise UserError(f"--json {out}: there is no folder {out.parent}")
    screen = Console()
    machine = describe_machine()
    screen.print("Compiling what is not compiled yet, then measuring for a minute or two.")
    rows: list[Row] = []
    for part in (national, against_plain_mesa, municipal):
        rows += part(2 if quick else 6)
    table = Table("what", "measured", "target", "", "note", title="How fast")
    for row in rows:
        table.add_row(*_cells(row))
    screen.print(table)
    for word, value in machine.items():
        screen.print(f"{word}: {value}")
    if out is not None:
        records = [{**asdict(row), "verdict": row.verdict} for row in rows]
        text = json.dumps({"machine": machine, "rows": records}, indent=2)
        out.write_text(text + "\n", "utf-8")


def national(rounds: int) -> list[Row]:
    """Time a replicate of the shipped history: 15 years, 32 states; on one thread and on two."""
    scenario = load_scenario("historical")
    gang_weeks = _gang_weeks(scenario)  # also compiles
    clock, worked = [], []
    for replicate in range(2 * rounds):
        began, work = time.perf_counter(), time.thread_time()
        Simulation(scenario, replicate=replicate).run()
        clock.append(time.perf_counter() - began)
        worked.append(time.thread_time() - work)
    best = min(worked)
    note = f"{gang_weeks / scenario.weeks:,.0f} gangs on average; on the clock "
    note += f"{min(clock):.3f} s, median {statistics.median(clock):.3f} s"
    what = f"a replicate of 15 years, 32 states ({scenario.weeks} weeks)"
    per_gang = Row("the same for a gang and week", 1e9 * best / gang_weeks, "ns")
    return [Row(what, best, "s", 0.25, note=note), per_gang, _threads(scenario, rounds)]


def _gang_weeks(scenario: Scenario) -> float:
    """Return the gangs of each week of a replicate, summed; they are counted twice a year."""
    simulation = Simulation(scenario, replicate=0)
    counts = []
    while not simulation.finished:
        simulation.run(min(YEAR // 2, scenario.weeks - simulation.week))
        counts.append(int((simulation.world.gangs.members > 0).sum()))
    return statistics.mean(counts) * scenario.weeks


def _threads(scenario: Scenario, rounds: int) -> Row:
    """Time four replicates on one thread and on two, in turns."""
    what = "two threads against one, replicates a second"
    if len(_processors()) < 2:
        return Row(what, note="one processor only")
    times: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for threads, taken in times.items():
            with ThreadPoolExecutor(threads) as pool:
                began = time.perf_counter()
                list(pool.map(lambda r: Simulation(scenario, replicate=r).run(), range(4)))
                taken.append(time.perf_counter() - began)
    one, two = 4 / min(times[1]), 4 / min(times[2])
    note = f"{one:.1f} and {two:.1f} a second; efficiency {two / one / 2:.0%}"
    if (load := _load()) is not None and load > 1.5:  # about 1 of it is this process
        note += f"; the load of {load:.1f} leaves less than two processors to this"
    return Row(what, two / one, "times", note=note)


def small_world() -> Scenario:
    """Return 2010 with 1,500 gangs at the start, all rules on."""
    return Scenario(stop=date(2011, 1, 1), changes={"local_gangs": float(GANGS - _cells_of_2010())})


def _cells_of_2010(geography: str = "states") -> int:
    none = Scenario(country=mexico(geography), changes={"local_gangs": 0.0})
    return int(Simulation(none).world.nation[0].gang_rows)


def against_plain_mesa(rounds: int) -> list[Row]:
    """Time a year of 1,500 gangs, recording on, against the plain Mesa versions of the rules."""
    what = f"plain Mesa against Plazas, {GANGS:,} gangs, 32 states"
    scenario = small_world()
    taken: dict[str, list[float]] = {"Plazas": [], "plain": [], "tuned": []}
    for turn in range(rounds):
        for _ in range(10):
            taken["Plazas"].append(_worked(Simulation(scenario, replicate=turn).run))
        taken["plain"].append(_worked(_steps, plain_mesa.PlainMesa(scenario, seed=turn)))
        taken["tuned"].append(_worked(_steps, plain_mesa.TunedMesa(scenario, seed=turn)))
    best = {name: min(times) for name, times in taken.items()}
    note = f"{1000 * best['plain']:.0f} ms a year against {1000 * best['Plazas']:.2f} ms"
    tuned = "the same with counts inverted by hand instead of numpy's"
    return [
        Row(what, best["plain"] / best["Plazas"], "times", 60.0, True, note),
        Row(tuned, best["tuned"] / best["Plazas"], "times", note=f"{1000 * best['tuned']:.0f} ms"),
    ]


def _steps(model: Any) -> None:
    for _ in range(YEAR):
        model.step()


def municipal(rounds: int) -> list[Row]:
    """Time a year of 100,000 gangs on the municipalities; run 15 for the memory they take."""
    country = mexico("municipalities")
    Simulation(Scenario(stop=date(2010, 1, 8), country=country)).run()  # compiles
    years = 15 if rounds > 2 else 1
    script = f"from benchmarks import bench; bench.report_municipal({years})"
    command = [sys.executable, "-c", script]
    reports = []
    for _ in range(min(3, rounds)):
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        reports.append(json.loads(done.stdout))
    best = min(reports, key=lambda report: float(report["seconds"]))
    what = f"the first year of {len(country.geography):,} municipalities"
    note = f"{best['gangs']:,} gangs after it"
    rows = [Row(what, best["seconds"], "s", 1.0, note=note)]
    for name, memory, target in (
        ("one such year", "year", 400.0),
        ("all its years", "memory", None),
    ):
        known = [report[memory] for report in reports if report[memory] is not None]
        note = f"a run of {years}" if memory == "memory" else ""
        peak = Row(f"the most memory in {name}", max(known, default=None), "MB", target, note=note)
        rows.append(peak)
    return rows


def report_municipal(years: int) -> None:
    """Run the municipalities and print as JSON what that took; for a process of its own."""
    country = mexico("municipalities")
    changes = {"local_gangs": float(MANY_GANGS - _cells_of_2010("municipalities")), **MANY}
    first = Simulation(Scenario(stop=date(2011, 1, 8), country=country, changes=changes))
    first.run(1)
    seconds = _worked(first.run, YEAR)
    gangs = int((first.world.gangs.members > 0).sum())
    year = _peak_memory()
    del first
    if years > 1:
        stop = date(2010 + years, 1, 1)
        Simulation(Scenario(stop=stop, country=country, changes=changes)).run()
    report = {"seconds": seconds, "gangs": gangs, "year": year, "memory": _peak_memory()}
    json.dump(report, sys.stdout)


def _peak_memory() -> float | None:
    """Return the most memory this process has held, MB; None where the system does not say."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage would count the process that started this one too
        lines = status.read_text("ascii", "replace").splitlines()
        peaks = [line.split()[1] for line in lines if line.startswith("VmHWM")]
        return int(peaks[0]) * 1024 / 1e6 if peaks else None
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def _worked(run: Callable[..., object], *arguments: Any) -> float:
    """Return the processor seconds that this thread spends in a call."""
    began = time.thread_time()
    run(*arguments)
    return time.thread_time() - began


def describe_machine() -> dict[str, str]:
    """Return what the numbers depend on: processor, load, system, versions."""
    cpu = platform.processor() or platform.machine()
    details = Path("/proc/cpuinfo")
    if details.is_file():
        lines = details.read_text("utf-8", "replace").splitlines()
        cpu = next((line.split(":")[1].strip() for line in lines if "model name" in line), cpu)
    load = f", load {_load():.1f} before the start" if _load() is not None else ""
    words = ("numba", "numpy", "mesa")
    return {
        "machine": f"{cpu}, {len(_processors())} processors{load}",
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "software": ", ".join(
            [f"Python {platform.python_version()}", *(f"{word} {version(word)}" for word in words)]
        ),
    }


def _load() -> float | None:
    """Return how many processes wanted to run in the last minute; None where not known."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def _processors() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))


def _cells(row: Row) -> tuple[str, ...]:
    """Return the words of a row of the table."""
    sign = "at least" if row.more_is_better else "at most"
    target = "" if row.target is None else f"{sign} {row.target:g} {row.unit}".strip()
    measured = "" if row.measured is None else f"{row.measured:.3g} {row.unit}"
    return row.what, measured, target, row.verdict, row.note


def main(words: list[str] | None = None) -> None:
    """Read the command line and measure."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.bench", description="Measure how fast the model runs here."
    )
    options.add_argument("--quick", action="store_true", help="take fewer turns")
    options.add_argument("--json", type=Path, metavar="FILE", help="write the table as JSON too")
    given = options.parse_args(words)
    try:
        measure(given.quick, given.json)
    except UserError as error:
        options.error(str(error))


if __name__ == "__main__":
    main()
