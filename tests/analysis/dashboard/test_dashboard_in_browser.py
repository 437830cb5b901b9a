"""The dashboard in a real browser with no network: what it shows against runs of the same seed.

Screenshots of every state of the page are kept in the folder that the environment variable
PLAZAS_ARTEFACTS names, by default ``build/artefacts``.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plazas.analysis.dashboard import words
from plazas.analysis.report import map_layers as layers
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation
from plazas.scenarios import load_scenario

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path"),
]

ROOT = Path(__file__).parents[3]
ARTEFACTS = Path(os.environ.get("PLAZAS_ARTEFACTS", ROOT / "build" / "artefacts"))
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
#: what Solara's own template of the address bar makes its loader say
SOLARAS_OWN = "Failed to evaluate Vue script and find module.exports"
SEED = 3
PATIENCE = 120.0  # seconds until the server must answer
GUANAJUATO = 10


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the national model; at the end nothing may have asked for the network."""
    folder = tmp_path_factory.mktemp("server")
    notes = folder / "network"
    notes.touch()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(Path(__file__).with_name("offline.py")), str(notes)]
    command += ["dashboard", "--no-browser", "--port", str(port), "--seed", str(SEED)]
    log = folder / "log"
    with log.open("w") as stream:
        server = subprocess.Popen(command, stdout=stream, stderr=stream, cwd=folder)
    try:
        wait_for(port, server, log)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(30)
    said = log.read_text()
    assert notes.read_text() == ""
    assert "Traceback" not in said, said
    assert "Warning" not in said, said


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"the server does not answer: {log.read_text()}")


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("browser") / "profile",
            executable_path=CHROMIUM,
            args=list(ARGUMENTS),
            viewport={"width": 1280, "height": 800},
            reduced_motion="reduce",
        )
        found.set_default_timeout(60_000)
        yield found
        found.close()


class Opened:
    """The page opened, with all that it asked for and complained of."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda opened: self.requests.append(opened.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        page.goto(address)
        page.wait_for_selector(".pz-maps path[data-p]")
        page.wait_for_selector(".pz-chart svg text")
        page.evaluate(
            """() => {
                window.changed = performance.now();
                new MutationObserver(() => { window.changed = performance.now(); }).observe(
                    document.body,
                    { attributes: true, characterData: true, childList: true, subtree: true });
            }"""
        )

    def settle(self) -> None:
        """Wait until nothing has changed for a while: the parts of the page change one by one."""
        self.page.wait_for_function("performance.now() - window.changed > 250")

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and SOLARAS_OWN not in message.text:
            self.complaints.append(message.text)

    def do(self, what: str) -> None:
        self.page.click(f"[data-do={what}]")

    def week(self) -> int:
        return int(self.page.input_value(".pz-scrub input"))

    def until(self, week: int) -> None:
        """Wait until the page is in a week."""
        self.page.wait_for_function(
            "week => Number(document.querySelector('.pz-scrub input').value) === week", arg=week
        )

    def go(self, week: int) -> None:
        """Drag the time line to a week."""
        self.page.locator(".pz-scrub input").evaluate(
            "(box, week) => { box.value = week; box.dispatchEvent(new Event('input'));"
            "box.dispatchEvent(new Event('change')); }",
            week,
        )
        self.page.wait_for_function(
            "count => document.querySelector('.pz-count').textContent.includes(count)",
            arg=f" {week} ",
        )

    def switch(self, policy: str) -> None:
        self.page.click(f"[data-policy={policy}] .pz-switch")

    def tab(self, name: str) -> None:
        self.page.click(f".pz-tabs button[data-key={name}]")

    def click_state(self, p: int, figure: int = 0) -> None:
        """Click on a point well inside a state, whatever else is drawn there."""
        self.page.evaluate(
            """([p, figure]) => {
                const map = document.querySelectorAll('.pz-figures svg')[figure];
                const box = map.querySelector(`[data-p="${p}"]`).getBoundingClientRect();
                const inside = (x, y) => {
                    const on = document.elementFromPoint(x, y).dataset;
                    return [on.p, on.hatched].includes(String(p));
                };
                window.point = null;
                for (let i = 0; i < 900 && !window.point; i += 1) {
                    const x = box.x + box.width * ((i % 30) + 0.5) / 30;
                    const y = box.y + box.height * (Math.floor(i / 30) + 0.5) / 30;
                    const near = [[0, 0], [3, 0], [-3, 0], [0, 3], [0, -3]];
                    if (near.every(([dx, dy]) => inside(x + dx, y + dy))) window.point = [x, y];
                }
            }""",
            [p, figure],
        )
        self.page.mouse.click(*self.page.evaluate("window.point"))

    def keep(self, name: str) -> None:
        """Keep a screenshot."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.settle()
        self.page.screenshot(path=ARTEFACTS / f"dashboard-{name}.png")

    def compare(self, figure: int, simulation: Simulation) -> None:
        """Compare a map, its caption and the charts with a run."""
        self.settle()
        gangs, week = simulation.world.gangs, simulation.week
        mine = (gangs["members"] > 0) & (gangs["allegiance"] >= 0)
        members = words.number(int(gangs["members"][mine].sum()))
        weekly = simulation.record.weekly["homicides"][max(0, week - 52) : week]
        homicides = words.number(float(weekly.mean()) * 365.25 / 7)
        caption = self.page.locator(".pz-figures figcaption").nth(figure).inner_text()
        assert homicides in caption
        assert members in caption
        for chart, number in enumerate((homicides, members)):
            keyed = self.page.locator(".pz-keyed").nth(chart).locator("em").nth(figure)
            assert keyed.inner_text() == number
        fills = self.page.evaluate(
            """figure => [...document.querySelectorAll('.pz-figures svg')[figure]
            .querySelectorAll('[data-p]')].map(path => path.getAttribute('fill'))""",
            figure,
        )
        hatched = self.page.evaluate(
            """figure => [...document.querySelectorAll('.pz-figures svg')[figure]
            .querySelectorAll('[data-hatched]')].map(path => Number(path.dataset.hatched))""",
            figure,
        )
        colours, contested = [], []
        table = simulation.results().cartels
        for p in range(len(simulation.world.places)):
            here = mine & (gangs["place"] == p)
            led = np.bincount(gangs["allegiance"][here], gangs["members"][here])
            key, colour = table.iloc[int(led.argmax())][["key", "colour"]]
            tint = key.split("/")[1] if "/" in key else ""
            colours.append(layers.tinted(colour, int(tint)) if tint else colour)
            if led.max() < 0.5 * led.sum():
                contested.append(p)
        assert fills == colours
        assert sorted(hatched) == contested


