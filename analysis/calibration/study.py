"""The trials of a calibration, which Optuna keeps in a SQLite file.

A study belongs to one question: the free parameters and their ranges, the replicates of a trial and
their seed. A study is refused if the question, the rules of the model or the observed figures have
changed, because trials from before and after cannot be compared.
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
ENQUEUED = "fixed_params"  # attribute that Optuna gives a trial with given values
FORM = 1  # version of what is kept with a study
PATIENCE = 60.0  # seconds to wait while another process writes
STALE = timedelta(minutes=15)  # the process of a trial that runs longer has ended
STEP = 0.06  # first step of CMA-ES, as a share of the ranges
AT_RANDOM = 40  # random trials before TPE starts to learn
WIDE = 5.0  # a range wider than this factor is searched on a logarithmic scale


class CalibrationError(UserError):
    """A calibration that is not possible as requested; the message says what to change."""


def optuna() -> Any:
    """Return Optuna.

    Raises
    ------
    MissingLibraryError
        If Optuna or cmaes is not installed; the message says how to install them.
    """
    # Deferred: Optuna is optional and heavy.
    try:
        import cmaes  # noqa: F401 - Optuna imports it only after the study was created
        import optuna as found
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("optuna", "cmaes"):
            raise
        raise MissingLibraryError(INSTALL) from error
    found.logging.set_verbosity(found.logging.ERROR)
    return found


@dataclass(frozen=True)
class Free:
    """A free parameter with its declared range, in its unit."""

    name: str
    low: float
    high: float

    @property
    def by_factor(self) -> bool:
        """Return whether the search uses a logarithmic scale."""
        return self.low > 0.0 and self.high / self.low >= WIDE

    def unit(self, value: float) -> float:
        """Return a value as a share of the range, on the scale of the search."""
        if self.by_factor:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def free_parameters() -> tuple[Free, ...]:
    """Return the free parameters: those declared as calibrated."""
    known = declarations()
    return tuple(Free(name, known[name].low, known[name].high) for name in calibrated_names())


def earlier_sets() -> list[dict[str, float]]:
    """Return the sets that come with Plazas, best first, if they have the same free parameters.

    A new search starts from them, even if rules or figures have changed since.
    """
    names = list(calibrated_names())
    return [values for values in shipped() if list(values) == names]


@dataclass(frozen=True)
class Trial:
    """A finished trial: its number, its parameters, and the terms of its loss."""

    number: int
    values: Mapping[str, float]
    terms: Terms

    @property
    def loss(self) -> float:
        """Return the loss of the trial."""
        return loss(self.terms)


class Study:
    """The trials of a calibration, in a file.

    Parameters
    ----------
    path
        The SQLite file; it is created if it is missing.
    replicates, seed
        What each trial runs: replicates 0 .. replicates - 1 with the draws of ``seed``.

    Raises
    ------
    CalibrationError
        If the file is not a study, or a study of another question or of other rules.
    MissingLibraryError
        If Optuna is not installed.
    """

    def __init__(self, path: Path, replicates: int, seed: int) -> None:
        library = optuna()
        self.path, self.replicates, self.seed = path, replicates, seed
        self.free = free_parameters()
        fresh = not path.exists()
        if fresh and not path.absolute().parent.is_dir():
            raise CalibrationError(
                f"{path}: there is no folder {path.parent}; create it, or name another file"
            )
        try:
            storage = library.storages.RDBStorage(
                "sqlite://", engine_kwargs={"creator": self._connect}
            )
            self.kept = library.create_study(storage=storage, study_name=NAME, load_if_exists=True)
        except Exception as error:  # three libraries raise different kinds of error
            reason = str(error).splitlines()[0]
            message = f"{path}: cannot be used as a study ({reason}); name a new file"
            raise CalibrationError(message) from error
        known = self.kept.user_attrs.get(ABOUT)
        if known is None:
            self.kept.set_user_attr(ABOUT, self.question())
            for values in (default_set(), *earlier_sets()):
                self.kept.enqueue_trial(values)
        else:
            self._check(known)
        done = len(self.kept.get_trials(deepcopy=False))
        self.samplers = itertools.cycle(self._samplers(done))

    def question(self) -> dict[str, Any]:
        """Return the question of the study, as dicts and lists for JSON."""
        return {
            "form": FORM,
            "replicates": self.replicates,
            "seed": self.seed,
            "free": {free.name: [free.low, free.high] for free in self.free},
            "terms": [term.name for term in TERMS],
        }

    @property
    def earlier(self) -> int:
        """Return with how many sets of an earlier calibration the search started."""
        known = self.kept.get_trials(deepcopy=False)
        return (
            sum(ENQUEUED in trial.system_attrs for trial in known) - 1
        )  # without the default values

    def ask(self) -> Any:
        """Return a new trial of Optuna, with a value for every free parameter."""
        self.kept.sampler = next(self.samplers)
        trial = self.kept.ask()
        for free in self.free:
            trial.suggest_float(free.name, free.low, free.high, log=free.by_factor)
        return trial

    def tell(self, trial: Any, terms: Terms | None) -> None:
        """Keep the terms of a trial of :meth:`ask`; None marks it as failed."""
        if terms is None:
            self.kept.tell(trial, state=optuna().trial.TrialState.FAIL)
            return
        trial.set_user_attr(TERMS_ATTR, terms)
        self.kept.tell(trial, loss(terms))

    def trials(self) -> list[Trial]:
        """Return the finished trials, best first."""
        state = optuna().trial.TrialState.COMPLETE
        finished = self.kept.get_trials(deepcopy=False, states=(state,))
        names = [free.name for free in self.free]
        trials = [
            Trial(t.number, {name: t.params[name] for name in names}, t.user_attrs[TERMS_ATTR])
            for t in finished
        ]
        return sorted(trials, key=lambda trial: (trial.loss, trial.number))

    def again(self, number: int, replicates: int, seed: int) -> Terms | None:
        """Return the terms of a trial on other replicates, None if they are not kept."""
        terms: Terms | None = self.kept.user_attrs.get(f"{AGAIN} {number} {replicates} {seed}")
        return terms

    def keep_again(self, number: int, replicates: int, seed: int, terms: Terms) -> None:
        """Keep the terms of a trial on other replicates."""
        self.kept.set_user_attr(f"{AGAIN} {number} {replicates} {seed}", terms)

    def mark_stale(self) -> None:
        """Mark trials as failed whose process has ended."""
        running = optuna().trial.TrialState.RUNNING
        for trial in self.kept.get_trials(deepcopy=False, states=(running,)):
            if trial.datetime_start is not None and datetime.now() - trial.datetime_start > STALE:
                self.kept.tell(trial.number, state=optuna().trial.TrialState.FAIL)

    def _connect(self) -> sqlite3.Connection:
        """Return a connection to the file, with a write-ahead log and without a sync per step.

        Nothing is lost if the process ends, and keeping a trial takes a tenth of the time.
        """
        connection = sqlite3.connect(self.path, timeout=PATIENCE, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    def _samplers(self, done: int) -> tuple[Any, Any]:
        """Return the two samplers that take turns; they continue after ``done`` trials.

        CMA-ES descends from the best known set, and quickly reaches sets that fit. TPE learns from
        all trials and also explores elsewhere, so that the sets that fit differ.
        """
        samplers = optuna().samplers
        begin = next(iter(earlier_sets()), default_set())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Optuna marks some options as experimental
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
        mine = self.question()
        for key, value in mine.items():
            if known.get(key) != value:
                differs = _difference(known.get(key), value)
                raise CalibrationError(
                    f"{self.path}: this study has other {key} ({differs}); name a new --study"
                )
        trials = self.trials()
        if trials:
            best = trials[0]
            now = loss(evaluate([best.values], self.replicates, self.seed))
            if not math.isclose(now, best.loss, rel_tol=1e-9):
                raise CalibrationError(
                    f"{self.path}: rules or figures have changed: trial {best.number} had loss "
                    f"{best.loss:.4f} and now has {now:.4f}; name a new --study"
                )


def _difference(was: Any, now: Any) -> str:
    """Return how two values of a question differ: names, or was and is."""
    if isinstance(was, dict) and isinstance(now, dict):
        names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
        return ", ".join(names)
    return f"{was}, not {now}"
