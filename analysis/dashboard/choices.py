"""What can be switched on: the shipped scenarios as changes of a baseline, and every single lever.

A choice lies over the baseline as a scenario file lies over the one it extends: its policies hold
where they overlap those below, what it drops is left out, its events are added. Choices that are on
together lie over each other in the order of the list.
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
STEPS = 100  # of a slider from the least to the greatest level, about
#: level at which a lever stands when it is switched on, where it is not twice or half
LEVELS_AT_FIRST = {"prevention": 20.0, "rehabilitation": 0.001, "extradition": 10.0}
DOWNWARD = ("southbound_guns", "drug_revenue")  # at first halved, where others are doubled


class ChoiceError(UserError):
    """A word or a value that no switch has; the message names the nearest right one."""


class Setting(NamedTuple):
    """How one choice stands: on or off, first and last calendar year, a level for each policy."""

    on: bool
    first: int
    last: int
    levels: tuple[float, ...]


@dataclass(frozen=True)
class Choice:
    """Something that can be switched on over a baseline.

    ``setting`` is how it stands at first: off, with its own years and levels. Where it has no
    policy it has no dates: what it changes, it changes for the whole run.
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
    def word(self) -> str:
        """Return the name of its switch among the parameters of the model."""
        return self.key.replace("-", "_")


def years_of(scenario: Scenario) -> range:
    """Return the calendar years in which a run lies, in whole or in part."""
    return range(scenario.start.year, (scenario.stop - timedelta(days=1)).year + 1)


def choices_for(base: Scenario) -> tuple[Choice, ...]:
    """Return all that can be switched on over a baseline, in the order in which it is shown."""
    found = [
        choice
        for name, root in _roots()
        if name not in (root, base.name) and (choice := _from_shipped(name, root, base)) is not None
    ]
    found.sort(key=lambda choice: GROUPS.index(choice.group))
    return (*found, *(_from_lever(lever, base) for lever in LEVERS))


@functools.cache
def _roots() -> tuple[tuple[str, str], ...]:
    """Return every shipped scenario with the one that it extends in the end, or itself."""
    above = {
        name: str(read_file(FOLDER / f"{name}.yaml").data.get("extends", name))
        for name in scenario_names()
    }

    def root(name: str) -> str:
        return name if above[name] == name else root(above[name])

    return tuple((name, root(name)) for name in above)


@functools.cache
def shipped(name: str) -> Scenario:
    """Return a shipped scenario; each is read once."""
    return load_scenario(name)


def _from_shipped(name: str, root: str, base: Scenario) -> Choice | None:
    """Return what a shipped scenario changes of the one it rests on; None where it does not fit."""
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
        _at_first(policies, base),
        policies,
        gone,
        events,
        changes,
    )


def _cut(policy: Policy, base: Scenario) -> Policy | None:
    """Return a policy cut to the run of the baseline; None where nothing of it is left."""
    start, stop = max(policy.start, base.start), min(policy.stop, base.stop)
    return replace(policy, start=start, stop=stop) if start < stop else None


def _at_first(policies: Sequence[Policy], base: Scenario) -> Setting:
    years = years_of(base)
    if not policies:
        return Setting(False, years[0], years[-1], ())
    last = max(policy.stop for policy in policies) - timedelta(days=1)
    levels = tuple(policy.level for policy in policies)
    return Setting(False, min(policy.start.year for policy in policies), last.year, levels)


def _from_lever(lever: Lever, base: Scenario) -> Choice:
    years = years_of(base)
    first = years[0] + round(len(years) / 5)
    level = LEVELS_AT_FIRST.get(lever.name)
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
    """Return by how much a slider moves a lever: 1, 2 or 5 times a power of ten."""
    rough = (lever.high - lever.low) / STEPS
    power = 10.0 ** math.floor(math.log10(rough) + 1e-9)
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    return round(step, 6)


