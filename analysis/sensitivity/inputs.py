"""What a sensitivity analysis varies: parameters over their declared ranges, and chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from plazas.model.errors import UserError, unknown
from plazas.model.parameters import (
    ASSUMED,
    CALIBRATED,
    MEASURED,
    declarations,
    defaults,
    unknown_parameter,
)
from plazas.model.scenario import Scenario

CHANCE = "chance"  #: the input that stands for the random draws
SWITCH = "switch"  # unit of a parameter that is on or off
WIDE = 20.0  # a positive range wider than this factor is sampled on a logarithmic scale
STATUSES = (MEASURED, CALIBRATED, ASSUMED)

#: by lever, the assumed parameters on which the effect of a policy depends
DEPENDS_ON: dict[str, tuple[str, ...]] = {
    "arrests": ("corruption_discount", "utility_risk", "loyalty_losses"),
    "confrontation": ("utility_risk", "loyalty_losses", "soldiers_killed", "crossfire"),
    "kingpin": (
        *("leader_hunt", "operation_force", "heir_need", "cohesion_fall"),
        *("split_share", "split_hostile", "orphaned", "strife_hostility", "opportunism"),
        "heirs_fight",
    ),
    "prevention": ("prevention_elasticity", "at_risk_share"),
    "rehabilitation": ("at_risk_share", "local_turnover"),
    "southbound_guns": ("lethality", "other_guns", "gun_distance", "gun_decay", "rearming"),
    "anti_corruption": ("corruption_discount", "bribe_price", "bribe_share", "corruption_speed"),
    "us_roundup": ("export_revenue", "prosperity_effect", "retained"),
    "extradition": ("extradition", "escape"),
    "protection": ("answer_rate", "attack_success"),
    "tolerance": ("corruption_discount", "utility_risk"),
    "focus": ("utility_risk", "loyalty_losses"),
    "drug_revenue": ("export_revenue", "prosperity_effect", "retained"),
    "force": ("corruption_discount", "bribe_price", "operation_force"),
}


class SensitivityError(UserError):
    """A sensitivity analysis that is not possible as requested; the message says what to change."""


class Input(NamedTuple):
    """A parameter that is varied.

    Parameters
    ----------
    name
        Name of the parameter.
    low, high
        Ends of its range, in its unit.
    scale
        ``linear``, ``logarithmic`` or ``switch``: on the linear and logarithmic scale the points
        are spread evenly; a switch is off below the middle of the range and on above it.
    default
        Its default value.
    """

    name: str
    low: float
    high: float
    scale: str
    default: float

    def value(self, u: float) -> float:
        """Return the parameter at the share ``u`` in [0, 1] of its range."""
        if self.scale == SWITCH:
            return self.high if u >= 0.5 else self.low
        if self.scale == "logarithmic":
            value = self.low * (self.high / self.low) ** u
        else:
            value = self.low + u * (self.high - self.low)
        return min(self.high, max(self.low, value))


def input_of(name: str, width: float = 1.0) -> Input:
    """Return a parameter as an input.

    Parameters
    ----------
    name
        Name of the parameter.
    width
        Share of the way from its default to each declared end that is varied, on the scale of the
        parameter: 1 is the whole range. A switch always keeps both positions.

    Raises
    ------
    SensitivityError
        If the parameter is unknown, or the width is not a share.
    """
    known = declarations()
    if name not in known:
        raise SensitivityError(unknown_parameter(name, known))
    if not 0.0 < width <= 1.0:
        raise SensitivityError(f"width must be a share above 0 and at most 1; got {width:g}")
    declared, middle = known[name], defaults()[name]
    if declared.unit == SWITCH:
        return Input(name, declared.low, declared.high, SWITCH, middle)
    if declared.low > 0.0 and declared.high / declared.low > WIDE:
        ends = (middle * (end / middle) ** width for end in (declared.low, declared.high))
        return Input(name, *_inside(ends, declared.low, declared.high), "logarithmic", middle)
    ends = (middle + width * (end - middle) for end in (declared.low, declared.high))
    return Input(name, *_inside(ends, declared.low, declared.high), "linear", middle)


def _inside(ends: Iterable[float], low: float, high: float) -> tuple[float, float]:
    """Return the ends of a range, without a rounding error outside the declared range."""
    first, last = ends
    return max(low, first), min(high, last)


def chosen(
    scenarios: Sequence[Scenario],
    names: Sequence[str] = (),
    statuses: Sequence[str] = (),
    everything: bool = False,
) -> tuple[str, ...]:
    """Return the names of the parameters to vary, in the order of their declaration.

    Without names and statuses these are the calibrated parameters, and the assumed ones on which
    the levers of the scenarios depend (:data:`DEPENDS_ON`).

    Parameters
    ----------
    scenarios
        The baseline and policies.
    names, statuses
        Parameters by name, and by status (measured, calibrated, assumed).
    everything
        Whether to vary every parameter.

    Raises
    ------
    SensitivityError
        If a name or status is unknown; the message suggests the nearest one.
    """
    known = declarations()
    for name in names:
        if name not in known:
            raise SensitivityError(unknown_parameter(name, known))
    for status in statuses:
        if status not in STATUSES:
            raise SensitivityError(unknown("status", status, STATUSES))
    if everything:
        return tuple(known)
    wanted = set(names) | {name for name, declared in known.items() if declared.status in statuses}
    if not names and not statuses:
        levers = {policy.lever for scenario in scenarios for policy in scenario.policies}
        wanted = {name for name, declared in known.items() if declared.status == CALIBRATED}
        wanted |= {name for lever in levers for name in DEPENDS_ON[lever]}
    return tuple(name for name in known if name in wanted)


def range_text(parameter: Input) -> str:
    """Return the range of an input as text: "2e+06 to 1.5e+07, logarithmic"."""
    if parameter.scale == SWITCH:
        return "off or on"
    text = f"{parameter.low:.3g} to {parameter.high:.3g}"
    return f"{text}, logarithmic" if parameter.scale == "logarithmic" else text
