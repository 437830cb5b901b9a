"""A small baseline over years in which the shipped policies are in force, and its model class."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plazas.analysis.dashboard.model import DashboardModel, model_class
from plazas.analysis.dashboard.server import without_notices
from plazas.model.levers import Policy
from plazas.model.scenario import Scenario

with without_notices():
    import plazas.analysis.dashboard.page  # noqa: F401 - here, so that nobody hears the notices

WEEKS = 290  # to July 2015


@pytest.fixture(scope="session")
def base(small: Callable[..., Scenario]) -> Scenario:
    """Return a small baseline with one policy of its own."""
    plain = small(WEEKS)
    own = Policy("confrontation", 0.5, plain.start, plain.stop, label="own")
    hunted = {"leader_hunt": 0.01}  # so that leaders fall and cartels divide in so few years
    return small(WEEKS, hunted, name="plain", title="Little done", policies=(own,))


@pytest.fixture(scope="session")
def make(base: Scenario) -> type[DashboardModel]:
    """Return the class of models over the small baseline."""
    return model_class(base)
