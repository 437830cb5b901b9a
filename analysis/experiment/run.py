"""Run the replicates of scenarios on threads.

Replicate r of a scenario is ``Simulation(scenario, seed, replicate=r)``: what it does depends on
these three alone, so neither the number of threads nor the order in which they finish can change a
result. The compiled weeks release the interpreter lock, so threads are enough. Where sets of
parameters are given, replicate r takes set r modulo their number, and what the scenario itself
changes lies over it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from plazas.analysis.experiment.ensemble import FRAMES, Ensemble, Frames, frames_of, joined
from plazas.analysis.experiment.parameter_sets import under
from plazas.analysis.experiment.store import ResultError, load, save
from plazas.model.errors import PlazasError, UserError
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation

__all__ = [
    "Ensemble",
    "ReplicateError",
    "ResultError",
    "RunError",
    "extended",
    "load",
    "run",
    "run_all",
    "save",
]

CHUNK = 52  # weeks between two reports of progress
LIMIT = 2**32  # seeds and replicates are below

#: told how many weeks have just been run, of ``replicates * weeks`` in all; called from the threads
Progress = Callable[[int], None]


class RunError(UserError):
    """A run asked for with impossible numbers."""


class ReplicateError(PlazasError, RuntimeError):
    """Some replicates failed. ``done`` holds the ensembles of those that finished, by scenario."""

    def __init__(self, message: str, done: dict[str, Ensemble]) -> None:
        super().__init__(message)
        self.done = done


class _Stopped(Exception):  # noqa: N818 - a signal between threads
    """The caller has gone away."""


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(
    scenario: Scenario,
    replicates: int,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    first: int = 0,
    sets: Sequence[Mapping[str, float]] | None = None,
) -> Ensemble:
    """Run replicates ``first`` .. ``first + replicates - 1`` of a scenario.

    ``threads`` is how many run at once, one a core if None. ``progress`` is told how many weeks
    have just been run; it is called from the threads. ``sets`` are changes of parameters:
    replicate r takes set r modulo their number, beneath what the scenario itself changes; None is
    the same parameters for all.

    Raises
    ------
    RunError
        If replicates, threads or seed are impossible, or ``sets`` is empty.
    ParameterError
        If a set has an unknown parameter or a value outside its range.
    ReplicateError
        If a replicate failed; the message names it, and ``done`` has the others.
    """
    return run_all([scenario], replicates, seed, threads, progress, first, sets)[0]


def run_all(
    scenarios: Sequence[Scenario],
    replicates: int,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    first: int = 0,
    sets: Sequence[Mapping[str, float]] | None = None,
) -> list[Ensemble]:
    """Run the same replicates of several scenarios, all on one set of threads; see :func:`run`."""
    threads = cores() if threads is None else threads
    _check(replicates, seed, threads, first)
    if sets is not None and not sets:
        raise RunError("no set of parameters to run with; give one or more")
    wanted = range(first, first + replicates)
    gone = threading.Event()
    variants = [varied(scenario, sets or (), wanted) for scenario in scenarios]

    def work(scenario: Scenario, replicate: int) -> Frames:
        simulation = Simulation(scenario, seed, replicate)
        while not simulation.finished and not gone.is_set():
            weeks = min(CHUNK, scenario.weeks - simulation.week)
            results = simulation.run(weeks)
            if progress is not None:
                progress(weeks)
        if gone.is_set():
            raise _Stopped
        return frames_of(results)

    ensembles: list[Ensemble] = []
    failures: list[tuple[str, BaseException]] = []
    with ThreadPoolExecutor(threads, "replicate") as pool:
        try:
            futures = [
                [pool.submit(work, row[r % len(row)], r) for r in wanted] for row in variants
            ]
            for scenario, row in zip(scenarios, futures, strict=True):
                ran, failed = _gathered(row, wanted)
                if ran:
                    frames = joined([*ran.values()])
                    ensembles.append(_ensemble(scenario, seed, tuple(ran), frames, sets or ()))
                for r, error in failed.items():
                    failures.append((f"replicate {r} of {scenario.name!r} (seed {seed})", error))
        except BaseException:
            gone.set()
            pool.shutdown(cancel_futures=True)
            raise
    if failures:
        raise _failure(failures, ensembles) from failures[0][1]
    return ensembles


def varied(
    scenario: Scenario, sets: Sequence[Mapping[str, float]], replicates: range
) -> list[Scenario]:
    """Return the scenario under each set of parameters, or alone where there is none.

    Replicate r takes the one of row r modulo their number. Sets that none of ``replicates`` takes
    are not made: the scenario stands in their row as it is.
    """
    taken = {r % len(sets) for r in replicates[: len(sets)]} if sets else set()
    return [
        replace(scenario, changes=under(sets, i, scenario.changes)) if i in taken else scenario
        for i in range(max(1, len(sets)))
    ]


def extended(ensemble: Ensemble, more: Ensemble) -> Ensemble:
    """Return an ensemble with the replicates of another run of the same scenario and seed added.

    Raises
    ------
    RunError
        If they were run with other sets of parameters.
    """
    if ensemble.sets != more.sets:
        raise RunError(f"{more.name} was run with other sets of parameters; replicates do not add")
    both = joined([ensemble.frames(), more.frames()])
    replicates = ensemble.replicates + more.replicates
    return _ensemble(ensemble, ensemble.seed, replicates, both, ensemble.sets)


def _check(replicates: int, seed: int, threads: int, first: int) -> None:
    if replicates < 1:
        raise RunError(f"replicates must be 1 or more, not {replicates}")
    if not 0 <= seed < LIMIT:
        raise RunError(f"seed must be a whole number from 0 to {LIMIT - 1}, not {seed}")
    if not 0 <= first <= LIMIT - replicates:
        raise RunError(f"replicates are numbered from 0 to {LIMIT - 1}, not from {first}")
    if threads < 1:
        raise RunError(f"threads must be 1 or more, not {threads}")


def _gathered(
    futures: Sequence[Future[Frames]], wanted: range
) -> tuple[dict[int, Frames], dict[int, BaseException]]:
    """Wait for replicates; return what they left behind, and the errors of those that failed."""
    ran, failed = {}, {}
    for r, future in zip(wanted, futures, strict=True):
        error = future.exception()
        if error is None:
            ran[r] = future.result()
        else:
            failed[r] = error
    return ran, failed


def _failure(
    failures: list[tuple[str, BaseException]], ensembles: list[Ensemble]
) -> ReplicateError:
    what, error = failures[0]
    message = f"{what} failed: {type(error).__name__}: {error}; "
    if len(failures) > 1:
        message += f"so did {', '.join(name for name, _ in failures[1:])}; "
    message += f"{sum(len(ensemble) for ensemble in ensembles)} finished"
    return ReplicateError(message, {ensemble.name: ensemble for ensemble in ensembles})


def _ensemble(
    like: Scenario | Ensemble,
    seed: int,
    replicates: tuple[int, ...],
    frames: Frames,
    sets: Sequence[Mapping[str, float]],
) -> Ensemble:
    scenario = like.scenario if isinstance(like, Ensemble) else like
    parts: dict[str, Any] = {name: frames[name] for name in FRAMES}
    parts |= {"scenario": scenario, "sets": tuple(dict(values) for values in sets)}
    return Ensemble(like.name, like.title, seed, replicates, **parts)
