"""Run the trials of a study on threads, until there are enough, time is up or someone stops it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from plazas.analysis.calibration.objective import evaluate, loss
from plazas.analysis.calibration.study import Study
from plazas.analysis.experiment.workers import Cancelled, Stop, map_tasks

LOOK = 0.2  # seconds between two looks at whether someone wants to stop


class Progress(NamedTuple):
    """How a search stands: finished trials in all and of this call, the best loss, times in s."""

    trials: int
    new: int
    best: float | None
    elapsed: float
    left: float | None


class _Search:
    """What the workers of a search share."""

    def __init__(self, study: Study, trials: int | None, seconds: float | None) -> None:
        self.study, self.wanted, self.seconds = study, trials, seconds
        self.lock = threading.Lock()
        self.began = time.monotonic()
        kept = study.trials()
        self.before = len(kept)
        self.best = kept[0].loss if kept else None
        self.begun = self.done = 0

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def next(self, stop: Stop) -> Any:
        """Return a new trial, or None when there is nothing more to do."""
        with self.lock:
            over = self.seconds is not None and self.elapsed >= self.seconds
            enough = self.wanted is not None and self.before + self.begun >= self.wanted
            if over or enough or stop:
                return None
            self.begun += 1
            return self.study.ask()

    def work(self, stop: Stop) -> None:
        """Run trials until there is nothing more to do."""
        while (trial := self.next(stop)) is not None:
            terms = None
            try:
                terms = evaluate(
                    [trial.params],
                    self.study.replicates,
                    self.study.seed,
                    1,
                    lambda replicates: stop.check(),
                )
            except Cancelled:  # the trial under way is given up
                return
            finally:
                with self.lock:
                    self.study.tell(trial, terms)
            with self.lock:
                self.done += 1
                self.best = min(loss(terms), self.best or math.inf)

    def progress(self) -> Progress:
        """Return how the search stands."""
        elapsed, left = self.elapsed, []
        if self.wanted is not None and self.done:
            left.append((self.wanted - self.before - self.done) * elapsed / self.done)
        if self.seconds is not None:
            left.append(max(0.0, self.seconds - elapsed))
        return Progress(
            self.before + self.done, self.done, self.best, elapsed, min(left) if left else None
        )


def search(
    study: Study,
    trials: int | None,
    minutes: float | None,
    workers: int,
    tell: Callable[[Progress], None],
) -> Progress:
    """Run trials until the study has ``trials`` in all, or for ``minutes``; at least one is given.

    Each of ``workers`` threads runs the replicates of one trial after another. ``tell`` gets how
    the search stands, a few times a second. What is finished is kept in the study whatever happens;
    an interrupt gives up only the trials under way.
    """
    shared = _Search(study, trials, None if minutes is None else 60.0 * minutes)
    study.mark_stale()
    map_tasks(
        lambda _, stop: shared.work(stop),
        range(workers),
        workers,
        poll=lambda: tell(shared.progress()),
        interval=LOOK,
    )
    return shared.progress()
