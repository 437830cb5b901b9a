"""Find the worlds in which a policy fails, with the EMA workbench and PRIM.

python examples/scenario_discovery.py
"""

import numpy as np
from ema_workbench import SequentialEvaluator

from plazas.analysis.robustness import ema
from plazas.analysis.robustness.discovery import failure_box
from plazas.scenarios import read_text

FAILED_SHARE = 0.2  # the policy counts as failed in the 20 % of worlds with the smallest effect

baseline = read_text("title: Until 2014\nextends: historical\nstop: 2015-01-01\n")
uncertain = ["prevention_elasticity", "recruitment", "war_deaths", "bystanders", "hostility_war"]
plazas = ema.model(
    baseline, uncertain, levers=["prevention"], start_year=2011, width=0.8, replicates=2
)
with SequentialEvaluator(plazas) as evaluator:
    experiments, outcomes = evaluator.perform_experiments(
        scenarios=ema.worlds(plazas, 60, seed=1),
        policies=[ema.policy(plazas, "twenty USD a week", prevention=20.0)],
    )

change = outcomes["homicides_change_share"]
failed = change > np.quantile(change, 1.0 - FAILED_SHARE)
print(f"homicides change by {100 * change.min():.0f} to {100 * change.max():.0f} %")
print(
    f"by {100 * change[failed].min():.0f} to {100 * change[failed].max():.0f} % "
    f"in the {failed.sum()} of {len(failed)} worlds where the policy fails"
)
box, fit = failure_box(experiments, failed, uncertain)
print("\nThe policy fails where\n" + box.round(4).to_string())
print(
    f"\nThis box covers {fit['coverage']:.0%} of the failed worlds (coverage); "
    f"{fit['density']:.0%} of the worlds in the box are failed (density)."
)
