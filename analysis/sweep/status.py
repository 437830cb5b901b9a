"""How far a sweep is, read from its folder alone, whoever is running it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from plazas.analysis.sweep import store, verify

RECENT = 600.0  # seconds over which the pace is measured
ERRORS_SHOWN = 5


@dataclass(frozen=True)
class Failure:
    """Runs that failed with one error, and the first of them."""

    error: str
    runs: int
    key: str
    where: str  #: scenario, point and replicate of the first


@dataclass(frozen=True)
class Status:
    """How far a sweep is. ``pace`` is runs a second of late, 0 where none has finished lately."""

    title: str
    runs: int
    done: int
    failed: int
    batches: int
    finished: int
    size: int  #: bytes of the rows
    pace: float
    quiet: float | None  #: seconds since the last batch, None before the first
    failures: tuple[Failure, ...]
    notes: tuple[str, ...] = ()  #: what is wrong with the folder

    @property
    def left(self) -> float | None:
        """Return the seconds that what is left takes at the present pace; None if unknown."""
        return (self.runs - self.done) / self.pace if self.pace else None


def status(folder: Path) -> Status:
    """Return how far the sweep in a folder is; every file is checked.

    Parameters
    ----------
    folder
        The folder of a sweep.

    Raises
    ------
    StoreError
        If there is no sweep, or a file of it is damaged; the message names it.
    """
    plan = store.load_plan(folder)
    result = verify.contents(folder, plan)
    result.require_whole()
    batches = result.good.values()
    times = [batch.time for batch in batches]
    return Status(
        title=plan.title,
        runs=plan.runs,
        done=sum(batch.runs for batch in batches),
        failed=result.failed,
        batches=plan.batches,
        finished=len(batches),
        size=sum(batch.size for batch in batches),
        pace=_pace(times, [batch.runs for batch in batches], time.time()),
        quiet=max(0.0, time.time() - max(times)) if times else None,
        failures=_failures(failed for batch in batches for failed in batch.failed),
        notes=tuple(result.notes()),
    )


def _pace(times: list[float], runs: list[int], now: float) -> float:
    """Return runs a second from one batch of late to the last; 0 where there are not two."""
    late = sorted((t, n) for t, n in zip(times, runs, strict=True) if t > now - RECENT)
    if len(late) < 2 or late[-1][0] == late[0][0]:
        return 0.0
    return sum(n for _, n in late[1:]) / (late[-1][0] - late[0][0])


def _failures(runs: Iterable[verify.FailedRun]) -> tuple[Failure, ...]:
    """Return the errors of runs that failed, the most frequent first."""
    result: dict[str, Failure] = {}
    for run in runs:
        known = result.get(run.error, Failure(run.error, 0, run.key, run.where))
        result[run.error] = replace(known, runs=known.runs + 1)
    return tuple(sorted(result.values(), key=lambda failure: -failure.runs))


def lines(found: Status, folder: Path) -> list[str]:
    """Return a status in words, a line each."""
    share = 100.0 * found.done / found.runs
    failed = f", {found.failed:,} failed" if found.failed else ""
    out = [
        f"{found.title} ({folder})",
        f"{found.done:,} of {found.runs:,} runs ({share:.1f} %){failed}; "
        f"{found.finished:,} of {found.batches:,} batches",
    ]
    if found.done:
        item = found.size / found.done
        out.append(f"{found.size / 1e6:,.1f} MB, {item:,.0f} bytes a run")
    if found.done < found.runs and found.quiet is not None:
        pace = f"; {60 * found.pace:,.0f} runs a minute recently" if found.pace else ""
        left = f", {duration(found.left)} left at this pace" if found.left is not None else ""
        out.append(f"last batch {duration(found.quiet)} ago{pace}{left}")
    for failure in found.failures[:ERRORS_SHOWN]:
        out.append(f"failed {failure.runs:,} x {failure.error} (first: {failure.where})")
    if len(found.failures) > ERRORS_SHOWN:
        out.append(f"and {len(found.failures) - ERRORS_SHOWN:,} other errors")
    if found.failed:
        out.append(f"run again what failed: plazas sweep --out {folder} --resume")
    return [*out, *found.notes]


def duration(seconds: float | None) -> str:
    """Return a length of time in the unit that suits it."""
    if seconds is None:
        return "an unknown time"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
