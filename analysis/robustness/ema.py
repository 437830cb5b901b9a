"""Let the EMA workbench drive the model: scenario discovery (PRIM) and robust search for policies.

:func:`model` gives an ``ema_workbench`` model. Its *uncertainties* are parameters over their
declared ranges, its *levers* those of a policy and the year in which it begins, its *constants* the
draws, and its *outcomes* are means over replicates, with the difference from the baseline at the
same parameters and the same draws::

    from ema_workbench import SequentialEvaluator
    from plazas.analysis import ema
    from plazas.scenarios import load_scenario

    plazas = ema.model(
        load_scenario("historical"),
        uncertainties=["recruitment", "prevention_elasticity", "lethality"],
        levers={"prevention": (0.0, 60.0), "arrests": (0.5, 3.0)},
        start_year=(2014, 2020),
        prices={"prevention": 0.15, "arrests": 5.0},
        objectives=("homicides_change_share", "cost"),
    )
    with SequentialEvaluator(plazas) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(
            scenarios=ema.worlds(plazas, 200), policies=4
        )

``plazas.analysis.robustness.discovery`` finds where a policy fails (PRIM) and searches for
policies that hold over many worlds; ``examples/scenario_discovery.py`` does the first.

The workbench itself drops a name that it does not know and runs the baseline instead, and takes a
second policy of the same name for the first; here an unknown name of a parameter, lever or outcome
is an error, and every policy is run.

Versions 2.5 and 3.0 of the workbench differ in names; :func:`world` and :func:`policy` hide that.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import loguniform

from plazas.analysis.experiment.outcomes import Window, outcomes
from plazas.analysis.experiment.run import run_all
from plazas.analysis.sensitivity.inputs import SWITCH, input_of
from plazas.model.errors import MissingLibraryError, UserError, unknown
from plazas.model.levers import Policy, find_lever
from plazas.model.parameters import parameters
from plazas.model.scenario import Scenario, cartel_row

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of optional parts of the workbench
        import ema_workbench
        from ema_workbench import (
            Constant,
            IntegerParameter,
            Model,
            RealParameter,
            ScalarOutcome,
        )
except ImportError as missing:
    raise MissingLibraryError(
        "ema_workbench is not installed; run: pip install 'plazas[analysis]'"
    ) from missing

START_YEAR = "start_year"
KEPT = 512  # baselines kept, so that policies in the same world share theirs
ABOVE_ALL = 1_000  # the layer of the levers: over every policy of a scenario
#: outcomes beside the places led by each cartel (``led_cjng``)
OUTCOMES = (
    "homicides",  # over the window, mean over replicates
    "homicides_change",  # the same less the baseline's, within pairs of replicates
    "homicides_change_share",  # of the baseline's in the same world
    "homicides_change_error",  # standard error of the change; missing for one replicate
    "homicides_last",  # in the last year
    "members",  # of cartels at the end
    "members_change",
    "cost",  # of the policy, million USD
    "led_factions",  # places led by factions at the end
    "led_local_groups",  # places led by local groups that rose
)
CHANCE_CONSTANTS = ("replicates", "seed")


class EmaError(UserError):
    """A name or a number that the model does not know; the message says what to change."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """One experiment: parameters and levers in, outcomes out. Fit to be sent to other processes.

    ``prices`` are in million USD a week for each unit by which a lever leaves its baseline level.
    The window of comparison begins with the first year in which a policy may begin.
    """

    baseline: Scenario
    levers: tuple[str, ...]
    first_year: int
    last_year: int
    prices: Mapping[str, float]
    cartels: tuple[str, ...]
    threads: int | None = None

    def __call__(self, **given: float) -> dict[str, float]:
        """Run the baseline and the policy with some parameters; return the outcomes."""
        replicates, seed = (int(given.pop(name)) for name in CHANCE_CONSTANTS)
        year = int(given.pop(START_YEAR, self.first_year))
        levels = {name: float(given.pop(name)) for name in self.levers if name in given}
        changes = {**self.baseline.changes, **{name: float(v) for name, v in given.items()}}
        base = replace(self.baseline, changes=changes)
        before = self._baseline(tuple(sorted(changes.items())), replicates, seed)
        if not levels:
            return self._told(before, before)
        scenario = replace(base, policies=(*base.policies, *self.policies(levels, year)))
        return self._told(self._outcomes(scenario, replicates, seed), before)

    def policies(self, levels: Mapping[str, float], year: int) -> tuple[Policy, ...]:
        """Return the levers' levels as policies from 1 January of a year to the end of the run."""
        if not self.first_year <= year <= self.last_year:
            raise EmaError(f"{START_YEAR} {year} is outside {self.first_year} to {self.last_year}")
        begins = max(date(year, 1, 1), self.baseline.start)
        found = []
        for name, level in levels.items():
            away = abs(level - find_lever(name).baseline)
            cost = self.prices.get(name, 0.0) * away
            policy = Policy(name, level, begins, self.baseline.stop, cost=cost, layer=ABOVE_ALL)
            found.append(policy)
        return tuple(found)

    def _baseline(
        self, changes: tuple[tuple[str, float], ...], replicates: int, seed: int
    ) -> pd.DataFrame:
        return _kept(self, changes, replicates, seed)

    def _outcomes(self, scenario: Scenario, replicates: int, seed: int) -> pd.DataFrame:
        (ensemble,) = run_all([scenario], replicates, seed, self.threads)
        return outcomes(ensemble, self.window, self.cartels)[0]

    @functools.cached_property
    def window(self) -> Window:
        """Return the weeks that are compared."""
        scenario = self.baseline
        begins = max(date(self.first_year, 1, 1), scenario.start)
        first = scenario.week_of(begins)
        year = max(scenario.start.year, self.first_year - 1)
        return Window(first, begins, scenario.stop, year, self.first_year == year, True)

    def _told(self, found: pd.DataFrame, before: pd.DataFrame) -> dict[str, float]:
        change = found["homicides_total"] - before["homicides_total"]
        means = found.mean()
        told = {
            "homicides": means["homicides_total"],
            "homicides_change": change.mean(),
            "homicides_change_share": change.mean() / max(1.0, before["homicides_total"].mean()),
            "homicides_change_error": change.std(ddof=1) / np.sqrt(len(change)),
            "homicides_last": means["homicides_last"],
            "members": means["members"],
            "members_change": (found["members"] - before["members"]).mean(),
            "cost": means["cost"] - before["cost"].mean(),
            "led_factions": means["led_factions"],
            "led_local_groups": means["led_local_groups"],
        }
        led = {f"led_{key}": means[f"led_{key}"] for key in self.cartels}
        return Told({name: float(value) for name, value in (told | led).items()})


