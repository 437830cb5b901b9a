"""The panel next to the maps, as plain values for its components, and the difference in words."""

from __future__ import annotations

from typing import Any

from plazas.analysis.dashboard import frames, places, timeline, view, words
from plazas.analysis.dashboard.choices import (
    GROUPS,
    POLICIES,
    SINGLE_LEVERS,
    has_no_effect,
    lever_of,
    step_of,
    years_of,
)
from plazas.analysis.dashboard.frames import Props
from plazas.analysis.dashboard.model import DashboardModel
from plazas.model.events import EventKind
from plazas.model.model import CartelModel
from plazas.model.world import INDEPENDENT
from plazas.scenarios import scenario_names

MOST_NAMED = 4  # cartels that a count of a year names


def switches(model: DashboardModel, language: str) -> list[Props]:
    """Return the switches by group, with their current state."""
    groups = []
    for group in GROUPS:
        items = [
            _switch(model, choice, language) for choice in model.choices if choice.group == group
        ]
        if items:
            groups.append({"title": words.text(f"group.{group}", language), "items": items})
    return groups


def _switch(model: DashboardModel, choice: Any, language: str) -> Props:
    setting = model.settings[choice.key]
    levels = []
    for policy, level in zip(choice.policies, setting.levels, strict=True):
        lever = lever_of(policy)
        label = frames.policy_label(policy, model.base, language)
        meaning = words.text(f"lever.{lever.name}.meaning", language)
        levels.append(
            {
                "label": meaning if choice.group == SINGLE_LEVERS else label,
                "meaning": meaning,
                "unit": words.text(f"unit.{lever.unit}", language),
                "value": level,
                "low": lever.low,
                "high": lever.high,
                "step": step_of(lever),
            }
        )
    idle = setting.on and has_no_effect(model.base, model.choices, model.settings, choice)
    return {
        "key": choice.key,
        "title": frames.choice_title(choice, language),
        "on": setting.on,
        "dated": choice.group in (POLICIES, SINGLE_LEVERS),
        "first": setting.first,
        "last": setting.last,
        "levels": levels,
        "idle": idle,
    }


def years(model: DashboardModel) -> list[int]:
    """Return the years in which a switch may start and end."""
    return list(years_of(model.base))


def cartels(run: CartelModel, language: str) -> list[Props]:
    """Return the table of living cartels, the largest first."""
    cast, territory = view.cast_of(run), view.territory_of(run)
    rows = view.standings_of(run, territory)
    largest = max((row.members for row in rows), default=1)

    def chip(k: int) -> list[str]:
        return [cast.colours[k], words.short(cast.keys[k], cast.names[k], language)]

    table = []
    for row in rows:
        parent = cast.parents[row.row]
        note = ""
        if parent >= 0:
            name = words.short(cast.keys[parent], cast.names[parent], language)
            note = words.text("cartels.founded", language, parent=name)
        table.append(
            {
                "key": cast.keys[row.row],
                "colour": cast.colours[row.row],
                "name": words.cartel(cast.keys[row.row], cast.names[row.row], language),
                "note": note,
                "members": words.number(row.members),
                "bar": round(row.members / largest, 3),
                "led": row.led,
                "treasury": words.number(row.treasury, 1 if row.treasury < 10 else 0),
                "allies": [chip(k) for k in row.allies],
                "enemies": [chip(k) for k in row.enemies],
            }
        )
    return table


def place(run: CartelModel, p: int, language: str) -> Props:
    """Return a place: who leads, its homicide rate, its gangs and its history."""
    cast, territory = view.cast_of(run), view.territory_of(run)
    geography = run.simulation.scenario.country.geography
    leader, share = int(territory.leader[p]), float(territory.share[p])
    said = words.text("place.nobody", language)
    if leader >= 0:
        said = words.text(
            "place.contested" if territory.contested[p] else "place.led",
            language,
            name=words.cartel(cast.keys[leader], cast.names[leader], language),
            share=words.number(100.0 * share),
        )
    rate = words.number(float(view.rate_of(run)[p]), 1)
    return {
        "name": geography.names[p],
        "said": said,
        "rate": words.text("place.rate", language, rate=rate),
        "gangs": [_gangs(row, cast, language) for row in places.gangs_of(run, p)],
        "fronts": [
            frames.front_line(front, cast, language)
            for front in view.fronts_of(run)
            if front.place == p
        ],
        "years": [_year(year, cast, language) for year in places.history_of(run, p)],
    }


