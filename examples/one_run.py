"""Run the model once for four years and show its results.

python examples/one_run.py
"""

from dataclasses import replace
from datetime import date

import plazas as pz

scenario = replace(pz.Scenario(), name="four years", stop=date(2014, 1, 1))
results = pz.Simulation(scenario, seed=1, replicate=0).run()

# National series by year.
print(results.yearly[["homicides", "members", "arrests", "effective_groups"]].round(1), "\n")

# The cartels that lead most states at the end.
last = results.places.loc[results.months[-1]]
print(last["primary"].value_counts().head(4), "\n")

# Leaders that fell, and cartels that split.
falls = results.events_of("captured", "killed", "ill", "split")
print(falls[["date", "kind", "cartel", "other"]].to_string(index=False))
