"""Hand the results of a design to SALib, and take its indices back as one table.

Beside the outcomes of the baseline stand the effects of each policy: the difference from the
baseline within each replicate, at the same point. An outcome is a name, a policy's effect on it
``policy: name``; ``policy: homicides_share`` is the effect on homicides as a share of the
baseline's at that point, which does not grow with the level of violence.
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

RESAMPLES = 1000  # of the bootstrap
COVERAGE = 0.95
SHARE = "homicides_share"
#: the indices of each method that come with an interval
SHOWN = {"morris": ("mu_star",), "sobol": ("S1", "ST")}


def by_replicate(study: Study, runs: pd.DataFrame) -> pd.DataFrame:
    """Return every outcome and effect, a row a point and replicate (index) and a column each."""
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
    """Return the mean of each point's replicates, a row a point."""
    return values.groupby(level="point").mean()


def noise(values: pd.DataFrame) -> pd.Series[float]:
    """Return by outcome the share of the variance of points' results that is replicate noise.

    A point's result is the mean of its R replicates. Its noise is their variance over R, averaged
    over points; the share is of the variance of the results over all points. Missing for R = 1, and
    where an outcome never moves.
    """
    groups = values.groupby(level="point")
    replicates = int(groups.size().min())
    if replicates < 2:
        return pd.Series(np.nan, values.columns)
    within = groups.var(ddof=1).mean() / replicates
    total = groups.mean().var(ddof=1)
    return (within / total.where(total > 0.0)).clip(upper=1.0)


def indices(design: Design, points: pd.DataFrame) -> pd.DataFrame:
    """Return the indices of every outcome and input, chance among them.

    ``points`` has a row a point, from the first of the design on, in whole blocks. Indexed by
    outcome and input. Morris: ``mu`` (mean effect of the whole range), ``mu_star`` (mean of its
    size) with its interval, ``sigma`` (how much the effect depends on where it is measured), in the
    unit of the outcome. Sobol': ``S1`` and ``ST`` with their intervals. Intervals are 95 % of a
    bootstrap. ``above_chance``: the interval of the last lies wholly above what chance has.

    Raises
    ------
    SensitivityError
        If there are fewer than two blocks.
    """
    if len(points) < 2 * design.block or len(points) % design.block:
        raise SensitivityError(f"{len(points)} points are too few: intervals need two whole blocks")
    unit = design.unit[: len(points)]
    tables = {}
    for name in points:
        values = points[name].to_numpy(float)
        found = _missing(design) if np.ptp(values) == 0.0 else _analysed(design, unit, values)
        table = pd.DataFrame(found, pd.Index(design.names, name="input"))
        last = SHOWN[design.method][-1]
        table["above_chance"] = table[f"{last}_low"] > table.loc[CHANCE, last]
        tables[str(name)] = table
    return pd.concat(tables, names=["outcome"])


def _analysed(
    design: Design, unit: NDArray[np.float64], values: NDArray[np.float64]
) -> dict[str, Any]:
    """Return the columns of SALib's analysis of one outcome."""
    about = {"num_resamples": RESAMPLES, "conf_level": COVERAGE, "seed": design.seed + 1}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of few points; the intervals say it better
        if design.method == "morris":
            found = salib("analyze.morris").analyze(
                design.problem(), unit, values, num_levels=LEVELS, **about
            )
            columns = {name: np.asarray(found[name], float) for name in ("mu", "sigma")}
        else:
            found = salib("analyze.sobol").analyze(
                design.problem(), values, calc_second_order=False, **about
            )
            columns = {}
    for name in SHOWN[design.method]:
        middle, half = np.asarray(found[name], float), np.asarray(found[f"{name}_conf"], float)
        columns |= {name: middle, f"{name}_low": middle - half, f"{name}_high": middle + half}
    return columns


def _missing(design: Design) -> dict[str, Any]:
    """Return the columns of an outcome that never moves."""
    names = [] if design.method == "sobol" else ["mu", "sigma"]
    for name in SHOWN[design.method]:
        names += [name, f"{name}_low", f"{name}_high"]
    return dict.fromkeys(names, np.nan)


def point_table(study: Study, points: pd.DataFrame) -> pd.DataFrame:
    """Return the points with their parameters, first replicate and results, a row a point."""
    design = study.design
    rows = [
        design.changes(point) | {"first_replicate": design.first(point)} for point in points.index
    ]
    return pd.concat([pd.DataFrame(rows, points.index), points], axis=1)


def above_chance(table: pd.DataFrame, outcomes: list[str]) -> tuple[str, ...]:
    """Return the inputs that stand above chance in any of some outcomes, in their order."""
    rows = table.loc[outcomes]
    above = rows["above_chance"].groupby(level="input", sort=False).any()
    return tuple(str(name) for name in above.index[above] if name != CHANCE)


def of(table: pd.DataFrame, word: str) -> pd.DataFrame:
    """Return the rows of a table whose first index is ``word``, without it."""
    return pd.DataFrame(table.xs(word, level=0))
