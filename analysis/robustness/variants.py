"""Structural alternatives: does what is said of a policy hold when the rules are other ones?

Three rules of the model can be exchanged, each by a switch among the parameters: Lanchester's
square law instead of the linear law in war, a logistic contest for revenue instead of the ratio
form, and arrests that grow with the number of members instead of a fixed capacity. All
combinations, the model as it is among them, are the variants.
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

#: the switches, and what each is called in a variant's name
SWITCHES = {
    "square_law": "square law",
    "logistic_contest": "logistic contest",
    "per_capita_arrests": "per-capita arrests",
}
AS_IS = "as it is"
FEWER, MORE, UNCLEAR, NONE = "fewer", "more", "unclear", "none"


class VariantError(UserError):
    """A structural variant that this version of the model does not have."""


@dataclass(frozen=True)
class Variant:
    """A combination of exchanged rules: its name, and the parameters that make it."""

    name: str
    changes: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What policies do under each variant.

    ``table`` has a row for each policy and variant: ``effect`` on homicides as a share of the
    baseline's with its 95 % interval over sets, ``kind`` (fewer, more, unclear, none), ``helps``
    (share of sets with fewer) and ``homicides``, the baseline's a year over the window.
    """

    table: pd.DataFrame
    variants: tuple[Variant, ...]
    runs: Mapping[str, Runs]

    @property
    def policies(self) -> tuple[str, ...]:
        """Return the names of the policies."""
        return self.runs[self.variants[0].name].policies

    def row(self, policy: str, variant: str) -> pd.Series[Any]:
        """Return what the table says of a policy in a variant."""
        return pd.Series(self.table.loc[(policy, variant)])

    def kind(self, policy: str) -> str:
        """Return the verdict on a policy in the model as it is."""
        return str(self.row(policy, self.variants[0].name)["kind"])

    def differing(self, policy: str) -> tuple[str, ...]:
        """Return the variants in which the verdict on a policy is another one."""
        kind = self.kind(policy)
        names = (variant.name for variant in self.variants)
        return tuple(name for name in names if self.row(policy, name)["kind"] != kind)

    def holds(self, policy: str) -> int:
        """Return in how many variants, the model as it is among them, the verdict holds."""
        return len(self.variants) - len(self.differing(policy))


def variants() -> tuple[Variant, ...]:
    """Return every combination of the switches, the model as it is first.

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
    found = []
    for flags in itertools.product((0.0, 1.0), repeat=len(SWITCHES)):
        on = [word for word, flag in zip(SWITCHES.values(), flags, strict=True) if flag]
        changes = dict(zip(SWITCHES, flags, strict=True))
        found.append(Variant(" + ".join(on) or AS_IS, changes))
    return tuple(sorted(found, key=lambda variant: sum(variant.changes.values())))


def verdicts(
    scenarios: Sequence[Scenario],
    sets: ParameterSets,
    replicates: int,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Verdicts:
    """Run the baseline and policies under every variant, each over the same sets and draws.

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


def kind_of(found: Interval) -> str:
    """Return what an interval of effects says: fewer or more homicides, unclear, or none."""
    if found.low == found.high == 0.0:
        return NONE
    if found.has_zero:
        return UNCLEAR
    return FEWER if found.mean < 0.0 else MORE


def _table(runs: Mapping[str, Runs]) -> pd.DataFrame:
    rows = []
    for policy in next(iter(runs.values())).policies:
        for name, of_variant in runs.items():
            away = of_variant.effects[policy].to_numpy()
            found = interval(away)
            level = float(of_variant.homicides[of_variant.baseline].mean())
            rows.append(
                {
                    "policy": policy,
                    "variant": name,
                    "effect": found.mean,
                    "effect_low": found.low,
                    "effect_high": found.high,
                    "kind": kind_of(found),
                    "helps": float((away < 0.0).mean()),
                    "homicides": level / of_variant.window.years,
                }
            )
    return pd.DataFrame(rows).set_index(["policy", "variant"])
