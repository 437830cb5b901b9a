"""Scenario discovery over many worlds: where a policy fails, its regret, and robust search.

A *world* is one choice of the uncertain parameters. Experiments are a frame of the EMA workbench
(see ``plazas.analysis.robustness.ema``) with one row per experiment: its inputs, and the columns
``scenario`` (the world) and ``policy``.
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

from plazas.analysis.robustness.ema import EmaError, Experiment, Outcomes, PlazasModel
from plazas.model.errors import unknown

#: the outcome of an aim, and the function that reduces its values over the worlds to one number
Aim = tuple[str, Callable[[NDArray[np.float64]], float]]

PEEL = 0.1  # share of the experiments in the box that one step of PRIM removes


def failure_box(
    experiments: pd.DataFrame,
    failed: NDArray[np.bool_],
    names: Sequence[str],
    least_density: float = 0.8,
    mass_min: float = 0.05,
) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Return the ranges of inputs in which most failures occur (a box of PRIM), and its quality.

    Parameters
    ----------
    experiments
        One row per experiment, N rows.
    failed
        Which experiments failed, (N,).
    names
        Inputs that the box may restrict.
    least_density
        The box is the first of the peeling trajectory with this density, else the densest.
    mass_min
        Least share of the experiments in a box.

    Returns
    -------
    box : pandas.DataFrame
        One row per restricted input, with ``low`` and ``high``.
    quality : pandas.Series
        ``coverage`` (share of all failures in the box), ``density`` (share of failures among the
        experiments in the box), ``mass`` (share of the experiments in the box).

    Raises
    ------
    EmaError
        If a name is not a column of ``experiments``, or if all or no experiments failed.
    """
    columns = tuple(str(name) for name in experiments.columns)
    for name in names:
        if name not in columns:
            raise EmaError(unknown("input", name, columns))
    if failed.all() or not failed.any():
        raise EmaError(
            f"{'all' if failed.all() else 'no'} experiments failed; PRIM needs both kinds"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim
    x = experiments[list(names)].reset_index(drop=True)
    options: dict[str, Any] = {"peel_alpha": PEEL, "mass_min": mass_min}
    if "threshold" in inspect.signature(prim.Prim).parameters:  # before 3.0
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
    """Return the regret of each policy in each world: its outcome minus that of the best policy.

    Parameters
    ----------
    experiments
        One row per experiment; every policy must run in every world.
    outcomes
        Values by name of the outcome, one per experiment.
    name
        The outcome, of which less is better.

    Returns
    -------
    pandas.DataFrame
        One row per world, one column per policy.
    """
    table = experiments[["scenario", "policy"]].assign(value=outcomes[name])
    wide = table.pivot(index="scenario", columns="policy", values="value")
    return wide.sub(wide.min(axis=1), axis=0)


@dataclass(frozen=True, eq=False)
class OverWorlds:
    """An experiment that runs a policy in every world and returns the aims; see robust_search."""

    experiment: Experiment
    worlds: tuple[Mapping[str, float], ...]
    aims: Mapping[str, Aim]

    def __call__(self, **given: float) -> Outcomes:
        """Run a policy in every world; return the aims by name."""
        results = [self.experiment(**{**world, **given}) for world in self.worlds]
        return Outcomes(
            {
                aim: float(function(np.array([outcome[name] for outcome in results])))
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
    """Search policies that no other policy beats on every aim, over all worlds.

    The search is that of the workbench (epsilon-NSGA-II), over the levers of the model. The same
    seed gives the same policies. The function ``robust_optimize`` of the workbench is not used: in
    version 3.0.0 it gives all policies of a generation the same score.

    Parameters
    ----------
    built
        The model.
    worlds
        Values of uncertain parameters; every evaluation runs a policy in all of them.
    aims
        By name, the outcome and the function that reduces its values over the worlds to one number,
        which is minimised: ``{"worst": ("homicides_change_share", np.max)}``.
    grains
        For each aim, the smallest difference that matters.
    evaluations
        How many policies to evaluate.
    seed
        Seed of the search.
    population
        How many policies a generation has.

    Returns
    -------
    pandas.DataFrame
        One row per policy: its levers, then its aims.

    Raises
    ------
    EmaError
        If an aim has an unknown outcome, or if there are not as many grains as aims.
    """
    known = tuple(outcome.name for outcome in built.outcomes)
    for name, _ in aims.values():
        if name not in known:
            raise EmaError(unknown("outcome", name, known))
    if len(aims) != len(grains):
        raise EmaError(f"aims and grains must be equally many; got {len(aims)} and {len(grains)}")
    judged = PlazasModel(
        "robust", function=OverWorlds(built.function, tuple(dict(w) for w in worlds), dict(aims))
    )
    judged.levers = list(built.levers)
    judged.constants = list(built.constants)
    judged.outcomes = [ScalarOutcome(aim, kind=ScalarOutcome.MINIMIZE) for aim in aims]
    options: dict[str, Any] = {"epsilons": list(grains), "population_size": population}
    state = random.getstate()  # the generator that the search uses
    random.seed(seed)
    try:
        with SequentialEvaluator(judged) as evaluator, tempfile.TemporaryDirectory() as folder:
            if "rng" in inspect.signature(evaluator.optimize).parameters:  # from 3.0
                options |= {"directory": folder, "filename": "archives.tar.gz", "rng": seed}
            result = evaluator.optimize(nfe=evaluations, searchover="levers", **options)
    finally:
        random.setstate(state)
    return pd.DataFrame(result[0] if isinstance(result, tuple) else result)