def settings_of(
    choices: Sequence[Choice], values: Mapping[str, float | bool]
) -> dict[str, Setting]:
    """Return how every choice stands, from the flat values that Mesa's controls hold.

    A choice with the word ``arrests`` has the values ``arrests`` (on or off), ``arrests_first``,
    ``arrests_last`` (years) and, for its policies, ``arrests_level``, ``arrests_level_2`` ... What
    is not given stands as at first.

    Raises
    ------
    ChoiceError
        For a word that is none of these; the message names the nearest.
    """
    known = values_of(choices, {})
    for word in values:
        if word not in known:
            raise ChoiceError(unknown("switch", word, known))
    full = {**known, **values}
    found = {}
    for choice in choices:
        levels = tuple(float(full[word]) for word in level_words(choice))
        on = bool(full[choice.word])
        first, last = (int(full[f"{choice.word}_{end}"]) for end in ("first", "last"))
        if not choice.policies:
            first, last = choice.setting.first, choice.setting.last
        found[choice.key] = Setting(on, first, last, levels)
    return found


def values_of(
    choices: Sequence[Choice], settings: Mapping[str, Setting]
) -> dict[str, float | bool]:
    """Return settings as flat values by name; those not given stand as at first."""
    values: dict[str, float | bool] = {}
    for choice in choices:
        setting = settings.get(choice.key, choice.setting)
        values[choice.word] = setting.on
        values[f"{choice.word}_first"] = setting.first
        values[f"{choice.word}_last"] = setting.last
        values |= dict(zip(level_words(choice), setting.levels, strict=True))
    return values


def level_words(choice: Choice) -> list[str]:
    """Return the names of the values that hold the levels of a choice."""
    more = [f"_{number}" if number > 1 else "" for number in range(1, len(choice.policies) + 1)]
    return [f"{choice.word}_level{number}" for number in more]


def compose(base: Scenario, choices: Sequence[Choice], settings: Mapping[str, Setting]) -> Scenario:
    """Return the baseline with all that is on; the baseline itself where nothing is.

    Raises
    ------
    ScenarioError, LeverError
        If what is on cannot be run: reversed years, or a level out of its range.
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
        policies += dated(choice, settings[choice.key], base, layer)
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
    """Return what two events may not both decide; the later choice decides it."""
    return event.on, event.kind, event.cartel, event.other, event.state


def dated(choice: Choice, setting: Setting, base: Scenario, layer: int = 0) -> list[Policy]:
    """Return the policies of a choice with the years and levels of its setting.

    Years that were not touched leave the policies their own dates.

    Raises
    ------
    ScenarioError, LeverError
        If the years are reversed or a level is out of its range.
    """
    if setting.first > setting.last:
        raise ScenarioError(f"{choice.key}: it begins in {setting.first}, after {setting.last}")
    found = []
    for policy, level in zip(choice.policies, setting.levels, strict=True):
        start, stop = policy.start, policy.stop
        if setting.first != choice.setting.first:
            start = max(base.start, date(setting.first, 1, 1))
        if setting.last != choice.setting.last:
            stop = min(base.stop, date(setting.last + 1, 1, 1))
        if start < stop:
            found.append(replace(policy, level=level, start=start, stop=stop, layer=layer))
    return found


def touches_nothing(
    base: Scenario, choices: Sequence[Choice], settings: Mapping[str, Setting], choice: Choice
) -> bool:
    """Return whether every level in force is the same with the policies of a choice as without.

    Such a policy is a mistake in a scenario file; a switch only says so.
    """
    if not choice.policies or choice.dropped or choice.events or choice.changes:
        return False
    off = {**settings, choice.key: settings[choice.key]._replace(on=False)}
    with_it, without = (compose(base, choices, each) for each in (settings, off))
    levers = {policy.lever for policy in choice.policies}
    return all((in_force(with_it, name) == in_force(without, name)).all() for name in levers)


def lever_of(policy: Policy) -> Lever:
    """Return the lever that a policy sets."""
    return find_lever(policy.lever)
