"""Measures of what agents do: how they answer pressure, and what they sell where."""

from __future__ import annotations

import math

import numpy as np

from plazas.analysis.mechanisms.measures import ANSWERS, HOSTILE
from plazas.analysis.mechanisms.row import Measure
from plazas.analysis.mechanisms.seen import Array, Seen, Window, upper_half
from plazas.model import decode
from plazas.model.events import EventKind


def bribes_where_corrupt(window: Window) -> Measure:
    """Return the measure of the share of bribes among answers: corrupt minus honest half, points.

    The halves are those of the places in the month of the answer.
    """

    def measure(seen: Seen) -> float:
        log = seen.events(window, *ANSWERS)
        corruption = seen.place_series("corruption")
        corrupt = np.stack([upper_half(month) for month in corruption])
        there = corrupt[seen.months_of(log), log["place"]]
        if not there.any() or there.all():
            return math.nan
        bribe = log["kind"] == EventKind.BRIBE
        return 100.0 * float(bribe[there].mean() - bribe[~there].mean())

    return measure


def threats_come_first(window: Window) -> Measure:
    """Return the measure of how many of the cartels that attack have threatened before, in %.

    Attacks by hired gangs do not count.
    """

    def measure(seen: Seen) -> float:
        log = seen.events(window, *HOSTILE, EventKind.HIRED)
        hired = {
            (int(e["week"]), int(e["cartel"]), int(e["place"]))
            for e in log
            if e["kind"] == EventKind.HIRED
        }
        first: dict[int, bool] = {}  # whether the first hostile act of a cartel is a threat
        attackers = set()
        for event in log:
            act = (int(event["week"]), int(event["cartel"]), int(event["place"]))
            if event["kind"] == EventKind.HIRED or (
                event["kind"] == EventKind.ATTACK and act in hired
            ):
                continue
            first.setdefault(act[1], event["kind"] == EventKind.THREAT)
            if event["kind"] == EventKind.ATTACK:
                attackers.add(act[1])
        if not attackers:
            return math.nan
        return 100.0 * sum(first[k] for k in attackers) / len(attackers)

    return measure


def contested_share(window: Window) -> Measure:
    """Return the measure of attacks on centres in the more contested half of the places, in %."""

    def measure(seen: Seen) -> float:
        log = seen.events(window, EventKind.CENTRE_ATTACK)
        contested = upper_half(seen.by_place("friction", window))
        return 100.0 * float(contested[log["place"]].mean()) if len(log) else math.nan

    return measure


def _market(seen: Seen, name: str, window: Window) -> Array:
    """Return each cartel's share of a drug market in a window, (K,)."""
    rows = decode.cartel_months(seen.record, len(seen.month_days))
    inside = seen.months_in(window)[rows.month]
    revenue = np.bincount(
        rows.cartel[inside], rows.levels[name][inside], minlength=seen.members.shape[2]
    )
    return np.asarray(revenue / revenue.sum()) if revenue.sum() > 0 else np.full(1, np.nan)


def largest_share(name: str, window: Window) -> Measure:
    """Return the measure of the largest cartel's share of a drug market, in %."""
    return lambda seen: 100.0 * float(_market(seen, name, window).max())


def markets_differ(window: Window) -> Measure:
    """Return the measure of how far the shares of both drug markets differ, in %."""

    def measure(seen: Seen) -> float:
        american = _market(seen, "us_revenue", window)
        overseas = _market(seen, "overseas_revenue", window)
        return 50.0 * float(np.abs(american - overseas).sum())

    return measure
