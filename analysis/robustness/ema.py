"""Run the model from the EMA workbench: scenario discovery (PRIM) and robust search for policies.

:func:`model` returns an ``ema_workbench`` model. Its *uncertainties* are parameters over their
declared ranges. Its *levers* are those of a policy, and the year of its start. Its *constants* are
the replicates and the seed. Its *outcomes* are means over replicates, and differences from the
baseline with the same parameters and the same random draws::

    from ema_workbench import SequentialEvaluator
    from plazas.analysis.robustness import ema
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

``plazas.analysis.robustness.discovery`` finds where a policy fails (PRIM), as in
``examples/scenario_discovery.py``, and searches for policies that are robust over many worlds.

The workbench itself ignores an unknown name and runs the baseline instead, and it takes a second
policy of the same name for the first. Here an unknown parameter, lever or outcome is an error, and
every policy runs.

Names differ between versions 2.5 and 3.0 of the workbench; :func:`world` and :func:`policy` hide
the difference.
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
        warnings.simplefilter("ignore")  # the workbench warns of its optional parts
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
KEPT = 512  # baselines kept in memory: policies in the same world share one
ABOVE_ALL = 1_000  # the layer of the levers, which overrides every policy of a scenario
#: outcomes; the places led by each cartel (``led_cjng``) come after these
OUTCOMES = (
    "homicides",  # over the window, mean over replicates
    "homicides_change",  # the difference from the baseline, within pairs of replicates
    "homicides_change_share",  # the same as a share of the baseline in the same world
    "homicides_change_error",  # standard error of the change; missing for one replicate
    "homicides_last",  # in the last year
    "members",  # of cartels at the end
    "members_change",
    "cost",  # of the policy, million USD
    "led_factions",  # places led by factions at the end
    "led_local_groups",  # places led by local groups that became cartels, at the end
)
CHANCE_CONSTANTS = ("replicates", "seed")


class EmaError(UserError):
    """An unknown name or an impossible number; the message says what to change."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """The function of an experiment: from parameters and levers to outcomes. It can be pickled.

    Parameters
    ----------
    baseline
        The scenario without the policy.
    levers
        Names of the levers.
    first_year, last_year
        Years in which a policy may begin; outcomes are over the years from the first on.
    prices
        By lever, million USD per week for each unit of difference from its baseline level.
    cartels
        Keys of the cartels whose places led are an outcome.
    threads
        How many replicates run at once; one per core if None.
    """

    baseline: Scenario
    levers: tuple[str, ...]
    first_year: int
    last_year: int
    prices: Mapping[str, float]
    cartels: tuple[str, ...]
    threads: int | None = None

    def __call__(self, **given: float) -> dict[str, float]:
        """Run the baseline and the policy with the given values; return the outcomes by name."""
        replicates, seed = (int(given.pop(name)) for name in CHANCE_CONSTANTS)
        year = int(given.pop(START_YEAR, self.first_year))
        levels = {name: float(given.pop(name)) for name in self.levers if name in given}
        changes = {**self.baseline.changes, **{name: float(v) for name, v in given.items()}}
        base = replace(self.baseline, changes=changes)
        before = self._baseline(tuple(sorted(changes.items())), replicates, seed)
        if not levels:
            return self._compared(before, before)
        scenario = replace(base, policies=(*base.policies, *self.policies(levels, year)))
        return self._compared(self._outcomes(scenario, replicates, seed), before)

    def policies(self, levels: Mapping[str, float], year: int) -> tuple[Policy, ...]:
        """Return levels of levers as policies, from 1 January of a year to the end of the run.

        Raises
        ------
        EmaError
            If no policy may begin in the year.
        """
        if not self.first_year <= year <= self.last_year:
            raise EmaError(f"{START_YEAR} {year} is outside {self.first_year} to {self.last_year}")
        begins = max(date(year, 1, 1), self.baseline.start)
        policies = []
        for name, level in levels.items():
            away = abs(level - find_lever(name).baseline)
            cost = self.prices.get(name, 0.0) * away
            policy = Policy(name, level, begins, self.baseline.stop, cost=cost, layer=ABOVE_ALL)
            policies.append(policy)
        return tuple(policies)

    def _baseline(
        self, changes: tuple[tuple[str, float], ...], replicates: int, seed: int
    ) -> pd.DataFrame:
        return _kept(self, changes, replicates, seed)

    def _outcomes(self, scenario: Scenario, replicates: int, seed: int) -> pd.DataFrame:
        (ensemble,) = run_all([scenario], replicates, seed, self.threads)
        return outcomes(ensemble, self.window, self.cartels)[0]

    @functools.cached_property
    def window(self) -> Window:
        """Return the weeks over which outcomes are computed."""
        scenario = self.baseline
        begins = max(date(self.first_year, 1, 1), scenario.start)
        first = scenario.week_of(begins)
        year = max(scenario.start.year, self.first_year - 1)
        return Window(first, begins, scenario.stop, year, self.first_year == year, True)

    def _compared(self, values: pd.DataFrame, before: pd.DataFrame) -> dict[str, float]:
        change = values["homicides_total"] - before["homicides_total"]
        means = values.mean()
        compared = {
            "homicides": means["homicides_total"],
            "homicides_change": change.mean(),
            "homicides_change_share": change.mean() / max(1.0, before["homicides_total"].mean()),
            "homicides_change_error": change.std(ddof=1) / np.sqrt(len(change)),
            "homicides_last": means["homicides_last"],
            "members": means["members"],
            "members_change": (values["members"] - before["members"]).mean(),
            "cost": means["cost"] - before["cost"].mean(),
            "led_factions": means["led_factions"],
            "led_local_groups": means["led_local_groups"],
        }
        led = {f"led_{key}": means[f"led_{key}"] for key in self.cartels}
        return Outcomes({name: float(value) for name, value in (compared | led).items()})


class Outcomes(dict[str, float]):
    """Outcomes by name; an unknown name is an error, which the workbench would ignore."""

    def __missing__(self, name: str) -> float:
        """Raise EmaError with the nearest known name."""
        raise EmaError(unknown("outcome", name, tuple(self)))


@functools.lru_cache(maxsize=KEPT)
def _kept(
    experiment: Experiment, changes: tuple[tuple[str, float], ...], replicates: int, seed: int
) -> pd.DataFrame:
    scenario = replace(experiment.baseline, changes=dict(changes))
    return experiment._outcomes(scenario, replicates, seed)


class PlazasModel(Model):  # type: ignore[misc]
    """A workbench model that refuses unknown names."""

    def run_model(self, scenario: Any, policy: Any, *constants: Any) -> None:
        """Run one experiment; EmaError for an unknown uncertainty or lever."""
        _check_names("lever", policy, self.levers)
        # Version 3.0 adds the levers of an experiment to its world after the run.
        levers = {lever.name for lever in self.levers}
        scenario.data = {name: value for name, value in scenario.items() if name not in levers}
        _check_names("uncertainty", scenario, self.uncertainties)
        super().run_model(scenario, policy, *constants)

    def initialized(self, policy: Any) -> bool:
        """Return False, so that two policies of the same name both run."""
        return False


def _check_names(what: str, given: Any, declared: Any) -> None:
    known = tuple(item.name for item in declared)
    for name in given:
        if name not in known:
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
        The scenario without a policy.
    uncertainties, width
        Names of parameters, and the share of their declared ranges that is used (see
        :func:`plazas.analysis.sensitivity.inputs.input_of`).
    levers
        Names, or names and ranges; the default range is the declared one. A policy without a lever
        leaves that lever as in the baseline.
    start_year
        When a policy begins: a year, or the first and last of a lever ``start_year``. By default
        the baseline's first year.
    prices
        By lever, million USD per week for each unit of difference from its baseline level; the
        default is no cost.
    objectives
        Outcomes that a search minimises; the others are reported only.
    cartels
        Keys of the cartels whose places led are an outcome (``led_cjng``).
    replicates, seed, threads
        The random draws, which are the same for all experiments, and how many replicates run at
        once (give 1 if the workbench itself uses several processes).

    Raises
    ------
    EmaError, SensitivityError, LeverError, ScenarioError
        If a name is unknown (the message suggests the nearest one), or a number is out of range.
    """
    ranges = _ranges(levers)
    for name in prices or {}:
        if name not in ranges:
            raise EmaError(unknown("lever in prices", name, ranges))
    for key in cartels:
        cartel_row(baseline.country, key)
    if replicates < 1:
        raise EmaError(f"replicates must be 1 or more; got {replicates}")
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
    ranges = {}
    for name in levers:
        lever = find_lever(name)
        low, high = levers[name] if isinstance(levers, Mapping) else (lever.low, lever.high)
        if not lever.low <= low < high <= lever.high:
            raise EmaError(
                f"lever {name!r}: {low:g} to {high:g} is not a range inside {lever.low:g} to "
                f"{lever.high:g} {lever.unit}"
            )
        ranges[name] = (float(low), float(high))
    return ranges


