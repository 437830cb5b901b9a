"""How long a week takes on the dashboard: in the model, on the server, and in the browser.

``python benchmarks/dashboard.py`` prints a table; it needs the extra ``dashboard``, and for the
browser's part playwright and Chromium (``--no-browser`` leaves it out, ``--weeks`` shortens it).
The model is the national one. A week in the browser goes all the way: the page asks, the server
runs the week and works out what is shown, the page draws it and asks for the next.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from plazas.analysis.dashboard.server import without_notices

with without_notices():
    import solara

    from plazas.analysis.dashboard import page, session
from plazas.analysis.dashboard.model import DashboardModel, model_class
from plazas.scenarios import load_scenario

POLICY = "hugs-not-bullets"
WARM = 300  # weeks run before anything is measured: many gangs, cartels and events
LIMIT_MS, LIMIT_ALL = 150.0, 180.0  # a week; all weeks, seconds
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
#: notes when each week is on the screen: the frame after the one in which its text is set
WATCH = """() => {
    if (window.watching) window.watching.disconnect();
    window.drawn = [];
    window.watching = new MutationObserver(
        () => requestAnimationFrame(() => window.drawn.push(performance.now())));
    window.watching.observe(
        document.querySelector('.pz-count'), { characterData: true, subtree: true });
}"""


def row(what: str, times: list[float], limit: float | None = None) -> None:
    """Print one line: mean and 95th percentile in milliseconds."""
    mean, high = 1000.0 * np.mean(times), 1000.0 * np.percentile(times, 95)
    target = f"  (target: below {limit:g})" if limit else ""
    print(f"{what:<58} {mean:7.1f} ms  95 %: {high:7.1f} ms{target}", flush=True)


def timed(act: Callable[[], Any], times: int) -> list[float]:
    """Return how long each of so many calls takes, in seconds."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        found.append(time.perf_counter() - begun)
    return found


def of_the_model(make: type[DashboardModel], weeks: int) -> None:
    """Measure the model alone."""
    for what, values in (("one run", {}), ("two runs", {POLICY.replace("-", "_"): True})):
        model = make(seed=1, **values)
        model.run(WARM)
        row(f"the model, {what}", timed(model.step, weeks))


def of_the_server(make: type[DashboardModel], weeks: int) -> None:
    """Measure a week on the server: the model, what is shown, and what is sent."""
    sessions: list[session.Session] = []

    class Kept(session.Session):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            sessions.append(self)

    page.Session = Kept  # type: ignore[misc,attr-defined]
    page.configure(page.Setup(make))
    _, context = solara.render(page.Layout(children=[page.Page()]), handle_error=False)
    (shown,) = sessions
    shown.go_to(WARM)
    row("on the server, one map", timed(shown.step, weeks))
    shown.go_to(WARM)
    shown.switch({"key": POLICY, "on": True})
    row("on the server, two maps", timed(shown.step, weeks))
    shown.tab.value = session.CARTELS
    row("on the server, two maps, the table of cartels", timed(shown.step, weeks))
    shown.choose_place(10)
    row("on the server, two maps, a state", timed(shown.step, weeks))
    context.close()


@contextmanager
def opened() -> Iterator[Any]:
    """Serve the dashboard and give its page in Chromium."""
    from playwright.sync_api import sync_playwright

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "plazas.analysis.cli", "dashboard", "--no-browser"]
    begun = time.perf_counter()
    server = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        while server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        print(f"{'the command, until the page is served':<58} {time.perf_counter() - begun:7.1f} s")
        with sync_playwright() as driver, tempfile.TemporaryDirectory() as profile:
            context = driver.chromium.launch_persistent_context(
                profile,
                executable_path=shutil.which("chromium"),
                args=list(ARGUMENTS),
                viewport={"width": 1280, "height": 800},
            )
            found = context.new_page()
            begun = time.perf_counter()
            found.goto(f"http://127.0.0.1:{port}/")
            found.wait_for_selector(".pz-maps path[data-p]")
            seconds = time.perf_counter() - begun
            print(f"{'the page, until the map is drawn':<58} {seconds:7.1f} s")
            yield found
            context.close()
    finally:
        server.terminate()
        server.wait(30)


def go(found: Any, week: int) -> None:
    """Drag the time line to a week."""
    found.locator(".pz-scrub input").evaluate(
        "(box, week) => { box.value = week; box.dispatchEvent(new Event('input'));"
        "box.dispatchEvent(new Event('change')); }",
        week,
    )
    found.wait_for_function(
        "text => document.querySelector('.pz-count').textContent.includes(text)", arg=f" {week} "
    )


def played(found: Any, pictures: int, step: int = 1) -> list[float]:
    """Play until so many pictures have been drawn; return the times between them, in seconds.

    ``step`` is how many weeks lie between two pictures. RuntimeError if more pictures were counted
    than were drawn.
    """
    before = int(found.input_value(".pz-scrub input"))
    found.evaluate(WATCH)
    found.click("[data-do=play]")
    found.wait_for_function(
        "n => window.drawn.length > n || document.querySelector('[data-do=play]').disabled",
        arg=pictures,
        timeout=0,
    )
    if not found.is_disabled("[data-do=play]"):
        found.click("[data-do=play]")
    found.wait_for_timeout(500)
    weeks, drawn = (
        int(found.input_value(".pz-scrub input")) - before,
        found.evaluate("window.drawn"),
    )
    if len(drawn) > -(-weeks // step):
        raise RuntimeError(f"{len(drawn)} pictures counted in {weeks} weeks, {step} a picture")
    return list(np.diff(drawn[: pictures + 1]) / 1000.0)


def of_the_browser(weeks: int, whole: int) -> None:
    """Measure weeks in the browser, from one picture to the next."""
    with opened() as found:
        found.set_default_timeout(120_000)
        go(found, WARM)
        row("in the browser, one map", played(found, weeks), LIMIT_MS)
        go(found, WARM)
        found.click(f"[data-policy={POLICY}] .pz-switch")
        found.wait_for_selector(".plazas-board.double")
        row("in the browser, two maps", played(found, weeks), LIMIT_MS)
        found.click(".pz-tabs button[data-key=cartels]")
        row("in the browser, two maps, the table of cartels", played(found, weeks), LIMIT_MS)
        found.click(".pz-legend button[data-key=rate]")
        row("in the browser, two maps of homicide rates", played(found, weeks), LIMIT_MS)
        found.click(".pz-legend button[data-key=leader]")
        found.click(".pz-tabs button[data-key=policies]")
        for speed, step in (("week", 1), ("month", 4), ("quarter", 13)):
            found.select_option(".pz-speed select", speed)
            found.click("[data-do=reset]")
            found.wait_for_function("document.querySelector('.pz-scrub input').value === '0'")
            seconds = sum(played(found, -(-whole // step), step))
            print(
                f"{f'{whole} weeks, two maps, {step} a picture':<58} {seconds:7.1f} s"
                f"  (target: below {LIMIT_ALL:g})",
                flush=True,
            )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--weeks", type=int, default=150, help="weeks of each measure")
    options.add_argument("--no-browser", action="store_true", help="leave the browser out")
    given = options.parse_args()
    make = model_class(load_scenario("historical"))
    make().step()
    of_the_model(make, given.weeks)
    of_the_server(make, given.weeks)
    if not given.no_browser:
        of_the_browser(given.weeks, make.base.weeks)


if __name__ == "__main__":
    main()
