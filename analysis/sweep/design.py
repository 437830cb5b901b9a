"""The points of a sweep: a grid, a Latin hypercube, a Sobol sequence, or Saltelli's scheme.

Saltelli's scheme (2002, 2010) gives the points for Sobol' sensitivity indices. SALib makes the
points and expects the results in the same order.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from plazas.analysis.sweep.form import GRID, HYPERCUBE, SALTELLI, SOBOL, Axis, Design, Sweep
from plazas.model.errors import MissingLibraryError

Points = NDArray[np.float64]


def points(sweep: Sweep) -> Points:
    """Return the points of a sweep.

    The same file gives the same points with the same versions of scipy and SALib. The folder of a
    sweep stores its points.

    Parameters
    ----------
    sweep : Sweep
        The sweep, as read from its file.

    Returns
    -------
    numpy.ndarray of float64, shape (points, parameters)
        One row per point and one column per varied parameter, in the unit of the parameter. A sweep
        that varies no parameter has one point without columns.

    Raises
    ------
    MissingLibraryError
        If the design is Saltelli's and SALib is not installed.
    """
    if sweep.design.method == GRID:
        rows = list(itertools.product(*(axis.values for axis in sweep.axes)))
        return np.array(rows, np.float64).reshape(len(rows), len(sweep.axes))
    unit = _UNIT[sweep.design.method](sweep.design, len(sweep.axes))
    columns = [_stretched(unit[:, j], axis) for j, axis in enumerate(sweep.axes)]
    return np.column_stack(columns)


def _stretched(unit: Points, axis: Axis) -> Points:
    """Return numbers in [0, 1] scaled to the range of an axis."""
    if axis.log:
        result = axis.low * (axis.high / axis.low) ** unit
    else:
        result = axis.low + (axis.high - axis.low) * unit
    return np.asarray(np.clip(result, axis.low, axis.high))


def _hypercube(design: Design, columns: int) -> Points:
    from scipy.stats import qmc

    generator = np.random.default_rng(design.seed)
    return np.asarray(qmc.LatinHypercube(columns, seed=generator).random(design.points))


def _sobol(design: Design, columns: int) -> Points:
    from scipy.stats import qmc

    generator = np.random.default_rng(design.seed)
    return np.asarray(qmc.Sobol(columns, seed=generator).random(design.points))


def _saltelli(design: Design, columns: int) -> Points:
    try:
        from SALib.sample import sobol
    except ImportError as error:
        raise MissingLibraryError(
            "the design 'saltelli' needs SALib, which is not installed; "
            "run: pip install 'plazas[analysis]'"
        ) from error
    names = [str(j) for j in range(columns)]
    problem = {"num_vars": columns, "names": names, "bounds": [[0.0, 1.0]] * columns}
    pairs = design.second_order
    result = sobol.sample(problem, design.points, calc_second_order=pairs, seed=design.seed)
    return np.asarray(result, np.float64)


_UNIT: dict[str, Callable[[Design, int], Points]] = {
    HYPERCUBE: _hypercube,
    SOBOL: _sobol,
    SALTELLI: _saltelli,
}
