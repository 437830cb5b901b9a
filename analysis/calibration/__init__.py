"""Fit the free parameters to 2010-2018: many sets that fit, instead of one point.

`objective` says how far a set is from what was observed, in named terms; `study` keeps trials in a
file of their own; `search` runs them; `choose` takes a spread of sets that fit and tells how they
do together. Free are the parameters declared as calibrated, within their declared ranges; none of
them names a cartel or a state, and the seed is never one of them.
"""
