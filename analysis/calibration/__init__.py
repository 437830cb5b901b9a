"""Calibration: fit the free parameters to 2010-2018. The result is many sets that fit.

`objective` measures how far a set is from the observations, in named terms; `study` keeps trials in
a file; `search` runs them; `choose` selects sets that fit and differ; `show` makes tables and the
file of sets. The free parameters are those declared as calibrated, within their declared ranges.
None of them names a cartel or a state, and the seed is not one of them.
"""
