"""Intervals and pairing against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plazas.analysis.experiment.intervals import interval, pairing, per_life


def test_interval_by_hand() -> None:
    found = interval(np.array([1.0, 2.0, 3.0, 6.0]))
    half = 3.182446 * math.sqrt(14.0 / 3.0) / 2.0  # Student's t, three degrees of freedom
    assert found.mean == 3.0
    assert found.median == 2.5
    assert found.low == pytest.approx(3.0 - half, rel=1e-6)
    assert found.high == pytest.approx(3.0 + half, rel=1e-6)
    assert found.has_zero
    assert not interval(np.array([3.0, 4.0, 3.0, 4.0])).has_zero


def test_one_value_excludes_nothing() -> None:
    found = interval(np.array([5.0]))
    assert found.mean == 5.0
    assert math.isnan(found.low)
    assert found.width == math.inf
    assert found.has_zero


def test_missing_values_give_no_interval() -> None:
    assert math.isnan(interval(np.array([1.0, np.nan])).mean)
    assert math.isnan(interval(np.empty(0)).mean)


def test_skew_is_noticed() -> None:
    even = np.arange(10.0)
    assert not interval(even).skewed
    assert interval(np.append(even, 200.0)).skewed


def test_interval_covers_as_often_as_it_says() -> None:
    draws = np.random.default_rng(7).normal(1.0, 2.0, (4000, 6))
    inside = sum(found.low <= 1.0 <= found.high for found in map(interval, draws))
    assert abs(inside / 4000 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 4000)


def test_pairing_by_hand() -> None:
    found = pairing(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 2.0, 4.0, 4.0]))
    assert found.correlation == pytest.approx(2.0 / math.sqrt(5.0))
    assert found.variance_ratio == pytest.approx(9.0)  # (5/3 + 4/3) / (1/3)


def test_pairing_of_equals_and_of_constants() -> None:
    same = np.array([1.0, 2.0, 4.0])
    assert pairing(same, same + 3.0).variance_ratio == math.inf
    assert pairing(same, same).correlation == pytest.approx(1.0)
    assert math.isnan(pairing(np.ones(3), np.ones(3)).variance_ratio)
    assert math.isnan(pairing(np.ones(1), np.ones(1)).correlation)


def test_cost_of_a_life_by_hand() -> None:
    saved = interval(np.array([90.0, 100.0, 110.0]))
    found = per_life(50.0, saved)
    assert found.mean == 0.5
    assert found.low == pytest.approx(50.0 / saved.high)
    assert found.high == pytest.approx(50.0 / saved.low)


@pytest.mark.parametrize(
    ("cost", "lives"), [(0.0, [9.0, 10.0, 11.0]), (5.0, [-9.0, 1.0, 9.0]), (5.0, [3.0])]
)
def test_no_cost_of_a_life_where_none_can_be_shown(cost: float, lives: list[float]) -> None:
    assert math.isnan(per_life(cost, interval(np.array(lives))).mean)
