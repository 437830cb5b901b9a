"""Say what a scenario comes to, and in what two differ: for provenance and for readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plazas.model.events import FRONTS
from plazas.model.levers import LEVERS, Policy, find_lever
from plazas.model.parameters import declarations
from plazas.model.scenario import Event, Scenario
from plazas.scenarios.effect import by_state, in_force
from plazas.scenarios.vocabulary import COUNTRIES, COUNTRY_WORDS

MOST_NAMED = 5  # states or cartels written out in a line


def resolved(scenario: Scenario) -> dict[str, Any]:
    """Return all that a scenario comes to, as plain values that JSON can hold.

    ``parameters`` holds the values set by the scenario, ``policies`` and ``events`` every field of
    each, the inherited ones among them.
    """
    return {
        "name": scenario.name,
        "title": scenario.title,
        "story": scenario.story,
        "country": country_key(scenario),
        "start": scenario.start.isoformat(),
        "stop": scenario.stop.isoformat(),
        "replicates": scenario.replicates,
        "parameters": {name: float(scenario.changes[name]) for name in sorted(scenario.changes)},
        "policies": [
            {**_plain(policy), "unit": find_lever(policy.lever).unit}
            for policy in scenario.policies
        ],
        "events": [_plain(event) for event in scenario.events],
        "sources": list(scenario.sources),
    }


def from_resolved(data: dict[str, Any]) -> Scenario:
    """Return the scenario of which `resolved` gave ``data``; KeyError for an unknown country."""
    policies = []
    for entry in data["policies"]:
        fields = {key: value for key, value in entry.items() if key != "unit"}
        for key in ("start", "stop"):
            fields[key] = date.fromisoformat(fields[key])
        for key in ("states", "targets"):
            fields[key] = tuple(fields[key])
        policies.append(Policy(**fields))
    events = [Event(**{**entry, "on": date.fromisoformat(entry["on"])}) for entry in data["events"]]
    return Scenario(
        name=data["name"],
        title=data["title"],
        story=data["story"],
        start=date.fromisoformat(data["start"]),
        stop=date.fromisoformat(data["stop"]),
        country=COUNTRIES[data["country"]](),
        changes=data["parameters"],
        policies=tuple(policies),
        events=tuple(events),
        sources=tuple(data["sources"]),
        replicates=data["replicates"],
    )


def country_key(scenario: Scenario) -> str:
    """Return the word for a scenario's country in files; its name where it has none."""
    return COUNTRY_WORDS.get(scenario.country.name, scenario.country.name)


def _plain(entry: Policy | Event) -> dict[str, Any]:
    result = asdict(entry)
    for key, value in result.items():
        if isinstance(value, date):
            result[key] = value.isoformat()
        elif isinstance(value, tuple):
            result[key] = list(value)
    return result


def difference(a: Scenario, b: Scenario) -> list[str]:
    """Return what makes ``b`` of ``a``, a line each; none where they come to the same.

    First run, country, parameters; then the policies and events that only one of them has; then
    the levels in force that differ, by date, as far as both run. Titles and sources do not count.
    """
    lines = []
    if country_key(a) != country_key(b):
        lines.append(f"country: {country_key(a)} -> {country_key(b)}")
    for word in ("start", "stop", "replicates"):
        if getattr(a, word) != getattr(b, word):
            lines.append(f"{word}: {getattr(a, word)} -> {getattr(b, word)}")
    before, after = a.parameters._asdict(), b.parameters._asdict()
    for name, details in declarations().items():
        if before[name] != after[name]:
            lines.append(f"parameter {name}: {before[name]:g} -> {after[name]:g} ({details.unit})")
    lines += _entries(
        "policy", [_of_policy(p) for p in a.policies], [_of_policy(p) for p in b.policies]
    )
    lines += _entries("event", [_of_event(e) for e in a.events], [_of_event(e) for e in b.events])
    if country_key(by_state(a)) == country_key(by_state(b)):
        lines += [line for lever in LEVERS for line in _levels(a, b, lever.name)]
    return lines