@pytest.fixture
def opened(context: Any, address: str) -> Iterator[Opened]:
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    found = Opened(page, address)
    yield found
    page.close()
    assert found.complaints == []
    host = address.removeprefix("http://")
    foreign = [
        url
        for url in found.requests
        if not url.startswith((address, f"ws://{host}", "data:", "blob:"))
    ]
    assert foreign == []


@pytest.fixture(scope="module")
def historical() -> Scenario:
    return load_scenario("historical")


def run(scenario: Scenario, week: int, seed: int = SEED) -> Simulation:
    simulation = Simulation(scenario, seed=seed)
    simulation.run(week)
    return simulation


def test_step_play_pause_end_and_reset(opened: Opened, historical: Scenario) -> None:
    page = opened.page
    assert opened.week() == 0
    assert page.inner_text(".pz-date") == "1 Jan 2010"
    opened.do("step")
    opened.until(1)
    opened.compare(0, run(historical, 1))
    opened.do("play")
    page.wait_for_function("Number(document.querySelector('.pz-scrub input').value) >= 12")
    assert "Pause" in page.inner_text("[data-do=play]")
    opened.do("play")
    page.wait_for_function("document.querySelector('[data-do=play]').innerText.includes('Play')")
    week = opened.week()
    assert page.inner_text(".pz-count") == f"week {week} of {historical.weeks}"
    opened.compare(0, run(historical, week))
    page.wait_for_timeout(300)
    assert opened.week() == week  # a pause is a pause
    page.select_option(".pz-speed select", "quarter")
    opened.do("play")
    page.wait_for_function(
        f"Number(document.querySelector('.pz-scrub input').value) >= {week + 39}"
    )
    opened.do("play")
    page.wait_for_function("document.querySelector('[data-do=play]').innerText.includes('Play')")
    assert (opened.week() - week) % 13 == 0
    opened.compare(0, run(historical, opened.week()))
    opened.keep("1-played-en-1280")
    opened.do("end")
    opened.until(historical.weeks)
    opened.settle()
    assert page.inner_text(".pz-count") == "the run has ended"
    assert page.is_disabled("[data-do=play]")
    opened.compare(0, run(historical, historical.weeks))
    opened.keep("2-ended-en-1280")
    opened.do("reset")
    opened.until(0)
    opened.settle()
    assert page.is_enabled("[data-do=play]")
    assert page.locator(".pz-line").first.get_attribute("d") == ""


