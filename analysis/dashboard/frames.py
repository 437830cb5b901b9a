"""The maps and the charts of one week, as plain values for the components of the page.

A function returns the properties of one component in one language. The page receives only what
changed since the last week. Long lists are JSON text, because Solara compares every number of a
list in every week.
"""

from __future__ import annotations

import functools
import json
import math
from typing import Any

import numpy as np

from plazas.analysis.dashboard import view, words
from plazas.analysis.dashboard.choices import Choice
from plazas.analysis.dashboard.model import DashboardModel
from plazas.analysis.experiment import observed
from plazas.analysis.report.geometry import for_page
from plazas.analysis.report.map_layers import FRONT_COLOURS, FRONT_STEPS, SCENARIO_COLOURS
from plazas.model.geography import Geography
from plazas.model.levers import Policy
from plazas.model.model import CartelModel
from plazas.model.scenario import Scenario

Props = dict[str, Any]

LEADERS, RATES, FRONTS = "leader", "rate", "fronts"
LAYERS = (LEADERS, RATES, FRONTS)
MOST_FRONTS = 5  # of a place, in its tip
NOBODY = "#e0d9c9"  # fill where no cartel is
#: lowest homicide rate (per 100,000 a year) of each colour, as in the report
RATE_STEPS = (0, 5, 10, 20, 30, 50, 75, 100, 150)
RATE_COLOURS = (
    *("#fdf3e1", "#fbe0b8", "#fdc587", "#fb9f5f", "#ee6f47", "#d6402f", "#ac1a26", "#77091f"),
    "#3b0516",
)
BASELINE, CHANGED = SCENARIO_COLOURS[:2]


@functools.cache
def drawing_of(geography: Geography) -> str:
    """Return the outlines of a geography as JSON; the page receives them once."""
    return json.dumps(for_page(geography))


def figures(model: DashboardModel, layer: str, language: str) -> list[Props]:
    """Return one map per run: the fill and hatching of every place, and the text of its tip."""
    return [
        _figure(run, title, colour, layer, language)
        for run, title, colour in zip(
            model.runs(), titles(model, language), (BASELINE, CHANGED), strict=False
        )
    ]


def titles(model: DashboardModel, language: str) -> list[str]:
    """Return the title of each run: the baseline, and what is switched on."""
    if model.baseline is None:
        return [words.scenario(model.base.name, model.base.title, language)]
    on = [choice for choice in model.choices if model.settings[choice.key].on]
    named = " + ".join(choice_title(choice, language) for choice in on)
    return [
        words.text("baseline", language),
        words.text("changed.named", language, names=named),
    ]


def policy_label(policy: Policy, scenario: Scenario, language: str) -> str:
    """Return the lever of a policy, with the cartels and states that it is aimed at."""
    start = scenario.country.start.cartels
    names = {row.key: words.short(row.key, row.name, language) for row in start}
    aim = [*(names[key] for key in policy.targets), *policy.states]
    lever = words.text(f"lever.{policy.lever}", language)
    return f"{lever} ({', '.join(aim)})" if aim else lever


def choice_title(choice: Choice, language: str) -> str:
    """Return the title of a switch: of a shipped scenario, or of a lever."""
    if choice.key.startswith("lever-"):
        return words.text(f"lever.{choice.policies[0].lever}", language)
    return words.scenario(choice.key, choice.title, language)


def _figure(run: CartelModel, title: str, colour: str, layer: str, language: str) -> Props:
    territory, rates, cast = view.territory_of(run), view.rate_of(run), view.cast_of(run)
    series = view.series_of(run, territory)
    leaders, fronts = territory.leader.tolist(), view.fronts_of(run)
    if layer == RATES:
        fills = [rate_colour(rate) for rate in rates.tolist()]
        hatched = [False] * len(leaders)
    elif layer == FRONTS:
        fills, hatched = _front_fills(fronts, len(leaders))
    else:
        fills = [cast.colours[k] if k >= 0 else NOBODY for k in leaders]
        hatched = territory.contested.tolist()
    names = [words.cartel(k, n, language) for k, n in zip(cast.keys, cast.names, strict=True)]
    caption = ""
    if run.week:
        caption = words.text(
            "caption",
            language,
            homicides=words.number(series.homicides[-1]),
            members=words.number(territory.members.sum()),
            fronts=words.number(sum(front.active for front in fronts)),
        )
    return {
        "title": title,
        "colour": colour,
        "caption": caption,
        "fills": fills,
        "hatched": hatched,
        "leaders": [names[k] if k >= 0 else "" for k in leaders],
        "swatches": [cast.colours[k] if k >= 0 else NOBODY for k in leaders],
        "shares": np.rint(100.0 * territory.share).astype(int).tolist(),
        "contested": territory.contested.tolist(),
        "rates": np.round(rates, 1).tolist(),
        "fronts": _front_tips(fronts, cast, len(leaders), language) if layer == FRONTS else [],
    }


