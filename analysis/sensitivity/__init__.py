"""Sensitivity: which parameters results and effects of policies depend on (Morris and Sobol').

`inputs` says which parameters are varied and over which ranges, `design` draws the points at which
the model is run, `runs` runs them and keeps the results, `indices` computes the indices with SALib,
`show` makes tables and figures. Chance is one of the inputs.
"""
