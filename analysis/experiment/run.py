"""Run the replicates of scenarios on threads.

Replicate r of a scenario is ``Simulation(scenario, seed, replicate=r)``: what it does depends on
these three alone, so neither the number of threads nor the order in which they finish can change a
result. With sets of parameters, replicate r uses ``sets[r % len(sets)]``; the scenario's own
changes override it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from plazas.analysis.experiment.ensemble import FRAMES, Ensemble, Frames, frames_of, joined
from plazas.analysis.experiment.parameter_sets import under
from plazas.analysis.experiment.store import ResultError, read_results, save
from plazas.analysis.experiment.workers import (
    CHUNK,
    Advance,
    Failure,
    Progress,
    cores,
    map_replicates,
)
from plazas.model.errors import PlazasError, UserError
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation

__all__ = [
    "CHUNK",
    "Ensemble",
    "Progress",
    "ReplicateError",
    "ResultError",
    "RunError",
    "cores",
    "extended",
    "read_results",
    "run",
    "run_all",
    "save",
]

LIMIT = 2**32  # seeds and replicates are below


class RunError(UserError):
    """A run asked for with impossible numbers."""


class ReplicateError(PlazasError, RuntimeError):
    """Some replicates failed. ``done`` holds the ensembles of those that finished, by scenario."""

    def __init__(self, message: str, done: dict[str, Ensemble]) -> None:
        super().__init__(message)
        self.done = done


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

    ``threads`` is how many run at once, one per core if None. ``progress`` gets how many weeks
    have just been run; it is called from the threads. ``sets`` are changes of parameters:
    replicate r uses ``sets[r % len(sets)]``; the scenario's own changes override it; None is
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
    variants = [varied(scenario, sets or (), wanted) for scenario in scenarios]

    def work(simulation: Simulation, advance: Advance) -> Frames:
        advance(None)
        return frames_of(simulation.results())

    rows = map_replicates(work, variants, wanted, seed, threads, progress=progress, gather=True)
    ensembles: list[Ensemble] = []
    failures: list[tuple[str, BaseException]] = []
    for scenario, row in zip(scenarios, rows, strict=True):
        for result in row:
            if isinstance(result, Failure):
                name = f"replicate {result.task[1]} of {scenario.name!r} (seed {seed})"
                failures.append((name, result.error))
        finished = {
            r: result
            for r, result in zip(wanted, row, strict=True)
            if not isinstance(result, Failure)
        }
        if finished:
            frames = joined([*finished.values()])
            ensembles.append(_ensemble(scenario, seed, tuple(finished), frames, sets or ()))
    if failures:
        raise _failure(failures, ensembles) from failures[0][1]
    return ensembles


def varied(
    scenario: Scenario, sets: Sequence[Mapping[str, float]], replicates: range
) -> list[Scenario]:
    """Return the scenario under each set of parameters, or alone where there is none.

    Replicate r takes row r % len(sets). Sets that none of ``replicates`` takes
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
