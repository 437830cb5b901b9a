"""Compute sensitivity indices of outcomes and of effects of policies, with SALib.

An outcome of the baseline has its own name. The effect of a policy on it is called
``policy: name``: the difference from the baseline in the same replicate, at the same point.
``policy: homicides_share`` is the effect on homicides as a share of the baseline's homicides at
that point; unlike the difference, it does not grow with the level of violence.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plazas.analysis.sensitivity.design import LEVELS, Design, salib
from plazas.analysis.sensitivity.inputs import CHANCE, SensitivityError
from plazas.analysis.sensitivity.runs import Study

RESAMPLES = 1000  # bootstrap samples
COVERAGE = 0.95
SHARE = "homicides_share"
#: by method, the indices with an interval
SHOWN = {"morris": ("mu_star",), "sobol": ("S1", "ST")}


def by_replicate(study: Study, runs: pd.DataFrame) -> pd.DataFrame:
    """Return every outcome and effect by point and replicate.

    Parameters
    ----------
    study
        Names the scenarios.
    runs
        One row per point, scenario and replicate, as :meth:`Runs.whole_blocks` returns them.

    Returns
    -------
    pandas.DataFrame
        One row per point and replicate (the index), one column per outcome or effect.
    """
    table = runs.set_index(["scenario", "point", "replicate"])
    base = of(table, study.labels[0]).drop(columns="cost")
    columns = {str(name): base[name] for name in base.columns}
    for label in study.labels[1:]:
        policy = of(table, label)
        for name in base.columns:
            columns[f"{label}: {name}"] = policy[name] - base[name]
        total = base["homicides_total"]
        columns[f"{label}: {SHARE}"] = (policy["homicides_total"] - total) / total.clip(lower=1.0)
    return pd.DataFrame(columns).sort_index()


def results(values: pd.DataFrame) -> pd.DataFrame:
    """Return the mean over the replicates of each point, one row per point."""
    return values.groupby(level="point").mean()


def noise(values: pd.DataFrame) -> pd.Series[float]:
    """Return by outcome the share of the variance over points that is noise of replicates.

    The result of a point is the mean of its R replicates. The noise is the variance of replicates
    divided by R, averaged over points. It is missing for R = 1, and for a constant outcome.

    Parameters
    ----------
    values
        As :func:`by_replicate` returns them.
    """
    groups = values.groupby(level="point")
    replicates = int(groups.size().min())
    if replicates < 2:
        return pd.Series(np.nan, values.columns)
    within = groups.var(ddof=1).mean() / replicates
    total = groups.mean().var(ddof=1)
    return (within / total.where(total > 0.0)).clip(upper=1.0)


def indices(design: Design, points: pd.DataFrame) -> pd.DataFrame:
    """Return the indices of every outcome and input, including chance.

    Parameters
    ----------
    design
        The points.
    points
        One row per point, from the first point of the design, in whole blocks; one column per
        outcome.

    Returns
    -------
    pandas.DataFrame
        Indexed by outcome and input. Morris, in the unit of the outcome: ``mu`` (mean effect of the
        whole range), ``mu_star`` (mean size of the effect, with its interval) and ``sigma``
        (standard deviation of the effect over the points). Sobol': ``S1`` and ``ST`` with their
        intervals. Intervals are 95 % of a bootstrap. ``above_chance`` says whether the interval of
        ``mu_star`` or ``ST`` is above the index of chance.

    Raises
    ------
    SensitivityError
        If there are fewer than two blocks.
    """
    if len(points) < 2 * design.block or len(points) % design.block:
        raise SensitivityError(
            f"{len(points)} points are not enough: intervals need two whole blocks, "
            f"{2 * design.block} points"
        )
    unit = design.unit[: len(points)]
    tables = {}
    for name in points:
        values = points[name].to_numpy(float)
        columns = _missing(design) if np.ptp(values) == 0.0 else _analysed(design, unit, values)
        table = pd.DataFrame(columns, pd.Index(design.names, name="input"))
        last = SHOWN[design.method][-1]
        table["above_chance"] = table[f"{last}_low"] > table.loc[CHANCE, last]
        tables[str(name)] = table
    return pd.concat(tables, names=["outcome"])


def _analysed(
    design: Design, unit: NDArray[np.float64], values: NDArray[np.float64]
) -> dict[str, Any]:
    """Return the columns of the indices of one outcome."""
    options = {"num_resamples": RESAMPLES, "conf_level": COVERAGE, "seed": design.seed + 1}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SALib warns of few points; the intervals show it
        if design.method == "morris":
            result = salib("analyze.morris").analyze(
                design.problem(), unit, values, num_levels=LEVELS, **options
            )
            columns = {name: np.asarray(result[name], float) for name in ("mu", "sigma")}
        else:
            result = salib("analyze.sobol").analyze(
                design.problem(), values, calc_second_order=False, **options
            )
            columns = {}
    for name in SHOWN[design.method]:
        middle, half = np.asarray(result[name], float), np.asarray(result[f"{name}_conf"], float)
        columns |= {name: middle, f"{name}_low": middle - half, f"{name}_high": middle + half}
    return columns


def _missing(design: Design) -> dict[str, Any]:
    """Return the columns of the indices of a constant outcome."""
    names = [] if design.method == "sobol" else ["mu", "sigma"]
    for name in SHOWN[design.method]:
        names += [name, f"{name}_low", f"{name}_high"]
    return dict.fromkeys(names, np.nan)


def point_table(study: Study, points: pd.DataFrame) -> pd.DataFrame:
    """Return one row per point: its parameters, its first replicate and its results."""
    design = study.design
    rows = [
        design.changes(point) | {"first_replicate": design.first(point)} for point in points.index
    ]
    return pd.concat([pd.DataFrame(rows, points.index), points], axis=1)


def above_chance(table: pd.DataFrame, outcomes: list[str]) -> tuple[str, ...]:
    """Return the inputs that are above chance in at least one of some outcomes, in their order."""
    rows = table.loc[outcomes]
    above = rows["above_chance"].groupby(level="input", sort=False).any()
    return tuple(str(name) for name in above.index[above] if name != CHANCE)


def of(table: pd.DataFrame, word: str) -> pd.DataFrame:
    """Return the rows of a table whose first index is ``word``, without it."""
    return pd.DataFrame(table.xs(word, level=0))
