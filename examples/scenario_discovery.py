"""Find the worlds in which a policy fails, with the EMA workbench and PRIM.

python examples/scenario_discovery.py
"""

import numpy as np
from ema_workbench import SequentialEvaluator

from plazas.analysis.robustness import ema
from plazas.analysis.robustness.discovery import failure_box
from plazas.scenarios import read_text

LEAST = 0.2  # the policy fails in the fifth of the worlds in which it helps least

baseline = read_text("title: Until 2014\nextends: historical\nstop: 2015-01-01\n")
unsure = ["prevention_elasticity", "recruitment", "war_deaths", "bystanders", "hostility_war"]
plazas = ema.model(
    baseline, unsure, levers=["prevention"], start_year=2011, width=0.8, replicates=2
)
with SequentialEvaluator(plazas) as evaluator:
    experiments, outcomes = evaluator.perform_experiments(
        scenarios=ema.worlds(plazas, 60, seed=1),
        policies=[ema.policy(plazas, "twenty USD a week", prevention=20.0)],
    )

change = outcomes["homicides_change_share"]
failed = change > np.quantile(change, 1.0 - LEAST)
print(f"homicides change by {100 * change.min():.0f} to {100 * change.max():.0f} %")
print(
    f"no further than {100 * change[failed].min():.0f} % in {failed.sum()} of {len(failed)} worlds"
)
box, fit = failure_box(experiments, failed, unsure)
print("\nIt helps least where\n" + box.round(4).to_string())
print(
    f"\nOf those worlds it has {fit['coverage']:.0%}; of its worlds {fit['density']:.0%} are such."
)
