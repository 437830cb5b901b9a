"""The page: Mesa's SolaraViz with the maps, the time line and the charts, and a panel beside it.

SolaraViz shows the model and hands every new one to the components. Its own bar and side bar, in
English and with a slider for every value, would stand in the app's layout; this layout has the
controls of ``player.vue`` and ``policies.vue`` instead, in two languages. ``viz`` gives SolaraViz
with its own controls, for a notebook.
"""
# ruff: noqa: N802 - components are named like classes

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import solara
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter

from plazas.analysis.dashboard import frames, panels, timeline, words
from plazas.analysis.dashboard.model import SEEDS, DashboardModel, model_class, model_params
from plazas.analysis.dashboard.parts import (
    Cartels,
    Chart,
    Difference,
    Header,
    Maps,
    OneOf,
    Place,
    Player,
    Policies,
)
from plazas.analysis.dashboard.session import CARTELS, POLICIES, SPEEDS, TABS, Session
from plazas.model.scenario import Scenario

STYLE = Path(__file__).parent / "dashboard.css"


class Setup(NamedTuple):
    """With what a new page begins."""

    make: type[DashboardModel]
    seed: int = 1
    language: str = "en"


_setup: list[Setup] = []


def configure(setup: Setup) -> None:
    """Say with what every page that is opened from now on begins."""
    _setup[:] = [setup]


def viz(scenario: Scenario, seed: int = 1, language: str = "en") -> solara.Element:
    """Return SolaraViz with its own controls and our maps and charts, for a notebook."""
    make = model_class(scenario)
    session = Session(make, seed, language)
    return SolaraViz(
        session.model,
        components=[(board(session), 0)],
        model_params=model_params(make, seed),
        name=words.text("title", language),
    )


@solara.component
def Layout(children: list[Any]) -> solara.Element:
    """Show the page alone, without Solara's bars."""
    return solara.Div(children=children)


@solara.component
def Page() -> None:
    """Show the whole page."""
    setup = _setup[0]
    session = solara.use_memo(lambda: Session(*setup), [])
    components = solara.use_memo(lambda: [(board(session), 0)], [])
    params = solara.use_memo(lambda: model_params(session.make, setup.seed), [])
    solara.Title(words.text("title", session.language.value))
    solara.Style(STYLE)
    with solara.Div(classes=["plazas"]):
        Top(session)
        with solara.Div(classes=["plazas-body"]):
            with solara.Div(classes=["plazas-main"]):
                SolaraViz(session.model, components=components, model_params=params, name="Plazas")
            Panel(session)


@solara.component
def Top(session: Session) -> None:
    """Show what is run, the seed and the languages."""
    language, base = session.language.value, session.make.base
    seed = session.values.value["seed"]
    Header(
        title=words.scenario(base.name, base.title, language),
        about=words.text("about", language),
        language=language,
        languages=list(words.LANGUAGES.items()),
        seed=seed,
        seeds=[min(seed, SEEDS[0]), max(seed, SEEDS[-1])],
        words=words.group(language, "title", "language", "seed", "seed.about"),
        event_set_seed=session.set_seed,
        event_set_language=session.language.set,
    )


def board(session: Session) -> Any:
    """Return the component that SolaraViz shows: the maps, the time line and the charts."""

    @solara.component
    def Board(model: DashboardModel) -> None:
        update_counter.get()
        language, layer = session.language.value, session.layer.value
        single = model.baseline is None
        axis = solara.use_memo(lambda: timeline.axis(model.base), [])
        points = solara.use_memo(lambda: frames.seen(model.base), [])
        drawing = frames.drawing_of(model.base.country.geography)
        with solara.Div(classes=["plazas-board", "single" if single else "double"]):
            Maps(
                drawing=drawing,
                figures=frames.figures(model, layer, language),
                legend=frames.legend(model, layer, language),
                layer=layer,
                layers=[[each, words.text(f"layer.{each}", language)] for each in frames.LAYERS],
                chosen=session.place.value,
                words=words.group(
                    language, "layer", "map", "map.about", "tip.share", "tip.contested", "tip.rate"
                ),
                event_choose=session.choose_place,
                event_set_layer=session.layer.set,
            ).key("maps")
            _player(session, model, axis).key("player")
            names = ["simulated"] if single else ["baseline", "changed"]
            for number, chart in enumerate(frames.charts(model, points, language)):
                Chart(
                    chart=chart,
                    axis=axis,
                    colours=[frames.BASELINE, frames.CHANGED][: len(names)],
                    names=[words.text(name, language) for name in names],
                    observed=words.text("observed", language),
                ).key(f"chart{number}")
            Difference(
                title=words.text("difference", language), **panels.difference(model, language)
            ).key("difference")

    return Board


