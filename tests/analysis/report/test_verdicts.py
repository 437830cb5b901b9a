"""Numbers and verdicts in words: what is said must follow from the table."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from plazas.analysis.experiment.compare import Comparison
from plazas.analysis.experiment.text import number, times
from plazas.analysis.report import verdicts


@pytest.mark.parametrize(
    ("value", "decimals", "sign", "text"),
    [
        (12345.6, 0, False, "12,346"),
        (-12345.6, 0, True, "−12,346"),
        (3.14159, 2, True, "+3.14"),
        (-0.001, 1, True, "0.0"),
        (0.0, 0, True, "0"),
        (math.nan, 0, False, "–"),
    ],
)
def test_numbers(value: float, decimals: int, sign: bool, text: str) -> None:
    assert number(value, decimals, sign) == text


def with_cells(comparison: Comparison, label: str, outcome: str, **cells: Any) -> Comparison:
    """Return the comparison with some cells of its table changed."""
    table = comparison.table.copy()
    for column, value in cells.items():
        table.loc[(label, outcome), column] = value
    return dataclasses.replace(comparison, table=table)


def homicides(comparison: Comparison, low: float, mean: float, high: float) -> Comparison:
    cells = {"difference_low": low, "difference": mean, "difference_high": high}
    median = {"difference_median": mean - 7.0}
    return with_cells(comparison, "arrests", "homicides_total", **cells, **median)


def test_fewer_more_and_unclear(compared: Comparison) -> None:
    fewer = homicides(compared, -200.0, -150.0, -100.0)
    assert verdicts.effect(fewer, "arrests") == "fewer"
    assert verdicts.verdict(fewer, "arrests").startswith(
        "150 fewer homicides than under the baseline"
    )
    more = homicides(compared, 100.0, 150.0, 200.0)
    assert verdicts.effect(more, "arrests") == "more"
    assert "150 more homicides" in verdicts.verdict(more, "arrests")
    assert "interval excludes zero" in verdicts.verdict(more, "arrests")
    unclear = homicides(compared, -300.0, -50.0, 200.0)
    assert verdicts.effect(unclear, "arrests") == "unclear"
    said = verdicts.verdict(unclear, "arrests")
    assert said.startswith("No clear effect on homicides: 50 fewer")
    assert "−300 to +200 includes zero, so 4 replicates cannot tell it from chance" in said


def test_the_median_is_named_where_the_mean_misleads(compared: Comparison) -> None:
    fewer = homicides(compared, -200.0, -150.0, -100.0)
    assert "median" not in verdicts.sentences(fewer, "arrests")[0]
    skewed = with_cells(fewer, "arrests", "homicides_total", difference_skewed=True)
    assert "median −157" in verdicts.sentences(skewed, "arrests")[0]


def test_cost_of_a_life_only_where_lives_are_saved(compared: Comparison) -> None:
    cells = {"level": 0.5, "level_low": 0.4, "level_high": 0.7}
    saved = with_cells(compared, "arrests", "cost_per_life", **cells)
    assert "0.500 million USD a life saved (0.400 to 0.700)" in verdicts.verdict(saved, "arrests")
    cells = dict.fromkeys(cells, math.nan)
    none = with_cells(compared, "arrests", "cost_per_life", **cells)
    assert "as no lives saved can be shown" in verdicts.verdict(none, "arrests")
    assert "cost" not in verdicts.verdict(compared, "truce")  # it costs nothing


def test_change_since_the_start_year(compared: Comparison) -> None:
    cells = {"change": -500.0, "change_low": -700.0, "change_high": -300.0, "start_level": 2000.0}
    lower = with_cells(compared, "truce", "homicides_last", **cells)
    said = "Against 2010, homicides in the last year are 25 % lower (−500 a year, −700 to −300)."
    assert said in verdicts.verdict(lower, "truce")


def test_the_window_is_said(compared: Comparison) -> None:
    said = verdicts.window_words(compared)
    assert "from 3 June 2011, when the scenarios first differ, to 29 June 2012" in said
    assert "change is measured from 2010" in said
    late = dataclasses.replace(compared.window, late_start=True)
    said = verdicts.window_words(dataclasses.replace(compared, window=late))
    assert "no year lies before the first difference" in said


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(2.44, "×2.4"), (1000.0, "×1000.0"), (1000.1, ">×1,000"), (math.inf, "all")],
)
def test_times(ratio: float, text: str) -> None:
    assert times(ratio) == text
