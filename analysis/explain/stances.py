"""Who was at war with whom, put together from the relations of the start and the event log.

Two heirs of one cartel are at war or not from the day of the split, by chance; the log does not say
which, but what they do next does: peace ends a war, a war or an alliance begins where none was. Of
two heirs who do neither to the end it is not known, and no war is reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from plazas.analysis.explain.saved import Saved, listed
from plazas.model.world import AT_WAR

Pair = frozenset[str]


@dataclass(frozen=True)
class War:
    """A war between two cartels from ``began`` up to ``ended``, None where the run ended first.

    ``of_old`` says that it was there when the run began.
    """

    pair: tuple[str, str]
    began: pd.Timestamp
    ended: pd.Timestamp | None
    of_old: bool = False


@dataclass
class _Ledger:
    """The wars that are open, those that are over, and the heirs of whom it is not yet known."""

    going: dict[Pair, tuple[pd.Timestamp, bool]] = field(default_factory=dict)
    heirs: dict[Pair, pd.Timestamp] = field(default_factory=dict)
    over: list[War] = field(default_factory=list)

    def begin(self, pair: Pair, day: pd.Timestamp, of_old: bool = False) -> None:
        self.heirs.pop(pair, None)
        self.going.setdefault(pair, (day, of_old))

    def end(self, pair: Pair, day: pd.Timestamp | None) -> None:
        since = self.heirs.pop(pair, None)
        began, of_old = self.going.pop(pair, (since, False))
        if began is not None:
            self.over.append(War(_in_order(pair), began, day, of_old))

    def befriend(self, pair: Pair, day: pd.Timestamp) -> None:
        self.heirs.pop(pair, None)
        if pair in self.going:
            self.end(pair, day)

    def forget(self, cartel: str, day: pd.Timestamp) -> None:
        """End all that concerns a cartel that has ended; of its heirs nothing will be known."""
        self.heirs = {pair: day for pair, day in self.heirs.items() if cartel not in pair}
        for pair in [pair for pair in self.going if cartel in pair]:
            self.end(pair, day)

    def divide(self, cartel: str, faction: str, day: pd.Timestamp) -> None:
        """Make the enemies of a cartel that breaks both parts' enemies."""
        for pair in [pair for pair in self.going if cartel in pair]:
            (enemy,) = pair - {cartel}
            self.begin(frozenset((faction, enemy)), day)
        self.heirs[frozenset((cartel, faction))] = day


def wars(saved: Saved) -> list[War]:
    """Return all wars of a run, in the order of their beginnings."""
    ledger = _Ledger()
    start = saved.scenario.country.start
    first = pd.Timestamp(saved.scenario.start)
    keys = [row.key for row in start.cartels]
    for i, one in enumerate(keys):
        for j, other in enumerate(keys[:i]):
            if start.relation[i, j] == AT_WAR:
                ledger.begin(frozenset((one, other)), first, of_old=True)
    national = saved.events[saved.events["kind"].isin(_KINDS)]
    for event in listed(national):
        cartel, other = event.cartel or "", event.other or ""
        pair = frozenset((cartel, other))
        if event.kind == "war":
            ledger.begin(pair, event.date)
        elif event.kind == "peace":
            ledger.end(pair, event.date)
        elif event.kind == "rise":
            if other:
                ledger.begin(pair, event.date)
        elif event.kind == "split":
            ledger.divide(cartel, other, event.date)
        elif event.kind == "dissolved":
            ledger.forget(cartel, event.date)
        else:  # friends now, or until now
            ledger.befriend(pair, event.date)
    ledger.heirs.clear()
    for pair in list(ledger.going):
        ledger.end(pair, None)
    return sorted(ledger.over, key=lambda war: (war.began, war.pair))


_KINDS = ("war", "peace", "rise", "split", "dissolved", "alliance", "betrayal")


def _in_order(pair: Pair) -> tuple[str, str]:
    one, other = sorted(pair)
    return one, other
