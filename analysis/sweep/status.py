"""How far a sweep is, read from its folder alone, whoever is running it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from plazas.analysis.sweep import store

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

    @property
    def left(self) -> float | None:
        """Return the seconds that what is left takes at the present pace; None if unknown."""
        return (self.runs - self.done) / self.pace if self.pace else None


def status(folder: Path) -> Status:
    """Return how far the sweep in a folder is; StoreError where there is none."""
    plan = store.load_plan(folder)
    result = store.files(folder)
    counts = [store.failures(path) for path in result]
    stats = [path.stat() for path in result]
    times = [details.st_mtime for details in stats]
    failed = [path for path, (_, count) in zip(result, counts, strict=True) if count]
    return Status(
        title=plan.title,
        runs=plan.runs,
        done=sum(runs for runs, _ in counts),
        failed=sum(count for _, count in counts),
        batches=plan.batches,
        finished=len(result),
        size=sum(details.st_size for details in stats),
        pace=_pace(times, [runs for runs, _ in counts], time.time()),
        quiet=max(0.0, time.time() - max(times)) if times else None,
        failures=_failures(failed),
    )


def _pace(times: list[float], runs: list[int], now: float) -> float:
    """Return runs a second from one batch of late to the last; 0 where there are not two."""
    late = sorted((t, n) for t, n in zip(times, runs, strict=True) if t > now - RECENT)
    if len(late) < 2 or late[-1][0] == late[0][0]:
        return 0.0
    return sum(n for _, n in late[1:]) / (late[-1][0] - late[0][0])


def _failures(files: list[Path]) -> tuple[Failure, ...]:
    """Return the errors in some files, the most frequent first."""
    result: dict[str, Failure] = {}
    for path in files:
        for error, key, where in _failed_rows(path):
            known = result.get(error)
            result[error] = Failure(
                error,
                known.runs + 1 if known else 1,
                known.key if known else key,
                known.where if known else where,
            )
    return tuple(sorted(result.values(), key=lambda failure: -failure.runs))


def _failed_rows(path: Path) -> Iterator[tuple[str, str, str]]:
    try:
        columns = ["error", "key", "scenario", "point", "replicate"]
        table = pq.read_table(path, columns=columns, partitioning=None)
    except (OSError, pa.ArrowInvalid) as error:
        raise store.damaged(path) from error
    for row in table.filter(table["error"].is_valid()).to_pylist():
        where = f"{row['scenario']}, point {row['point']}, replicate {row['replicate']}"
        yield row["error"], row["key"], where


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
    return out


def duration(seconds: float | None) -> str:
    """Return a length of time in the unit that suits it."""
    if seconds is None:
        return "an unknown time"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
