"""Run many tasks on threads: in order, with progress, errors gathered, and an end on interrupt.

The compiled weeks release the interpreter lock, so threads are enough. ``map_replicates`` runs a
function of a simulation for every scenario and replicate; ``map_tasks`` runs any function of a task
(a trial of a calibration, a point of a sensitivity analysis).
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import Generic, TypeVar

from plazas.model.calendar import WEEKS_IN_YEAR_WINDOW
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation

CHUNK = WEEKS_IN_YEAR_WINDOW  # weeks between two reports of progress

Task = TypeVar("Task")
T = TypeVar("T")

#: gets how many weeks have just been run, of ``replicates * weeks`` in all; called from the threads
Progress = Callable[[int], None]
#: runs a simulation up to a week (counted from 0), or to its end if None
Advance = Callable[[int | None], None]


class Cancelled(Exception):  # noqa: N818 - a signal between threads, not an error
    """The caller was interrupted, so the task stops."""


@dataclass(frozen=True)
class Failure(Generic[Task]):
    """A task that raised an error; it stands in the list of results where its result would be."""

    task: Task
    error: BaseException


class Stop:
    """A flag for the tasks under way: their caller was interrupted, or another task failed."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask every task to stop."""
        self._event.set()

    def __bool__(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise :class:`Cancelled` if the task should stop; call it often in a long task."""
        if self:
            raise Cancelled


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Hold back Ctrl-C and SIGTERM until the end of the block, then let them end the command.

    It is for the start of worker processes. Those that start in the block, or from a thread that
    starts in it, never see Ctrl-C: a terminal sends it to them too, but only the parent stops them.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _: waiting.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
        if callable(signal.getsignal(number))
    }
    masks = hasattr(signal, "pthread_sigmask")  # Windows has none
    if masks:
        resource_tracker.ensure_running()  # where it starts, it lets the signals through again
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # processes inherit this
    try:
        yield
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        for number, handler in before.items():
            signal.signal(number, handler)
        if waiting:
            signal.raise_signal(waiting[0])


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_tasks(
    work: Callable[[Task, Stop], T],
    tasks: Iterable[Task],
    threads: int | None = None,
    *,
    done: Callable[[Task, T], None] | None = None,
    poll: Callable[[], None] | None = None,
    interval: float = 0.25,
    gather: bool = False,
) -> list[T | Failure[Task]]:
    """Run ``work(task, stop)`` for every task on threads; return the results in order of the tasks.

    Tasks are taken from ``tasks`` in the calling thread, only a few before there is a thread free
    for them. An interrupt or an error in the calling thread sets ``stop``, takes no more tasks and
    waits for those under way. A task that calls ``stop.check()`` ends soon then; a task that does
    not runs to its end, and ``done`` still gets its result.

    Parameters
    ----------
    work
        The function to run; it is called from the threads, so what it shares it must lock.
    tasks
        What to run it on; may be a generator.
    threads
        How many run at once; one per core if None.
    done
        Called as ``done(task, result)`` in the calling thread when a task has finished.
    poll
        Called in the calling thread every ``interval`` seconds, for a progress display.
    interval
        Seconds between two calls of ``poll``.
    gather
        If True, a task that fails leaves a :class:`Failure` in the list and the others go on. If
        False, the first error stops the others and is raised.

    Returns
    -------
    list
        The result of every task, or its :class:`Failure`.

    Raises
    ------
    Exception
        The first error of a task, if ``gather`` is False.

    Examples
    --------
    >>> map_tasks(lambda task, stop: task * task, [1, 2, 3], threads=2)
    [1, 4, 9]
    """
    threads = cores() if threads is None else threads
    stop = Stop()
    results: dict[int, T | Failure[Task]] = {}
    failures: list[BaseException] = []
    under_way: dict[Future[T], tuple[int, Task]] = {}

    def collect() -> None:
        for future in [future for future in under_way if future.done()]:
            i, task = under_way.pop(future)
            if future.cancelled():
                continue
            error = future.exception()
            if error is not None:
                results[i] = Failure(task, error)
                failures.append(error)
                continue
            result = future.result()
            results[i] = result
            if done is not None:
                done(task, result)

    def step() -> None:
        wait(under_way, interval if poll is not None else None, FIRST_COMPLETED)
        collect()
        if failures and not gather:
            raise failures[0]
        if poll is not None:
            poll()

    with ThreadPoolExecutor(threads, "plazas") as pool:
        try:
            for i, task in enumerate(tasks):
                under_way[pool.submit(work, task, stop)] = (i, task)
                while len(under_way) > threads:
                    step()
            while under_way:
                step()
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            collect()
            raise
    return [results[i] for i in sorted(results)]


def map_all(
    work: Callable[[Task, Stop], T], tasks: Iterable[Task], threads: int | None = None
) -> list[T]:
    """Run a function of every task on threads; return the results, or raise the first error.

    Parameters
    ----------
    work, tasks, threads
        As in :func:`map_tasks`.

    Returns
    -------
    list
        The result of every task, in order.

    Examples
    --------
    >>> map_all(lambda task, stop: task + 1, [1, 2], threads=2)
    [2, 3]
    """
    results = map_tasks(work, tasks, threads)
    return [result for result in results if not isinstance(result, Failure)]


def map_replicates(
    work: Callable[[Simulation, Advance], T],
    scenarios: Sequence[Sequence[Scenario]],
    replicates: Sequence[int],
    seed: int = 1,
    threads: int | None = None,
    *,
    progress: Progress | None = None,
    gather: bool = False,
) -> list[list[T | Failure[tuple[int, int]]]]:
    """Run a function of a fresh simulation for every scenario and replicate, on threads.

    Parameters
    ----------
    work
        Called as ``work(simulation, advance)`` from the threads. ``advance(week)`` runs the
        simulation up to that week, ``advance(None)`` to its end, in pieces that report progress
        and obey an interrupt.
    scenarios
        For each of S scenarios its variants: replicate r runs ``variants[r % len(variants)]`` (see
        :func:`plazas.analysis.experiment.run.varied`).
    replicates
        The numbers of the R replicates.
    seed
        The seed of every draw.
    threads
        How many run at once; one per core if None.
    progress
        Called from the threads with the number of weeks that have just been run.
    gather
        As in :func:`map_tasks`.

    Returns
    -------
    list of list
        For each scenario, the result of each replicate (S, R). A failure's ``task`` is the number
        of the scenario and of the replicate.
    """

    def one(task: tuple[int, int], stop: Stop) -> T:
        scenario, replicate = task
        variants = scenarios[scenario]
        simulation = Simulation(variants[replicate % len(variants)], seed, replicate)

        def advance(week: int | None = None) -> None:
            until = simulation.scenario.weeks if week is None else week
            while simulation.week < until:
                stop.check()
                weeks = min(CHUNK, until - simulation.week)
                simulation.run(weeks)
                if progress is not None:
                    progress(weeks)
            stop.check()

        return work(simulation, advance)

    tasks: Iterator[tuple[int, int]] = ((s, r) for s in range(len(scenarios)) for r in replicates)
    results = map_tasks(one, tasks, threads, gather=gather)
    rows = len(replicates)
    return [results[s * rows : (s + 1) * rows] for s in range(len(scenarios))]
