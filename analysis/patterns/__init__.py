"""The patterns that the model must reproduce, and how they are measured and judged.

`catalogue` lists the patterns; `national`, `territory`, `leaders`, `splits`, `groups` and
`policies` measure them on the replicates that `trials` runs. `findings` holds a result, `tables`,
`figures` and `overview` show it, `validation` writes it. `later` and `heldout` judge years that no
parameter was fitted to, `docking` compares with the Science model, `ablation` switches mechanisms
off one at a time.
"""
