"""Which policies hold over many sets of parameters: regret, domain criterion, share that helps.

A set of parameters is one way in which the past can be explained; nobody knows which is right. Each
policy runs under every set on the same draws as the baseline. In a set, the *regret* of a policy
is how many more homicides it has than the best of all the policies there, doing nothing included
(Savage 1951); the *domain criterion* is the share of sets in which it lowers homicides by at least
so much (Starr 1963). Intervals are over sets. Where there is a single set, its replicates take the
place of sets: they show chance, and nothing of the doubt about parameters.
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

BATCH = 20  # replicates held at once
HIGH = 90.0  # percentile of regret shown beside its mean and its most
ENOUGH = 0.05  # of the baseline's homicides: what a policy must save to satisfy
HOMICIDES, COST = "homicides_total", "cost"
SETS, REPLICATES = "sets", "replicates"

ParameterSets = Sequence[Mapping[str, float]]


class RobustError(UserError):
    """A ranking that cannot be made as asked; the message says what to change."""


@dataclass(frozen=True, eq=False)
class Runs:
    """What policies did under sets of parameters.

    ``homicides`` and ``cost`` (million USD) over the window have a row a set and a column a
    scenario, the baseline first: means over the replicates that took the set. With a single set
    they have a row a replicate instead; ``over`` says which.
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
        """Return what each policy does to homicides, as a share of the baseline's in that set."""
        base = self.homicides[self.baseline]
        return (
            self.homicides[list(self.policies)].sub(base, axis=0).div(base.clip(lower=1.0), axis=0)
        )

    @property
    def regret(self) -> pd.DataFrame:
        """Return the regret of every scenario in every set, in homicides."""
        return self.homicides.sub(self.homicides.min(axis=1), axis=0)


def shipped_policies(baseline: Scenario) -> list[Scenario]:
    """Return the shipped scenarios that differ from a baseline in policies and in nothing else.

    Those that change parameters or events are counterfactuals about the model or about history, not
    something that a government could choose.
    """
    from plazas.scenarios import load_scenario, scenario_names

    found = []
    for name in scenario_names():
        other = load_scenario(name)
        same = (
            (other.start, other.stop) == (baseline.start, baseline.stop)
            and other.country.name == baseline.country.name
            and other.parameters == baseline.parameters
            and set(other.events) == set(baseline.events)
        )
        if same and set(other.policies) != set(baseline.policies):
            found.append(other)
    return found


def run_policies(
    scenarios: Sequence[Scenario],
    sets: ParameterSets,
    replicates: int,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    changes: Mapping[str, float] | None = None,
) -> Runs:
    """Run the baseline and policies under sets of parameters; replicate r takes set r, over again.

    ``changes`` lie over every scenario and set: a structural variant. Only totals are kept, so
    that memory does not grow with the number of policies.

    Raises
    ------
    RobustError
        If there is no policy, or two scenarios have one name.
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
        found = pd.concat(parts)
        if over == SETS:
            found = found.groupby(found.index % len(sets)).mean().rename_axis("set")
        homicides[scenario.name], cost[scenario.name] = found[HOMICIDES], found[COST]
    return Runs(pd.DataFrame(homicides), pd.DataFrame(cost), window, replicates, seed, over)


def _check(scenarios: Sequence[Scenario]) -> None:
    if len(scenarios) < 2:
        raise RobustError("name a baseline and one policy or more to rank")
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise RobustError(f"{name!r} is named twice; name each scenario once")
    first = scenarios[0]
    for other in scenarios[1:]:
        if (other.start, other.weeks) != (first.start, first.weeks):
            raise CompareError(
                f"{other.name} runs from {other.start} to {other.stop} but {first.name} from "
                f"{first.start} to {first.stop}; give them the same start and stop"
            )


def ranking(runs: Runs, enough: float = ENOUGH) -> pd.DataFrame:
    """Return a row a scenario, least maximal regret first, the baseline among them.

    ``effect`` is the mean effect on homicides as a share of the baseline's, with its 95 % interval
    over sets (``effect_low``, ``effect_high``); ``helps`` the share of sets with fewer homicides;
    ``satisfies`` the share with at least ``enough`` fewer; ``regret_mean``, ``regret_90`` and
    ``regret_max`` are in homicides over the window; ``rank_*`` order the scenarios by each
    criterion; ``cost`` is the mean over the baseline's, in million USD.
    """
    regret, effects = runs.regret, runs.effects
    rows = {}
    for name in runs.homicides.columns:
        away = effects[name].to_numpy() if name in effects else np.zeros(len(regret))
        found = interval(away)
        rows[name] = {
            "effect": found.mean,
            "effect_low": found.low,
            "effect_high": found.high,
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


def work(scenarios: Sequence[Scenario], replicates: int, variants: int = 1) -> int:
    """Return how many weeks are to be run in all."""
    return variants * replicates * sum(scenario.weeks for scenario in scenarios)
