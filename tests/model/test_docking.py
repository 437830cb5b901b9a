"""The weekly model in its one-place limit is the Science model, on average."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from plazas.model.docking import simulate
from plazas.model.mean_field import Network, Rates, equal, initial_members, solve

FLOWS = {
    "recruits": "recruits",
    "arrests": "incapacitated",
    "killed_by_rivals": "killed",
    "left": "saturation",
}
YEAR = 52


def worst(members, hostility, rates, weeks, replicates, ode_rates=None):
    """Return, for each series, its largest relative distance from the ODE over the years."""
    ode = solve(members, hostility, ode_rates or rates, weeks)
    with ThreadPoolExecutor(2) as pool:
        runs = pool.map(
            lambda r: simulate(members, hostility, rates, weeks, replicate=r).record.weekly,
            range(replicates),
        )
        weekly = [np.asarray(run) for run in runs]

    def distance(name: str, expected: np.ndarray) -> float:
        mean = np.mean([run[name] for run in weekly], axis=0)
        return max(
            abs(mean[y : y + YEAR].mean() / expected[y : y + YEAR].mean() - 1.0)
            for y in range(0, weeks, YEAR)
        )

    found = {name: distance(name, getattr(ode, there)) for name, there in FLOWS.items()}
    return {"members": distance("members", ode.members.sum(axis=1)), **found}


def test_equal_rivals_follow_the_ode():
    """Ten equal groups, three years, twelve replicates: within 2 % at every year."""
    members, hostility = equal(10, 0.605, 115_000.0)
    found = worst(members, hostility, Rates(), 3 * YEAR, 12)
    assert max(found.values()) < 0.02, found


def test_other_rates_do_not_dock():
    """The control: an ODE with a tenth more recruits, arrests or deaths is detected."""
    members, hostility = equal(10, 0.605, 115_000.0)
    for rate in ("recruitment", "arrests", "lethality"):
        wrong = replace(Rates(), **{rate: 1.1 * getattr(Rates(), rate)})
        found = worst(members, hostility, Rates(), 2 * YEAR, 4, ode_rates=wrong)
        assert max(found.values()) > 0.04, (rate, found)


@pytest.mark.slow
def test_the_150_groups_follow_the_ode_for_ten_years(shared_data: Path):
    """The authors' network, 2012-2022, 200 replicates (20 in short): within 2 % at every year."""
    replicates = 20 if os.environ.get("PLAZAS_SHORT") else 200
    network = Network.read(shared_data)
    found = worst(initial_members(network), network.hostility(), Rates(), 10 * YEAR, replicates)
    assert max(found.values()) < 0.02, found
