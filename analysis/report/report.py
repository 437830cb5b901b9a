"""The report of a comparison: one HTML file that needs no network and plays through time."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup

from plazas.analysis.experiment import observed, store
from plazas.analysis.experiment.compare import Comparison
from plazas.analysis.experiment.text import day
from plazas.analysis.report import verdicts
from plazas.analysis.report.bands import cartel_band, fastest_riser, monthly_band, yearly_band
from plazas.analysis.report.geometry import for_page
from plazas.analysis.report.map_layers import (
    EMPTY,
    FRONT_COLOURS,
    FRONT_STEPS,
    RATE_COLOURS,
    RATE_STEPS,
    SCENARIO_COLOURS,
    cast_of,
    fronts_of,
    layers_of,
    led_share,
    typical_replicate,
)
from plazas.analysis.report.sections import (
    cards,
    differences,
    fronts_table,
    in_full,
    origin,
    tables,
)

MAP_BYTES = 2_000_000  # of the maps; months are left out of them where there are more places
CELL_BYTES = 7  # of a place in a month: leader, share and homicides as JSON
LED_BYTES = 1_200_000  # of the shares of replicates; left out where they would need more
SHARE_BYTES = 2.5  # of a share of replicates as JSON


def write_report(comparison: Comparison, path: Path | str) -> Path:
    """Write the report of a comparison to an HTML file; return its path.

    Parameters
    ----------
    comparison : Comparison
        What to show.
    path : pathlib.Path or str
        The file to write.

    Returns
    -------
    pathlib.Path
        The same path.

    Examples
    --------
    >>> import tempfile
    >>> import plazas as pz
    >>> compared = pz.compare("classroom", "classroom", replicates=2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pz.write_report(compared, folder + "/report.html").name
    'report.html'
    """
    path = Path(path)
    path.write_text(report(comparison), "utf-8")
    return path


def report(comparison: Comparison) -> str:
    """Return the report of a comparison as HTML: self-contained, no request is ever made.

    Parameters
    ----------
    comparison
        Scenarios compared on the same draws.

    Returns
    -------
    str
        The page. Titles and stories of scenarios are shown as written, never read as HTML.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("plazas.analysis.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return environment.get_template("report.html").render(
        title=_title(comparison),
        subtitle=_subtitle(comparison),
        window=verdicts.window_words(comparison),
        stopping=str(comparison.stopping),
        cards=cards(comparison),
        tables=tables(comparison),
        fronts=fronts_table(comparison),
        differences=differences(comparison),
        origin=origin(comparison, store.machine()),
        resolved=in_full(comparison),
        limits=verdicts.LIMITS,
        style=_asset("report.css"),
        script=Markup("").join(_asset(f"{name}.js") for name in ("map", "report", "charts")),
        data=payload(comparison),
    )


def payload(comparison: Comparison) -> dict[str, Any]:
    """Return what the page's script draws: maps, their time and places, charts, colours."""
    geography = comparison.scenarios[0].country.geography
    ensemble = comparison.ensembles[0]
    months = ensemble.months
    shown = _months_shown(len(months), len(geography), len(comparison.labels))
    replicate = typical_replicate(comparison.ensembles)
    begins = int(np.sum(months <= pd.Timestamp(comparison.window.begins))) - 1
    founders = _founders(comparison)
    riser = fastest_riser(comparison.ensembles)
    shares = len(founders) * len(shown) * len(geography) * len(comparison.labels)
    led = founders if shares * SHARE_BYTES < LED_BYTES else []
    return {
        "months": [f"{month:%Y-%m}" for month in months[shown]],
        "begins": int(np.searchsorted(shown, begins)) if comparison.window.differs else None,
        "begun": comparison.window.begins.isoformat() if comparison.window.differs else None,
        "replicate": replicate,
        "replicates": comparison.replicates,
        "places_are": geography.name,
        "drawing": for_page(geography),
        "population": np.rint(geography.population).astype(int).tolist(),
        "years": layers_of(ensemble, comparison.scenarios[0], replicate).years[shown].tolist(),
        "rates": {"steps": RATE_STEPS, "colours": RATE_COLOURS},
        "front_deaths": {"steps": FRONT_STEPS, "colours": FRONT_COLOURS},
        "empty": EMPTY,
        "founders": founders,
        "riser": next((i for i, row in enumerate(founders) if row[0] == riser), -1),
        "scenarios": [
            _scenario(comparison, i, replicate, shown, led) for i in range(len(comparison.labels))
        ],
        "charts": _charts(comparison),
    }


def colour_of(comparison: Comparison, label: str) -> str:
    """Return the colour of a scenario: the baseline is grey."""
    i = comparison.labels.index(label)
    return SCENARIO_COLOURS[0 if i == 0 else 1 + (i - 1) % (len(SCENARIO_COLOURS) - 1)]


def _asset(name: str) -> Markup:
    """Return a style sheet or script of this package, to stand in the page as it is."""
    return Markup(resources.files("plazas.analysis.report").joinpath(name).read_text("utf-8"))


def _title(comparison: Comparison) -> str:
    titles = [f"“{comparison.title(label)}”" for label in comparison.labels]
    if len(titles) == 2:
        return f"{titles[1]} compared with {titles[0]}"
    return f"{len(titles) - 1} policies compared with {titles[0]}"


def _subtitle(comparison: Comparison) -> str:
    first = comparison.scenarios[0]
    return (
        f"{first.country.name}, {day(first.start)} to {day(comparison.window.ends)}. "
        f"{comparison.replicates} paired replicates of each scenario, simulated with Plazas."
    )


def _months_shown(months: int, places: int, scenarios: int) -> np.ndarray:
    """Return the months that the maps show: all, or evenly spaced ones where places are many."""
    every = max(1, int(np.ceil(months * places * scenarios * CELL_BYTES / MAP_BYTES)))
    return np.arange(0, months, every)


def _founders(comparison: Comparison) -> list[list[str]]:
    """Return key, name and colour of the founders that lead a place in some replicate."""
    ensemble = comparison.ensembles[0]
    cast = cast_of(ensemble, ensemble.replicates[0])
    leading = set()
    for e in comparison.ensembles:
        leading |= {key.split("/")[0] for key in e.places["primary"].dropna().unique()}
    rows = zip(cast.keys, cast.names, cast.colours, strict=True)
    return [[*row] for row in rows if row[0] in leading]


def _scenario(
    comparison: Comparison, i: int, replicate: int, shown: np.ndarray, founders: list[list[str]]
) -> dict[str, Any]:
    label, scenario, ensemble = (
        comparison.labels[i],
        comparison.scenarios[i],
        comparison.ensembles[i],
    )
    layers = layers_of(ensemble, scenario, replicate)
    members = ensemble.place_series("members")[ensemble.replicates.index(replicate)]
    fronts = fronts_of(ensemble, replicate)
    led = None
    if founders:
        led = led_share(ensemble, tuple(row[0] for row in founders))[:, shown].tolist()
    return {
        "label": label,
        "title": comparison.title(label),
        "colour": colour_of(comparison, label),
        "cast": [list(row) for row in zip(*layers.cast, strict=True)],
        "primary": layers.primary[shown].tolist(),
        "share": layers.share[shown].tolist(),
        "homicides": layers.homicides[shown].tolist(),
        "members": members.sum(axis=1)[shown].tolist(),
        "led": led,
        "fronts": [fronts.shown(int(m)) for m in shown],
    }


def _charts(comparison: Comparison) -> list[dict[str, Any]]:
    ensembles = comparison.ensembles
    known = observed.homicides(comparison.scenarios[0])
    dots = [[year + 0.5, n] for year, n in zip(known.index.tolist(), known.tolist(), strict=True)]
    riser = fastest_riser(ensembles)
    charts: list[dict[str, Any]] = [
        {
            "title": "Homicides a year",
            "observed": dots,
            "bands": [yearly_band(e, "homicides") for e in ensembles],
        },
        {
            "title": "Members of cartels",
            "observed": [],
            "bands": [monthly_band(e, e.place_series("members").sum(axis=2)) for e in ensembles],
        },
    ]
    if riser:
        name = ensembles[0].founders[riser]
        place = comparison.scenarios[0].country.geography.name
        charts.append(
            {
                "title": f"{place.capitalize()} led by {name}",
                "observed": [],
                "bands": [cartel_band(e, riser) for e in ensembles],
            }
        )
    return charts
