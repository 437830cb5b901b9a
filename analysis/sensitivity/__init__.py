"""Which parameters a result and a policy's effect hang on, beside chance: Morris and Sobol'.

`inputs` says which parameters are varied and over what, `design` where the model is run, `runs`
runs it and keeps what is done, `indices` hands the results to SALib, `show` tells them.
"""
