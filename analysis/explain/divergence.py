"""Where two runs of one seed part in a place, and what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from plazas.analysis.experiment.text import number
from plazas.analysis.explain import facts
from plazas.analysis.explain.account import Account
from plazas.analysis.explain.language import Language, count, percent
from plazas.analysis.explain.saved import Event, ExplainError, Saved, listed
from plazas.analysis.explain.section import Section
from plazas.model.events import NO_GANG

MOST_EVENTS = 2  # of each run, where they first differ
#: a week, and the events in it that are only in the one run and only in the other
Difference = tuple[pd.Timestamp, list[Event], list[Event]]


def parting(a: Saved, b: Saved, language: Language) -> Account:
    """Return where two runs part in the place of the first, and what follows.

    Raises
    ------
    ExplainError
        If they are not of one seed, replicate, country and time.
    """
    _check_pair(a, b)
    teller = _Teller(a, b, language)
    doubt = Section(language.say("doubt"), (language.say("divergence doubt"),))
    labels = {"a": teller.labels[0], "b": teller.labels[1]}
    return Account(
        language.say("divergence title", state=a.name, **labels),
        language.say("divergence intro", seed=a.seed, replicate=a.replicate),
        (*teller.sections(), doubt),
    )


def _check_pair(a: Saved, b: Saved) -> None:
    for what, mine, yours in (
        ("seed", a.seed, b.seed),
        ("replicate", a.replicate, b.replicate),
        ("country", a.scenario.country.name, b.scenario.country.name),
        ("start", a.scenario.start, b.scenario.start),
    ):
        if mine != yours:
            raise ExplainError(
                f"{a.folder} and {b.folder} cannot be held against each other: "
                f"{what} {mine} against {yours}"
            )


class _Teller:
    def __init__(self, a: Saved, b: Saved, language: Language) -> None:
        self.a, self.b, self.l = a, b, language
        names = a.scenario.name, b.scenario.name
        self.labels = names if names[0] != names[1] else (str(a.folder), str(b.folder))

    def sections(self) -> list[Section]:
        """Describe the first difference and, where there is one, what follows."""
        a, b = self.a, self.b
        month = first_month(a, b)
        here = first_events(a, b, a.code)
        texts = self._parameters()
        anywhere = self._where("parts anywhere", first_events(a, b), "parts nowhere")
        if month is None and here is None:
            texts += [self.l.say("never part", state=a.name), anywhere]
            return [Section(self.l.say("first difference"), tuple(texts))]
        texts.append(anywhere)
        texts += self._in_kind(first_events(a, b, kinds=facts.ABOUT_CARTELS))
        texts.append(self._where("parts here", here, "parts never here"))
        if month is not None:
            when = self.l.month(a.months[month])
            texts.append(self.l.say("parts in numbers", state=a.name, month=when))
        lead = first_events(a, b, a.code, ("flip",))
        texts.append(self._where("parts in lead", lead, "same lead"))
        sections = [Section(self.l.say("first difference"), tuple(texts))]
        if month is not None:
            text = self._afterwards(month)
            sections.append(Section(self.l.say("what follows"), (text,)))
        return sections

    def _in_kind(self, found: Difference | None) -> list[str]:
        return [] if found is None else [self._where("parts in kind", found, "")]

    def _parameters(self) -> list[str]:
        """List which parameters differ, of the scenarios and of the sets beneath them."""
        mine, yours = ({**s.parameters, **s.scenario.changes} for s in (self.a, self.b))
        names = sorted(name for name in {*mine, *yours} if mine.get(name) != yours.get(name))
        return [self.l.say("other parameters", names=", ".join(names))] if names else []

    def _where(self, text: str, found: Difference | None, never: str) -> str:
        if found is None:
            return self.l.say(never, state=self.a.name)
        day, *events = found
        texts = [
            self.l.say("only in", run=label, events=self._events(those))
            for label, those in zip(self.labels, events, strict=True)
            if those
        ]
        return self.l.say(text, state=self.a.name, date=self.l.day(day), what="; ".join(texts))

    def _events(self, events: list[Event]) -> str:
        """List a few events, those that are no single gang's first."""
        geography = self.a.scenario.country.geography
        names = dict(zip(geography.codes, geography.names, strict=True))
        texts = [
            self.l.event(e.kind, e.cartel, e.other, e.amount, names.get(e.place or "", ""))
            for e in events[:MOST_EVENTS]
        ]
        if len(events) > MOST_EVENTS:
            texts.append(self.l.say("and more", n=len(events) - MOST_EVENTS))
        return ", ".join(texts)

    def _afterwards(self, month: int) -> str:
        a, b = self.a, self.b
        until = min(len(a.months), len(b.months))
        labels = {"a": self.labels[0], "b": self.labels[1]}
        mine, yours = (float(s.series["homicides"].iloc[month:until].sum()) for s in (a, b))
        ends = [facts.reigns(s)[-1] for s in (a, b)]
        flips = [len(facts.reigns(s)) - 1 for s in (a, b)]
        texts = [
            self.l.say(
                "afterwards",
                state=a.name,
                ha=count(mine),
                hb=count(yours),
                difference=number(yours - mine, sign=True),
                **labels,
            ),
            self.l.say(
                "leaders at end",
                la=self.l.cartel(ends[0].cartel),
                lb=self.l.cartel(ends[1].cartel),
                sa=percent(ends[0].last_share),
                sb=percent(ends[1].last_share),
                **labels,
            ),
            self.l.say("flips only", state=a.name, fa=flips[0], fb=flips[1], **labels),
        ]
        return " ".join(texts)


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

    ``code`` is a place, None the whole country. With ``kinds``, only events of these kinds count,
    and not how many members they concern.
    """
    logs = [_happened(saved, code, kinds) for saved in (a, b)]
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
        first.append(sorted(there, key=_order))
    return day, first[0], first[1]


def _happened(saved: Saved, code: str | None, kinds: Sequence[str]) -> list[tuple[Event, Event]]:
    """Return events, each with what of it counts before it."""
    events = saved.events if code is None else saved.here
    if not kinds:
        return [(event, event) for event in listed(events)]
    chosen = listed(events[events["kind"].isin(kinds)])
    return [(event._replace(amount=0), event) for event in chosen]


def _order(event: Event) -> tuple[bool, str]:
    """Return where an event stands: those that are a single gang's come last."""
    return event.gang != NO_GANG, str(event[1:])