def _gangs(row: places.Gangs, cast: view.Cast, language: str) -> Props:
    k = row.cartel
    local = k == INDEPENDENT
    return {
        "colour": frames.NOBODY if local else cast.colours[k],
        "name": words.text("place.local", language)
        if local
        else words.short(cast.keys[k], cast.names[k], language),
        "gangs": words.number(row.gangs),
        "members": words.number(row.members),
        "largest": words.number(row.largest),
        "loyalty": None if local else round(row.loyalty, 2),
        "arms": round(row.arms, 2),
    }


def _year(year: places.Year, cast: view.Cast, language: str) -> Props:
    events = [
        [words.day(event.day, language), timeline.event_words(event, cast, language, dated=False)]
        for event in year.events
    ]
    counted = []
    for kind, by_cartel in year.counts.items():
        named = [
            f"{words.short(cast.keys[k], cast.names[k], language)}: {number}"
            for k, number in list(by_cartel.items())[:MOST_NAMED]
            if k >= 0
        ]
        more = [] if len(by_cartel) <= MOST_NAMED else ["…"]
        total = words.number(sum(by_cartel.values()))
        label = words.text(f"count.{EventKind(kind).name.lower()}", language)
        counted.append(f"{label}: {total} ({'; '.join([*named, *more])})")
    return {
        "year": year.year,
        "homicides": words.text("place.year", language, homicides=words.number(year.homicides)),
        "events": events,
        "counted": counted,
    }


def difference(model: DashboardModel, language: str) -> Props:
    """Return in words how the two runs differ, and the warning that one run is not an effect."""
    if model.baseline is None:
        return {"said": words.text("how_to_compare", language), "caution": "", "command": ""}
    since = view.first_difference(model.baseline, model)
    caution, command = words.text("caution", language), compare_command(model)
    if since is None:
        said = words.text("difference.not_yet", language)
        return {"said": said, "caution": caution, "command": command}
    before, after = (view.homicides_so_far(run) for run in (model.baseline, model))
    begun = words.day(since, language)
    parts = [_homicides(after - before, before, begun, language)]
    mine, yours = (view.territory_of(run) for run in (model, model.baseline))
    members = int(mine.members.sum() - yours.members.sum())
    parts.append(
        words.text(
            "difference.members",
            language,
            number=words.number(abs(members)),
            sign=words.text("more" if members > 0 else "fewer", language),
        )
        if members
        else words.text("difference.members_equal", language)
    )
    other = sum(
        _leader(model, mine, p) != _leader(model.baseline, yours, p)
        for p in range(len(mine.leader))
    )
    finer = model.base.country.geography.name == "municipalities"
    parts.append(
        words.text(
            "difference.leaders",
            language,
            number=other,
            places=len(mine.leader),
            kind=words.text("kind.municipalities" if finer else "kind.states", language),
        )
    )
    return {"said": " ".join(parts), "caution": caution, "command": command}


def _homicides(difference: float, before: float, since: str, language: str) -> str:
    if difference == 0.0:
        return words.text("difference.equal", language, since=since)
    share = 100.0 * difference / before if before else 0.0
    return words.text(
        "difference.homicides",
        language,
        since=since,
        number=words.number(abs(difference)),
        sign=words.text("more" if difference > 0 else "fewer", language),
        share=f"{words.number(share, 1, sign=True)} %",
    )


def _leader(run: CartelModel, territory: view.Territory, p: int) -> str:
    k = int(territory.leader[p])
    return run.cartel_names()[0][k] if k >= 0 else ""


def compare_command(model: DashboardModel) -> str:
    """Return the command that measures the effect of the shipped scenarios that are on."""
    on = [choice.key for choice in model.choices if model.settings[choice.key].on]
    named = [key for key in on if not key.startswith("lever-")] or ["…"]
    base = model.base.name if model.base.name in scenario_names() else f"{model.base.name}.yaml"
    return " ".join(["plazas compare", base, *named])
