"""Every structural constant of the model, declared once: value, unit and the reason for it.

A scenario cannot change these numbers. They are bounds, references, lengths of time and parts of
ids; the numbers that a study may vary are parameters (``plazas.model.declared``).

A declaration reads ``NAME: Annotated[type, C(unit, reason)] = value``. Rules import the name, and
numba compiles its value into them. The table in ``docs/odd.md`` is generated from this module.
"""

from __future__ import annotations

import sys
from typing import Annotated, NamedTuple, get_type_hints

from plazas.model.calendar import ROUNDED_WEEKS_PER_YEAR, WEEKS_PER_MONTH, WEEKS_PER_QUARTER


class Constant(NamedTuple):
    """What is declared of a constant besides its value."""

    unit: str
    reason: str


C = Constant

# fmt: off
# --- time
YEAR: Annotated[float, C(
    "weeks", "a year in the rules; the fit and the golden runs depend on its second decimal"
    )] = ROUNDED_WEEKS_PER_YEAR
MONTH: Annotated[int, C(
    "weeks", "between two reviews of relations, and of rises; a month in whole weeks"
    )] = WEEKS_PER_MONTH
TURN: Annotated[int, C(
    "weeks", "between two turns of a cartel's gang: little happens to one gang in a week"
    )] = WEEKS_PER_MONTH
QUARTER: Annotated[int, C(
    "weeks", "between two turns of an unaffiliated gang: even less happens to it"
    )] = WEEKS_PER_QUARTER
# --- the start
STARTING_CORRUPTION: Annotated[float, C(
    "0..1", "corruption of every place before it settles: the start hardly depends on it")] = 0.3
SETTLING: Annotated[int, C(
    "weeks", "in which corruption finds its level before the run")] = 150
BURN_IN_WEEK: Annotated[int, C(
    "week", "in which the burn-in of fronts begins: its draws are those of no week of a run"
    )] = 65536
BURN_IN_EVENTS: Annotated[int, C(
    "rows a week", "for the events of the burn-in, which nobody reads; no effect on results")] = 40
# --- gangs
SMALLEST: Annotated[int, C("persons", "a smaller group is no gang of its own")] = 5
SOURCE_SIZE: Annotated[int, C(
    "times", "size of the gang that founders leave, relative to theirs: at least as many stay"
    )] = 2
# --- bounds
PAY_POOREST: Annotated[float, C(
    "times", "least prosperity in an offer of pay: its logarithm has no lower bound")] = 0.2
PAY_RICHEST: Annotated[float, C(
    "times", "greatest prosperity in an offer of pay, the inverse of the least")] = 5.0
RECRUITMENT_POOREST: Annotated[float, C(
    "times", "least prosperity in recruitment: even a poor cartel recruits")] = 0.1
RECRUITMENT_RICHEST: Annotated[float, C(
    "times", "greatest prosperity in recruitment: a richer cartel attracts no more")] = 3.0
NO_ARMS: Annotated[float, C(
    "armed persons", "strength added in the contest: an unarmed cartel that is alone takes all"
    )] = 1e-9
LEAST_TARGET: Annotated[float, C(
    "share", "rivals in a place, below which aimed fire finds no more of them")] = 0.001
LEAST_STRIFE: Annotated[float, C(
    "0..1", "below it a cartel is at peace with itself, and rules skip its strife")] = 0.01
# --- references
MEMBERS_2012: Annotated[float, C(
    "persons", "Prieto-Curiel et al. 2023: members at which both kinds of arrests agree"
    )] = 115000.0
PROMINENT: Annotated[float, C(
    "share", "of all members, at which `leader_hunt` is the rate that is declared")] = 0.1
AGE_REFERENCE: Annotated[float, C(
    "years", "age at which `illness` is the rate that is declared")] = 60.0
AT_RISK_REFERENCE: Annotated[float, C(
    "share", "of young men at risk, at which `recruitment` is the rate that is declared")] = 0.12
MOST_WEAKNESS: Annotated[float, C(
    "times", "pressure beyond the reference that rivals of a cartel can still use")] = 3.0
# --- room in the tables
SPARE_CARTELS: Annotated[int, C(
    "rows", "for new cartels before the tables must grow; no effect on results")] = 48
SPARE_FRONTS: Annotated[int, C(
    "rows", "for fronts before the table must grow; no effect on results")] = 512
RISES: Annotated[int, C(
    "rows", "kept free: more new cartels than rise in any week; no effect on results")] = 20
FRONT_HASH: Annotated[int, C(
    "multiplier", "spreads places over the ids of fronts: 2^64 over the golden ratio"
    )] = 0x9E3779B97F4A7C15
# --- limits: a run that passes one stops with an error
DEADLIEST_WEEK: Annotated[float, C(
    "share", "of a place's people killed in one week: beyond it a run stops. 1 % a week leaves 6 "
    "in 10 after a year; the deadliest state of 2010 had 0.004 %")] = 0.01
FEW_DEATHS: Annotated[float, C(
    "persons", "killed in a week that no place is too small for")] = 50.0
MOST_GANGS: Annotated[int, C(
    "gangs", "beyond it a run stops: it would take more than ten times as long as a usual one"
    )] = 60000
# --- ids: they seed the draws, so two gangs or cartels never share one
MOST_PLACES: Annotated[int, C(
    "places", "16 bits of a gang's id are its place; the last number is that of no gang"
    )] = 65535
ID_PLACE: Annotated[int, C("bit", "at which the place begins in a gang's id")] = 48
ID_WEEK: Annotated[int, C("bit", "at which the week begins in a gang's id")] = 32
ID_KIND: Annotated[int, C("bit", "at which the way it began stands in a gang's id")] = 29
LOCAL_BIT: Annotated[int, C(
    "bit", "set in the ordinals of the first local gangs, so that no cell has one of them")] = 28
CELL_BIT: Annotated[int, C(
    "bit", "at which the cartel begins in the ordinal of a cell of the start")] = 16
RISE_BIT: Annotated[int, C(
    "bit", "set in the ordinals of cartels that rise, so that no cartel of the start has one")] = 20
# fmt: on


def constants() -> dict[str, tuple[float, Constant]]:
    """Return every constant's value and declaration, in the order they are declared.

    Examples
    --------
    >>> value, about = constants()["MEMBERS_2012"]
    >>> value, about.unit
    (115000.0, 'persons')
    """
    module = sys.modules[__name__]
    hints = get_type_hints(module, include_extras=True)
    return {name: (getattr(module, name), hint.__metadata__[0]) for name, hint in hints.items()}
