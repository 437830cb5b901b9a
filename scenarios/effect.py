"""What the policies of a scenario come to: the level in force, week by week, place by place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plazas.model.levers import LEVER_INDEX, Policy
from plazas.model.scenario import Scenario, levels, mexico


def by_state(scenario: Scenario) -> Scenario:
    """Return the scenario on the states of its country; policies know no finer places."""
    if scenario.country.geography.name != "municipalities":
        return scenario
    return replace(scenario, country=mexico())


def in_force(
    scenario: Scenario, lever: str, policies: Iterable[Policy] | None = None
) -> NDArray[np.float64]:
    """Return the level of a lever under its policies, or under others: (W, P, C).

    W weeks, P states, C cartels of the start; factions follow their founder.
    """
    chosen = scenario.policies if policies is None else policies
    alone = tuple(policy for policy in chosen if policy.lever == lever)
    scenario = replace(by_state(scenario), policies=alone, events=())
    result = levels(scenario)
    row = LEVER_INDEX[lever]
    cartels = len(scenario.country.start.cartels)
    level = np.repeat(result.place[result.segment, row][:, :, None], cartels, axis=2)
    if result.aimed.shape[1]:
        aimed = result.aimed[result.segment, row]
        level = np.where(np.isnan(aimed), level, aimed)
    return level


def touches_nothing(scenario: Scenario, policy: Policy) -> bool:
    """Return whether every level is the same with a policy of a scenario as without it."""
    others = [other for other in scenario.policies if other is not policy]
    with_it = in_force(scenario, policy.lever)
    return bool(np.array_equal(with_it, in_force(scenario, policy.lever, others)))