def test_a_policy_beside_the_baseline(opened: Opened, historical: Scenario) -> None:
    page, week = opened.page, 400
    opened.go(week)
    opened.settle()
    before = page.locator(".pz-figures svg").count()
    opened.switch("hugs-not-bullets")
    page.wait_for_selector(".plazas-board.double")
    assert (before, page.locator(".pz-figures svg").count()) == (1, 2)
    runs = [run(historical, week), run(load_scenario("hugs-not-bullets"), week)]
    for figure, expected in enumerate(runs):
        opened.compare(figure, expected)
    deaths = [each.record.weekly["homicides"][:week].sum() for each in runs]
    said = page.inner_text(".pz-difference")
    assert words.number(abs(float(deaths[1] - deaths[0]))) in said
    assert "One run is not an effect" in said
    assert "plazas compare historical hugs-not-bullets" in said
    opened.keep("3-policy-en-1280")
    # Its first year and a level are changed; the baseline stays what it is.
    page.select_option("[data-policy=hugs-not-bullets] [data-year=first]", "2016")
    page.wait_for_function(
        "text => document.querySelector('.pz-difference').innerText !== text", arg=said
    )
    opened.compare(0, runs[0])
    with pytest.raises(AssertionError):
        opened.compare(1, runs[1])
    # A reset keeps it on; switched off, the baseline is alone.
    opened.do("reset")
    opened.until(0)
    opened.settle()
    assert page.locator(".pz-figures svg").count() == 2
    page.click(".pz-off")
    page.wait_for_selector(".plazas-board.single")
    opened.go(week)
    opened.compare(0, runs[0])


def test_another_seed(opened: Opened, historical: Scenario) -> None:
    opened.go(60)
    opened.compare(0, run(historical, 60))
    opened.page.locator(".pz-seed input").evaluate(
        "box => { box.value = 8; box.dispatchEvent(new Event('input'));"
        "box.dispatchEvent(new Event('change')); }"
    )
    expected = run(historical, 60, seed=8)
    members = expected.world.gangs["members"][expected.world.gangs["allegiance"] >= 0].sum()
    opened.page.wait_for_function(
        "text => document.querySelector('.pz-figures figcaption').innerText.includes(text)",
        arg=words.number(int(members)),
    )
    opened.compare(0, expected)


def test_a_state_and_the_table_of_cartels(opened: Opened, historical: Scenario) -> None:
    page, week = opened.page, 420
    opened.go(week)
    simulation = run(historical, week)
    gangs = simulation.world.gangs
    opened.click_state(GUANAJUATO)
    page.wait_for_selector(".pz-place h2")
    opened.settle()
    assert page.inner_text(".pz-place h2") == "Guanajuato"
    here = (gangs["place"] == GUANAJUATO) & (gangs["members"] > 0)
    rows = page.locator(".pz-gangs tbody tr")
    served = len(np.unique(gangs["allegiance"][here]))
    if served > 8:
        assert rows.count() == 8  # the largest, and who serves nobody
        page.click(".pz-more")
    assert rows.count() == served
    numbers = [
        [int(text.replace(",", "")) for text in row.locator("td").all_inner_texts()[:3]]
        for row in rows.all()
    ]
    assert sum(row[0] for row in numbers) == here.sum()
    assert sum(row[1] for row in numbers) == gangs["members"][here].sum()
    assert max(row[2] for row in numbers) == gangs["members"][here].max()
    years = page.locator(".pz-year h4").all_inner_texts()
    log = simulation.results().events
    flips = log[(log["kind"] == "flip") & (log["place"] == "11")]
    assert [text.split()[0] for text in years] == [str(y) for y in range(2018, 2009, -1)]
    assert page.locator(".pz-event", has_text="takes the lead").count() == len(flips)
    opened.keep("4-state-en-1280")
    opened.tab("cartels")
    page.wait_for_selector(".pz-cartels tbody")
    opened.settle()
    mine = gangs["allegiance"] >= 0
    members = np.bincount(gangs["allegiance"][mine], gangs["members"][mine])
    table = simulation.results().cartels
    for k, key in enumerate(table["key"]):
        row = page.locator(f".pz-cartels [data-cartel='{key}'] tr").first
        if k < len(members) and members[k]:
            assert row.locator("td").first.inner_text() == words.number(int(members[k])), key
        else:
            assert row.count() == 0
    opened.keep("5-cartels-en-1280")


