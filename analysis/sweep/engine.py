"""Hand out the batches of a sweep to Dask workers, a window of them at a time.

Workers keep the files themselves, so they must see the sweep's folder; what travels is a number
each way. A batch whose worker dies is run again elsewhere by Dask. One that has lost several
workers is put off to the end, where its runs are run one at a time with nothing else under way, so
that none is blamed for another: the run that loses several workers then becomes a row that says so.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plazas.analysis.sweep import rows, store, task, verify
from plazas.analysis.sweep.clusters import ClusterError, Jobs, Workers, connected
from plazas.analysis.sweep.plan import Plan

if TYPE_CHECKING:
    from distributed import Client

IN_FLIGHT = 3  # batches a worker: one it runs, one it has, one on the way
LEAST_IN_FLIGHT = 4
LOOK = 5.0  # seconds between two looks at the workers


@dataclass
class Progress:
    """How far a sweep is: runs in all, done (failed ones too), and failed."""

    total: int
    done: int = 0
    failed: int = 0
    workers: int = 0  #: that there are at present
    batches: int = 0  #: finished by this engine
    seconds: float = 0.0  #: that workers spent on them


Report = Callable[[Progress], None]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Work:
    """What is to do: batches to hand out, and the good runs of those that were there before."""

    batches: list[int]
    again: frozenset[int]  #: batches of which some runs failed
    counted: Mapping[int, int]  #: runs by batch that are done and stay

    def add(self, progress: Progress, done: task.Done) -> None:
        """Count a finished batch."""
        progress.done += done.runs - self.counted.get(done.batch, 0)
        progress.failed += done.failed
        progress.batches += 1
        progress.seconds += done.seconds


def run(
    folder: Path,
    workers: int | None = None,
    cluster: str | None = None,
    jobs: Jobs | None = None,
    report: Report = lambda _: None,
    say: Say = lambda _: None,
) -> Progress:
    """Run what is missing of the sweep in a folder, and what failed; return how far it is.

    Parameters
    ----------
    folder
        The folder of the sweep.
    workers, cluster, jobs
        As in ``clusters.connected``; the results depend on none of them.
    report
        Called after every finished batch, and every few seconds from a thread of its own.
    say
        Called with a line for whatever is wrong with the folder, before anything runs.

    Returns
    -------
    Progress
        How far the sweep is.

    Raises
    ------
    MissingLibraryError
        If Dask (or dask-jobqueue) is not installed.
    ClusterError, StoreError
        If the cluster cannot be used or the folder cannot be written.
    """
    plan = task.plan_in(folder)
    store.clear_stale(folder)
    progress, work = so_far(folder, plan, range(plan.batches), say)
    report(progress)
    if not work.batches:
        return progress
    with (
        connected(cluster, workers, jobs or Jobs(), folder / store.LOGS) as result,
        _watched(result, progress, report),
    ):
        try:
            _hand_out(result, folder, plan, work, progress, report)
        except (CancelledError, OSError, TimeoutError) as error:
            raise ClusterError(
                f"{folder}: the cluster was lost ({task.said(error)}) after {progress.done:,} of "
                f"{progress.total:,} runs; continue with --resume"
            ) from error
    return progress


def so_far(
    folder: Path, plan: Plan, share: range, say: Say = lambda _: None
) -> tuple[Progress, Work]:
    """Return how far a share of the batches is, and the work that is left.

    Batches that are missing or damaged are to run, and so are the runs that failed. Where some are
    done already they come in random order, so that two who continue one sweep at the same time
    seldom run the same batch.

    Parameters
    ----------
    folder
        The folder of the sweep.
    plan
        Its plan.
    share
        The batches.
    say
        Called with a line for whatever is wrong with the folder.
    """
    progress = Progress(sum(len(plan.runs_of(batch)) for batch in share))
    result = verify.contents(folder, plan, share)
    here = verify.changed(result.begun_with, store.libraries())
    if here:
        say(f"{folder}: continues with {here}; results may differ from those of one version")
    for note in result.notes():
        say(note)
    counted = {number: batch.runs - len(batch.failed) for number, batch in result.good.items()}
    progress.done = sum(counted.values())
    again = frozenset(number for number, batch in result.good.items() if batch.failed)
    if again:
        say(f"{folder}: {result.failed:,} runs failed before; they run again")
    batches = [batch for batch in share if batch not in counted or batch in again]
    if result.good:
        random.shuffle(batches)
    return progress, Work(batches, again, counted)


@contextmanager
def _watched(workers: Workers, progress: Progress, report: Report) -> Iterator[None]:
    """Look after the workers meanwhile: count them, and have lost jobs replaced."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(LOOK):
            progress.workers = workers.number()
            workers.replace_lost()
            report(progress)

    thread = threading.Thread(target=watch, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _hand_out(
    workers: Workers,
    folder: Path,
    plan: Plan,
    work: Work,
    progress: Progress,
    report: Report,
) -> None:
    """Keep a window of batches in flight until all are finished."""
    from distributed import KilledWorker, as_completed

    where, this = str(folder.resolve()), uuid.uuid4().hex[:8]
    waiting = iter(work.batches)
    numbers: dict[str, int] = {}
    going: Any = as_completed(loop=workers.client.loop)

    def fill() -> None:
        room = max(LEAST_IN_FLIGHT, IN_FLIGHT * workers.expected()) - len(numbers)
        for batch in islice(waiting, max(0, room)):
            key = f"plazas-{this}-{batch}"
            numbers[key] = batch
            again = batch in work.again
            submit = workers.client.submit
            going.add(submit(task.run_batch, where, batch, again, key=key, pure=False))

    def add(done: task.Done) -> None:
        work.add(progress, done)
        report(progress)

    put_off = []
    fill()
    for future in going:
        batch = numbers.pop(future.key)
        error = future.exception()
        if error is None:
            add(future.result())
        elif isinstance(error, KilledWorker):
            put_off.append(batch)
        else:
            raise _as_cluster_error(error, folder)
        fill()
    for batch in put_off:
        add(_one_by_one(workers.client, folder, plan, batch, batch in work.again))


def _as_cluster_error(error: BaseException, folder: Path) -> BaseException:
    """Return what to raise for the error of a batch, which is not that of a run."""
    if isinstance(error, store.StoreError | CancelledError):
        return error
    wrong = ClusterError(f"{folder}: a worker could not run its batch: {task.said(error)}")
    wrong.__cause__ = error
    return wrong


def _one_by_one(client: Client, folder: Path, plan: Plan, batch: int, again: bool) -> task.Done:
    """Run the runs of a batch that lost its workers one at a time; keep them."""
    from distributed import KilledWorker

    where = str(folder.resolve())
    began = time.perf_counter()
    standing = task.Standing.of(folder, plan, batch)
    result: list[rows.Row] = []
    for number in standing.missing(again):
        future: Any = client.submit(task.run_some, where, [number], pure=False)
        error = future.exception()
        if isinstance(error, KilledWorker):
            reason = "KilledWorker: the process that ran it died every time (out of memory?)"
            result.append(rows.Row(number, None, reason))
        elif error is not None:
            raise _as_cluster_error(error, folder)
        else:
            result += future.result()
    return standing.keep(result, began)
