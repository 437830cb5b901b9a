"""The report in a real browser: what the page shows, at every control, against the results."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plazas.analysis.experiment.compare import Comparison
from plazas.analysis.experiment.text import number
from plazas.analysis.report import map_layers as layers
from plazas.analysis.report.report import write_report
from plazas.model.geography import states
from plazas.model.results import Results
from plazas.model.simulation import Simulation

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path"),
]

ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
JALISCO = 13
RATE_STEPS = (0, 5, 10, 20, 30, 50, 75, 100, 150)


class Opened:
    """The report opened, with all that it asked for and complained of."""

    def __init__(self, page: Any, path: Path) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.goto(path.as_uri())

    def month(self, m: int) -> None:
        """Move the slider to a month."""
        self.page.locator("#slider").evaluate(
            "(box, m) => { box.value = m; box.dispatchEvent(new Event('input')); }", m
        )

    def fill(self, side: str, code: str) -> str:
        return str(self.page.get_attribute(f"#{side} path[data-place='{code}']", "fill"))

    def choose(self, name: str, value: object) -> None:
        self.page.locator(f"input[name={name}][value='{value}'] + span").click()


@pytest.fixture(scope="module")
def folder(compared: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(compared, folder / "report.html")
    return folder


@pytest.fixture(scope="module")
def context(folder: Path) -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=CHROMIUM,
            args=list(ARGUMENTS),
            viewport={"width": 1280, "height": 1000},
            reduced_motion="reduce",
        )
        yield found
        found.close()


@pytest.fixture
def opened(context: Any, folder: Path) -> Iterator[Opened]:
    page = context.new_page()
    found = Opened(page, folder / "report.html")
    yield found
    page.close()
    assert found.complaints == []
    assert set(found.requests) == {(folder / "report.html").as_uri()}


@pytest.fixture(scope="module")
def results(compared: Comparison) -> list[Results]:
    """Return the replicate on the maps, run again for each scenario."""
    replicate = layers.typical_replicate(compared.ensembles)
    return [Simulation(scenario, 3, replicate).run() for scenario in compared.scenarios]


def leader(found: Results, m: int, p: int) -> tuple[str, str, int]:
    """Return key and name of the primary cartel of a place, and its share in percent."""
    members = found.record.members[m, p]
    k = int(members.argmax())
    row = found.cartels.iloc[k]
    return row["key"], row["name"], round(100 * int(members[k]) / int(members.sum()))


def colour(found: Results, key: str) -> str:
    row = found.cartels.set_index("key").loc[key]
    base = str(row["colour"])
    return layers.tinted(base, int(key.split("/")[1])) if "/" in key else base


def rate(found: Results, m: int, p: int) -> float:
    """Return homicides per 100,000 a year of a place over the twelve months up to month ``m``."""
    weeks = np.bincount(found.scenario.months())
    first = max(0, m - 11)
    counts = found.record.places["homicides"][first : m + 1, p].sum()
    people = states().population[p]
    return float(counts / (weeks[first : m + 1].sum() * 7 / 365.25) / people * 1e5)


def test_play_and_pause(opened: Opened) -> None:
    page = opened.page
    page.clock.install(time=0)
    page.reload()
    page.clock.pause_at(60_000)  # from here on time passes only as the test says
    frame = page.evaluate("FRAME")
    assert page.inner_text("#when") == "January 2010"
    page.click("#play")
    assert page.get_attribute("#play", "aria-label") == "Pause"
    page.clock.run_for(3 * frame)
    assert page.inner_text("#when") == "April 2010"
    page.click("#play")
    assert page.get_attribute("#play", "aria-label") == "Play"
    page.clock.run_for(3 * frame)
    assert page.inner_text("#when") == "April 2010"
    # Played to the end it stops, and starts again from the beginning.
    opened.month(28)
    page.click("#play")
    page.clock.run_for(5 * frame)
    assert page.inner_text("#when") == "June 2012"
    assert page.get_attribute("#play", "aria-label") == "Play"
    page.click("#play")
    page.clock.run_for(frame)
    assert page.inner_text("#when") == "February 2010"


@pytest.mark.parametrize("m", [0, 16, 29])
def test_every_state_has_the_colour_of_its_leader(
    opened: Opened, results: list[Results], m: int
) -> None:
    opened.month(m)
    for side, found in (("left", results[0]), ("right", results[1])):
        for p, code in enumerate(states().codes):
            key, _, share = leader(found, m, p)
            assert opened.fill(side, code) == colour(found, key), states().names[p]
            hatched = opened.page.locator(f"#{side} [data-hatched='{p}']").count()
            assert hatched == (share < 50), states().names[p]


def test_maps_part_when_the_scenarios_do(opened: Opened, results: list[Results]) -> None:
    def both(m: int) -> list[bool]:
        opened.month(m)
        return [opened.fill("left", c) == opened.fill("right", c) for c in states().codes]

    opened.choose("layer", "rate")
    assert all(both(16))
    assert not all(both(29))
    assert "the scenarios differ from here" in opened.page.inner_text("#ticks")


def test_homicide_rates(opened: Opened, results: list[Results]) -> None:
    opened.choose("layer", "rate")
    opened.month(20)
    colours = layers.RATE_COLOURS
    assert layers.RATE_STEPS == RATE_STEPS
    assert len(set(colours)) == len(RATE_STEPS)
    for p, code in enumerate(states().codes):
        value = round(10 * rate(results[0], 20, p)) / 10
        step = max(i for i, low in enumerate(RATE_STEPS) if value >= low)
        assert opened.fill("left", code) == colours[step], states().names[p]
    legend = opened.page.inner_text("#legend")
    assert "Homicides per 100,000 inhabitants a year" in legend
    assert "30–50" in legend
    assert "hatched" not in legend


def test_pointing_at_a_state(opened: Opened, results: list[Results]) -> None:
    opened.month(29)
    opened.page.locator("#right path[data-place='14']").hover()
    said = opened.page.inner_text("#tip").replace("\u00a0", " ")
    _, name, share = leader(results[1], 29, JALISCO)
    assert "Jalisco" in said
    assert f"{name}: {share} % of members" in said
    assert ("contested" in said) == (share < 50)
    assert f"{rate(results[1], 29, JALISCO):.1f} homicides per 100,000 a year" in said
    assert "Three <times> the arrests, June 2012" in said
    readout = opened.page.inner_text("#readout")
    assert f"Nothing done: led by {leader(results[0], 29, JALISCO)[1]}" in readout
    opened.page.mouse.move(5, 5)
    assert not opened.page.is_visible("#tip")


def test_another_scenario(opened: Opened, results: list[Results]) -> None:
    opened.month(29)
    assert "Three <times> the arrests" in opened.page.inner_text("#right figcaption")
    opened.choose("policy", 2)
    assert "A truce" in opened.page.inner_text("#right figcaption")
    assert "Nothing done" in opened.page.inner_text("#left figcaption")
    members = int(results[2].record.members[29].sum())
    assert f"{members:,} cartel members" in opened.page.inner_text("#right figcaption")
    shown = opened.page.locator(".outcomes:visible h3")
    assert shown.all_inner_texts() == ["A truce"]
    opened.page.locator(".see").first.click()
    assert "Three <times> the arrests" in opened.page.inner_text("#right figcaption")


def fronts_at(found: Results, m: int) -> dict[str, tuple[float, bool]]:
    """Return members killed on the fronts of each place in twelve months, and if one is active."""
    frame, months = found.fronts, found.months
    last_year = frame[(frame["month"] <= months[m]) & (frame["month"] > months[max(0, m - 12)])]
    if m < 12:
        last_year = frame[frame["month"] <= months[m]]
    deaths = last_year.groupby("code")["deaths"].sum()
    active = set(frame.loc[(frame["month"] == months[m]) & frame["active"], "code"])
    codes = {*deaths.index, *active}
    return {code: (float(deaths.get(code, 0.0)), code in active) for code in codes}


@pytest.mark.parametrize("m", [5, 29])
def test_fronts(opened: Opened, results: list[Results], m: int) -> None:
    opened.choose("layer", "fronts")
    opened.month(m)
    steps, colours = layers.FRONT_STEPS, layers.FRONT_COLOURS
    for side, found in (("left", results[0]), ("right", results[1])):
        fronts = fronts_at(found, m)
        assert len(fronts) > 3
        for p, code in enumerate(states().codes):
            deaths, active = fronts.get(code, (0.0, False))
            shown = opened.page.evaluate(
                "([side, p]) => reading(shownScenario(side), p)", [int(side == "right"), p]
            )
            assert shown["onFronts"] == pytest.approx(deaths, abs=0.6 + len(shown["fronts"]) / 2)
            step = max(i for i, low in enumerate(steps) if shown["onFronts"] >= low)
            step = max(1, step) if shown["fronts"] else 0
            assert opened.fill(side, code) == colours[step], states().names[p]
            hatched = opened.page.locator(f"#{side} [data-hatched='{p}']").count()
            assert hatched == (bool(shown["fronts"]) and not active), states().names[p]
    said = opened.page.inner_text("#frontlists")
    active = {code for code, (_, on) in fronts_at(results[0], m).items() if on}
    fought = results[0].fronts
    count = int(fought.loc[fought["month"] == results[0].months[m], "active"].sum())
    assert f"Nothing done: {count} active fronts in {len(active)} states" in said
    legend = opened.page.inner_text("#legend")
    assert "Members of cartels killed on fronts" in legend
    assert "400 +" in legend
    assert "no front" in legend


def test_who_fights_whom_is_on_the_tip_and_in_the_text(
    opened: Opened, results: list[Results]
) -> None:
    opened.choose("layer", "fronts")
    opened.month(29)
    frame, months = results[1].fronts, results[1].months
    last_year = frame[frame["month"] > months[17]]
    total = last_year.groupby(["code", "cartel", "other"])["deaths"].sum()
    (code, one, other), deaths = total.idxmax(), total.max()
    names = results[1].cartels.set_index("key")["name"]
    said = f"{names[one]} and {names[other]}: {deaths:,.0f} killed in 12 months"
    opened.page.locator(f"#right path[data-place='{code}']").hover()
    assert said in opened.page.inner_text("#tip")
    assert said in opened.page.inner_text("#readout")
    place = states().names[states().codes.index(code)]
    assert f"{place} {said}" in opened.page.inner_text("#frontlists")
    opened.choose("layer", "primary")
    assert not opened.page.is_visible("#frontlists")
    opened.page.locator(f"#right path[data-place='{code}']").hover()
    assert said not in opened.page.inner_text("#tip")


def test_share_of_replicates(opened: Opened, compared: Comparison) -> None:
    assert not opened.page.is_visible("#founder")
    opened.choose("layer", "led")
    opened.page.select_option("#founder", label="Sinaloa Cartel")
    opened.month(29)
    line = np.array([key.split("/")[0] == "sinaloa" for key in compared.ensembles[0].keys])
    led = line[compared.ensembles[0].place_series("primary")[:, 29]].mean(axis=0)
    none = layers.EMPTY
    for p, code in enumerate(states().codes):
        assert (opened.fill("left", code) == none) == (led[p] == 0.0)
    opened.page.locator("#left path[data-place='10']").hover()
    assert f"leads in {100 * led[9]:.0f} % of replicates" in opened.page.inner_text("#tip")


def test_the_keyboard_is_enough(opened: Opened) -> None:
    page = opened.page
    page.focus("#left svg")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert "Baja California" in page.inner_text("#readout")
    outline = page.get_attribute("#right .pz-pointed", "d")
    assert outline == page.get_attribute("#right [data-place='02']", "d")
    page.keyboard.press("Escape")
    assert not page.is_visible("#tip")
    page.keyboard.press(" ")
    assert page.get_attribute("#play", "aria-label") == "Pause"
    page.keyboard.press(" ")
    assert page.get_attribute("#play", "aria-label") == "Play"
    page.focus("#slider")
    opened.month(4)
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#when") == "June 2010"
    page.focus("input[name=layer]:checked")
    page.keyboard.press("ArrowRight")
    assert "Homicides per 100,000" in page.inner_text("#legend")


def test_legend_counts_states(opened: Opened, results: list[Results]) -> None:
    opened.month(29)
    legend = opened.page.inner_text("#legend")
    counts = re.findall(r"(\d+) \| (\d+)", legend)
    assert [sum(int(row[i]) for row in counts) for i in (0, 1)] == [32, 32]
    led = [int(found.states_led("sinaloa").iloc[29]) for found in results[:2]]
    assert re.search(rf"Sinaloa Cartel\s*{led[0]} \| {led[1]}", legend)


def test_charts(opened: Opened, compared: Comparison) -> None:
    page = opened.page
    assert page.locator(".chart").count() == 3
    assert page.locator(".chart .observed").count() == 2  # 2010 and 2011
    page.locator("#chartlist .chart svg").first.hover(position={"x": 300, "y": 80})
    said = page.inner_text("#tip")
    year = int(said.split()[0])
    homicides = compared.ensembles[1].yearly["homicides"].loc[:, year]
    assert number(float(np.median(homicides))) in said
    assert "Observed" in said


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_nothing_sticks_out(opened: Opened, width: int) -> None:
    opened.page.set_viewport_size({"width": width, "height": 800})
    for layer in ("primary", "rate", "fronts", "led"):
        opened.choose("layer", layer)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_odd_title_is_shown_as_written(
    context: Any, compared: Comparison, tmp_path: Path
) -> None:
    first, second, *others = compared.scenarios
    odd = dataclasses.replace(second, title="<!--<script>")
    changed = dataclasses.replace(compared, scenarios=(first, odd, *others))
    page = context.new_page()
    opened = Opened(page, write_report(changed, tmp_path / "report.html"))
    assert opened.complaints == []
    assert "<!--<script>" in page.inner_text("#right figcaption")
    assert page.locator("#right path[data-place]").count() == 32
    assert page.locator(".card h3").first.inner_text() == "<!--<script>"
    assert not page.is_visible("#failed")
    page.close()


def test_a_page_that_cannot_draw_says_so(context: Any, folder: Path, tmp_path: Path) -> None:
    whole = (folder / "report.html").read_text("utf-8")
    for name, broken in (
        ("data", whole.replace('id="data">{', 'id="data">{{')),
        ("script", whole.replace("function start()", "function start(")),
    ):
        assert broken != whole
        path = tmp_path / f"{name}.html"
        path.write_text(broken, "utf-8")
        page = context.new_page()
        page.goto(path.as_uri())
        assert "cannot be drawn" in page.inner_text("#failed"), name
        assert page.locator(".card").count() == 2
        page.close()


def test_without_javascript_the_page_says_what_is_missing(context: Any, folder: Path) -> None:
    page = context.new_page()
    switch = context.new_cdp_session(page)
    switch.send("Emulation.setScriptExecutionDisabled", {"value": True})
    page.goto((folder / "report.html").as_uri())
    assert "need JavaScript, which is off" in page.inner_text("main")
    assert page.locator("#left path").count() == 0
    assert page.locator(".card").count() == 2
    page.close()
