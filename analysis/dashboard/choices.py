"""What can be switched on: the changes that a shipped scenario makes, and every single lever.

A choice changes the baseline as a scenario file changes the one that it extends. Its policies
override those of the baseline where they overlap, what it drops is removed, and its events are
added. Where several choices are on, a later one in the list overrides an earlier one.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from plazas.model.errors import UserError, unknown
from plazas.model.levers import LEVERS, Lever, Policy, find_lever
from plazas.model.scenario import Event, Scenario, ScenarioError
from plazas.scenarios import load_scenario, scenario_names
from plazas.scenarios.describe import country_key
from plazas.scenarios.effect import by_state, in_force
from plazas.scenarios.reader import FOLDER
from plazas.scenarios.text import read_file

POLICIES, COUNTERFACTUALS, SINGLE_LEVERS = "policies", "counterfactuals", "levers"
GROUPS = (POLICIES, COUNTERFACTUALS, SINGLE_LEVERS)
STEPS = 100  # approximate number of steps of a slider
#: first level of a switched-on lever, where it is neither twice nor half the baseline
FIRST_LEVELS = {"prevention": 20.0, "rehabilitation": 0.001, "extradition": 10.0}
DOWNWARD = ("southbound_guns", "drug_revenue")  # first halved; the other levers are doubled


class ChoiceError(UserError):
    """A name or a value that no switch has; the message says what is allowed."""


class Setting(NamedTuple):
    """The state of one choice.

    Attributes
    ----------
    on
        Whether it is switched on.
    first, last
        The first and the last calendar year in which its policies are in force.
    levels
        The level of each of its policies.
    """

    on: bool
    first: int
    last: int
    levels: tuple[float, ...]


@dataclass(frozen=True)
class Choice:
    """Something that can be switched on over a baseline.

    Attributes
    ----------
    key, group, title
        Its name, the group of switches it belongs to, and its title in English.
    setting
        Its first state: off, with its own years and levels.
    policies
        The policies that it adds. A choice without any has no dates: it changes the whole run.
    dropped
        Policies and events of the baseline that it removes.
    events
        Scheduled events that it adds.
    changes
        Parameters that it changes, with their values.
    """

    key: str
    group: str
    title: str
    setting: Setting
    policies: tuple[Policy, ...] = ()
    dropped: tuple[Policy | Event, ...] = ()
    events: tuple[Event, ...] = ()
    changes: tuple[tuple[str, float], ...] = ()

    @property
    def parameter(self) -> str:
        """Return the name of its switch among the parameters of the Mesa model."""
        return self.key.replace("-", "_")


def years_of(scenario: Scenario) -> range:
    """Return the calendar years that a run covers, in whole or in part."""
    return range(scenario.start.year, (scenario.stop - timedelta(days=1)).year + 1)


def choices_for(base: Scenario) -> tuple[Choice, ...]:
    """Return everything that can be switched on over a baseline.

    Parameters
    ----------
    base
        The baseline.

    Returns
    -------
    tuple of Choice
        In the order in which the page shows them.
    """
    choices = [
        choice
        for name, root in _roots()
        if name not in (root, base.name) and (choice := _from_shipped(name, root, base)) is not None
    ]
    choices.sort(key=lambda choice: GROUPS.index(choice.group))
    return (*choices, *(_from_lever(lever, base) for lever in LEVERS))


@functools.cache
def _roots() -> tuple[tuple[str, str], ...]:
    """Return each shipped scenario with the last one that it extends, or itself."""
    above = {
        name: str(read_file(FOLDER / f"{name}.yaml").data.get("extends", name))
        for name in scenario_names()
    }

    def root(name: str) -> str:
        return name if above[name] == name else root(above[name])

    return tuple((name, root(name)) for name in above)


@functools.cache
def shipped(name: str) -> Scenario:
    """Return a shipped scenario. Every file is read once."""
    return load_scenario(name)


def _from_shipped(name: str, root: str, base: Scenario) -> Choice | None:
    """Return what a shipped scenario changes in its root; None where it does not fit ``base``."""
    scenario, below = shipped(name), shipped(root)
    if country_key(by_state(scenario)) != country_key(by_state(base)):
        return None
    policies = tuple(
        cut for one in scenario.policies if one not in below.policies and (cut := _cut(one, base))
    )
    events = tuple(
        one
        for one in scenario.events
        if one not in below.events
        and base.start <= one.on < base.stop
        and base.week_of(one.on) < base.weeks
    )
    gone: tuple[Policy | Event, ...] = (
        *(one for one in below.policies if one not in scenario.policies),
        *(one for one in below.events if one not in scenario.events),
    )
    gone = tuple(one for one in gone if one in base.policies or one in base.events)
    changes = tuple(
        (key, value)
        for key, value in sorted(scenario.changes.items())
        if below.changes.get(key) != value
    )
    if not (policies or events or gone or changes):
        return None
    only_policies = policies and not (events or gone or changes)
    return Choice(
        name,
        POLICIES if only_policies else COUNTERFACTUALS,
        scenario.title,
        _first_setting(policies, base),
        policies,
        gone,
        events,
        changes,
    )


def _cut(policy: Policy, base: Scenario) -> Policy | None:
    """Return the part of a policy that lies in the run; None where there is none."""
    start, stop = max(policy.start, base.start), min(policy.stop, base.stop)
    return replace(policy, start=start, stop=stop) if start < stop else None


def _first_setting(policies: Sequence[Policy], base: Scenario) -> Setting:
    years = years_of(base)
    if not policies:
        return Setting(False, years[0], years[-1], ())
    last = max(policy.stop for policy in policies) - timedelta(days=1)
    levels = tuple(policy.level for policy in policies)
    return Setting(False, min(policy.start.year for policy in policies), last.year, levels)


def _from_lever(lever: Lever, base: Scenario) -> Choice:
    years = years_of(base)
    first = years[0] + round(len(years) / 5)
    level = FIRST_LEVELS.get(lever.name)
    if level is None:
        times = 0.5 if lever.name in DOWNWARD else 2.0
        level = times * lever.baseline if lever.unit == "times" else lever.high / 2.0
    start = max(base.start, date(first, 1, 1))
    policy = Policy(lever.name, level, start, base.stop, label=lever.name, source="assumed")
    return Choice(
        f"lever-{lever.name}",
        SINGLE_LEVERS,
        lever.meaning,
        Setting(False, start.year, years[-1], (level,)),
        (policy,),
    )


def step_of(lever: Lever) -> float:
    """Return the step of the slider for a lever: 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> step_of(find_lever("arrests"))
    0.1
    """
    rough = (lever.high - lever.low) / STEPS
    power = 10.0 ** math.floor(math.log10(rough) + 1e-9)
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    return round(step, 6)


def settings_of(
    choices: Sequence[Choice], values: Mapping[str, float | bool]
) -> dict[str, Setting]:
    """Return the state of every choice, from the flat values that Mesa's controls hold.

    Parameters
    ----------
    choices
        Everything that can be switched on.
    values
        Values by name. A choice with the parameter ``arrests`` has the values ``arrests`` (on or
        off), ``arrests_first`` and ``arrests_last`` (years), and for its policies
        ``arrests_level``, ``arrests_level_2`` and so on. A missing value keeps its first state.

    Returns
    -------
    dict
        The setting of each choice by its key.

    Raises
    ------
    ChoiceError
        For a name that is none of these; the message names the nearest one.
    """
    known = values_of(choices, {})
    for name in values:
        if name not in known:
            raise ChoiceError(unknown("switch", name, known))
    full = {**known, **values}
    settings = {}
    for choice in choices:
        levels = tuple(float(full[name]) for name in level_parameters(choice))
        on = bool(full[choice.parameter])
        first, last = (int(full[f"{choice.parameter}_{end}"]) for end in ("first", "last"))
        if not choice.policies:
            first, last = choice.setting.first, choice.setting.last
        settings[choice.key] = Setting(on, first, last, levels)
    return settings


def values_of(
    choices: Sequence[Choice], settings: Mapping[str, Setting]
) -> dict[str, float | bool]:
    """Return settings as flat values by name, the inverse of `settings_of`."""
    values: dict[str, float | bool] = {}
    for choice in choices:
        setting = settings.get(choice.key, choice.setting)
        values[choice.parameter] = setting.on
        values[f"{choice.parameter}_first"] = setting.first
        values[f"{choice.parameter}_last"] = setting.last
        values |= dict(zip(level_parameters(choice), setting.levels, strict=True))
    return values


def level_parameters(choice: Choice) -> list[str]:
    """Return the names of the parameters that hold the levels of a choice."""
    more = [f"_{number}" if number > 1 else "" for number in range(1, len(choice.policies) + 1)]
    return [f"{choice.parameter}_level{number}" for number in more]


def compose(base: Scenario, choices: Sequence[Choice], settings: Mapping[str, Setting]) -> Scenario:
    """Return the scenario that the switches make of a baseline.

    Parameters
    ----------
    base
        The baseline.
    choices
        Everything that can be switched on.
    settings
        The setting of each choice by its key.

    Returns
    -------
    Scenario
        The baseline with all choices that are on; ``base`` itself where none is.

    Raises
    ------
    ScenarioError
        If the last year of a choice is before its first year.
    LeverError
        If a level is outside the range of its lever.
    """
    on = [choice for choice in choices if settings[choice.key].on]
    if not on:
        return base
    layer = max((policy.layer for policy in base.policies), default=0)
    policies = list(base.policies)
    events = {_fate(event): event for event in base.events}
    changes = dict(base.changes)
    for choice in on:
        layer += 1
        policies = [one for one in policies if one not in choice.dropped]
        policies += dated_policies(choice, settings[choice.key], base, layer)
        events = {fate: one for fate, one in events.items() if one not in choice.dropped}
        events |= {_fate(event): event for event in choice.events}
        changes |= dict(choice.changes)
    return replace(
        base,
        name="+".join([base.name, *(choice.key for choice in on)]),
        policies=tuple(policies),
        events=tuple(sorted(events.values(), key=lambda event: event.on)),
        changes=changes,
    )


def _fate(event: Event) -> tuple[date, str, str, str, str]:
    """Return what identifies an event: the later of two choices decides it."""
    return event.on, event.kind, event.cartel, event.other, event.state


def dated_policies(
    choice: Choice, setting: Setting, base: Scenario, layer: int = 0
) -> list[Policy]:
    """Return the policies of a choice with the years and levels of its setting.

    Parameters
    ----------
    choice, setting
        The choice and its state. A year that was not changed leaves a policy its own date.
    base
        The baseline; the policies are cut to its run.
    layer
        The layer of the policies: a higher one overrides a lower one.

    Raises
    ------
    ScenarioError
        If the last year is before the first year.
    LeverError
        If a level is outside the range of its lever.
    """
    if setting.first > setting.last:
        raise ScenarioError(
            f"{choice.key}: the first year ({setting.first}) is after the last ({setting.last})"
        )
    policies = []
    for policy, level in zip(choice.policies, setting.levels, strict=True):
        start, stop = policy.start, policy.stop
        if setting.first != choice.setting.first:
            start = max(base.start, date(setting.first, 1, 1))
        if setting.last != choice.setting.last:
            stop = min(base.stop, date(setting.last + 1, 1, 1))
        if start < stop:
            policies.append(replace(policy, level=level, start=start, stop=stop, layer=layer))
    return policies


def has_no_effect(
    base: Scenario, choices: Sequence[Choice], settings: Mapping[str, Setting], choice: Choice
) -> bool:
    """Return whether the levels in force are the same with a choice as without it.

    Such a policy is an error in a scenario file; the page only shows a note.
    """
    if not choice.policies or choice.dropped or choice.events or choice.changes:
        return False
    off = {**settings, choice.key: settings[choice.key]._replace(on=False)}
    with_it, without = (compose(base, choices, state) for state in (settings, off))
    levers = {policy.lever for policy in choice.policies}
    return all((in_force(with_it, name) == in_force(without, name)).all() for name in levers)


def lever_of(policy: Policy) -> Lever:
    """Return the lever that a policy sets."""
    return find_lever(policy.lever)
