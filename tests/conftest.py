"""What tests share: small worlds, and the folder of published figures."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from plazas.model.scenario import Scenario

START = date(2010, 1, 1)
SMALL = {"members_2010": 60000.0, "local_gangs": 200.0}  # all 32 states, some 840 gangs


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that ``make golden`` gives."""
    parser.addoption("--update-golden", action="store_true", help="write the golden runs again")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of published figures; tests that need it are skipped where there is none.

    It is named by the environment variable PLAZAS_SHARED_DATA, or is ``shared/data`` beside the
    checkout.
    """
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("PLAZAS_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"no folder of published figures at {folder}")
    return folder


@pytest.fixture(scope="session")
def small() -> Callable[..., Scenario]:
    """Return ``small(weeks, changes, **more)``: a scenario of all states with few gangs."""

    def make(weeks: int, changes: dict[str, float] | None = None, **more: Any) -> Scenario:
        stop = START + timedelta(weeks=weeks)
        return Scenario(start=START, stop=stop, changes={**SMALL, **(changes or {})}, **more)

    return make
