"""What the text and the tables of the report say; ``templates/`` sets it as HTML."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from plazas.analysis.experiment.compare import Comparison
from plazas.analysis.experiment.ensemble import Ensemble
from plazas.analysis.experiment.intervals import Interval
from plazas.analysis.experiment.text import number, span, times
from plazas.analysis.report import verdicts
from plazas.analysis.report.map_layers import MOVING
from plazas.scenarios import difference, resolved

MOST_FRONTS = 12  # of a scenario, in the table
HEADLINES = {
    "fewer": "Fewer homicides",
    "more": "More homicides",
    "unclear": "No clear effect on homicides",
    "none": "No effect on homicides",
}


class Cell(NamedTuple):
    """A cell of a table: a text, smaller lines below it, and whether its interval excludes zero."""

    text: str
    below: tuple[str, ...] = ()
    certain: bool = False


DASH = Cell("–")


def cards(comparison: Comparison) -> list[dict[str, Any]]:
    """Return what the card of each policy shows: its effect on homicides, in words and drawn.

    Parameters
    ----------
    comparison
        What is reported.

    Returns
    -------
    list of dict
        A dictionary for each policy. ``dot`` and ``bar`` (left end and width, None without an
        interval) are percent of the width of the line, on which the baseline is at 50.
    """
    scale = _scale(comparison)
    return [_card(comparison, label, scale) for label in comparison.policies]


def _level(comparison: Comparison) -> float:
    """Return the homicides of the baseline, at least one."""
    return max(1.0, comparison.interval(comparison.labels[0], "homicides_total", "level").mean)


def _scale(comparison: Comparison) -> float:
    """Return the largest difference in homicides, or bound of one, as a share of the baseline."""
    level = _level(comparison)
    intervals = [
        comparison.interval(label, "homicides_total", "difference") for label in comparison.policies
    ]
    ends = [abs(end) for d in intervals for end in (d.mean, d.low, d.high) if not math.isnan(end)]
    return max([*ends, 0.001 * level]) / level * 1.1


def _card(comparison: Comparison, label: str, scale: float) -> dict[str, Any]:
    level = _level(comparison)
    d = comparison.interval(label, "homicides_total", "difference")

    def at(value: float) -> float:
        return 50.0 + 50.0 * value / level / scale

    kind = verdicts.effect(comparison, label)
    return {
        "scenario": comparison.labels.index(label),
        "kind": kind,
        "headline": HEADLINES[kind],
        "title": comparison.title(label),
        "dot": at(d.mean),
        "bar": None if math.isnan(d.low) else (at(d.low), max(0.4, at(d.high) - at(d.low))),
        "share": number(100.0 * d.mean / level, 1, sign=True),
        "interval": span(100.0 * d.low / level, 100.0 * d.high / level, 1, sign=True),
        "sentences": verdicts.sentences(comparison, label),
    }


def tables(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the table of outcomes of each policy: its heads, and rows of :class:`Cell`.

    Parameters
    ----------
    comparison
        What is reported.

    Returns
    -------
    list of dict
        A dictionary for each policy, with ``scenario``, ``title``, ``heads`` and ``rows``.
    """
    baseline, year = comparison.labels[0], comparison.window.start_year
    return [
        {
            "scenario": comparison.labels.index(label),
            "title": comparison.title(label),
            "heads": (
                "Outcome",
                comparison.title(baseline),
                comparison.title(label),
                "Difference from the baseline",
                f"Change from {year}",
                "Pairs",
            ),
            "rows": _rows(comparison, label),
        }
        for label in comparison.policies
    ]


def _rows(comparison: Comparison, label: str) -> list[dict[str, Any]]:
    rows = []
    for key, outcome in comparison.outcomes.items():
        decimals = outcome.decimals
        row = comparison.row(label, key)
        difference_ = comparison.interval(label, key, "difference")
        change = comparison.interval(label, key, "change")
        cells = (
            _cell(comparison.interval(comparison.labels[0], key, "level"), decimals),
            _cell(comparison.interval(label, key, "level"), decimals),
            _cell(difference_, decimals, sign=True, certain=not difference_.has_zero),
            _cell(change, decimals, sign=True, certain=not change.has_zero),
            _pairs(float(row["correlation"]), float(row["variance_ratio"])),
        )
        rows.append({"label": outcome.label, "unit": outcome.unit, "cells": cells})
    life = comparison.interval(label, "cost_per_life", "level")
    if not math.isnan(life.mean):
        cost = _cell(life, verdicts.life_decimals(life))
        cells = (DASH, cost, DASH, DASH, DASH)
        rows.append({"label": "Cost of a life saved", "unit": "million USD", "cells": cells})
    return rows


