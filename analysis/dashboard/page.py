"""The page: Mesa's SolaraViz with the maps, the time line and the charts, and a panel beside it.

SolaraViz shows the model and hands every new one to the components. Its own bar and side bar, in
English and with a slider for every value, would stand in the app's layout; this layout has the
controls of ``player.vue`` and ``policies.vue`` instead, in two languages. ``viz`` gives SolaraViz
with its own controls, for a notebook.
"""
# ruff: noqa: N802 - components are named like classes

from __future__ import annotations

from typing import Any, NamedTuple

import solara
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter

from plazas.analysis.dashboard import panels, words
from plazas.analysis.dashboard.board import STYLE, alone, board
from plazas.analysis.dashboard.model import SEEDS, DashboardModel, model_class, model_params
from plazas.analysis.dashboard.parts import Cartels, Header, OneOf, Place, Policies
from plazas.analysis.dashboard.session import CARTELS, POLICIES, TABS, Session
from plazas.model.scenario import Scenario


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
    """Return SolaraViz with its own controls and the page's maps and charts, for a notebook."""
    make = model_class(scenario)
    session = Session(make, seed, language)
    return SolaraViz(
        session.model,
        components=[(each, 0) for each in alone(session)],
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
