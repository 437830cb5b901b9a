"""Measures of one run that several rows share; each function returns a measure.

A measure takes a :class:`~plazas.analysis.mechanisms.seen.Seen` and returns a number, NaN where the
run has no such thing, or two numbers (here, elsewhere) for a contrast.
"""

from __future__ import annotations

import math

import numpy as np

from plazas.analysis.mechanisms.row import STOP, Measure
from plazas.analysis.mechanisms.seen import Seen, Window, upper_half
from plazas.model.events import EventKind

ANSWERS = (EventKind.BRIBE, EventKind.THREAT, EventKind.ATTACK)
HOSTILE = (EventKind.THREAT, EventKind.ATTACK)


def flow(name: str, window: Window) -> Measure:
    """Return the measure of a national flow, as a yearly mean in a window."""
    return lambda seen: seen.flow(name, window)


def level(name: str, window: Window) -> Measure:
    """Return the measure of the mean of a national level in a window."""
    return lambda seen: seen.level(name, window)


def place_flow(name: str, window: Window, group: str) -> Measure:
    """Return the measure of a flow of a group of places, as a yearly mean in a window."""
    return lambda seen: seen.a_year(
        float(seen.by_place(name, window)[seen.places(group)].sum()), window
    )


def place_contrast(name: str, window: Window, group: str) -> Measure:
    """Return the measure of a flow in a group of places and in all others."""

    def measure(seen: Seen) -> tuple[float, float]:
        flows, here = seen.by_place(name, window), seen.places(group)
        return float(flows[here].sum()), float(flows[~here].sum())

    return measure


def answers(
    kinds: tuple[EventKind, ...], window: Window, cartel: str = "", but: str = "", group: str = ""
) -> Measure:
    """Return the measure of the number of events of cartels in a window, as a yearly mean.

    Parameters
    ----------
    kinds
        Kinds of events.
    window
        When.
    cartel, but
        The role of the only cartel that counts, or of the only one that does not.
    group
        The places that count; all if empty.
    """

    def measure(seen: Seen) -> float:
        log = seen.events(window, *kinds)
        counts = np.ones(len(log), bool)
        if cartel:
            counts &= log["cartel"] == seen.cartel(cartel)
        if but:
            counts &= log["cartel"] != seen.cartel(but)
        if group:
            counts &= seen.places(group)[log["place"]]
        return seen.a_year(float(counts.sum()), window)

    return measure


def answers_contrast(kinds: tuple[EventKind, ...], window: Window, group: str) -> Measure:
    """Return the measure of the number of events in a group of places and in all others."""

    def measure(seen: Seen) -> tuple[float, float]:
        here = seen.places(group)[seen.events(window, *kinds)["place"]]
        return float(here.sum()), float((~here).sum())

    return measure


def share_of(kind: EventKind, among: tuple[EventKind, ...], window: Window) -> Measure:
    """Return the measure of the share of one kind among several kinds of events, in %."""

    def measure(seen: Seen) -> float:
        kinds = seen.events(window, *among)["kind"]
        return 100.0 * float((kinds == kind).mean()) if len(kinds) else math.nan

    return measure


def members_of(*roles: str) -> Measure:
    """Return the measure of the members of some cartels and their factions at the end, persons."""
    return lambda seen: sum(seen.lines(-1)[seen.cartel(role)] for role in roles)


def members_end(seen: Seen) -> float:
    """Return the members of all cartels at the end, persons."""
    return float(seen.members[-1].sum())


def cartels_end(seen: Seen) -> float:
    """Return the number of cartels with members at the end."""
    return float((seen.members[-1].sum(axis=0) > 0).sum())


def gangs_contrast(group: str) -> Measure:
    """Return the measure of members of cartels and gangs at the end, in a group and elsewhere."""

    def measure(seen: Seen) -> tuple[float, float]:
        heads = seen.members[-1].sum(axis=1) + seen.place_series("local_members")[-1]
        here = seen.places(group)
        return float(heads[here].sum()), float(heads[~here].sum())

    return measure


def held_by_half(trait: str) -> Measure:
    """Return the measure of what the half of the cartels with more of a trait holds at the end.

    It is their share of the members of all cartels of the start and their factions, in %.

    Parameters
    ----------
    trait
        ``franchise`` or ``brutality``.
    """

    def measure(seen: Seen) -> float:
        heads = seen.lines(-1)
        chosen = upper_half(getattr(seen, trait))
        return 100.0 * float(heads[chosen].sum() / heads.sum()) if heads.sum() > 0 else math.nan

    return measure


def states_led(cartel: str = "") -> Measure:
    """Return the measure of the states that a cartel leads at the end.

    Without a key it is the cartel that leads most.
    """

    def measure(seen: Seen) -> float:
        led = seen.led(-1)
        return float(led[seen.cartel(cartel)] if cartel else led.max())

    return measure


def share_of_runs(condition: Measure) -> Measure:
    """Return the measure that is 100 where a condition holds and 0 where it does not."""
    return lambda seen: 100.0 * bool(condition(seen))


def until(year: int) -> Window:
    """Return the window from the start to the end of a year."""
    return STOP.replace(year=2010), STOP.replace(year=year + 1)
