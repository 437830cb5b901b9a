"""Levels: a lever's level in a place and against a cartel."""

from __future__ import annotations

import pytest

from plazas.model.levers import ARRESTS, TOLERANCE
from plazas.model.rules import levels

from .builder import country, levers


@pytest.mark.parametrize(
    ("founder", "expected"),
    [
        (0, 2.0),  # nothing is aimed at this one: the level of the place
        (1, 5.0),
        (-1, 2.0),  # one that rose from local gangs has no founder
    ],
)
def test_a_level_aimed_at_a_founder_overrides_that_of_the_place(founder, expected) -> None:
    world = country([[60, 40]])
    given = levers(world, {("arrests", 1): 5.0}, arrests=2.0)
    assert levels.level(given, 0, ARRESTS, 0, founder) == expected
    assert levels.level(given, 0, TOLERANCE, 0, founder) == 0.0


def test_an_aimed_zero_is_a_level() -> None:
    world = country([[60, 40]])
    given = levers(world, {("arrests", 0): 0.0}, arrests=2.0)
    assert levels.level(given, 0, ARRESTS, 0, 0) == 0.0


def test_where_nothing_is_aimed_at_anyone_the_place_counts() -> None:
    world = country([[60, 40]])
    assert levels.level(levers(world, arrests=2.0), 0, ARRESTS, 0, 1) == 2.0