def _cell(interval: Interval, decimals: int, sign: bool = False, certain: bool = False) -> Cell:
    """Return a mean over its interval, with the median where the values are skewed."""
    text = number(interval.mean, decimals, sign)
    if math.isnan(interval.low):
        return Cell(text)
    below = [span(interval.low, interval.high, decimals, sign)]
    if interval.skewed:
        below.append(f"median {number(interval.median, decimals, sign)}")
    return Cell(text, tuple(below), certain)


def _pairs(correlation: float, ratio: float) -> Cell:
    """Return the correlation of pairs, and how many times the replicates pairing was worth."""
    if math.isnan(correlation):
        return DASH
    return Cell(number(correlation, 2), (times(ratio),))


def fronts_table(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the deadliest fronts of the last twelve months of each scenario, over its replicates.

    Parameters
    ----------
    comparison
        What is reported.

    Returns
    -------
    list of dict
        A dictionary for each scenario, with ``number``, ``title``, ``heads`` and ``rows`` of texts:
        place, the two cartels (a faction counts as the cartel that it descends from), the share of
        replicates in which they fought there, and the mean of the members killed.
    """
    return [
        {
            "number": i,
            "title": comparison.title(label),
            "heads": ("Place", "Who fights whom", "Replicates", "Killed, mean"),
            "rows": _fronts(ensemble, scenario.country.geography.names),
        }
        for i, (label, ensemble, scenario) in enumerate(
            zip(comparison.labels, comparison.ensembles, comparison.scenarios, strict=True)
        )
    ]


def _fronts(ensemble: Ensemble, names: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Return place, pair, share of replicates and mean deaths of the deadliest fronts."""
    rows = ensemble.fronts[ensemble.fronts["month"] >= ensemble.months[-MOVING:][0]]
    rows = rows[rows["deaths"] > 0]
    roots = [[key.split("/")[0] for key in rows[side].astype(str)] for side in ("cartel", "other")]
    pairs = [" – ".join(sorted(pair)) for pair in zip(*roots, strict=True)]
    groups = rows.assign(pair=pairs).groupby(["code", "pair"], observed=True)
    table = pd.DataFrame(
        {"deaths": groups["deaths"].sum(), "replicates": groups["replicate"].nunique()}
    ).sort_values("deaths", ascending=False)
    place = dict(zip(ensemble.codes, names, strict=True))
    called = dict(zip(ensemble.cartels["key"], ensemble.cartels["name"], strict=True))
    deaths = (table["deaths"].to_numpy(float) / len(ensemble)).tolist()
    shares = (100.0 * table["replicates"].to_numpy(float) / len(ensemble)).tolist()
    listed = zip(table.index[:MOST_FRONTS].tolist(), shares, deaths, strict=False)
    return [
        (
            place[str(code)],
            " – ".join(called[key] for key in str(pair).split(" – ")),
            f"{number(share)} %",
            number(killed, 1),
        )
        for (code, pair), share, killed in listed
    ]


def differences(comparison: Comparison) -> list[dict[str, Any]]:
    """Return in what each scenario differs from the baseline, resolved, line by line."""
    baseline = comparison.scenarios[0]
    return [
        {
            "title": comparison.title(label),
            "story": scenario.story,
            "baseline": label == comparison.labels[0],
            "lines": difference(baseline, scenario),
        }
        for label, scenario in zip(comparison.labels, comparison.scenarios, strict=True)
    ]


def origin(comparison: Comparison, machine: dict[str, Any]) -> dict[str, str]:
    """Return where the results come from: versions, seeds, scenarios."""
    git = machine["git"]
    commit = "not from a checkout"
    if git is not None:
        commit = git["commit"][:12] + (", with changes since" if git["dirty"] else "")
    first = comparison.ensembles[0]
    numbers = f"{first.replicates[0]} to {first.replicates[-1]}"
    return {
        "Program": f"Plazas {machine['version']}",
        "Commit": commit,
        "Date": machine["date"],
        "Seed": str(first.seed),
        "Replicates": f"{numbers}, of every scenario on the same draws",
        "Python": f"{machine['python']} on {machine['system']}",
        "Libraries": ", ".join(f"{name} {word}" for name, word in machine["libraries"].items()),
    }


def in_full(comparison: Comparison) -> str:
    """Return the scenarios, resolved, as indented JSON."""
    scenarios = [resolved(scenario) for scenario in comparison.scenarios]
    return json.dumps(scenarios, indent=1, ensure_ascii=False)
