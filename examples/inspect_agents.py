"""Stop a run, select agents, and print their histories.

python examples/inspect_agents.py
"""

from dataclasses import replace
from datetime import date

import pandas as pd

import plazas as pz
from plazas.model.agents import Cartel, Gang, State

model = pz.CartelModel(replace(pz.Scenario(), stop=date(2014, 1, 1)), rng=1)
model.run()

# Select agents as in any Mesa model, by type and by attributes.
contested = model.agents.select(
    lambda agent: isinstance(agent, State) and len(agent.cartels) > 3, at_most=3
)
print("states with more than three cartels:", *(state.name for state in contested))
cartels = model.agents_by_type[Cartel].sort("members", ascending=False)
print("the largest cartels:", *(f"{cartel.key} ({cartel.members})" for cartel in cartels[:3]), "\n")

# Gangs that changed cartels, and the history of the gang that changed most often.
switched = model.agents.select(lambda agent: isinstance(agent, Gang) and len(agent.history) > 2)
print(f"{len(switched)} of {len(model.agents_by_type[Gang])} gangs have more than two events")
most_events = max(switched, key=lambda gang: len(gang.history))
print(most_events)
print(*most_events.history, sep="\n")

# States and cartels have histories too. pandas turns a history into a table.
jalisco = pd.DataFrame(model.state("Jalisco").history)
print("\nlogged in Jalisco:", jalisco["kind"].value_counts().to_dict())
events = [entry for entry in cartels[0].history if entry.kind in ("war", "peace", "split", "flip")]
print(*events[:5], sep="\n")
