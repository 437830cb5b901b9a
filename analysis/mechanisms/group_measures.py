"""Measures of groups and territory: who changes sides, who ends, who holds what at the end."""

from __future__ import annotations

import math

import numpy as np

from plazas.analysis.mechanisms.row import STOP, Measure
from plazas.analysis.mechanisms.seen import Array, Seen, Window
from plazas.model import decode
from plazas.model.events import EventKind
from plazas.model.scenario import place_rows

SMALL = 0.01  #: share of all members below which a group is small
MONOPOLY = 0.8  #: share of the members in a place from which a cartel has it to itself


def poached_share(window: Window) -> Measure:
    """Return the measure of the gangs that come from another cartel, in % of all that join."""

    def measure(seen: Seen) -> float:
        joined = seen.events(window, EventKind.ABSORBED)
        return 100.0 * float((joined["other"] >= 0).mean()) if len(joined) else math.nan

    return measure


def poached_on_fronts(window: Window) -> Measure:
    """Return the measure of gangs poached where both cartels fought lately, in % of all poached.

    Lately is the same month or the one before.
    """

    def measure(seen: Seen) -> float:
        joined = seen.events(window, EventKind.ABSORBED)
        joined = joined[joined["other"] >= 0]
        if not len(joined):
            return math.nan
        fought = {
            (int(f["month"]), int(f["place"]), int(f["one"]), int(f["other"])) for f in seen.fronts
        }
        hits = 0
        for event, month in zip(joined, seen.months_of(joined), strict=True):
            pair = sorted((int(event["cartel"]), int(event["other"])))
            hits += any(
                (int(month) - back, int(event["place"]), *pair) in fought for back in (0, 1)
            )
        return 100.0 * hits / len(joined)

    return measure


def gangs_lost(window: Window) -> Measure:
    """Return the measure of members whose gang left its cartel, per 1,000 members and year."""

    def measure(seen: Seen) -> float:
        log = seen.events(window, EventKind.ABSORBED, EventKind.INDEPENDENT)
        left = (log["kind"] == EventKind.INDEPENDENT) | (log["other"] >= 0)
        lost = seen.a_year(float(log["amount"][left].sum()), window)
        return 1000.0 * lost / seen.level("members", window)

    return measure


def groups_ended(seen: Seen) -> float:
    """Return how many cartels of the start have no members at the end."""
    return float((seen.members[-1].sum(axis=0)[: seen.founders] == 0).sum())


def groups_small(seen: Seen) -> float:
    """Return how many cartels of the start have less than a hundredth of all members at the end."""
    heads = seen.members[-1].sum(axis=0)
    return float((heads[: seen.founders] < SMALL * heads.sum()).sum())


def spread(seen: Seen) -> tuple[float, float]:
    """Return how many places the largest cartel of the end leads, at the end and at the start."""
    largest = int(seen.members[-1].sum(axis=0).argmax())
    return float(seen.led(-1)[largest]), float(seen.led(0)[largest])


def entries(seen: Seen) -> float:
    """Return how often a cartel of the start enters a place where it has no members, a year."""
    there = seen.members[:, :, : seen.founders] > 0
    return float((there[1:] & ~there[:-1]).sum()) * 12.0 / (len(there) - 1)


def attacks_without_members(window: Window) -> Measure:
    """Return the measure of attacks on officials where the cartel has no members, a year."""

    def measure(seen: Seen) -> float:
        log = seen.events(window, EventKind.ATTACK)
        there = seen.members[seen.months_of(log), log["place"], log["cartel"]] > 0
        return seen.a_year(float((~there).sum()), window)

    return measure


def leaves(cartel: str, ally: str, window: Window) -> Measure:
    """Return the measure of whether a cartel breaks its alliance with another in a window."""

    def measure(seen: Seen) -> float:
        log = seen.events(window, EventKind.BETRAYAL)
        pair = (log["cartel"] == seen.cartel(cartel)) & (log["other"] == seen.cartel(ally))
        return float(pair.any())

    return measure


def at_war(one: str, other: str, window: Window) -> Measure:
    """Return the measure of whether two cartels fight on a front in a window."""

    def measure(seen: Seen) -> float:
        pair = sorted((seen.cartel(one), seen.cartel(other)))
        fronts = seen.fronts
        now = seen.months_in(window)[fronts["month"]] & (fronts["active"] == 1)
        return float((now & (fronts["one"] == pair[0]) & (fronts["other"] == pair[1])).any())

    return measure


def front_deaths(cartel: str, window: Window) -> Measure:
    """Return the measure of the deaths expected on the fronts of a cartel in a window."""

    def measure(seen: Seen) -> float:
        k, fronts = seen.cartel(cartel), seen.fronts
        own = (fronts["one"] == k) | (fronts["other"] == k)
        return float(fronts["deaths"][own & seen.months_in(window)[fronts["month"]]].sum())

    return measure


def home_flow(name: str, window: Window, cartel: str) -> Measure:
    """Return the measure of a flow at a cartel's home in a window, as a yearly mean."""

    def measure(seen: Seen) -> float:
        home = seen.results.homes[seen.cartel(cartel)]
        return seen.a_year(float(seen.by_place(name, window)[home]), window)

    return measure


def monopolies(cartel: str) -> Measure:
    """Return the measure of the places that a cartel has to itself at the end."""

    def measure(seen: Seen) -> float:
        return float((_shares(seen, -1)[:, seen.cartel(cartel)] >= MONOPOLY).sum())

    return measure


def killing_in_monopolies(seen: Seen) -> float:
    """Return by how much more rivals kill in monopolies than elsewhere, per 1,000 members and year.

    Months of places with members are taken together; NaN where there is no monopoly in the run.
    """
    members = seen.members.sum(axis=2)
    largest = np.stack([_shares(seen, m).max(axis=1) for m in range(len(members))])
    killed = seen.place_series("killed_by_rivals")
    alone = largest >= MONOPOLY
    shared = (members > 0) & ~alone
    if not alone.any() or not shared.any():
        return math.nan
    rates = [12_000.0 * killed[w].sum() / members[w].sum() for w in (alone, shared)]
    return float(rates[0] - rates[1])


def _shares(seen: Seen, month: int) -> Array:
    """Return each cartel's share of the members of a place at the beginning of a month, (P, K)."""
    return decode.shares(seen.members[month])


def challenged(state: str) -> Measure:
    """Return the measure of whether a local group rose in a state and has members at the end."""

    def measure(seen: Seen) -> float:
        here = set(place_rows(seen.country, (state,)))
        log = seen.events((seen.results.scenario.start, STOP), EventKind.RISE)
        rose = [int(e["cartel"]) for e in log if int(e["place"]) in here]
        return float(seen.members[-1].sum(axis=0)[rose].sum() > 0)

    return measure


def growth(state: str, first: Window, last: Window) -> Measure:
    """Return the measure of a state's homicides in a later window over those in an earlier one."""

    def measure(seen: Seen) -> float:
        there = seen.places(state)
        before, after = (float(seen.by_place("homicides", w)[there].sum()) for w in (first, last))
        return after / before if before > 0 else math.nan

    return measure
