"""What SolaraViz shows of the model: the maps, the time line and the charts."""
# ruff: noqa: N802 - components are named like classes

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import solara
from mesa.visualization.utils import update_counter

from plazas.analysis.dashboard import frames, panels, timeline, words
from plazas.analysis.dashboard.model import DashboardModel
from plazas.analysis.dashboard.parts import Chart, Difference, Maps, Player
from plazas.analysis.dashboard.session import SPEEDS, Session

STYLE = Path(__file__).parent / "dashboard.css"
#: the map that the report and the page share
RENDERER = resources.files("plazas.analysis.report").joinpath("map.js").read_text("utf-8")


def board(session: Session) -> Any:
    """Return the component that shows all of it, in the layout of the page."""

    @solara.component
    def Board(model: DashboardModel) -> None:
        update_counter.get()
        single = model.baseline is None
        axis = solara.use_memo(lambda: timeline.axis(model.base), [])
        points = solara.use_memo(lambda: frames.observed_points(model.base), [])
        language = session.language.value
        with solara.Div(classes=["plazas-board", "single" if single else "double"]):
            _maps(session, model)
            _player(session, model, axis)
            _charts(session, model, axis, points)
            Difference(
                title=words.text("difference", language), **panels.difference(model, language)
            ).key("difference")

    return Board


def notebook_components(session: Session) -> list[Any]:
    """Return the maps and the charts as separate components, for a notebook."""

    @solara.component
    def MapsAlone(model: DashboardModel) -> None:
        update_counter.get()
        solara.Style(STYLE)
        with solara.Div(classes=["plazas", "plazas-alone"]):
            _maps(session, model)

    @solara.component
    def ChartsAlone(model: DashboardModel) -> None:
        update_counter.get()
        axis = solara.use_memo(lambda: timeline.axis(model.base), [])
        points = solara.use_memo(lambda: frames.observed_points(model.base), [])
        with solara.Div(classes=["plazas", "plazas-alone"]):
            _charts(session, model, axis, points)

    return [MapsAlone, ChartsAlone]


def _maps(session: Session, model: DashboardModel) -> None:
    language, layer = session.language.value, session.layer.value
    Maps(
        renderer=RENDERER,
        drawing=frames.drawing_of(model.base.country.geography),
        figures=frames.figures(model, layer, language),
        legend=frames.legend(model, layer, language),
        layer=layer,
        layers=[[key, words.text(f"layer.{key}", language)] for key in frames.LAYERS],
        chosen=session.place.value,
        words=words.group(
            language,
            "layer",
            "map",
            "map.hint",
            "tip.share",
            "tip.contested",
            "tip.rate",
            "legend.no_front",
        ),
        event_choose=session.choose_place,
        event_set_layer=session.layer.set,
    ).key("maps")


def _charts(
    session: Session, model: DashboardModel, axis: dict[str, Any], points: list[list[float]]
) -> None:
    language = session.language.value
    names = ["simulated"] if model.baseline is None else ["baseline", "changed"]
    for number, chart in enumerate(frames.charts(model, points, language)):
        Chart(
            chart=chart,
            axis=axis,
            colours=[frames.BASELINE, frames.CHANGED][: len(names)],
            names=[words.text(name, language) for name in names],
            observed=words.text("observed", language),
        ).key(f"chart{number}")


def _player(session: Session, model: DashboardModel, axis: dict[str, Any]) -> None:
    language, week = session.language.value, model.week
    ended = week >= session.weeks
    count = words.text("week_of", language, week=week, weeks=session.weeks)
    Player(
        playing=session.playing.value,
        ended=ended,
        week=week,
        weeks=session.weeks,
        date=words.short_day(model.date, language),
        count=words.text("ended", language) if ended else count,
        drawn=session.drawn.value,
        frame_ms=SPEEDS[session.speed.value].frame_ms,
        speed=session.speed.value,
        speeds=[[key, words.text(f"speed.{key}", language)] for key in SPEEDS],
        axis={"first": axis["first"], "last": axis["last"]},
        lanes=timeline.lanes(model, language),
        bars=timeline.bars(model, language),
        shapes=timeline.SHAPES,
        marks=[[mark, words.text(f"mark.{mark}", language)] for mark in timeline.SHAPES],
        words=words.group(
            language,
            *("play", "pause", "step", "reset", "to_end", "speed", "time", "policies_in_force"),
            *("play.hint", "step.hint", "reset.hint", "to_end.hint", "speed.hint"),
            "time.hint",
        ),
        event_play=session.play,
        event_step=session.step,
        event_end=session.to_end,
        event_reset=session.reset,
        event_tick=session.tick,
        event_set_speed=session.speed.set,
        event_go=session.go_to,
    ).key("player")