def test_the_keyboard_reaches_a_state(opened: Opened) -> None:
    page = opened.page
    page.focus(".pz-figures svg")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert "Baja California Sur" in page.inner_text(".pz-maps .pz-tip")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pz-place h2")
    opened.settle()
    assert page.inner_text(".pz-place h2") == "Baja California Sur"
    page.keyboard.press("Escape")
    assert page.is_hidden(".pz-maps .pz-tip")


def test_pointing_tells_who_leads(opened: Opened, historical: Scenario) -> None:
    opened.go(300)
    simulation = run(historical, 300)
    opened.settle()
    opened.click_state(13)
    opened.settle()
    tip = opened.page.inner_text(".pz-maps .pz-tip")
    gangs = simulation.world.gangs
    here = (gangs["place"] == 13) & (gangs["members"] > 0) & (gangs["allegiance"] >= 0)
    led = np.bincount(gangs["allegiance"][here], gangs["members"][here])
    assert "Jalisco" in tip
    assert str(simulation.results().cartels["name"].iloc[int(led.argmax())]) in tip
    assert f"{100 * led.max() / led.sum():.0f} % of the members" in tip


def test_homicide_rates(opened: Opened, historical: Scenario) -> None:
    week = 430
    opened.go(week)
    opened.page.click(".pz-legend button[data-key=rate]")
    opened.page.wait_for_selector(".pz-step")
    assert "per 100,000" in opened.page.inner_text(".pz-legend")
    assert opened.page.locator("[data-hatched]").count() == 0
    simulation = run(historical, week)
    homicides = simulation.results().places["homicides"].unstack("code").iloc[-12:].sum()
    months = historical.months()[:week]
    years = (months > months[-1] - 12).sum() * 7 / 365.25
    rates = (homicides.to_numpy() / years / historical.country.geography.population) * 1e5
    opened.settle()
    opened.click_state(int(rates.argmax()))
    opened.settle()
    tip = opened.page.inner_text(".pz-maps .pz-tip")
    assert f"{rates.max():.1f} homicides per 100,000 a year" in tip
    opened.keep("6-rates-en-1280")


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_both_languages_and_nothing_sticks_out(opened: Opened, size: tuple[int, int]) -> None:
    page = opened.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened.go(560)
    opened.switch("hugs-not-bullets")
    page.wait_for_selector(".plazas-board.double")
    opened.click_state(GUANAJUATO, figure=1)
    page.mouse.move(4, 4)
    for language, play, month in (("en", "Play", "Sep"), ("es", "Reproducir", "sep")):
        page.click(f".pz-header button[lang={language}]")
        page.wait_for_function(
            "word => document.querySelector('[data-do=play]').innerText.includes(word)", arg=play
        )
        opened.settle()
        assert page.evaluate("document.documentElement.lang") == language
        assert month in page.inner_text(".pz-date")
        assert opened.week() == 560
        for tab in ("place", "cartels", "policies"):
            opened.tab(tab)
            page.wait_for_selector(f".pz-{tab}")
            opened.settle()
            assert sticking_out(page) == [], (language, tab)
            opened.keep(f"7-{tab}-{language}-{size[0]}")
    spoken = page.inner_text(".plazas")
    for word in ("Homicidios al año", "Línea base", "Reiniciar", "Ofensiva frontal", "Desde el"):
        assert word in spoken
    assert not re.search(r"\b(the|with|homicides a year|leads?)\b", spoken)


def sticking_out(page: Any) -> list[str]:
    """Return what is cut off or reaches out of the window, by its class and text."""
    found: list[str] = page.evaluate(
        """() => {
            const out = [], { innerWidth: w, innerHeight: h } = window;
            if (document.documentElement.scrollWidth > w) out.push('the page is too wide');
            const main = document.querySelector('.plazas-main');
            if (main.scrollWidth > main.clientWidth + 1) out.push('the board is too wide');
            if (main.scrollHeight > main.clientHeight + 1) out.push('the board is too high');
            for (const each of document.querySelectorAll('.plazas-board *, .pz-header *')) {
                const box = each.getBoundingClientRect();
                if (!box.width || each.closest('.pz-plot, .pz-figures svg, .pz-track')) continue;
                if (box.right > w + 1 || box.bottom > h + 1) {
                    out.push(each.outerHTML.slice(0, 120));
                }
            }
            return out;
        }"""
    )
    return found
