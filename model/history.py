"""The history of a gang, a state or a cartel so far, in words, from the event log.

The log names a gang where it joins a cartel or leaves one of its own will. The id of a gang says
how it began. Three changes are not logged for single gangs: that it followed a faction, became
independent in a split, or federated with others into a new cartel. These follow from whom the gang
served before and after, and are reported only as far as they follow. Fights, and the week in which
a gang ended, are not in the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from plazas.model import labels
from plazas.model.events import NO_GANG, EventKind
from plazas.model.world import CELL, DIVIDED, FORMED, INDEPENDENT, INITIAL

if TYPE_CHECKING:
    from plazas.model.model import CartelModel

_UNKNOWN = -2  # an allegiance that neither the id nor the log gives


class Entry(NamedTuple):
    """An event in the history of an agent.

    Parameters
    ----------
    date : datetime.date
        First day of its week.
    kind : str
        Kind of the event (``absorbed``, ``split`` ...). For a gang also ``began``, ``followed`` (a
        faction), ``federated`` (with others into a cartel), ``adrift`` (by a split or the end of
        its cartel) and ``served`` (from then at the latest; the log does not say since when).
    cartel, other : str or None
        Keys of the cartels.
    amount : int
        What the kind of event counts, such as members; else 0.
    words : str
        The event as a sentence.
    """

    date: date
    kind: str
    cartel: str | None
    other: str | None
    amount: int
    words: str

    def __str__(self) -> str:
        return f"{self.date}: {self.words}"


class Beginning(NamedTuple):
    """What the id of a gang says: where, when and how it began, and its ordinal."""

    place: int
    week: int
    kind: int
    ordinal: int


def beginning(gang_id: int) -> Beginning:
    """Return how a gang began, from its id.

    Parameters
    ----------
    gang_id : int
        See ``plazas.model.rules.formation.gang_id``.

    Returns
    -------
    Beginning
        Row of the place, week, kind (FORMED, DIVIDED, CELL or INITIAL) and ordinal.
    """
    return Beginning(
        gang_id >> 48, (gang_id >> 32) & 0xFFFF, (gang_id >> 29) & 0b111, gang_id & 0x1FFF_FFFF
    )


def of_gang(model: CartelModel, gang_id: int) -> list[Entry]:
    """Return the history of a gang, oldest first, also of one that has ended."""
    return list(_Life(model, gang_id).entries())


def of_state(model: CartelModel, row: int) -> list[Entry]:
    """Return what the log has of a place, oldest first."""
    log = _log(model)
    return _told(model, log[log["place"] == row])


def of_cartel(model: CartelModel, row: int) -> list[Entry]:
    """Return what the log has of a cartel, single gangs apart, oldest first."""
    log = _log(model)
    mine = (log["cartel"] == row) | (log["other"] == row)
    return _told(model, log[mine & (log["gang"] == NO_GANG)])


def _log(model: CartelModel) -> np.ndarray:
    """Return the event log so far."""
    record = model.simulation.record
    return record.events[: int(record.used[0])].view(np.ndarray)


def _told(model: CartelModel, events: np.ndarray) -> list[Entry]:
    """Return the entries for some rows of the log."""
    keys, names = model.cartel_names()
    places = model.simulation.scenario.country.geography.names
    entries = []
    for event in events:
        kind = EventKind(event["kind"])
        k, j, p = int(event["cartel"]), int(event["other"]), int(event["place"])
        words = labels.label(
            labels.event_key("event", kind.name.lower(), cartel=k >= 0, other=j >= 0),
            cartel=names[k] if k >= 0 else "",
            other=names[j] if j >= 0 else "",
            place=places[p] if p >= 0 else "",
            members=labels.members(int(event["amount"])),
            amount=f"{int(event['amount']):,}",
        )
        entries.append(
            Entry(
                model.first_day(int(event["week"])),
                kind.name.lower(),
                keys[k] if k >= 0 else None,
                keys[j] if j >= 0 else None,
                int(event["amount"]),
                words,
            )
        )
    return entries


class _Life:
    """The history of one gang, from its id, the log and the cartel that it serves now."""

    def __init__(self, model: CartelModel, gang_id: int) -> None:
        self.model, self.id = model, gang_id
        self.began = beginning(gang_id)
        self.log = _log(model)
        self.keys, self.names = model.cartel_names()
        cartels = model.simulation.world.cartels
        self.parents = cartels["parent"].tolist()
        self.founded = cartels["founded"].tolist()
        self.first = len(model.simulation.scenario.country.start.cartels)  # row of later cartels

    def entries(self) -> Iterator[Entry]:
        """Yield the entries: the beginning, then every change of allegiance."""
        changes = list(self._changes())
        served = self._served_first(changes)
        yield self._beginning(served)
        week = self.began.week
        for at, before, after, size in changes:
            yield from self._between(week, at, served, before)
            if size > 0:
                yield self._change(at, before, after, size)
            week, served = at, after

    def _changes(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield week, allegiance before and after, and members of each change, then of now."""
        for event in self.log[self.log["gang"] == np.uint64(self.id)]:
            week, cartel, size = int(event["week"]), int(event["cartel"]), int(event["amount"])
            if event["kind"] == EventKind.ABSORBED:
                yield week, int(event["other"]), cartel, size
            elif event["kind"] == EventKind.INDEPENDENT:
                yield week, cartel, INDEPENDENT, size
        gangs = self.model.gang_table
        rows = np.flatnonzero((gangs["id"] == np.uint64(self.id)) & (gangs["members"] > 0))
        if len(rows):
            now = int(gangs["allegiance"][rows[0]])
            yield self.model.week, now, now, 0

    def _served_first(self, changes: list[tuple[int, int, int, int]]) -> int:
        """Return whom the gang served when it began."""
        if self.began.kind == FORMED:
            return INDEPENDENT
        if self.began.kind == INITIAL:  # the id of a cell of the start holds its cartel
            local = self.began.ordinal >> 28
            return INDEPENDENT if local else self.began.ordinal >> 16
        if self.began.kind == CELL:
            cell = self._cell()
            return _UNKNOWN if cell is None else int(cell["cartel"])
        if not changes or changes[0][1] < 0:
            return _UNKNOWN
        cartel = changes[0][1]
        while cartel >= 0 and self.founded[cartel] > self.began.week:
            cartel = self.parents[cartel]
        return cartel

    def _cell(self) -> np.void | None:
        """Return the event that founded the gang; the log has the cells of a week in order."""
        log = self.log
        same = (log["kind"] == EventKind.CELL) & (log["week"] == self.began.week)
        result = log[same & (log["place"] == self.began.place)]
        return result[self.began.ordinal] if self.began.ordinal < len(result) else None

    def _beginning(self, served: int) -> Entry:
        """Return the entry for how the gang began."""
        place = self.model.simulation.scenario.country.geography.names[self.began.place]
        size, whose = 0, f" of {self._name(served)}" if served >= 0 else ""
        if self.began.kind == CELL:
            cell = self._cell()
            size = 0 if cell is None else int(cell["amount"])
            words = f"founded in {place} as a cell{whose}, with {size} members"
        elif self.began.kind == DIVIDED:
            words = f"divided from a gang{whose} in {place} that had grown too large"
        elif self.began.kind == FORMED:
            words = f"formed in {place}, unaffiliated"
        elif served >= 0:
            words = f"stood in {place} when the run began, a unit{whose}"
        else:
            words = f"stood in {place} when the run began, unaffiliated"
        return self._entry(self.began.week, "began", served, INDEPENDENT, size, words)

    def _change(self, week: int, before: int, after: int, size: int) -> Entry:
        """Return the entry for a change of allegiance that the log has."""
        if after < 0:
            words = f"left {self._name(before)} with its {size} members, to serve nobody"
            return self._entry(week, "independent", before, INDEPENDENT, size, words)
        words = f"joined {self._name(after)} with {size} members"
        if before >= 0:
            words += f", leaving {self._name(before)}"
        return self._entry(week, "absorbed", after, before, size, words)

    def _between(self, first: int, last: int, served: int, then: int) -> Iterator[Entry]:
        """Yield the changes between weeks ``first`` and ``last`` that the log does not have.

        The gang serves ``served`` after week ``first`` and ``then`` before the change in week
        ``last``.
        """
        if served in (then, _UNKNOWN):
            return
        if served >= 0 and then < 0:
            yield from self._adrift(first, last, served)
            return
        steps = []
        cartel = then
        while cartel >= self.first and cartel != served and first <= self.founded[cartel] <= last:
            steps.append(cartel)
            cartel = self.parents[cartel]
        if steps and cartel < 0 <= served:  # on its own before it federated
            yield from self._adrift(first, self.founded[steps[-1]], served)
        elif cartel != served:
            words = f"served {self._name(then)} by then; how it came to it is not in the log"
            yield self._entry(last, "served", then, INDEPENDENT, 0, words)
            return
        for faction in reversed(steps):
            parent = self.parents[faction]
            kind, words = "followed", f"followed {self._name(faction)}"
            if parent >= 0:
                words += f", which broke away from {self._name(parent)}"
            else:
                kind, words = "federated", f"federated with others into {self._name(faction)}"
            yield self._entry(self.founded[faction], kind, faction, parent, 0, words)

    def _adrift(self, first: int, last: int, served: int) -> Iterator[Entry]:
        """Yield that the gang became independent in a split; the log has all other cases."""
        log = self.log
        line = {k for k in range(len(self.names)) if served in self._line(k)}
        broke = log["kind"] == EventKind.SPLIT
        broke &= np.isin(log["cartel"], list(line)) & (log["week"] >= first) & (log["week"] <= last)
        weeks = log["week"][broke].tolist()
        if not weeks:
            words = "served nobody by then; how it came to it is not in the log"
            yield self._entry(last, "served", INDEPENDENT, INDEPENDENT, 0, words)
            return
        words = f"set adrift when {self._name(served)} broke up"
        if len(weeks) > 1:
            until = self.model.first_day(weeks[-1])
            words = f"set adrift in one of the breaks of {self._name(served)} up to {until}"
        yield self._entry(weeks[0], "adrift", served, INDEPENDENT, 0, words)

    def _line(self, cartel: int) -> set[int]:
        """Return a cartel and the cartels from which it descends."""
        line = set()
        while cartel >= 0:
            line.add(cartel)
            cartel = self.parents[cartel]
        return line

    def _name(self, cartel: int) -> str:
        return self.names[cartel]

    def _entry(
        self, week: int, kind: str, cartel: int, other: int, amount: int, words: str
    ) -> Entry:
        return Entry(
            self.model.first_day(week),
            kind,
            self.keys[cartel] if cartel >= 0 else None,
            self.keys[other] if other >= 0 else None,
            amount,
            words,
        )
