"""Dated notes on a place: events of cartels that are present there, flips and policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from plazas.analysis.explain.language import Language
from plazas.analysis.explain.saved import Saved, between, listed

SHOWN_SHARE = 0.05  # of the cartel members of a place, from which a cartel counts as present
SHOWN_PRODUCT = 0.005  # of two shares, from which their war counts there
MOST_NOTES = 6
FALLS = ("captured", "killed", "ill")
OF_CARTELS = (*FALLS, "released", "escaped", "split", "dissolved", "rise", "betrayal", "war")
#: events of a front, which bear on its own place
OF_FRONTS = ("front_opens", "front_flares", "front_silent", "front_ends")


class Note(NamedTuple):
    """Something dated that bears on the place: an event's kind, a flip, or a policy's start.

    ``weight`` is how much it can bear on it: for an event of a cartel its share there, of a front,
    a war or a broken alliance four times the product of the two shares (1 for two equals), else 1.
    """

    date: pd.Timestamp
    kind: str
    cartel: str | None
    other: str | None
    amount: float
    weight: float = 1.0
    lever: str = ""  #: of a policy


def notes(saved: Saved, since: pd.Timestamp, until: pd.Timestamp) -> list[Note]:
    """Return what may bear on a place, by date: events of those present, flips, policies."""
    log = between(saved.events, since, until)
    result = []
    of_the_place = log["kind"].isin(OF_FRONTS) & (log["place"] == saved.code)
    for event in listed(log[log["kind"].isin(OF_CARTELS) | of_the_place]):
        month = saved.at(event.date)
        share = saved.share(event.cartel, month)
        weight, least = share, SHOWN_SHARE
        if event.kind == "rise":
            weight = 1.0 if event.place == saved.code else 0.0
        elif event.kind in ("war", "betrayal", *OF_FRONTS):
            product = share * saved.share(event.other, month)
            weight, least = 4.0 * product, 4.0 * SHOWN_PRODUCT
        if weight >= least:
            result.append(Note(*event[:2], event.cartel, event.other, event.amount, weight))
    here = between(saved.here, since, until)
    flips = listed(here[here["kind"] == "flip"])
    result += [Note(e.date, "flip", e.cartel, e.other, 0.0) for e in flips]
    result += _policies(saved, since, until)
    return sorted(result, key=lambda note: (note.date, note.kind))


def _policies(saved: Saved, since: pd.Timestamp, until: pd.Timestamp) -> list[Note]:
    """Return the policies that began in the place and in that time."""
    index = saved.scenario.country.geography.index
    result = []
    for policy in saved.scenario.policies:
        starts = pd.Timestamp(policy.start)
        here = not policy.states or saved.place in {index(state) for state in policy.states}
        if here and max(since, saved.months[0]) < starts < until:
            target = policy.targets[0] if len(policy.targets) == 1 else None
            result.append(Note(starts, "policy", target, None, policy.level, lever=policy.lever))
    return result


def text(place: str, language: Language, dated: Sequence[Note]) -> str:
    """Return the notes of most weight, in the order of their dates; ``place`` is a name."""
    most = sorted(dated, key=lambda note: -note.weight)[:MOST_NOTES]
    texts = [
        f"{_text(place, language, note)} ({language.day(note.date)})"
        for note in dated
        if note in most
    ]
    if len(dated) > MOST_NOTES:
        texts.append(language.say("and more", n=len(dated) - MOST_NOTES))
    return "; ".join(texts)


def _text(place: str, language: Language, note: Note) -> str:
    if note.kind != "policy":
        return language.event(note.kind, note.cartel, note.other, note.amount, place)
    return language.say(
        "event policy" if note.cartel is None else "event policy aimed", **note._asdict()
    )
