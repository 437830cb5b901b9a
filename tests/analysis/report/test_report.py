"""The report as a file: what it holds, that it asks for nothing, and maps against the results."""

from __future__ import annotations

import dataclasses
import html
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from plazas.analysis.experiment.compare import Comparison, compare
from plazas.analysis.experiment.text import number, span
from plazas.analysis.report import geometry, report, sections, verdicts
from plazas.analysis.report import map_layers as layers
from plazas.analysis.report.bands import fastest_riser, quantiles, yearly_band
from plazas.analysis.report.figures import write_figures
from plazas.model.geography import municipalities, states
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation
from plazas.scenarios import load_scenario


@pytest.fixture(scope="module")
def page(compared: Comparison) -> str:
    return report.report(compared)


@pytest.fixture(scope="module")
def data(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert found
    return dict(json.loads(found.group(1)))


REQUESTS = re.compile(
    r"""(\bsrc\s*=|<link|@import|url\((?!\#)|https?:|\bfetch\(|XMLHttpRequest|WebSocket|import\()"""
)


def test_the_page_asks_for_nothing(page: str) -> None:
    assert not REQUESTS.search(page)
    assert REQUESTS.search(page.replace("<main>", '<main><img src="x.png">'))
    assert "default-src 'none'" in page
    assert len(page) < 4_000_000


def test_nothing_is_left_to_fill_in(page: str) -> None:
    template = report._asset("templates/report.html")
    for mark in ("{{ ", "{% "):
        assert mark in template
        assert mark not in page


def test_fronts_are_there_without_a_map(page: str, compared: Comparison) -> None:
    text = page.split('id="data">')[0]
    assert "Who fights whom" in text
    ensemble = compared.ensembles[0]
    rows = ensemble.fronts[ensemble.fronts["month"] >= ensemble.months[-12]]
    line = rows["cartel"].astype(str).str.split("/").str[0]
    foe = rows["other"].astype(str).str.split("/").str[0]
    pair = [" – ".join(sorted(two)) for two in zip(line, foe, strict=True)]
    total = rows.assign(pair=pair).groupby(["code", "pair"], observed=True)["deaths"].sum()
    code, pair = total.idxmax()
    names = dict(zip(ensemble.cartels["key"], ensemble.cartels["name"], strict=True))
    shown = " – ".join(names[key] for key in pair.split(" – "))
    place = states().names[states().codes.index(code)]
    (first, *_) = sections.fronts_table(compared)[0]["rows"]
    assert (first[0], first[1]) == (place, shown)
    assert first[3] == number(total.max() / len(ensemble), 1)
    assert f"<td>{shown}</td>" in text


def test_fronts_of_the_maps_are_those_of_the_ensemble(
    data: dict[str, Any], compared: Comparison
) -> None:
    replicate = data["replicate"]
    for i, ensemble in enumerate(compared.ensembles):
        rows = ensemble.fronts[ensemble.fronts["replicate"] == replicate]
        for m in (0, 11, 29):
            shown = data["scenarios"][i]["fronts"][m]
            month = ensemble.months[m]
            assert sum(row[4] for row in shown) == rows.loc[rows["month"] == month, "active"].sum()
            within = rows[
                (rows["month"] <= month) & (rows["month"] > month - pd.DateOffset(years=1))
            ]
            deaths = within["deaths"].sum()
            assert sum(row[3] for row in shown) == pytest.approx(deaths, abs=len(shown) + 10)
            assert [row[3] for row in shown] == sorted((row[3] for row in shown), reverse=True)


def test_words_of_users_are_escaped(page: str) -> None:
    assert "Three &lt;times&gt; the arrests" in page
    assert "Three <times> the arrests" not in page.split('id="data">')[0]


def test_titles_cannot_break_the_page(compared: Comparison) -> None:
    title, story = "<!--<script>", "</p></script><img src=x onerror=alert(1)> <!--data--> {{ 1 }}"
    first, *others = compared.scenarios
    odd = dataclasses.replace(first, title=title, story=story)
    page = report.report(dataclasses.replace(compared, scenarios=(odd, *others)))
    assert "<!--" not in page
    assert "<img" not in page
    assert "&lt;!--&lt;script&gt;" in page
    assert "onerror=alert(1)&gt; &lt;!--data--&gt; {{ 1 }}</p>" in page
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert block
    assert "<" not in block.group(1)
    assert json.loads(block.group(1))["scenarios"][0]["title"] == title


def test_verdicts_limits_and_origin_are_there(page: str, compared: Comparison) -> None:
    for label in compared.policies:
        for text in verdicts.sentences(compared, label):
            assert text in page
    assert verdicts.LIMITS in page
    assert verdicts.LIMITS.count(". ") == 1  # two sentences
    for text in ("Commit", "Seed", "Replicates", "pyarrow", "policy added: arrests 3 times"):
        assert text in page


def test_the_table_is_that_of_the_comparison(page: str, compared: Comparison) -> None:
    found = re.search(r'<div class="outcomes" data-scenario="1">(.*?)</table>', page, re.S)
    assert found
    row = re.search(r"<tr><th[^>]*>Arrests a year.*?</tr>", found.group(1), re.S)
    assert row
    cells = re.findall(r"<td[^>]*>([^<]*)<small>([^<]*)</small>", row.group(0))
    known = compared.row("arrests", "arrests")
    base = compared.row("plain", "arrests")
    assert cells[0][0] == number(base["level"])
    assert cells[1][0] == number(known["level"])
    assert cells[2][0] == number(known["difference"], sign=True)
    low, high = known["difference_low"], known["difference_high"]
    assert cells[2][1] == span(low, high, sign=True)
    assert cells[3][0] == number(known["change"], sign=True)
    assert f"×{known['variance_ratio']:.1f}" == cells[4][1]
    assert 'class="certain"' in row.group(0)


def test_maps_are_those_of_the_replicate(
    data: dict[str, Any], compared: Comparison, arrests: Scenario
) -> None:
    results = Simulation(arrests, 3, data["replicate"]).run()
    shown = data["scenarios"][1]
    keys = [row[0] for row in shown["cast"]]
    assert keys == list(results.cartels["key"])
    np.testing.assert_array_equal(shown["primary"], results.primary)
    members = results.record.members[: len(results.months)]
    share = members.max(axis=2) / np.maximum(members.sum(axis=2), 1)
    np.testing.assert_allclose(shown["share"], 100 * share, atol=0.51)
    assert shown["members"] == members.sum(axis=(1, 2)).tolist()
    # Homicides of Jalisco in the first month, in five months, and in the last twelve months.
    counts = results.places["homicides"].unstack("code")["14"].to_numpy()
    jalisco = [row[13] for row in shown["homicides"]]
    assert jalisco[0] == counts[0]
    assert jalisco[4] == counts[:5].sum()
    assert jalisco[-1] == counts[-12:].sum() > 0
    weeks = np.bincount(arrests.months())
    assert data["years"][-1] == weeks[-12:].sum() * 7 / 365.25
    assert data["population"][13] == round(states().population[13])
    assert data["months"][data["begins"]] == "2011-06"


def test_the_map_shows_the_most_typical_replicate(compared: Comparison) -> None:
    totals = [e.series("homicides").sum(axis=1) for e in compared.ensembles]
    distance = sum(np.abs(t - np.median(t)) / t.std() for t in totals)
    assert layers.typical_replicate(compared.ensembles) == int(np.argmin(distance))


def test_share_of_replicates(data: dict[str, Any], compared: Comparison) -> None:
    founder = [row[0] for row in data["founders"]].index("sinaloa")
    led = np.array(data["scenarios"][0]["led"])
    assert led.shape == (len(data["founders"]), len(data["months"]), 32)
    places = compared.ensembles[0].places
    last = places[places["month"] == compared.ensembles[0].months[-1]]
    line = last["primary"].astype(object).map(lambda key: str(key).split("/")[0] == "sinaloa")
    share = 100 * line.groupby(last["code"], observed=False).mean()
    assert led[founder, -1].tolist() == share.tolist()
    assert sum(share) > 0


def test_a_moving_count_and_rate_by_hand() -> None:
    homicides = np.full((14, 1), 8)
    homicides[13] = 20
    weeks = np.array([5, 4, 4, 5, 4, 4, 5, 4, 4, 4, 5, 4, 5, 4])
    counts, years = layers.moving_homicides(homicides, weeks)
    assert counts[:, 0].tolist() == [8 * n for n in range(1, 13)] + [96, 11 * 8 + 20]
    assert years[[0, 13]].tolist() == [35 / 365.25, weeks[2:].sum() * 7 / 365.25]
    rate = layers.moving_rate(homicides, weeks, np.array([200_000.0]))[:, 0]
    assert rate[0] == pytest.approx(8 / (35 / 365.25) / 2)  # per 100,000 of 200,000
    assert rate[13] == pytest.approx((11 * 8 + 20) / (weeks[2:].sum() * 7 / 365.25) / 2)


def test_bands_by_hand(compared: Comparison) -> None:
    found = quantiles(np.arange(101.0).reshape(101, 1))
    assert found[:, 0].tolist() == [5, 25, 50, 75, 95]
    band = yearly_band(compared.ensembles[0], "homicides")
    assert band["x"] == [2010.5, 2011.5]  # 2012 is not half run
    yearly = compared.ensembles[0].yearly["homicides"].loc[:, 2011]
    assert band["median"][1] == round(float(np.median(yearly)))


def test_the_fastest_riser_gains_most(compared: Comparison) -> None:
    ensemble = compared.ensembles[0]
    gains = {k: np.diff(ensemble.led(k)[:, [0, -1]]).mean() for k in ensemble.keys if "/" not in k}
    riser = fastest_riser(compared.ensembles)
    assert riser is not None
    assert gains[riser] == max(gains.values()) > 0


def test_factions_are_tints() -> None:
    assert layers.tinted("#D55E00", 2) == "#e8a673"  # 45 % of the way to white
    assert layers.tinted("#D55E00", 3) == "#954200"  # 30 % of the way to black
    assert len({layers.tinted("#0072B2", n) for n in range(2, 6)} | {"#0072b2"}) == 5


def test_every_state_is_drawn_and_named_places_lie_inside() -> None:
    drawing = geometry.draw(states())
    assert len(drawing.paths) == 32
    assert not drawing.tiles
    assert all(path.startswith("M") and path.endswith("z") for path in drawing.paths)
    from matplotlib.path import Path as Outline

    for p in range(32):
        inside = [Outline(r).contains_point(drawing.labels[p]) for r in drawing.rings[p]]
        assert any(inside), states().names[p]
    x = {name: drawing.labels[states().index(name), 0] for name in ("Sonora", "Yucatán")}
    y = {name: drawing.labels[states().index(name), 1] for name in ("Sonora", "Chiapas")}
    assert x["Sonora"] < x["Yucatán"]
    assert y["Sonora"] < y["Chiapas"]


def test_places_without_outlines_are_tiles() -> None:
    drawing = geometry.draw(municipalities())
    assert drawing.tiles
    assert len(drawing.paths) == 2469
    assert all(len(rings) == 1 and len(rings[0]) == 5 for rings in drawing.rings)
    at = drawing.labels[100]
    assert np.abs(drawing.rings[100][0][:4].mean(axis=0) - at).max() < 0.1


def test_many_places_show_fewer_months() -> None:
    assert len(report._months_shown(180, 32, 3)) == 180
    shown = report._months_shown(180, 2469, 3)
    assert 30 < len(shown) < 180
    assert len(shown) * 2469 * 3 * report.CELL_BYTES <= report.MAP_BYTES


def test_another_country(tmp_path: Path) -> None:
    whole = load_scenario("classroom")
    stop = whole.start.replace(year=2012)
    base = dataclasses.replace(whole, stop=stop, policies=(), events=())
    found = compare([base, dataclasses.replace(base, name="dear", changes={"wage": 0.6})], 2)
    text = report.write_report(found, tmp_path / "report.html").read_text("utf-8")
    assert "Northgate" in text
    assert report.payload(found)["charts"][0]["observed"] == []


def test_figures_are_written(compared: Comparison, tmp_path: Path) -> None:
    files = write_figures(compared, tmp_path)
    assert {path.name for path in files} == {
        f"{name}.{ending}"
        for name in ("homicides", "maps", "members")
        for ending in ("png", "svg", "pdf")
    }
    starts = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    for path in files:
        assert path.read_bytes().startswith(starts[path.suffix[1:]])
    text = (tmp_path / "maps.svg").read_text("utf-8")
    assert "Sinaloa Cartel" in text


def test_a_title_in_figures_is_shown_as_written(compared: Comparison, tmp_path: Path) -> None:
    titles = ("_under $x^2$", "$\\frac{", "[bold]a[/bold] <!--<script>")
    scenarios = [
        dataclasses.replace(scenario, title=title)
        for scenario, title in zip(compared.scenarios, titles, strict=True)
    ]
    changed = dataclasses.replace(compared, scenarios=tuple(scenarios))
    write_figures(changed, tmp_path)
    for name in ("homicides", "members"):
        text = html.unescape((tmp_path / f"{name}.svg").read_text("utf-8"))
        for title in titles:
            assert title in " ".join(text.split()), (name, title)
    assert "observed" in (tmp_path / "homicides.svg").read_text("utf-8")
    assert "scenario 0" not in (tmp_path / "homicides.svg").read_text("utf-8")