def _front_fills(fronts: list[view.FrontNow], places: int) -> tuple[list[str], list[bool]]:
    """Return the colour of every place by deaths on its fronts, and where all are silent."""
    deaths, silent = np.full(places, -1.0), np.ones(places, bool)
    for front in fronts:
        deaths[front.place] = max(0.0, deaths[front.place]) + front.deaths
        silent[front.place] &= not front.active
    steps = np.maximum(1, np.searchsorted(FRONT_STEPS, deaths, "right") - 1)
    fills = [FRONT_COLOURS[k] for k in np.where(deaths < 0.0, 0, steps).tolist()]
    return fills, (silent & (deaths >= 0.0)).tolist()


def _front_tips(
    fronts: list[view.FrontNow], cast: view.Cast, places: int, language: str
) -> list[list[list[str]]]:
    """Return the lines of every place's tip: the colours of the two cartels, and the words."""
    tips: list[list[list[str]]] = [[] for _ in range(places)]
    for front in fronts:
        if len(tips[front.place]) < MOST_FRONTS:
            tips[front.place].append(front_line(front, cast, language))
    return tips


def front_line(front: view.FrontNow, cast: view.Cast, language: str) -> list[str]:
    """Return the colours of both cartels of a front, and who fights whom in words."""
    said = words.text(
        "front" if front.active else "front.silent",
        language,
        one=words.short(cast.keys[front.one], cast.names[front.one], language),
        other=words.short(cast.keys[front.other], cast.names[front.other], language),
        deaths=words.number(front.deaths),
    )
    return [cast.colours[front.one], cast.colours[front.other], said]


def rate_colour(rate: float) -> str:
    """Return the colour of a homicide rate, homicides per 100,000 inhabitants a year."""
    step = max(i for i, low in enumerate(RATE_STEPS) if round(rate, 1) >= low)
    return RATE_COLOURS[step]


def legend(model: DashboardModel, layer: str, language: str) -> Props:
    """Return the legend of the maps; a cartel has the number of places that it leads now."""
    if layer == RATES:
        labels = [*map(str, RATE_STEPS[:-1]), f"{RATE_STEPS[-1]}+"]
        scale = [[c, t] for c, t in zip(RATE_COLOURS, labels, strict=True)]
        return {"title": words.text("legend.rate", language), "scale": scale, "items": []}
    if layer == FRONTS:
        labels = ["0", *map(str, FRONT_STEPS[2:-1]), f"{FRONT_STEPS[-1]}+"]
        return {
            "title": words.text("legend.fronts", language),
            "scale": [[c, t] for c, t in zip(FRONT_COLOURS[1:], labels, strict=True)],
            "items": [],
            "hatched": words.text("legend.silent", language),
            "none": [FRONT_COLOURS[0], words.text("legend.no_front", language)],
        }
    led: dict[str, list[Any]] = {}
    runs, empty = model.runs(), False
    for side, run in enumerate(runs):
        cast, territory = view.cast_of(run), view.territory_of(run)
        empty = empty or bool((territory.leader < 0).any())
        for k in territory.leader[territory.leader >= 0].tolist():
            name = words.short(cast.keys[k], cast.names[k], language)
            row = led.setdefault(cast.keys[k], [cast.colours[k], name, [0] * len(runs)])
            row[2][side] += 1
    start = {row.key: i for i, row in enumerate(model.base.country.start.cartels)}
    order = sorted(led, key=lambda key: (start.get(key.split("/")[0], len(start)), len(key), key))
    return {
        "title": words.text("legend.both" if len(runs) > 1 else "legend.leader", language),
        "scale": [],
        "items": [[led[key][0], led[key][1], " | ".join(map(str, led[key][2]))] for key in order],
        "hatched": words.text("legend.hatched", language),
        "none": [NOBODY, words.text("legend.none", language)] if empty else None,
    }


def observed_points(scenario: Scenario) -> list[list[float]]:
    """Return the observed homicides as points: the end of a calendar year, and the number."""
    known = observed.homicides(scenario)
    return [
        [float(year) + 1.0, float(number)] for year, number in zip(known.index, known, strict=True)
    ]


def charts(model: DashboardModel, points: list[list[float]], language: str) -> list[Props]:
    """Return the charts of homicides and of members, with one line per run."""
    series = [view.series_of(run, view.territory_of(run)) for run in model.runs()]
    drawn = []
    for name, dots in (("homicides", points), ("members", [])):
        lines = [np.rint(getattr(one, name)).astype(int).tolist() for one in series]
        highest = max([4.0, *(y for _, y in dots), *(max(line, default=0) for line in lines)])
        tick = nice_step(highest, 4)
        drawn.append(
            {
                "title": words.text(f"chart.{name}", language),
                "note": words.text(f"chart.{name}.hint", language),
                "tick": tick,
                "top": math.ceil(highest / tick) * tick,
                "lines": json.dumps(lines),
                "dots": dots,
            }
        )
    return drawn


def nice_step(top: float, most: int) -> float:
    """Return the step of an axis: 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    top
        The largest value of the axis, above 0.
    most
        The largest number of steps.

    Examples
    --------
    >>> nice_step(30_000, 4)
    10000.0
    """
    rough = top / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
