"""Where a policy fails, how far it falls behind, and which policies hold: over many worlds.

Experiments are a frame with a row each, as the EMA workbench gives it
(``plazas.analysis.robustness.ema``): inputs, and the columns ``scenario`` (the world) and
``policy``.
"""

from __future__ import annotations

import inspect
import random
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from ema_workbench import ScalarOutcome, SequentialEvaluator
from numpy.typing import NDArray

from plazas.analysis.robustness.ema import EmaError, Experiment, PlazasModel, Told
from plazas.model.errors import unknown

#: the outcome an aim reads, and how its values over the worlds become one number
Aim = tuple[str, Callable[[NDArray[np.float64]], float]]

PEEL = 0.1  # share of the experiments in the box that each step of PRIM peels off


def failure_box(
    experiments: pd.DataFrame,
    failed: NDArray[np.bool_],
    names: Sequence[str],
    least_density: float = 0.8,
    mass_min: float = 0.05,
) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Return where failures lie, as ranges of a few inputs found by PRIM, and how well they fit.

    The box is the first of the peeling trajectory in which at least ``least_density`` of the
    experiments failed, else the densest. The frame has a row for each input that the box restricts:
    ``low``, ``high``. The series has ``coverage`` (share of all failures that lie in the box),
    ``density`` (share of failures in the box), ``mass`` (share of experiments in it).

    Raises
    ------
    EmaError
        If a name is no column of ``experiments``, or if all or none have failed.
    """
    columns = tuple(str(name) for name in experiments.columns)
    for name in names:
        if name not in columns:
            raise EmaError(unknown("input", name, columns))
    if failed.all() or not failed.any():
        raise EmaError(
            f"{'all' if failed.all() else 'none'} failed: there is nothing to tell apart"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim
    x = experiments[list(names)].reset_index(drop=True)
    options: dict[str, Any] = {"peel_alpha": PEEL, "mass_min": mass_min}
    if "threshold" in inspect.signature(prim.Prim).parameters:  # until 3.0
        options["threshold"] = min(least_density, 0.99 * float(failed.mean()))
    box = prim.Prim(x, failed.astype(int), **options).find_box()
    steps = box.peeling_trajectory
    dense = np.flatnonzero(steps["density"] >= least_density)
    step = int(dense[0]) if len(dense) else int(np.argmax(steps["density"]))
    limits, whole = box.box_lims[step], box.box_lims[0]
    rows = {
        name: {"low": limits[name].iloc[0], "high": limits[name].iloc[1]}
        for name in names
        if not limits[name].equals(whole[name])
    }
    return (
        pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high"]),
        steps.loc[step, ["coverage", "density", "mass"]].astype(float),
    )


def regret(
    experiments: pd.DataFrame, outcomes: Mapping[str, NDArray[np.float64]], name: str
) -> pd.DataFrame:
    """Return each policy's regret in each world: how far its outcome is above the best policy's.

    A row a world and a column a policy, for experiments in which every policy met every world.
    """
    table = experiments[["scenario", "policy"]].assign(value=outcomes[name])
    wide = table.pivot(index="scenario", columns="policy", values="value")
    return wide.sub(wide.min(axis=1), axis=0)


@dataclass(frozen=True, eq=False)
class OverWorlds:
    """An experiment that runs a policy in every world and tells the aims; see robust_search."""

    experiment: Experiment
    worlds: tuple[Mapping[str, float], ...]
    aims: Mapping[str, Aim]

    def __call__(self, **given: float) -> Told:
        """Run the policy in every world; return the aims."""
        found = [self.experiment(**{**world, **given}) for world in self.worlds]
        return Told(
            {
                aim: float(function(np.array([each[name] for each in found])))
                for aim, (name, function) in self.aims.items()
            }
        )


def robust_search(
    built: PlazasModel,
    worlds: Sequence[Mapping[str, float]],
    aims: Mapping[str, Aim],
    grains: Sequence[float],
    evaluations: int,
    seed: int = 1,
    population: int = 20,
) -> pd.DataFrame:
    """Return policies that no other beats on every aim, each judged over all worlds.

    The workbench's search (epsilon-NSGA-II) over the model's levers. ``aims`` names each aim and
    says which outcome it reads and how its values over the worlds make one number that is to be
    small, such as ``{"worst": ("homicides_change_share", np.max), "cost": ("cost", np.mean)}``.
    ``grains`` are the differences in each aim that are worth telling apart. Every evaluation runs
    the policy in every world. A row a policy: its levers, then its aims. The same seed finds the
    same policies.

    The workbench's own ``robust_optimize`` is not used: in version 3.0.0 it gives every policy of a
    generation the score of all of them together.

    Raises
    ------
    EmaError
        If an aim reads no outcome, or if aims and grains are not as many.
    """
    known = tuple(each.name for each in built.outcomes)
    for name, _ in aims.values():
        if name not in known:
            raise EmaError(unknown("outcome", name, known))
    if len(aims) != len(grains):
        raise EmaError(f"{len(aims)} aims need as many grains, not {len(grains)}")
    judged = PlazasModel(
        "robust", function=OverWorlds(built.function, tuple(dict(w) for w in worlds), dict(aims))
    )
    judged.levers = list(built.levers)
    judged.constants = list(built.constants)
    judged.outcomes = [ScalarOutcome(aim, kind=ScalarOutcome.MINIMIZE) for aim in aims]
    options: dict[str, Any] = {"epsilons": list(grains), "population_size": population}
    state = random.getstate()  # what the search draws from
    random.seed(seed)
    try:
        with SequentialEvaluator(judged) as evaluator, tempfile.TemporaryDirectory() as folder:
            if "rng" in inspect.signature(evaluator.optimize).parameters:  # from 3.0
                options |= {"directory": folder, "filename": "archives.tar.gz", "rng": seed}
            found = evaluator.optimize(nfe=evaluations, searchover="levers", **options)
    finally:
        random.setstate(state)
    return pd.DataFrame(found[0] if isinstance(found, tuple) else found)
