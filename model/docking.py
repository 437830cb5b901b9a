"""The one-place limit: the weekly model without everything that the Science model does not have.

There is one place, and membership in cartels is frozen: no absorption, no splits, no cells and no
operations against leaders. Hostility and the number of arrests are constant. The expected week must
then be that of ``plazas.model.mean_field``; the tests compare the two.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from plazas.model.geography import CartelRow, Geography, Start
from plazas.model.mean_field import Rates
from plazas.model.scenario import Country, Scenario
from plazas.model.simulation import Simulation

#: parameters that switch off what the Science model does not have
LIMIT = {
    "local_gangs": 0.0,
    "formation": 0.0,
    "absorption": 0.0,
    "disloyal": 0.0,
    "expansion": 0.0,
    "hire_rate": 0.0,
    "splits": 0.0,
    "leader_hunt": 0.0,
    "illness": 0.0,
    "answer_rate": 0.0,
    "prosperity_effect": 0.0,
    "desertion": 0.0,
    "lethality": 0.0,
    "corruption_discount": 0.0,
    "confrontation_deaths": 0.0,
    "advance": 0.0,
    "front_onset": 0.0,
    "notoriety": 0.0,
    "silence": 0.0,
    "fear_effect": 0.0,
    "need_effect": 0.0,
    "addiction_effect": 0.0,
    "traits_drawn": 0.0,
    "giving_up": 0.0,
    "centre_attacks": 0.0,
    "alliance_onset": 0.0,
    "betrayal": 0.0,
}
BOUNDLESS = 1e12  # at-risk youths: there is always room


def one_place(members: NDArray[np.float64]) -> Country:
    """Return a country of one place.

    Parameters
    ----------
    members : numpy.ndarray
        (K,) Members of each cartel, persons; only their proportions count.

    Returns
    -------
    Country
    """
    one = np.ones(1)
    geography = Geography(
        name="one place",
        codes=("1",),
        names=("One place",),
        abbreviations=("ONE",),
        lon=0.0 * one,
        lat=0.0 * one,
        population=BOUNDLESS * one,
        young_men=BOUNDLESS * one,
        poverty=one,
        trafficking=one,
        overseas=one,
        racket=one,
        background=0.0 * one,
        force=one,
        gun_access=one,
        state=np.zeros(1, np.int64),
        neighbours=(),
        routes=(),
    )
    total = float(members.sum())
    cartels = tuple(
        CartelRow(f"c{k}", f"Cartel {k}", 0, float(m) / total, 0.5, 0.5, 0.5, 45.0, "#888888")
        for k, m in enumerate(members)
    )
    n = len(cartels)
    return Country("One place", geography, Start(cartels, np.ones((1, n)), np.zeros((n, n), int)))


def simulate(
    members: NDArray[np.float64],
    hostility: NDArray[np.float64],
    rates: Rates,
    weeks: int,
    *,
    seed: int = 1,
    replicate: int = 0,
) -> Simulation:
    """Run the weekly model in its one-place limit.

    Parameters
    ----------
    members, hostility, rates, weeks
        As for :func:`plazas.model.mean_field.solve`; K cartels.
    seed, replicate : int
        The key of its draws.

    Returns
    -------
    Simulation
        Finished.
    """
    start = date(2012, 1, 1)
    scenario = Scenario(
        name="docking",
        start=start,
        stop=start + timedelta(days=7 * weeks),
        country=one_place(members),
        changes={
            **LIMIT,
            "members_2010": float(members.sum()),
            "recruitment": rates.recruitment,
            "arrest_capacity": rates.arrests,
            "war_deaths": rates.lethality,
            "saturation": rates.saturation,
        },
    )
    simulation = Simulation(scenario, seed, replicate)
    n = len(members)
    simulation.world.relations.hostility[:n, :n] = hostility
    simulation.run()
    return simulation
