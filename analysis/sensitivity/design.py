"""The points at which the model is run: a Morris or a Sobol' design, drawn by SALib.

The random draws are one more input, called *chance*. A design consists of blocks (a trajectory of
Morris, a base sample of Sobol'). Within a block chance has two values, and each stands for its own
replicates. So the effect of chance is measured like that of any parameter, on the same scale. A
parameter whose effect is no larger than that of chance cannot be distinguished from it.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plazas.analysis.experiment.run import LIMIT
from plazas.analysis.sensitivity.inputs import CHANCE, Input, SensitivityError
from plazas.model.errors import MissingLibraryError, unknown

METHODS = ("morris", "sobol")
LEVELS = 4  # grid levels of a Morris design
INSTALL = "SALib is not installed; run: pip install 'plazas[analysis]'"


def salib(module: str) -> Any:
    """Return a module of SALib; MissingLibraryError says how to install it."""
    try:
        return importlib.import_module(f"SALib.{module}")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "SALib":
            raise
        raise MissingLibraryError(INSTALL) from error


@dataclass(frozen=True, eq=False)
class Design:
    """The points of an analysis.

    Parameters
    ----------
    method
        ``morris`` or ``sobol``.
    inputs
        The d parameters that are varied.
    unit
        Each input at each point as a share of its range, chance last, (n, d + 1).
    block
        How many points form a block; an analysis needs whole blocks.
    seed
        Seed of the random draws of the model.
    replicates
        How many replicates each point has.
    """

    method: str
    inputs: tuple[Input, ...]
    unit: NDArray[np.float64]
    block: int
    seed: int
    replicates: int

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def blocks(self) -> int:
        """Return the number of blocks."""
        return len(self.unit) // self.block

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the inputs, chance last."""
        return (*(parameter.name for parameter in self.inputs), CHANCE)

    def problem(self) -> dict[str, Any]:
        """Return the problem in the form of SALib, with every input on [0, 1]."""
        return problem(self.names)

    def changes(self, point: int) -> dict[str, float]:
        """Return the parameters of a point (its number)."""
        return {
            parameter.name: parameter.value(float(u))
            for parameter, u in zip(self.inputs, self.unit[point], strict=False)
        }

    def first(self, point: int) -> int:
        """Return the number of the first replicate of a point."""
        block = point // self.block
        other = self.unit[point, -1] != self.unit[block * self.block, -1]
        return self.replicates * (2 * block + int(other))


def problem(names: tuple[str, ...]) -> dict[str, Any]:
    """Return a problem in the form of SALib, with every input on [0, 1]."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def design(
    method: str, inputs: tuple[Input, ...], blocks: int, seed: int, replicates: int
) -> Design:
    """Return the design of an analysis.

    Parameters
    ----------
    method
        ``morris`` or ``sobol``.
    inputs
        The d parameters that are varied.
    blocks
        How many trajectories (Morris) or base samples (Sobol'). Morris has ``blocks * (d + 2)``
        points, Sobol' ``blocks * (d + 3)``.
    seed
        Seed of the design and of the random draws of the model.
    replicates
        How many replicates each point has.

    Raises
    ------
    SensitivityError
        If a number is out of range: intervals need two blocks, Sobol' a power of two.
    MissingLibraryError
        If SALib is not installed.
    """
    if method not in METHODS:
        raise SensitivityError(unknown("method", method, METHODS))
    if not inputs:
        raise SensitivityError("no parameter to vary: give --parameter, --status or --all")
    if blocks < 2:
        raise SensitivityError(
            f"trajectories or base samples must be 2 or more, for the intervals; got {blocks}"
        )
    if method == "sobol" and blocks & (blocks - 1):
        raise SensitivityError(
            f"base samples of Sobol' must be a power of two, such as 64; got {blocks}"
        )
    most = LIMIT // (2 * blocks)
    if not 1 <= replicates <= most:
        raise SensitivityError(
            f"replicates per point must be between 1 and {most}; got {replicates}"
        )
    salib_problem = problem((*(parameter.name for parameter in inputs), CHANCE))
    if method == "morris":
        unit = salib("sample.morris").sample(
            salib_problem, blocks, num_levels=LEVELS, seed=seed + 1
        )
    else:
        unit = salib("sample.sobol").sample(
            salib_problem, blocks, calc_second_order=False, seed=seed + 1
        )
    return Design(method, inputs, np.asarray(unit), len(unit) // blocks, seed, replicates)
