"""Which policies are robust over many sets of parameters: regret and domain criterion.

Each set of parameters is one possible explanation of the past, and it is unknown which is right.
Each policy runs with every set, on the same random draws as the baseline. The *regret* of a policy
in a set is its homicides minus those of the best policy with the same set, where the baseline also
counts as a policy (Savage 1951). The *domain criterion* is the share of sets in which a policy
lowers homicides by at least a given share (Starr 1963). Intervals are over sets. With a single set
they are over its replicates: they show chance, and no uncertainty of parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from plazas.analysis.experiment.compare import CompareError
from plazas.analysis.experiment.intervals import interval
from plazas.analysis.experiment.outcomes import Window, outcomes, window_of
from plazas.analysis.experiment.run import Progress, run
from plazas.model.errors import UserError
from plazas.model.scenario import Scenario
from plazas.scenarios import load_scenario, scenario_names

BATCH = 20  # replicates in memory at once
HIGH = 90.0  # percentile of regret that is shown with its mean and maximum
ENOUGH = 0.05  # share of the homicides of the baseline that a policy must save to satisfy
HOMICIDES, COST = "homicides_total", "cost"
SETS, REPLICATES = "sets", "replicates"

ParameterSets = Sequence[Mapping[str, float]]


class RobustError(UserError):
    """A ranking that is not possible as requested; the message says what to change."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Results of policies with many sets of parameters.

    Parameters
    ----------
    homicides, cost
        Homicides and cost (million USD) over the window, one row per set and one column per
        scenario, the baseline first: means over the replicates of the set. With a single set they
        have one row per replicate.
    window
        The weeks over which they are summed.
    replicates, seed
        How many replicates each scenario has, and the seed of their draws.
    over
        What a row is: ``SETS`` or ``REPLICATES``.
    """

    homicides: pd.DataFrame
    cost: pd.DataFrame
    window: Window
    replicates: int
    seed: int
    over: str = SETS

    @property
    def baseline(self) -> str:
        """Return the name of the baseline."""
        return str(self.homicides.columns[0])

    @property
    def policies(self) -> tuple[str, ...]:
        """Return the names of the policies."""
        return tuple(str(name) for name in self.homicides.columns[1:])

    @property
    def sets(self) -> int:
        """Return how many sets of parameters were used."""
        return len(self.homicides) if self.over == SETS else 1

    @property
    def effects(self) -> pd.DataFrame:
        """Return the effect of each policy on homicides, as a share of the baseline."""
        base = self.homicides[self.baseline]
        return (
            self.homicides[list(self.policies)].sub(base, axis=0).div(base.clip(lower=1.0), axis=0)
        )

    @property
    def regret(self) -> pd.DataFrame:
        """Return the regret of every scenario with every set, in homicides."""
        return self.homicides.sub(self.homicides.min(axis=1), axis=0)


def shipped_policies(baseline: Scenario) -> list[Scenario]:
    """Return the shipped scenarios that differ from a baseline in policies only.

    Scenarios that change parameters or events are counterfactuals of the model or of history, which
    a government cannot choose.
    """
    policies = []
    for name in scenario_names():
        other = load_scenario(name)
        same = (
            (other.start, other.stop) == (baseline.start, baseline.stop)
            and other.country.name == baseline.country.name
            and other.parameters == baseline.parameters
            and set(other.events) == set(baseline.events)
        )
        if same and set(other.policies) != set(baseline.policies):
            policies.append(other)
    return policies


def run_policies(
    scenarios: Sequence[Scenario],
    sets: ParameterSets,
    replicates: int,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    changes: Mapping[str, float] | None = None,
) -> Runs:
    """Run a baseline and policies with many sets of parameters.

    Only totals are kept, so that memory does not grow with the number of policies.

    Parameters
    ----------
    scenarios
        The baseline first, then policies.
    sets
        Parameter sets: replicate r uses ``sets[r % len(sets)]``.
    replicates, seed
        How many replicates each scenario has, and the seed of their draws.
    threads
        How many replicates run at once; one per core if None.
    progress
        Called from the threads with the number of weeks that have just been run.
    changes
        Parameters that override those of every scenario and set (a structural variant).

    Raises
    ------
    RobustError
        If there is no policy, or two scenarios have the same name.
    CompareError
        If scenarios cover different weeks.
    RunError, ReplicateError
        As :func:`plazas.analysis.experiment.run.run`.
    """
    _check(scenarios)
    window = window_of(tuple(scenarios), None, sets)
    over = SETS if len(sets) > 1 else REPLICATES
    homicides, cost = {}, {}
    for scenario in scenarios:
        varied = replace(scenario, changes={**scenario.changes, **(changes or {})})
        parts = []
        for first in range(0, replicates, BATCH):
            count = min(BATCH, replicates - first)
            ensemble = run(varied, count, seed, threads, progress, first, sets)
            parts.append(outcomes(ensemble, window, ())[0][[HOMICIDES, COST]])
        totals = pd.concat(parts)
        if over == SETS:
            totals = totals.groupby(totals.index % len(sets)).mean().rename_axis("set")
        homicides[scenario.name], cost[scenario.name] = totals[HOMICIDES], totals[COST]
    return Runs(pd.DataFrame(homicides), pd.DataFrame(cost), window, replicates, seed, over)


def _check(scenarios: Sequence[Scenario]) -> None:
    if len(scenarios) < 2:
        raise RobustError(
            "a ranking needs a baseline and one policy or more; got fewer than two scenarios"
        )
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise RobustError(f"scenario {name!r} is named twice; name each scenario once")
    first = scenarios[0]
    for other in scenarios[1:]:
        if (other.start, other.weeks) != (first.start, first.weeks):
            raise CompareError(
                f"{other.name} runs from {other.start} to {other.stop} but {first.name} from "
                f"{first.start} to {first.stop}; give them the same start and stop"
            )


def ranking(runs: Runs, enough: float = ENOUGH) -> pd.DataFrame:
    """Return the ranking of scenarios, the baseline included, by least maximal regret.

    Parameters
    ----------
    runs
        Results of the policies.
    enough
        Share of the homicides of the baseline that a policy must save to satisfy.

    Returns
    -------
    pandas.DataFrame
        One row per scenario. ``effect`` is the mean effect on homicides as a share of the baseline,
        with its 95 % interval over sets (``effect_low``, ``effect_high``). ``helps`` is the share
        of sets with fewer homicides, ``satisfies`` that with at least ``enough`` fewer.
        ``regret_mean``, ``regret_90`` and ``regret_max`` are in homicides over the window.
        ``rank_*`` is the rank by each criterion, ``cost`` the mean cost minus that of the baseline,
        in million USD.
    """
    regret, effects = runs.regret, runs.effects
    rows = {}
    for name in runs.homicides.columns:
        away = effects[name].to_numpy() if name in effects else np.zeros(len(regret))
        estimate = interval(away)
        rows[name] = {
            "effect": estimate.mean,
            "effect_low": estimate.low,
            "effect_high": estimate.high,
            "helps": float((away < 0.0).mean()),
            "satisfies": float((away <= -enough).mean()),
            "regret_mean": float(regret[name].mean()),
            "regret_90": float(np.percentile(regret[name], HIGH)),
            "regret_max": float(regret[name].max()),
            "cost": float((runs.cost[name] - runs.cost[runs.baseline]).mean()),
        }
    table = pd.DataFrame(rows).T.rename_axis("scenario")
    for name in ("regret_mean", "regret_90", "regret_max"):
        table[f"rank_{name}"] = table[name].rank(method="min").astype(int)
    for name in ("helps", "satisfies"):
        table[f"rank_{name}"] = table[name].rank(method="min", ascending=False).astype(int)
    return table.sort_values(["regret_max", "regret_90", "regret_mean"], kind="stable")


def weeks_needed(scenarios: Sequence[Scenario], replicates: int, variants: int = 1) -> int:
    """Return how many weeks a ranking runs in total, under ``variants`` variants of the rules."""
    return variants * replicates * sum(scenario.weeks for scenario in scenarios)
