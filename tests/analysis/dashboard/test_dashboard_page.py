"""The page without a browser: its parts are given what the model says, and its buttons work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest
import solara

from plazas.analysis.dashboard import page, session, words
from plazas.analysis.dashboard.choices import compose, settings_of
from plazas.analysis.dashboard.model import DashboardModel
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation

ARRESTS = "double-incapacitation"
SEED = 3


class Shown:
    """The page, rendered without a browser: its parts by the name of their template."""

    def __init__(self, make: type[DashboardModel], language: str) -> None:
        page.configure(page.Setup(make, SEED, language))
        self.box, self.context = solara.render(
            page.Layout(children=[page.Page()]), handle_error=False
        )
        self.make = make

    def part(self, name: str) -> Any:
        """Return the one widget whose template is in ``name``.vue."""
        (found,) = self.parts(name)
        return found

    def parts(self, name: str) -> list[Any]:
        return drawn_by(self.box, name)

    def send(self, name: str, event: str, value: Any = None) -> None:
        """Let a part tell what a template would tell."""
        getattr(self.part(name), f"vue_event_{event}")({} if value is None else value)

    def expected(self, week: int, seed: int = SEED, **values: Any) -> Simulation:
        """Return a run of what is switched on, to a week."""
        settings = settings_of(self.make.choices, values)
        scenario = compose(self.make.base, self.make.choices, settings)
        simulation = Simulation(scenario, seed=seed)
        simulation.run(week)
        return simulation

    def compare(self, figure: int, simulation: Simulation) -> None:
        """Compare a map and a chart with a run."""
        gangs = simulation.world.gangs
        mine = (gangs["members"] > 0) & (gangs["allegiance"] >= 0)
        members = int(gangs["members"][mine].sum())
        first = max(0, simulation.week - 52)
        weekly = simulation.record.weekly["homicides"][first : simulation.week]
        homicides = weekly.mean() * 365.25 / 7
        caption = self.part("maps").figures[figure]["caption"]
        assert words.number(members) in caption
        assert words.number(homicides) in caption
        for p, name in enumerate(self.part("maps").figures[figure]["leaders"]):
            here = mine & (gangs["place"] == p)
            led = np.bincount(gangs["allegiance"][here], gangs["members"][here])
            cartels = simulation.results().cartels
            assert name == words.cartel(
                cartels["key"].iloc[led.argmax()], cartels["name"].iloc[led.argmax()], "en"
            )
        lines = [json.loads(part.chart["lines"])[figure] for part in self.parts("chart")]
        assert [len(line) for line in lines] == [simulation.week] * 2
        assert [line[-1] for line in lines] == [round(homicides), members]


def walk(widget: Any) -> Iterator[Any]:
    """Yield a widget and all in it."""
    yield widget
    inside = [getattr(widget, "children", ()), getattr(widget, "items", ())]
    for each in inside:
        for child in each if isinstance(each, list | tuple) else ():
            if hasattr(child, "comm"):
                yield from walk(child)


def drawn_by(box: Any, name: str) -> list[Any]:
    """Return the widgets in ``box`` that the template ``name``.vue draws."""
    files = ((widget, getattr(widget, "template_file", None)) for widget in walk(box))
    return [widget for widget, file in files if file and file[1] == f"{name}.vue"]


@pytest.fixture
def shown(make: type[DashboardModel]) -> Iterator[Shown]:
    found = Shown(make, "en")
    yield found
    found.context.close()


def test_it_begins_in_the_first_week(shown: Shown, base: Scenario) -> None:
    player = shown.part("player")
    assert (player.week, player.weeks, player.date) == (0, base.weeks, "1 Jan 2010")
    assert not player.playing
    assert not player.ended
    assert len(shown.part("maps").figures) == 1
    assert shown.part("header").title == base.title
    assert json.loads(shown.part("maps").drawing)["names"] == list(base.country.geography.names)
    assert "Switch on a policy" in shown.part("difference").said


def test_step_and_speed(shown: Shown) -> None:
    shown.send("player", "step")
    assert shown.part("player").week == 1
    shown.compare(0, shown.expected(1))
    shown.send("player", "set_speed", "month")
    shown.send("player", "step")
    assert shown.part("player").week == 5
    shown.compare(0, shown.expected(5))


def test_play_and_pause(shown: Shown) -> None:
    shown.send("player", "tick")  # a late one, after a pause
    assert shown.part("player").week == 0
    shown.send("player", "play", True)
    assert shown.part("player").playing
    for _ in range(3):
        before = shown.part("player").drawn
        shown.send("player", "tick")
        assert shown.part("player").drawn == before + 1
    assert shown.part("player").week == 3
    shown.compare(0, shown.expected(3))
    shown.send("player", "play", False)
    shown.send("player", "tick")
    assert shown.part("player").week == 3


def test_the_end(shown: Shown, base: Scenario) -> None:
    shown.send("player", "go", base.weeks - 2)
    shown.send("player", "set_speed", "quarter")
    shown.send("player", "play", True)
    shown.send("player", "tick")
    player = shown.part("player")
    assert (player.week, player.ended, player.playing) == (base.weeks, True, False)
    assert player.count == "the run has ended"
    shown.compare(0, shown.expected(base.weeks))
    shown.send("player", "step")  # does no harm
    shown.send("player", "play", True)
    assert not shown.part("player").playing
    shown.send("player", "reset")
    assert shown.part("player").week == 0
    shown.send("player", "end")
    assert shown.part("player").week == base.weeks


def test_going_back_is_the_run_it_was(shown: Shown) -> None:
    shown.send("player", "go", 120)
    shown.send("player", "go", 60)
    assert shown.part("player").week == 60
    shown.compare(0, shown.expected(60))
    shown.send("player", "go", 120)
    shown.compare(0, shown.expected(120))


def test_a_policy_is_shown_beside_the_baseline(shown: Shown, base: Scenario) -> None:
    shown.send("player", "go", 250)
    shown.send("policies", "change", {"key": ARRESTS, "on": True})
    assert shown.part("player").week == 250
    titles = [figure["title"] for figure in shown.part("maps").figures]
    assert titles == ["Baseline", "With: Twice the arrests"]
    shown.compare(0, shown.expected(250))
    shown.compare(1, shown.expected(250, double_incapacitation=True))
    shown.send("policies", "change", {"key": ARRESTS, "number": 0, "level": 4.0})
    shown.send("policies", "change", {"key": ARRESTS, "first": 2012})
    changed = {
        "double_incapacitation": True,
        "double_incapacitation_level": 4.0,
        "double_incapacitation_first": 2012,
    }
    shown.compare(1, shown.expected(250, **changed))
    said = shown.part("difference")
    both = [shown.expected(250), shown.expected(250, **changed)]
    deaths = [run.record.weekly["homicides"][:250].sum() for run in both]
    assert words.number(abs(deaths[1] - deaths[0])) in said.said
    assert "more" in said.said or "fewer" in said.said
    assert "6 January 2012" in said.said  # the first week of 2012
    assert "One run is not an effect" in said.caution
    assert said.command == f"plazas compare {base.name}.yaml {ARRESTS}"
    # Reset begins again with the same policy; switching it off leaves the baseline alone.
    shown.send("player", "reset")
    assert shown.part("player").week == 0
    shown.send("player", "go", 250)
    shown.compare(1, shown.expected(250, **changed))
    shown.send("policies", "off")
    assert len(shown.part("maps").figures) == 1
    shown.compare(0, shown.expected(250))


def test_another_seed_is_another_run(shown: Shown) -> None:
    shown.send("player", "go", 100)
    shown.send("header", "set_seed", 8)
    assert shown.part("header").seed == 8
    shown.compare(0, shown.expected(100, seed=8))
    with pytest.raises(AssertionError):
        shown.compare(0, shown.expected(100, seed=SEED))
    shown.send("player", "reset")
    shown.send("player", "go", 100)
    shown.compare(0, shown.expected(100, seed=8))


def test_years_of_a_switch_stay_in_order(shown: Shown) -> None:
    shown.send("policies", "change", {"key": ARRESTS, "on": True})
    shown.send("policies", "change", {"key": ARRESTS, "first": 2015})
    shown.send("policies", "change", {"key": ARRESTS, "last": 2012})
    item = next(
        item
        for group in shown.part("policies").groups
        for item in group["items"]
        if item["key"] == ARRESTS
    )
    assert (item["first"], item["last"]) == (2012, 2012)


def test_what_cannot_be_run_is_reported_and_nothing_is_lost(shown: Shown) -> None:
    shown.send("player", "go", 30)
    shown.send("policies", "change", {"key": "lever-focus", "on": True})
    shown.send("policies", "change", {"key": "lever-focus", "number": 0, "level": 7.0})
    assert "focus: level: 7 is outside 0 to 1 share" in shown.part("policies").error
    assert shown.part("player").week == 30
    shown.compare(1, shown.expected(30, lever_focus=True))
    shown.send("policies", "change", {"key": "lever-focus", "number": 0, "level": 0.7})
    assert shown.part("policies").error == ""


def test_a_state_and_the_cartels(shown: Shown, base: Scenario) -> None:
    shown.send("player", "go", 200)
    p = base.country.geography.index("Jalisco")
    shown.send("maps", "choose", p)
    place = shown.part("place").place
    gangs = shown.expected(200).world.gangs
    here = (gangs["place"] == p) & (gangs["members"] > 0)
    assert place["name"] == "Jalisco"
    assert sum(int(row["gangs"]) for row in place["gangs"]) == here.sum()
    heads = sum(int(row["members"].replace(",", "")) for row in place["gangs"])
    assert heads == gangs["members"][here].sum()
    assert [year["year"] for year in place["years"]] == [2013, 2012, 2011, 2010]
    shown.send("choice", "choose", session.CARTELS)
    rows = shown.part("cartels").rows
    mine = gangs["allegiance"] >= 0
    members = np.bincount(gangs["allegiance"][mine], gangs["members"][mine])
    assert rows[0]["members"] == words.number(members.max())
    assert len(rows) == (members > 0).sum()
    shown.send("player", "step")
    assert shown.part("cartels").rows != rows


def test_the_panel_can_tell_of_either_run(shown: Shown) -> None:
    shown.send("policies", "change", {"key": ARRESTS, "on": True})
    shown.send("player", "go", 280)
    shown.send("choice", "choose", session.CARTELS)
    changed = shown.part("cartels").rows
    sides = next(part for part in shown.parts("choice") if part.kind == "buttons")
    sides.vue_event_choose("baseline")
    assert shown.part("cartels").rows != changed
    sides.vue_event_choose("changed")
    assert shown.part("cartels").rows == changed


def test_both_languages(shown: Shown) -> None:
    shown.send("player", "go", 40)
    english = shown.part("maps").figures[0]
    shown.send("header", "set_language", "es")
    assert shown.part("player").words["step"] == "Paso"
    assert shown.part("player").date == "8 oct 2010"
    spanish = shown.part("maps").figures[0]
    assert "homicidios al año" in spanish["caption"]
    assert spanish["fills"] == english["fills"]
    assert "Cártel de Sinaloa" in spanish["leaders"]
    assert shown.part("player").week == 40
    assert shown.part("policies").groups[0]["title"] == "Políticas"


def test_layers(shown: Shown) -> None:
    shown.send("player", "go", 60)
    leaders = shown.part("maps").figures[0]["fills"]
    shown.send("maps", "set_layer", "rate")
    figure = shown.part("maps").figures[0]
    assert figure["fills"] != leaders
    assert not any(figure["hatched"])
    assert "per 100,000" in shown.part("maps").legend["title"]


def test_dated_policies_stand_on_the_time_line(shown: Shown, base: Scenario) -> None:
    (own,) = shown.part("player").bars
    assert own[0]["from"] == 2010.0
    assert "0.5" in own[0]["text"]
    shown.send("policies", "change", {"key": ARRESTS, "on": True})
    *_, row = shown.part("player").bars
    assert row[0]["from"] == 2013.0
    assert row[0]["label"] == "Twice the arrests"
    shown.send("player", "end")
    lanes = shown.part("player").lanes
    assert len(lanes) == 2
    log = shown.expected(base.weeks).results().events_of("captured", "killed", "ill")
    falls = [mark for mark in lanes[0]["marks"] if mark["mark"] == "fall"]
    assert len(falls) == len(log) > 0


def test_it_is_plain_solaraviz_for_a_notebook(base: Scenario) -> None:
    """Mesa's own buttons step the model and begin again from Mesa's own controls."""
    element = page.viz(base, seed=SEED)
    box, context = solara.render(solara.AppLayout(children=[element]), handle_error=False)

    def button(label: str) -> Any:
        return next(w for w in walk(box) if getattr(w, "children", None) == [label])

    def caption() -> str:
        (maps,) = drawn_by(box, "maps")
        return str(maps.figures[0]["caption"])

    button("Step").click()
    simulation = Simulation(base, seed=SEED)
    simulation.run(1)
    weekly = simulation.record.weekly["homicides"][0] * 365.25 / 7
    assert words.number(weekly) in caption()
    button("Reset").click()
    assert caption() == ""
    context.close()


def test_dates_of_the_axis(base: Scenario) -> None:
    from plazas.analysis.dashboard.timeline import axis, in_years

    found = axis(base)
    weeks = json.loads(found["weeks"])
    assert len(weeks) == base.weeks
    assert found["first"] == 2010.0
    assert in_years(date(2013, 7, 2)) == pytest.approx(2013.5, abs=0.002)
    assert weeks[-1] <= found["last"] < weeks[-1] + 0.03