def _entries(
    what: str, before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> Iterator[str]:
    """Yield the lines for entries, pairs of name and description, that only one side has."""
    gone, new = list(before), []
    for entry in after:
        if entry in gone:
            gone.remove(entry)
        else:
            new.append(entry)
    for name, text in gone:
        now = next((other for other in new if name and other[0] == name), None)
        if now:
            new.remove(now)
            yield f"{what} changed: {name}: {text} -> {now[1]}"
        else:
            yield f"{what} removed: {f'{name}: ' if name else ''}{text}"
    for name, text in new:
        yield f"{what} added: {f'{name}: ' if name else ''}{text}"


def _of_policy(policy: Policy) -> tuple[str, str]:
    text = f"{policy.lever} {policy.level:g} {find_lever(policy.lever).unit}"
    text += f", {policy.start} to {policy.stop}"
    if policy.states:
        text += f", in {_listed(policy.states, 'states')}"
    if policy.targets:
        text += f", against {_listed(policy.targets, 'cartels')}"
    if policy.cost:
        text += f", {policy.cost:g} million USD a week"
    return policy.label, text


def _of_event(event: Event) -> tuple[str, str]:
    text = f"{event.on} {event.kind} {event.cartel}"
    if event.other:
        text += f" and {event.other}"
    if event.kind in FRONTS:
        text += f" in {event.state}"
    elif event.state:
        text = f"{event.on} gangs of {event.state} rise against {event.cartel}"
    if event.heir is not None:
        text += ", a clear heir" if event.heir else ", no heir"
    return event.label, text


def _listed(words: tuple[str, ...], what: str) -> str:
    return ", ".join(words) if len(words) <= MOST_NAMED else f"{len(words)} {what}"


def _levels(a: Scenario, b: Scenario, lever: str) -> Iterator[str]:
    """Yield a line for every stretch of time in which a lever's level differs."""
    a, b = by_state(a), by_state(b)
    policies = [p for p in (*a.policies, *b.policies) if p.lever == lever]
    if not policies:
        return
    first, last = max(a.start, b.start), min(a.stop, b.stop)
    cuts = {first, last} | {day for p in policies for day in (p.start, p.stop)}
    days = sorted(day for day in cuts if first <= day <= last)
    before, after = in_force(a, lever), in_force(b, lever)
    going: dict[str, tuple[date, date]] = {}
    for start, stop in pairwise(days):
        weeks = [(s.week_of(start), s.week_of(stop), s.weeks) for s in (a, b)]
        if any(min(until, n) <= week for week, until, n in weeks):
            continue
        result = _changes(a, before[weeks[0][0]], after[weeks[1][0]])
        for text in [text for text in going if text not in result]:
            yield _line(lever, text, *going.pop(text))
        for text in result:
            going[text] = (going[text][0] if text in going else start, stop)
    for text, span in going.items():
        yield _line(lever, text, *span)


def _line(lever: str, text: str, start: date, stop: date) -> str:
    return f"in force: {lever} {text}, {start} to {stop}"


def _changes(
    scenario: Scenario, before: NDArray[np.float64], after: NDArray[np.float64]
) -> list[str]:
    """Return how levels (P, C) differ: from what to what, in which states, against whom."""
    names = scenario.country.geography.names
    keys = [row.key for row in scenario.country.start.cartels]
    pairs = sorted({(x, y) for x, y in zip(before.flat, after.flat, strict=True) if x != y})
    lines = []
    for x, y in pairs:
        where = (before == x) & (after == y)
        for pattern in np.unique(where[where.any(axis=1)], axis=0):
            here = tuple(names[p] for p in np.flatnonzero((where == pattern).all(axis=1)))
            against = tuple(keys[k] for k in np.flatnonzero(pattern))
            text = f"{x:g} -> {y:g}"
            text += "" if len(here) == len(names) else f" in {_listed(here, 'states')}"
            text += "" if len(against) == len(keys) else f" against {_listed(against, 'cartels')}"
            lines.append(text)
    return lines
