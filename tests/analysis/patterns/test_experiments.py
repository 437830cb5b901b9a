"""The paired experiments on real runs: what is paired, and what is left out."""

from __future__ import annotations

import numpy as np
import pytest

from plazas.analysis.patterns import leaders, splits
from plazas.analysis.patterns.trials import Trials


@pytest.fixture(scope="module")
def falls() -> leaders.Falls:
    return leaders.falls(Trials(1))


def test_a_fall_without_an_heir_changes_homicides(falls: leaders.Falls) -> None:
    assert falls.with_it.shape == (1, len(leaders.CASES), 2, 2, leaders.MONTHS)
    effect = falls.effect(leaders.NO_HEIR, leaders.HOME, 0, leaders.MONTHS)
    assert len(effect) >= 5  # most cartels are alive and stand at home
    assert (effect != 0.0).sum() >= 3


def test_effects_are_relative_and_skip_what_is_missing(falls: leaders.Falls) -> None:
    doubled = leaders.Falls(2.0 * falls.without[:, :, None].repeat(2, axis=2), falls.without)
    effect = doubled.effect(leaders.HEIR, leaders.HOME, 0, 6)
    assert effect == pytest.approx(np.ones_like(effect))
    assert np.isfinite(effect).all()
    monthly = doubled.monthly(leaders.HEIR, leaders.HOME)
    assert monthly.shape == (len(effect), leaders.MONTHS - 2)
    assert monthly == pytest.approx(np.ones_like(monthly))


def test_only_hostile_splits_of_dominant_groups_count() -> None:
    """With parts that never fight nothing is left to measure; with parts that do there is."""
    hostile = splits.hostile_split(Trials(2, changes={"split_hostile": 1.0}))
    with_it = hostile.series["with"]
    assert len(with_it) >= 1
    assert (with_it > 0.0).all()
    assert hostile.rows[2].low >= 1.0  # a host state at least
    never = {"split_hostile": 0.0, "front_onset": 0.0}
    calm = splits.hostile_split(Trials(2, changes=never))
    assert len(calm.series["with"]) == 0
    assert calm.verdict == "fails"
