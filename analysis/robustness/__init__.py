"""Robustness: which policies hold over many parameter sets, variants of the rules and worlds.

`regret` ranks policies over sets, `variants` repeats this under exchanged rules, `tables` shows and
writes both. `ema` runs the model from the EMA workbench, and `discovery` uses it to find where a
policy fails and to search for robust policies.
"""
