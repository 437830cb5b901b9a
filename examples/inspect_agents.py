"""Stop a run, pick agents, and ask them what happened to them.

python examples/inspect_agents.py
"""

from dataclasses import replace
from datetime import date

import pandas as pd

from plazas.model.agents import Cartel, Gang, State
from plazas.model.model import CartelModel
from plazas.model.scenario import Scenario

model = CartelModel(replace(Scenario(), stop=date(2014, 1, 1)), rng=1)
model.run()

# Agents are selected as in any Mesa model, by type and by what they are.
contested = model.agents.select(
    lambda agent: isinstance(agent, State) and len(agent.cartels) > 3, at_most=3
)
print("states with more than three cartels:", *(state.name for state in contested))
cartels = model.agents_by_type[Cartel].sort("members", ascending=False)
print("the largest cartels:", *(f"{cartel.key} ({cartel.members})" for cartel in cartels[:3]), "\n")

# Gangs that changed sides, and the life of the one that did it most often.
turncoats = model.agents.select(lambda agent: isinstance(agent, Gang) and len(agent.history) > 2)
print(f"{len(turncoats)} of {len(model.agents_by_type[Gang])} gangs have changed sides twice")
busiest = max(turncoats, key=lambda gang: len(gang.history))
print(busiest)
print(*busiest.history, sep="\n")

# States and cartels tell too; a history is a table when it is wanted as one.
jalisco = pd.DataFrame(model.state("Jalisco").history)
print("\nlogged in Jalisco:", jalisco["kind"].value_counts().to_dict())
events = [entry for entry in cartels[0].history if entry.kind in ("war", "peace", "split", "flip")]
print(*events[:5], sep="\n")
