"""Structural variants: does the verdict on a policy hold if rules of the model are exchanged?

Three rules have an alternative, and each is chosen by a switch among the parameters: Lanchester's
square law instead of the linear law in war, a logistic contest for revenue instead of the ratio
form, and arrests that grow with the number of members instead of a fixed capacity. The variants are
all combinations of the switches, including the standard rules.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from plazas.analysis.experiment.intervals import Interval, interval
from plazas.analysis.experiment.run import Progress
from plazas.analysis.robustness.regret import ParameterSets, Runs, run_policies
from plazas.model.errors import UserError
from plazas.model.parameters import defaults
from plazas.model.scenario import Scenario

#: the switches, and the text of each in the name of a variant
SWITCHES = {
    "square_law": "square law",
    "logistic_contest": "logistic contest",
    "per_capita_arrests": "per-capita arrests",
}
STANDARD = "standard rules"
FEWER, MORE, UNCLEAR, NONE = "fewer", "more", "unclear", "none"


class VariantError(UserError):
    """A structural variant that this version of the model lacks."""


@dataclass(frozen=True)
class Variant:
    """A combination of exchanged rules: its name, and the parameters that choose it."""

    name: str
    changes: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Verdicts:
    """Effects of policies under each variant.

    Parameters
    ----------
    table
        One row per policy and variant: ``effect`` on homicides as a share of the baseline, with its
        95 % interval over sets (``effect_low``, ``effect_high``), ``kind`` (fewer, more, unclear,
        none), ``helps`` (share of sets with fewer homicides) and ``homicides`` (per year, of the
        baseline).
    variants
        The variants, the standard rules first.
    runs
        Results by name of the variant.
    """

    table: pd.DataFrame
    variants: tuple[Variant, ...]
    runs: Mapping[str, Runs]

    @property
    def policies(self) -> tuple[str, ...]:
        """Return the names of the policies."""
        return self.runs[self.variants[0].name].policies

    def row(self, policy: str, variant: str) -> pd.Series[Any]:
        """Return the row of the table for a policy and a variant."""
        return pd.Series(self.table.loc[(policy, variant)])

    def kind(self, policy: str) -> str:
        """Return the verdict on a policy with the standard rules."""
        return str(self.row(policy, self.variants[0].name)["kind"])

    def differing(self, policy: str) -> tuple[str, ...]:
        """Return the names of the variants with another verdict on a policy."""
        kind = self.kind(policy)
        names = (variant.name for variant in self.variants)
        return tuple(name for name in names if self.row(policy, name)["kind"] != kind)

    def holds(self, policy: str) -> int:
        """Return in how many variants the verdict holds, the standard rules included."""
        return len(self.variants) - len(self.differing(policy))


def variants() -> tuple[Variant, ...]:
    """Return every combination of the switches, the standard rules first.

    Raises
    ------
    VariantError
        If the model lacks one of the switches.
    """
    known = defaults()
    for name in SWITCHES:
        if name not in known:
            raise VariantError(
                f"this version of the model has no switch {name!r} among its parameters, so "
                "it has no structural variants"
            )
    combinations = []
    for flags in itertools.product((0.0, 1.0), repeat=len(SWITCHES)):
        on = [word for word, flag in zip(SWITCHES.values(), flags, strict=True) if flag]
        changes = dict(zip(SWITCHES, flags, strict=True))
        combinations.append(Variant(" + ".join(on) or STANDARD, changes))
    return tuple(sorted(combinations, key=lambda variant: sum(variant.changes.values())))


def verdicts(
    scenarios: Sequence[Scenario],
    sets: ParameterSets,
    replicates: int,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Verdicts:
    """Run a baseline and policies under every variant, with the same sets and random draws.

    Parameters
    ----------
    scenarios, sets, replicates, seed, threads, progress
        See :func:`plazas.analysis.robustness.regret.run_policies`.

    Raises
    ------
    VariantError
        If the model lacks a switch.
    RobustError, CompareError, RunError, ReplicateError
        As :func:`plazas.analysis.robustness.regret.run_policies`.
    """
    chosen = variants()
    runs = {
        variant.name: run_policies(
            scenarios, sets, replicates, seed, threads, progress, variant.changes
        )
        for variant in chosen
    }
    return Verdicts(_table(runs), chosen, runs)


def kind_of(estimate: Interval) -> str:
    """Return the verdict of an interval of effects: fewer or more homicides, unclear, or none."""
    if estimate.low == estimate.high == 0.0:
        return NONE
    if estimate.has_zero:
        return UNCLEAR
    return FEWER if estimate.mean < 0.0 else MORE


def _table(runs: Mapping[str, Runs]) -> pd.DataFrame:
    rows = []
    for policy in next(iter(runs.values())).policies:
        for name, of_variant in runs.items():
            away = of_variant.effects[policy].to_numpy()
            estimate = interval(away)
            level = float(of_variant.homicides[of_variant.baseline].mean())
            rows.append(
                {
                    "policy": policy,
                    "variant": name,
                    "effect": estimate.mean,
                    "effect_low": estimate.low,
                    "effect_high": estimate.high,
                    "kind": kind_of(estimate),
                    "helps": float((away < 0.0).mean()),
                    "homicides": level / of_variant.window.years,
                }
            )
    return pd.DataFrame(rows).set_index(["policy", "variant"])
