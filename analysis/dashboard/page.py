"""The page: Mesa's SolaraViz with the maps, the time line and the charts, and a panel next to it.

SolaraViz shows the model and passes every new one to the components. Its own side bar is in English
and has a slider for every value, so this page replaces it: ``player.vue`` and ``policies.vue`` have
the controls in two languages. In a notebook, ``viz`` shows SolaraViz with its own controls.
"""
# ruff: noqa: N802 - components are named like classes

from __future__ import annotations

from typing import Any, NamedTuple

import solara
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter

from plazas.analysis.dashboard import panels, words
from plazas.analysis.dashboard.board import STYLE, board, notebook_components
from plazas.analysis.dashboard.model import SEEDS, DashboardModel, model_class, model_params
from plazas.analysis.dashboard.parts import ButtonGroup, Cartels, Header, Place, Policies
from plazas.analysis.dashboard.session import CARTELS, POLICIES, TABS, Session
from plazas.model.scenario import Scenario


class Setup(NamedTuple):
    """The state in which a new page starts: its model class, seed and language."""

    make: type[DashboardModel]
    seed: int = 1
    language: str = "en"


_setup: list[Setup] = []


def configure(setup: Setup) -> None:
    """Set the state in which every page opened from now on starts."""
    _setup[:] = [setup]


def viz(scenario: Scenario, seed: int = 1, language: str = "en") -> solara.Element:
    """Return Mesa's SolaraViz with its own controls and the page's maps and charts.

    Parameters
    ----------
    scenario
        The baseline.
    seed
        The first seed.
    language
        ``en`` or ``es``.

    Returns
    -------
    solara.Element
        What a notebook shows when it is the last line of a cell.
    """
    make = model_class(scenario)
    session = Session(make, seed, language)
    return SolaraViz(
        session.model,
        components=[(part, 0) for part in notebook_components(session)],
        model_params=model_params(make, seed),
        name=words.text("title", language),
    )


@solara.component
def Layout(children: list[Any]) -> solara.Element:
    """Show only the page, without Solara's bars."""
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
        TopBar(session)
        with solara.Div(classes=["plazas-body"]):
            with solara.Div(classes=["plazas-main"]):
                SolaraViz(session.model, components=components, model_params=params, name="Plazas")
            Panel(session)


@solara.component
def TopBar(session: Session) -> None:
    """Show the scenario, the seed and the languages."""
    language, base = session.language.value, session.make.base
    seed = session.values.value["seed"]
    Header(
        title=words.scenario(base.name, base.title, language),
        subtitle=words.text("subtitle", language),
        language=language,
        languages=list(words.LANGUAGES.items()),
        seed=seed,
        seeds=[min(seed, SEEDS[0]), max(seed, SEEDS[-1])],
        words=words.group(language, "title", "language", "seed", "seed.hint"),
        event_set_seed=session.set_seed,
        event_set_language=session.language.set,
    )


@solara.component
def Panel(session: Session) -> None:
    """Show the panel: policies, cartels, or a state."""
    language, tab = session.language.value, session.tab.value
    with solara.Div(classes=["plazas-panel"]):
        ButtonGroup(
            label=words.text("panel", language),
            value=tab,
            options=[[key, words.text(f"panel.{key}", language)] for key in TABS],
            kind="tabs",
            event_choose=session.tab.set,
        ).key("tabs")
        if tab == POLICIES:
            _policies(session, session.model.value, language).key("policies")
        else:
            if session.model.value.baseline is not None:
                sides = ("baseline", "changed")
                ButtonGroup(
                    label=words.text("panel.run", language),
                    value=sides[0] if session.of_baseline.value else sides[1],
                    options=[[key, words.text(key, language)] for key in sides],
                    kind="buttons",
                    event_choose=session.set_side,
                ).key("sides")
            Weekly(session).key("weekly")


@solara.component
def Weekly(session: Session) -> solara.Element:
    """Show the part of the panel that changes every week: the cartels, or a state."""
    update_counter.get()
    language, chosen = session.language.value, session.place.value
    if session.tab.value == CARTELS:
        return Cartels(
            rows=panels.cartels(session.shown_run(), language),
            words=words.group(
                language,
                *("cartels.name", "cartels.members", "cartels.led", "cartels.treasury"),
                *("cartels.allies", "cartels.enemies", "cartels.led.hint"),
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
            *("place.fronts", "place.no_front"),
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
            *("policies.hint", "policies.first", "policies.last", "policies.whole"),
            *("policies.nothing", "policies.off"),
        ),
        event_change=session.switch,
        event_off=session.switch_all_off,
    )
