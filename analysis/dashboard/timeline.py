"""The time line of one week, as plain values for the page's components: events and policies.

Points of time are years, 2013.5 in the middle of 2013.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

from plazas.analysis.dashboard import places, view, words
from plazas.analysis.dashboard.choices import dated_policies, lever_of
from plazas.analysis.dashboard.frames import BASELINE, CHANGED, Props, choice_title, policy_label
from plazas.analysis.dashboard.model import DashboardModel
from plazas.model.events import EventKind
from plazas.model.labels import event_key
from plazas.model.levers import Policy
from plazas.model.scenario import Scenario

#: colours of the choices that are on, in this order
CHANGES = ("#4477AA", "#AA3377", "#228833", "#CCBB44", "#66CCEE", "#EE6677")
#: SVG paths of the marks, centred in a box of 12 by 12
SHAPES = {
    "fall": "M-5-4h10L0 5z",
    "free": "M-5 4h10L0-5z",
    "extradited": "M-4-4h8v8h-8z",
    "split": "M0-5.5L5.5 0 0 5.5-5.5 0z",
    "rise": "M-4.6 0a4.6 4.6 0 1 0 9.2 0a4.6 4.6 0 1 0-9.2 0z",
}
#: the events that the time line shows, each with its mark
MARKS = {
    EventKind.CAPTURED: "fall",
    EventKind.KILLED: "fall",
    EventKind.ILL: "fall",
    EventKind.RELEASED: "free",
    EventKind.ESCAPED: "free",
    EventKind.EXTRADITED: "extradited",
    EventKind.SPLIT: "split",
    EventKind.RISE: "rise",
}


def axis(scenario: Scenario) -> Props:
    """Return the time axis in years: both ends, and the end of each week as JSON."""
    ends = [scenario.start + timedelta(days=7 * (week + 1)) for week in range(scenario.weeks)]
    return {
        "first": in_years(scenario.start),
        "last": in_years(scenario.stop),
        "weeks": json.dumps([round(in_years(end), 4) for end in ends]),
    }


def in_years(day: date) -> float:
    """Return a date as a number of years, 2013.5 in the middle of 2013."""
    first = date(day.year, 1, 1)
    return day.year + (day - first).days / (date(day.year + 1, 1, 1) - first).days


def lanes(model: DashboardModel, language: str) -> list[Props]:
    """Return the events of each run on the time line, one lane per run."""
    single = model.baseline is None
    colours = (BASELINE, CHANGED)
    labels = [words.text("events" if single else "baseline", language)]
    labels += [words.text("changed", language)]
    shown = []
    for run, label, colour in zip(model.runs(), labels, colours, strict=False):
        cast = view.cast_of(run)
        marks = [
            {
                "at": round(in_years(event.day), 3),
                "mark": MARKS[event.kind],
                "colour": cast.colours[event.cartel],
                "text": event_words(event, cast, language),
            }
            for event in places.logged(run, MARKS)
        ]
        shown.append({"label": label, "colour": colour, "marks": marks})
    return shown


def event_words(
    event: places.LoggedEvent, cast: view.Cast, language: str, dated: bool = True
) -> str:
    """Return an event of the log in words.

    Parameters
    ----------
    event
        An event of the log.
    cast
        The cartels of its run.
    language
        ``en`` or ``es``.
    dated
        Whether the text starts with the date.
    """

    def name(row: int) -> str:
        return words.cartel(cast.keys[row], cast.names[row], language) if row >= 0 else ""

    kind = event.kind.name.lower()
    key = event_key("headline", kind, cartel=event.cartel >= 0, other=event.other >= 0)
    said = words.text(
        key,
        language,
        cartel=name(event.cartel),
        other=name(event.other),
        amount=words.number(event.amount),
    )
    return f"{words.day(event.day, language)}. {said}" if dated else said


def bars(model: DashboardModel, language: str) -> list[list[Props]]:
    """Return the bars of the policies on the time line.

    Returns
    -------
    list
        One row per lever that the baseline changes, then one row per choice that is on.
    """
    base = model.base
    rows: dict[str, list[Props]] = {}
    for policy in sorted(base.policies, key=lambda policy: policy.start):
        rows.setdefault(policy.lever, []).append(_bar(policy, base, "", language))
    on = [choice for choice in model.choices if model.settings[choice.key].on]
    for number, choice in enumerate(on):
        title = choice_title(choice, language)
        colour = CHANGES[number % len(CHANGES)]
        spans = dated_policies(choice, model.settings[choice.key], base)
        row = [_bar(policy, base, colour, language) for policy in spans]
        if not row:
            start, stop = base.start, base.stop
            row = [{"from": in_years(start), "to": in_years(stop), "text": title, "colour": colour}]
        text = "; ".join(dict.fromkeys(bar["text"] for bar in row))
        whole = {
            "from": min(bar["from"] for bar in row),
            "to": max(bar["to"] for bar in row),
            "text": text,
            "colour": colour,
            "label": title,
        }
        rows[choice.key] = [whole]
    return list(rows.values())


def _bar(policy: Policy, scenario: Scenario, colour: str, language: str) -> Props:
    lever = lever_of(policy)
    text = words.text(
        "policy.level",
        language,
        name=policy_label(policy, scenario, language),
        level=f"{policy.level:g}",
        unit=words.text(f"unit.{lever.unit}", language),
        start=words.day(policy.start, language),
        stop=words.day(policy.stop, language),
    )
    return {
        "from": round(in_years(policy.start), 3),
        "to": round(in_years(policy.stop), 3),
        "text": text,
        "colour": colour,
        "label": "",
    }
