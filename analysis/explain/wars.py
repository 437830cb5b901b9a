"""Who was at war with whom, put together from the relations of the start and the event log.

Two heirs of one cartel are at war or not from the day of the split, by chance; the log does not say
which, but what they do next does: peace ends a war, a war or an alliance begins where none was. Of
two heirs who do neither to the end it is not known, and no war is reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from plazas.analysis.explain.saved import Saved, listed
from plazas.model.world import AT_WAR

Pair = frozenset[str]
KINDS = ("war", "peace", "rise", "split", "dissolved", "alliance", "betrayal")


class War(NamedTuple):
    """A war between two cartels from ``began`` up to ``ended``."""

    pair: tuple[str, str]
    began: pd.Timestamp
    ended: pd.Timestamp | None  #: None where the run ended first
    from_start: bool = False  #: whether it was there when the run began

    def is_on(self, month: pd.Timestamp) -> bool:
        """Return whether there was war in the month that begins on a day."""
        began = self.began < month + pd.offsets.MonthBegin(1)
        return bool(began and (self.ended is None or self.ended > month))


@dataclass
class _Relations:
    """Wars that are going on or over, and pairs of heirs of whom it is not yet known."""

    going: dict[Pair, tuple[pd.Timestamp, bool]] = field(default_factory=dict)
    heirs: dict[Pair, pd.Timestamp] = field(default_factory=dict)
    over: list[War] = field(default_factory=list)

    def begin(self, pair: Pair, day: pd.Timestamp, from_start: bool = False) -> None:
        self.heirs.pop(pair, None)
        self.going.setdefault(pair, (day, from_start))

    def end(self, pair: Pair, day: pd.Timestamp | None) -> None:
        since = self.heirs.pop(pair, None)
        began, from_start = self.going.pop(pair, (since, False))
        if began is not None:
            one, other = sorted(pair)
            self.over.append(War((one, other), began, day, from_start))

    def dissolve(self, cartel: str, day: pd.Timestamp) -> None:
        """End the wars of a cartel that has ended; of its heirs nothing will be known."""
        self.heirs = {pair: day for pair, day in self.heirs.items() if cartel not in pair}
        for pair in [pair for pair in self.going if cartel in pair]:
            self.end(pair, day)

    def split(self, cartel: str, faction: str, day: pd.Timestamp) -> None:
        """Make the enemies of a cartel that breaks both parts' enemies."""
        for pair in [pair for pair in self.going if cartel in pair]:
            (enemy,) = pair - {cartel}
            self.begin(frozenset((faction, enemy)), day)
        self.heirs[frozenset((cartel, faction))] = day


def wars(saved: Saved) -> list[War]:
    """Return all wars of a run, in the order of their beginnings."""
    relations = _Relations()
    start = saved.scenario.country.start
    first = pd.Timestamp(saved.scenario.start)
    keys = [row.key for row in start.cartels]
    for i, one in enumerate(keys):
        for j, other in enumerate(keys[:i]):
            if start.relation[i, j] == AT_WAR:
                relations.begin(frozenset((one, other)), first, from_start=True)
    for event in listed(saved.events[saved.events["kind"].isin(KINDS)]):
        cartel, other = event.cartel or "", event.other or ""
        pair = frozenset((cartel, other))
        if event.kind == "split":
            relations.split(cartel, other, event.date)
        elif event.kind == "dissolved":
            relations.dissolve(cartel, event.date)
        elif event.kind == "war" or (event.kind == "rise" and other):
            relations.begin(pair, event.date)
        elif event.kind == "peace" or pair in relations.going:  # friends now, or until now
            relations.end(pair, event.date)
        else:
            relations.heirs.pop(pair, None)
    relations.heirs.clear()
    for pair in list(relations.going):
        relations.end(pair, None)
    return sorted(relations.over, key=lambda war: (war.began, war.pair))
