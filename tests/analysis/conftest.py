"""Short scenarios, and one comparison of them that tests of tables, words and pages share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from plazas.analysis.experiment.compare import Comparison, compare
from plazas.model.levers import Policy
from plazas.model.scenario import Scenario

WEEKS = 130
PARTS = date(2011, 6, 1)  # the first week on or after is that of 3 June, week 74


@pytest.fixture(scope="session")
def plain(small: Callable[..., Scenario]) -> Scenario:
    """Return a baseline of two and a half years without any policy."""
    return small(WEEKS, name="plain", title="Nothing done")


@pytest.fixture(scope="session")
def arrests(small: Callable[..., Scenario], plain: Scenario) -> Scenario:
    """Return the baseline with three times the arrests, for 2 million USD a week."""
    policy = Policy("arrests", 3.0, PARTS, plain.stop, cost=2.0)
    return small(WEEKS, name="arrests", title="Three <times> the arrests", policies=(policy,))


@pytest.fixture(scope="session")
def truce(small: Callable[..., Scenario], plain: Scenario) -> Scenario:
    """Return the baseline with enforcement withheld, a while later than the arrests."""
    policy = Policy("tolerance", 0.9, date(2011, 9, 1), plain.stop)
    return small(WEEKS, name="truce", title="A truce", policies=(policy,))


@pytest.fixture(scope="session")
def compared(plain: Scenario, arrests: Scenario, truce: Scenario) -> Comparison:
    """Return the three compared on four replicates."""
    return compare([plain, arrests, truce], replicates=4, seed=3)
