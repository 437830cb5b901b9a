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

CHANCE = "chance"  #: the input that stands for the draws themselves
SWITCH = "switch"  # unit of a parameter that is on or off
WIDE = 20.0  # a positive range that spans more than this factor is drawn in logarithms
STATUSES = (MEASURED, CALIBRATED, ASSUMED)

#: assumed parameters that the effect of a policy on each lever rests on
RESTS_ON: dict[str, tuple[str, ...]] = {
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
    """An analysis that cannot be done as asked; the message says what to change."""


class Input(NamedTuple):
    """A parameter that is varied: from ``low`` to ``high``, evenly or evenly in logarithms.

    ``scale`` is linear, logarithmic or switch; a switch is off below the middle and on above.
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
            found = self.low * (self.high / self.low) ** u
        else:
            found = self.low + u * (self.high - self.low)
        return min(self.high, max(self.low, found))


def input_of(name: str, width: float = 1.0) -> Input:
    """Return a parameter as an input, its range narrowed to the share ``width`` of each side.

    Narrowed, the range keeps its default and reaches so far towards either declared end (in
    logarithms where it is drawn so); a switch keeps both its positions.

    Raises
    ------
    SensitivityError
        Naming the nearest right word, or the width that is no share.
    """
    known = declarations()
    if name not in known:
        raise SensitivityError(unknown_parameter(name, known))
    if not 0.0 < width <= 1.0:
        raise SensitivityError(f"the width must be a share above 0 and at most 1, not {width:g}")
    about, middle = known[name], defaults()[name]
    if about.unit == SWITCH:
        return Input(name, about.low, about.high, SWITCH, middle)
    if about.low > 0.0 and about.high / about.low > WIDE:
        ends = (middle * (end / middle) ** width for end in (about.low, about.high))
        return Input(name, *_inside(ends, about.low, about.high), "logarithmic", middle)
    ends = (middle + width * (end - middle) for end in (about.low, about.high))
    return Input(name, *_inside(ends, about.low, about.high), "linear", middle)


def _inside(ends: Iterable[float], low: float, high: float) -> tuple[float, float]:
    """Return the ends of a range, no rounding error outside the declared one."""
    first, last = ends
    return max(low, first), min(high, last)


def chosen(
    scenarios: Sequence[Scenario],
    names: Sequence[str] = (),
    statuses: Sequence[str] = (),
    everything: bool = False,
) -> tuple[str, ...]:
    """Return the parameters to vary, in the order they are declared.

    Those named and those of the statuses; all of them if ``everything``. By default those that are
    calibrated and the assumed ones that the scenarios' levers rest on (:data:`RESTS_ON`).

    Raises
    ------
    SensitivityError
        Naming the nearest right word.
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
    wanted = set(names) | {name for name, about in known.items() if about.status in statuses}
    if not names and not statuses:
        levers = {policy.lever for scenario in scenarios for policy in scenario.policies}
        wanted = {name for name, about in known.items() if about.status == CALIBRATED}
        wanted |= {name for lever in levers for name in RESTS_ON[lever]}
    return tuple(name for name in known if name in wanted)


def range_words(each: Input) -> str:
    """Return the range of an input in words: "2e+06 to 1.5e+07, in logarithms"."""
    if each.scale == SWITCH:
        return "off or on"
    words = f"{each.low:.3g} to {each.high:.3g}"
    return f"{words}, in logarithms" if each.scale == "logarithmic" else words
