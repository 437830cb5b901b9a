"""Draw the pictures of the lessons again, from runs of the model, in both languages.

python docs/classroom/pictures.py [--replicates 20]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.path import Path as Outline
from PIL import Image

from plazas.analysis.dashboard.words import RISEN, short
from plazas.analysis.experiment.compare import compare
from plazas.analysis.experiment.ensemble import Ensemble
from plazas.analysis.experiment.run import run, run_all
from plazas.analysis.report.geometry import draw
from plazas.analysis.report.map_layers import NOBODY, SCENARIO_COLOURS, Layers, layers_of
from plazas.model.model import CartelModel
from plazas.model.scenario import Scenario
from plazas.scenarios import load_scenario

HERE = Path(__file__).parent
LANGUAGES = ("en", "es")
RISER = "cjng"
GREY, BLUE, RED = SCENARIO_COLOURS[:3]
FELL = pd.Timestamp(2012, 1, 1)  # the leader of files/leader-falls.yaml
HALF = 50  # percent, under which a leader's state is hatched
EMPTY = "#eeeeee"
INK = 96  # colours of a picture file

#: words in the pictures, English and Spanish
WORDS = {
    "share of anvil": ("share of The Anvil", "parte que tiene El Yunque"),
    "half year": ("homicides in half a year", "homicidios en medio año"),
    "share of lantern": (
        "share of The Lantern when its leader falls",
        "parte que tenía La Linterna al caer su líder",
    ),
    "change": ("change of homicides in 2012, %", "cambio de los homicidios en 2012, %"),
    "no heir": ("no heir", "sin heredero"),
    "clear heir": ("a clear heir", "heredero claro"),
    "nobody falls": ("nobody falls", "no cae nadie"),
    "month": ("homicides a month in Northgate", "homicidios al mes en Northgate"),
    "led": ("states led by CJNG", "estados que domina el CJNG"),
    "with": ("with absorption", "con absorción"),
    "without": ("without absorption", "sin absorción"),
    "no cartel": ("no cartel", "ningún cártel"),
    "local groups": ("local groups", "grupos locales"),
    "difference": (
        "difference in homicides from the baseline, 2013-2024, %",
        "diferencia de homicidios frente a la línea base, 2013-2024, %",
    ),
    "hugs-not-bullets": ("hugs, not bullets", "abrazos, no balazos"),
    "fewer-bullets": ("the same without its programme", "lo mismo sin su programa"),
    "frontal-offensive": ("frontal offensive", "ofensiva frontal"),
    "nothing": ("the programme does nothing", "el programa no hace nada"),
    "assumed": ("as the model assumes", "como supone el modelo"),
    "strong": ("three times as strong", "tres veces más fuerte"),
    "replicate": ("replicate {n}", "réplica {n}"),
}


@dataclass(frozen=True)
class Pen:
    """Draws in one language."""

    language: str

    def say(self, key: str, **parts: Any) -> str:
        """Return a word of the pictures."""
        return WORDS[key][LANGUAGES.index(self.language)].format(**parts)


Drawing = Callable[[Pen], Figure]


def from_file(name: str) -> Scenario:
    """Return a scenario of the lessons."""
    return load_scenario(str(HERE / "files" / f"{name}.yaml"))


# --- 1 -------------------------------------------------------------------------------------
def midvale(share: float, seed: int) -> float:
    """Return the homicides of half a year where one of two cartels at war has a share."""
    country = load_scenario(
        "classroom"
    )  # without what would count the handing over, not the shares
    settled = replace(country, changes={**country.changes, "advance": 0.0})
    model = CartelModel(settled, rng=seed)
    state = model.state("Midvale")
    gangs = [gang for gang in state.gangs if gang.cartel is not None]
    for i, gang in enumerate(gangs):
        gang.cartel = model.cartel("anvil" if i < share * len(gangs) else "lantern")
    model.run(26)
    return float(model.results().places.xs(state.code, level="code")["homicides"].sum())


def monopoly(replicates: int) -> dict[str, Drawing]:
    """Return the picture of lesson 1."""
    shares = np.linspace(0.0, 1.0, 11)
    tolls = np.array([[midvale(share, seed) for share in shares] for seed in range(replicates)])

    def curve(pen: Pen) -> Figure:
        figure, axes = empty()
        axes.plot(100 * shares, tolls.T, ".", color=BLUE, alpha=0.25, ms=4)
        axes.plot(100 * shares, tolls.mean(axis=0), color=BLUE, lw=2)
        axes.set_xlabel(f"{pen.say('share of anvil')}, %")
        axes.set_ylabel(pen.say("half year"))
        axes.set_ylim(bottom=0)
        return figure

    return {"1-monopoly": curve}


# --- 2 -------------------------------------------------------------------------------------
def kingpin(replicates: int) -> dict[str, Drawing]:
    """Return the pictures of lesson 2."""
    names = ("no-fall", "leader-falls", "leader-falls-heir")
    runs = run_all([from_file(name) for name in names], replicates)
    country = load_scenario("classroom").country
    months = runs[0].months
    year = months.year == FELL.year
    tolls = [each.place_series("homicides").astype(float) for each in runs]
    change = [100 * (t[:, year].sum(axis=(0, 1)) / tolls[0][:, year].sum(axis=(0, 1)) - 1)
              for t in tolls[1:]]  # fmt: skip
    share = 100 * shares_of(runs[0], "lantern", FELL)
    labels = ("no heir", "clear heir")

    def states(pen: Pen) -> Figure:
        figure, axes = empty()
        axes.axhline(0, color="black", lw=0.8)
        for values, label, colour in zip(change, labels, (RED, BLUE), strict=True):
            axes.plot(share, values, "o", color=colour, label=pen.say(label))
        for i, p in enumerate(np.argsort(share)):  # every other name below, so that none is hidden
            where = (4, 4) if i % 2 else (4, -9)
            name = country.geography.names[p]
            at = (share[p], change[0][p])
            axes.annotate(name, at, where, textcoords="offset points", fontsize=7)
        axes.set_xlabel(f"{pen.say('share of lantern')}, %")
        axes.set_ylabel(pen.say("change"))
        axes.set_xlim(right=100)
        axes.legend(frameon=False)
        return figure

    def northgate(pen: Pen) -> Figure:
        figure, axes = empty()
        shown = (months >= FELL - pd.DateOffset(months=12)) & (
            months < FELL + pd.DateOffset(months=30)
        )
        place = country.geography.index("Northgate")
        for toll, label, colour in zip(
            tolls, ("nobody falls", *labels), (GREY, RED, BLUE), strict=True
        ):
            median = np.median(toll[:, shown, place], axis=0)
            axes.plot(months[shown], median, color=colour, lw=1.8, label=pen.say(label))
        axes.axvline(FELL, color="black", lw=0.8, ls=":")
        axes.set_ylabel(pen.say("month"))
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False)
        return figure

    return {"2-states": states, "2-northgate": northgate}


def shares_of(ensemble: Ensemble, cartel: str, day: pd.Timestamp) -> np.ndarray:
    """Return the share of a cartel in every place at the beginning of a month, all replicates."""
    then = ensemble.presence[ensemble.presence["month"] == day]
    heads = then.groupby(["code", "cartel"], observed=False)["members"].sum().unstack()
    return np.asarray(heads[cartel] / heads.sum(axis=1))


# --- 3 -------------------------------------------------------------------------------------
def absorption(replicates: int) -> dict[str, Drawing]:
    """Return the pictures of lesson 3."""
    scenarios = [load_scenario("historical"), load_scenario("no-absorption")]
    runs = run_all(scenarios, replicates)
    labels = ("with", "without")

    def led(pen: Pen) -> Figure:
        figure, axes = empty()
        for each, label, colour in zip(runs, labels, (RED, BLUE), strict=True):
            low, middle, high = np.percentile(each.led(RISER), (5, 50, 95), axis=0)
            axes.fill_between(each.months, low, high, color=colour, alpha=0.15, lw=0)
            axes.plot(each.months, middle, color=colour, lw=2, label=pen.say(label))
        axes.set_ylabel(pen.say("led"))
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False, loc="upper left")
        return figure

    def maps(pen: Pen) -> Figure:
        layers = [layers_of(e, s, 0) for e, s in zip(runs, scenarios, strict=True)]
        return atlas(scenarios[0], layers, -1, [pen.say(label) for label in labels], pen)

    return {"3-absorption": led, "3-maps": maps}


# --- 4 -------------------------------------------------------------------------------------
def policies(replicates: int) -> dict[str, Drawing]:
    """Return the pictures of lesson 4."""
    shipped = ("hugs-not-bullets", "fewer-bullets", "frontal-offensive")
    found = compare([load_scenario(name) for name in ("historical", *shipped)], replicates)
    rows = [interval(found, name) for name in shipped]
    worlds = {
        "nothing": interval(
            compare([load_scenario("historical"), from_file("hugs-without-effect")], replicates, 1),
            "hugs-without-effect",
        ),
        "assumed": rows[0],
        "strong": interval(
            compare(
                [load_scenario("historical"), from_file("hugs-with-strong-effect")], replicates, 1
            ),
            "hugs-with-strong-effect",
        ),
    }

    def bars(pen: Pen, keys: tuple[str, ...], values: list[tuple[float, ...]]) -> Figure:
        figure, axes = empty(height=2.2)
        for y, (mean, low, high) in enumerate(values):
            axes.plot((low, high), (y, y), color=BLUE, lw=3, alpha=0.5)
            axes.plot(mean, y, "o", color=BLUE)
        axes.axvline(0, color="black", lw=0.8)
        axes.set_yticks(range(len(keys)), [pen.say(key) for key in keys])
        axes.set_ylim(len(keys) - 0.5, -0.5)
        axes.set_xlabel(pen.say("difference"))
        return figure

    return {
        "4-policies": lambda pen: bars(pen, shipped, rows),
        "4-programme": lambda pen: bars(pen, tuple(worlds), list(worlds.values())),
    }


def interval(found: Any, label: str) -> tuple[float, float, float]:
    """Return a policy's difference in homicides: mean and 95 % interval, % of the baseline's."""
    base = float(found.row(found.labels[0], "homicides_total")["level"])
    row = found.row(label, "homicides_total")
    names = ("difference", "difference_low", "difference_high")
    mean, low, high = (100.0 * float(row[name]) / base for name in names)
    return mean, low, high


# --- 5 -------------------------------------------------------------------------------------
def limits(_: int) -> dict[str, Drawing]:
    """Return the picture of lesson 5."""
    scenario = load_scenario("historical")
    ensemble = run(scenario, 4)
    month = int(np.flatnonzero(ensemble.months == pd.Timestamp(2018, 12, 1))[0])

    def maps(pen: Pen) -> Figure:
        titles = [pen.say("replicate", n=n) for n in ensemble.replicates]
        layers = [layers_of(ensemble, scenario, r) for r in ensemble.replicates]
        return atlas(scenario, layers, month, titles, pen)

    return {"5-replicates": maps}


# --- drawing -------------------------------------------------------------------------------
def empty(height: float = 3.2) -> tuple[Figure, Any]:
    """Return a figure with one plain pair of axes."""
    figure = Figure(figsize=(6.4, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#dddddd", lw=0.5)
    axes.set_axisbelow(True)
    return figure, axes


def atlas(
    scenario: Scenario, layers: list[Layers], month: int, titles: list[str], pen: Pen
) -> Figure:
    """Return maps of who leads, two in a row; hatched where the leader has less than half."""
    lines = (len(layers) + 1) // 2
    figure = Figure(figsize=(6.4, 2.5 * lines + 0.6), layout="constrained")
    drawing = draw(scenario.country.geography)
    outlines = [
        Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))
        for rings in drawing.rings
    ]
    legend: dict[str, str] = {}
    for axes, layer, title in zip(figure.subplots(lines, 2).flat, layers, titles, strict=True):
        led = [int(row) for row in layer.primary[month]]
        colours = [EMPTY if row == NOBODY else layer.cast.colours[row] for row in led]
        axes.add_collection(
            PathCollection(outlines, facecolors=colours, edgecolors="white", linewidths=0.4)
        )
        contested = np.flatnonzero(layer.share[month] < HALF)
        over = PathCollection(
            [outlines[p] for p in contested], facecolors="none", edgecolors="white", linewidths=0.2
        )
        over.set_hatch("////")
        axes.add_collection(over)
        axes.set_xlim(0, drawing.width)
        axes.set_ylim(drawing.height, 0)
        axes.set_aspect("equal")
        axes.set_axis_off()
        axes.set_title(title, fontsize=9)
        for row in led:
            if row == NOBODY:
                legend[pen.say("no cartel")] = EMPTY
            elif RISEN.match(layer.cast.names[row]):
                legend[pen.say("local groups")] = layer.cast.colours[row]
            elif "/" not in (key := layer.cast.keys[row]):
                name = short(key, layer.cast.names[row], pen.language)
                legend[name] = layer.cast.colours[row]
    handles = [Patch(facecolor=colour, label=name) for name, colour in sorted(legend.items())]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize=7)
    return figure


def write(folder: Path, name: str, figure: Figure) -> int:
    """Write a picture in few colours; return its bytes."""
    plain = BytesIO()
    figure.savefig(plain, format="png", dpi=110, metadata={"Software": None})
    path = folder / f"{name}.png"
    with Image.open(plain) as image:
        image.convert("RGB").quantize(INK, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


LESSONS = (monopoly, kingpin, absorption, policies, limits)


def main() -> None:
    """Draw all pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replicates", type=int, default=20)
    parser.add_argument("--out", type=Path, default=HERE / "images")
    words = parser.parse_args()
    words.out.mkdir(parents=True, exist_ok=True)
    for lesson in LESSONS:
        for name, picture in lesson(words.replicates).items():
            for language in LANGUAGES:
                size = write(words.out, f"{name}.{language}", picture(Pen(language)))
                print(f"{name}.{language}.png: {size:,} bytes")


if __name__ == "__main__":
    main()
