"""Measure how fast the model runs on this machine, and against what: ``plazas bench``.

Contestants take turns in one process, and each is judged by its best turn: other work on the
machine can only slow a turn down. What one thread does is measured in processor time, what two do
in time on the clock. The plain Mesa version and the C loop stand in ``benchmarks/`` of a checkout;
without it the other rows are measured all the same.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from plazas.model.draws import new_batch
from plazas.model.errors import UserError
from plazas.model.scenario import Scenario, mexico
from plazas.model.simulation import Simulation
from plazas.model.world import copied, difference

GANGS = 1500  # gangs at the start, against plain Mesa and C
MANY_GANGS = 102_000  # and on the municipalities: some 100,000 after a year
YEAR = 52  # weeks
FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
REACHED, MISSED, NOT_MEASURED = "reached", "missed", "not measured"
#: so many unaffiliated gangs on the municipalities hardly dwindle: smaller, and longer-lived
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


def main(quick: bool = False, out: Path | None = None) -> None:
    """Measure, print the table and, where asked to, write it as JSON.

    ``quick`` takes fewer turns.

    Raises
    ------
    UserError
        If the folder of ``out`` does not exist.
    """
    from rich.table import Table

    from plazas.analysis.cli.console import console

    if out is not None and not out.parent.is_dir():
        raise UserError(f"--json {out}: there is no folder {out.parent}")
    screen = console()
    machine = describe_machine()
    screen.print("Compiling what is not compiled yet, then measuring for a minute or two.")
    found: list[Row] = []
    for measure in (national, against_plain_mesa, against_c, municipal):
        found += measure(2 if quick else 6)
    table = Table("what", "measured", "target", "", "note", title="How fast")
    for row in found:
        table.add_row(*_cells(row))
    screen.print(table)
    for word, value in machine.items():
        screen.print(f"{word}: {value}")
    if out is not None:
        rows = [{**asdict(row), "verdict": row.verdict} for row in found]
        text = json.dumps({"machine": machine, "rows": rows}, indent=2)
        out.write_text(text + "\n", "utf-8")


def national(rounds: int) -> list[Row]:
    """Time a replicate of the shipped history: 15 years, 32 states; on one thread and on two."""
    from plazas.scenarios import load

    scenario = load("historical")
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
    plain = _from_checkout("plain_mesa")
    if plain is None:
        return [Row(what, target=60.0, note="needs benchmarks/ of a checkout")]
    scenario = small_world()
    taken: dict[str, list[float]] = {"Plazas": [], "plain": [], "tuned": []}
    for turn in range(rounds):
        for _ in range(10):
            taken["Plazas"].append(_worked(Simulation(scenario, replicate=turn).run))
        taken["plain"].append(_worked(_steps, plain.PlainMesa(scenario, seed=turn)))
        taken["tuned"].append(_worked(_steps, plain.TunedMesa(scenario, seed=turn)))
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


def against_c(rounds: int) -> list[Row]:
    """Time the week of every gang against the same in C, on the same world and draws."""
    what = "the loop over gangs against scalar C"
    loops = _from_checkout("hot_loop")
    if loops is None:
        return [Row(what, target=2.0, note="needs benchmarks/ of a checkout")]
    simulation = loops.opened(Simulation(small_world()), YEAR // 2)
    par, key, week = simulation.parameters, simulation.key, simulation.week
    batch = new_batch()
    with tempfile.TemporaryDirectory() as folder:
        try:
            library = loops.compile_c(simulation.world, par, Path(folder))
        except loops.NoCompilerError as error:
            return [Row(what, target=2.0, note=str(error))]
        taken: dict[str, list[float]] = {"rules": [], "C": []}
        for _ in range(10 * rounds):
            rules, c = copied(simulation.world), copied(simulation.world)
            taken["rules"].append(_worked(loops.gang_weeks, rules, par, key, week, YEAR, batch))
            taken["C"].append(_worked(loops.gang_weeks_c, library, c, par, key, week, YEAR))
    apart = difference(rules, c)
    each = YEAR * int(simulation.world.nation[0].gang_rows) / 1e9
    note = f"{min(taken['rules']) / each:.1f} ns a gang against {min(taken['C']) / each:.1f} ns, "
    note += "the same gangs to the bit" if apart is None else f"but they differ in {apart}"
    return [Row(what, min(taken["rules"]) / min(taken["C"]), "times", 2.0, note=note)]


def municipal(rounds: int) -> list[Row]:
    """Time a year of 100,000 gangs on the municipalities; run 15 for the memory they take."""
    country = mexico("municipalities")
    Simulation(Scenario(stop=date(2010, 1, 8), country=country)).run()  # compiles
    years = 15 if rounds > 2 else 1
    script = f"import plazas.analysis.bench as b; b.report_municipal({years})"
    reports = []
    for _ in range(min(3, rounds)):
        done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=True)
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
        told = f"a run of {years}" if memory == "memory" else ""
        peak = Row(f"the most memory in {name}", max(known, default=None), "MB", target, note=told)
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


def _from_checkout(name: str) -> ModuleType | None:
    """Return a module of ``benchmarks/``; None where there is no checkout."""
    if not (FOLDER / f"{name}.py").is_file():
        return None
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    return importlib.import_module(name)


def describe_machine() -> dict[str, str]:
    """Return what the numbers depend on: processor, load, system, versions."""
    cpu = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")
    if about.is_file():
        lines = about.read_text("utf-8", "replace").splitlines()
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
    """Return how many processes wanted to run in the last minute; None where it is not told."""
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
