"""Patterns of counterfactuals: no absorption (14), no guns (15), a social programme (16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from plazas.analysis.patterns.findings import (
    CHANGE,
    RANGE,
    SHARE,
    Finding,
    Row,
    judged,
    row,
    single,
)
from plazas.analysis.patterns.trials import RISER, Array, Runs, Trials, history
from plazas.model.levers import Policy
from plazas.model.parameters import declarations
from plazas.model.scenario import Scenario

MANY = 8  # states
MOST = 0.8  # of replicates
LOOKED_AT = (2018, 2020)
BEGINS = date(2013, 1, 1)
FIRST, LAST = 2013, 2018  # years in which policies are judged
NEAR, FAR = 2 / 3, 1 / 3  # quantiles of access to guns that bound the near and the far states
SPENDING = 23.105  # USD per at-risk youth and week: halves recruitment at elasticity 0.03
ELASTICITIES = (0.0, 0.01, 0.03, 0.1, 0.2)


def no_absorption(trials: Trials) -> Finding:
    """Pattern 14: without absorption CJNG stays small.

    Measure: the most states that CJNG leads (by members of cartels) in any month of 2018-20, with
    absorption off and nothing else changed. Accepted: fewer than 8 in 80 % of replicates or more,
    and a median of 8 or more with absorption on (the control).
    """
    without = replace(history(trials.stop), changes={"absorption": 0.0})
    most = {
        name: _most_led(runs)
        for name, runs in (("on", trials.baseline), ("off", trials.runs(without)))
    }
    small = float((most["off"] < MANY).mean())
    rows = [
        single("replicates below 8 states, off", SHARE, small, (MOST, 1.0)),
        row("states led, absorption on", "states", most["on"], (MANY, np.inf)),
        row("states led, absorption off", "states", most["off"], judged=False),
    ]
    return judged(14, rows, series=most)


def _most_led(runs: Runs) -> Array:
    return runs.led(RISER)[:, runs.in_years(*LOOKED_AT)].max(axis=1).astype(float)


def guns(trials: Trials) -> Finding:
    """Pattern 15: stopping the guns that flow south lowers homicides, most near the border.

    Measure: the flow stops from 2013 (lever ``southbound_guns`` at 0). The change is that of
    homicides in 2013-2018, pair by pair, as a share: in the nation, in the third of the states with
    the best access to guns and in the third with the worst. Accepted: the median change of the
    nation is below zero, and that of the near states is lower than that of the far states.
    """
    stopped = _with_policy(trials, "southbound_guns", 0.0)
    runs = trials.runs(stopped)
    access = runs.scenario.country.geography.gun_access
    near = access >= np.quantile(access, NEAR)
    far = access <= np.quantile(access, FAR)
    everywhere = np.ones(len(access), bool)
    nation, north, south = (
        _change(trials.baseline, runs, where) for where in (everywhere, near, far)
    )
    below = (-np.inf, -1e-9)
    rows = [
        row("homicides 2013-18, nation", CHANGE, nation, below),
        row("near states minus far states", CHANGE, north - south, below),
        row("the third nearest to guns", CHANGE, north, judged=False),
        row("the third farthest from guns", CHANGE, south, judged=False),
    ]
    return judged(15, rows, series={"nation": nation, "near": north, "far": south})


def social_programme(trials: Trials) -> Finding:
    """Pattern 16: the effect of a social programme depends on an elasticity that data do not fix.

    Measure: spending of 23.1 USD per week on every at-risk youth from 2013. The change is that of
    homicides in 2013-18, pair by pair, as a share, at five elasticities over their declared range.
    The result is a range over the elasticity, never one number, so it has no verdict. It fails
    where the effect does not depend on the elasticity, or is not zero at elasticity zero.
    """
    rows: list[Row] = []
    effects = []
    declared = declarations()["prevention_elasticity"]
    for elasticity in ELASTICITIES:
        scenario = _with_policy(trials, "prevention", SPENDING)
        scenario = replace(scenario, changes={"prevention_elasticity": elasticity})
        runs = trials.runs(scenario)
        everywhere = np.ones(len(runs.scenario.country.geography), bool)
        effect = _change(trials.baseline, runs, everywhere)
        effects.append(effect)
        rows.append(row(f"homicides, elasticity {elasticity:g}", CHANGE, effect, judged=False))
    medians = np.array([line.median for line in rows])
    nil = single("effect at elasticity 0", CHANGE, float(medians[0]), (0.0, 0.0))
    falls = single("largest minus smallest effect", CHANGE, float(np.ptp(medians)), (0.01, np.inf))
    note = (
        f"elasticity from {declared.low:g} to {declared.high:g} {declared.unit}: {declared.source}"
    )
    finding = judged(16, [*rows, nil, falls], note)
    series = {"elasticities": np.array(ELASTICITIES), "effects": np.array(effects)}
    verdict = RANGE if finding.verdict == "passes" else finding.verdict
    return replace(finding, verdict=verdict, series=series)


def _with_policy(trials: Trials, lever: str, level: float) -> Scenario:
    """Return the history with one more policy from 2013, which overrides all others."""
    scenario = history(trials.stop)
    layer = 1 + max((policy.layer for policy in scenario.policies), default=0)
    policy = Policy(lever, level, BEGINS, scenario.stop, layer=layer, source="counterfactual")
    return replace(scenario, policies=(*scenario.policies, policy))


def _change(base: Runs, other: Runs, places: np.ndarray) -> Array:
    """Return the relative change of homicides of 2013-18 in some places, by replicate."""
    years = [base.at(year) for year in range(FIRST, LAST + 1)]
    before, after = (
        runs.place_years[:, years][:, :, places].sum(axis=(1, 2)) for runs in (base, other)
    )
    return np.asarray(after / np.maximum(before, 1.0) - 1.0)
