"""Effects, intervals and the rule of verdicts, by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from plazas.analysis.experiment.intervals import Interval, interval
from plazas.analysis.mechanisms.figure import FAR, forest, scaled
from plazas.analysis.mechanisms.row import CHANGE, CONTRAST, PERCENT, PLAIN, RUNS, Row, arm
from plazas.analysis.mechanisms.show import records, summary, terminal_table, values_words
from plazas.analysis.mechanisms.verdict import (
    FEWEST,
    NOT,
    OPPOSITE,
    SHOWS,
    TOO_FEW,
    finding,
    judge,
    of_runs,
    percent,
)


def effect(mean: float, low: float, high: float) -> Interval:
    return Interval(mean, low, high, mean, False)


def column(*values: float) -> np.ndarray[Any, Any]:
    return np.array(values, float)[:, None]


@pytest.fixture
def row() -> Row:
    """Return a row whose effect is a difference of states, expected to be positive."""
    texts = ("key", "Title", "It rises", "a paper", "states led", "states")
    return Row(*texts, measure=lambda seen: 0.0, on=PLAIN, off=arm({"absorption": 0.0}))


@pytest.mark.parametrize(
    ("mean", "low", "high", "verdict"),
    [
        (3.0, 1.0, 5.0, SHOWS),
        (2.0, 0.1, 3.9, SHOWS),  # it reaches the least size exactly
        (1.9, 0.1, 3.7, TOO_FEW),  # surely positive, perhaps large enough
        (1.0, 0.5, 1.5, NOT),  # surely positive, surely too small to count
        (0.0, -1.5, 1.5, NOT),
        (0.0, 0.0, 0.0, NOT),
        (0.0, -5.0, 5.0, TOO_FEW),
        (3.0, -0.1, 6.1, TOO_FEW),
        (-1.0, -1.5, -0.5, NOT),
        (-3.0, -5.0, -1.0, OPPOSITE),
        (-3.0, -8.0, 1.9, NOT),  # an effect of the least size in the expected direction is excluded
        (-3.0, -9.0, 3.0, TOO_FEW),
    ],
)
def test_the_rule(mean: float, low: float, high: float, verdict: str) -> None:
    assert judge(effect(mean, low, high), 1, 2.0) == verdict
    assert judge(effect(-mean, -high, -low), -1, 2.0) == verdict  # the mirror image


def test_one_value_decides_nothing() -> None:
    assert judge(interval(np.array([9.0])), 1, 2.0) == TOO_FEW
    assert judge(interval(np.zeros(0)), 1, 2.0) == TOO_FEW


def test_a_difference_by_hand(row: Row) -> None:
    got = finding(row, column(3, 5, 7, 5, 5), column(1, 2, 3, 2, 2))
    differences = np.array([2.0, 3.0, 4.0, 3.0, 3.0])
    assert got.effect == interval(differences)
    assert got.effect.mean == pytest.approx(3.0)
    half = 2.776 * math.sqrt(0.5) / math.sqrt(5)  # Student's t with 4 degrees of freedom
    assert got.effect.high == pytest.approx(3.0 + half, abs=1e-3)
    assert (got.with_it, got.without, got.pairs) == (5.0, 2.0, 5)
    assert got.verdict == SHOWS


def test_pairs_narrow_the_interval(row: Row) -> None:
    levels = np.array([10.0, 20.0, 30.0, 40.0, 50.0])
    on, off = levels + np.array([2.0, 2.1, 1.9, 2.0, 2.0]), levels
    paired = finding(row, on[:, None], off[:, None]).effect
    shuffled = finding(row, on[:, None], off[::-1, None]).effect
    assert paired.mean == pytest.approx(shuffled.mean)
    assert paired.width < 0.01 * shuffled.width


def test_a_percentage_is_that_of_the_means() -> None:
    on, off = np.array([12.0, 24.0, 33.0]), np.array([10.0, 20.0, 30.0])
    values = percent(on, off)
    assert values.mean() == pytest.approx(100.0 * (69.0 / 60.0 - 1.0))
    assert np.ptp(percent(1.2 * off, off)) == pytest.approx(0.0, abs=1e-9)
    assert np.isnan(percent(on, np.zeros(3))).all()


def test_a_contrast_is_here_minus_elsewhere(row: Row) -> None:
    off = np.array([[10.0, 100.0], [20.0, 200.0], [15.0, 150.0], [12.0, 120.0], [18.0, 180.0]])
    on = off * [1.5, 1.1]
    got = finding(replace(row, how=CONTRAST, unit="%"), on, off)
    assert got.effect.mean == pytest.approx(40.0)
    assert got.verdict == SHOWS
    assert finding(replace(row, how=CONTRAST, unit="%", sign=-1), on, off).verdict == OPPOSITE


def test_a_change_is_the_end_minus_the_start_of_one_version(row: Row) -> None:
    got = finding(
        replace(row, how=CHANGE, off=None),
        np.array([[9.0, 4.0], [8.0, 4.0], [9.0, 3.0], [8.0, 3.0], [9.0, 4.0]]),
        np.zeros((5, 2)),
    )
    assert got.effect.mean == pytest.approx(5.0)
    assert (got.with_it, got.without) == (pytest.approx(8.6), pytest.approx(3.6))
    assert values_words(got) == "end 8.60, start 3.60"


def test_missing_pairs_are_left_out_and_counted(row: Row) -> None:
    got = finding(row, column(3, math.nan, 4, 5, 3, 4, 5), column(1, 1, 1, math.nan, 1, 1, 1))
    assert got.pairs == 5
    assert got.effect.mean == pytest.approx(2.8)
    empty = finding(row, column(math.nan), column(1.0))
    assert (empty.pairs, empty.verdict) == (0, TOO_FEW)
    assert math.isnan(empty.effect.mean)


def test_few_equal_pairs_are_too_few(row: Row) -> None:
    assert finding(row, column(*[3.0] * FEWEST), column(*[1.0] * FEWEST)).verdict == SHOWS
    few = FEWEST - 1
    assert finding(row, column(*[3.0] * few), column(*[1.0] * few)).verdict == TOO_FEW


def test_a_share_of_runs_is_not_certain_after_few_runs(row: Row) -> None:
    share = of_runs(np.full(20, 100.0))
    assert share.mean == 100.0
    values = [*[100.0] * 20, 100.0, -100.0]
    assert share.low == pytest.approx(interval(np.array(values)).low)
    assert share.high == 100.0
    runs = replace(row, unit=RUNS)
    none = np.zeros((5, 1))
    assert finding(runs, none, none).verdict == TOO_FEW  # 0 of 5: a half is not excluded
    assert finding(runs, np.zeros((40, 1)), np.zeros((40, 1))).verdict == NOT
    assert finding(runs, np.full((40, 1), 100.0), np.zeros((40, 1))).verdict == SHOWS


def test_a_percentage_without_a_base_has_no_verdict(row: Row) -> None:
    got = finding(replace(row, how=PERCENT, unit="%"), column(*[1.0] * 6), column(*[0.0] * 6))
    assert got.verdict == TOO_FEW


def test_the_summary_counts_what_shows(row: Row) -> None:
    shown = finding(row, column(*[3.0] * 5), column(*[1.0] * 5))
    not_shown = finding(replace(row, key="other"), column(*[1.0] * 5), column(*[1.0] * 5))
    assert summary([shown, not_shown]) == "1 of 2 mechanisms show; does not show: other"
    assert summary([shown]) == "1 of 1 mechanisms show"
    one, other = records([shown, not_shown])
    assert (one["effect"], one["low"], one["verdict"]) == (2.0, 2.0, SHOWS)
    assert (other["direction"], other["least"]) == ("positive", 1.0)
    assert records([finding(row, column(math.nan), column(1.0))])[0]["effect"] is None
    assert terminal_table([shown, not_shown], "a heading").row_count == 2


def test_the_figure_turns_effects_to_the_right(row: Row) -> None:
    down = finding(replace(row, sign=-1, size=2.0), column(1, 2, 1, 2, 1), column(5, 6, 5, 7, 5))
    mean, low, high = scaled(down)
    assert mean == pytest.approx(-down.effect.mean / 2.0)
    assert low < mean < high
    far = finding(row, column(*[1e6, 1.1e6] * 3), column(*[0.0] * 6))
    assert scaled(far)[0] == FAR
    empty = finding(row, column(math.nan), column(1.0))
    axes = forest([down, far, empty]).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Title"] * 3
