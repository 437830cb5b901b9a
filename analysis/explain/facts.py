"""What moved the lead of a place: its reigns, and the gangs that cartels won and lost there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from plazas.analysis.explain.notes import Note, notes
from plazas.analysis.explain.saved import Saved, between, listed

WINDOW = pd.DateOffset(months=12)  # before a flip


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


class Moves(NamedTuple):
    """The gangs that a cartel won and lost in a place within some time.

    ``joined`` by whom they served before and ``left`` by whom they serve now (None: nobody).
    """

    joined: dict[str | None, Count]
    left: dict[str | None, Count]
    cells: Count


class Faction(NamedTuple):
    """A faction that broke from a cartel, and its members in the place a month later."""

    cartel: str
    day: pd.Timestamp
    members: int


class Side(NamedTuple):
    """A cartel in the place before a flip and at it; all zero where ``cartel`` is None."""

    cartel: str | None
    before: int  #: members
    after: int
    share_before: float
    share_after: float
    moves: Moves


@dataclass(frozen=True)
class Flip:
    """The lead of a place going from ``old`` to ``new``, and what came with it from ``since`` on.

    ``parts`` are the members by which the gap between the two moved, by what moved them; they sum
    to ``gap``.
    """

    date: pd.Timestamp
    since: pd.Timestamp
    new: Side
    old: Side
    factions: tuple[Faction, ...]
    parts: dict[str, int]
    notes: tuple[Note, ...]

    @property
    def gap(self) -> int:
        """Return by how many members the new leader gained on the old."""
        return _gap(self.new, self.old)


def _gap(new: Side, old: Side) -> int:
    return (new.after - new.before) - (old.after - old.before)


def counted(events: pd.DataFrame) -> Count:
    """Return the number of gangs in events that concern one gang each, and their members."""
    return Count(len(events), int(events["amount"].sum()))


def total(counts: dict[str | None, Count]) -> Count:
    """Return the sum of counts."""
    return Count(sum(n.gangs for n in counts.values()), sum(n.members for n in counts.values()))


def reigns(saved: Saved) -> list[Reign]:
    """Return who led the place, in order."""
    flips = saved.here[saved.here["kind"] == "flip"]
    first = saved.months[0]
    leader = flips["other"].iloc[0] if len(flips) else _largest(saved)
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


def _largest(saved: Saved) -> str | None:
    """Return the cartel with most members in the first month."""
    row = saved.heads.iloc[0]
    return str(row.idxmax()) if row.sum() > 0 else None


def moves(saved: Saved, cartel: str | None, since: pd.Timestamp, until: pd.Timestamp) -> Moves:
    """Return the gangs that a cartel won and lost from ``since`` up to ``until`` (not included)."""
    log = between(saved.here, since, until)
    absorbed = log[log["kind"] == "absorbed"]
    mine = log[log["cartel"] == cartel]
    joined = _by(absorbed[absorbed["cartel"] == cartel], "other") if cartel else {}
    left = _by(absorbed[absorbed["other"] == cartel], "cartel") if cartel else {}
    alone = counted(mine[mine["kind"] == "independent"])
    if alone.gangs:
        left[None] = alone
    return Moves(joined, left, counted(mine[mine["kind"] == "cell"]))


def _by(events: pd.DataFrame, column: str) -> dict[str | None, Count]:
    """Return the gangs of some events and their members by a column, most members first."""
    groups = events.groupby(column, sort=False, dropna=False)
    counts = {key if isinstance(key, str) else None: counted(rows) for key, rows in groups}
    return dict(sorted(counts.items(), key=lambda item: -item[1].members))


def flip(saved: Saved, new: str | None, old: str | None, day: pd.Timestamp) -> Flip:
    """Return what came with the lead going from ``old`` to ``new``, over the year before."""
    last = saved.at(day)
    until = saved.months[last]
    since = max(saved.months[0], until - WINDOW)

    def side(cartel: str | None) -> Side:
        first = saved.at(since)
        return Side(
            cartel,
            before=saved.members(cartel, first),
            after=saved.members(cartel, last),
            share_before=saved.share(cartel, first),
            share_after=saved.share(cartel, last),
            moves=moves(saved, cartel, since, until),
        )

    mine, theirs = side(new), side(old)
    factions = _factions(saved, old, since, until)
    rose = between(saved.here, since, until)
    rose = rose[rose["kind"] == "rise"]
    risen = (counted(rose[rose["cartel"] == key]).members for key in (new, old))
    named = {key for key in (new, old) if key is not None}
    return Flip(
        date=day,
        since=since,
        new=mine,
        old=theirs,
        factions=factions,
        parts=_parts(mine, theirs, factions, *risen),
        notes=tuple(n for n in notes(saved, since, until) if named & {n.cartel, n.other}),
    )


def _factions(
    saved: Saved, cartel: str | None, since: pd.Timestamp, until: pd.Timestamp
) -> tuple[Faction, ...]:
    """Return the factions that broke from a cartel and have members in the place."""
    log = between(saved.events, since, until)
    result = []
    for event in listed(log[(log["kind"] == "split") & (log["cartel"] == cartel)]):
        month = min(saved.at(event.date) + 1, len(saved.months) - 1)
        members = saved.members(event.other, month)
        if members and event.other is not None:
            result.append(Faction(event.other, event.date, members))
    return tuple(result)


def _parts(
    new: Side, old: Side, factions: tuple[Faction, ...], rose_new: int, rose_old: int
) -> dict[str, int]:
    """Return what moved the gap between two cartels; gangs that changed sides count for both."""
    mine, theirs = new.moves, old.moves
    nothing = Count(0, 0)
    crossed = mine.joined.get(old.cartel, nothing).members if old.cartel else 0
    back = theirs.joined.get(new.cartel, nothing).members if new.cartel else 0
    parts = {
        "joined": total(mine.joined).members - crossed,
        "crossed": 2 * (crossed - back),
        "cells": mine.cells.members - theirs.cells.members,
        "split": sum(part.members * (1 + (part.cartel == new.cartel)) for part in factions),
        "risen": rose_new - rose_old,
        "left": total(theirs.left).members - crossed,
        "lost": back - total(mine.left).members,
        "won": back - total(theirs.joined).members,
    }
    return parts | {"rest": _gap(new, old) - sum(parts.values())}