def _years(baseline: Scenario, start_year: int | tuple[int, int] | None) -> tuple[int, int]:
    if start_year is None:
        start_year = baseline.start.year
    first, last = (start_year, start_year) if isinstance(start_year, int) else start_year
    opens = baseline.start.year
    ends = (baseline.start + timedelta(weeks=baseline.weeks - 1)).year
    if not opens <= first <= last <= ends:
        raise EmaError(f"{START_YEAR} {first} to {last} is outside the run, {opens} to {ends}")
    return first, last


def _uncertainty(name: str, width: float) -> Any:
    parameter = input_of(name, width)
    if parameter.scale == SWITCH:
        return IntegerParameter(name, int(parameter.low), int(parameter.high))
    if parameter.scale == "logarithmic":
        return RealParameter.from_dist(name, loguniform(parameter.low, parameter.high))
    return RealParameter(name, parameter.low, parameter.high)


def world(built: PlazasModel, name: str, **values: float) -> Any:
    """Return a world: given values of some uncertainties, and defaults of the others.

    Parameters
    ----------
    built
        The model.
    name
        Name of the world.
    values
        Values by name of the uncertainty.

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
    """Return worlds that are spread over the uncertainties (a Latin hypercube).

    Parameters
    ----------
    built
        The model.
    number
        How many worlds.
    seed
        Seed of the hypercube.
    """
    rng = np.random.default_rng(seed)
    drawn = {
        uncertainty.name: uncertainty.dist.ppf(
            (rng.permutation(number) + rng.random(number)) / number
        )
        for uncertainty in built.uncertainties
    }
    return [
        world(built, f"world {i}", **{name: float(values[i]) for name, values in drawn.items()})
        for i in range(number)
    ]


def policy(built: PlazasModel, name: str, **levels: float) -> Any:
    """Return a policy: given levels of some levers; the others stay as in the baseline.

    Parameters
    ----------
    built
        The model.
    name
        Name of the policy.
    levels
        Levels by name of the lever; ``start_year`` is one of them.

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