def _player(session: Session, model: DashboardModel, axis: dict[str, Any]) -> solara.Element:
    language, week = session.language.value, model.week
    ended = week >= session.weeks
    count = words.text("week_of", language, week=week, weeks=session.weeks)
    return Player(
        playing=session.playing.value,
        ended=ended,
        week=week,
        weeks=session.weeks,
        date=words.short_day(model.date, language),
        count=words.text("ended", language) if ended else count,
        drawn=session.drawn.value,
        stays=SPEEDS[session.speed.value].stays,
        speed=session.speed.value,
        speeds=[[each, words.text(f"speed.{each}", language)] for each in SPEEDS],
        axis={"first": axis["first"], "last": axis["last"]},
        lanes=timeline.lanes(model, language),
        bars=timeline.bars(model, language),
        shapes=timeline.SHAPES,
        marks=[[mark, words.text(f"mark.{mark}", language)] for mark in timeline.SHAPES],
        words=words.group(
            language,
            *("play", "pause", "step", "reset", "to_end", "speed", "time", "policies_in_force"),
            *("play.about", "step.about", "reset.about", "to_end.about", "speed.about"),
            "time.about",
        ),
        event_play=session.play,
        event_step=session.step,
        event_end=session.to_end,
        event_reset=session.reset,
        event_tick=session.tick,
        event_set_speed=session.speed.set,
        event_go=session.go_to,
    )


@solara.component
def Panel(session: Session) -> None:
    """Show the panel: policies, cartels, or a state."""
    language, tab = session.language.value, session.tab.value
    with solara.Div(classes=["plazas-panel"]):
        OneOf(
            label=words.text("panel", language),
            value=tab,
            options=[[each, words.text(f"panel.{each}", language)] for each in TABS],
            kind="tabs",
            event_choose=session.tab.set,
        ).key("tabs")
        if tab == POLICIES:
            _policies(session, session.model.value, language).key("policies")
        else:
            if session.model.value.baseline is not None:
                sides = ("baseline", "changed")
                OneOf(
                    label=words.text("panel.run", language),
                    value=sides[0] if session.of_baseline.value else sides[1],
                    options=[[each, words.text(each, language)] for each in sides],
                    kind="buttons",
                    event_choose=session.set_side,
                ).key("sides")
            Weekly(session).key("weekly")


@solara.component
def Weekly(session: Session) -> solara.Element:
    """Show what of the panel changes every week: the cartels, or a state."""
    update_counter.get()
    language, chosen = session.language.value, session.place.value
    if session.tab.value == CARTELS:
        return Cartels(
            rows=panels.cartels(session.shown_run(), language),
            words=words.group(
                language,
                *("cartels.name", "cartels.members", "cartels.led", "cartels.treasury"),
                *("cartels.allies", "cartels.enemies", "cartels.led.about"),
            ),
        )
    return Place(
        place=panels.place(session.shown_run(), chosen, language) if chosen >= 0 else None,
        words=words.group(
            language,
            *(
                "place.none",
                "place.gangs",
                "place.serves",
                "place.number",
                "place.members",
                "place.largest",
            ),
            *("place.loyalty", "place.arms", "place.history", "place.empty"),
            *("place.all", "place.fewer"),
        ),
    )


def _policies(session: Session, model: DashboardModel, language: str) -> solara.Element:
    why = session.error.value
    return Policies(
        groups=panels.switches(model, language),
        years=panels.years(model),
        error=words.text("error", language, why=why) if why else "",
        words=words.group(
            language,
            *("policies.about", "policies.first", "policies.last", "policies.whole"),
            *("policies.nothing", "policies.off"),
        ),
        event_change=session.switch,
        event_off=session.switch_all_off,
    )