class Told(dict[str, float]):
    """Outcomes by name; one that is not there is an error, where the workbench would go on."""

    def __missing__(self, name: str) -> float:
        """Raise EmaError with the nearest right word."""
        raise EmaError(unknown("outcome", name, tuple(self)))


@functools.lru_cache(maxsize=KEPT)
def _kept(
    experiment: Experiment, changes: tuple[tuple[str, float], ...], replicates: int, seed: int
) -> pd.DataFrame:
    scenario = replace(experiment.baseline, changes=dict(changes))
    return experiment._outcomes(scenario, replicates, seed)


class PlazasModel(Model):  # type: ignore[misc]
    """A workbench model that takes no name it does not know."""

    def run_model(self, scenario: Any, policy: Any, *constants: Any) -> None:
        """Run one experiment; EmaError for an unknown uncertainty or lever."""
        _check_names("lever", policy, self.levers)
        # Version 3.0 writes the levers of an experiment into its world once it has been run.
        levers = {lever.name for lever in self.levers}
        scenario.data = {name: value for name, value in scenario.items() if name not in levers}
        _check_names("uncertainty", scenario, self.uncertainties)
        super().run_model(scenario, policy, *constants)

    def initialized(self, policy: Any) -> bool:
        """Return False: two policies of the same name are still two policies."""
        return False


def _check_names(what: str, given: Any, declared: Any) -> None:
    known = tuple(each.name for each in declared)
    for name in given:
        if name not in known:
            if not known:
                raise EmaError(f"unknown {what} {name!r}; the model has none")
            raise EmaError(unknown(what, name, known))


