"""Run one world for four years and look at what it leaves behind.

python examples/one_run.py
"""

from dataclasses import replace
from datetime import date

from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation

scenario = replace(Scenario(), name="four years", stop=date(2014, 1, 1))
results = Simulation(scenario, seed=1, replicate=0).run()

# The nation, year by year.
print(results.yearly[["homicides", "members", "arrests", "effective_groups"]].round(1), "\n")

# Who leads most states at the end.
last = results.places.loc[results.months[-1]]
print(last["primary"].value_counts().head(4), "\n")

# What happened to leaders.
falls = results.events_of("captured", "killed", "ill", "split")
print(falls[["date", "kind", "cartel", "other"]].to_string(index=False))
