"""Parameters: their values for a run, checked against what is declared of them.

The declarations themselves are in ``plazas.model.declared``. Tables in the documents, the schema of
scenario files, sensitivity ranges and ``--help`` are generated from them. A scenario may change a
value within its range.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any, get_type_hints

import numpy as np

from plazas.model.declared import (
    ASSUMED,
    CALIBRATED,
    MEASURED,
    SCIENCE,
    Declaration,
    Parameters,
)
from plazas.model.errors import UserError, unknown

__all__ = [
    "ASSUMED",
    "CALIBRATED",
    "MEASURED",
    "RENAMED",
    "SCIENCE",
    "Declaration",
    "ParameterError",
    "Parameters",
    "compiled",
    "declarations",
    "defaults",
    "parameters",
    "unknown_parameter",
]

#: words for parameters that earlier versions used, and those of today
RENAMED = {
    "taste_arms": "utility_arms",
    "taste_fear": "utility_fear",
    "taste_franchise": "utility_franchise",
    "taste_loyalty": "utility_loyalty",
    "taste_pay": "utility_pay",
    "taste_risk": "utility_risk",
    "taste_strength": "utility_strength",
    "taste_tie": "utility_tie",
}

_FRONTS = "wars are fought on fronts now; see the parameters front_..."
#: parameters that earlier versions had, and why they are gone
REMOVED = dict.fromkeys(
    (
        "weariness_2010", "escalation", "residual_hostility", "embers", "war_onset", "war_shift",
        "war_end", "war_end_uncontested", "recovery",
    ),
    _FRONTS,
)  # fmt: skip


class ParameterError(UserError):
    """An unknown parameter or a value outside its range."""


def declarations() -> dict[str, Declaration]:
    """Return every parameter's declaration, in the order they are declared."""
    return dict(_declared())


@functools.cache  # hints are slow to read, and every run checks its parameters
def _declared() -> Mapping[str, Declaration]:
    hints = get_type_hints(Parameters, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


def defaults() -> dict[str, float]:
    """Return every parameter's default value."""
    return dict(Parameters()._asdict())


def compiled(values: Parameters) -> Any:
    """Return the values as one numpy record, the form in which compiled rules take them."""
    record = np.zeros(1, [(name, np.float64) for name in values._fields]).view(np.recarray)
    record[0] = tuple(values)
    return record[0]


def unknown_parameter(name: object, known: Iterable[str] | None = None) -> str:
    """Return the sentence for a word that names no parameter.

    Parameters
    ----------
    name
        What somebody wrote.
    known
        The words that are right there; None means every parameter.

    Examples
    --------
    >>> unknown_parameter("taste_tie")
    "parameter 'taste_tie' is now called 'utility_tie'"
    >>> unknown_parameter("war_onset")
    "parameter 'war_onset' is gone: wars are fought on fronts now; see the parameters front_..."
    >>> unknown_parameter("war_deahts")
    "unknown parameter 'war_deahts'; did you mean 'war_deaths'?"
    """
    if name in RENAMED:
        return f"parameter {name!r} is now called {RENAMED[str(name)]!r}"
    if name in REMOVED:
        return f"parameter {name!r} is gone: {REMOVED[str(name)]}"
    return unknown("parameter", name, _declared() if known is None else known)


def parameters(changes: Mapping[str, float] | None = None) -> Parameters:
    """Return the default parameters with ``changes``, each checked against its range.

    Raises
    ------
    ParameterError
        Naming the bad word and the nearest right one (or its new name), or the value and its range.
    """
    known = declarations()
    for name, value in (changes or {}).items():
        if name not in known:
            raise ParameterError(unknown_parameter(name))
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ParameterError(f"parameter {name}: {value!r} is not a number")
        details = known[name]
        if not details.low <= value <= details.high:
            raise ParameterError(
                f"parameter {name}: {value:g} is outside {details.low:g}..{details.high:g} "
                f"({details.unit})"
            )
    return Parameters(**{**defaults(), **{k: float(v) for k, v in (changes or {}).items()}})
