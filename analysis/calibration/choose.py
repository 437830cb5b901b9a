"""Choose an ensemble from the trials of a study: sets that fit, spread out, and not by luck.

The rule. Of all trials, the SECOND_LOOK times as many with the least loss as sets are wanted run
again on other replicates than the search used, so that what fitted by lucky draws falls back. Of
these the KEPT times as many with the least second loss remain, and of these the sets are taken that
lie farthest apart: first the best, then again and again the one farthest from all that are taken
(over the searched ranges, each as 0..1). The sets then run together once more, on a third lot of
replicates: that is what a user of the ensemble gets.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plazas.analysis.calibration.objective import Terms, evaluate, loss
from plazas.analysis.calibration.study import CalibrationError, Study, Trial
from plazas.analysis.experiment.workers import Stop, map_all

SECOND_LOOK, KEPT = 4, 2  # times as many trials as sets
SEEDS = (1, 2)  # added to the seed of the search: the second look, the sets together
TOGETHER = 2  # replicates of each set when they run together, at least


@dataclass(frozen=True)
class Chosen:
    """An ensemble: its sets with the terms of each on other replicates, and those of all.

    ``first`` are the terms of each in the search, ``second`` in the second look, ``together`` those
    of the whole ensemble as one.
    """

    trials: tuple[Trial, ...]
    second: tuple[Terms, ...]
    together: Terms
    looked: int
    finished: int
    replicates: int
    together_replicates: int

    @property
    def sets(self) -> list[dict[str, float]]:
        """Return the sets of parameters."""
        return [dict(trial.values) for trial in self.trials]

    @property
    def first(self) -> tuple[Terms, ...]:
        """Return the terms of each set in the search."""
        return tuple(trial.terms for trial in self.trials)


def choose(
    study: Study,
    sets: int,
    workers: int,
    tick: Callable[[int], None] | None = None,
    planned: Callable[[int], None] | None = None,
) -> Chosen:
    """Return so many sets of a study by the rule above.

    ``planned`` gets how many replicates will run, ``tick`` how many have run. What
    the second look gives is kept in the study.

    Raises
    ------
    CalibrationError
        If the study has fewer trials than sets are wanted.
    """
    trials = study.trials()
    if len(trials) < sets:
        raise CalibrationError(
            f"{study.path}: {len(trials)} finished trials are too few for {sets} sets; run more "
            "trials or choose fewer --sets"
        )
    looked = trials[: SECOND_LOOK * sets]
    together = TOGETHER * sets
    if planned is not None:
        planned(len(looked) * study.replicates + together)
    second = _second_look(study, looked, workers, tick or _nothing)
    order = sorted(range(len(looked)), key=lambda i: (loss(second[i]), looked[i].number))
    kept = order[: KEPT * sets]
    unit = np.array([[f.unit(looked[i].values[f.name]) for f in study.free] for i in kept])
    taken = [kept[i] for i in farthest(unit, sets)]
    chosen = tuple(looked[i] for i in taken)
    values = [trial.values for trial in chosen]
    ensemble = evaluate(values, together, study.seed + SEEDS[1], workers, tick)
    terms = tuple(second[i] for i in taken)
    return Chosen(chosen, terms, ensemble, len(looked), len(trials), study.replicates, together)


def farthest(points: NDArray[np.float64], wanted: int) -> list[int]:
    """Return rows of ``points`` (n, d) that lie far apart: the first, then always the farthest.

    Each new one has the largest distance to the nearest of those already taken.
    """
    taken = [0]
    distance = np.linalg.norm(points - points[0], axis=1)
    while len(taken) < min(wanted, len(points)):
        distance[taken] = -1.0
        taken.append(int(distance.argmax()))
        distance = np.minimum(distance, np.linalg.norm(points - points[taken[-1]], axis=1))
    return taken


def _second_look(
    study: Study, trials: Sequence[Trial], workers: int, tick: Callable[[int], None]
) -> list[Terms]:
    """Return the terms of trials on other replicates, from the study where it has them already."""
    replicates, seed = study.replicates, study.seed + SEEDS[0]
    lock = threading.Lock()

    def look(trial: Trial, stop: Stop) -> Terms:
        def heed(done: int) -> None:
            stop.check()
            tick(done)

        with lock:
            known = study.again(trial.number, replicates, seed)
        if known is not None:
            tick(replicates)
            return known
        terms = evaluate([trial.values], replicates, seed, 1, heed)
        with lock:
            study.keep_again(trial.number, replicates, seed, terms)
        return terms

    return map_all(look, trials, workers)


def _nothing(done: int) -> None:
    """Tell nobody."""
