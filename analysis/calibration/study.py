"""The trials of a calibration, kept by Optuna in a SQLite file of their own.

A study belongs to one question: which parameters are free and over what, how many replicates a
trial has and on which draws. It is refused when any of that, the rules or the figures have changed
since: trials from before and after do not compare.
"""

from __future__ import annotations

import itertools
import math
import sqlite3
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from plazas.analysis.calibration.objective import TERMS, Terms, evaluate, loss
from plazas.analysis.experiment.parameter_sets import calibrated_names, default_set, shipped
from plazas.model.errors import MissingLibraryError, UserError
from plazas.model.parameters import declarations

INSTALL = "calibration needs optuna and cmaes; run: pip install 'plazas[analysis]'"
NAME = "plazas"
ABOUT, AGAIN, TERMS_ATTR = "about", "again", "terms"
ENQUEUED = "fixed_params"  # what Optuna says of a trial whose values were given
FORM = 1  # of what is kept with a study
PATIENCE = 60.0  # seconds to wait while another process writes
STALE = timedelta(minutes=15)  # a trial begun longer ago has died with its process
STEP = 0.06  # of the ranges: how far CMA-ES looks around at first
AT_RANDOM = 40  # trials before TPE begins to learn
WIDE = 5.0  # a range that spans a larger factor is searched on a logarithmic scale


class CalibrationError(UserError):
    """A calibration that cannot go on as asked; the message says what to change."""


def optuna() -> Any:
    """Return Optuna; MissingLibraryError says how to install it."""
    try:
        import cmaes  # noqa: F401 - Optuna asks for it only when it is too late
        import optuna as found
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("optuna", "cmaes"):
            raise
        raise MissingLibraryError(INSTALL) from error
    found.logging.set_verbosity(found.logging.ERROR)
    return found


@dataclass(frozen=True)
class Free:
    """A free parameter with its declared range."""

    name: str
    low: float
    high: float

    @property
    def by_factor(self) -> bool:
        """Return whether it is searched on a logarithmic scale."""
        return self.low > 0.0 and self.high / self.low >= WIDE

    def unit(self, value: float) -> float:
        """Return a value as a share of the range, on the scale on which it is searched."""
        if self.by_factor:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def free_parameters() -> tuple[Free, ...]:
    """Return the free parameters: those declared as calibrated."""
    known = declarations()
    return tuple(Free(name, known[name].low, known[name].high) for name in calibrated_names())


def earlier_sets() -> list[dict[str, float]]:
    """Return the shipped sets, best first, where they are of the present free parameters.

    Rules or figures may have changed since; they are where a new search begins, no more.
    """
    names = list(calibrated_names())
    return [values for values in shipped() if list(values) == names]


@dataclass(frozen=True)
class Trial:
    """A finished trial: its number, its parameters, the terms of its loss."""

    number: int
    values: Mapping[str, float]
    terms: Terms

    @property
    def loss(self) -> float:
        """Return the loss."""
        return loss(self.terms)