def model(
    baseline: Scenario,
    uncertainties: Sequence[str] = (),
    levers: Mapping[str, tuple[float, float]] | Sequence[str] = (),
    start_year: int | tuple[int, int] | None = None,
    prices: Mapping[str, float] | None = None,
    objectives: Sequence[str] = ("homicides", "cost"),
    cartels: Sequence[str] = (),
    width: float = 1.0,
    replicates: int = 4,
    seed: int = 1,
    threads: int | None = None,
) -> PlazasModel:
    """Return the model for the EMA workbench.

    Parameters
    ----------
    baseline
        The scenario that goes on where no lever is moved.
    uncertainties, width
        Names of parameters, each over its declared range narrowed to ``width`` (as
        :func:`plazas.analysis.sensitivity.inputs.input_of`).
    levers
        Names, or names and ranges; by default a lever goes over its declared range. A policy that
        leaves a lever out leaves it as the baseline has it.
    start_year
        When a policy begins: a year, or the first and last of a lever ``start_year``. By default
        the baseline's first year.
    prices
        Million USD a week for each unit by which a lever leaves its baseline level. Where none is
        given a lever costs nothing.
    objectives
        Outcomes that a search makes small; the others are told.
    cartels
        Keys of cartels whose places led are an outcome (``led_cjng``).
    replicates, seed, threads
        The draws of every experiment, the same for all; replicates run ``threads`` at once (give 1
        where the workbench itself runs processes).

    Raises
    ------
    EmaError, SensitivityError, LeverError, ScenarioError
        Naming the nearest right word, or the range that was left.
    """
    ranges = _ranges(levers)
    for name in prices or {}:
        if name not in ranges:
            raise EmaError(unknown("lever in prices", name, ranges or ("none",)))
    for key in cartels:
        cartel_row(baseline.country, key)
    if replicates < 1:
        raise EmaError(f"replicates must be 1 or more, not {replicates}")
    first, last = _years(baseline, start_year)
    known = (*OUTCOMES, *(f"led_{key}" for key in cartels))
    for name in objectives:
        if name not in known:
            raise EmaError(unknown("outcome", name, known))
    experiment = Experiment(
        baseline, tuple(ranges), first, last, dict(prices or {}), tuple(cartels), threads
    )
    built = PlazasModel("plazas", function=experiment)
    built.uncertainties = [_uncertainty(name, width) for name in uncertainties]
    years = [IntegerParameter(START_YEAR, first, last)] if first < last else []
    built.levers = [*(RealParameter(name, *ends) for name, ends in ranges.items()), *years]
    built.constants = [Constant("replicates", replicates), Constant("seed", seed)]
    aims = {True: ScalarOutcome.MINIMIZE, False: ScalarOutcome.INFO}
    built.outcomes = [ScalarOutcome(name, kind=aims[name in objectives]) for name in known]
    return built


def _ranges(
    levers: Mapping[str, tuple[float, float]] | Sequence[str],
) -> dict[str, tuple[float, float]]:
    """Return the range of each lever, checked against its declared one."""
    found = {}
    for name in levers:
        about = find_lever(name)
        low, high = levers[name] if isinstance(levers, Mapping) else (about.low, about.high)
        if not about.low <= low < high <= about.high:
            raise EmaError(
                f"lever {name}: {low:g} to {high:g} is no range within {about.low:g} to "
                f"{about.high:g} {about.unit}"
            )
        found[name] = (float(low), float(high))
    return found


def _years(baseline: Scenario, start_year: int | tuple[int, int] | None) -> tuple[int, int]:
    if start_year is None:
        start_year = baseline.start.year
    first, last = (start_year, start_year) if isinstance(start_year, int) else start_year
    opens = baseline.start.year
    ends = (baseline.start + timedelta(weeks=baseline.weeks - 1)).year
    if not opens <= first <= last <= ends:
        raise EmaError(f"{START_YEAR} {first} to {last} is not within the run, {opens} to {ends}")
    return first, last


def _uncertainty(name: str, width: float) -> Any:
    each = input_of(name, width)
    if each.scale == SWITCH:
        return IntegerParameter(name, int(each.low), int(each.high))
    if each.scale == "logarithmic":
        return RealParameter.from_dist(name, loguniform(each.low, each.high))
    return RealParameter(name, each.low, each.high)


def world(built: PlazasModel, name: str, **values: float) -> Any:
    """Return a world of one's own: some uncertainties set, the others at their defaults.

    Raises
    ------
    EmaError, ParameterError
        For an unknown uncertainty, or a value outside its declared range.
    """
    _check_names("uncertainty", values, built.uncertainties)
    parameters(values)
    kind = getattr(ema_workbench, "Scenario", None) or ema_workbench.Sample
    return kind(name, **values)


def worlds(built: PlazasModel, number: int, seed: int = 1) -> list[Any]:
    """Return so many worlds over the uncertainties: a Latin hypercube, the same for a seed."""
    rng = np.random.default_rng(seed)
    drawn = {
        each.name: each.dist.ppf((rng.permutation(number) + rng.random(number)) / number)
        for each in built.uncertainties
    }
    return [
        world(built, f"world {i}", **{name: float(values[i]) for name, values in drawn.items()})
        for i in range(number)
    ]


def policy(built: PlazasModel, name: str, **levels: float) -> Any:
    """Return a policy of one's own: some levers set (``start_year`` too), the others untouched.

    Raises
    ------
    EmaError, LeverError
        For an unknown lever, or a level outside its declared range.
    """
    _check_names("lever", levels, built.levers)
    year = int(levels.get(START_YEAR, built.function.first_year))
    built.function.policies({k: v for k, v in levels.items() if k != START_YEAR}, year)
    kind = getattr(ema_workbench, "Policy", None) or ema_workbench.Sample
    return kind(name, **levels)


__all__ = [
    "OUTCOMES",
    "EmaError",
    "Experiment",
    "PlazasModel",
    "model",
    "policy",
    "world",
    "worlds",
]
