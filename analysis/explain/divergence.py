"""Where two runs of one seed diverge in a place, and what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from plazas.analysis.explain import facts, notes
from plazas.analysis.explain.account import Account
from plazas.analysis.explain.language import Language, Section
from plazas.analysis.explain.saved import Event, ExplainError, Saved, listed
from plazas.model.events import NO_GANG

MOST_EVENTS = 2  # of each run, where they first differ


class Difference(NamedTuple):
    """The first week in which two logs differ, and the events that only one of them has."""

    day: pd.Timestamp
    only_a: list[Event]
    only_b: list[Event]


def diverging(a: Saved, b: Saved, language: Language) -> Account:
    """Return where two runs diverge in the place of the first, and what follows.

    Raises
    ------
    ExplainError
        If they are not of one seed, replicate, country and time.
    """
    _check_pair(a, b)
    names = a.scenario.name, b.scenario.name
    labels = names if names[0] != names[1] else (str(a.folder), str(b.folder))
    say = language.say
    month = first_month(a, b)
    sections = [_first_difference(a, b, language, labels, month)]
    if month is not None:
        sections.append(_what_follows(a, b, language, labels, month))
    sections.append(Section(say("doubt"), (say("divergence doubt"),)))
    title = say("divergence title", state=a.name, a=labels[0], b=labels[1])
    return Account(title, say("divergence intro", saved=a), tuple(sections))


def _check_pair(a: Saved, b: Saved) -> None:
    for what, mine, yours in (
        ("seed", a.seed, b.seed),
        ("replicate", a.replicate, b.replicate),
        ("country", a.scenario.country.name, b.scenario.country.name),
        ("start", a.scenario.start, b.scenario.start),
    ):
        if mine != yours:
            raise ExplainError(
                f"{a.folder} and {b.folder} cannot be compared: the {what} differs "
                f"({mine} and {yours})"
            )


def _first_difference(
    a: Saved, b: Saved, language: Language, labels: tuple[str, str], month: int | None
) -> Section:
    """Describe where the parameters, the logs and the monthly series first differ."""

    def where(text: str, difference: Difference | None, never: str) -> str:
        if difference is None:
            return language.say(never, state=a.name)
        both = zip(labels, difference[1:], strict=True)
        what = [
            language.say("only in", run=label, events=_events(a, language, events))
            for label, events in both
            if events
        ]
        return language.say(text, state=a.name, date=difference.day, what="; ".join(what))

    heading = language.say("first difference")
    mine, yours = ({**s.parameters, **s.scenario.changes} for s in (a, b))
    names = sorted(name for name in {*mine, *yours} if mine.get(name) != yours.get(name))
    texts = [language.say("other parameters", names=", ".join(names))] if names else []
    here = first_events(a, b, a.code)
    anywhere = where("parts anywhere", first_events(a, b), "parts nowhere")
    if month is None and here is None:
        return Section(heading, (*texts, language.say("never part", state=a.name), anywhere))
    texts.append(anywhere)
    of_cartels = first_events(a, b, kinds=(*notes.OF_CARTELS, *notes.OF_FRONTS))
    if of_cartels is not None:
        texts.append(where("parts in kind", of_cartels, ""))
    texts.append(where("parts here", here, "parts never here"))
    if month is not None:
        texts.append(language.say("parts in numbers", state=a.name, month=a.months[month]))
    texts.append(where("parts in lead", first_events(a, b, a.code, ("flip",)), "same lead"))
    return Section(heading, tuple(texts))


def _events(saved: Saved, language: Language, events: list[Event]) -> str:
    """List a few events, those that are no single gang's first."""
    geography = saved.scenario.country.geography
    names = dict(zip(geography.codes, geography.names, strict=True))
    texts = [
        language.event(e.kind, e.cartel, e.other, e.amount, names.get(e.place or "", ""))
        for e in events[:MOST_EVENTS]
    ]
    if len(events) > MOST_EVENTS:
        texts.append(language.say("and more", n=len(events) - MOST_EVENTS))
    return ", ".join(texts)


def _what_follows(
    a: Saved, b: Saved, language: Language, labels: tuple[str, str], month: int
) -> Section:
    """Describe homicides after the first difference, the last leaders and the changes of lead."""
    until = min(len(a.months), len(b.months))
    killed = [float(s.series["homicides"].iloc[month:until].sum()) for s in (a, b)]
    reigns = [facts.reigns(s) for s in (a, b)]
    parts = {
        "state": a.name,
        "a": labels[0],
        "b": labels[1],
        "killed": killed,
        "difference": killed[1] - killed[0],
        "last": [turns[-1] for turns in reigns],
        "flips": [len(turns) - 1 for turns in reigns],
    }
    texts = [language.say(key, **parts) for key in ("afterwards", "leaders at end", "flips only")]
    return Section(language.say("what follows"), (" ".join(texts),))


def first_month(a: Saved, b: Saved) -> int | None:
    """Return the first month in which the series or the members of the place differ, or None."""
    n = min(len(a.months), len(b.months))
    keys = sorted({*a.heads.columns, *b.heads.columns})
    heads = [s.heads.reindex(columns=keys, fill_value=0).iloc[:n].to_numpy() for s in (a, b)]
    series = [s.series.iloc[:n].to_numpy() for s in (a, b)]
    differ = (heads[0] != heads[1]).any(axis=1) | (series[0] != series[1]).any(axis=1)
    return int(np.flatnonzero(differ)[0]) if differ.any() else None


def first_events(
    a: Saved, b: Saved, code: str | None = None, kinds: Sequence[str] = ()
) -> Difference | None:
    """Return the first week in which the logs differ, None where they never do.

    Parameters
    ----------
    a, b
        The runs.
    code
        A place; None for the whole country.
    kinds
        If given, only events of these kinds count, and not how many members they concern.
    """
    logs = [_events_by_key(saved, code, kinds) for saved in (a, b)]
    counts = [Counter(key for key, _ in log) for log in logs]
    last = min(saved.months[-1] + pd.offsets.MonthBegin(1) for saved in (a, b))
    only = counts[0] - counts[1], counts[1] - counts[0]
    days = [key.date for keys in only for key in keys if key.date < last]
    if not days:
        return None
    day = min(days)
    first = []
    for log, keys in zip(logs, only, strict=True):
        there = [event for key, event in log if key.date == day and key in keys]
        # Events that are a single gang's come last.
        first.append(sorted(there, key=lambda event: (event.gang != NO_GANG, str(event[1:]))))
    return Difference(day, first[0], first[1])


def _events_by_key(
    saved: Saved, code: str | None, kinds: Sequence[str]
) -> list[tuple[Event, Event]]:
    """Return events, each with what of it counts before it."""
    events = saved.events if code is None else saved.here
    if not kinds:
        return [(event, event) for event in listed(events)]
    chosen = listed(events[events["kind"].isin(kinds)])
    return [(event._replace(amount=0), event) for event in chosen]