class Study:
    """The trials in a file, old and new.

    Parameters
    ----------
    path
        The SQLite file; made where there is none.
    replicates, seed
        What each trial runs: replicates 0 .. replicates - 1 on the draws of ``seed``.

    Raises
    ------
    CalibrationError
        If the file holds something else, or a study of another question or of other rules.
    MissingLibraryError
        If Optuna is not installed.
    """

    def __init__(self, path: Path, replicates: int, seed: int) -> None:
        library = optuna()
        self.path, self.replicates, self.seed = path, replicates, seed
        self.free = free_parameters()
        fresh = not path.exists()
        if fresh and not path.absolute().parent.is_dir():
            raise CalibrationError(f"{path}: there is no folder {path.parent} for the study")
        try:
            storage = library.storages.RDBStorage(
                "sqlite://", engine_kwargs={"creator": self._connect}
            )
            self.kept = library.create_study(storage=storage, study_name=NAME, load_if_exists=True)
        except Exception as error:  # the kinds of error are those of three libraries
            reason = str(error).splitlines()[0]
            message = f"{path}: cannot be used as a study ({reason}); name a new file"
            raise CalibrationError(message) from error
        known = self.kept.user_attrs.get(ABOUT)
        if known is None:
            self.kept.set_user_attr(ABOUT, self.about())
            for values in (default_set(), *earlier_sets()):
                self.kept.enqueue_trial(values)
        else:
            self._check(known)
        done = len(self.kept.get_trials(deepcopy=False))
        self.samplers = itertools.cycle(self._samplers(done))

    def about(self) -> dict[str, Any]:
        """Return the question of the study, fit for JSON."""
        return {
            "form": FORM,
            "replicates": self.replicates,
            "seed": self.seed,
            "free": {each.name: [each.low, each.high] for each in self.free},
            "terms": [term.name for term in TERMS],
        }

    @property
    def earlier(self) -> int:
        """Return how many sets of an earlier calibration the search began with."""
        known = self.kept.get_trials(deepcopy=False)
        return sum(ENQUEUED in trial.system_attrs for trial in known) - 1  # less the default values

    def ask(self) -> Any:
        """Return a new trial of Optuna with a value for every free parameter."""
        self.kept.sampler = next(self.samplers)
        trial = self.kept.ask()
        for each in self.free:
            trial.suggest_float(each.name, each.low, each.high, log=each.by_factor)
        return trial

    def tell(self, trial: Any, terms: Terms | None) -> None:
        """Keep the terms of a trial; None is a trial that was not finished."""
        if terms is None:
            self.kept.tell(trial, state=optuna().trial.TrialState.FAIL)
            return
        trial.set_user_attr(TERMS_ATTR, terms)
        self.kept.tell(trial, loss(terms))

    def trials(self) -> list[Trial]:
        """Return the finished trials, best first."""
        state = optuna().trial.TrialState.COMPLETE
        found = self.kept.get_trials(deepcopy=False, states=(state,))
        names = [each.name for each in self.free]
        trials = [
            Trial(t.number, {name: t.params[name] for name in names}, t.user_attrs[TERMS_ATTR])
            for t in found
        ]
        return sorted(trials, key=lambda trial: (trial.loss, trial.number))

    def again(self, number: int, replicates: int, seed: int) -> Terms | None:
        """Return what a trial gave on other replicates, where that is known already."""
        found: Terms | None = self.kept.user_attrs.get(f"{AGAIN} {number} {replicates} {seed}")
        return found

    def keep_again(self, number: int, replicates: int, seed: int, terms: Terms) -> None:
        """Keep what a trial gave on other replicates."""
        self.kept.set_user_attr(f"{AGAIN} {number} {replicates} {seed}", terms)

    def bury(self) -> None:
        """Mark trials as failed that died with their process."""
        running = optuna().trial.TrialState.RUNNING
        for trial in self.kept.get_trials(deepcopy=False, states=(running,)):
            if trial.datetime_start is not None and datetime.now() - trial.datetime_start > STALE:
                self.kept.tell(trial.number, state=optuna().trial.TrialState.FAIL)

    def _connect(self) -> sqlite3.Connection:
        """Return a connection to the file whose writes survive the end of this process.

        A log written ahead, and no wait for the disk at each step: a dead process loses nothing,
        and a trial takes a tenth of the time to keep.
        """
        found = sqlite3.connect(self.path, timeout=PATIENCE, check_same_thread=False)
        found.execute("PRAGMA journal_mode=WAL")
        found.execute("PRAGMA synchronous=NORMAL")
        return found

    def _samplers(self, done: int) -> tuple[Any, Any]:
        """Return the two samplers that take turns, going on from what is done.

        CMA-ES goes downhill from the best that was known before and is soon where sets fit; TPE,
        which learns from all trials, keeps looking elsewhere, so that the sets that fit lie far
        apart.
        """
        samplers = optuna().samplers
        begin = next(iter(earlier_sets()), default_set())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some of it is called experimental
            return (
                samplers.CmaEsSampler(
                    x0=begin, sigma0=STEP, n_startup_trials=1, seed=self.seed + done
                ),
                samplers.TPESampler(
                    multivariate=True,
                    constant_liar=True,
                    n_startup_trials=AT_RANDOM,
                    seed=self.seed + done,
                ),
            )

    def _check(self, known: Mapping[str, Any]) -> None:
        mine = self.about()
        for key, value in mine.items():
            if known.get(key) != value:
                differs = _difference(known.get(key), value)
                raise CalibrationError(
                    f"{self.path}: is a study with other {key} ({differs}); name a new --study"
                )
        trials = self.trials()
        if trials:
            best = trials[0]
            now = loss(evaluate([best.values], self.replicates, self.seed))
            if not math.isclose(now, best.loss, rel_tol=1e-9):
                raise CalibrationError(
                    f"{self.path}: rules or figures have changed since: trial {best.number} had a "
                    f"loss of {best.loss:.4f} and has {now:.4f}; name a new --study"
                )


def _difference(was: Any, now: Any) -> str:
    """Return what differs between two parts of a question, in few words."""
    if isinstance(was, dict) and isinstance(now, dict):
        names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
        return ", ".join(names)
    return f"{was}, not {now}"
