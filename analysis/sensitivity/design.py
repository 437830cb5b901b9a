"""Where the model is run: the points of a Morris or a Sobol' design, drawn by SALib.

The draws themselves are one input more, called *chance*. A design comes in blocks (a trajectory of
Morris, a base sample of Sobol'), and within a block chance takes two values: each stands for
replicates of its own. So the effect of chance is measured as that of any parameter, on the same
scale, and a parameter that does no more than chance cannot be told from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plazas.analysis.experiment.run import LIMIT
from plazas.analysis.sensitivity.inputs import CHANCE, Input, SensitivityError
from plazas.model.errors import MissingLibraryError

METHODS = ("morris", "sobol")
LEVELS = 4  # grid levels of Morris
INSTALL = "SALib is not installed; run: pip install 'plazas[analysis]'"


def salib(module: str) -> Any:
    """Return a module of SALib; MissingLibraryError says how to install it."""
    import importlib

    try:
        return importlib.import_module(f"SALib.{module}")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "SALib":
            raise
        raise MissingLibraryError(INSTALL) from error


@dataclass(frozen=True, eq=False)
class Design:
    """The points of an analysis.

    ``unit`` (n, d + 1) holds each input as a share of its range, chance last; ``block`` points
    belong together, and an analysis needs whole blocks. Each point is run on ``replicates``
    replicates of its own part of chance.
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
        return (*(each.name for each in self.inputs), CHANCE)

    def problem(self) -> dict[str, Any]:
        """Return the problem as SALib wants it: every input on [0, 1]."""
        return problem(self.names)

    def changes(self, point: int) -> dict[str, float]:
        """Return the parameters of a point."""
        return {
            each.name: each.value(float(u))
            for each, u in zip(self.inputs, self.unit[point], strict=False)
        }

    def first(self, point: int) -> int:
        """Return the first of the replicates of a point."""
        block = point // self.block
        other = self.unit[point, -1] != self.unit[block * self.block, -1]
        return self.replicates * (2 * block + int(other))


def problem(names: tuple[str, ...]) -> dict[str, Any]:
    """Return inputs on [0, 1] as SALib wants them."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def design(
    method: str, inputs: tuple[Input, ...], blocks: int, seed: int, replicates: int
) -> Design:
    """Return a design of so many trajectories (morris) or base samples (sobol).

    Morris takes ``blocks * (d + 2)`` points for d parameters, Sobol' ``blocks * (d + 3)``.

    Raises
    ------
    SensitivityError
        If a number is impossible: Sobol' wants a power of two, intervals at least two blocks.
    MissingLibraryError
        If SALib is not installed.
    """
    if method not in METHODS:
        raise SensitivityError(f"the method is {' or '.join(METHODS)}, not {method!r}")
    if not inputs:
        raise SensitivityError("there is no parameter to vary; name some, or give --all")
    if blocks < 2:
        raise SensitivityError(f"{blocks} is too few: intervals need at least 2")
    if method == "sobol" and blocks & (blocks - 1):
        raise SensitivityError(f"Sobol' points come as a power of two, such as 64, not {blocks}")
    if replicates < 1 or replicates * 2 * blocks > LIMIT:
        raise SensitivityError(f"{replicates} replicates a point cannot be")
    about = problem((*(each.name for each in inputs), CHANCE))
    if method == "morris":
        unit = salib("sample.morris").sample(about, blocks, num_levels=LEVELS, seed=seed + 1)
    else:
        unit = salib("sample.sobol").sample(about, blocks, calc_second_order=False, seed=seed + 1)
    return Design(method, inputs, np.asarray(unit), len(unit) // blocks, seed, replicates)
