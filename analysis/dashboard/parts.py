"""The components of the page. Every component has its own template.

``frames``, ``panels`` and ``timeline`` make their properties; ``session`` handles their events.
The template calls an argument whose name starts with ``event_``, with one value.
"""
# ruff: noqa: N802 - components are named like classes

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

Handler = Callable[[Any], Any]
Props = dict[str, Any]
Pairs = list[list[str]]
Words = dict[str, str]


@solara.component_vue("header.vue", vuetify=False)
def Header(
    title: str,
    subtitle: str,
    language: str,
    languages: list[tuple[str, str]],
    seed: int,
    seeds: list[int],
    words: Words,
    event_set_seed: Handler,
    event_set_language: Handler,
) -> None:
    """Show the scenario, the seed and the languages."""


@solara.component_vue("maps.vue", vuetify=False)
def Maps(
    renderer: str,
    drawing: str,
    figures: list[Props],
    legend: Props,
    layer: str,
    layers: Pairs,
    chosen: int,
    words: Words,
    event_choose: Handler,
    event_set_layer: Handler,
) -> None:
    """Show one map per run and the legend; report the place that is clicked on."""


@solara.component_vue("player.vue", vuetify=False)
def Player(
    playing: bool,
    ended: bool,
    week: int,
    weeks: int,
    date: str,
    count: str,
    drawn: int,
    frame_ms: int,
    speed: str,
    speeds: Pairs,
    axis: Props,
    lanes: list[Props],
    bars: list[list[Props]],
    shapes: dict[str, str],
    marks: Pairs,
    words: Words,
    event_play: Handler,
    event_step: Handler,
    event_end: Handler,
    event_reset: Handler,
    event_tick: Handler,
    event_set_speed: Handler,
    event_go: Handler,
) -> None:
    """Show date, buttons and time line; ask for the next step when the last one is drawn."""


@solara.component_vue("chart.vue", vuetify=False)
def Chart(chart: Props, axis: Props, colours: list[str], names: list[str], observed: str) -> None:
    """Show a national series with one line per run."""


@solara.component_vue("difference.vue", vuetify=False)
def Difference(title: str, said: str, caution: str, command: str) -> None:
    """Show in words how two runs differ."""


@solara.component_vue("choice.vue", vuetify=False)
def ButtonGroup(label: str, value: str, options: Pairs, kind: str, event_choose: Handler) -> None:
    """Show options, one of them chosen, as ``tabs`` or as ``buttons``."""


@solara.component_vue("policies.vue", vuetify=False)
def Policies(
    groups: list[Props],
    years: list[int],
    error: str,
    words: Words,
    event_change: Handler,
    event_off: Handler,
) -> None:
    """Show the switches; for those that are on, also their years and levels."""


@solara.component_vue("cartels.vue", vuetify=False)
def Cartels(rows: list[Props], words: Words) -> None:
    """Show the table of living cartels."""


@solara.component_vue("place.vue", vuetify=False)
def Place(place: Props | None, words: Words) -> None:
    """Show a state's gangs and history."""
