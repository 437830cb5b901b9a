"""Check the words of one entry against its country and its run; make it a policy or an event.

Every function raises ScenarioFileError where the entry is wrong. An entry is strict about dates in
its own file; inherited by another with a shorter run it is cut to that run, or falls away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from plazas.model.errors import nearest, unknown
from plazas.model.events import BETWEEN_TWO, IN_A_STATE, SCHEDULED_WORDS
from plazas.model.geography import UnknownPlaceError, states
from plazas.model.levers import LeverError, Policy, find_lever
from plazas.model.parameters import declarations, unknown_parameter
from plazas.model.scenario import Country, Event
from plazas.scenarios.errors import Path
from plazas.scenarios.form import EventEntry, PolicyEntry
from plazas.scenarios.text import Document

HEIRS = ("captured", "killed", "ill")  # kinds of events after which there is an heir, or none


@dataclass(frozen=True)
class Run:
    """Where and when a scenario takes place; whole weeks end on ``last``."""

    country: Country
    start: date
    stop: date
    last: date


@dataclass(frozen=True)
class Written:
    """An entry as it stands in a file; ``layer`` is 0 in the file that extends no other."""

    entry: PolicyEntry | EventEntry
    document: Document
    path: Path
    layer: int

    def __str__(self) -> str:
        """Return how to call it in a message about another entry."""
        name = f" ({self.entry.name})" if self.entry.name else ""
        return f"{self.path[0]}[{self.path[1]}]{name}"


def parameter(document: Document, name: str, value: float, at: Path = ()) -> None:
    """Check the name and the range of a parameter; ``at`` is where it stands, if not as usual."""
    path: Path = at or ("parameters", name)
    known = declarations()
    if name not in known:
        raise document.error(path, unknown_parameter(name, known))
    details = known[name]
    if not details.low <= value <= details.high:
        raise document.error(
            path, f"{value:g} is outside {details.low:g} to {details.high:g} ({details.unit})"
        )


def policy(written: Written, run: Run, strict: bool) -> Policy | None:
    """Return the policy that an entry means; None outside a run on which it is not strict."""
    entry, document, path = written.entry, written.document, written.path
    assert isinstance(entry, PolicyEntry)
    with _blamed(written):
        _unit(written)
    start, stop = entry.start or run.start, entry.stop or run.stop
    if strict:
        if entry.start:
            _inside(document, (*path, "start"), start, run)
        if stop > run.stop or stop <= run.start:
            raise document.error((*path, "stop"), _outside(stop, run))
    else:
        start, stop = max(start, run.start), min(stop, run.stop)
    if start >= stop and not strict:
        return None
    cost = f"; cost: {entry.cost_source}" if entry.cost_source else ""
    with _blamed(written):
        return Policy(
            lever=entry.lever,
            level=float(entry.level),
            start=start,
            stop=stop,
            states=_states(written, run),
            targets=tuple(
                cartel(written, (*path, "targets", i), key, run)
                for i, key in enumerate(entry.targets or ())
            ),
            cost=float(entry.cost),
            layer=written.layer,
            label=entry.name or "",
            source=entry.source + cost,
        )


@contextmanager
def _blamed(written: Written) -> Iterator[None]:
    """Say where in the file the mistake stands that the model finds in a policy."""
    try:
        yield
    except LeverError as error:
        raise written.document.error((*written.path, error.field), error.reason) from None


def _unit(written: Written) -> None:
    """Check the unit, which a policy in a file names so that nobody mistakes its level."""
    entry, document, path = written.entry, written.document, written.path
    assert isinstance(entry, PolicyEntry)
    unit = find_lever(entry.lever).unit
    if entry.unit != unit:
        raise document.error(
            (*path, "unit"),
            f"{entry.unit!r} is not the unit of {entry.lever}; write: unit: {unit}",
        )


def _states(written: Written, run: Run) -> tuple[str, ...]:
    """Return the names of the states of a policy as the geography spells them."""
    assert isinstance(written.entry, PolicyEntry)
    names: list[str] = []
    for i, word in enumerate(written.entry.states or ()):
        path = (*written.path, "states", i)
        name = _state(written, path, word, run)
        if name in names:
            raise written.document.error(path, f"{word!r} names {name} again")
        names.append(name)
    return tuple(names)


def _state(written: Written, path: Path, word: str, run: Run) -> str:
    """Return the name of a state as the geography spells it."""
    places = run.country.geography
    if places.name == "municipalities":
        places = states()
    try:
        return places.names[places.index(word)]
    except UnknownPlaceError:
        raise written.document.error(path, unknown("state", word, places.names)) from None


def cartel(written: Written, path: Path, key: str, run: Run) -> str:
    """Return the key of a cartel of the start; its full name in a mistake leads to its key."""
    rows = run.country.start.cartels
    if key in (row.key for row in rows):
        return key
    words = {row.key: row.key for row in rows} | {row.name: row.key for row in rows}
    near = nearest(key, words)
    if near is not None:
        raise written.document.error(path, f"unknown cartel {key!r}; did you mean {words[near]!r}?")
    raise written.document.error(path, unknown("cartel", key, [row.key for row in rows]))


def event(written: Written, run: Run, strict: bool) -> Event | None:
    """Return the event that an entry means; None outside a run on which it is not strict."""
    entry, document, path = written.entry, written.document, written.path
    assert isinstance(entry, EventEntry)
    if entry.kind not in SCHEDULED_WORDS:
        raise document.error((*path, "kind"), unknown("event", entry.kind, SCHEDULED_WORDS))
    cartel(written, (*path, "cartel"), entry.cartel, run)
    if entry.other is not None:
        if entry.kind not in BETWEEN_TWO:
            raise document.error((*path, "other"), f"{entry.kind!r} takes no second cartel")
        cartel(written, (*path, "other"), entry.other, run)
        if entry.other == entry.cartel:
            raise document.error((*path, "other"), f"{entry.other!r} is the first cartel too")
    elif entry.kind in BETWEEN_TWO:
        raise document.error(path, f"{entry.kind!r} is between two cartels; 'other' is missing")
    state = ""
    if entry.kind in IN_A_STATE:
        if entry.state is None:
            raise document.error(path, f"{entry.kind!r} happens in a state; 'state' is missing")
        state = _state(written, (*path, "state"), entry.state, run)
    elif entry.state is not None:
        raise document.error((*path, "state"), f"{entry.kind!r} takes no state")
    if entry.heir is not None and entry.kind not in HEIRS:
        falls = ", ".join(HEIRS)
        raise document.error(
            (*path, "heir"), f"{entry.kind!r} does not take 'heir'; allowed for: {falls}"
        )
    if strict:
        _inside(document, (*path, "on"), entry.on, run)
    if not run.start <= entry.on <= run.last:
        if not strict:
            return None
        raise document.error((*path, "on"), f"{entry.on} is after the last whole week, {run.last}")
    return Event(
        entry.kind, entry.on, entry.cartel, entry.other or "", entry.heir, entry.name or "",
        entry.source, state,
    )  # fmt: skip


def _inside(document: Document, path: Path, day: date, run: Run) -> None:
    if not run.start <= day < run.stop:
        raise document.error(path, _outside(day, run))


def _outside(day: date, run: Run) -> str:
    return f"{day} is outside the run, {run.start} to {run.stop}"


def names(entries: Iterable[Written]) -> None:
    """Check that no two policies or events have the same name."""
    seen: dict[str, Written] = {}
    for written in entries:
        name = written.entry.name
        if name in seen:
            first = seen[name]
            where = first if first.layer == written.layer else f"inherited {first}; drop it first"
            raise written.document.error(
                (*written.path, "name"), f"{name!r} is already the name of {where}"
            )
        if name is not None:
            seen[name] = written
