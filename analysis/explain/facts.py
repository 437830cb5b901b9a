"""What can be counted of a place in saved results: who led, what moved a lead, how a year went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from plazas.analysis.explain.saved import Saved, listed
from plazas.analysis.explain.stances import War, wars

WINDOW = pd.DateOffset(months=12)  # before a flip
SHOWN_SHARE = 0.05  # of the cartel members of a place, from which a cartel counts as present
SHOWN_PRODUCT = 0.005  # of two shares, from which their war counts there
HIGH = 1.15  # times its own mean, from which a year stands out
MOST_YEARS, MOST_WARS, MOST_SHARES = 3, 3, 4

FLOWS = ("homicides", "killed_by_rivals", "killed_by_forces", "officials_killed")
FALLS = ("captured", "killed", "ill")
ABOUT_CARTELS = (*FALLS, "released", "escaped", "split", "dissolved", "rise", "betrayal", "war")


class Count(NamedTuple):
    """So many gangs with so many members when they moved."""

    gangs: int
    members: int


class Reign(NamedTuple):
    """A cartel that was the largest of the place, or none, from ``began`` up to ``ended``."""

    cartel: str | None
    began: pd.Timestamp
    ended: pd.Timestamp | None  #: None where the run ended first
    first_share: float
    last_share: float


class Note(NamedTuple):
    """Something dated that bears on the place: an event's kind, a flip, or a policy's start.

    ``weight`` is how much it can bear on it: for an event of a cartel its share there, of a war or
    a broken alliance four times the product of the two shares (1 for two equals), else 1.
    """

    date: pd.Timestamp
    kind: str
    cartel: str | None
    other: str | None
    amount: float
    weight: float = 1.0
    lever: str = ""  #: of a policy


@dataclass(frozen=True)
class Moves:
    """The gangs that a cartel won and lost in a place within some time.

    ``joined`` by whom they served before and ``left`` by whom they serve now (None: nobody).
    """

    joined: dict[str | None, Count]
    left: dict[str | None, Count]
    cells: Count

    def joined_in_all(self) -> Count:
        """Return all gangs that joined."""
        return _total(self.joined)

    def left_in_all(self) -> Count:
        """Return all gangs that left."""
        return _total(self.left)


@dataclass(frozen=True)
class Flip:
    """The lead of a place going from ``old`` to ``new``, and what came with it from ``since`` on.

    ``heads`` and ``shares`` are (at ``since``, at the flip) of new and old. ``parts`` are the
    members by which the gap between the two moved, by what moved them; they sum to ``gap``.
    """

    date: pd.Timestamp
    since: pd.Timestamp
    new: str | None
    old: str | None
    heads: tuple[tuple[int, int], tuple[int, int]]
    shares: tuple[tuple[float, float], tuple[float, float]]
    moves: tuple[Moves, Moves]
    factions: tuple[tuple[str, pd.Timestamp, int], ...]
    parts: dict[str, int]
    notes: tuple[Note, ...]

    @property
    def gap(self) -> int:
        """Return by how many members the new leader gained on the old."""
        (a0, a1), (b0, b1) = self.heads
        return (a1 - a0) - (b1 - b0)


class WarHere(NamedTuple):
    """Two of those present at war in a year: since when, and in how many of its months.

    ``since`` is None where it was there when the run began; ``shares`` are those of these months.
    """

    pair: tuple[str, str]
    since: pd.Timestamp | None
    months: int
    shares: tuple[float, float]


@dataclass(frozen=True)
class Year:
    """How a year went in a place; flows in persons, means over its months."""

    year: int
    homicides: int
    own_mean: float
    ratio: float  #: to its own mean over all full years
    nation_ratio: float
    by_rivals: int
    by_force: int
    officials: int
    friction: tuple[float, float | None, float]  #: that year, the year before, all full years
    contest: tuple[float, float]  #: 1 - HHI: that year, all full years
    members: tuple[int, int]  #: at its beginning and at its end
    shares: tuple[tuple[str, float], ...]
    wars: tuple[WarHere, ...]
    lesser_wars: int
    joined: Count
    notes: tuple[Note, ...]

    @property
    def others(self) -> int:
        """Return the bystanders and the ordinary homicides."""
        return self.homicides - self.by_rivals - self.by_force - self.officials


def reigns(saved: Saved) -> list[Reign]:
    """Return who led the place, in order."""
    flips = saved.here[saved.here["kind"] == "flip"]
    first = saved.months[0]
    leader = flips["other"].iloc[0] if len(flips) else _largest(saved, 0)
    turns: list[tuple[pd.Timestamp, str | None]] = [(first, leader)]
    turns += [(event.date, event.cartel) for event in listed(flips)]
    if len(turns) > 1 and turns[1][0] <= first + pd.Timedelta(weeks=1):
        turns.pop(0)
    ends: list[pd.Timestamp | None] = [*(day for day, _ in turns[1:]), None]
    result = []
    for (began, cartel), ended in zip(turns, ends, strict=True):
        last = len(saved.months) - 1 if ended is None else max(0, saved.at(ended) - 1)
        shares = saved.share(cartel, saved.at(began)), saved.share(cartel, last)
        result.append(Reign(cartel, began, ended, *shares))
    return result


def _largest(saved: Saved, month: int) -> str | None:
    row = saved.heads.iloc[month] if len(saved.heads.columns) else pd.Series(dtype=int)
    return str(row.idxmax()) if row.sum() > 0 else None


def moves(saved: Saved, cartel: str | None, since: pd.Timestamp, until: pd.Timestamp) -> Moves:
    """Return the gangs that a cartel won and lost from ``since`` up to ``until`` (not included)."""
    log = saved.here
    log = log[(log["date"] >= since) & (log["date"] < until)]
    absorbed = log[log["kind"] == "absorbed"]
    alone = log[(log["kind"] == "independent") & (log["cartel"] == cartel)]
    left = _counts(absorbed[absorbed["other"] == cartel], "cartel") if cartel else {}
    if len(alone):
        left[None] = Count(len(alone), int(alone["amount"].sum()))
    cells = log[(log["kind"] == "cell") & (log["cartel"] == cartel)]
    return Moves(
        joined=_counts(absorbed[absorbed["cartel"] == cartel], "other") if cartel else {},
        left=left,
        cells=Count(len(cells), int(cells["amount"].sum())),
    )


def _counts(events: pd.DataFrame, by: str) -> dict[str | None, Count]:
    """Return the gangs of some events and their members by a column, most members first."""
    result: dict[str | None, Count] = {}
    for key in events[by].unique():
        those = events[events[by].isna()] if key is None else events[events[by] == key]
        result[key] = Count(len(those), int(those["amount"].sum()))
    return dict(sorted(result.items(), key=lambda item: -item[1].members))


def _total(counts: dict[str | None, Count]) -> Count:
    return Count(
        sum(count.gangs for count in counts.values()),
        sum(count.members for count in counts.values()),
    )


def flip(saved: Saved, new: str | None, old: str | None, day: pd.Timestamp) -> Flip:
    """Return what came with the lead going from ``old`` to ``new``, over the year before."""
    since = max(saved.months[0], saved.months[saved.at(day)] - WINDOW)
    ends = saved.at(since), saved.at(day)
    heads = tuple(tuple(saved.members(key, m) for m in ends) for key in (new, old))
    shares = tuple(tuple(saved.share(key, m) for m in ends) for key in (new, old))
    until = saved.months[ends[1]]
    both = moves(saved, new, since, until), moves(saved, old, since, until)
    factions = _factions(saved, old, since, until)
    gap = (heads[0][1] - heads[0][0]) - (heads[1][1] - heads[1][0])
    named = {key for key in (new, old) if key is not None}
    return Flip(
        date=day,
        since=since,
        new=new,
        old=old,
        heads=heads,  # type: ignore[arg-type]
        shares=shares,  # type: ignore[arg-type]
        moves=both,
        factions=factions,
        parts=_parts(new, old, both, factions, _risen(saved, new, old, since, until), gap),
        notes=tuple(n for n in notes(saved, since, until) if named & {n.cartel, n.other}),
    )


def _factions(
    saved: Saved, cartel: str | None, since: pd.Timestamp, until: pd.Timestamp
) -> tuple[tuple[str, pd.Timestamp, int], ...]:
    """Return the factions that broke from a cartel, when, and their members there a month later."""
    log = saved.events
    broke = log[(log["kind"] == "split") & (log["cartel"] == cartel)]
    broke = broke[(broke["date"] >= since) & (broke["date"] < until)]
    result = []
    for event in listed(broke):
        month = min(saved.at(event.date) + 1, len(saved.months) - 1)
        members = saved.members(event.other, month)
        if members and event.other is not None:
            result.append((event.other, event.date, members))
    return tuple(result)


def _risen(
    saved: Saved, new: str | None, old: str | None, since: pd.Timestamp, until: pd.Timestamp
) -> int:
    """Return the members with whom ``new`` rose there in that time, less those of ``old``."""
    log = saved.here
    log = log[(log["kind"] == "rise") & (log["date"] >= since) & (log["date"] < until)]
    return int(log.loc[log["cartel"] == new, "amount"].sum()) - int(
        log.loc[log["cartel"] == old, "amount"].sum()
    )


def _parts(
    new: str | None,
    old: str | None,
    both: tuple[Moves, Moves],
    factions: tuple[tuple[str, pd.Timestamp, int], ...],
    risen: int,
    gap: int,
) -> dict[str, int]:
    """Return what moved the gap between two cartels; gangs that changed sides count for both."""
    mine, theirs = both
    nothing = Count(0, 0)
    crossed = mine.joined.get(old, nothing).members if old else 0
    back = theirs.joined.get(new, nothing).members if new else 0
    of_new = sum(members for faction, _, members in factions if faction == new)
    parts = {
        "joined": mine.joined_in_all().members - crossed,
        "crossed": 2 * (crossed - back),
        "cells": mine.cells.members - theirs.cells.members,
        "split": sum(members for _, _, members in factions) + of_new,
        "risen": risen,
        "left": theirs.left_in_all().members - crossed,
        "lost": back - mine.left_in_all().members,
        "won": back - theirs.joined_in_all().members,
    }
    return parts | {"rest": gap - sum(parts.values())}


def years(saved: Saved) -> dict[int, Year]:
    """Return how every full year went."""
    full = list(saved.full_years)
    if not full:
        return {}
    year = saved.months.year
    inside = year.isin(full)
    flows = saved.series.groupby(year).sum()
    own = float(flows.loc[full, "homicides"].mean())
    nation = saved.nation.groupby(year).sum().loc[full]
    friction = saved.series["friction"].groupby(year).mean()
    contest = saved.contest.groupby(year).mean()
    means = float(saved.series["friction"][inside].mean()), float(saved.contest[inside].mean())
    all_wars = wars(saved)
    result = {}
    for y in full:
        flow = {name: int(flows[name][y]) for name in FLOWS}
        shares = saved.shares[year == y].mean().sort_values(ascending=False)
        here = _wars_here(saved, all_wars, y)
        absorbed = saved.here[
            (saved.here["kind"] == "absorbed") & (saved.here["date"].dt.year == y)
        ]
        began, last = saved.at(pd.Timestamp(y, 1, 1)), saved.at(pd.Timestamp(y, 12, 31))
        heads = saved.heads.sum(axis=1)
        result[y] = Year(
            year=y,
            homicides=flow["homicides"],
            own_mean=own,
            ratio=flow["homicides"] / own if own > 0 else 1.0,
            nation_ratio=float(nation[y] / nation.mean()) if nation.mean() > 0 else 1.0,
            by_rivals=flow["killed_by_rivals"],
            by_force=flow["killed_by_forces"],
            officials=flow["officials_killed"],
            friction=(float(friction[y]), friction.get(y - 1), means[0]),
            contest=(float(contest[y]), means[1]),
            members=(int(heads.iloc[began]), int(heads.iloc[last])),
            shares=tuple(
                (str(key), float(share))
                for key, share in shares.head(MOST_SHARES).items()
                if share >= SHOWN_SHARE
            ),
            wars=tuple(here[:MOST_WARS]),
            lesser_wars=len(here[MOST_WARS:]),
            joined=Count(len(absorbed), int(absorbed["amount"].sum())),
            notes=tuple(notes(saved, pd.Timestamp(y - 1, 1, 1), pd.Timestamp(y + 1, 1, 1))),
        )
    return result


def bloodiest(found: dict[int, Year]) -> list[Year]:
    """Return the years that stand out, the bloodiest first; the first alone where none does."""
    order = sorted(found.values(), key=lambda year: -year.homicides)
    return [year for year in order if year.ratio >= HIGH][:MOST_YEARS] or order[:1]


def _wars_here(saved: Saved, all_wars: list[War], year: int) -> list[WarHere]:
    """Return the pairs of those present at war in a year, those that weighed most first."""
    rows = np.flatnonzero(saved.months.year == year).tolist()
    ends = [saved.months[m] + pd.offsets.MonthBegin(1) for m in rows]
    pairs: dict[tuple[str, str], list[War]] = {}
    for war in all_wars:
        in_year = war.began < ends[-1] and (war.ended is None or war.ended > saved.months[rows[0]])
        if in_year and set(war.pair) <= set(saved.tracks):
            pairs.setdefault(war.pair, []).append(war)
    result = []
    for pair, fought in pairs.items():
        going = [
            m
            for m, end in zip(rows, ends, strict=True)
            if any(
                war.began < end and (war.ended is None or war.ended > saved.months[m])
                for war in fought
            )
        ]
        one, other = (saved.tracks[key][going] for key in pair)
        weight = float((one * other).sum()) / len(rows)
        if weight >= SHOWN_PRODUCT:
            since = None if fought[0].of_old else fought[0].began
            here = WarHere(pair, since, len(going), (float(one.mean()), float(other.mean())))
            result.append((weight, here))
    return [here for _, here in sorted(result, key=lambda item: -item[0])]


def notes(saved: Saved, since: pd.Timestamp, until: pd.Timestamp) -> list[Note]:
    """Return what may bear on a place, by date: what befell those present, flips, policies."""
    log = saved.events
    log = log[(log["date"] >= since) & (log["date"] < until)]
    log = log[log["kind"].isin(ABOUT_CARTELS)]
    result = []
    for event in listed(log):
        month = saved.at(event.date)
        share = saved.share(event.cartel, month)
        weight, least = share, SHOWN_SHARE
        if event.kind == "rise":
            weight = 1.0 if event.place == saved.code else 0.0
        elif event.kind in ("war", "betrayal"):
            product = share * saved.share(event.other, month)
            weight, least = 4.0 * product, 4.0 * SHOWN_PRODUCT
        if weight >= least:
            result.append(Note(*event[:2], event.cartel, event.other, event.amount, weight))
    turns = saved.here[saved.here["kind"] == "flip"]
    turns = turns[(turns["date"] >= since) & (turns["date"] < until)]
    result += [Note(e.date, "flip", e.cartel, e.other, 0.0) for e in listed(turns)]
    result += _policies(saved, since, until)
    return sorted(result, key=lambda note: (note.date, note.kind))


def _policies(saved: Saved, since: pd.Timestamp, until: pd.Timestamp) -> list[Note]:
    """Return the policies that began in the place and in that time."""
    result = []
    for policy in saved.scenario.policies:
        starts = pd.Timestamp(policy.start)
        index = saved.scenario.country.geography.index
        here = not policy.states or saved.place in {index(state) for state in policy.states}
        if here and max(since, saved.months[0]) < starts < until:
            target = policy.targets[0] if len(policy.targets) == 1 else None
            result.append(Note(starts, "policy", target, None, policy.level, lever=policy.lever))
    return result
